// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>The nine states of a service (PEINIT-213). The numbers are part of the snapshot format.</summary>
public enum ServiceState : byte
{
    /// <summary>Not running; does not satisfy dependents.</summary>
    Inactive = 0,
    /// <summary>Being started, or waiting for its next attempt.</summary>
    Starting = 1,
    /// <summary>Running and ready.</summary>
    Active = 2,
    /// <summary>Running, was told to re-read its configuration.</summary>
    Reloading = 3,
    /// <summary>Told to end, not gone yet.</summary>
    Stopping = 4,
    /// <summary>A Oneshot that ended well.</summary>
    Completed = 5,
    /// <summary>Not running because something went wrong.</summary>
    Failed = 6,
    /// <summary>Its processes survived SIGKILL.</summary>
    Abandoned = 7,
    /// <summary>A condition said no; counts as satisfied.</summary>
    Skipped = 8,
}
