// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>Value <c>Type</c> of a definition.</summary>
public enum ServiceType : byte
{
    /// <summary>Long-running (PEINIT-084).</summary>
    Simple = 0,
    /// <summary>Runs to its end (PEINIT-085).</summary>
    Oneshot = 1,
}
