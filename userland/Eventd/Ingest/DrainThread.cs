// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Peios.Events;
using Peios.Interop;

namespace Eventd.Ingest;

/// <summary>
/// Reads one CPU's ring and hands blocks of events to the writers of its shards, in turn (EVT-007 to EVT-019). It never
/// touches SQLite, never drops and, once running, never allocates: when a writer falls behind it waits, the ring
/// absorbs, and what the ring overwrites shows as a gap record.
/// </summary>
internal sealed class DrainThread
{
    private const int BlockBytes = 256 * 1024;
    private const int BlockCount = 4;
    private const int ReattachMs = 1000;
    private const int GatherMs = 1;

    private readonly IRingSource _source;
    private readonly ShardWriter[] _writers;
    private readonly BlockQueue _spare = new(BlockCount, int.MaxValue);
    private readonly GapTracker _tracker;
    private readonly int _blockEntries;
    private readonly Thread _thread;
    private readonly object _swap = new(); // a nudge must not meet a descriptor that is being closed
    private readonly ManualResetEventSlim _stop = new(false);
    private IRing _ring;
    private ulong _generation;
    private int _next;
    private bool _ended;
    private volatile bool _abort;

    /// <param name="source">For attaching again after the kernel replaced the ring.</param>
    /// <param name="ring">The attached ring; owned from here on.</param>
    /// <param name="writers">The CPU's shards; not empty.</param>
    /// <param name="resume">What is stored in this boot (EVT-012).</param>
    /// <param name="maxBatch">MaxBatchSize: no block holds more entries.</param>
    internal DrainThread(IRingSource source, IRing ring, ShardWriter[] writers, ResumePoint resume, int maxBatch)
    {
        _source = source;
        _ring = ring;
        _generation = ring.Reader.Generation;
        _writers = writers;
        _tracker = new GapTracker(resume);
        _blockEntries = Math.Min(1024, maxBatch / 2);
        for (int i = 0; i < BlockCount; i++)
        {
            _ = _spare.Put(new EventBlock(BlockBytes, _spare));
        }

        _thread = new Thread(Run, 256 * 1024) { Name = $"drain-{ring.Cpu}", IsBackground = true };
    }

    /// <summary>Last sequence number handed over.</summary>
    internal ulong Last => _tracker.Last;

    /// <summary>Bytes that the thread allocated on the managed heap since it started; what it reads after each drain.</summary>
    internal long Allocated { get; private set; }

    /// <summary>Starts draining.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Asks for a last drain and the end (EVT-254 step 3).</summary>
    internal void Stop()
    {
        _stop.Set();
        lock (_swap)
        {
            if (!_ended)
            {
                _ring.Nudge();
            }
        }
    }

    /// <summary>Asks for the end at once; what is in the ring stays there.</summary>
    internal void Abort()
    {
        _abort = true;
        _spare.Close();
        Stop();
    }

    /// <summary>Waits for the end.</summary>
    internal bool Join(int timeoutMs) => _thread.Join(timeoutMs);

    private void Run()
    {
        bool replaced = false;
        while (!_abort)
        {
            bool last = _stop.IsSet;
            if (!Drain())
            {
                break;
            }

            Allocated = GC.GetAllocatedBytesForCurrentThread();
            if (replaced || _ring.Reader.Generation != _generation)
            {
                // The old ring is frozen now, but events may have come between the look at it and the change.
                if (!Drain())
                {
                    break;
                }

                Reattach();
                replaced = false;
                continue;
            }

            if (last)
            {
                break;
            }

            // Whatever ends it: look at the flags, drain again. A ring attached in the very moment of its replacement shows
            // the new generation already; the kernel then says that it is stale.
            replaced = _ring.Wait(-1) == Errno.ESTALE;
        }

        lock (_swap)
        {
            _ended = true;
            _ring.Dispose();
        }
    }

    /// <summary>Hands over everything that is in the ring now; false when a queue was closed.</summary>
    private bool Drain()
    {
        while (!_abort)
        {
            EventBlock? block = _spare.Take(-1);
            if (block is null)
            {
                return false;
            }

            block.Clear();
            block.Cpu = _ring.Cpu;
            ShardWriter writer = _writers[_next];
            bool more = Fill(block);
            while (!more && block.Count > 0 && writer.Queue.Entries > 0 && !_stop.IsSet)
            {
                // The writer has enough to do: a fuller block costs it less. A time, because asking the ring for a
                // wake-up would cost more than the events it wakes for; whatever comes, the writer ends this wait.
                _ = _stop.Wait(GatherMs);
                more = Fill(block);
            }

            if (block.Count == 0)
            {
                _ = _spare.Put(block);
                return true;
            }

            _next = _next + 1 == _writers.Length ? 0 : _next + 1;
            if (!writer.Put(block, (int)(_ring.Reader.Backlog * 100 / _ring.Capacity)))
            {
                return false;
            }

            if (!more)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads until the ring is empty (false) or the block is full (true).</summary>
    private bool Fill(EventBlock block)
    {
        while (block.Count < _blockEntries)
        {
            Span<byte> room = block.Free;
            int size = _ring.Reader.TryRead(room);
            if (size == 0)
            {
                return false;
            }

            if (size < 0)
            {
                if (block.Count > 0)
                {
                    return true; // hand over what is there, then take the large one alone
                }

                block.Grow(-size);
                continue;
            }

            Keep(block, room[..size]);
        }

        return true;
    }

    private void Keep(EventBlock block, ReadOnlySpan<byte> record)
    {
        // The kernel writes whole headers; a record that has none cannot be stored, and its number shows as a gap.
        if (!EventView.TryParse(record, out EventView e) || _tracker.IsOld(e.Sequence))
        {
            return;
        }

        ulong before = _tracker.Last;
        _tracker.Advance(e.Sequence, e.Timestamp);
        block.AddEvent(record.Length, e.Sequence, before);
        Span<byte> payload = stackalloc byte[GapTracker.Gap.PayloadMax];
        while (_tracker.TryNextGap(out GapTracker.Gap gap))
        {
            block.AddSynthetic(new SyntheticEvent(Clock.Realtime, _ring.Cpu, GapTracker.Gap.Type, gap.Payload(payload, _ring.Cpu)));
        }
    }

    /// <summary>
    /// The kernel replaced the ring and this one is drained (KMES-125, KMES-126): continue in the new one. Its first
    /// events may be copies of what was read; the tracker skips them (EVT-010).
    /// </summary>
    private void Reattach()
    {
        if (!_source.Attach(_ring.Cpu).TryGet(out IRing? next, out Errno error))
        {
            Report.Error($"cpu {_ring.Cpu}: cannot attach to the new ring: {error}; trying again");
            // A time, because nothing tells that memory or descriptors are there again; a stop ends it.
            _ = _stop.Wait(ReattachMs);
            _abort |= _stop.IsSet; // the new ring stays for the next start
            return;
        }

        lock (_swap)
        {
            _ring.Dispose();
            _ring = next;
        }

        _generation = next.Reader.Generation;
    }
}
