// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Interop.Kmes;

namespace Peios.Events;

/// <summary>One attachment to one CPU's ring: the descriptor, its mapping, a reader over it.</summary>
public sealed class Ring : IRing
{
    private readonly Fd _fd;
    private readonly Fd _nudge;
    private readonly nuint _length;
    private nint _map;

    private Ring(Fd fd, Fd nudge, nint map, nuint length, uint cpu, ulong capacity)
    {
        _fd = fd;
        _nudge = nudge;
        _map = map;
        _length = length;
        Cpu = cpu;
        Capacity = capacity;
        Reader = new RingReader(map, capacity);
    }

    /// <inheritdoc/>
    public uint Cpu { get; }

    /// <inheritdoc/>
    public ulong Capacity { get; }

    /// <inheritdoc/>
    public RingReader Reader { get; }

    /// <summary>
    /// Attaches and maps: EPERM without SeSecurityPrivilege, EINVAL past the last CPU, ENOSPC when too many are attached,
    /// EPROTO when the mapping is no ring.
    /// </summary>
    public static Result<Ring> Attach(KmesDevice device, uint cpu)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (!device.Attach(cpu, out ulong capacity).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        if (!KmesDevice.CreateNudge().TryGet(out Fd? nudge, out error))
        {
            fd.Dispose();
            return error;
        }

        nuint length = (nuint)(8192 + (2 * capacity));
        if (!Memory.MapShared(fd, length, writable: true).TryGet(out nint map, out error))
        {
            fd.Dispose();
            nudge.Dispose();
            return error;
        }

        Ring ring = new(fd, nudge, map, length, cpu, capacity);
        if (!ring.Reader.LooksLikeARing())
        {
            ring.Dispose();
            return Errno.EPROTO;
        }

        return ring;
    }

    /// <inheritdoc/>
    public Errno Wait(int timeoutMs)
    {
        if (!Reader.PrepareWait(out uint expected))
        {
            return Errno.None;
        }

        Errno error = KmesDevice.WaitOrNudge(_fd, _nudge, expected, timeoutMs);
        Reader.CancelWait();
        return error;
    }

    /// <inheritdoc/>
    public void Nudge() => _ = KmesDevice.Nudge(_nudge);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_map != 0)
        {
            _ = Memory.Unmap(_map, _length);
            _map = 0;
        }

        _fd.Dispose();
        _nudge.Dispose();
    }
}
