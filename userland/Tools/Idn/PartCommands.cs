// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary>One part of a token each.</summary>
internal static class PartCommands
{
    public static ExitCode User(ToolContext context) => Fields(context, "User");

    public static ExitCode Integrity(ToolContext context) => Fields(context, "Integrity", "Policy");

    public static ExitCode Defaults(ToolContext context) => Fields(context, "Owner", "Primary group", "Default DACL");

    public static ExitCode Source(ToolContext context) => Fields(context, "Source", "Token", "Session", "Origin", "Expires");

    public static ExitCode Groups(ToolContext context)
    {
        if (TokenChooser.Read(context, out ExitCode exit) is not TokenView token)
        {
            return exit;
        }

        PrintGroups(context, token, SidNames.Load(context, token.Sids()));
        return ExitCode.Success;
    }

    public static ExitCode Privileges(ToolContext context)
    {
        if (TokenChooser.Read(context, out ExitCode exit) is not TokenView token)
        {
            return exit;
        }

        PrintPrivileges(context, token);
        return ExitCode.Success;
    }

    /// <summary>Prints the privileges of a token that has been read.</summary>
    internal static void PrintPrivileges(ToolContext context, TokenView token)
    {
        if (context.Json)
        {
            context.WriteJson(writer => InObject(writer, () => TokenJson.Privileges(writer, token.Privileges)));
        }
        else
        {
            context.Write(ShowCommand.PrivilegeTable(token.Privileges));
        }
    }

    /// <summary>Prints the groups of a token that has been read.</summary>
    internal static void PrintGroups(ToolContext context, TokenView token, SidNames names)
    {
        if (context.Json)
        {
            context.WriteJson(writer => InObject(writer, () => TokenJson.Groups(writer, "groups", token.Groups, names)));
            return;
        }

        Table table = new("#INDEX", "SID", "NAME", "FLAGS");
        for (int i = 0; i < token.Groups.Count; i++)
        {
            SidAndAttributes group = token.Groups[i];
            table.Add(i.ToString(CultureInfo.InvariantCulture), group.Sid.ToString(), names.Find(group.Sid), TokenFields.Flags(group.Attributes));
        }

        context.Write(table);
    }

    private static ExitCode Fields(ToolContext context, params string[] wanted)
    {
        if (TokenChooser.Read(context, out ExitCode exit) is not TokenView token)
        {
            return exit;
        }

        List<(string Field, string Text)> fields = [];
        foreach ((string Field, string Text) entry in TokenFields.Of(token, SidNames.Load(context, token.Sids()), true))
        {
            if (Array.IndexOf(wanted, entry.Field) >= 0)
            {
                fields.Add(entry);
            }
        }

        if (context.Json)
        {
            context.WriteJson(writer => InObject(writer, () => fields.ForEach(entry => writer.WriteString(Key(entry.Field), entry.Text))));
        }
        else
        {
            ShowCommand.PrintFields(context, fields);
        }

        return ExitCode.Success;
    }

    private static string Key(string field) => field.ToLowerInvariant().Replace(' ', '_');

    private static void InObject(Utf8JsonWriter writer, Action contents)
    {
        writer.WriteStartObject();
        contents();
        writer.WriteEndObject();
    }
}
