// SPDX-License-Identifier: MIT
using System;
using System.Globalization;

namespace Eventd.Query;

/// <summary>Times in queries (EVT-151): durations before or after now, days, dates and date-times in UTC.</summary>
internal static class TimeLiteral
{
    private const long Second = 1_000_000_000;
    private const long Day = 86400 * Second;

    /// <summary>Reads <c>15m</c>: nanoseconds.</summary>
    internal static bool TryDuration(string word, out long nanoseconds)
    {
        nanoseconds = 0;
        if (word.Length < 2 || !long.TryParse(word.AsSpan(0, word.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
        {
            return false;
        }

        long unit = word[^1] switch
        {
            's' or 'S' => Second,
            'm' or 'M' => 60 * Second,
            'h' or 'H' => 3600 * Second,
            'd' or 'D' => Day,
            _ => 0,
        };
        if (unit == 0 || count > long.MaxValue / unit)
        {
            return false;
        }

        nanoseconds = count * unit;
        return true;
    }

    /// <summary>Reads a word that is a time by itself: today, yesterday, a date, a date-time.</summary>
    internal static bool TryAbsolute(string word, long now, out long time)
    {
        time = now - (now % Day);
        if (word.Equals("today", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (word.Equals("yesterday", StringComparison.OrdinalIgnoreCase))
        {
            time -= Day;
            return true;
        }

        string[] forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss"];
        if (!DateTime.TryParseExact(
            word, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime date)
            || date.Year is < 1970 or > 2200)
        {
            return false;
        }

        time = (date - DateTime.UnixEpoch).Ticks * 100;
        return true;
    }
}
