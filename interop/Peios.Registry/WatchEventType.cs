// SPDX-License-Identifier: MIT
namespace Peios.Registry;

/// <summary>What happened (LCS-167).</summary>
public enum WatchEventType : ushort
{
    /// <summary>No event; a reader that has none.</summary>
    None = 0,

    /// <summary>A value appeared or was written.</summary>
    ValueSet = 1,

    /// <summary>A value vanished.</summary>
    ValueDeleted = 2,

    /// <summary>A child became visible.</summary>
    SubKeyCreated = 3,

    /// <summary>A child became invisible.</summary>
    SubKeyDeleted = 4,

    /// <summary>The security descriptor changed.</summary>
    SecurityChanged = 5,

    /// <summary>The watched key itself became invisible.</summary>
    KeyDeleted = 6,

    /// <summary>Events were lost: read everything watched again.</summary>
    Overflow = 7,
}
