// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Eventd.Ingest;

/// <summary>
/// Unmanaged memory that carries events from a drain thread to a writer: entries of u32 length, u32 kind, bytes. The
/// writer binds rows to it in place, so neither side allocates or copies again.
/// </summary>
internal sealed unsafe class EventBlock : IDisposable
{
    /// <summary>Bytes before each entry.</summary>
    internal const int EntryHeader = 8;

    /// <summary>Kept free behind the last event for the gap record that it may call for.</summary>
    internal const int GapReserve = 512;

    private byte* _memory;
    private int _capacity;

    internal EventBlock(int capacity, BlockQueue? home)
    {
        _capacity = capacity;
        _memory = (byte*)NativeMemory.Alloc((nuint)capacity);
        Home = home;
    }

    /// <summary>Where the writer returns it; null for a block that is thrown away after use.</summary>
    internal BlockQueue? Home { get; }

    /// <summary>Bytes used.</summary>
    internal int Length { get; private set; }

    /// <summary>Entries.</summary>
    internal int Count { get; private set; }

    /// <summary>Logical CPU of its events.</summary>
    internal uint Cpu { get; set; }

    /// <summary>What its events and gap records account for: lost with it, if it is lost. Default without events.</summary>
    internal SequenceRange Covers { get; private set; }

    /// <summary>Room for the next record.</summary>
    internal Span<byte> Free
    {
        get
        {
            int from = Length + EntryHeader;
            int left = _capacity - from - GapReserve;
            return left > 0 ? new Span<byte>(_memory + from, left) : default;
        }
    }

    /// <summary>Keeps the record that was read into <see cref="Free"/>.</summary>
    /// <param name="size">Its bytes.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="before">The last number seen before it; what is between is accounted for by gap records.</param>
    internal void AddEvent(int size, ulong sequence, ulong before)
    {
        Add(EntryKind.Event, size);
        Covers = new SequenceRange(Covers.First == 0 ? before + 1 : Covers.First, sequence);
    }

    /// <summary>Adds a row of eventd's own. Room for one is always left; for more the block grows.</summary>
    internal void AddSynthetic(in SyntheticEvent row)
    {
        int from = Length + EntryHeader;
        int size;
        while ((size = row.Write(new Span<byte>(_memory + from, Math.Max(0, _capacity - from)))) == 0)
        {
            _capacity *= 2;
            _memory = (byte*)NativeMemory.Realloc(_memory, (nuint)_capacity);
        }

        Add(EntryKind.Synthetic, size);
    }

    /// <summary>Entry at <paramref name="offset"/>, which moves to the next; false behind the last.</summary>
    internal bool TryNext(ref int offset, out EntryKind kind, out byte* data, out int length)
    {
        kind = default;
        data = null;
        length = 0;
        if (offset >= Length)
        {
            return false;
        }

        ReadOnlySpan<byte> head = new(_memory + offset, EntryHeader);
        length = BinaryPrimitives.ReadInt32LittleEndian(head);
        kind = (EntryKind)BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        data = _memory + offset + EntryHeader;
        offset += EntryHeader + length;
        return true;
    }

    /// <summary>Makes room for one event of <paramref name="size"/> bytes; only an empty block may grow.</summary>
    internal void Grow(int size)
    {
        int need = size + EntryHeader + GapReserve;
        if (need > _capacity)
        {
            NativeMemory.Free(_memory);
            _memory = (byte*)NativeMemory.Alloc((nuint)need);
            _capacity = need;
        }
    }

    /// <summary>Empties it for the next use.</summary>
    internal void Clear()
    {
        Length = 0;
        Count = 0;
        Covers = default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
        _capacity = 0;
        Length = 0;
    }

    private void Add(EntryKind kind, int size)
    {
        Span<byte> head = new(_memory + Length, EntryHeader);
        BinaryPrimitives.WriteInt32LittleEndian(head, size);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], (uint)kind);
        Length += EntryHeader + size;
        Count++;
    }
}
