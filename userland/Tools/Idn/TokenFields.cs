// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Peios.Ipc;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary>The single-valued parts of a token as name and text, and the words for flags: shared by show and compare.</summary>
internal static class TokenFields
{
    /// <summary>The short list, or every class.</summary>
    public static IEnumerable<(string Field, string Text)> Of(TokenView token, SidNames names, bool all)
    {
        yield return ("User", names.Full(token.User));
        yield return ("Session", Session(token));
        yield return ("Type", token.Type == TokenType.Impersonation ? $"Impersonation ({token.Level})" : "Primary");
        yield return ("Integrity", Level(token.Integrity));
        yield return ("Elevation", token.Elevation.ToString());
        yield return ("Token", GuidText.Format(token.Statistics.TokenGuid));
        if (!all)
        {
            yield break;
        }

        yield return ("Policy", Policy(token.MandatoryPolicy));
        yield return ("Owner", names.Full(token.Owner));
        yield return ("Primary group", names.Full(token.PrimaryGroup));
        yield return ("Default DACL", Dacl(token.DefaultDacl));
        yield return ("Logon SID", token.LogonSid.IsNone ? "-" : token.LogonSid.ToString());
        yield return ("Source", $"{token.Source.Name} {token.Source.Id}");
        yield return ("Origin", token.Origin.ToString(CultureInfo.InvariantCulture));
        yield return ("Interactivity", token.InteractivityScope.ToString(CultureInfo.InvariantCulture));
        yield return ("Modified", $"{token.Statistics.ModifiedId} times");
        yield return ("Expires", token.Statistics.Expiration == 0 ? "never" : WireTime.Format(token.Statistics.Expiration));
        yield return ("Linux groups", token.SupplementaryGids.Count == 0 ? "-" : string.Join(' ', token.SupplementaryGids));
        yield return ("Confinement", token.Confinement.IsNone ? "-" : token.Confinement.ToString());
        yield return ("User claims", Claims(token.UserClaims));
        yield return ("Device claims", Claims(token.DeviceClaims));
    }

    /// <summary>What a group does: <c>enabled,mandatory,owner</c>.</summary>
    public static string Flags(GroupAttributes attributes) => Words(attributes, GroupAttributes.Mandatory);

    /// <summary>The same without what nearly every group is.</summary>
    public static string BriefFlags(GroupAttributes attributes) => Words(attributes, GroupAttributes.None);

    private static string Words(GroupAttributes attributes, GroupAttributes mandatory)
    {
        List<string> words = [];
        words.Add((attributes & GroupAttributes.UseForDenyOnly) != 0 ? "deny-only" : (attributes & GroupAttributes.Enabled) != 0 ? "enabled" : "disabled");
        Add(words, attributes, mandatory, "mandatory");
        Add(words, attributes, GroupAttributes.Owner, "owner");
        Add(words, attributes, GroupAttributes.Resource, "resource");
        if ((attributes & GroupAttributes.LogonId) == GroupAttributes.LogonId)
        {
            words.Add("logon");
        }

        return string.Join(',', words);
    }

    /// <summary>The state of a privilege.</summary>
    public static string State(in TokenPrivileges privileges, int bit) =>
        (privileges.Enabled >> bit & 1) != 0 ? "enabled" : (privileges.Present >> bit & 1) != 0 ? "disabled" : "absent";

    /// <summary>Name and number of an integrity level.</summary>
    public static string Level(uint level) => WellKnownSids.NameOf(WellKnownSids.Integrity(level)) is string name ? $"{name} ({level})" : $"{level}";

    /// <summary>A DACL as SDDL; <c>none</c> for a null DACL.</summary>
    public static string Dacl(byte[] dacl)
    {
        if (dacl.Length == 0)
        {
            return "none";
        }

        bool shown = new SecurityDescriptorBuilder { Dacl = dacl }.TryBuild(out byte[] sd) & Sddl.TryFormat(sd, new SddlOptions(SddlObjectKind.Other), out string text, out _);
        return shown ? text : Convert.ToHexStringLower(dacl);
    }

    private static string Session(TokenView token) => $"{token.Statistics.AuthId} ({token.LogonType?.ToString() ?? "ended"})";

    private static string Policy(uint policy) => policy switch
    {
        0 => "none",
        1 => "no-write-up",
        2 => "new-process-min",
        3 => "no-write-up,new-process-min",
        _ => $"0x{policy:x}",
    };

    private static string Claims(byte[] claims) => claims.Length == 0 ? "-" : $"{claims.Length} bytes";

    private static void Add(List<string> words, GroupAttributes attributes, GroupAttributes flag, string word)
    {
        if ((attributes & flag) != 0)
        {
            words.Add(word);
        }
    }
}
