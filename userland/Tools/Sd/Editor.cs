// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Registry;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>
/// Reads a descriptor, changes it, writes it back; with <c>-r</c> also below. A recursive run goes past objects that
/// are protected, reports each failure and goes on (CLI-026).
/// </summary>
/// <param name="context">The command.</param>
/// <param name="parts">Parts that are written; what is not read for them is not shown either.</param>
/// <param name="edit">The change.</param>
internal sealed class Editor(ToolContext context, SecurityParts parts, Func<Securable, SecurityDescriptorBuilder, EditOutcome> edit)
{
    /// <summary>Do everything below.</summary>
    public const string Recursive = "-r";

    /// <summary>Print what would be written.</summary>
    public const string DryRun = "--dry-run";

    /// <summary>Parts that the edit looks at besides.</summary>
    public SecurityParts Seen { get; init; }

    /// <summary>Begin below the object, not with it.</summary>
    public bool OnlyBelow { get; init; }

    /// <summary>Edits the object that the first operand names.</summary>
    public ExitCode Run(Securable target)
    {
        bool recursive = OnlyBelow || context.Arguments.Has(Recursive);
        if (recursive && !target.Inherits)
        {
            return context.Fail(ExitCode.InvalidInput, $"{target.Name}: nothing lies below this object", "EINVAL");
        }

        if (recursive && !context.Arguments.Has(DryRun) && context.Confirm($"change {target.Name} and everything below it?") is ExitCode refused)
        {
            return refused;
        }

        ExitCode code = OnlyBelow ? ExitCode.Success : One(target);
        return recursive && (OnlyBelow || code == ExitCode.Success) ? Below(target) : code;
    }

    private ExitCode One(Securable target)
    {
        if (SdObject.Read(context, target, parts | Seen, out ExitCode exit) is not SdObject read)
        {
            return exit;
        }

        _ = SecurityDescriptor.TryRead(read.Descriptor, out SecurityDescriptor sd);
        SecurityDescriptorBuilder builder = SecurityDescriptorBuilder.From(sd);
        EditOutcome outcome = edit(target, builder);
        if (outcome.Code != ExitCode.Success)
        {
            return context.Fail(outcome.Code, $"{target.Name}: {outcome.Message}", outcome.Code == ExitCode.NotFound ? "ENOENT" : "EINVAL");
        }

        if (!builder.TryBuild(out byte[] descriptor))
        {
            return context.Fail(ExitCode.Failed, $"{target.Name}: {EditOutcome.TooLong.Message}", "EINVAL");
        }

        if (!context.Arguments.Has(DryRun))
        {
            Errno error = target.Write(parts, descriptor);
            if (!error.Ok)
            {
                return error == Errno.EROFS
                    ? context.Fail(ExitCode.InvalidInput, $"{target.Name}: this is text; only --dry-run can change it", error.Name)
                    : target.Fail(context, error);
            }
        }

        Report(target, descriptor);
        return ExitCode.Success;
    }

    private ExitCode Below(Securable target)
    {
        if (!target.Children().TryGet(out Securable[]? children, out Errno error))
        {
            return target.Fail(context, error);
        }

        ExitCode result = ExitCode.Success;
        foreach (Securable child in children)
        {
            using (child)
            {
                bool known = IsProtected(child, out bool isProtected, out ExitCode code);
                if (known && isProtected)
                {
                    continue;
                }

                code = known ? One(child) : code;
                code = code == ExitCode.Success ? Below(child) : code;
                result = code == ExitCode.Success ? result : ExitCode.Failed;
            }
        }

        return result;
    }

    /// <summary>Does the child refuse what comes from above (KACS-FMT-096)?</summary>
    private bool IsProtected(Securable child, out bool isProtected, out ExitCode exit)
    {
        isProtected = false;
        exit = ExitCode.Success;
        if (!child.Read(parts).TryGet(out byte[]? descriptor, out Errno error))
        {
            exit = child.Fail(context, error);
            return false;
        }

        SdControl bits = (parts & SecurityParts.Dacl) != 0 ? SdControl.DaclProtected : (parts & SecurityParts.Sacl) != 0 ? SdControl.SaclProtected : SdControl.None;
        isProtected = SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd) && (sd.Control & bits) != 0;
        return true;
    }

    private void Report(Securable target, byte[] descriptor)
    {
        bool shown = Sddl.TryFormat(descriptor, new SddlOptions(target.Rights.Kind, context.Raw), out string text, out SddlError error);
        if (context.Json)
        {
            context.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("object", target.Name);
                writer.WriteBoolean("written", !context.Arguments.Has(DryRun));
                writer.WriteString("sddl", shown ? text : null);
                writer.WriteEndObject();
            });
        }
        else if (context.Arguments.Has(DryRun))
        {
            context.Out.WriteLine($"{target.Name}: {(shown ? context.Safe(text) : $"no SDDL form: {error.Message}")}");
        }
    }
}
