// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Peios.Security;

/// <summary>
/// SHA-1 for service SIDs alone: the platform's needs OpenSSL, which a static program has not (AUTH-044). It names
/// things; nothing here may rest on it against forgery.
/// </summary>
internal static class Sha1
{
    public const int Length = 20;

    public static void Hash(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        ulong bits = (ulong)data.Length * 8;
        while (data.Length >= 64)
        {
            Block(state, data[..64]);
            data = data[64..];
        }
        // The rest, one bit, zeros, and the length in the last eight bytes of the last block.
        Span<byte> tail = stackalloc byte[128];
        tail.Clear();
        data.CopyTo(tail);
        tail[data.Length] = 0x80;
        int length = data.Length < 56 ? 64 : 128;
        BinaryPrimitives.WriteUInt64BigEndian(tail[(length - 8)..], bits);
        for (int i = 0; i < length; i += 64)
        {
            Block(state, tail.Slice(i, 64));
        }
        for (int i = 0; i < 5; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], state[i]);
        }
    }

    private static void Block(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[80];
        for (int i = 0; i < 16; i++)
        {
            w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]);
        }
        for (int i = 16; i < 80; i++)
        {
            w[i] = BitOperations.RotateLeft(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        }
        (uint a, uint b, uint c, uint d, uint e) = (state[0], state[1], state[2], state[3], state[4]);
        for (int i = 0; i < 80; i++)
        {
            (uint f, uint k) = i switch
            {
                < 20 => ((b & c) | (~b & d), 0x5A827999u),
                < 40 => (b ^ c ^ d, 0x6ED9EBA1u),
                < 60 => ((b & c) | (b & d) | (c & d), 0x8F1BBCDCu),
                _ => (b ^ c ^ d, 0xCA62C1D6u),
            };
            uint next = BitOperations.RotateLeft(a, 5) + f + e + k + w[i];
            (a, b, c, d, e) = (next, a, BitOperations.RotateLeft(b, 30), c, d);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}
