// SPDX-License-Identifier: MIT
using Peinit.Core;

namespace Peinit.Boot;

/// <summary>What Phase 1 found before the first service.</summary>
/// <param name="Mode">How to go on.</param>
/// <param name="Reason">Why Recovery, else null.</param>
/// <param name="BootId">36 characters (PEINIT-019).</param>
/// <param name="CommandLine">The kernel's command line.</param>
internal sealed record EarlyBootResult(BootMode Mode, string? Reason, string BootId, KernelCommandLine CommandLine);
