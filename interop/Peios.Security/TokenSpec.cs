// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Peios.Interop;

namespace Peios.Security;

/// <summary>
/// Everything CreateToken takes (KACS-TOK-045 to KACS-TOK-049), and its wire form. The kernel validates it again and
/// adds the logon SID, GUID and times.
/// </summary>
public sealed class TokenSpec
{
    /// <summary>Most groups a caller may give (KACS-TOK-014).</summary>
    public const int MaxGroups = 63;

    /// <summary>Longest wire form.</summary>
    public const int MaxLength = 65536;

    private const int UsualLength = 2048;
    private const int HeaderLength = 192;
    private const uint Version = 2;

    /// <summary>The user.</summary>
    public Sid User { get; set; }

    /// <summary>The groups in order, without the logon SID.</summary>
    public List<SidAndAttributes> Groups { get; } = [];

    /// <summary>Primary or impersonation.</summary>
    public TokenType Type { get; set; } = TokenType.Primary;

    /// <summary>Must be 0 for primary tokens.</summary>
    public ImpersonationLevel Level { get; set; }

    /// <summary>Integrity level: 8192 is Medium.</summary>
    public uint IntegrityLevel { get; set; }

    /// <summary>1 no write up, 2 new process minimum.</summary>
    public uint MandatoryPolicy { get; set; }

    /// <summary>Privileges held.</summary>
    public ulong PrivilegesPresent { get; set; }

    /// <summary>Privileges enabled; part of <see cref="PrivilegesPresent"/>.</summary>
    public ulong PrivilegesEnabled { get; set; }

    /// <summary>Linux user id for display.</summary>
    public uint ProjectedUid { get; set; } = 65534;

    /// <summary>Linux group id for display.</summary>
    public uint ProjectedGid { get; set; } = 65534;

    /// <summary>Supplementary Linux group ids.</summary>
    public List<uint> SupplementaryGids { get; } = [];

    /// <summary>Audit bits (KACS-TOK-020).</summary>
    public uint AuditPolicy { get; set; }

    /// <summary>Nanoseconds since the Unix epoch, 0 for never; informational.</summary>
    public ulong Expiration { get; set; }

    /// <summary>The logon session.</summary>
    public ulong SessionId { get; set; }

    /// <summary>Owner of new objects: 0 the user, n the n-th group, which must have the OWNER attribute.</summary>
    public uint OwnerIndex { get; set; }

    /// <summary>Group of new objects: 0 the user, n the n-th group.</summary>
    public uint PrimaryGroupIndex { get; set; }

    /// <summary>DACL of new objects, binary; null for none.</summary>
    public byte[]? DefaultDacl { get; set; }

    /// <summary>Who mints it.</summary>
    public TokenSource Source { get; set; }

    /// <summary>User claims, a claim array; null for none.</summary>
    public byte[]? UserClaims { get; set; }

    /// <summary>Device claims, a claim array; null for none.</summary>
    public byte[]? DeviceClaims { get; set; }

    /// <summary>Device groups; null for none.</summary>
    public IReadOnlyList<SidAndAttributes>? DeviceGroups { get; set; }

    /// <summary>Originating session; 0 for none.</summary>
    public ulong Origin { get; set; }

    /// <summary>0 for services.</summary>
    public uint InteractivityScope { get; set; }

    /// <summary>Encodes it. EINVAL: a part breaks the rules that can be seen here (KACS-TOK-048); E2BIG: over 64 KiB.</summary>
    public Result<byte[]> Encode()
    {
        if (!IsConsistent())
        {
            return Errno.EINVAL;
        }
        // Nearly all fit the first; 64 KiB for every token would be most of what PID 1 allocates during a boot.
        Result<byte[]> encoded = EncodeInto(new byte[UsualLength]);
        return encoded.Error == Errno.E2BIG ? EncodeInto(new byte[MaxLength]) : encoded;
    }

    private Result<byte[]> EncodeInto(byte[] buffer)
    {
        SpanWriter sections = new(buffer.AsSpan(HeaderLength));
        uint[] offsets = new uint[7];
        offsets[0] = Place(ref sections, User.ToArray());
        offsets[1] = PlaceSids(ref sections, Groups);
        offsets[2] = Place(ref sections, DefaultDacl);
        offsets[3] = Place(ref sections, UserClaims);
        offsets[4] = Place(ref sections, DeviceClaims);
        offsets[5] = PlaceSids(ref sections, DeviceGroups);
        offsets[6] = PlaceIds(ref sections);
        if (!sections.Ok)
        {
            return Errno.E2BIG;
        }
        WriteHeader(buffer, offsets);
        return buffer[..(HeaderLength + sections.Position)];
    }

