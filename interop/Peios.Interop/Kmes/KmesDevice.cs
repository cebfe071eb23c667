// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop.Kmes;

/// <summary>The calls of <c>/dev/kmes</c> and of ring descriptors, one method each; no state but the descriptor.</summary>
public sealed unsafe class KmesDevice : IDisposable
{
    /// <summary>Where the device node is.</summary>
    public const string Path = "/dev/kmes";

    /// <summary>Most events in one <see cref="EmitBatch"/>.</summary>
    public const int BatchMax = KmesAbi.KMES_BATCH_MAX;

    private readonly Fd _fd;

    private KmesDevice(Fd fd) => _fd = fd;

    /// <summary>Opens the device; needs no privilege (KMES-043). ENOENT without the module.</summary>
    public static Result<KmesDevice> Open()
    {
        if (!Files.Open(Path, Files.ReadWrite).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        uint version;
        if (Libc.ioctl(fd.Raw, KmesAbi.KMES_IOC_ABI_VERSION, &version) < 0)
        {
            error = Libc.LastError;
        }
        else if (version != KmesAbi.KMES_ABI_VERSION)
        {
            error = Errno.EINVAL;
        }

        if (!error.Ok)
        {
            fd.Dispose();
            return error;
        }

        return new KmesDevice(fd);
    }

    /// <summary>
    /// Emits one event (KMES-049): EPERM without SeAuditPrivilege, EAGAIN beyond the rate, EINVAL for an empty or
    /// non-UTF-8 type or malformed MessagePack, ENOSPC too large, ENOMEM.
    /// </summary>
    public Errno Emit(ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload)
    {
        if (type.Length > ushort.MaxValue)
        {
            return Errno.EINVAL;
        }

        fixed (byte* t = type, p = payload)
        {
            KmesAbi.kmes_emit_args args = new()
            {
                event_type = (ulong)t,
                event_type_len = (ushort)type.Length,
                payload = (ulong)p,
                payload_len = (uint)payload.Length,
            };
            return Libc.Check(Libc.ioctl(_fd.Raw, KmesAbi.KMES_IOC_EMIT, &args));
        }
    }

    /// <summary>Emits up to <see cref="BatchMax"/> events; stops at the first bad one (KMES-062 to KMES-067).</summary>
    /// <param name="entries">The events.</param>
    /// <param name="emitted">How many were emitted, also on failure.</param>
    public Errno EmitBatch(ReadOnlySpan<KmesBatchEntry> entries, out int emitted)
    {
        uint done = 0;
        Errno error;
        fixed (KmesBatchEntry* e = entries)
        {
            KmesAbi.kmes_batch_args args = new()
            {
                entries = (ulong)e,
                count = (uint)entries.Length,
                emitted_out = (ulong)&done,
            };
            error = Libc.Check(Libc.ioctl(_fd.Raw, KmesAbi.KMES_IOC_EMIT_BATCH, &args));
        }

        emitted = (int)done;
        return error;
    }

    /// <summary>
    /// Attaches to one CPU's ring (KMES-073): EPERM without SeSecurityPrivilege, EINVAL past the last CPU, ENOSPC when
    /// 64 attachments exist.
    /// </summary>
    /// <param name="cpu">0, 1, 2, ...</param>
    /// <param name="capacity">Bytes of the ring.</param>
    public Result<Fd> Attach(uint cpu, out ulong capacity)
    {
        ulong bytes = 0;
        KmesAbi.kmes_attach_args args = new() { cpu_id = cpu, capacity = (ulong)&bytes };
        int fd = Libc.ioctl(_fd.Raw, KmesAbi.KMES_IOC_ATTACH, &args);
        capacity = bytes;
        return Libc.Own(fd);
    }

    /// <summary>Counters of one CPU: EPERM without SeSecurityPrivilege, EINVAL past the last CPU.</summary>
    public Result<KmesStats> Stats(uint cpu)
    {
        KmesAbi.kmes_stats s = new() { size = (uint)sizeof(KmesAbi.kmes_stats), cpu_id = cpu };
        if (Libc.ioctl(_fd.Raw, KmesAbi.KMES_IOC_STATS, &s) < 0)
        {
            return Libc.LastError;
        }

        return new KmesStats(s.capacity, s.generation, s.write_pos, s.tail_pos, s.sequence, s.dropped, s.overwritten, s.attached);
    }

    /// <summary>
    /// Sleeps while the ring's counter equals <paramref name="expected"/> (KMES-099): None after a change, EAGAIN when it
    /// differs already, ETIMEDOUT, EINTR.
    /// </summary>
    /// <param name="ring">Descriptor from <see cref="Attach"/>.</param>
    /// <param name="expected">The counter that the caller saw.</param>
    /// <param name="timeoutMs">0 waits without limit.</param>
    public static Errno Wait(Fd ring, uint expected, uint timeoutMs)
    {
        ArgumentNullException.ThrowIfNull(ring);
        KmesAbi.kmes_wait_args args = new() { expected = expected, timeout_ms = timeoutMs };
        return Libc.Check(Libc.ioctl(ring.Raw, KmesAbi.KMES_IOC_WAIT, &args));
    }

    /// <summary>Makes a descriptor that <see cref="Nudge"/> makes ready: ends a wait from another thread.</summary>
    public static Result<Fd> CreateNudge() => Libc.Own(Libc.eventfd(0, Files.CloseOnExec | Files.NonBlocking));

    /// <summary>Ends the present or next <see cref="WaitOrNudge"/>.</summary>
    public static Errno Nudge(Fd nudge)
    {
        ArgumentNullException.ThrowIfNull(nudge);
        ulong one = 1;
        return Libc.Check(Libc.write(nudge.Raw, &one, 8));
    }

    /// <summary>As <see cref="Wait"/>, but a nudge ends it too; the nudge stays until the descriptor is closed.</summary>
    /// <param name="ring">Descriptor from <see cref="Attach"/>.</param>
    /// <param name="nudge">Descriptor from <see cref="CreateNudge"/>.</param>
    /// <param name="expected">The counter that the caller saw.</param>
    /// <param name="timeoutMs">-1 waits without limit.</param>
    /// <returns>ESTALE: another ring has taken over, attach again whatever the generation says.</returns>
    public static Errno WaitOrNudge(Fd ring, Fd nudge, uint expected, int timeoutMs)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(nudge);
        Errno error = Expect(ring, expected);
        if (!error.Ok)
        {
            return error;
        }

        Libc.PollFd* fds = stackalloc Libc.PollFd[2];
        fds[0] = new Libc.PollFd { Fd = ring.Raw, Events = Polling.Readable };
        fds[1] = new Libc.PollFd { Fd = nudge.Raw, Events = Polling.Readable };
        int n = Libc.poll(fds, 2, timeoutMs);
        if (n < 0)
        {
            return Libc.LastError;
        }

        return n == 0 ? Errno.ETIMEDOUT : (fds[0].Revents & Polling.HungUp) != 0 ? Errno.ESTALE : Errno.None;
    }

    /// <summary>Sets the counter value that <c>poll</c> on the ring descriptor compares with.</summary>
    public static Errno Expect(Fd ring, uint expected)
    {
        ArgumentNullException.ThrowIfNull(ring);
        return Libc.Check(Libc.ioctl(ring.Raw, KmesAbi.KMES_IOC_EXPECT, &expected));
    }

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();
}
