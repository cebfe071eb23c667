// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Peios.Security;

/// <summary>
/// A validated view of one claim: a name, a type, flags and values (KACS-FMT-103 to KACS-FMT-106). Every offset,
/// nested ones included, has been checked.
/// </summary>
public readonly ref struct ClaimEntry
{
    /// <summary>Longest name in UTF-16 units, the terminator not counted.</summary>
    public const int MaxNameLength = 255;

    /// <summary>Most values.</summary>
    public const int MaxValues = 1024;

    private const int HeaderLength = 16;

    private ClaimEntry(ReadOnlySpan<byte> raw, ReadOnlySpan<char> name)
    {
        Raw = raw;
        Name = name;
    }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>The name, without its terminator.</summary>
    public ReadOnlySpan<char> Name { get; }

    /// <summary>The type of every value.</summary>
    public ClaimType Type => (ClaimType)BinaryPrimitives.ReadUInt16LittleEndian(Raw[4..]);

    /// <summary>The flags; unknown bits are kept.</summary>
    public uint Flags => BinaryPrimitives.ReadUInt32LittleEndian(Raw[8..]);

    /// <summary>How many values it has; 0 resolves as an absent attribute.</summary>
    public int Count => BinaryPrimitives.ReadInt32LittleEndian(Raw[12..]);

    /// <summary>Validates an entry; trailing bytes are padding.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out ClaimEntry entry)
    {
        entry = default;
        if (source.Length < HeaderLength)
        {
            return false;
        }
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]);
        if (count > MaxValues || source.Length < HeaderLength + (4 * (int)count) ||
            !TryString(source, BinaryPrimitives.ReadUInt32LittleEndian(source), out ReadOnlySpan<char> name) || name.Length > MaxNameLength)
        {
            return false;
        }
        entry = new ClaimEntry(source, name);
        if (entry.Type is not (ClaimType.Int64 or ClaimType.UInt64 or ClaimType.String or ClaimType.Sid or ClaimType.Boolean or ClaimType.Octet))
        {
            return false;
        }
        for (int i = 0; i < (int)count; i++)
        {
            if (!entry.IsValueValid(i))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Value <paramref name="index"/> of an integer or boolean claim, as its 64 bits.</summary>
    public ulong Number(int index) => BinaryPrimitives.ReadUInt64LittleEndian(Raw[(int)Offset(index)..]);

    /// <summary>Value <paramref name="index"/> of a string claim.</summary>
    public ReadOnlySpan<char> String(int index) => TryString(Raw, Nested(index), out ReadOnlySpan<char> text) ? text : default;

    /// <summary>Value <paramref name="index"/> of a SID claim.</summary>
    public Sid Sid(int index) => Security.Sid.TryRead(Raw[(int)Nested(index)..], out Sid sid) ? sid : default;

    /// <summary>Value <paramref name="index"/> of an octet claim.</summary>
    public ReadOnlySpan<byte> Octets(int index) => TryOctets(Raw, Nested(index), out ReadOnlySpan<byte> bytes) ? bytes : default;

    private uint Offset(int index) => BinaryPrimitives.ReadUInt32LittleEndian(Raw[(HeaderLength + (4 * index))..]);

    private uint Nested(int index) => BinaryPrimitives.ReadUInt32LittleEndian(Raw[(int)Offset(index)..]);

    private bool IsValueValid(int index)
    {
        uint offset = Offset(index);
        if (Type is ClaimType.Int64 or ClaimType.UInt64 or ClaimType.Boolean)
        {
            return offset <= Raw.Length - 8 && Raw.Length >= 8;
        }
        if (Raw.Length < 4 || offset > Raw.Length - 4)
        {
            return false;
        }
        uint nested = Nested(index);
        return Type switch
        {
            ClaimType.String => TryString(Raw, nested, out _),
            ClaimType.Sid => nested < Raw.Length && Security.Sid.TryRead(Raw[(int)nested..], out _),
            _ => TryOctets(Raw, nested, out _),
        };
    }

    private static bool TryString(ReadOnlySpan<byte> source, uint offset, out ReadOnlySpan<char> text)
    {
        text = default;
        if (offset >= source.Length)
        {
            return false;
        }
        ReadOnlySpan<char> units = MemoryMarshal.Cast<byte, char>(source[(int)offset..]);
        int end = units.IndexOf('\0');
        if (end < 0)
        {
            return false;
        }
        text = units[..end];
        return true;
    }

    private static bool TryOctets(ReadOnlySpan<byte> source, uint offset, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (offset > source.Length - 4)
        {
            return false;
        }
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(source[(int)offset..]);
        if (length > source.Length - 4 - offset)
        {
            return false;
        }
        bytes = source.Slice((int)offset + 4, (int)length);
        return true;
    }
}
