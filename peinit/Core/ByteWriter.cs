// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Text;

namespace Peinit.Core;

/// <summary>Writes the snapshot into a caller's buffer. Running out of room sticks, and is looked at once at the end.</summary>
internal ref struct ByteWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The buffer was too small.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    /// <summary>Writes a byte.</summary>
    public void U8(byte value)
    {
        Span<byte> room = Take(1);
        if (!room.IsEmpty)
        {
            room[0] = value;
        }
    }

    /// <summary>Writes a boolean as 0 or 1.</summary>
    public void Flag(bool value) => U8(value ? (byte)1 : (byte)0);

    /// <summary>Writes bytes that are encoded already.</summary>
    public void Raw(ReadOnlySpan<byte> encoded)
    {
        Span<byte> room = Take(encoded.Length);
        if (room.Length == encoded.Length)
        {
            encoded.CopyTo(room);
        }
    }

    /// <summary>Writes 32 bits.</summary>
    public void I32(int value)
    {
        Span<byte> room = Take(4);
        if (!room.IsEmpty)
        {
            BinaryPrimitives.WriteInt32LittleEndian(room, value);
        }
    }

    /// <summary>Writes 32 bits.</summary>
    public void U32(uint value) => I32((int)value);

    /// <summary>Writes 64 bits.</summary>
    public void I64(long value)
    {
        Span<byte> room = Take(8);
        if (!room.IsEmpty)
        {
            BinaryPrimitives.WriteInt64LittleEndian(room, value);
        }
    }

    /// <summary>Writes a GUID.</summary>
    public void Id(Guid value)
    {
        Span<byte> room = Take(16);
        if (!room.IsEmpty)
        {
            value.TryWriteBytes(room);
        }
    }

    /// <summary>Writes both clocks.</summary>
    public void Time(Moment value)
    {
        I64(value.Monotonic);
        I64(value.Realtime);
    }

    /// <summary>Writes when a deadline is, or that it is not armed.</summary>
    public void Deadline(Deadline deadline) => I64(deadline.IsArmed ? deadline.At : long.MinValue);

    /// <summary>Writes a string or null.</summary>
    public void Text(string? value)
    {
        if (value is null)
        {
            I32(-1);
            return;
        }

        int length = Encoding.UTF8.GetByteCount(value);
        I32(length);
        Span<byte> room = Take(length);
        if (room.Length == length)
        {
            Encoding.UTF8.GetBytes(value, room);
        }
    }

    /// <summary>Writes bytes or null.</summary>
    public void Bytes(byte[]? value)
    {
        I32(value?.Length ?? -1);
        Span<byte> room = Take(value?.Length ?? 0);
        if (value is not null && room.Length == value.Length)
        {
            value.CopyTo(room);
        }
    }

    private Span<byte> Take(int count)
    {
        if (Overflowed || _buffer.Length - Length < count)
        {
            Overflowed = true;
            return default;
        }

        Length += count;
        return _buffer.Slice(Length - count, count);
    }
}
