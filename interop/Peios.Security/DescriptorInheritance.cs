// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>
/// What a container's ACL passes to a child (KACS-FMT-084 to KACS-FMT-094), for tools that propagate a change and for
/// keys that are made offline. The kernel does the same for objects that it creates.
/// </summary>
/// <param name="Container">The child can have children itself.</param>
/// <param name="Owner">The child's owner, in place of CREATOR OWNER.</param>
/// <param name="Group">The child's group, in place of CREATOR GROUP.</param>
/// <param name="Mapping">The generic rights of the child's type.</param>
public readonly record struct DescriptorInheritance(bool Container, Sid Owner, Sid Group, GenericMapping Mapping)
{
    private const AceFlags Inheritance = AceFlags.ObjectInherit | AceFlags.ContainerInherit | AceFlags.NoPropagate | AceFlags.InheritOnly;
    private const uint NonInheritable = 1;

    /// <summary>Appends what <paramref name="parent"/> passes on.</summary>
    /// <param name="acl">Receives the ACEs, each marked as inherited.</param>
    /// <param name="parent">The container's DACL or SACL; may be empty.</param>
    /// <returns>How many ACEs reached the child; -1: CREATOR GROUP, and the child has no group (KACS-FMT-045).</returns>
    public int Append(AclBuilder acl, ReadOnlySpan<byte> parent)
    {
        int count = 0;
        if (!AclReader.TryRead(parent, out AclReader reader))
        {
            return 0;
        }

        while (reader.MoveNext(out Ace ace))
        {
            if (!TryFlags(ace.Flags, out AceFlags flags) || IsKeptBack(ace))
            {
                continue;
            }

            if (ace.Sid == WellKnownSids.CreatorGroup && Group.IsNone)
            {
                return -1;
            }

            Copy(acl, ace, flags | AceFlags.Inherited);
            count++;
        }

        return count;
    }

    /// <summary>The child's flags; false when the ACE does not reach it.</summary>
    public bool TryFlags(AceFlags parent, out AceFlags child)
    {
        child = parent & ~Inheritance;
        bool files = (parent & AceFlags.ObjectInherit) != 0;
        bool containers = (parent & AceFlags.ContainerInherit) != 0;
        if (!Container)
        {
            return files;
        }

        if ((parent & AceFlags.NoPropagate) != 0)
        {
            return containers;
        }

        child |= containers ? parent & (AceFlags.ObjectInherit | AceFlags.ContainerInherit) : AceFlags.ObjectInherit | AceFlags.InheritOnly;
        return containers || files;
    }

    /// <summary>Attributes may stay with the object that has them (KACS-FMT-094).</summary>
    private static bool IsKeptBack(in Ace ace) =>
        ace.Type == AceType.ResourceAttribute && ClaimEntry.TryRead(ace.ApplicationData, out ClaimEntry claim) && (claim.Flags & NonInheritable) != 0;

    /// <summary>Only the SID of a placeholder changes; the rest of an ACE is copied as it is (KACS-FMT-090, KACS-FMT-091).</summary>
    private void Copy(AclBuilder acl, in Ace ace, AceFlags flags)
    {
        if (!ace.IsKnown)
        {
            byte[] raw = ace.Raw.ToArray();
            raw[1] = (byte)flags;
            _ = Ace.TryRead(raw, out Ace changed);
            acl.AddRaw(changed);
            return;
        }

        Sid sid = ace.Sid == WellKnownSids.CreatorOwner ? Owner : ace.Sid == WellKnownSids.CreatorGroup ? Group : ace.Sid;
        acl.Add(ace.Type, flags, Mapping.Map(ace.Mask), sid, ace.ApplicationData, ace.ObjectType, ace.InheritedObjectType);
    }
}
