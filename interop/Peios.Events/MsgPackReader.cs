// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Peios.Events;

/// <summary>
/// Reads MessagePack from a span. No method throws or reads past the end; the first bad byte, wrong type or overrun
/// makes <see cref="Ok"/> false for good, and every later read yields nothing. Allocates nothing.
/// </summary>
public ref struct MsgPackReader
{
    private readonly ReadOnlySpan<byte> _data;
    private int _pos;

    /// <summary>Reads from the start of <paramref name="data"/>.</summary>
    public MsgPackReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        _pos = 0;
        Ok = true;
    }

    /// <summary>False after the first failure.</summary>
    public bool Ok { get; private set; }

    /// <summary>Bytes consumed.</summary>
    public readonly int Position => _pos;

    /// <summary>Everything was read and nothing failed.</summary>
    public readonly bool AtEnd => Ok && _pos == _data.Length;

    /// <summary>Kind of the next value, which is not consumed.</summary>
    public readonly MsgPackType NextType
    {
        get
        {
            if (!Ok || _pos >= _data.Length)
            {
                return MsgPackType.None;
            }

            byte tag = _data[_pos];
            return tag switch
            {
                < 0x80 or >= 0xe0 => MsgPackType.Integer,
                < 0x90 => MsgPackType.Map,
                < 0xa0 => MsgPackType.Array,
                < 0xc0 => MsgPackType.String,
                0xc0 => MsgPackType.Nil,
                0xc1 => MsgPackType.None,
                <= 0xc3 => MsgPackType.Boolean,
                <= 0xc6 => MsgPackType.Binary,
                <= 0xc9 => MsgPackType.Extension,
                <= 0xcb => MsgPackType.Float,
                <= 0xd3 => MsgPackType.Integer,
                <= 0xd8 => MsgPackType.Extension,
                <= 0xdb => MsgPackType.String,
                <= 0xdd => MsgPackType.Array,
                _ => MsgPackType.Map,
            };
        }
    }

    /// <summary>Reads nil.</summary>
    public bool TryReadNil() => Take(1, out ReadOnlySpan<byte> b) && (b[0] == 0xc0 || Fail());

    /// <summary>Reads a boolean.</summary>
    public bool TryReadBoolean(out bool value)
    {
        value = Take(1, out ReadOnlySpan<byte> b) && b[0] == 0xc3;
        return Ok && (b[0] is 0xc2 or 0xc3 || Fail());
    }

    /// <summary>Reads an integer of any width; one above 2^63-1 fails.</summary>
    public bool TryReadInt64(out long value)
    {
        value = 0;
        if (!ReadInteger(out ulong bits, out bool negative))
        {
            return false;
        }

        value = (long)bits;
        return negative || value >= 0 || Fail();
    }

    /// <summary>Reads a non-negative integer of any width.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        value = 0;
        if (!ReadInteger(out ulong bits, out bool negative))
        {
            return false;
        }

        value = bits;
        return !negative || Fail();
    }

    /// <summary>Reads a float of either width.</summary>
    public bool TryReadDouble(out double value)
    {
        value = 0;
        if (!Take(1, out ReadOnlySpan<byte> tag))
        {
            return false;
        }

        switch (tag[0])
        {
            case 0xca when Take(4, out ReadOnlySpan<byte> b):
                value = BinaryPrimitives.ReadSingleBigEndian(b);
                return true;
            case 0xcb when Take(8, out ReadOnlySpan<byte> b):
                value = BinaryPrimitives.ReadDoubleBigEndian(b);
                return true;
            default:
                return Fail();
        }
    }

    /// <summary>Reads a string; the bytes are UTF-8 if the writer kept the rules, nobody checked.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (!Take(1, out ReadOnlySpan<byte> tag))
        {
            return false;
        }

        uint length;
        switch (tag[0])
        {
            case >= 0xa0 and < 0xc0:
                length = tag[0] & 0x1fu;
                break;
            case >= 0xd9 and <= 0xdb:
                if (!Length(1 << (tag[0] - 0xd9), out length))
                {
                    return false;
                }

                break;
            default:
                return Fail();
        }

        return Take(length, out utf8);
    }

    /// <summary>Reads binary.</summary>
    public bool TryReadBinary(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return Take(1, out ReadOnlySpan<byte> tag)
            && (tag[0] is >= 0xc4 and <= 0xc6 || Fail())
            && Length(1 << (tag[0] - 0xc4), out uint length)
            && Take(length, out bytes);
    }

    /// <summary>Reads an extension value.</summary>
    public bool TryReadExtension(out sbyte type, out ReadOnlySpan<byte> bytes)
    {
        type = 0;
        bytes = default;
        if (!Take(1, out ReadOnlySpan<byte> tag))
        {
            return false;
        }

        uint length;
        switch (tag[0])
        {
            case >= 0xd4 and <= 0xd8:
                length = 1u << (tag[0] - 0xd4);
                break;
            case >= 0xc7 and <= 0xc9:
                if (!Length(1 << (tag[0] - 0xc7), out length))
                {
                    return false;
                }

                break;
            default:
                return Fail();
        }

        if (!Take(1, out ReadOnlySpan<byte> kind))
        {
            return false;
        }

        type = (sbyte)kind[0];
        return Take(length, out bytes);
    }

    /// <summary>Reads an array header; the elements follow. Never more than the bytes left, each element needs one.</summary>
    public bool TryReadArray(out int count) => Container(0x90, 0xdc, 1, out count);

    /// <summary>Reads a map header; <paramref name="pairs"/> keys and values follow.</summary>
    public bool TryReadMap(out int pairs) => Container(0x80, 0xde, 2, out pairs);

    /// <summary>Passes over one value with all it contains, without recursion.</summary>
    public bool TrySkip()
    {
        long left = 1;
        while (left > 0)
        {
            left--;
            switch (NextType)
            {
                case MsgPackType.Array when TryReadArray(out int count):
                    left += count;
                    break;
                case MsgPackType.Map when TryReadMap(out int pairs):
                    left += 2L * pairs;
                    break;
                case MsgPackType.String when TryReadString(out _):
                case MsgPackType.Binary when TryReadBinary(out _):
                case MsgPackType.Extension when TryReadExtension(out _, out _):
                case MsgPackType.Integer when ReadInteger(out _, out _):
                case MsgPackType.Float when TryReadDouble(out _):
                case MsgPackType.Boolean or MsgPackType.Nil when Take(1, out _):
                    break;
                default:
                    return Fail();
            }
        }

        return true;
    }

    /// <summary>Passes over one value and gives its bytes.</summary>
    public bool TryReadRaw(out ReadOnlySpan<byte> value)
    {
        int start = _pos;
        value = default;
        if (!TrySkip())
        {
            return false;
        }

        value = _data[start.._pos];
        return true;
    }

    private bool ReadInteger(out ulong bits, out bool negative)
    {
        bits = 0;
        negative = false;
        if (!Take(1, out ReadOnlySpan<byte> tag))
        {
            return false;
        }

        byte t = tag[0];
        if (t < 0x80)
        {
            bits = t;
            return true;
        }

        if (t >= 0xe0)
        {
            bits = (ulong)(sbyte)t;
            negative = true;
            return true;
        }

        if (t is < 0xcc or > 0xd3)
        {
            return Fail();
        }

        int width = 1 << ((t - 0xcc) & 3);
        if (!Take((uint)width, out ReadOnlySpan<byte> b))
        {
            return false;
        }

        foreach (byte x in b)
        {
            bits = (bits << 8) | x;
        }

        if (t >= 0xd0)
        {
            int shift = 64 - (8 * width);
            bits = (ulong)((long)(bits << shift) >> shift);
            negative = (long)bits < 0;
        }

        return true;
    }

    private bool Container(byte fix, byte wide, int per, out int count)
    {
        count = 0;
        if (!Take(1, out ReadOnlySpan<byte> tag))
        {
            return false;
        }

        uint n;
        if ((tag[0] & 0xf0) == fix)
        {
            n = tag[0] & 0x0fu;
        }
        else if (tag[0] == wide || tag[0] == wide + 1)
        {
            if (!Length(tag[0] == wide ? 2 : 4, out n))
            {
                return false;
            }
        }
        else
        {
            return Fail();
        }

        if ((long)n * per > _data.Length - _pos)
        {
            return Fail();
        }

        count = (int)n;
        return true;
    }

    private bool Length(int width, out uint length)
    {
        length = 0;
        if (!Take((uint)width, out ReadOnlySpan<byte> b))
        {
            return false;
        }

        foreach (byte x in b)
        {
            length = (length << 8) | x;
        }

        return true;
    }

    private bool Take(uint count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!Ok || count > (uint)(_data.Length - _pos))
        {
            return Fail();
        }

        bytes = _data.Slice(_pos, (int)count);
        _pos += (int)count;
        return true;
    }

    private bool Fail()
    {
        Ok = false;
        return false;
    }
}
