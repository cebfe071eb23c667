// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>
/// <c>sd check</c>: the verdict is the kernel's, and so is the explanation (CLI-027). Without PERMS it says what is
/// granted at most.
/// </summary>
internal static class CheckCommand
{
    private const uint BackupIntent = 1;
    private const uint RestoreIntent = 2;

    public static ExitCode Run(ToolContext context) =>
        Ask(context, context.Operands[0], context.Operands.Count > 1 ? context.Operands[1] : null, null);

    /// <summary>Asks about an object for a token; null: the one that <c>--pid</c> names, or the caller's.</summary>
    internal static ExitCode Ask(ToolContext context, string name, string? perms, Fd? token)
    {
        if (SdObject.Open(context, name, out ExitCode exit) is not SdObject target)
        {
            return exit;
        }

        if (SecurityDescriptor.TryRead(target.Descriptor, out SecurityDescriptor sd) && sd.Owner.IsNone)
        {
            return context.Fail(ExitCode.InvalidInput, $"{target.Name}: the descriptor has no owner, so nothing can be decided by it", "EINVAL");
        }

        uint desired = AccessMask.MaximumAllowed;
        if (perms is not null && !target.Rights.TryParse(perms, out desired))
        {
            return context.Fail(ExitCode.InvalidInput, $"{perms} names no rights of this object", "EINVAL");
        }

        if (!TryIntent(context.Arguments.Value("--intent"), out uint intent))
        {
            return context.Fail(ExitCode.InvalidInput, "--intent takes backup, restore or both", "EINVAL");
        }

        if (!KacsDevice.Open().TryGet(out KacsDevice? device, out Errno error))
        {
            return context.Fail(ExitCode.Unreachable, $"{KacsDevice.Path}: {error}", error.Name);
        }

        using (device)
        {
            return token is null ? CheckNamed(context, device, target, desired, intent) : CheckToken(context, device, token, target, desired, intent);
        }
    }

    /// <summary>Prints a verdict; the exit code.</summary>
    internal static ExitCode Print(ToolContext context, SdObject target, uint desired, in AccessVerdict verdict, ReadOnlySpan<KacsDecision> decisions)
    {
        bool maximum = desired == AccessMask.MaximumAllowed;
        bool yes = maximum ? verdict.Granted != 0 : verdict.IsAllowed;
        if (context.Json)
        {
            PrintJson(context, target, desired, verdict, decisions.ToArray());
        }
        else
        {
            context.Out.WriteLine(maximum ? target.Rights.Describe(verdict.Granted) : yes ? "yes" : "no");
            if (context.Arguments.Has("--explain"))
            {
                context.Out.WriteLine();
                context.Write(Explanation(target, maximum ? uint.MaxValue : desired, decisions));
            }
        }

        return yes ? ExitCode.Success : ExitCode.Failed;
    }

    private static ExitCode CheckNamed(ToolContext context, KacsDevice device, SdObject target, uint desired, uint intent)
    {
        Fd? token = null;
        if (context.Arguments.Value("--pid") is string text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid == 0)
            {
                return context.Fail(ExitCode.InvalidInput, $"{text} is no process", "EINVAL");
            }

            Result<Fd> opened = Processes.Open(pid).TryGet(out Fd? process, out Errno error) ? device.InspectToken(process) : error;
            process?.Dispose();
            if (!opened.TryGet(out token, out error))
            {
                ExitCode exit = error == Errno.ESRCH ? ExitCode.NotFound : error == Errno.EACCES || error == Errno.EPERM ? ExitCode.Denied : ExitCode.Failed;
                return context.Fail(exit, $"token of process {pid}: {error}", error.Name);
            }
        }

        using (token)
        {
            return CheckToken(context, device, token, target, desired, intent);
        }
    }

    private static ExitCode CheckToken(ToolContext context, KacsDevice device, Fd? token, SdObject target, uint desired, uint intent)
    {
        KacsDecision[] decisions = new KacsDecision[32];
        AccessVerdict verdict = AccessCheck.Explain(device, token, target.Descriptor, desired, target.Rights.Mapping, "sd:check", decisions, intent);
        return verdict.IsAllowed || verdict.IsDenied
            ? Print(context, target, desired, verdict, decisions)
            : context.Fail(ExitCode.Failed, $"the access check failed: {verdict.Error}", verdict.Error.Name);
    }

    private static Table Explanation(SdObject target, uint mask, ReadOnlySpan<KacsDecision> decisions)
    {
        Table table = new("RIGHT", "RESULT", "STEP", "BY");
        foreach ((string right, bool granted, string step, string? by) in Lines(target, mask, decisions))
        {
            table.Add(right, granted ? "granted" : "denied", step, by);
        }

        return table;
    }

    private static void PrintJson(ToolContext context, SdObject target, uint desired, AccessVerdict verdict, KacsDecision[] decisions) => context.WriteJson(writer =>
    {
        bool maximum = desired == AccessMask.MaximumAllowed;
        writer.WriteStartObject();
        writer.WriteBoolean("result", maximum ? verdict.Granted != 0 : verdict.IsAllowed);
        writer.WriteString("granted", string.Create(CultureInfo.InvariantCulture, $"0x{verdict.Granted:x}"));
        if (context.Arguments.Has("--explain"))
        {
            writer.WriteStartArray("rights");
            foreach ((string right, bool granted, string step, string? by) in Lines(target, maximum ? uint.MaxValue : desired, decisions))
            {
                writer.WriteStartObject();
                writer.WriteString("right", right);
                writer.WriteBoolean("granted", granted);
                writer.WriteString("step", step);
                writer.WriteString("by", by);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    private static List<(string Right, bool Granted, string Step, string? By)> Lines(SdObject target, uint mask, ReadOnlySpan<KacsDecision> decisions)
    {
        List<(string, bool, string, string?)> lines = [];
        for (int bit = 0; bit < decisions.Length; bit++)
        {
            uint right = 1u << bit;
            if ((mask & right) != 0 && decisions[bit].Step != KacsStep.None)
            {
                lines.Add((target.Rights.NameOf(right), decisions[bit].Granted, StepName(decisions[bit].Step), By(target, decisions[bit])));
            }
        }

        return lines;
    }

    private static string StepName(KacsStep step) => step switch
    {
        KacsStep.DaclAce => "dacl",
        KacsStep.DaclEnd => "dacl-end",
        KacsStep.NullDacl => "null-dacl",
        KacsStep.TakeOwnership => "take-ownership",
        KacsStep.CentralPolicy => "policy",
        _ => step.ToString().ToLowerInvariant(),
    };

    /// <summary>The deciding ACE with its place, where an ACE decided.</summary>
    private static string? By(SdObject target, in KacsDecision decision)
    {
        if (decision.AceIndex < 0 || !SecurityDescriptor.TryRead(target.Descriptor, out SecurityDescriptor sd))
        {
            return null;
        }

        bool inSacl = decision.Step is KacsStep.Mic or KacsStep.Pip;
        string text = AceText.At(inSacl ? sd.Sacl : sd.Dacl, decision.AceIndex, target.Rights.Kind);
        return text.Length == 0 ? null : text;
    }

    private static bool TryIntent(string? text, out uint intent)
    {
        intent = 0;
        foreach (string word in text is null ? [] : text.Split(','))
        {
            uint bit = word switch { "backup" => BackupIntent, "restore" => RestoreIntent, _ => 0 };
            intent |= bit;
            if (bit == 0)
            {
                return false;
            }
        }

        return true;
    }
}
