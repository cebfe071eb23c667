// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Peios.Security;

/// <summary>Assembles a self-relative security descriptor: owner, group, SACL, DACL after the header (KACS-FMT-043).</summary>
public sealed class SecurityDescriptorBuilder
{
    /// <summary>The owner; none leaves it out.</summary>
    public Sid Owner { get; set; }

    /// <summary>The group; none leaves it out.</summary>
    public Sid Group { get; set; }

    /// <summary>A well-formed ACL, or null for a null DACL.</summary>
    public byte[]? Dacl { get; set; }

    /// <summary>A well-formed ACL, or null for none.</summary>
    public byte[]? Sacl { get; set; }

    /// <summary>Control bits; SELF_RELATIVE and the two PRESENT bits are set from the contents.</summary>
    public SdControl Control { get; set; }

    /// <summary>Sbz1.</summary>
    public byte ResourceManagerControl { get; set; }

    /// <summary>Takes over every part of an existing descriptor.</summary>
    public static SecurityDescriptorBuilder From(in SecurityDescriptor source) => new()
    {
        Owner = source.Owner,
        Group = source.Group,
        Dacl = source.HasDacl ? source.Dacl.ToArray() : null,
        Sacl = source.Sacl.IsEmpty ? null : source.Sacl.ToArray(),
        Control = source.Control,
        ResourceManagerControl = source.ResourceManagerControl,
    };

    /// <summary>The bytes; false if they would be longer than 65,535 (KACS-FMT-042).</summary>
    public bool TryBuild(out byte[] descriptor)
    {
        int size = SecurityDescriptor.HeaderLength + Owner.BinaryLength + Group.BinaryLength + (Sacl?.Length ?? 0) + (Dacl?.Length ?? 0);
        if (size > SecurityDescriptor.MaxLength)
        {
            descriptor = [];
            return false;
        }
        descriptor = new byte[size];
        SdControl control = Control & ~(SdControl.DaclPresent | SdControl.SaclPresent);
        control |= SdControl.SelfRelative;
        control |= Dacl is null ? 0 : SdControl.DaclPresent;
        control |= Sacl is null ? 0 : SdControl.SaclPresent;
        descriptor[0] = 1;
        descriptor[1] = ResourceManagerControl;
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor.AsSpan(2), (ushort)control);
        int next = SecurityDescriptor.HeaderLength;
        PlaceSid(descriptor, 4, Owner, ref next);
        PlaceSid(descriptor, 8, Group, ref next);
        PlaceAcl(descriptor, 12, Sacl, ref next);
        PlaceAcl(descriptor, 16, Dacl, ref next);
        return true;
    }

    private static void PlaceSid(byte[] descriptor, int field, in Sid sid, ref int next)
    {
        if (!sid.IsNone)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor.AsSpan(field), (uint)next);
            next += sid.Write(descriptor.AsSpan(next));
        }
    }

    private static void PlaceAcl(byte[] descriptor, int field, byte[]? acl, ref int next)
    {
        if (acl is not null)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor.AsSpan(field), (uint)next);
            acl.CopyTo(descriptor, next);
            next += acl.Length;
        }
    }
}
