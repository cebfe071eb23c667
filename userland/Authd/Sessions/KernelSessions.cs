// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Peios.Interop;
using Peios.Security;

namespace Authd.Sessions;

/// <summary>The kernel's list of sessions: <c>key=value</c> words, a line each; a line of another form is left out.</summary>
internal static class KernelSessions
{
    private const string ListPath = "/sys/kernel/security/kacs/sessions";
    private const int LargestList = 4 << 20;

    /// <summary>Reads the list.</summary>
    public static Result<List<SessionEntry>> Read() =>
        Files.ReadSmall(ListPath, LargestList).TryGet(out byte[]? list, out Errno error) ? Parse(Encoding.UTF8.GetString(list)) : error;

    /// <summary>Reads its text.</summary>
    internal static List<SessionEntry> Parse(string text)
    {
        List<SessionEntry> entries = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (TryLine(line, out SessionEntry entry))
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static bool TryLine(string line, out SessionEntry entry)
    {
        entry = default;
        Dictionary<string, string> words = [];
        foreach (string word in line.Split(' '))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                words[word[..equals]] = word[(equals + 1)..];
            }
        }

        if (!TryNumber(words, "session_id", out ulong id) || !TryNumber(words, "logon_type", out ulong type) || !TryNumber(words, "created_at", out ulong created) ||
            !TryHex(words, "user_sid", out byte[] sid) || !Sid.TryReadExact(sid, out Sid user) || !TryHex(words, "auth_package", out byte[] package))
        {
            return false;
        }

        entry = new SessionEntry(id, user, (LogonType)type, Encoding.UTF8.GetString(package), created);
        return true;
    }

    private static bool TryNumber(Dictionary<string, string> words, string key, out ulong number)
    {
        number = 0;
        return words.TryGetValue(key, out string? text) && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryHex(Dictionary<string, string> words, string key, out byte[] bytes)
    {
        bytes = [];
        if (!words.TryGetValue(key, out string? text) || (text.Length & 1) != 0 || text.AsSpan().ContainsAnyExcept("0123456789abcdef"))
        {
            return false;
        }

        bytes = Convert.FromHexString(text);
        return true;
    }
}
