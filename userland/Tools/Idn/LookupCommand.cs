// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary><c>idn lookup</c>: names to SIDs and back, by authd; exit 2 if one was not found.</summary>
internal static class LookupCommand
{
    private const string AuthdPath = "/run/authd/authd.sock";

    public static ExitCode Run(ToolContext context)
    {
        List<string> names = [];
        List<string> sids = [];
        foreach (string operand in context.Operands)
        {
            (Sid.TryParse(operand, out _) ? sids : names).Add(operand);
        }

        Result<JsonObject> answer = DaemonClient.Ask(AuthdPath, 5000, writer =>
        {
            writer.WriteString("command"u8, "lookup"u8);
            Strings(writer, "names", names);
            Strings(writer, "sids", sids);
        });
        if (!answer.TryGet(out JsonObject? found, out Errno error))
        {
            return context.Fail(ExitCode.Unreachable, $"authd: {error}", error.Name);
        }

        if (found.TryGetString("code", out string code))
        {
            _ = found.TryGetString("message", out string message);
            return context.Fail(code == ErrorCodes.AccessDenied ? ExitCode.Denied : ExitCode.Failed, message, code);
        }

        return Print(context, found);
    }

    /// <summary>Prints the entries of an answer.</summary>
    internal static ExitCode Print(ToolContext context, JsonObject answer)
    {
        _ = answer.TryGetObjects("entries", out JsonObject[] entries);
        if (context.Json)
        {
            context.WriteJson(writer => writer.WriteRawValue(entries.Length == 0 ? "[]"u8 : answer.Raw("entries")));
        }
        else
        {
            Table table = new("NAME", "SID", "KIND", "SOURCE");
            foreach (JsonObject entry in entries)
            {
                table.Add(Text(entry, "name"), Text(entry, "sid"), Text(entry, "kind"), Text(entry, "source"));
            }

            context.Write(table);
        }

        int missing = context.Operands.Count - entries.Length;
        return missing <= 0 ? ExitCode.Success : context.Fail(ExitCode.NotFound, $"{missing} of {context.Operands.Count} were not found", "NOT_FOUND");
    }

    private static string? Text(JsonObject entry, string field) => entry.TryGetString(field, out string text) ? text : null;

    private static void Strings(System.Text.Json.Utf8JsonWriter writer, string property, List<string> values)
    {
        writer.WriteStartArray(property);
        foreach (string value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
