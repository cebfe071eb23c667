// SPDX-License-Identifier: MIT
using System;
using Peios.Registry;
using Peios.Security;

namespace Tools.Sd;

/// <summary>
/// Changes to a descriptor, without reading or writing one. The DACL comes out in canonical order; ACEs that are not
/// meant, known or not, stay byte for byte (CLI-026).
/// </summary>
internal static class AclEdits
{
    private const AceFlags Audited = AceFlags.SuccessfulAccess | AceFlags.FailedAccess;

    /// <summary>Takes the parts of another descriptor, with the control bits that belong to them.</summary>
    public static void Take(SecurityDescriptorBuilder target, in SecurityDescriptor source, SecurityParts parts)
    {
        if ((parts & SecurityParts.Owner) != 0)
        {
            target.Owner = source.Owner;
        }

        if ((parts & SecurityParts.Group) != 0)
        {
            target.Group = source.Group;
        }

        if ((parts & SecurityParts.Dacl) != 0)
        {
            target.Dacl = source.HasDacl ? source.Dacl.ToArray() : null;
            CopyBits(target, source.Control, SdControl.DaclProtected | SdControl.DaclAutoInherited | SdControl.DaclAutoInheritRequired);
        }

        if ((parts & SecurityParts.Sacl) != 0)
        {
            target.Sacl = source.Sacl.IsEmpty ? null : source.Sacl.ToArray();
            CopyBits(target, source.Control, SdControl.SaclProtected | SdControl.SaclAutoInherited | SdControl.SaclAutoInheritRequired);
        }
    }

    /// <summary>Adds one explicit access ACE, or widens an equal one; false if the ACL would be too long.</summary>
    public static bool Grant(SecurityDescriptorBuilder target, in AceEdit edit, bool replace)
    {
        byte[] dacl = replace ? Without(target.Dacl, edit.Sid, false, out _) : target.Dacl ?? Empty();
        bool done = Add(dacl, edit, out byte[] changed);
        target.Dacl = CanonicalOrder.Sort(changed);
        return done;
    }

    /// <summary>Adds one audit ACE to the SACL, or widens an equal one.</summary>
    public static bool Audit(SecurityDescriptorBuilder target, in AceEdit edit, bool replace)
    {
        byte[] sacl = replace ? Without(target.Sacl, edit.Sid, true, out _) : target.Sacl ?? Empty();
        bool done = Add(sacl, edit, out byte[] changed);
        target.Sacl = changed;
        return done;
    }

    /// <summary>Removes every explicit access (or audit) ACE of a principal; how many there were.</summary>
    public static int Remove(SecurityDescriptorBuilder target, in Sid sid, bool audit)
    {
        byte[]? acl = audit ? target.Sacl : target.Dacl;
        if (acl is null)
        {
            return 0;
        }

        byte[] changed = Without(acl, sid, audit, out int removed);
        if (audit)
        {
            target.Sacl = Count(changed) == 0 ? null : changed;
        }
        else
        {
            target.Dacl = changed;
        }

        return removed;
    }

