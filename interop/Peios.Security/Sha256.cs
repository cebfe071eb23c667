// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Peios.Security;

/// <summary>SHA-256 for capability SIDs alone: the platform's needs OpenSSL, which a static program has not.</summary>
internal static class Sha256
{
    public const int Length = 32;

    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    public static void Hash(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        Span<uint> state =
        [
            0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
        ];
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
        for (int i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], state[i]);
        }
    }

    private static void Block(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[64];
        for (int i = 0; i < 16; i++)
        {
            w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]);
        }
        for (int i = 16; i < w.Length; i++)
        {
            w[i] = w[i - 16] + Turned(w[i - 15], 7, 18, w[i - 15] >> 3) + w[i - 7] + Turned(w[i - 2], 17, 19, w[i - 2] >> 10);
        }
        Span<uint> s = stackalloc uint[8];
        state.CopyTo(s);
        for (int i = 0; i < w.Length; i++)
        {
            uint choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
            uint majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
            uint first = s[7] + Turned(s[4], 6, 11, BitOperations.RotateRight(s[4], 25)) + choice + Constants[i] + w[i];
            uint second = Turned(s[0], 2, 13, BitOperations.RotateRight(s[0], 22)) + majority;
            s[..7].CopyTo(s[1..]);
            s[4] += first;
            s[0] = first + second;
        }
        for (int i = 0; i < s.Length; i++)
        {
            state[i] += s[i];
        }
    }

    private static uint Turned(uint value, int a, int b, uint last) =>
        BitOperations.RotateRight(value, a) ^ BitOperations.RotateRight(value, b) ^ last;
}
