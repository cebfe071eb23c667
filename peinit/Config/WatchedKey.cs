// SPDX-License-Identifier: MIT
namespace Peinit.Config;

/// <summary>What a watch stands on.</summary>
internal enum WatchedKey
{
    /// <summary>The subtree of the definitions.</summary>
    Services,

    /// <summary>peinit's own settings.</summary>
    Settings,

    /// <summary>A key that services inherit a descriptor from.</summary>
    Ancestor,
}
