// SPDX-License-Identifier: MIT
using System;

namespace Peios.Registry;

/// <summary>How a key is created (LCS-232).</summary>
[Flags]
public enum CreateOptions : uint
{
    /// <summary>A persistent key.</summary>
    None = 0,

    /// <summary>The key and everything below it vanish at reboot.</summary>
    Volatile = 1,

    /// <summary>The key is a link; its default value names the target.</summary>
    Link = 2,
}
