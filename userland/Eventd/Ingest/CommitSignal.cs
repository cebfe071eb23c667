// SPDX-License-Identifier: MIT
using System.Threading;

namespace Eventd.Ingest;

/// <summary>Tells streaming queries that something was committed (EVT-208).</summary>
internal sealed class CommitSignal
{
    private readonly object _lock = new();
    private ulong _count;

    /// <summary>Commits so far.</summary>
    internal ulong Count => Volatile.Read(ref _count);

    /// <summary>A writer committed.</summary>
    internal void Raise()
    {
        lock (_lock)
        {
            _count++;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until the count differs from <paramref name="seen"/>, or the time is over.</summary>
    internal ulong Wait(ulong seen, int timeoutMs)
    {
        lock (_lock)
        {
            if (_count == seen)
            {
                Monitor.Wait(_lock, timeoutMs);
            }

            return _count;
        }
    }
}
