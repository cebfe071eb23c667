// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>A descriptor as table or JSON.</summary>
internal static class SdView
{
    /// <summary>Prints it.</summary>
    public static ExitCode Print(ToolContext context, SdObject target, SidNames names)
    {
        _ = SecurityDescriptor.TryRead(target.Descriptor, out SecurityDescriptor sd);
        bool hasText = Sddl.TryFormat(target.Descriptor, new SddlOptions(target.Rights.Kind, context.Raw), out string sddl, out SddlError error);
        if (context.Arguments.Has("--sddl"))
        {
            return PrintSddl(context, target, hasText, sddl, error);
        }

        if (context.Json)
        {
            PrintJson(context, target, names, hasText ? sddl : null);
            return ExitCode.Success;
        }

        context.Out.WriteLine($"Owner    {(sd.Owner.IsNone ? "-" : names.Full(sd.Owner))}");
        context.Out.WriteLine($"Group    {(sd.Group.IsNone ? "-" : names.Full(sd.Group))}");
        context.Out.WriteLine($"Control  {ControlWords(sd.Control)}");
        if (target.Note.Length > 0)
        {
            context.Out.WriteLine($"Source   {target.Note}");
        }

        PrintAcl(context, "DACL", sd.Dacl, target.Rights, names, sd.HasDacl ? "empty: grants nothing" : "none: everyone has every right");
        if (!sd.Sacl.IsEmpty)
        {
            PrintAcl(context, "SACL", sd.Sacl, target.Rights, names, "empty");
        }

        return ExitCode.Success;
    }

    /// <summary>Every SID in a descriptor, for names.</summary>
    public static List<Sid> Sids(byte[] descriptor)
    {
        List<Sid> sids = [];
        if (SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd))
        {
            sids.Add(sd.Owner);
            sids.Add(sd.Group);
            Collect(sids, sd.Dacl);
            Collect(sids, sd.Sacl);
        }

        return sids;
    }

    private static void Collect(List<Sid> sids, ReadOnlySpan<byte> acl)
    {
        if (AclReader.TryRead(acl, out AclReader reader))
        {
            while (reader.MoveNext(out Ace ace))
            {
                sids.Add(ace.Sid);
            }
        }
    }

    private static ExitCode PrintSddl(ToolContext context, SdObject target, bool hasText, string sddl, SddlError error)
    {
        if (!hasText)
        {
            return context.Fail(ExitCode.Failed, $"{target.Name}: ACE {error.Position}: {error.Message}", "EINVAL");
        }

        if (context.Json)
        {
            context.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("sddl", sddl);
                writer.WriteEndObject();
            });
        }
        else
        {
            context.Out.WriteLine(context.Safe(sddl));
        }

        return ExitCode.Success;
    }

    private static void PrintAcl(ToolContext context, string title, ReadOnlySpan<byte> acl, ObjectRights rights, SidNames names, string none)
    {
        context.Out.WriteLine();
        if (!AclReader.TryRead(acl, out AclReader reader) || reader.Count == 0)
        {
            context.Out.WriteLine($"{title}: {none}");
            return;
        }

        context.Out.WriteLine($"{title}:");
        Table table = new("#ACE", "TYPE", "WHO", "RIGHTS", "FLAGS", "IF");
        for (int index = 0; reader.MoveNext(out Ace ace); index++)
        {
            string who = ace.Sid.IsNone ? "-" : names.Of(ace.Sid);
            string mask = ace.IsKnown ? Rights(ace, rights) : "-";
            table.Add(index.ToString(CultureInfo.InvariantCulture), AceText.Type(ace), who, mask, AceText.Flags(ace.Flags), AceText.When(ace));
        }

        context.Write(table);
    }

    private static string Rights(in Ace ace, ObjectRights rights) =>
        ace.Type == AceType.MandatoryLabel ? AceText.LabelPolicy(ace.Mask)
        : ace.Type is AceType.ResourceAttribute or AceType.ScopedPolicyId ? "-"
        : rights.Describe(ace.Mask);

    private static void PrintJson(ToolContext context, SdObject target, SidNames names, string? sddl) => context.WriteJson(writer =>
    {
        _ = SecurityDescriptor.TryRead(target.Descriptor, out SecurityDescriptor sd);
        writer.WriteStartObject();
        writer.WriteString("object", target.Name);
        writer.WriteString("owner", sd.Owner.IsNone ? null : sd.Owner.ToString());
        writer.WriteString("group", sd.Group.IsNone ? null : sd.Group.ToString());
        writer.WriteNumber("control", (ushort)sd.Control);
        writer.WriteString("source", target.Note.Length == 0 ? null : target.Note);
        JsonAcl(writer, "dacl", sd.HasDacl, sd.Dacl, target.Rights, names);
        JsonAcl(writer, "sacl", !sd.Sacl.IsEmpty, sd.Sacl, target.Rights, names);
        writer.WriteString("sddl", sddl);
        writer.WriteEndObject();
    });

    private static void JsonAcl(Utf8JsonWriter writer, string property, bool present, ReadOnlySpan<byte> acl, ObjectRights rights, SidNames names)
    {
        if (!present || !AclReader.TryRead(acl, out AclReader reader))
        {
            writer.WriteNull(property);
            return;
        }

        writer.WriteStartArray(property);
        while (reader.MoveNext(out Ace ace))
        {
            writer.WriteStartObject();
            writer.WriteString("type", AceText.Type(ace));
            writer.WriteString("sid", ace.Sid.IsNone ? null : ace.Sid.ToString());
            writer.WriteString("name", names.Find(ace.Sid));
            writer.WriteString("mask", string.Create(CultureInfo.InvariantCulture, $"0x{ace.Mask:x}"));
            writer.WriteString("rights", ace.IsKnown ? Rights(ace, rights) : null);
            writer.WriteNumber("flags", (byte)ace.Flags);
            writer.WriteString("extra", AceText.Extra(ace));
            writer.WriteString("object_type", AceText.Type(ace.ObjectType));
            writer.WriteString("inherited_type", AceText.Type(ace.InheritedObjectType));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string ControlWords(SdControl control)
    {
        List<string> words = [];
        foreach ((SdControl bit, string word) in (ReadOnlySpan<(SdControl, string)>)
            [(SdControl.DaclProtected, "protected"), (SdControl.DaclAutoInherited, "inherits"), (SdControl.SaclProtected, "sacl-protected"), (SdControl.SaclAutoInherited, "sacl-inherits")])
        {
            if ((control & bit) != 0)
            {
                words.Add(word);
            }
        }

        return words.Count == 0 ? "-" : string.Join(',', words);
    }
}
