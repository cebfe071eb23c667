// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Peios.Events;
using Peios.Interop;

namespace Eventd.Ingest;

/// <summary>
/// Reads one CPU's ring and hands blocks of events to the writer of its shard (EVT-007 to EVT-019). It never touches
/// SQLite, never drops and, once running, never allocates: when the writer falls behind it waits, the ring absorbs,
/// and what the ring overwrites shows as a gap record.
/// </summary>
internal sealed class DrainThread
{
    private const int BlockBytes = 256 * 1024;
    private const int BlockCount = 4;

    private readonly IRingSource _source;
    private readonly BlockQueue _queue;
    private readonly BlockQueue _spare = new(BlockCount, int.MaxValue);
    private readonly GapTracker _tracker;
    private readonly int _blockEntries;
    private readonly Thread _thread;
    private readonly object _swap = new(); // a nudge must not meet a descriptor that is being closed
    private IRing _ring;
    private ulong _generation;
    private bool _ended;
    private volatile bool _stopping;
    private volatile bool _abort;

    /// <param name="source">For attaching again after the kernel replaced the ring.</param>
    /// <param name="ring">The attached ring; owned from here on.</param>
    /// <param name="queue">The shard writer's queue.</param>
    /// <param name="lastSequence">Last number stored in this boot (EVT-012).</param>
    /// <param name="maxBatch">MaxBatchSize: no block holds more entries.</param>
    internal DrainThread(IRingSource source, IRing ring, BlockQueue queue, ulong lastSequence, int maxBatch)
    {
        _source = source;
        _ring = ring;
        _generation = ring.Reader.Generation;
        _queue = queue;
        _tracker = new GapTracker(lastSequence);
        _blockEntries = Math.Min(1024, maxBatch / 2);
        for (int i = 0; i < BlockCount; i++)
        {
            _ = _spare.Put(new EventBlock(BlockBytes, _spare));
        }

        _thread = new Thread(Run, 256 * 1024) { Name = $"drain-{ring.Cpu}", IsBackground = true };
    }

    /// <summary>Last sequence number handed over.</summary>
    internal ulong Last => _tracker.Last;

    /// <summary>Starts draining.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Asks for a last drain and the end (EVT-254 step 3).</summary>
    internal void Stop()
    {
        _stopping = true;
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
        while (!_abort)
        {
            bool last = _stopping;
            if (!Drain())
            {
                break;
            }

            if (_ring.Reader.Generation != _generation)
            {
                Reattach();
                continue;
            }

            if (last)
            {
                break;
            }

            _ = _ring.Wait(-1); // whatever ends it: look at the flags, drain again
        }

        lock (_swap)
        {
            _ended = true;
            _ring.Dispose();
        }
    }

    /// <summary>Hands over everything that is in the ring now; false when the queue was closed.</summary>
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
            bool more = Fill(block);
            if (block.Count == 0)
            {
                _ = _spare.Put(block);
                return true;
            }

            if (!_queue.Put(block))
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

        ulong sequence = e.Sequence;
        bool missing = _tracker.Advance(sequence, e.Timestamp, out GapTracker.Gap gap);
        block.AddEvent(record.Length, sequence);
        if (missing)
        {
            Span<byte> payload = stackalloc byte[GapTracker.Gap.PayloadMax];
            SyntheticEvent row = new(Clock.Realtime, _ring.Cpu, "synthetic.gap"u8, gap.Payload(payload, _ring.Cpu));
            _ = block.AddSynthetic(row); // the reserve is larger than any gap record
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
            Thread.Sleep(1000);
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
