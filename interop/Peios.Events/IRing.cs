// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;

namespace Peios.Events;

/// <summary>One CPU's ring as a consumer holds it: <see cref="Ring"/>, or a ring inside a test process.</summary>
public interface IRing : IDisposable
{
    /// <summary>Logical CPU.</summary>
    uint Cpu { get; }

    /// <summary>Bytes of the ring; no event is larger than half of it.</summary>
    ulong Capacity { get; }

    /// <summary>Reads this ring; dead after disposal.</summary>
    RingReader Reader { get; }

    /// <summary>
    /// Sleeps until there is something to read, the ring was replaced, or <see cref="Nudge"/>; at most
    /// <paramref name="timeoutMs"/> (-1: no limit). None: look again. ETIMEDOUT and EINTR mean what they say.
    /// </summary>
    Errno Wait(int timeoutMs);

    /// <summary>Ends the present wait and every later one; from any thread, for shutting down.</summary>
    void Nudge();
}
