// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>GUIDs that are computed from names (RFC 4122, version 5).</summary>
public static class NameGuid
{
    private const int MaxName = 4096;

    /// <summary>The GUID of a name in a namespace; names are cut after 4,096 bytes.</summary>
    /// <param name="space">Namespace; hashed in the RFC's byte order.</param>
    /// <param name="name">UTF-8 text.</param>
    public static Guid Create(Guid space, ReadOnlySpan<byte> name)
    {
        name = name[..Math.Min(name.Length, MaxName)];
        Span<byte> text = stackalloc byte[16 + name.Length];
        _ = space.TryWriteBytes(text, bigEndian: true, out _);
        name.CopyTo(text[16..]);
        Span<byte> digest = stackalloc byte[Sha1.Length];
        Sha1.Hash(text, digest);
        digest[6] = (byte)((digest[6] & 0x0f) | 0x50);
        digest[8] = (byte)((digest[8] & 0x3f) | 0x80);
        return new Guid(digest[..16], bigEndian: true);
    }
}
