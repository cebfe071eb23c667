// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Eventd.Ingest;
using Peios.Events;
using Peios.Interop;
using Peios.Tests.Events;

namespace Peios.Tests.Eventd;

/// <summary>In-process rings behind the interface that eventd drains.</summary>
internal sealed class TestRings : IRingSource, IDisposable
{
    private readonly List<InProcessRing> _rings = [];

    internal TestRings(int cpus, ulong capacity = 1 << 20)
    {
        for (int i = 0; i < cpus; i++)
        {
            _rings.Add(new InProcessRing(capacity, (ushort)i));
        }
    }

    internal InProcessRing this[int cpu] => _rings[cpu];

    public Result<IRing> Attach(uint cpu) =>
        cpu < _rings.Count ? Result<IRing>.From(new Attached(_rings[(int)cpu], cpu)) : Errno.EINVAL;

    public void Dispose() => _rings.ForEach(static ring => ring.Dispose());

    private sealed class Attached(InProcessRing ring, uint cpu) : IRing
    {
        public uint Cpu => cpu;

        public ulong Capacity => ring.Capacity;

        public RingReader Reader { get; } = ring.NewReader();

        public Errno Wait(int timeoutMs)
        {
            _ = SpinWait.SpinUntil(() => Reader.Backlog != 0, 1);
            return Errno.None;
        }

        public void Nudge()
        {
        }

        public void Dispose()
        {
        }
    }
}
