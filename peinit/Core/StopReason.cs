// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>Why a service is Stopping, which decides what it becomes. The numbers are part of the snapshot format.</summary>
internal enum StopReason : byte
{
    /// <summary>Not stopping.</summary>
    None = 0,
    /// <summary>Stop operation: Inactive.</summary>
    Stop = 1,
    /// <summary>Evicted: Failed.</summary>
    Conflict = 2,
    /// <summary>Bound dependency went: Failed.</summary>
    BindsTo = 3,
    /// <summary>Restart operation: Starting.</summary>
    Restart = 4,
    /// <summary>Shutdown: Inactive.</summary>
    Shutdown = 5,
}
