// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Globalization;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary><c>idn show</c>.</summary>
internal static class ShowCommand
{
    private const int FieldWidth = 15;

    public static ExitCode Run(ToolContext context)
    {
        if (TokenChooser.Read(context, out ExitCode exit) is not TokenView token)
        {
            return exit;
        }

        Print(context, token, SidNames.Load(context, token.Sids()));
        return ExitCode.Success;
    }

    /// <summary>Prints a token that has been read.</summary>
    internal static void Print(ToolContext context, TokenView token, SidNames names)
    {
        if (context.Json)
        {
            context.WriteJson(writer => TokenJson.Write(writer, token, names));
            return;
        }

        bool all = context.Arguments.Has("--all");
        PrintFields(context, TokenFields.Of(token, names, all));
        PrintGroups(context, "Groups", token.Groups, names);
        if (all)
        {
            PrintGroups(context, "Restricted SIDs", token.RestrictedSids, names);
            PrintGroups(context, "Device groups", token.DeviceGroups, names);
            PrintGroups(context, "Capabilities", token.Capabilities, names);
        }

        PrintPrivileges(context, token.Privileges);
    }

    /// <summary>Prints fields, one a line.</summary>
    internal static void PrintFields(ToolContext context, IEnumerable<(string Field, string Text)> fields)
    {
        foreach ((string field, string text) in fields)
        {
            context.Out.WriteLine(field.PadRight(FieldWidth) + Table.Printable(text));
        }
    }

    /// <summary>The privileges that are held, one a line.</summary>
    internal static Table PrivilegeTable(in TokenPrivileges privileges)
    {
        Table table = new("#BIT", "NAME", "STATE", "USED");
        for (int bit = 0; bit < 64; bit++)
        {
            if ((privileges.Present >> bit & 1) != 0)
            {
                string used = (privileges.Used >> bit & 1) != 0 ? "yes" : "no";
                table.Add(bit.ToString(CultureInfo.InvariantCulture), Privilege.NameOf(bit), TokenFields.State(privileges, bit), used);
            }
        }

        return table;
    }

    private static void PrintGroups(ToolContext context, string title, IReadOnlyList<SidAndAttributes> groups, SidNames names)
    {
        if (groups.Count == 0)
        {
            return;
        }

        context.Out.WriteLine();
        context.Out.WriteLine($"{title}:");
        Table table = new("NAME", "FLAGS");
        foreach (SidAndAttributes group in groups)
        {
            table.Add("  " + names.Of(group.Sid), TokenFields.BriefFlags(group.Attributes));
        }

        table.Print(context.Out, false, false, context.TerminalWidth);
    }

    private static void PrintPrivileges(ToolContext context, in TokenPrivileges privileges)
    {
        if (privileges.Present == 0)
        {
            return;
        }

        context.Out.WriteLine();
        context.Out.WriteLine("Privileges:");
        Table table = new("NAME", "STATE");
        for (int bit = 0; bit < 64; bit++)
        {
            if ((privileges.Present >> bit & 1) != 0)
            {
                table.Add("  " + Privilege.NameOf(bit), TokenFields.State(privileges, bit));
            }
        }

        table.Print(context.Out, false, false, context.TerminalWidth);
    }
}
