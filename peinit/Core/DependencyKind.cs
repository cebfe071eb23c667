// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>A relation that orders starts (PEINIT-259).</summary>
internal enum DependencyKind : byte
{
    /// <summary>Must satisfy.</summary>
    Requires = 0,
    /// <summary>Must satisfy, and stops with it.</summary>
    BindsTo = 1,
    /// <summary>Must have been tried.</summary>
    Wants = 2,
}
