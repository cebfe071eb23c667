// SPDX-License-Identifier: MIT
using System;

namespace Eventd.Ingest;

/// <summary>
/// How many of a shard's recent batches were large (EVT-067): counts in eight slices of the window, the oldest of which
/// falls out as time goes on. One thread.
/// </summary>
internal sealed class PressureGauge
{
    private const int Slices = 8;
    private const int Enough = 8; // batches that a percentage needs to mean anything

    private readonly int[] _large = new int[Slices];
    private readonly int[] _all = new int[Slices];
    private long _slice;

    /// <summary>Has any batch of the window been large?</summary>
    internal bool AnyLarge => Sum(_large) > 0;

    /// <summary>Notes a batch.</summary>
    /// <param name="now">Milliseconds of a monotonic clock.</param>
    /// <param name="windowMs">SheddingWindowSeconds.</param>
    /// <param name="large">Above 75 % of MaxBatchSize.</param>
    internal void Note(long now, int windowMs, bool large)
    {
        Turn(now, windowMs);
        _all[_slice % Slices]++;
        _large[_slice % Slices] += large ? 1 : 0;
    }

    /// <summary>Forgets what is older than the window.</summary>
    internal void Turn(long now, int windowMs)
    {
        long slice = now / Math.Max(1, windowMs / Slices);
        for (long old = Math.Max(_slice + 1, slice - Slices + 1); old <= slice; old++)
        {
            _all[old % Slices] = 0;
            _large[old % Slices] = 0;
        }

        _slice = Math.Max(_slice, slice);
    }

    /// <summary>Are more than this many percent of the batches large?</summary>
    internal bool Above(int percent)
    {
        int all = Sum(_all);
        return all >= Enough && Sum(_large) * 100L > (long)all * percent;
    }

    /// <summary>Starts anew: an index was dropped, its effect is to be seen first.</summary>
    internal void Reset()
    {
        Array.Clear(_all);
        Array.Clear(_large);
    }

    private static int Sum(int[] slices)
    {
        int sum = 0;
        foreach (int slice in slices)
        {
            sum += slice;
        }

        return sum;
    }
}
