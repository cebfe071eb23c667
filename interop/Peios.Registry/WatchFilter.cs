// SPDX-License-Identifier: MIT
using System;

namespace Peios.Registry;

/// <summary>What a watch reports (LCS-165); KeyDeleted and Overflow always pass.</summary>
[Flags]
public enum WatchFilter : uint
{
    /// <summary>Disarms.</summary>
    None = 0,

    /// <summary>Values set or deleted.</summary>
    Values = 1,

    /// <summary>Children created or deleted.</summary>
    SubKeys = 2,

    /// <summary>Security descriptor changes.</summary>
    Security = 4,

    /// <summary>Everything.</summary>
    All = 7,
}
