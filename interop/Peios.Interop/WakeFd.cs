// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>A descriptor that one thread makes readable for another that waits in <c>poll</c> (an eventfd).</summary>
public sealed unsafe class WakeFd : System.IDisposable
{
    private WakeFd(Fd fd) => Fd = fd;

    /// <summary>Readable after <see cref="Set"/>, until <see cref="Clear"/>.</summary>
    public Fd Fd { get; }

    /// <summary>Makes one, not set.</summary>
    public static Result<WakeFd> Create() =>
        Libc.Own(Libc.eventfd(0, Files.CloseOnExec | Files.NonBlocking)).TryGet(out Fd? fd, out Errno error) ? new WakeFd(fd) : error;

    /// <summary>Makes it readable; any thread.</summary>
    public void Set()
    {
        ulong one = 1;
        _ = Libc.write(Fd.Raw, &one, 8);
    }

    /// <summary>Takes that back.</summary>
    public void Clear()
    {
        ulong count;
        _ = Libc.read(Fd.Raw, &count, 8);
    }

    /// <inheritdoc/>
    public void Dispose() => Fd.Dispose();
}
