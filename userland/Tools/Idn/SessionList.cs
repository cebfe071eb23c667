// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Ipc;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary>
/// Logon sessions: by authd, else from the kernel's list, else from the tokens of processes, which shows only sessions
/// that have some (CLI-024).
/// </summary>
internal static class SessionList
{
    private const string AuthdPath = "/run/authd/authd.sock";
    private const string KernelPath = "/sys/kernel/security/kacs/sessions";
    private const int LargestList = 4 << 20;

    /// <summary>Reads the sessions, in order of their ids; null if nothing could be read (the message is out).</summary>
    public static List<SessionRow>? Read(ToolContext context, out bool partial)
    {
        List<SessionRow>? rows = OfAuthd() ?? OfKernel();
        partial = rows is null;
        rows ??= [];
        Errno error = CountProcesses(rows, addMissing: partial);
        if (partial && !error.Ok)
        {
            context.Fail(ExitCode.Unreachable, $"authd, the kernel's list and {KacsDevice.Path} cannot be read: {error}", error.Name);
            return null;
        }

        rows.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return rows;
    }

    /// <summary>Reads authd's answer; null if it has another form.</summary>
    internal static List<SessionRow>? OfAnswer(JsonObject answer)
    {
        if (!answer.TryGetObjects("sessions", out JsonObject[] sessions))
        {
            return null;
        }

        List<SessionRow> rows = [];
        foreach (JsonObject session in sessions)
        {
            if (session.TryGetUInt64("auth_id", out ulong id) && session.TryGetString("user_sid", out string sid) && Sid.TryParse(sid, out Sid user))
            {
                string? type = session.TryGetUInt64("logon_type", out ulong number) ? ((LogonType)number).ToString() : null;
                rows.Add(new SessionRow(id, user, type, Text(session, "auth_package"), Text(session, "created_at"), Text(session, "service")));
            }
        }

        return rows;
    }

    /// <summary>Reads the kernel's list: <c>key=value</c> words, one session a line.</summary>
    internal static List<SessionRow> OfText(string text)
    {
        List<SessionRow> rows = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Dictionary<string, string> words = [];
            foreach (string word in line.Split(' '))
            {
                int equals = word.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0)
                {
                    words[word[..equals]] = word[(equals + 1)..];
                }
            }

            if (TryRow(words, out SessionRow? row))
            {
                rows.Add(row!);
            }
        }

        return rows;
    }

    private static bool TryRow(Dictionary<string, string> words, out SessionRow? row)
    {
        row = null;
        if (!ulong.TryParse(words.GetValueOrDefault("session_id"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong id) ||
            !TryHex(words.GetValueOrDefault("user_sid"), out byte[] sid) || !Sid.TryReadExact(sid, out Sid user))
        {
            return false;
        }

        string? type = uint.TryParse(words.GetValueOrDefault("logon_type"), NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? ((LogonType)number).ToString() : null;
        string? package = TryHex(words.GetValueOrDefault("auth_package"), out byte[] name) && name.Length > 0 ? Encoding.UTF8.GetString(name) : null;
        string? created = ulong.TryParse(words.GetValueOrDefault("created_at"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong time) ? WireTime.Format(time) : null;
        row = new SessionRow(id, user, words.GetValueOrDefault("dead") == "1" ? $"{type} (ended)" : type, package, created, null);
        return true;
    }

    private static bool TryHex(string? text, out byte[] bytes)
    {
        bytes = [];
        if (text is null || (text.Length & 1) != 0 || text.AsSpan().ContainsAnyExcept("0123456789abcdefABCDEF"))
        {
            return false;
        }

        bytes = Convert.FromHexString(text);
        return true;
    }

    private static List<SessionRow>? OfAuthd() =>
        DaemonClient.Ask(AuthdPath, 5000, static writer => writer.WriteString("command"u8, "list-sessions"u8)).TryGet(out JsonObject? answer)
            ? OfAnswer(answer)
            : null;

    private static List<SessionRow>? OfKernel() =>
        Files.ReadSmall(KernelPath, LargestList).TryGet(out byte[]? list) ? OfText(Encoding.UTF8.GetString(list)) : null;

    private static Errno CountProcesses(List<SessionRow> rows, bool addMissing)
    {
        if (!KacsDevice.Open().TryGet(out KacsDevice? device, out Errno error))
        {
            return error;
        }

        using (device)
        {
            foreach (string folder in Directory.EnumerateDirectories("/proc"))
            {
                if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ||
                    !Processes.Open(pid).TryGet(out Fd? process))
                {
                    continue;
                }

                using (process)
                {
                    Count(rows, device, process, addMissing);
                }
            }
        }

        return Errno.None;
    }

    private static void Count(List<SessionRow> rows, KacsDevice device, Fd process, bool addMissing)
    {
        if (!device.InspectToken(process).TryGet(out Fd? fd))
        {
            return;
        }

        using Token token = new(fd);
        if (!token.Statistics().TryGet(out TokenStatistics statistics) || !token.User().TryGet(out Sid user))
        {
            return;
        }

        SessionRow? row = rows.Find(row => row.Id == statistics.AuthId);
        if (row is null && addMissing)
        {
            row = new SessionRow(statistics.AuthId, user, token.LogonType().TryGet(out LogonType type) ? type.ToString() : null, null, null, null);
            rows.Add(row);
        }

        if (row is not null)
        {
            row.Processes++;
        }
    }

    private static string? Text(JsonObject entry, string field) => entry.TryGetString(field, out string text) ? text : null;
}
