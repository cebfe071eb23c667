// SPDX-License-Identifier: MIT
using System;

namespace Peios.Ipc;

/// <summary>Readiness bits of epoll.</summary>
[Flags]
public enum LoopEvents : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Readable, or end of file.</summary>
    Readable = 0x1,

    /// <summary>Exceptional: cgroup.events and other kernel files say so when they change.</summary>
    Changed = 0x2,

    /// <summary>Writable.</summary>
    Writable = 0x4,

    /// <summary>An error is pending.</summary>
    Error = 0x8,

    /// <summary>The other side is gone.</summary>
    HangUp = 0x10,
}
