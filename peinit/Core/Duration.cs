// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>Nanosecond arithmetic that saturates: a registry value of 4 billion seconds must not wrap into the past.</summary>
internal static class Duration
{
    /// <summary>One second.</summary>
    public const long Second = 1_000_000_000;

    private const long Longest = long.MaxValue / 4;

    /// <summary>Seconds as nanoseconds.</summary>
    public static long Seconds(ulong seconds) => seconds >= (ulong)(Longest / Second) ? Longest : (long)seconds * Second;

    /// <summary>Microseconds as nanoseconds.</summary>
    public static long Microseconds(ulong microseconds) =>
        microseconds >= (ulong)(Longest / 1000) ? Longest : (long)microseconds * 1000;

    /// <summary>A point in time later than another.</summary>
    public static long After(long now, long span) => now >= long.MaxValue - span ? long.MaxValue - 1 : now + span;

    /// <summary>A point in time earlier than another.</summary>
    public static long Before(long now, long span) => Math.Max(long.MinValue / 2, now - span);
}
