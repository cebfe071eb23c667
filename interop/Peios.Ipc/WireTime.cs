// SPDX-License-Identifier: MIT
using System;
using System.Globalization;

namespace Peios.Ipc;

/// <summary>Times on the wire: <c>YYYY-MM-DDThh:mm:ss.ffffffZ</c> (AUTH-007), nanoseconds since the Unix epoch inside.</summary>
public static class WireTime
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private const ulong NanosecondsPerTick = 100;

    /// <summary>The text; what is below a microsecond is cut. 64 bits of nanoseconds end in 2554, inside the calendar.</summary>
    public static string Format(ulong nanoseconds) =>
        DateTime.UnixEpoch.AddTicks((long)(nanoseconds / NanosecondsPerTick)).ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>Reads exactly that form, not before 1970.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ulong nanoseconds)
    {
        nanoseconds = 0;
        if (!DateTime.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time)
            || time < DateTime.UnixEpoch || text.Contains('\0'))
        {
            return false;
        }

        nanoseconds = (ulong)(time.Ticks - DateTime.UnixEpoch.Ticks) * NanosecondsPerTick;
        return true;
    }
}
