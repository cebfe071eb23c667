// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Globalization;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>
/// <c>sd explain</c>: who gets what, and which ACE says so. With <c>--pid</c> it is <c>sd check --explain</c> for that
/// process, by the kernel.
/// </summary>
internal static class ExplainCommand
{
    public static ExitCode Run(ToolContext context)
    {
        if (SdObject.Open(context, context.Operands[0], out ExitCode exit) is not SdObject target)
        {
            return exit;
        }

        Print(context, target, SidNames.Load(context, SdView.Sids(target.Descriptor)));
        return ExitCode.Success;
    }

    /// <summary>Prints the answers for a descriptor that has been read.</summary>
    internal static void Print(ToolContext context, SdObject target, SidNames names)
    {
        _ = SecurityDescriptor.TryRead(target.Descriptor, out SecurityDescriptor sd);
        List<WhoGetsWhat.Answer> answers = WhoGetsWhat.Of(sd, target.Rights.Mapping);
        if (context.Json)
        {
            PrintJson(context, target, names, answers);
            return;
        }

        Table table = new("WHO", "GETS", "RIGHTS", "BY");
        foreach (WhoGetsWhat.Answer answer in answers)
        {
            string gets = (answer.Granted ? "yes" : "no") + (answer.Conditional ? ", if" : "");
            table.Add(names.Of(answer.Sid), gets, target.Rights.Describe(answer.Mask), By(target, answer));
        }

        context.Write(table);
        if (!sd.HasDacl)
        {
            context.Out.WriteLine("There is no DACL: everyone has every right.");
        }
        else if (answers.Count == 0)
        {
            context.Out.WriteLine("The DACL grants nothing to anyone.");
        }

        foreach (string limit in Limits(target, sd, names))
        {
            context.Out.WriteLine(limit);
        }
    }

    /// <summary>What of the SACL takes rights away, whatever the DACL gives (KACS-AC-066, KACS-AC-080, KACS-AC-127).</summary>
    private static List<string> Limits(SdObject target, in SecurityDescriptor sd, SidNames names)
    {
        List<string> limits = [];
        bool label = false;
        bool trust = false;
        _ = AclReader.TryRead(sd.Sacl, out AclReader reader);
        while (reader.MoveNext(out Ace ace))
        {
            if ((ace.Flags & AceFlags.InheritOnly) != 0)
            {
                continue;
            }

            if (ace.Type == AceType.MandatoryLabel && !label)
            {
                label = true;
                string policy = AceText.LabelPolicy(ace.Mask);
                limits.Add($"Label {names.Of(ace.Sid)}: below it {(policy.Length == 0 ? "nothing is taken away" : policy)}.");
            }
            else if (ace.Type == AceType.ProcessTrustLabel && !trust)
            {
                trust = true;
                limits.Add($"Trust label {names.Of(ace.Sid)}: below it at most {target.Rights.Describe(target.Rights.Mapping.Map(ace.Mask))}.");
            }
            else if (ace.Type == AceType.ScopedPolicyId)
            {
                limits.Add($"Central policy {names.Of(ace.Sid)}: may take rights away.");
            }
        }

        return limits;
    }

    private static void PrintJson(ToolContext context, SdObject target, SidNames names, List<WhoGetsWhat.Answer> answers) => context.WriteJson(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("object", target.Name);
        writer.WriteStartArray("answers");
        foreach (WhoGetsWhat.Answer answer in answers)
        {
            writer.WriteStartObject();
            writer.WriteString("sid", answer.Sid.ToString());
            writer.WriteString("name", names.Find(answer.Sid));
            writer.WriteString("mask", string.Create(CultureInfo.InvariantCulture, $"0x{answer.Mask:x}"));
            writer.WriteString("rights", target.Rights.Describe(answer.Mask));
            writer.WriteBoolean("granted", answer.Granted);
            writer.WriteBoolean("conditional", answer.Conditional);
            if (answer.Ace >= 0)
            {
                writer.WriteNumber("ace", answer.Ace);
            }

            writer.WriteString("by", By(target, answer));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("limits");
        _ = SecurityDescriptor.TryRead(target.Descriptor, out SecurityDescriptor sd);
        foreach (string limit in Limits(target, sd, names))
        {
            writer.WriteStringValue(limit);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static string By(SdObject target, in WhoGetsWhat.Answer answer)
    {
        _ = SecurityDescriptor.TryRead(target.Descriptor, out SecurityDescriptor sd);
        return answer.Ace >= 0 ? AceText.At(sd.Dacl, answer.Ace, target.Rights.Kind) : sd.HasDacl ? "owner" : "no DACL";
    }
}
