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

    /// <summary>
    /// Runs once, between the moment when a consumer of CPU 0 found its ring empty and its look at the generation.
    /// </summary>
    internal Action? AfterEmpty { get; set; }

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
        return cpu < _rings.Count ? Result<IRing>.From(new Attached(this, _rings[(int)cpu], cpu)) : Errno.EINVAL;
    }

    public void Dispose()
    {
        _rings.ForEach(static ring => ring.Dispose());
        _retired.ForEach(static ring => ring.Dispose());
    }

    private sealed class Attached : IRing
    {
        private readonly TestRings _all;
        private readonly InProcessRing _ring;
        private readonly RingReader _reader;
        private readonly Func<bool> _something; // made once: a drain thread allocates nothing
        private readonly ulong _generation;
        private int _empty;

        internal Attached(TestRings all, InProcessRing ring, uint cpu)
        {
            _all = all;
            _ring = ring;
            Cpu = cpu;
            _reader = ring.NewReader();
            _generation = _reader.Generation;
            _something = () => _reader.Backlog != 0 || _reader.Generation != _generation;
        }

        public uint Cpu { get; }

        public ulong Capacity => _ring.Capacity;

        public RingReader Reader
        {
            get
            {
                // Asked for the event that is not there, then for the generation: in between lies the moment.
                _empty = _reader.Backlog == 0 ? _empty + 1 : 0;
                if (Cpu == 0 && _empty == 2 && _all.AfterEmpty is Action action)
                {
                    _all.AfterEmpty = null;
                    action();
                }

                return _reader;
            }
        }

        public Errno Wait(int timeoutMs)
        {
            _ = SpinWait.SpinUntil(_something, 1);
            _empty = 0;
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