    /// <summary>How many inherited ACEs name a principal: those can only go where they come from.</summary>
    public static int CountInherited(byte[]? acl, in Sid sid)
    {
        int count = 0;
        _ = AclReader.TryRead(acl, out AclReader reader);
        while (reader.MoveNext(out Ace ace))
        {
            count += ace.Sid == sid && (ace.Flags & AceFlags.Inherited) != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Replaces the integrity label in a SACL (KACS-FMT-072: producers write one).</summary>
    public static byte[] WithLabel(byte[]? sacl, uint level, uint policy, bool alone)
    {
        AclBuilder acl = Begin(sacl);
        acl.Add(AceType.MandatoryLabel, AceFlags.None, policy, WellKnownSids.Integrity(level));
        _ = AclReader.TryRead(sacl, out AclReader reader);
        while (!alone && reader.MoveNext(out Ace ace))
        {
            if (ace.Type != AceType.MandatoryLabel)
            {
                acl.AddRaw(ace);
            }
        }

        return acl.TryBuild(out byte[] bytes) ? bytes : [];
    }

    /// <summary>
    /// The ACL of a child after its parent: explicit ACEs (unless dropped), then what the parent passes on. Null if the
    /// result has no form.
    /// </summary>
    public static byte[]? Reinherit(byte[]? acl, ReadOnlySpan<byte> parent, in DescriptorInheritance rules, bool keepExplicit, out int inherited)
    {
        AclBuilder result = Begin(acl);
        _ = AclReader.TryRead(acl, out AclReader reader);
        while (keepExplicit && reader.MoveNext(out Ace ace))
        {
            if ((ace.Flags & AceFlags.Inherited) == 0)
            {
                result.AddRaw(ace);
            }
        }

        inherited = rules.Append(result, parent);
        return inherited >= 0 && result.TryBuild(out byte[] bytes) ? bytes : null;
    }

    /// <summary>Inherited ACEs become the object's own, or go.</summary>
    public static byte[] Disinherit(byte[]? acl, bool strip)
    {
        AclBuilder result = Begin(acl);
        _ = AclReader.TryRead(acl, out AclReader reader);
        while (reader.MoveNext(out Ace ace))
        {
            bool isInherited = (ace.Flags & AceFlags.Inherited) != 0;
            if (isInherited && strip)
            {
                continue;
            }

            byte[] raw = ace.Raw.ToArray();
            raw[1] &= unchecked((byte)~(byte)AceFlags.Inherited);
            _ = Ace.TryRead(raw, out Ace own);
            result.AddRaw(own);
        }

        return result.TryBuild(out byte[] bytes) ? CanonicalOrder.Sort(bytes) : [];
    }

    /// <summary>How many ACEs an ACL holds; 0 for none.</summary>
    public static int Count(byte[]? acl) => AclReader.TryRead(acl, out AclReader reader) ? reader.Count : 0;

    private static bool Add(byte[] acl, in AceEdit edit, out byte[] changed)
    {
        AclBuilder result = Begin(acl);
        bool merged = false;
        _ = AclReader.TryRead(acl, out AclReader reader);
        while (reader.MoveNext(out Ace ace))
        {
            if (!merged && edit.Condition.Length == 0 && ace.Type == edit.Type && ace.Sid == edit.Sid && Fits(ace.Flags, edit.Flags, edit.Mask == ace.Mask))
            {
                result.Add(edit.Type, ace.Flags | edit.Flags, ace.Mask | edit.Mask, edit.Sid);
                merged = true;
            }
            else
            {
                result.AddRaw(ace);
            }
        }

        if (!merged)
        {
            result.Add(edit.Type, edit.Flags, edit.Mask, edit.Sid, edit.Condition);
        }

        bool built = result.TryBuild(out byte[] bytes);
        changed = built ? bytes : acl;
        return built;
    }

    /// <summary>Equal flags take more rights; equal rights take the other kind of audit. Anything else is another ACE.</summary>
    private static bool Fits(AceFlags there, AceFlags wanted, bool sameMask) =>
        there == wanted || (sameMask && (there & ~Audited) == (wanted & ~Audited));

    private static byte[] Without(byte[]? acl, in Sid sid, bool audit, out int removed)
    {
        AclBuilder result = Begin(acl);
        removed = 0;
        _ = AclReader.TryRead(acl, out AclReader reader);
        while (reader.MoveNext(out Ace ace))
        {
            bool meant = ace.Sid == sid && (ace.Flags & AceFlags.Inherited) == 0 && (audit ? IsAudit(ace.Type) : Ace.IsAccessType(ace.Type));
            removed += meant ? 1 : 0;
            if (!meant)
            {
                result.AddRaw(ace);
            }
        }

        return result.TryBuild(out byte[] bytes) ? bytes : Empty();
    }

    private static bool IsAudit(AceType type) =>
        type is AceType.SystemAudit or AceType.SystemAuditObject or AceType.SystemAuditCallback or AceType.SystemAuditCallbackObject;

    private static AclBuilder Begin(byte[]? acl) => new() { SourceRevision = AclReader.TryRead(acl, out AclReader reader) ? reader.Revision : (byte)2 };

    private static byte[] Empty() => [2, 0, AclReader.HeaderLength, 0, 0, 0, 0, 0];

    private static void CopyBits(SecurityDescriptorBuilder target, SdControl source, SdControl bits) =>
        target.Control = (target.Control & ~bits) | (source & bits);
}
