// SPDX-License-Identifier: MIT
using System;
using Peios.Security;

namespace Registryd.Offline;

/// <summary>
/// Descriptors of imported keys, as the kernel would have made them for SYSTEM (LCS-146..LCS-149): what the parent's
/// ACL passes to containers, else SYSTEM's own default.
/// </summary>
internal static class KeyInheritance
{
    private const uint AllAccess = 0x000F_003F;
    private const AceFlags Inheritable = AceFlags.ObjectInherit | AceFlags.ContainerInherit | AceFlags.NoPropagate | AceFlags.InheritOnly;

    /// <summary>The descriptor of a child without one of its own.</summary>
    public static bool TryInherit(ReadOnlySpan<byte> parent, out byte[] descriptor)
    {
        AclBuilder dacl = new();
        Append(dacl, parent);
        if (dacl.Count == 0)
        {
            _ = dacl.Allow(WellKnownSids.System, AllAccess).Allow(WellKnownSids.Administrators, AllAccess);
        }

        return TryBuild(dacl, new SecurityDescriptorBuilder(), SdControl.None, out descriptor);
    }

    /// <summary>An explicit descriptor completed: owner and group SYSTEM unless given, inherited ACEs unless protected.</summary>
    public static bool TryComplete(ReadOnlySpan<byte> explicitDescriptor, ReadOnlySpan<byte> parent, out byte[] descriptor)
    {
        descriptor = [];
        if (!SecurityDescriptor.TryRead(explicitDescriptor, out SecurityDescriptor given))
        {
            return false;
        }

        SecurityDescriptorBuilder builder = SecurityDescriptorBuilder.From(given);
        AclBuilder dacl = new();
        if (AclReader.TryRead(given.Dacl, out AclReader own))
        {
            while (own.MoveNext(out Ace ace))
            {
                _ = dacl.AddRaw(ace);
            }
        }

        if ((given.Control & SdControl.DaclProtected) == 0)
        {
            Append(dacl, parent);
        }

        return TryBuild(dacl, builder, given.Control, out descriptor);
    }

    private static bool TryBuild(AclBuilder dacl, SecurityDescriptorBuilder builder, SdControl control, out byte[] descriptor)
    {
        descriptor = [];
        if (!dacl.TryBuild(out byte[] acl))
        {
            return false;
        }

        builder.Owner = builder.Owner.IsNone ? WellKnownSids.System : builder.Owner;
        builder.Group = builder.Group.IsNone ? WellKnownSids.System : builder.Group;
        builder.Dacl = acl;
        builder.Control = control;
        return builder.TryBuild(out descriptor);
    }

    private static void Append(AclBuilder dacl, ReadOnlySpan<byte> parent)
    {
        if (!SecurityDescriptor.TryRead(parent, out SecurityDescriptor sd) || !AclReader.TryRead(sd.Dacl, out AclReader acl))
        {
            return;
        }

        while (acl.MoveNext(out Ace ace))
        {
            if ((ace.Flags & AceFlags.ContainerInherit) == 0)
            {
                continue;
            }

            AceFlags passed = (ace.Flags & AceFlags.NoPropagate) != 0 ? AceFlags.None : ace.Flags & (AceFlags.ObjectInherit | AceFlags.ContainerInherit);
            bool creator = ace.Sid == WellKnownSids.CreatorOwner || ace.Sid == WellKnownSids.CreatorGroup;
            Sid sid = creator ? WellKnownSids.System : ace.Sid;
            if (!Ace.IsKnownType(ace.Type) || Ace.IsObjectType(ace.Type) || Ace.IsCallbackType(ace.Type))
            {
                continue; // hive roots and seeds have none
            }

            AceFlags effective = creator ? AceFlags.None : passed;
            _ = dacl.Add(ace.Type, (ace.Flags & ~Inheritable) | effective | AceFlags.Inherited, ace.Mask, sid);
            if (creator && passed != AceFlags.None)
            {
                _ = dacl.Add(ace.Type, (ace.Flags & ~Inheritable) | passed | AceFlags.InheritOnly | AceFlags.Inherited, ace.Mask, ace.Sid);
            }
        }
    }
}
