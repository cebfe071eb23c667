// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary>
/// <c>idn adjust</c>: switches privileges and groups of a token, all or none (KACS-TOK-066). A program's own token ends
/// with it, so this is for the token of another process, or to see what would come out.
/// </summary>
internal static class AdjustCommand
{
    private const uint Enable = 2;
    private const uint Removed = 4;
    private const int MaxEntries = 64;

    public static ExitCode Privileges(ToolContext context)
    {
        List<(uint Bit, uint Attributes)> entries = [];
        foreach (string operand in context.Operands)
        {
            if (!TryPrivilege(operand, out (uint Bit, uint Attributes) entry))
            {
                return context.Fail(ExitCode.InvalidInput, $"{operand}: expected NAME=enabled, =disabled or =removed", "EINVAL");
            }

            entries.Add(entry);
        }

        return Adjust(context, TokenRights.AdjustPrivileges, token => KacsToken.AdjustPrivileges(token.Fd, entries.ToArray()).Error, entries.Count, PrintPrivileges);
    }

    public static ExitCode Groups(ToolContext context)
    {
        List<(uint Index, uint Enable)> entries = [];
        foreach (string operand in context.Operands)
        {
            if (!TryGroup(operand, out (uint Index, uint Enable) entry))
            {
                return context.Fail(ExitCode.InvalidInput, $"{operand}: expected INDEX=on or =off", "EINVAL");
            }

            entries.Add(entry);
        }

        return Adjust(context, TokenRights.AdjustGroups, token => KacsToken.AdjustGroups(token.Fd, entries.ToArray()).Error, entries.Count, PrintGroups);
    }

    /// <summary>Reads one operand of <c>adjust privs</c>.</summary>
    internal static bool TryPrivilege(string operand, out (uint Bit, uint Attributes) entry)
    {
        entry = default;
        string[] parts = operand.Split('=');
        if (parts.Length != 2 || !Privilege.TryFind(parts[0], out Privilege privilege))
        {
            return false;
        }

        entry = ((uint)privilege.Bit, parts[1] switch { "enabled" => Enable, "disabled" => 0u, "removed" => Removed, _ => uint.MaxValue });
        return entry.Attributes != uint.MaxValue;
    }

    /// <summary>Reads one operand of <c>adjust groups</c>.</summary>
    internal static bool TryGroup(string operand, out (uint Index, uint Enable) entry)
    {
        string[] parts = operand.Split('=');
        bool valid = uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint index) && index < MaxEntries && parts.Length == 2;
        entry = (index, valid && parts[1] == "on" ? 1u : 0u);
        return valid && parts[1] is "on" or "off";
    }

    private static ExitCode Adjust(ToolContext context, uint right, Func<Token, Errno> change, int count, Action<ToolContext, TokenView> print)
    {
        if (count > MaxEntries)
        {
            return context.Fail(ExitCode.InvalidInput, "at most 64 changes at once", "EINVAL");
        }

        using Token? token = TokenChooser.Open(context, right | TokenRights.Query, out ExitCode exit);
        if (token is null)
        {
            return exit;
        }

        Errno error = change(token);
        if (error == Errno.EINVAL)
        {
            return context.Fail(ExitCode.InvalidInput, "refused: absent, mandatory, deny-only or named twice; nothing was changed", error.Name);
        }

        if (!error.Ok || !TokenView.Read(token).TryGet(out TokenView? view, out error))
        {
            return TokenChooser.Fail(context, "token", error);
        }

        print(context, view);
        return ExitCode.Success;
    }

    private static void PrintPrivileges(ToolContext context, TokenView token) => PartCommands.PrintPrivileges(context, token);

    private static void PrintGroups(ToolContext context, TokenView token) =>
        PartCommands.PrintGroups(context, token, SidNames.Load(context, token.Sids()));
}
