// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Peios.Security;

namespace Tools.Sd;

/// <summary>Words for the parts of an ACE.</summary>
internal static class AceText
{
    /// <summary>What the ACE does.</summary>
    public static string Type(in Ace ace) => ace.Type switch
    {
        AceType.AccessAllowed or AceType.AccessAllowedObject or AceType.AccessAllowedCallback or AceType.AccessAllowedCallbackObject => "allow",
        AceType.AccessDenied or AceType.AccessDeniedObject or AceType.AccessDeniedCallback or AceType.AccessDeniedCallbackObject => "deny",
        AceType.SystemAudit or AceType.SystemAuditObject or AceType.SystemAuditCallback or AceType.SystemAuditCallbackObject => "audit",
        AceType.SystemAlarm or AceType.SystemAlarmObject or AceType.SystemAlarmCallback or AceType.SystemAlarmCallbackObject => "alarm",
        AceType.MandatoryLabel => "label",
        AceType.ResourceAttribute => "attribute",
        AceType.ScopedPolicyId => "policy",
        AceType.ProcessTrustLabel => "trust",
        _ => string.Create(CultureInfo.InvariantCulture, $"type 0x{(byte)ace.Type:x2}"),
    };

    /// <summary>The flags by their SDDL letters.</summary>
    public static string Flags(AceFlags flags)
    {
        List<string> words = [];
        foreach ((AceFlags bit, string word) in (ReadOnlySpan<(AceFlags, string)>)
            [(AceFlags.ObjectInherit, "OI"), (AceFlags.ContainerInherit, "CI"), (AceFlags.NoPropagate, "NP"), (AceFlags.InheritOnly, "IO"),
             (AceFlags.Inherited, "ID"), (AceFlags.SuccessfulAccess, "SA"), (AceFlags.FailedAccess, "FA")])
        {
            if ((flags & bit) != 0)
            {
                words.Add(word);
            }
        }

        return string.Join(',', words);
    }

    /// <summary>The bits of an integrity label (KACS-FMT-071).</summary>
    public static string LabelPolicy(uint mask)
    {
        List<string> words = [];
        foreach ((uint bit, string word) in (ReadOnlySpan<(uint, string)>)[(1, "no-read-up"), (2, "no-write-up"), (4, "no-execute-up")])
        {
            if ((mask & bit) != 0)
            {
                words.Add(word);
            }
        }

        return string.Join(',', words);
    }

    /// <summary>The ACE at an index, with its place; empty if there is none.</summary>
    public static string At(ReadOnlySpan<byte> acl, int wanted, SddlObjectKind kind)
    {
        _ = AclReader.TryRead(acl, out AclReader reader);
        for (int index = 0; reader.MoveNext(out Ace ace); index++)
        {
            if (index == wanted)
            {
                return Sddl.TryFormatAce(ace, new SddlOptions(kind), out string text) ? $"ACE {index} {text}" : $"ACE {index}";
            }
        }

        return "";
    }

    /// <summary>Condition or claim; null when the ACE has none.</summary>
    public static string? Extra(in Ace ace)
    {
        if (!Ace.IsCallbackType(ace.Type) && ace.Type != AceType.ResourceAttribute)
        {
            return null;
        }

        if (!Sddl.TryFormatAce(ace, new SddlOptions(SddlObjectKind.Other), out string text))
        {
            return "(no text form)";
        }

        // The seventh field of the ACE's text; the six before it hold no semicolon.
        string[] fields = text[1..^1].Split(';', 7);
        return fields.Length == 7 ? fields[6] : null;
    }

    /// <summary>A GUID of an object ACE; null when it has none.</summary>
    public static string? Type(ReadOnlySpan<byte> guid) => guid.IsEmpty ? null : new Guid(guid).ToString("D");

    /// <summary>All that an ACE depends on besides its principal: condition, kind of object, kind of heir.</summary>
    public static string? When(in Ace ace)
    {
        List<string> parts = [];
        if (Extra(ace) is string extra)
        {
            parts.Add(extra);
        }

        if (Type(ace.ObjectType) is string type)
        {
            parts.Add($"type {type}");
        }

        if (Type(ace.InheritedObjectType) is string heir)
        {
            parts.Add($"inherited by {heir}");
        }

        return parts.Count == 0 ? null : string.Join(' ', parts);
    }
}
