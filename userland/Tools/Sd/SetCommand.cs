// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Registry;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary><c>sd set</c>: replaces the parts that SDDL (or a file of bytes) names.</summary>
internal static class SetCommand
{
    private static readonly (string Word, SecurityParts Part)[] s_parts =
    [
        ("owner", SecurityParts.Owner), ("group", SecurityParts.Group), ("dacl", SecurityParts.Dacl), ("sacl", SecurityParts.Sacl),
    ];

    public static ExitCode Run(ToolContext context)
    {
        if (context.Arguments.Has("--binary") == context.Operands.Count > 1)
        {
            return context.Fail(ExitCode.Usage, "set takes SDDL, - for standard input, or --binary FILE", "USAGE");
        }

        byte[]? descriptor = context.Arguments.Value("--binary") is string file ? Binary(context, file, out ExitCode exit) : Text(context, context.Operands[1], out exit);
        if (descriptor is null)
        {
            return exit;
        }

        _ = SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd);
        if (!TryParts(context.Arguments.Value("--components"), sd, out SecurityParts parts))
        {
            return context.Fail(ExitCode.InvalidInput, "--components takes owner, group, dacl and sacl with commas", "EINVAL");
        }

        // A null DACL opens the object to everyone, and is too easily meant as "leave it": it must be named.
        if (parts == SecurityParts.None)
        {
            return context.Fail(ExitCode.InvalidInput, "the descriptor names no part to replace (a null DACL: --components dacl)", "EINVAL");
        }

        using Securable? target = Securable.Open(context, context.Operands[0], out exit);
        return target is null ? exit : new Editor(context, parts, (_, builder) => Take(builder, descriptor, parts)).Run(target);
    }

    /// <summary>The parts that a list names, or those that a descriptor has.</summary>
    internal static bool TryParts(string? list, in SecurityDescriptor sd, out SecurityParts parts)
    {
        parts = SecurityParts.None;
        if (list is null)
        {
            parts |= sd.Owner.IsNone ? 0 : SecurityParts.Owner;
            parts |= sd.Group.IsNone ? 0 : SecurityParts.Group;
            parts |= sd.HasDacl ? SecurityParts.Dacl : 0;
            parts |= sd.Sacl.IsEmpty ? 0 : SecurityParts.Sacl;
            return true;
        }

        foreach (string word in list.Split(','))
        {
            SecurityParts part = Array.Find(s_parts, entry => entry.Word.Equals(word, StringComparison.OrdinalIgnoreCase)).Part;
            parts |= part;
            if (part == SecurityParts.None)
            {
                return false;
            }
        }

        return true;
    }

    private static EditOutcome Take(SecurityDescriptorBuilder builder, byte[] descriptor, SecurityParts parts)
    {
        _ = SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd);
        if ((parts & SecurityParts.Owner) != 0 && sd.Owner.IsNone)
        {
            return new EditOutcome(ExitCode.InvalidInput, "an object has an owner, and the descriptor names none");
        }

        AclEdits.Take(builder, sd, parts);
        return EditOutcome.Done;
    }

    private static byte[]? Text(ToolContext context, string operand, out ExitCode exit)
    {
        exit = ExitCode.Success;
        string text = operand == "-" ? context.Input.ReadToEnd().Trim() : operand;
        if (Sddl.TryParse(text, out byte[] descriptor, out SddlError error))
        {
            return descriptor;
        }

        exit = context.Fail(ExitCode.InvalidInput, error.ToString(), "EINVAL");
        return null;
    }

    private static byte[]? Binary(ToolContext context, string file, out ExitCode exit)
    {
        exit = ExitCode.Success;
        if (!Files.ReadSmall(file, SecurityDescriptor.MaxLength + 1).TryGet(out byte[]? bytes, out Errno error))
        {
            exit = Securable.Fail(context, file, error);
        }
        else if (!SecurityDescriptor.TryRead(bytes, out _))
        {
            exit = context.Fail(ExitCode.InvalidInput, $"{file}: not a security descriptor", "EINVAL");
        }

        return exit == ExitCode.Success ? bytes : null;
    }
}
