// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Registry;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary><c>sd inherit on|off</c>, <c>sd reset</c>, <c>sd propagate</c>: what comes from the container (KACS-FMT-096).</summary>
internal static class InheritCommands
{
    /// <summary>Owner and group take the places of their placeholders.</summary>
    private const SecurityParts Seen = SecurityParts.Owner | SecurityParts.Group;

    public static ExitCode Inherit(ToolContext context)
    {
        string word = context.Operands[0];
        if (word is not ("on" or "off"))
        {
            return context.Fail(ExitCode.Usage, "inherit takes on or off, then the object", "USAGE");
        }

        bool strip = context.Arguments.Has("--strip-inherited");
        if (strip && word == "on")
        {
            return context.Fail(ExitCode.Usage, "--strip-inherited goes with inherit off", "USAGE");
        }

        using Securable? target = Securable.Open(context, context.Operands[1], out ExitCode exit);
        return target is null ? exit
            : word == "on" ? Editor(context, keepExplicit: true, onlyBelow: false).Run(target)
            : new Editor(context, SecurityParts.Dacl, (_, sd) => Off(sd, strip)).Run(target);
    }

    public static ExitCode Reset(ToolContext context)
    {
        using Securable? target = Securable.Open(context, context.Operands[0], out ExitCode exit);
        return target is null ? exit : Editor(context, keepExplicit: false, onlyBelow: false).Run(target);
    }

    public static ExitCode Propagate(ToolContext context)
    {
        using Securable? target = Securable.Open(context, context.Operands[0], out ExitCode exit);
        return target is null ? exit : Editor(context, keepExplicit: true, onlyBelow: true).Run(target);
    }

    private static Editor Editor(ToolContext context, bool keepExplicit, bool onlyBelow) =>
        new(context, SecurityParts.Dacl, (where, sd) => FromParent(where, sd, keepExplicit)) { Seen = Seen, OnlyBelow = onlyBelow };

    private static EditOutcome Off(SecurityDescriptorBuilder sd, bool strip)
    {
        if (sd.Dacl is null)
        {
            return new EditOutcome(ExitCode.Conflict, "has no DACL");
        }

        sd.Dacl = AclEdits.Disinherit(sd.Dacl, strip);
        sd.Control = (sd.Control & ~SdControl.DaclAutoInherited) | SdControl.DaclProtected;
        return EditOutcome.Done;
    }

    private static EditOutcome FromParent(Securable target, SecurityDescriptorBuilder sd, bool keepExplicit)
    {
        if (!target.ReadParent(SecurityParts.Dacl).TryGet(out byte[]? parent, out Errno error))
        {
            return new EditOutcome(ExitCode.InvalidInput, error == Errno.EOPNOTSUPP ? "inherits from nothing" : $"its container: {error}");
        }

        _ = SecurityDescriptor.TryRead(parent, out SecurityDescriptor container);
        DescriptorInheritance rules = new(target.Inherits, sd.Owner, sd.Group, target.Rights.Mapping);
        byte[]? dacl = AclEdits.Reinherit(sd.Dacl, container.Dacl, rules, keepExplicit, out int inherited);
        if (dacl is null)
        {
            return inherited < 0 ? new EditOutcome(ExitCode.Failed, "an ACE for CREATOR GROUP, and the object has no group") : EditOutcome.TooLong;
        }

        if (inherited == 0 && AclEdits.Count(dacl) == 0)
        {
            return new EditOutcome(ExitCode.Conflict, "its container passes nothing on: the DACL would grant nothing to anyone");
        }

        sd.Dacl = dacl;
        sd.Control &= ~(SdControl.DaclProtected | SdControl.DaclAutoInherited);
        sd.Control |= inherited > 0 ? SdControl.DaclAutoInherited : SdControl.None;
        return EditOutcome.Done;
    }
}
