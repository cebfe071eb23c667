// SPDX-License-Identifier: MIT
using System;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>Reads <c>P:PERMS</c> and <c>P:PERMS:success|failure|both</c>, and the options that go with them (CLI-025).</summary>
internal static class AceOperand
{
    /// <summary>Reserved bits and MAXIMUM_ALLOWED: in no new ACE (KACS-FMT-055, KACS-FMT-056).</summary>
    private const uint NeverWritten = 0x0EE0_0000;

    private static readonly (string Word, AceFlags Flag)[] s_flags =
    [
        ("CI", AceFlags.ContainerInherit), ("OI", AceFlags.ObjectInherit), ("NP", AceFlags.NoPropagate), ("IO", AceFlags.InheritOnly),
    ];

    /// <summary>A principal; in this tool <c>@owner</c> is OWNER RIGHTS and <c>@self</c> the caller (CLI-013).</summary>
    public static bool TryPrincipal(string text, out Sid sid)
    {
        sid = WellKnownSids.OwnerRights;
        return text == "@owner" || PrincipalText.TryParse(text, out sid);
    }

    /// <summary>Reads an operand of <c>allow</c> or <c>deny</c>; the problem otherwise.</summary>
    public static string? Access(string text, ObjectRights rights, out Sid sid, out uint mask)
    {
        sid = default;
        mask = 0;
        // The last colon: names of services and domains have none, but nothing forbids one in a name.
        int at = text.LastIndexOf(':');
        return at <= 0 ? $"{text}: expected PRINCIPAL:PERMS"
            : !rights.TryParse(text[(at + 1)..], out mask) || (mask & NeverWritten) != 0 ? $"{text[(at + 1)..]} names no rights of this object"
            : !TryPrincipal(text[..at], out sid) ? $"{text[..at]} is no known principal"
            : null;
    }

    /// <summary>Reads an operand of <c>audit</c>; the problem otherwise.</summary>
    public static string? Audit(string text, ObjectRights rights, out Sid sid, out uint mask, out AceFlags outcomes)
    {
        int at = text.LastIndexOf(':');
        outcomes = (at < 0 ? "" : text[(at + 1)..]) switch
        {
            "success" => AceFlags.SuccessfulAccess,
            "failure" => AceFlags.FailedAccess,
            "both" => AceFlags.SuccessfulAccess | AceFlags.FailedAccess,
            _ => AceFlags.None,
        };
        if (outcomes != AceFlags.None)
        {
            return Access(text[..at], rights, out sid, out mask);
        }

        sid = default;
        mask = 0;
        return $"{text}: expected PRINCIPAL:PERMS:success, :failure or :both";
    }

    /// <summary>Reads <c>--flags</c>; without it ACEs of a container reach everything below.</summary>
    public static string? Flags(string? text, bool inherits, out AceFlags flags)
    {
        flags = AceFlags.None;
        if (text is null)
        {
            flags = inherits ? AceFlags.ContainerInherit : AceFlags.None;
            return null;
        }

        foreach (string word in text == "none" ? [] : text.Split(','))
        {
            AceFlags flag = Array.Find(s_flags, entry => entry.Word.Equals(word, StringComparison.OrdinalIgnoreCase)).Flag;
            flags |= flag;
            if (flag == AceFlags.None)
            {
                return $"--flags takes none, or CI, OI, NP and IO with commas; not {word}";
            }
        }

        return flags != AceFlags.None && !inherits ? "nothing inherits from this object: --flags none" : null;
    }

    /// <summary>Compiles <c>--if</c>: the expression, with or without its outer parentheses.</summary>
    public static string? Condition(string? expression, out byte[] code)
    {
        code = [];
        if (expression is null)
        {
            return null;
        }

        // One parser for conditions there is, and it reads them inside an ACE.
        if (!Sddl.TryParse($"D:(XA;;0x1;;;WD;({expression}))", out byte[] descriptor, out SddlError error))
        {
            return $"--if: {error.Message} in \"{expression}\"";
        }

        _ = SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd);
        _ = AclReader.TryRead(sd.Dacl, out AclReader reader);
        _ = reader.MoveNext(out Ace ace);
        code = ace.ApplicationData.ToArray();
        // Text that closes the ACE and opens another one is not one condition.
        return reader.MoveNext(out _) || !sd.Sacl.IsEmpty || !sd.Owner.IsNone || !sd.Group.IsNone ? "--if takes one expression" : null;
    }
}
