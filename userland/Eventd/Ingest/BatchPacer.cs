// SPDX-License-Identifier: MIT
using System;

namespace Eventd.Ingest;

/// <summary>
/// Decides how long a writer with an open batch and an empty queue waits for more (EVT-024 to EVT-029): not at all when
/// events are rare, up to the price of one commit when they are frequent. Both are moving averages, so sizes do not flip.
/// </summary>
internal sealed class BatchPacer
{
    private const double Weight = 0.2;

    private double _commitMs = 1;
    private double _perMs;

    /// <summary>Notes a commit: what it cost and what arrived since the one before.</summary>
    internal void Committed(double commitMs, int events, double sinceMs)
    {
        _commitMs += Weight * (commitMs - _commitMs);
        _perMs += Weight * ((events / Math.Max(sinceMs, 0.01)) - _perMs);
    }

    /// <summary>Milliseconds to wait for more events before committing; 0 commits now.</summary>
    /// <param name="openMs">How long the batch is open already.</param>
    /// <param name="maxLatencyMs">MaxBatchLatencyMs.</param>
    internal int Linger(double openMs, int maxLatencyMs)
    {
        double expected = _perMs * _commitMs;
        if (expected < 16)
        {
            return 0; // a commit delays fewer than that: not worth anybody's wait
        }

        return (int)Math.Clamp(Math.Min(_commitMs, maxLatencyMs - openMs), 0, maxLatencyMs);
    }
}
