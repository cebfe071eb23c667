// SPDX-License-Identifier: MIT
namespace Tools.Frame;

/// <summary>Exit codes shared by all tools (CLI-002).</summary>
internal enum ExitCode
{
    /// <summary>Done; for <c>check</c>: yes.</summary>
    Success = 0,

    /// <summary>The operation failed; for <c>check</c>: no.</summary>
    Failed = 1,

    /// <summary>The named object does not exist.</summary>
    NotFound = 2,

    /// <summary>Denied, privilege missing, authentication refused.</summary>
    Denied = 3,

    /// <summary>The input is not valid.</summary>
    InvalidInput = 4,

    /// <summary>Daemon, registry or kernel unreachable, busy, or timed out.</summary>
    Unreachable = 5,

    /// <summary>Conflict: wrong state, exists already, changed meanwhile.</summary>
    Conflict = 6,

    /// <summary>The command line is wrong.</summary>
    Usage = 64,
}
