// SPDX-License-Identifier: MIT
using System;
using Eventd.Access;
using Eventd.Ingest;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Kacs;

namespace EventBench;

/// <summary>One ring for each producer; and the answer "yes" to every question of access.</summary>
internal sealed class BenchRings : IRingSource, IAccessJudge
{
    internal BenchRings(int count, ulong capacity)
    {
        All = new BenchRing[count];
        for (int i = 0; i < count; i++)
        {
            All[i] = new BenchRing((uint)i, capacity);
        }
    }

    internal BenchRing[] All { get; }

    public Result<IRing> Attach(uint cpu) => cpu < All.Length ? Result<IRing>.From(All[cpu]) : Errno.EINVAL;

    public Result<IAccessSubject> Open(Fd connection) => new Everybody();

    private sealed class Everybody : IAccessSubject
    {
        public string User => "S-1-5-18";

        public Errno Check(ReadOnlySpan<byte> descriptor, string context, ReadOnlySpan<KacsObjectNode> nodes, Span<bool> allowed)
        {
            allowed.Fill(true);
            return Errno.None;
        }

        public void Dispose()
        {
        }
    }
}
