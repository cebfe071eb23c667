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
    private readonly List<InProcessRing> _retired = [];

    internal TestRings(int cpus, ulong capacity = 1 << 20)
    {
        for (int i = 0; i < cpus; i++)
        {
            _rings.Add(new InProcessRing(capacity, (ushort)i));
        }
    }

    internal InProcessRing this[int cpu] => _rings[cpu];

    /// <summary>Attachments so far.</summary>
    internal int Attachments { get; private set; }

    /// <summary>How many of the next attachments fail.</summary>
    internal int Failures { get; set; }

    /// <summary>The kernel changes the capacity of a CPU's ring.</summary>
    internal void Swap(int cpu, ulong capacity)
    {
        InProcessRing next = new(capacity, (ushort)cpu);
        _retired.Add(_rings[cpu]);
        InProcessRing old = _rings[cpu];
        _rings[cpu] = next;
        old.SwapTo(next);
    }

    public Result<IRing> Attach(uint cpu)
    {
        if (Failures > 0)
        {
            Failures--;
            return Errno.ENOMEM;
        }

        Attachments++;
        return cpu < _rings.Count ? Result<IRing>.From(new Attached(_rings[(int)cpu], cpu)) : Errno.EINVAL;
    }

    public void Dispose()
    {
        _rings.ForEach(static ring => ring.Dispose());
        _retired.ForEach(static ring => ring.Dispose());
    }

    private sealed class Attached : IRing
    {
        private readonly InProcessRing _ring;
        private readonly Func<bool> _something; // made once: a drain thread allocates nothing
        private readonly ulong _generation;

        internal Attached(InProcessRing ring, uint cpu)
        {
            _ring = ring;
            Cpu = cpu;
            Reader = ring.NewReader();
            _generation = Reader.Generation;
            _something = () => Reader.Backlog != 0 || Reader.Generation != _generation;
        }

        public uint Cpu { get; }

        public ulong Capacity => _ring.Capacity;

        public RingReader Reader { get; }

        public Errno Wait(int timeoutMs)
        {
            _ = SpinWait.SpinUntil(_something, 1);
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
