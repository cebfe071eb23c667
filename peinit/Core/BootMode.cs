// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>The boot modes. Safe mode is not built: what would enter it enters Recovery and says so.</summary>
public enum BootMode : byte
{
    /// <summary>All boot services.</summary>
    Full = 0,
    /// <summary>registryd is tried, no other service starts by itself (PEINIT-074).</summary>
    Recovery = 1,
}
