// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>
/// The times of the last restarts of a service, oldest first, for the budget (PEINIT-230). At most
/// <see cref="Limit"/> are kept; a larger budget counts as unlimited.
/// </summary>
internal sealed class RestartHistory(SavedRecord saved)
{
    /// <summary>Times kept at most.</summary>
    public const int Limit = 4096;

    private long[] _times = [];
    private int _head;

    /// <summary>Number of times kept.</summary>
    public int Count { get; private set; }

    /// <summary>Records a restart.</summary>
    public void Add(long now)
    {
        if (Count == _times.Length && Count < Limit)
        {
            Grow();
        }

        if (Count == Limit)
        {
            _head = (_head + 1) % Limit;
            Count--;
        }

        _times[(_head + Count) % _times.Length] = now;
        Count++;
        saved.Drop();
    }

    /// <summary>Forgets everything (PEINIT-235).</summary>
    public void Clear()
    {
        Count = 0;
        _head = 0;
        saved.Drop();
    }

    /// <summary>Forgets what lies at or before the start of the window and counts the rest.</summary>
    public int CountSince(long windowStart)
    {
        while (Count > 0 && _times[_head] <= windowStart)
        {
            _head = (_head + 1) % _times.Length;
            Count--;
            saved.Drop();
        }

        return Count;
    }

    /// <summary>The kept time at an index, oldest first.</summary>
    public long this[int index] => _times[(_head + index) % _times.Length];

    private void Grow()
    {
        long[] grown = new long[Math.Min(Limit, Math.Max(8, _times.Length * 2))];
        for (int i = 0; i < Count; i++)
        {
            grown[i] = this[i];
        }

        _times = grown;
        _head = 0;
    }
}
