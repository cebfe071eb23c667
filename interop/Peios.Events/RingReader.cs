// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Threading;

namespace Peios.Events;

/// <summary>
/// The drain protocol over a mapped ring (KMES-103): every event is copied out before it is believed, and a copy that
/// the producer overtook is thrown away. The producer page may hold anything: the reader stays inside
/// the mapping and its loops are bounded.
/// </summary>
public sealed unsafe class RingReader
{
    private const int MaxTorn = 64;

    private readonly byte* _page;
    private readonly byte* _data;
    private readonly ulong _capacity;
    private ulong _readPosition;
    private bool _started;

    /// <summary>Reads a ring at <paramref name="map"/>, laid out as KMES-087 says.</summary>
    /// <param name="map">Address of the mapping; it outlives the reader.</param>
    /// <param name="capacity">Bytes of one copy of the data, as ATTACH returned it; a power of two.</param>
    public RingReader(nint map, ulong capacity)
    {
        _page = (byte*)map;
        _data = (byte*)map + 8192;
        _capacity = capacity;
    }

    /// <summary>Position of the next event to read.</summary>
    public ulong ReadPosition => _readPosition;

    /// <summary>Times that the producer overtook this reader (KMES-112).</summary>
    public ulong Lapped { get; private set; }

    /// <summary>Records that made no sense and cost the rest of what was readable (KMES-103 step 6).</summary>
    public ulong Corrupt { get; private set; }

    /// <summary>Bytes published and not yet read.</summary>
    public ulong Backlog
    {
        get
        {
            ulong write = WritePosition;
            return write > _readPosition ? Math.Min(write - _readPosition, _capacity) : 0;
        }
    }

    /// <summary>Changes when the kernel replaced this ring (KMES-124).</summary>
    public ulong Generation => Volatile.Read(ref *(ulong*)(_page + 32));

    /// <summary>The counter that WAIT compares.</summary>
    public uint Counter => Volatile.Read(ref *(uint*)(_page + 128));

    private ulong WritePosition => Volatile.Read(ref *(ulong*)(_page + 64));

    private ulong TailPosition => Volatile.Read(ref *(ulong*)(_page + 72));

    /// <summary>Checks the fields written at creation against what ATTACH said (KMES-089).</summary>
    public bool LooksLikeARing() =>
        new ReadOnlySpan<byte>(_page, 8).SequenceEqual("KMESRING"u8)
        && *(uint*)(_page + 8) == 1
        && *(ulong*)(_page + 16) == _capacity
        && *(ulong*)(_page + 24) == 8192;

    /// <summary>
    /// Copies the next event into <paramref name="buffer"/>.
    /// </summary>
    /// <param name="buffer">Room for the largest event to expect, half the ring's capacity at most.</param>
    /// <returns>
    /// Its size; 0 when nothing is there; a negative number when <paramref name="buffer"/> is too small, the event is
    /// then still there and needs that many bytes.
    /// </returns>
    public int TryRead(Span<byte> buffer)
    {
        for (int attempt = 0; attempt < MaxTorn; attempt++)
        {
            ulong write = WritePosition;
            ulong tail = TailPosition;
            if (!_started)
            {
                _readPosition = tail; // KMES-102
                _started = true;
            }

            if (_readPosition < tail)
            {
                _readPosition = tail;
                Lapped++;
            }

            // Not "equal": a position beyond the published end must not be read either.
            if (_readPosition >= write)
            {
                return 0;
            }

            byte* at = _data + (_readPosition & (_capacity - 1));
            uint size = Volatile.Read(ref *(uint*)at);
            bool sane = size >= EventView.HeaderSize && size <= _capacity && size <= write - _readPosition;
            if (sane && size <= (uint)buffer.Length)
            {
                new ReadOnlySpan<byte>(at, (int)size).CopyTo(buffer);
            }

            // Pairs with smp_wmb() in make_room(): the copy is complete before the tail is looked at again.
            Interlocked.MemoryBarrier();
            if (TailPosition > _readPosition)
            {
                continue; // torn: what was copied may be half of something newer
            }

            if (!sane)
            {
                // Everything up to the published end is lost; the hole shows in the sequence numbers.
                Corrupt++;
                _readPosition = write;
                continue;
            }

            if (size > (uint)buffer.Length)
            {
                return -(int)size;
            }

            _readPosition += size;
            if (BinaryPrimitives.ReadUInt32LittleEndian(buffer) == size)
            {
                return (int)size;
            }

            Corrupt++;
        }

        return 0;
    }

    /// <summary>
    /// First half of the wait protocol (KMES-105): asks to be woken and looks again. True: nothing is there, sleep
    /// while the counter equals <paramref name="expected"/>. False: there is something, read on.
    /// </summary>
    public bool PrepareWait(out uint expected)
    {
        Volatile.Write(ref *(_page + 4096), 1);
        // Full barrier (C): the request before the look, or an event published in between is slept through (KMES-108).
        Interlocked.MemoryBarrier();
        if (WritePosition > _readPosition)
        {
            expected = 0;
            CancelWait();
            return false;
        }

        expected = Counter;
        // An event published between the look above and the counter is in the counter already (KMES-106).
        if (WritePosition > _readPosition)
        {
            CancelWait();
            return false;
        }

        return true;
    }

    /// <summary>Takes the request back; a late wake-up is harmless (KMES-107).</summary>
    public void CancelWait() => *(_page + 4096) = 0;
}
