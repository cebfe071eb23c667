// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Peios.Interop;

/// <summary>
/// Bounded little-endian reader with a sticky error, the twin of <c>pkm_cursor</c>: after the first overrun every
/// read yields zero or empty, and one check of <see cref="Ok"/> at the end decides.
/// </summary>
public ref struct SpanReader
{
    private readonly ReadOnlySpan<byte> _data;
    private int _pos;

    /// <summary>Reads from the start of <paramref name="data"/>.</summary>
    public SpanReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        _pos = 0;
        Ok = true;
    }

    /// <summary>False after any read beyond the end.</summary>
    public bool Ok { get; private set; }

    /// <summary>Bytes consumed so far.</summary>
    public readonly int Position => _pos;

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _data.Length - _pos;

    /// <summary>True when everything was read and nothing overran.</summary>
    public readonly bool AtEnd => Ok && Remaining == 0;

    /// <summary>Reads one byte.</summary>
    public byte U8()
    {
        ReadOnlySpan<byte> b = Bytes(1);
        return b.IsEmpty ? (byte)0 : b[0];
    }

    /// <summary>Reads a u16.</summary>
    public ushort U16()
    {
        ReadOnlySpan<byte> b = Bytes(2);
        return b.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16LittleEndian(b);
    }

    /// <summary>Reads a u32.</summary>
    public uint U32()
    {
        ReadOnlySpan<byte> b = Bytes(4);
        return b.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(b);
    }

    /// <summary>Reads a u64.</summary>
    public ulong U64()
    {
        ReadOnlySpan<byte> b = Bytes(8);
        return b.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(b);
    }

    /// <summary>Reads <paramref name="count"/> bytes as a view; empty after an overrun or for a negative or huge count.</summary>
    public ReadOnlySpan<byte> Bytes(long count)
    {
        if (!Ok || count < 0 || count > Remaining)
        {
            Ok = false;
            return default;
        }

        ReadOnlySpan<byte> view = _data.Slice(_pos, (int)count);
        _pos += (int)count;
        return view;
    }

    /// <summary>Reads a u32 length and that many bytes.</summary>
    public ReadOnlySpan<byte> LengthPrefixed() => Bytes(U32());

    /// <summary>Skips bytes.</summary>
    public void Skip(long count) => Bytes(count);
}
