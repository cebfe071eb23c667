// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using System.Text;
using Peios.Events;
using Peios.Interop;

namespace Peios.Tests.Events;

/// <summary>A ring in this process: the module's own producer code over memory mapped as the kernel maps it.</summary>
internal sealed unsafe class InProcessRing : IDisposable
{
    private static readonly delegate* unmanaged<byte*, byte*, byte*, ulong, ushort, void> Init =
        (delegate* unmanaged<byte*, byte*, byte*, ulong, ushort, void>)CoreLibrary.Export("kmes_ring_init");

    private static readonly delegate* unmanaged<byte*, byte, byte*, Body*, byte> Put =
        (delegate* unmanaged<byte*, byte, byte*, Body*, byte>)CoreLibrary.Export("kmes_ring_put");

    private static readonly delegate* unmanaged<byte*, void> Release =
        (delegate* unmanaged<byte*, void>)CoreLibrary.Export("kmes_ring_publish");

    private readonly byte* _state = (byte*)NativeMemory.AllocZeroed(4096);
    private readonly nuint _length;
    private readonly byte* _map;

    internal InProcessRing(ulong capacity, ushort cpu = 0)
    {
        Capacity = capacity;
        _length = (nuint)(8192 + (2 * capacity));
        Memory.CreateFile("ring").TryGet(out Fd? fd);
        using (fd)
        {
            Files.SetLength(fd!, (long)(8192 + capacity));
            _map = (byte*)Libc.mmap(null, _length, 0, 0x22, -1, 0); // reserve
            Fixed(_map, 8192 + (nuint)capacity, fd!, 0);
            Fixed(_map + 8192 + capacity, (nuint)capacity, fd!, 8192);
        }

        Init(_state, _map, _map + 8192, capacity, cpu);
    }

    internal ulong Capacity { get; }

    internal nint Map => (nint)_map;

    internal byte* Page => _map;

    internal RingReader NewReader() => new((nint)_map, Capacity);

    /// <summary>Writes and publishes one event.</summary>
    internal bool Emit(string type, ReadOnlySpan<byte> payload, ulong timestamp = 1)
    {
        bool done = Write(type, payload, timestamp);
        Publish();
        return done;
    }

    /// <summary>Writes one event without publishing it.</summary>
    internal bool Write(string type, ReadOnlySpan<byte> payload, ulong timestamp = 1)
    {
        byte* stamp = stackalloc byte[56];
        new Span<byte>(stamp, 56).Fill(0xab);
        *(ulong*)stamp = timestamp;
        Span<byte> name = stackalloc byte[Encoding.UTF8.GetByteCount(type)];
        Encoding.UTF8.GetBytes(type, name);
        fixed (byte* t = name, p = payload)
        {
            Body body = new() { Type = (nint)t, Payload = (nint)p, PayloadLength = (uint)payload.Length, TypeLength = (ushort)name.Length };
            return Put(_state, 0, stamp, &body) != 0;
        }
    }

    internal void Publish() => Release(_state);

    /// <summary>
    /// What the kernel does when the capacity changes: <paramref name="next"/> takes over the newest events that fit and the
    /// numbers, then the generation of this ring, which nobody writes any more, changes too (KMES-116 to KMES-119).
    /// </summary>
    internal void SwapTo(InProcessRing next)
    {
        ulong write = *(ulong*)(_map + 64);
        ulong tail = *(ulong*)(_map + 72);
        while (write - tail > next.Capacity)
        {
            tail += *(uint*)At(tail);
        }

        new ReadOnlySpan<byte>(At(tail), (int)(write - tail)).CopyTo(new Span<byte>(next._map + 8192, (int)next.Capacity));
        *(ulong*)(next._state + 32) = write - tail; // write_pos, pending and sequence of struct kmes_ring
        *(ulong*)(next._state + 40) = write - tail;
        *(ulong*)(next._state + 48) = *(ulong*)(_state + 48);
        *(ulong*)(next._map + 64) = write - tail;
        ulong generation = *(ulong*)(_map + 32) + 1;
        *(ulong*)(next._map + 32) = generation;
        System.Threading.Volatile.Write(ref *(ulong*)(_map + 32), generation);
    }

    private byte* At(ulong position) => _map + 8192 + (position & (Capacity - 1));

    public void Dispose()
    {
        Memory.Unmap((nint)_map, _length);
        NativeMemory.Free(_state);
    }

    private static void Fixed(byte* at, nuint length, Fd fd, long offset)
    {
        if (Libc.mmap(at, length, 3, 0x11, fd.Raw, offset) != at)
        {
            throw new InvalidOperationException("cannot map the ring");
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Body
    {
        internal nint Type;
        internal nint Payload;
        internal uint PayloadLength;
        internal ushort TypeLength;
    }
}
