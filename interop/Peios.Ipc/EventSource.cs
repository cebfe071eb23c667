// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;

namespace Peios.Ipc;

/// <summary>
/// One descriptor in an <see cref="EventLoop"/>. A source does a bounded amount of work per call and returns:
/// what is left makes the descriptor ready again in the next round.
/// </summary>
public abstract class EventSource
{
    internal int Slot { get; set; } = -1;

    /// <summary>What the loop was last asked to wait for.</summary>
    internal LoopEvents Interest { get; set; }

    /// <summary>Order inside one round, 0 first; signals use 0.</summary>
    public virtual int Priority => EventLoop.Priorities - 1;

    /// <summary>The watched descriptor; owned by the source.</summary>
    public abstract Fd Descriptor { get; }

    /// <summary>True while registered in a loop.</summary>
    public bool Registered => Slot >= 0;

    /// <summary>The descriptor is ready.</summary>
    public abstract void Ready(EventLoop loop, LoopEvents events);

    /// <summary>
    /// <see cref="Ready"/> threw. The loop has removed the source already; the source fails what it stands for.
    /// </summary>
    /// <returns>True when dealt with; false lets the loop's owner know.</returns>
    public virtual bool Faulted(Exception exception) => false;
}
