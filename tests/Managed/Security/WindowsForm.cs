// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Peios.Security;

namespace Tests.Managed.Security;

/// <summary>
/// A descriptor of Windows with the differences that are on purpose: the order of the parts (KACS-FMT-043), the
/// smallest revision that fits (KACS-FMT-053), no unused bytes inside an ACL (KACS-FMT-051), the extra offset before
/// the strings of a claim (KACS-FMT-104), and the two label bits that NR and NW name (KACS-FMT-071).
/// </summary>
internal static class WindowsForm
{
    /// <summary>The bytes as ours should be; null if they are no descriptor at all.</summary>
    public static byte[]? AsWeWriteIt(byte[] theirs, string sddl)
    {
        if (theirs.Length < SecurityDescriptor.HeaderLength)
        {
            return null;
        }

        SecurityDescriptorBuilder builder = new() { Control = (SdControl)BinaryPrimitives.ReadUInt16LittleEndian(theirs.AsSpan(2)) };
        Queue<bool> swaps = LabelsNamedByWord(sddl);
        if (!TrySid(theirs, 4, out Sid owner) || !TrySid(theirs, 8, out Sid group) ||
            !TryAcl(theirs, 12, swaps, out byte[]? sacl) || !TryAcl(theirs, 16, swaps, out byte[]? dacl))
        {
            return null;
        }

        builder.Owner = owner;
        builder.Group = group;
        builder.Sacl = sacl;
        builder.Dacl = dacl;
        return builder.TryBuild(out byte[] bytes) ? bytes : null;
    }

    private static bool TrySid(byte[] theirs, int field, out Sid sid)
    {
        sid = default;
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(theirs.AsSpan(field));
        return offset == 0 || (offset < theirs.Length && Sid.TryRead(theirs.AsSpan((int)offset), out sid));
    }

    private static bool TryAcl(byte[] theirs, int field, Queue<bool> swaps, out byte[]? acl)
    {
        acl = null;
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(theirs.AsSpan(field));
        if (offset == 0)
        {
            return true;
        }

        if (offset > theirs.Length - AclReader.HeaderLength)
        {
            return false;
        }

        ReadOnlySpan<byte> whole = theirs.AsSpan((int)offset);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(whole[2..]);
        if (size < AclReader.HeaderLength || size > whole.Length)
        {
            return false;
        }

        AclBuilder builder = new();
        ReadOnlySpan<byte> rest = whole[AclReader.HeaderLength..size];
        for (int count = BinaryPrimitives.ReadUInt16LittleEndian(whole[4..]); count > 0; count--)
        {
            int length = rest.Length < 4 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            if (length < 4 || length > rest.Length || !TryAce(rest[..length], builder, swaps))
            {
                return false;
            }

            rest = rest[length..];
        }

        return rest.IndexOfAnyExcept((byte)0) < 0 && builder.TryBuild(out acl);
    }

    private static bool TryAce(ReadOnlySpan<byte> bytes, AclBuilder builder, Queue<bool> swaps)
    {
        if ((AceType)bytes[0] == AceType.ResourceAttribute)
        {
            if (!Sid.TryRead(bytes[8..], out Sid sid) || TryClaim(bytes[(8 + sid.BinaryLength)..]) is not byte[] claim)
            {
                return false;
            }

            builder.Add(AceType.ResourceAttribute, (AceFlags)bytes[1], BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), sid, claim);
            return true;
        }

        if (!Ace.TryRead(bytes, out Ace ace))
        {
            return false;
        }

        if (ace.Type == AceType.MandatoryLabel && swaps.TryDequeue(out bool swap) && swap)
        {
            uint mask = (ace.Mask & ~3u) | ((ace.Mask & 1) << 1) | ((ace.Mask >> 1) & 1);
            builder.Add(ace.Type, ace.Flags, mask, ace.Sid);
        }
        else
        {
            builder.AddRaw(ace);
        }

        return true;
    }

    /// <summary>Windows' offsets lead straight to strings, and to counted bytes for everything else that is no number.</summary>
    private static byte[]? TryClaim(ReadOnlySpan<byte> entry)
    {
        ClaimType type = (ClaimType)BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
        ClaimBuilder claim = new(Text(entry, 0), type, BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]));
        for (int i = 0; i < BinaryPrimitives.ReadInt32LittleEndian(entry[12..]); i++)
        {
            int field = 16 + (4 * i);
            ReadOnlySpan<byte> value = entry[BinaryPrimitives.ReadInt32LittleEndian(entry[field..])..];
            switch (type)
            {
                case ClaimType.String:
                    claim.AddString(Text(entry, field));
                    break;
                case ClaimType.Octet:
                    claim.AddOctets(value.Slice(4, BinaryPrimitives.ReadInt32LittleEndian(value)));
                    break;
                case ClaimType.Sid when Sid.TryRead(value[4..], out Sid sid):
                    claim.AddSid(sid);
                    break;
                case ClaimType.Sid:
                    return null;
                default:
                    claim.AddNumber(BinaryPrimitives.ReadUInt64LittleEndian(value));
                    break;
            }
        }

        return claim.TryBuild(out byte[] bytes) ? bytes : null;
    }

    private static string Text(ReadOnlySpan<byte> entry, int field)
    {
        ReadOnlySpan<char> units = MemoryMarshal.Cast<byte, char>(entry[BinaryPrimitives.ReadInt32LittleEndian(entry[field..])..]);
        int end = units.IndexOf('\0');
        return new string(end < 0 ? units : units[..end]);
    }

    /// <summary>For each label in the text, in order: are its rights words (and then mean other bits), not a number?</summary>
    private static Queue<bool> LabelsNamedByWord(string sddl)
    {
        Queue<bool> named = new();
        for (int at = sddl.IndexOf("(ML;", StringComparison.Ordinal); at >= 0; at = sddl.IndexOf("(ML;", at + 1, StringComparison.Ordinal))
        {
            string[] fields = sddl[at..].Split(';', 4);
            named.Enqueue(fields.Length == 4 && fields[2].TrimStart().StartsWith('N'));
        }

        return named;
    }
}
