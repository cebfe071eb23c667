// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary><c>idn sessions list|show|end</c>.</summary>
internal static class SessionsCommand
{
    private const string AuthdPath = "/run/authd/authd.sock";

    public static ExitCode List(ToolContext context)
    {
        if (SessionList.Read(context, out bool partial) is not List<SessionRow> rows)
        {
            return ExitCode.Unreachable;
        }

        Print(context, rows, partial, SidNames.Load(context, Users(rows)));
        return ExitCode.Success;
    }

    public static ExitCode Show(ToolContext context)
    {
        if (!TryId(context, out ulong id, out ExitCode exit))
        {
            return exit;
        }

        if (SessionList.Read(context, out bool partial) is not List<SessionRow> rows)
        {
            return ExitCode.Unreachable;
        }

        if (rows.Find(row => row.Id == id) is not SessionRow row)
        {
            return context.Fail(ExitCode.NotFound, $"no session {id}{(partial ? " with a process that may be looked at" : "")}", "SESSION_NOT_FOUND");
        }

        SidNames names = SidNames.Load(context, [row.User]);
        if (context.Json)
        {
            context.WriteJson(writer => Write(writer, row, names));
            return ExitCode.Success;
        }

        ShowCommand.PrintFields(context,
        [
            ("Session", row.Id.ToString(CultureInfo.InvariantCulture)), ("User", names.Full(row.User)), ("Type", row.Type ?? "-"), ("Package", row.Package ?? "-"),
            ("Created", row.Created ?? "-"), ("Origin", row.Origin ?? "-"), ("Processes", row.Processes.ToString(CultureInfo.InvariantCulture)),
        ]);
        return ExitCode.Success;
    }

    public static ExitCode End(ToolContext context)
    {
        if (!TryId(context, out ulong id, out ExitCode exit))
        {
            return exit;
        }

        // Up to three rounds of five seconds (AUTH-062).
        Result<JsonObject> answer = DaemonClient.Ask(AuthdPath, 20_000, writer =>
        {
            writer.WriteString("command"u8, "end-session"u8);
            writer.WriteNumber("auth_id"u8, id);
        });
        if (AuthdAnswer.Failed(context, answer, out JsonObject? found) is ExitCode failed)
        {
            return failed;
        }

        _ = found!.TryGetUInt64("signalled", out ulong signalled);
        _ = found.TryGetUInt64("remaining", out ulong remaining);
        if (context.Json)
        {
            context.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("signalled", signalled);
                writer.WriteNumber("remaining", remaining);
                writer.WriteEndObject();
            });
        }
        else
        {
            context.Out.WriteLine($"{signalled} processes signalled, {remaining} remain");
        }

        return remaining == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    /// <summary>Prints sessions that have been read.</summary>
    internal static void Print(ToolContext context, List<SessionRow> rows, bool partial, SidNames names)
    {
        if (context.Json)
        {
            context.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("partial", partial);
                writer.WriteStartArray("sessions");
                rows.ForEach(row => Write(writer, row, names));
                writer.WriteEndArray();
                writer.WriteEndObject();
            });
            return;
        }

        if (partial)
        {
            context.Warn("neither authd nor the kernel's list can be read: only sessions of visible processes");
        }

        Table table = new("#ID", "USER", "TYPE", "PACKAGE", "CREATED", "ORIGIN", "#PROCESSES");
        foreach (SessionRow row in rows)
        {
            // Whole seconds and no zone letter are enough for people.
            string? created = row.Created is { Length: > 19 } time ? time[..19].Replace('T', ' ') : row.Created;
            table.Add(
                row.Id.ToString(CultureInfo.InvariantCulture), names.Of(row.User), row.Type, row.Package, created, row.Origin,
                row.Processes.ToString(CultureInfo.InvariantCulture));
        }

        context.Write(table);
    }

    private static IEnumerable<Sid> Users(List<SessionRow> rows)
    {
        foreach (SessionRow row in rows)
        {
            yield return row.User;
        }
    }

    private static bool TryId(ToolContext context, out ulong id, out ExitCode exit)
    {
        string text = context.Operands[0];
        bool valid = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
        exit = valid ? ExitCode.Success : context.Fail(ExitCode.InvalidInput, $"{text} is no session id", "EINVAL");
        return valid;
    }

    private static void Write(Utf8JsonWriter writer, SessionRow row, SidNames names)
    {
        writer.WriteStartObject();
        writer.WriteNumber("auth_id", row.Id);
        writer.WriteString("user_sid", row.User.ToString());
        writer.WriteString("user", names.Find(row.User));
        writer.WriteString("logon_type", row.Type);
        writer.WriteString("auth_package", row.Package);
        writer.WriteString("created_at", row.Created);
        writer.WriteString("origin", row.Origin);
        writer.WriteNumber("processes", row.Processes);
        writer.WriteEndObject();
    }
}
