// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Threading;
using Peios.Interop;

namespace Eventd.Ingest;

/// <summary>Tells streaming queries that something was committed (EVT-208).</summary>
internal sealed class CommitSignal
{
    private readonly List<WakeFd> _listeners = [];
    private int _additions;

    /// <summary>How many databases were added to the store since start: a stream that sees it change opens them.</summary>
    internal int Additions => Volatile.Read(ref _additions);

    /// <summary>A database was added; what is stored there is announced by its commits.</summary>
    internal void Added() => Interlocked.Increment(ref _additions);

    /// <summary>Wakes <paramref name="listener"/> at every commit, until it is removed.</summary>
    internal void Add(WakeFd listener)
    {
        lock (_listeners)
        {
            _listeners.Add(listener);
        }
    }

    /// <summary>Ends that; afterwards the listener may be closed.</summary>
    internal void Remove(WakeFd listener)
    {
        lock (_listeners)
        {
            _ = _listeners.Remove(listener);
        }
    }

    /// <summary>A writer committed.</summary>
    internal void Raise()
    {
        lock (_listeners)
        {
            foreach (WakeFd listener in _listeners)
            {
                listener.Set();
            }
        }
    }
}
