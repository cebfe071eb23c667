// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Peios.Security;

/// <summary>
/// A validated view of a self-relative security descriptor (KACS-FMT-038 to KACS-FMT-047). It copies nothing;
/// <see cref="SecurityDescriptorBuilder"/> makes and changes descriptors.
/// </summary>
public readonly ref struct SecurityDescriptor
{
    /// <summary>Header length.</summary>
    public const int HeaderLength = 20;

    /// <summary>Longest serialized form (KACS-FMT-042).</summary>
    public const int MaxLength = 65535;

    private SecurityDescriptor(ReadOnlySpan<byte> raw, Sid owner, Sid group, ReadOnlySpan<byte> sacl, ReadOnlySpan<byte> dacl)
    {
        Raw = raw;
        Owner = owner;
        Group = group;
        Sacl = sacl;
        Dacl = dacl;
    }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>The control bits.</summary>
    public SdControl Control => (SdControl)BinaryPrimitives.ReadUInt16LittleEndian(Raw[2..]);

    /// <summary>Sbz1: kept on round trips, never interpreted (KACS-FMT-039).</summary>
    public byte ResourceManagerControl => Raw[1];

    /// <summary>The owner, or none.</summary>
    public Sid Owner { get; }

    /// <summary>The group, or none.</summary>
    public Sid Group { get; }

    /// <summary>The DACL's bytes; empty for a null DACL, which grants everything (an empty DACL has a header).</summary>
    public ReadOnlySpan<byte> Dacl { get; }

    /// <summary>The SACL's bytes, or empty.</summary>
    public ReadOnlySpan<byte> Sacl { get; }

    /// <summary>Is there a DACL? Without one every valid right is granted to everyone (KACS-FMT-046).</summary>
    public bool HasDacl => !Dacl.IsEmpty;

    /// <summary>Validates all of <paramref name="source"/>; false if it is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out SecurityDescriptor descriptor)
    {
        descriptor = default;
        if (source.Length is < HeaderLength or > MaxLength || source[0] != 1)
        {
            return false;
        }
        SdControl control = (SdControl)BinaryPrimitives.ReadUInt16LittleEndian(source[2..]);
        if ((control & SdControl.SelfRelative) == 0 ||
            !TrySid(source, 4, out Sid owner) || !TrySid(source, 8, out Sid group) ||
            !TryAcl(source, 12, (control & SdControl.SaclPresent) != 0, out ReadOnlySpan<byte> sacl) ||
            !TryAcl(source, 16, (control & SdControl.DaclPresent) != 0, out ReadOnlySpan<byte> dacl))
        {
            return false;
        }
        descriptor = new SecurityDescriptor(source, owner, group, sacl, dacl);
        return !HasOverlap(source, descriptor) && AreLabelsShaped(sacl);
    }

    /// <summary>Of each kind the first live label counts (KACS-FMT-072), so its shape does.</summary>
    private static bool AreLabelsShaped(ReadOnlySpan<byte> sacl)
    {
        bool label = false;
        bool trust = false;
        if (!AclReader.TryRead(sacl, out AclReader reader))
        {
            return true;
        }
        while (reader.MoveNext(out Ace ace))
        {
            bool first = (ace.Type == AceType.MandatoryLabel && !label) || (ace.Type == AceType.ProcessTrustLabel && !trust);
            if (!first || (ace.Flags & AceFlags.InheritOnly) != 0)
            {
                continue;
            }
            label |= ace.Type == AceType.MandatoryLabel;
            trust |= ace.Type == AceType.ProcessTrustLabel;
            if (!ace.IsLabelShaped)
            {
                return false;
            }
        }
        return true;
    }

    private static bool TrySid(ReadOnlySpan<byte> source, int field, out Sid sid)
    {
        sid = default;
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(source[field..]);
        return offset == 0 || (offset >= HeaderLength && offset < source.Length && Sid.TryRead(source[(int)offset..], out sid));
    }

    private static bool TryAcl(ReadOnlySpan<byte> source, int field, bool present, out ReadOnlySpan<byte> acl)
    {
        acl = default;
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(source[field..]);
        if (offset == 0 || !present)
        {
            return offset == 0 && !present;
        }
        if (offset < HeaderLength || offset >= source.Length || !AclReader.TryRead(source[(int)offset..], out AclReader reader))
        {
            return false;
        }
        acl = reader.Raw;
        return true;
    }

    private static bool HasOverlap(ReadOnlySpan<byte> source, in SecurityDescriptor sd)
    {
        Span<long> start = stackalloc long[4];
        Span<long> end = stackalloc long[4];
        Span<int> lengths = [sd.Owner.BinaryLength, sd.Group.BinaryLength, sd.Sacl.Length, sd.Dacl.Length];
        for (int i = 0; i < 4; i++)
        {
            start[i] = BinaryPrimitives.ReadUInt32LittleEndian(source[(4 + (4 * i))..]);
            end[i] = start[i] + lengths[i];
            for (int j = 0; j < i; j++)
            {
                if (start[i] != 0 && start[j] != 0 && start[i] < end[j] && start[j] < end[i])
                {
                    return true;
                }
            }
        }
        return false;
    }
}
