// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Peios.Security;

/// <summary>
/// Iterates the ACEs of an ACL that has been validated as a whole (KACS-FMT-050, KACS-FMT-051), so that the
/// iteration itself cannot fail.
/// </summary>
public ref struct AclReader
{
    /// <summary>Header length.</summary>
    public const int HeaderLength = 8;

    private ReadOnlySpan<byte> _rest;

    private AclReader(ReadOnlySpan<byte> raw)
    {
        Raw = raw;
        _rest = raw[HeaderLength..];
    }

    /// <summary>The ACL's bytes, header included.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>The revision; readers do not act on it (KACS-FMT-052).</summary>
    public readonly byte Revision => Raw[0];

    /// <summary>How many ACEs it holds.</summary>
    public readonly int Count => BinaryPrimitives.ReadUInt16LittleEndian(Raw[4..]);

    /// <summary>Validates the ACL at the start of <paramref name="source"/>; its <see cref="Raw"/> is AclSize long.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out AclReader acl)
    {
        acl = default;
        if (source.Length < HeaderLength)
        {
            return false;
        }
        int size = BinaryPrimitives.ReadUInt16LittleEndian(source[2..]);
        if (size < HeaderLength || size > source.Length)
        {
            return false;
        }
        ReadOnlySpan<byte> rest = source[HeaderLength..size];
        for (int left = BinaryPrimitives.ReadUInt16LittleEndian(source[4..]); left > 0; left--)
        {
            if (!Ace.TryRead(rest, out Ace ace))
            {
                return false;
            }
            rest = rest[ace.Raw.Length..];
        }
        if (!rest.IsEmpty)
        {
            return false;
        }
        acl = new AclReader(source[..size]);
        return true;
    }

    /// <summary>The next ACE; false at the end.</summary>
    public bool MoveNext(out Ace ace)
    {
        if (_rest.IsEmpty || !Ace.TryRead(_rest, out ace))
        {
            ace = default;
            return false;
        }
        _rest = _rest[ace.Raw.Length..];
        return true;
    }
}
