// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Peinit.Core;

/// <summary>
/// Version 4 GUIDs from a seed (xoroshiro128++). Jobs and operations need names that differ, not names that cannot be
/// guessed: access to them is checked, so a deterministic source does no harm and lets every run replay.
/// </summary>
internal sealed class IdSource
{
    private ulong _a;
    private ulong _b;

    /// <summary>Starts the sequence.</summary>
    public IdSource(UInt128 seed)
    {
        _a = (ulong)(seed >> 64);
        _b = (ulong)seed;
        if ((_a | _b) == 0)
        {
            _b = 1;
        }
    }

    /// <summary>The state, for the snapshot.</summary>
    public UInt128 State => ((UInt128)_a << 64) | _b;

    /// <summary>The next GUID.</summary>
    public Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, NextWord());
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], NextWord());
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private ulong NextWord()
    {
        ulong a = _a;
        ulong b = _b;
        ulong result = ulong.RotateLeft(a + b, 17) + a;
        b ^= a;
        _a = ulong.RotateLeft(a, 49) ^ b ^ (b << 21);
        _b = ulong.RotateLeft(b, 28);
        return result;
    }
}
