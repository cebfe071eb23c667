// SPDX-License-Identifier: MIT
namespace Peios.Ipc;

/// <summary>A deadline inside an <see cref="EventLoop"/>; costs no descriptor.</summary>
public abstract class LoopTimer
{
    internal ulong Deadline { get; set; } = ulong.MaxValue;

    /// <summary>True while a deadline is set.</summary>
    public bool Armed => Deadline != ulong.MaxValue;

    /// <summary>The deadline has passed; the timer is disarmed and may be armed again.</summary>
    public abstract void Expired(EventLoop loop, ulong now);
}
