// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Buffers.Binary;

namespace Peios.Security;

/// <summary>
/// Builds an ACL in the order given. The revision is the smallest that fits the types (KACS-FMT-053). An ACE or ACL
/// too long for its 16-bit size makes <see cref="TryBuild"/> fail; nothing is cut.
/// </summary>
public sealed class AclBuilder
{
    private readonly ArrayBufferWriter<byte> _aces = new(64);
    private bool _overflow;
    private byte _revision = 2;

    /// <summary>
    /// The revision of the ACL that unknown ACEs come from: it is kept, since nobody can say what they need
    /// (KACS-FMT-053). The larger one if there is no such ACL.
    /// </summary>
    public byte SourceRevision { get; init; } = 4;

    /// <summary>ACEs so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an allow ACE.</summary>
    public AclBuilder Allow(in Sid sid, uint mask, AceFlags flags = AceFlags.None) => Add(AceType.AccessAllowed, flags, mask, sid);

    /// <summary>Adds a deny ACE.</summary>
    public AclBuilder Deny(in Sid sid, uint mask, AceFlags flags = AceFlags.None) => Add(AceType.AccessDenied, flags, mask, sid);

    /// <summary>
    /// Adds an ACE of any known type; the GUIDs count only for object types and empty means absent.
    /// <paramref name="data"/> is padded with zeros to a multiple of four.
    /// </summary>
    public AclBuilder Add(
        AceType type, AceFlags flags, uint mask, in Sid sid, ReadOnlySpan<byte> data = default,
        ReadOnlySpan<byte> objectType = default, ReadOnlySpan<byte> inheritedType = default)
    {
        bool isObject = Ace.IsObjectType(type);
        int head = isObject ? 12 + objectType.Length + inheritedType.Length : 8;
        int size = (head + sid.BinaryLength + data.Length + 3) & ~3;
        if (size > ushort.MaxValue)
        {
            _overflow = true;
            return this;
        }
        Span<byte> ace = _aces.GetSpan(size)[..size];
        ace.Clear();
        ace[0] = (byte)type;
        ace[1] = (byte)flags;
        BinaryPrimitives.WriteUInt16LittleEndian(ace[2..], (ushort)size);
        BinaryPrimitives.WriteUInt32LittleEndian(ace[4..], mask);
        if (isObject)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(ace[8..], (objectType.IsEmpty ? 0u : 1u) | (inheritedType.IsEmpty ? 0u : 2u));
            objectType.CopyTo(ace[12..]);
            inheritedType.CopyTo(ace[(12 + objectType.Length)..]);
        }
        sid.Write(ace[head..]);
        data.CopyTo(ace[(head + sid.BinaryLength)..]);
        Commit(type, size);
        return this;
    }

    /// <summary>Adds an ACE byte for byte, known or not.</summary>
    public AclBuilder AddRaw(in Ace ace)
    {
        ace.Raw.CopyTo(_aces.GetSpan(ace.Raw.Length));
        Commit(ace.Type, ace.Raw.Length);
        return this;
    }

    /// <summary>The ACL's bytes; false if it is longer than its format allows.</summary>
    public bool TryBuild(out byte[] acl)
    {
        int size = AclReader.HeaderLength + _aces.WrittenCount;
        if (_overflow || size > ushort.MaxValue || Count > ushort.MaxValue)
        {
            acl = [];
            return false;
        }
        acl = new byte[size];
        acl[0] = _revision;
        BinaryPrimitives.WriteUInt16LittleEndian(acl.AsSpan(2), (ushort)size);
        BinaryPrimitives.WriteUInt16LittleEndian(acl.AsSpan(4), (ushort)Count);
        _aces.WrittenSpan.CopyTo(acl.AsSpan(AclReader.HeaderLength));
        return true;
    }

    private void Commit(AceType type, int size)
    {
        _aces.Advance(size);
        Count++;
        // 0x05-0x10 need the larger revision.
        byte needed = type is >= AceType.AccessAllowedObject and <= AceType.SystemAlarmCallbackObject ? (byte)4
            : Ace.IsKnownType(type) ? (byte)2
            : SourceRevision;
        _revision = Math.Max(_revision, needed);
    }
}
