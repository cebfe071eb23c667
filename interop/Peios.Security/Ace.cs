// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Peios.Security;

/// <summary>
/// A view of one ACE that has passed <see cref="TryRead"/>: its parts lie inside its bytes. Types that nobody knows
/// have only a header and <see cref="Raw"/>; they are skipped in evaluation and kept byte for byte (KACS-FMT-074).
/// </summary>
public readonly ref struct Ace
{
    private const uint ObjectTypePresent = 1;
    private const uint InheritedObjectTypePresent = 2;
    private const int GuidLength = 16;

    private readonly int _sidOffset;

    private Ace(ReadOnlySpan<byte> raw, int sidOffset, Sid sid)
    {
        Raw = raw;
        _sidOffset = sidOffset;
        Sid = sid;
    }

    /// <summary>All bytes, header to AceSize.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>The type; may be a value without a name.</summary>
    public AceType Type => (AceType)Raw[0];

    /// <summary>The flags.</summary>
    public AceFlags Flags => (AceFlags)Raw[1];

    /// <summary>Has this type a layout that we know?</summary>
    public bool IsKnown => IsKnownType(Type);

    /// <summary>The access mask; 0 for unknown types.</summary>
    public uint Mask => IsKnown ? BinaryPrimitives.ReadUInt32LittleEndian(Raw[4..]) : 0;

    /// <summary>The SID; none for unknown types.</summary>
    public Sid Sid { get; }

    /// <summary>Object flags of object ACEs, else 0.</summary>
    public uint ObjectFlags => IsObjectType(Type) ? BinaryPrimitives.ReadUInt32LittleEndian(Raw[8..]) : 0;

    /// <summary>The object type GUID, or empty.</summary>
    public ReadOnlySpan<byte> ObjectType => (ObjectFlags & ObjectTypePresent) != 0 ? Raw.Slice(12, GuidLength) : default;

    /// <summary>The inherited object type GUID, or empty.</summary>
    public ReadOnlySpan<byte> InheritedObjectType =>
        (ObjectFlags & InheritedObjectTypePresent) != 0 ? Raw.Slice(_sidOffset - GuidLength, GuidLength) : default;

    /// <summary>
    /// What follows the SID: the condition of callback ACEs, the claim of a resource attribute, else empty.
    /// </summary>
    public ReadOnlySpan<byte> ApplicationData => IsKnown ? Raw[(_sidOffset + Sid.BinaryLength)..] : default;

    /// <summary>Is it a type of KACS-FMT-062 with a defined layout?</summary>
    public static bool IsKnownType(AceType type) => type <= AceType.ProcessTrustLabel && (byte)type != 4;

    /// <summary>Has the type an object body?</summary>
    public static bool IsObjectType(AceType type) =>
        type is >= AceType.AccessAllowedObject and <= AceType.SystemAlarmObject
            or AceType.AccessAllowedCallbackObject or AceType.AccessDeniedCallbackObject
            or AceType.SystemAuditCallbackObject or AceType.SystemAlarmCallbackObject;

    /// <summary>May application data follow the SID?</summary>
    public static bool IsCallbackType(AceType type) => type is >= AceType.AccessAllowedCallback and <= AceType.SystemAlarmCallbackObject;

    /// <summary>
    /// Has a label's SID the shape that carries its value (KACS-FMT-070)? True for every other type. A label of another
    /// shape is malformed only where it would count; <see cref="SecurityDescriptor.TryRead"/> looks there.
    /// </summary>
    public bool IsLabelShaped => Type switch
    {
        AceType.MandatoryLabel => Sid is { Authority: 16, SubAuthorityCount: 1 },
        AceType.ProcessTrustLabel => Sid is { Authority: 19, SubAuthorityCount: 2 },
        _ => true,
    };

    /// <summary>Does the type decide access in a DACL?</summary>
    public static bool IsAccessType(AceType type) =>
        type is AceType.AccessAllowed or AceType.AccessDenied or AceType.AccessAllowedObject or AceType.AccessDeniedObject
            or (>= AceType.AccessAllowedCallback and <= AceType.AccessDeniedCallbackObject);

    /// <summary>
    /// Reads the ACE at the start of <paramref name="source"/>; the length of <see cref="Raw"/> is what it took.
    /// False if it is malformed (KACS-FMT-061, KACS-FMT-064 to KACS-FMT-070).
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out Ace ace)
    {
        ace = default;
        if (source.Length < 4)
        {
            return false;
        }
        int size = BinaryPrimitives.ReadUInt16LittleEndian(source[2..]);
        if (size < 4 || (size & 3) != 0 || size > source.Length)
        {
            return false;
        }
        ReadOnlySpan<byte> raw = source[..size];
        AceType type = (AceType)raw[0];
        if (!IsKnownType(type))
        {
            ace = new Ace(raw, size, default);
            return true;
        }
        if (!TrySidOffset(raw, type, out int offset) || !Sid.TryRead(raw[offset..], out Sid sid))
        {
            return false;
        }
        ace = new Ace(raw, offset, sid);
        return IsBodyValid(ace);
    }

    private static bool TrySidOffset(ReadOnlySpan<byte> raw, AceType type, out int offset)
    {
        offset = 8;
        if (!IsObjectType(type))
        {
            return raw.Length >= 16;
        }
        if (raw.Length < 12)
        {
            return false;
        }
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(raw[8..]);
        offset = 12;
        offset += (flags & ObjectTypePresent) != 0 ? GuidLength : 0;
        offset += (flags & InheritedObjectTypePresent) != 0 ? GuidLength : 0;
        return offset <= raw.Length;
    }

    private static bool IsBodyValid(in Ace ace) => ace.Type switch
    {
        AceType.ResourceAttribute => ace.Sid == WellKnownSids.Everyone && ClaimEntry.TryRead(ace.ApplicationData, out _),
        _ => IsCallbackType(ace.Type) || ace.ApplicationData.IsEmpty,
    };
}
