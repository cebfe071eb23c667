// SPDX-License-Identifier: MIT
using Peinit.Core;

namespace Peinit.Boot;

/// <summary>What Phase 1 found before the first service.</summary>
/// <param name="Mode">How to go on.</param>
/// <param name="Reason">Why Recovery, else null.</param>
/// <param name="BootId">36 characters (PEINIT-019).</param>
/// <param name="CommandLine">The kernel's command line.</param>
internal sealed record EarlyBootResult(BootMode Mode, string? Reason, string BootId, KernelCommandLine CommandLine)
{
    /// <summary>After a re-execution: the file systems stand, the rest is read again.</summary>
    internal static EarlyBootResult Continue() =>
        new(BootMode.Full, null, EarlyBoot.ReadBootId(), KernelCommandLine.Read());
}
