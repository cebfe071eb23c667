// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Text;

namespace Peios.Security;

/// <summary>
/// The SID of a capability that has no number of its own: S-1-15-3 and the SHA-256 of its name in UTF-8 (KACS-FMT-034).
/// </summary>
public static class CapabilitySid
{
    /// <summary>The SID of capability <paramref name="name"/>; case counts.</summary>
    public static Sid Of(string name)
    {
        Span<byte> digest = stackalloc byte[Sha256.Length];
        Sha256.Hash(Encoding.UTF8.GetBytes(name), digest);
        Span<uint> sub = stackalloc uint[9];
        sub[0] = 3;
        for (int i = 1; i < sub.Length; i++)
        {
            sub[i] = BinaryPrimitives.ReadUInt32LittleEndian(digest[(4 * (i - 1))..]);
        }
        return new Sid(15, sub);
    }
}
