// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Peios.Interop;

/// <summary>
/// Bounded little-endian writer with a sticky error, the twin of <c>pkm_writer</c>: what does not fit is not written,
/// and <see cref="Ok"/> tells at the end.
/// </summary>
public ref struct SpanWriter
{
    private readonly Span<byte> _data;
    private int _pos;

    /// <summary>Writes from the start of <paramref name="data"/>.</summary>
    public SpanWriter(Span<byte> data)
    {
        _data = data;
        _pos = 0;
        Ok = true;
    }

    /// <summary>False after any write that did not fit.</summary>
    public bool Ok { get; private set; }

    /// <summary>Bytes written.</summary>
    public readonly int Position => _pos;

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _data[.._pos];

    /// <summary>Writes one byte.</summary>
    public void U8(byte value)
    {
        Span<byte> b = Take(1);
        if (!b.IsEmpty)
        {
            b[0] = value;
        }
    }

    /// <summary>Writes a u16.</summary>
    public void U16(ushort value)
    {
        Span<byte> b = Take(2);
        if (!b.IsEmpty)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(b, value);
        }
    }

    /// <summary>Writes a u32.</summary>
    public void U32(uint value)
    {
        Span<byte> b = Take(4);
        if (!b.IsEmpty)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(b, value);
        }
    }

    /// <summary>Writes a u64.</summary>
    public void U64(ulong value)
    {
        Span<byte> b = Take(8);
        if (!b.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(b, value);
        }
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Span<byte> b = Take(value.Length);
        if (Ok)
        {
            value.CopyTo(b);
        }
    }

    /// <summary>Writes a u32 length and the bytes.</summary>
    public void LengthPrefixed(ReadOnlySpan<byte> value)
    {
        U32((uint)value.Length);
        Bytes(value);
    }

    /// <summary>Overwrites a u32 written earlier, for lengths known only at the end.</summary>
    public readonly void PatchU32(int position, uint value)
    {
        if (position >= 0 && position + 4 <= _pos)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_data[position..], value);
        }
    }

    private Span<byte> Take(int count)
    {
        if (!Ok || count > _data.Length - _pos)
        {
            Ok = false;
            return default;
        }

        Span<byte> view = _data.Slice(_pos, count);
        _pos += count;
        return view;
    }
}
