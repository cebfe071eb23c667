// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>What a deadline is for.</summary>
internal enum DeadlineKind : byte
{
    /// <summary>End of Starting, Stopping (SIGKILL follows) or Reloading.</summary>
    Phase,
    /// <summary>Post hooks have had their time.</summary>
    PostHooks,
    /// <summary>Five seconds after SIGKILL.</summary>
    Kill,
    /// <summary>RestartDelay is over.</summary>
    RestartDelay,
    /// <summary>No WATCHDOG=1 in time.</summary>
    Watchdog,
    /// <summary>An operation outlived PEINIT-310.</summary>
    Operation,
    /// <summary>BootSuccessGrace is over.</summary>
    BootGrace,
    /// <summary>ShutdownTimeout is over.</summary>
    Shutdown,
}
