// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Text;

namespace Peinit.Core;

/// <summary>Reads a snapshot. Anything wrong sticks: zeros afterwards, one check at the end.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> buffer)
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;
    private int _position;

    /// <summary>Something was wrong.</summary>
    public bool Failed { get; private set; }

    /// <summary>Everything was read, and nothing was wrong.</summary>
    public readonly bool IsComplete => !Failed && _position == _buffer.Length;

    /// <summary>Reads a byte.</summary>
    public byte U8()
    {
        ReadOnlySpan<byte> bytes = Take(1);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    /// <summary>Reads a byte that must not be above a limit.</summary>
    public byte Upto(int limit)
    {
        byte value = U8();
        if (value > limit)
        {
            Fail();
            return 0;
        }

        return value;
    }

    /// <summary>Reads 0 or 1.</summary>
    public bool Flag() => Upto(1) == 1;

    /// <summary>Reads 32 bits.</summary>
    public int I32()
    {
        ReadOnlySpan<byte> bytes = Take(4);
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    /// <summary>Reads 32 bits.</summary>
    public uint U32() => (uint)I32();

    /// <summary>Reads a number of entries that take at least so many bytes each: a lie cannot make us allocate.</summary>
    public int Count(int least)
    {
        int count = I32();
        if (count < 0 || count > (_buffer.Length - _position) / least)
        {
            Fail();
            return 0;
        }

        return count;
    }

    /// <summary>Reads an index from -1 (none) to below a count.</summary>
    public int Index(int count)
    {
        int index = I32();
        if (index < -1 || index >= count)
        {
            Fail();
            return -1;
        }

        return index;
    }

    /// <summary>Reads 64 bits.</summary>
    public long I64()
    {
        ReadOnlySpan<byte> bytes = Take(8);
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>Reads a GUID.</summary>
    public Guid Id()
    {
        ReadOnlySpan<byte> bytes = Take(16);
        return bytes.IsEmpty ? Guid.Empty : new Guid(bytes);
    }

    /// <summary>Reads both clocks.</summary>
    public Moment Time() => new(I64(), I64());

    /// <summary>Reads a deadline and arms it if it was.</summary>
    public void Deadline(Deadline deadline, DeadlineQueue queue)
    {
        long at = I64();
        if (!Failed && at != long.MinValue)
        {
            queue.Arm(deadline, at);
        }
    }

    /// <summary>Reads a string or null.</summary>
    public string? Text()
    {
        int length = I32();
        if (length == -1)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = length < 0 ? default : Take(length);
        if (length < 0 || bytes.Length != length)
        {
            Fail();
            return null;
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads bytes or null.</summary>
    public byte[]? Bytes()
    {
        int length = I32();
        if (length == -1)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = length < 0 ? default : Take(length);
        if (length < 0 || bytes.Length != length)
        {
            Fail();
            return null;
        }

        return bytes.ToArray();
    }

    /// <summary>Marks the input as wrong.</summary>
    public void Fail() => Failed = true;

    private ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || _buffer.Length - _position < count)
        {
            Failed = true;
            return default;
        }

        _position += count;
        return _buffer.Slice(_position - count, count);
    }
}
