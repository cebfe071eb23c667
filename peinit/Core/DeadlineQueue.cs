// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>A binary heap of armed deadlines. Nodes know their place, so arming again and disarming cost O(log n) and allocate nothing.</summary>
internal sealed class DeadlineQueue
{
    private Deadline[] _heap = new Deadline[64];
    private long _sequence;

    /// <summary>Number of armed deadlines.</summary>
    public int Count { get; private set; }

    /// <summary>The earliest time, or <see cref="long.MaxValue"/>.</summary>
    public long Next => Count == 0 ? long.MaxValue : _heap[0].At;

    /// <summary>Arms, or moves, a deadline.</summary>
    public void Arm(Deadline deadline, long at)
    {
        deadline.At = at;
        deadline.Sequence = _sequence++;
        deadline.Changed();
        if (!deadline.IsArmed)
        {
            if (Count == _heap.Length)
            {
                Array.Resize(ref _heap, Count * 2);
            }

            deadline.HeapIndex = Count;
            _heap[Count++] = deadline;
        }

        SiftDown(SiftUp(deadline.HeapIndex));
    }

    /// <summary>Takes a deadline out; nothing happens when it is not armed.</summary>
    public void Disarm(Deadline deadline)
    {
        int index = deadline.HeapIndex;
        if (index < 0)
        {
            return;
        }

        deadline.HeapIndex = -1;
        deadline.Changed();
        Deadline last = _heap[--Count];
        _heap[Count] = null!;
        if (last != deadline)
        {
            Put(last, index);
            SiftDown(SiftUp(index));
        }
    }

    /// <summary>Takes out the earliest deadline that is due, or returns null.</summary>
    public Deadline? TakeDue(long now)
    {
        if (Count == 0 || _heap[0].At > now)
        {
            return null;
        }

        Deadline due = _heap[0];
        Disarm(due);
        return due;
    }

    // At one instant an operation expires last: what its service does at that instant is the better answer.
    private static bool Before(Deadline a, Deadline b)
    {
        if (a.At != b.At)
        {
            return a.At < b.At;
        }

        bool operation = a.Kind == DeadlineKind.Operation;
        return operation == (b.Kind == DeadlineKind.Operation) ? a.Sequence < b.Sequence : !operation;
    }

    private void Put(Deadline deadline, int index)
    {
        _heap[index] = deadline;
        deadline.HeapIndex = index;
    }

    private int SiftUp(int index)
    {
        Deadline moving = _heap[index];
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!Before(moving, _heap[parent]))
            {
                break;
            }

            Put(_heap[parent], index);
            index = parent;
        }

        Put(moving, index);
        return index;
    }

    private void SiftDown(int index)
    {
        Deadline moving = _heap[index];
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && Before(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!Before(_heap[child], moving))
            {
                break;
            }

            Put(_heap[child], index);
            index = child;
        }

        Put(moving, index);
    }
}
