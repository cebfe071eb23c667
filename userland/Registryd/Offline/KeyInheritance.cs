// SPDX-License-Identifier: MIT
using System;
using Peios.Security;

namespace Registryd.Offline;

/// <summary>
/// Descriptors of imported keys, as the kernel would have made them for SYSTEM (LCS-146..LCS-149): what the parent's
/// ACLs pass to containers, else SYSTEM's own default.
/// </summary>
internal static class KeyInheritance
{
    private const uint AllAccess = 0x000F_003F;

    /// <summary>The descriptor of a child without one of its own.</summary>
    public static bool TryInherit(ReadOnlySpan<byte> parent, out byte[] descriptor) =>
        TryBuild(new SecurityDescriptorBuilder(), parent, new AclBuilder(), new AclBuilder(), out descriptor);

    /// <summary>An explicit descriptor completed: owner and group SYSTEM unless given, inherited ACEs unless protected.</summary>
    public static bool TryComplete(ReadOnlySpan<byte> explicitDescriptor, ReadOnlySpan<byte> parent, out byte[] descriptor)
    {
        descriptor = [];
        return SecurityDescriptor.TryRead(explicitDescriptor, out SecurityDescriptor given) &&
            TryBuild(SecurityDescriptorBuilder.From(given), parent, Copy(given.Dacl), Copy(given.Sacl), out descriptor);
    }

    private static AclBuilder Copy(ReadOnlySpan<byte> acl)
    {
        AclBuilder copy = new();
        _ = AclReader.TryRead(acl, out AclReader reader);
        while (reader.MoveNext(out Ace ace))
        {
            copy.AddRaw(ace);
        }

        return copy;
    }

    private static bool TryBuild(SecurityDescriptorBuilder builder, ReadOnlySpan<byte> parent, AclBuilder dacl, AclBuilder sacl, out byte[] descriptor)
    {
        descriptor = [];
        builder.Owner = builder.Owner.IsNone ? WellKnownSids.System : builder.Owner;
        builder.Group = builder.Group.IsNone ? WellKnownSids.System : builder.Group;
        DescriptorInheritance rules = new(true, builder.Owner, builder.Group, GenericMapping.RegistryKey);
        _ = SecurityDescriptor.TryRead(parent, out SecurityDescriptor above);
        bool own = builder.Dacl is not null;
        if (!Inherit(builder, SdControl.DaclProtected, SdControl.DaclAutoInherited, rules, dacl, above.Dacl) ||
            !Inherit(builder, SdControl.SaclProtected, SdControl.SaclAutoInherited, rules, sacl, above.Sacl))
        {
            return false;
        }

        if (dacl.Count == 0 && !own)
        {
            _ = dacl.Allow(WellKnownSids.System, AllAccess).Allow(WellKnownSids.Administrators, AllAccess);
        }

        if (!dacl.TryBuild(out byte[] access) || !sacl.TryBuild(out byte[] system))
        {
            return false;
        }

        builder.Dacl = access;
        builder.Sacl = sacl.Count == 0 && builder.Sacl is null ? null : system;
        return builder.TryBuild(out descriptor);
    }

    /// <summary>KACS-FMT-089: the bit says whether anything was inherited.</summary>
    private static bool Inherit(
        SecurityDescriptorBuilder builder, SdControl isProtected, SdControl inherits, in DescriptorInheritance rules, AclBuilder acl, ReadOnlySpan<byte> parent)
    {
        int count = (builder.Control & isProtected) != 0 ? 0 : rules.Append(acl, parent);
        builder.Control = (builder.Control & ~inherits) | (count > 0 ? inherits : SdControl.None);
        return count >= 0;
    }
}
