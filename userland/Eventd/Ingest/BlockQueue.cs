// SPDX-License-Identifier: MIT
using System;
using System.Threading;

namespace Eventd.Ingest;

/// <summary>
/// Bounded hand-off of blocks: several producers, one consumer, bounded by the number of entries (EVT-018). A full
/// queue makes producers wait; nothing is dropped here (EVT-019).
/// </summary>
internal sealed class BlockQueue
{
    private readonly object _lock = new();
    private readonly EventBlock?[] _blocks;
    private int _maxEntries;
    private int _head;
    private int _count;
    private int _entries;
    private bool _closed;
    private bool _woken;

    /// <param name="maxBlocks">Blocks at once; at least as many as exist if producers must never wait for a slot.</param>
    /// <param name="maxEntries">Entries at once; one block is let in whatever its size.</param>
    internal BlockQueue(int maxBlocks, int maxEntries)
    {
        _blocks = new EventBlock?[maxBlocks];
        _maxEntries = maxEntries;
    }

    /// <summary>Entries waiting.</summary>
    internal int Entries => Volatile.Read(ref _entries);

    /// <summary>Waits until the queue is closed, at most <paramref name="timeoutMs"/>; blocks stay where they are.</summary>
    internal bool WaitForClose(int timeoutMs)
    {
        lock (_lock)
        {
            return _closed || (Monitor.Wait(_lock, timeoutMs) && _closed);
        }
    }

    /// <summary>Another bound; it holds for what comes next.</summary>
    internal void SetMaxEntries(int entries)
    {
        lock (_lock)
        {
            _maxEntries = entries;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Adds the block if there is a slot, whatever its size; never waits. False: closed, or no slot.</summary>
    internal bool Offer(EventBlock block)
    {
        lock (_lock)
        {
            if (_closed || _count == _blocks.Length)
            {
                return false;
            }

            Add(block);
            return true;
        }
    }

    /// <summary>Ends the present wait of the consumer, or its next one, without a block.</summary>
    internal void Wake()
    {
        lock (_lock)
        {
            _woken = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits for room and adds the block; false when the queue was closed.</summary>
    internal bool Put(EventBlock block)
    {
        lock (_lock)
        {
            while (!_closed && (_count == _blocks.Length || (_count > 0 && _entries + block.Count > _maxEntries)))
            {
                Monitor.Wait(_lock);
            }

            if (_closed)
            {
                return false;
            }

            Add(block);
            return true;
        }
    }

    /// <summary>
    /// Takes the oldest block, waiting up to <paramref name="timeoutMs"/> (-1: until there is one, the queue closes, or
    /// <see cref="Wake"/>).
    /// </summary>
    internal EventBlock? Take(int timeoutMs)
    {
        lock (_lock)
        {
            if (timeoutMs < 0)
            {
                while (_count == 0 && !_closed && !_woken)
                {
                    Monitor.Wait(_lock);
                }
            }
            else if (_count == 0 && !_closed && !_woken && timeoutMs > 0)
            {
                Monitor.Wait(_lock, timeoutMs);
            }

            _woken = false;
            if (_count == 0)
            {
                return null;
            }

            EventBlock block = _blocks[_head]!;
            _blocks[_head] = null;
            _head = (_head + 1) % _blocks.Length;
            _count--;
            _entries -= block.Count;
            Monitor.PulseAll(_lock);
            return block;
        }
    }

    /// <summary>No more blocks come; what is queued can still be taken.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Closed and empty?</summary>
    internal bool Finished
    {
        get
        {
            lock (_lock)
            {
                return _closed && _count == 0;
            }
        }
    }

    private void Add(EventBlock block)
    {
        _blocks[(_head + _count) % _blocks.Length] = block;
        _count++;
        _entries += block.Count;
        Monitor.PulseAll(_lock);
    }
}
