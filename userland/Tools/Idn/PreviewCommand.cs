// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary><c>idn preview</c>: the tokens that authd would mint; nothing is minted (AUTH-024).</summary>
internal static class PreviewCommand
{
    /// <summary>Its options.</summary>
    public static readonly IReadOnlyList<ToolOption> Options =
    [
        new("--type", "interactive (default), network, batch, service", Value: "T"),
        new("--service", "with type service: for this service", Value: "NAME"),
        new("--console", "as if at the machine's own console"),
    ];

    public static ExitCode Run(ToolContext context)
    {
        string type = context.Arguments.Value("--type") ?? "interactive";
        uint number = type.ToLowerInvariant() switch { "interactive" => 2u, "network" => 3u, "batch" => 4u, "service" => 5u, _ => 0 };
        if (number == 0)
        {
            return context.Fail(ExitCode.InvalidInput, $"{type} is no logon type: interactive, network, batch or service", "EINVAL");
        }

        bool isService = number == (uint)LogonType.Service;
        if (isService != context.Arguments.Has("--service"))
        {
            return context.Fail(ExitCode.Usage, "--type service and --service NAME go together", "USAGE");
        }

        Result<JsonObject> answer = DaemonClient.Ask("/run/authd/authd.sock", 10_000, writer =>
        {
            writer.WriteString("command"u8, "preview"u8);
            writer.WriteString(isService ? "identity"u8 : "user"u8, context.Operands[0]);
            writer.WriteNumber("logon_type"u8, number);
            if (isService)
            {
                writer.WriteString("service"u8, context.Arguments.Value("--service"));
            }

            writer.WriteBoolean("console"u8, context.Arguments.Has("--console"));
        });
        return AuthdAnswer.Failed(context, answer, out JsonObject? found) ?? Print(context, found!);
    }

    /// <summary>Prints the tokens of an answer.</summary>
    internal static ExitCode Print(ToolContext context, JsonObject answer)
    {
        if (!answer.TryGetObjects("tokens", out JsonObject[] tokens))
        {
            return context.Fail(ExitCode.Unreachable, "authd's answer is not understood", "EPROTO");
        }

        if (context.Json)
        {
            context.WriteJson(writer => writer.WriteRawValue(answer.Raw("tokens")));
            return ExitCode.Success;
        }

        for (int i = 0; i < tokens.Length; i++)
        {
            context.Out.WriteLine(i == 0 ? "" : "\n");
            PrintToken(context, tokens[i]);
        }

        return ExitCode.Success;
    }

    private static void PrintToken(ToolContext context, JsonObject token)
    {
        List<(string, string)> fields = [];
        foreach ((string field, string label) in (ReadOnlySpan<(string, string)>)
            [("user_sid", "User"), ("elevation", "Elevation"), ("integrity_level", "Integrity"), ("mandatory_policy", "Policy"), ("owner_sid_index", "Owner index"),
             ("default_dacl", "Default DACL"), ("projected_uid", "Linux user"), ("projected_gid", "Linux group")])
        {
            fields.Add((label, Value(token, field)));
        }

        ShowCommand.PrintFields(context, fields);
        _ = token.TryGetObjects("groups", out JsonObject[] groups);
        List<SidAndAttributes> list = [];
        foreach (JsonObject group in groups)
        {
            if (group.TryGetString("sid", out string text) && Sid.TryParse(text, out Sid sid) && group.TryGetUInt64("attributes", out ulong attributes))
            {
                list.Add(new SidAndAttributes(sid, (GroupAttributes)attributes));
            }
        }

        context.Out.WriteLine();
        PartCommands.PrintGroups(context, new TokenView { Groups = list }, SidNames.WellKnown(context.Raw));
        context.Out.WriteLine();
        TokenPrivileges privileges = new(Mask(token, "privs_present"), Mask(token, "privs_enabled"), Mask(token, "privs_enabled"), 0);
        context.Write(ShowCommand.PrivilegeTable(privileges));
    }

    private static string Value(JsonObject token, string field) =>
        token.TryGetString(field, out string text) ? text
        : token.TryGetUInt64(field, out ulong number) ? number.ToString(CultureInfo.InvariantCulture)
        : "-";

    private static ulong Mask(JsonObject token, string field) =>
        token.TryGetString(field, out string text) && text.StartsWith("0x", StringComparison.Ordinal) &&
        ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong mask) ? mask : 0;
}
