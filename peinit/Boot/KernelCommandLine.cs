// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text;
using Peios.Interop;

namespace Peinit.Boot;

/// <summary>The <c>peios.*</c> words of the kernel command line (PEINIT-021, PEINIT-022, PEINIT-027).</summary>
/// <param name="SafeMode"><c>peios.safemode=1</c>.</param>
/// <param name="Recovery"><c>peios.recovery=1</c>.</param>
/// <param name="BootAttempts"><c>peios.bootattempts=N</c>, 0 switches the check off.</param>
/// <param name="FaultInjection"><c>peios.faults=1</c>: the control socket accepts the fault command.</param>
internal readonly record struct KernelCommandLine(bool SafeMode, bool Recovery, uint BootAttempts, bool FaultInjection)
{
    internal const uint DefaultBootAttempts = 3;

    internal static KernelCommandLine Read() =>
        Files.ReadSmall("/proc/cmdline").TryGet(out byte[]? text) ? Parse(text) : Parse([]);

    /// <summary>Later words win; values other than those named are ignored.</summary>
    internal static KernelCommandLine Parse(ReadOnlySpan<byte> text)
    {
        KernelCommandLine line = new(false, false, DefaultBootAttempts, false);
        foreach (string word in Encoding.UTF8.GetString(text).Split([' ', '\n', '\t', '\0'], StringSplitOptions.RemoveEmptyEntries))
        {
            line = word switch
            {
                "peios.safemode=1" => line with { SafeMode = true },
                "peios.recovery=1" => line with { Recovery = true },
                "peios.faults=1" => line with { FaultInjection = true },
                _ => word.StartsWith("peios.bootattempts=", StringComparison.Ordinal)
                    && uint.TryParse(word.AsSpan(19), NumberStyles.None, CultureInfo.InvariantCulture, out uint n)
                    ? line with { BootAttempts = n }
                    : line,
            };
        }

        return line;
    }
}
