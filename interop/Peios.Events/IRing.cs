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

    /// <summary>Sleeps until there is something to read, at most <paramref name="timeoutMs"/> (0: no limit).</summary>
    Errno Wait(uint timeoutMs);
}
