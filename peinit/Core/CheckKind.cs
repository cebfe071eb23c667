// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>What a condition or assert looks at (PEINIT-106).</summary>
public enum CheckKind : byte
{
    /// <summary>The path exists, whatever it is.</summary>
    Path = 0,
    /// <summary>A regular file exists.</summary>
    File = 1,
    /// <summary>A directory exists.</summary>
    Directory = 2,
    /// <summary>A registry key exists.</summary>
    Registry = 3,
}
