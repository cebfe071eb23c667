// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Registry;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>The commands that change ACEs, owner, group or label (CLI-025).</summary>
internal static class EditCommands
{
    public static ExitCode Allow(ToolContext context) => Access(context, AceType.AccessAllowed, AceType.AccessAllowedCallback);

    public static ExitCode Deny(ToolContext context) => Access(context, AceType.AccessDenied, AceType.AccessDeniedCallback);

    public static ExitCode Audit(ToolContext context)
    {
        using Securable? target = Open(context, out ExitCode exit);
        if (target is null)
        {
            return exit;
        }

        List<AceEdit> edits = [];
        string? wrong = Options(context, target, out AceFlags flags, out byte[] condition);
        foreach (string operand in Operands(context))
        {
            string? problem = AceOperand.Audit(operand, target.Rights, out Sid sid, out uint mask, out AceFlags outcomes);
            if ((problem = wrong ?? problem) is not null)
            {
                return context.Fail(ExitCode.InvalidInput, problem, "EINVAL");
            }

            edits.Add(new AceEdit(condition.Length == 0 ? AceType.SystemAudit : AceType.SystemAuditCallback, flags | outcomes, mask, sid, condition));
        }

        bool replace = context.Arguments.Has("--replace");
        return new Editor(context, SecurityParts.Sacl, (_, sd) =>
        {
            bool fits = true;
            edits.ForEach(edit => fits = fits && AclEdits.Audit(sd, edit, replace));
            return fits ? EditOutcome.Done : EditOutcome.TooLong;
        }).Run(target);
    }

    public static ExitCode Remove(ToolContext context) => Without(context, audit: false);

    public static ExitCode Unaudit(ToolContext context) => Without(context, audit: true);

    public static ExitCode Owner(ToolContext context) => Principal(context, SecurityParts.Owner, static (sd, sid) => sd.Owner = sid);

    public static ExitCode Group(ToolContext context) => Principal(context, SecurityParts.Group, static (sd, sid) => sd.Group = sid);

    public static ExitCode Integrity(ToolContext context)
    {
        string level = context.Operands[1];
        if (!IntegrityText.TryParse(level, out uint value))
        {
            return context.Fail(ExitCode.InvalidInput, $"{level} is not an integrity level", "EINVAL");
        }

        uint policy = 0;
        foreach (string word in (context.Arguments.Value("--policy") ?? "NW").Split(','))
        {
            uint bit = word.ToUpperInvariant() switch { "NR" => 1u, "NW" => 2u, "NX" => 4u, _ => 0 };
            policy |= bit;
            if (bit == 0)
            {
                return context.Fail(ExitCode.InvalidInput, $"--policy takes NW, NR and NX with commas; not {word}", "EINVAL");
            }
        }

        using Securable? target = Open(context, out ExitCode exit);
        if (target is null)
        {
            return exit;
        }

        SecurityParts part = target.HasLabelPart ? SecurityParts.Label : SecurityParts.Sacl;
        return new Editor(context, part, (where, sd) =>
        {
            sd.Sacl = AclEdits.WithLabel(sd.Sacl, value, policy, alone: where.HasLabelPart);
            return sd.Sacl.Length == 0 ? EditOutcome.TooLong : EditOutcome.Done;
        }).Run(target);
    }

    private static ExitCode Access(ToolContext context, AceType plain, AceType conditional)
    {
        using Securable? target = Open(context, out ExitCode exit);
        if (target is null)
        {
            return exit;
        }

        List<AceEdit> edits = [];
        string? wrong = Options(context, target, out AceFlags flags, out byte[] condition);
        foreach (string operand in Operands(context))
        {
            string? problem = AceOperand.Access(operand, target.Rights, out Sid sid, out uint mask);
            if ((problem = wrong ?? problem) is not null)
            {
                return context.Fail(ExitCode.InvalidInput, problem, "EINVAL");
            }

            edits.Add(new AceEdit(condition.Length == 0 ? plain : conditional, flags, mask, sid, condition));
        }

        bool replace = context.Arguments.Has("--replace");
        return new Editor(context, SecurityParts.Dacl, (_, sd) =>
        {
            if (sd.Dacl is null)
            {
                return new EditOutcome(ExitCode.Conflict, "has no DACL, so everyone has every right; an ACE would take them all away: see sd set");
            }

            bool fits = true;
            edits.ForEach(edit => fits = fits && AclEdits.Grant(sd, edit, replace));
            return fits ? EditOutcome.Done : EditOutcome.TooLong;
        }).Run(target);
    }

    private static ExitCode Without(ToolContext context, bool audit)
    {
        List<Sid> sids = [];
        foreach (string operand in Operands(context))
        {
            if (!AceOperand.TryPrincipal(operand, out Sid sid))
            {
                return context.Fail(ExitCode.InvalidInput, $"{operand} is no known principal", "EINVAL");
            }

            sids.Add(sid);
        }

        using Securable? target = Open(context, out ExitCode exit);
        return target is null ? exit : new Editor(context, audit ? SecurityParts.Sacl : SecurityParts.Dacl, (_, sd) => Take(context, sd, sids, audit)).Run(target);
    }

    private static EditOutcome Take(ToolContext context, SecurityDescriptorBuilder sd, List<Sid> sids, bool audit)
    {
        int removed = 0;
        int inherited = 0;
        foreach (Sid sid in sids)
        {
            removed += AclEdits.Remove(sd, sid, audit);
            inherited += AclEdits.CountInherited(audit ? sd.Sacl : sd.Dacl, sid);
        }

        if (removed == 0)
        {
            return new EditOutcome(ExitCode.NotFound, inherited == 0 ? "no ACE names that principal" : "only inherited ACEs name that principal: see sd inherit off");
        }

        if (!audit && AclEdits.Count(sd.Dacl) == 0 && !context.Arguments.Has("--allow-empty"))
        {
            return new EditOutcome(ExitCode.Conflict, "the DACL would be empty and grant nothing to anyone: --allow-empty");
        }

        if (inherited > 0)
        {
            context.Warn($"{inherited} inherited ACEs of that principal remain");
        }

        return EditOutcome.Done;
    }

    private static ExitCode Principal(ToolContext context, SecurityParts part, Action<SecurityDescriptorBuilder, Sid> set)
    {
        if (!AceOperand.TryPrincipal(context.Operands[1], out Sid sid))
        {
            return context.Fail(ExitCode.InvalidInput, $"{context.Operands[1]} is no known principal", "EINVAL");
        }

        using Securable? target = Open(context, out ExitCode exit);
        return target is null ? exit : new Editor(context, part, (_, sd) =>
        {
            set(sd, sid);
            return EditOutcome.Done;
        }).Run(target);
    }

    private static string? Options(ToolContext context, Securable target, out AceFlags flags, out byte[] condition)
    {
        string? problem = AceOperand.Flags(context.Arguments.Value("--flags"), target.Inherits, out flags);
        string? other = AceOperand.Condition(context.Arguments.Value("--if"), out condition);
        return problem ?? other;
    }

    private static Securable? Open(ToolContext context, out ExitCode exit) => Securable.Open(context, context.Operands[0], out exit);

    private static IEnumerable<string> Operands(ToolContext context)
    {
        for (int i = 1; i < context.Operands.Count; i++)
        {
            yield return context.Operands[i];
        }
    }
}
