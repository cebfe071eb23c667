// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Text;

namespace Peios.Events;

/// <summary>
/// Writes MessagePack in its shortest forms into a span that the caller owns. What does not fit is not written;
/// <see cref="Ok"/> tells at the end. Allocates nothing.
/// </summary>
public ref struct MsgPackWriter
{
    private readonly Span<byte> _data;
    private int _pos;

    /// <summary>Writes from the start of <paramref name="data"/>.</summary>
    public MsgPackWriter(Span<byte> data)
    {
        _data = data;
        _pos = 0;
        Ok = true;
    }

    /// <summary>False after a write that did not fit.</summary>
    public bool Ok { get; private set; }

    /// <summary>Bytes written.</summary>
    public readonly int Length => _pos;

    /// <summary>What was written; empty when something did not fit, so that no half value leaves.</summary>
    public readonly ReadOnlySpan<byte> Written => Ok ? _data[.._pos] : default;

    /// <summary>Writes nil.</summary>
    public void Nil() => Byte(0xc0);

    /// <summary>Writes a boolean.</summary>
    public void Boolean(bool value) => Byte(value ? (byte)0xc3 : (byte)0xc2);

    /// <summary>Writes a signed integer.</summary>
    public void Int64(long value)
    {
        switch (value)
        {
            case >= 0:
                UInt64((ulong)value);
                break;
            case >= -32:
                Byte((byte)value);
                break;
            case >= sbyte.MinValue:
                Tagged(0xd0, 1, (ulong)value);
                break;
            case >= short.MinValue:
                Tagged(0xd1, 2, (ulong)value);
                break;
            case >= int.MinValue:
                Tagged(0xd2, 4, (ulong)value);
                break;
            default:
                Tagged(0xd3, 8, (ulong)value);
                break;
        }
    }

    /// <summary>Writes an unsigned integer.</summary>
    public void UInt64(ulong value)
    {
        switch (value)
        {
            case < 0x80:
                Byte((byte)value);
                break;
            case <= byte.MaxValue:
                Tagged(0xcc, 1, value);
                break;
            case <= ushort.MaxValue:
                Tagged(0xcd, 2, value);
                break;
            case <= uint.MaxValue:
                Tagged(0xce, 4, value);
                break;
            default:
                Tagged(0xcf, 8, value);
                break;
        }
    }

    /// <summary>Writes a 64-bit float.</summary>
    public void Double(double value)
    {
        Span<byte> b = Take(9);
        if (!b.IsEmpty)
        {
            b[0] = 0xcb;
            BinaryPrimitives.WriteDoubleBigEndian(b[1..], value);
        }
    }

    /// <summary>Writes a string given as UTF-8.</summary>
    public void String(scoped ReadOnlySpan<byte> utf8)
    {
        StringHeader(utf8.Length);
        Raw(utf8);
    }

    /// <summary>Writes a string, encoding it as UTF-8; a lone surrogate becomes U+FFFD.</summary>
    public void String(scoped ReadOnlySpan<char> text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        StringHeader(length);
        Span<byte> b = Take(length);
        if (Ok && length > 0)
        {
            _ = Encoding.UTF8.GetBytes(text, b);
        }
    }

    /// <summary>Writes bytes.</summary>
    public void Binary(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= byte.MaxValue)
        {
            Tagged(0xc4, 1, (ulong)bytes.Length);
        }
        else if (bytes.Length <= ushort.MaxValue)
        {
            Tagged(0xc5, 2, (ulong)bytes.Length);
        }
        else
        {
            Tagged(0xc6, 4, (ulong)bytes.Length);
        }

        Raw(bytes);
    }

    /// <summary>Writes a GUID as 16 bytes in Microsoft layout.</summary>
    public void Guid(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = value.TryWriteBytes(bytes);
        Binary(bytes);
    }

    /// <summary>Writes an array header; the elements follow.</summary>
    public void Array(int count) => Container(0x90, 0xdc, count);

    /// <summary>Writes a map header; <paramref name="pairs"/> keys and values follow.</summary>
    public void Map(int pairs) => Container(0x80, 0xde, pairs);

    /// <summary>Copies bytes that are encoded already.</summary>
    public void Raw(scoped ReadOnlySpan<byte> encoded)
    {
        Span<byte> b = Take(encoded.Length);
        if (Ok)
        {
            encoded.CopyTo(b);
        }
    }

    private void StringHeader(int length)
    {
        switch (length)
        {
            case < 32:
                Byte((byte)(0xa0 | length));
                break;
            case <= byte.MaxValue:
                Tagged(0xd9, 1, (ulong)length);
                break;
            case <= ushort.MaxValue:
                Tagged(0xda, 2, (ulong)length);
                break;
            default:
                Tagged(0xdb, 4, (ulong)length);
                break;
        }
    }

    private void Container(byte fix, byte wide, int count)
    {
        switch (count)
        {
            case < 0:
                Ok = false;
                break;
            case < 16:
                Byte((byte)(fix | count));
                break;
            case <= ushort.MaxValue:
                Tagged(wide, 2, (ulong)count);
                break;
            default:
                Tagged((byte)(wide + 1), 4, (ulong)count);
                break;
        }
    }

    private void Byte(byte value)
    {
        Span<byte> b = Take(1);
        if (!b.IsEmpty)
        {
            b[0] = value;
        }
    }

    private void Tagged(byte tag, int width, ulong value)
    {
        Span<byte> b = Take(1 + width);
        if (b.IsEmpty)
        {
            return;
        }

        b[0] = tag;
        for (int i = width; i > 0; i--)
        {
            b[i] = (byte)value;
            value >>= 8;
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
