// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using System.Threading;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Kmes;

namespace EventBench;

/// <summary>
/// A ring in this process: the module's own producer over memory mapped twice, as the kernel maps it. Its producer wakes
/// the consumer exactly when the kernel would: when need_wake is set behind a full barrier (KMES-098, KMES-108).
/// </summary>
internal sealed unsafe class BenchRing : IRing
{
    private readonly byte* _state = (byte*)NativeMemory.AllocZeroed(4096);
    private readonly byte* _map;
    private readonly nuint _length;
    private readonly Fd _wake;
    private volatile bool _nudged;

    internal BenchRing(uint cpu, ulong capacity)
    {
        Cpu = cpu;
        Capacity = capacity;
        _length = (nuint)(8192 + (2 * capacity));
        _ = Memory.CreateFile("ring").TryGet(out Fd? fd);
        using (fd)
        {
            _ = Files.SetLength(fd!, (long)(8192 + capacity));
            _map = (byte*)Libc.mmap(null, _length, 0, 0x22, -1, 0);
            _ = Libc.mmap(_map, 8192 + (nuint)capacity, 3, 0x11, fd!.Raw, 0);
            _ = Libc.mmap(_map + 8192 + capacity, (nuint)capacity, 3, 0x11, fd.Raw, 8192);
        }

        _ = KmesDevice.CreateNudge().TryGet(out Fd? wake);
        _wake = wake!;
        PkmCore.RingInit(_state, _map, _map + 8192, capacity, (ushort)cpu);
        Reader = new RingReader((nint)_map, capacity);
    }

    public uint Cpu { get; }

    public ulong Capacity { get; }

    public RingReader Reader { get; }

    /// <summary>Wake-ups that the producer had to give.</summary>
    internal long Wakes { get; private set; }

    /// <summary>Bytes that the consumer has not read.</summary>
    internal ulong Unread => *(ulong*)(_map + 64) - Reader.ReadPosition;

    /// <summary>Writes and publishes one event; the producer's side, one thread.</summary>
    internal void Emit(PkmCore.Stamp* stamp, PkmCore.Event* e)
    {
        _ = PkmCore.RingPut(_state, 0, stamp, e);
        PkmCore.RingPublish(_state);
        Interlocked.MemoryBarrier();
        if (*(_map + 4096) != 0)
        {
            Volatile.Write(ref *(uint*)(_map + 128), *(uint*)(_map + 128) + 1);
            Wakes++;
            _ = KmesDevice.Nudge(_wake);
        }
    }

    public Errno Wait(int timeoutMs)
    {
        if (!Reader.PrepareWait(out uint expected))
        {
            return Errno.None;
        }

        while (Reader.Counter == expected && !_nudged)
        {
            _ = Polling.Wait(_wake, Polling.Readable, timeoutMs);
            ulong count;
            _ = Libc.read(_wake.Raw, &count, 8);
            if (timeoutMs >= 0)
            {
                break;
            }
        }

        Reader.CancelWait();
        return Errno.None;
    }

    public void Nudge()
    {
        _nudged = true;
        _ = KmesDevice.Nudge(_wake);
    }

    // The producer may still write: the memory goes with the process.
    public void Dispose()
    {
    }
}
