// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Peios.Security;

/// <summary>
/// The SID of a service: S-1-5-80 and the SHA-1 of its upper-cased name in UTF-16LE (KACS-FMT-035). It is a group in
/// the service's token, never the user.
/// </summary>
public static class ServiceSid
{
    /// <summary>Longest service name in UTF-8 bytes (AUTH-044).</summary>
    public const int MaxNameBytes = 200;

    /// <summary>What display names begin with.</summary>
    public const string Prefix = "SERVICE\\";

    /// <summary>Is it a name that authd mints for: 1 to 200 UTF-8 bytes, no backslash, no control character?</summary>
    public static bool IsValidName(string name)
    {
        foreach (char c in name)
        {
            if (c == '\\' || char.IsControl(c))
            {
                return false;
            }
        }
        return name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MaxNameBytes;
    }

    /// <summary>The SID of service <paramref name="name"/>.</summary>
    public static Sid Of(string name)
    {
        Span<byte> digest = stackalloc byte[Sha1.Length];
        Sha1.Hash(MemoryMarshal.AsBytes(name.ToUpperInvariant().AsSpan()), digest);
        Span<uint> sub = stackalloc uint[6];
        sub[0] = 80;
        for (int i = 0; i < 5; i++)
        {
            sub[i + 1] = BinaryPrimitives.ReadUInt32LittleEndian(digest[(4 * i)..]);
        }
        return new Sid(5, sub);
    }

    /// <summary>Has the SID the form of a service's?</summary>
    public static bool IsService(in Sid sid) => sid is { Authority: 5, SubAuthorityCount: 6 } && sid.SubAuthority(0) == 80;
}
