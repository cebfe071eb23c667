// SPDX-License-Identifier: MIT
using System.Globalization;
using Peios.Ipc;

namespace Tools.Svctl;

/// <summary>Fields of an answer as table cells; absent and null become null.</summary>
internal static class Fields
{
    internal static string? Text(JsonObject o, string name) => o.TryGetString(name, out string value) ? value : null;

    internal static string? Number(JsonObject o, string name) =>
        o.TryGetInt64(name, out long value) ? value.ToString(CultureInfo.InvariantCulture) : null;

    /// <summary>Seconds as people read them: 59s, 3m05s, 2h01m, 4d03h.</summary>
    internal static string? Duration(JsonObject o, string name)
    {
        if (!o.TryGetInt64(name, out long s))
        {
            return null;
        }

        return s switch
        {
            < 60 => $"{s}s",
            < 3600 => $"{s / 60}m{s % 60:d2}s",
            < 86400 => $"{s / 3600}h{s / 60 % 60:d2}m",
            _ => $"{s / 86400}d{s / 3600 % 24:d2}h",
        };
    }
}