    /// <summary>The specification of a logon session (KACS-TOK-084). EINVAL: the package name is too long.</summary>
    public static Result<byte[]> EncodeSession(LogonType type, string package, in Sid user)
    {
        byte[] name = Encoding.UTF8.GetBytes(package);
        int length = 7 + name.Length + user.BinaryLength;
        if (user.IsNone || length > 4096)
        {
            return Errno.EINVAL;
        }
        byte[] spec = new byte[length];
        SpanWriter writer = new(spec);
        writer.U8((byte)type);
        writer.U16((ushort)name.Length);
        writer.Bytes(name);
        writer.LengthPrefixed(user.ToArray());
        return spec;
    }

    private bool IsConsistent()
    {
        bool ownerFits = OwnerIndex == 0 ||
            (OwnerIndex <= Groups.Count && (Groups[(int)OwnerIndex - 1].Attributes & GroupAttributes.Owner) != 0);
        return !User.IsNone && Groups.Count <= MaxGroups && ownerFits && PrimaryGroupIndex <= Groups.Count &&
            (PrivilegesEnabled & ~PrivilegesPresent) == 0 && (Type != TokenType.Primary || Level == ImpersonationLevel.Anonymous) &&
            (DefaultDacl is null || (AclReader.TryRead(DefaultDacl, out AclReader acl) && acl.Raw.Length == DefaultDacl.Length));
    }

    private void WriteHeader(byte[] buffer, uint[] offsets)
    {
        SpanWriter header = new(buffer.AsSpan(0, HeaderLength));
        header.U32(Version);
        header.U8((byte)Type);
        header.U8((byte)Level);
        header.U16(0);
        header.U32(IntegrityLevel);
        header.U32(MandatoryPolicy);
        header.U64(PrivilegesPresent);
        header.U64(PrivilegesEnabled);
        header.U32(0);
        header.U32(ProjectedUid);
        header.U32(ProjectedGid);
        header.U32(AuditPolicy);
        header.U64(Expiration);
        header.U64(SessionId);
        header.U32(OwnerIndex);
        header.U32(PrimaryGroupIndex);
        byte[] source = new byte[8];
        Encoding.ASCII.TryGetBytes(Source.Name ?? "", source, out _);
        header.Bytes(source);
        header.U64(Source.Id);
        header.U32(offsets[0]);
        header.U32(offsets[1]);
        header.U32((uint)Groups.Count);
        header.U32(offsets[2]);
        header.U32((uint)(DefaultDacl?.Length ?? 0));
        header.U32(offsets[3]);
        header.U32((uint)(UserClaims?.Length ?? 0));
        header.U32(offsets[4]);
        header.U32((uint)(DeviceClaims?.Length ?? 0));
        header.U32(offsets[5]);
        header.U32((uint)(DeviceGroups?.Count ?? 0));
        // Offsets 132 to 159 describe restricted and confined tokens, which nobody mints: FilterToken makes them.
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(160), offsets[6]);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(164), (uint)SupplementaryGids.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.AsSpan(176), Origin);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(184), InteractivityScope);
    }

    private static uint Place(ref SpanWriter sections, byte[]? bytes)
    {
        if (bytes is null || bytes.Length == 0)
        {
            return 0;
        }
        uint offset = (uint)(HeaderLength + sections.Position);
        sections.Bytes(bytes);
        return offset;
    }

    private static uint PlaceSids(ref SpanWriter sections, IReadOnlyList<SidAndAttributes>? list)
    {
        if (list is null || list.Count == 0)
        {
            return 0;
        }
        uint offset = (uint)(HeaderLength + sections.Position);
        foreach (SidAndAttributes entry in list)
        {
            sections.LengthPrefixed(entry.Sid.ToArray());
            sections.U32((uint)entry.Attributes);
        }
        return offset;
    }

    private uint PlaceIds(ref SpanWriter sections)
    {
        if (SupplementaryGids.Count == 0)
        {
            return 0;
        }
        uint offset = (uint)(HeaderLength + sections.Position);
        foreach (uint id in SupplementaryGids)
        {
            sections.U32(id);
        }
        return offset;
    }
}
