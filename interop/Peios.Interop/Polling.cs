// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>Waiting on one descriptor, for programs without an event loop; the loop itself is in Peios.Ipc.</summary>
public static unsafe class Polling
{
    /// <summary>POLLIN.</summary>
    public const short Readable = 1;

    /// <summary>POLLHUP: the other side is gone; reported without being asked for.</summary>
    public const short HungUp = 16;

    /// <summary>POLLOUT.</summary>
    public const short Writable = 4;

    /// <summary>Waits until the descriptor is ready.</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="events"><see cref="Readable"/> and <see cref="Writable"/>.</param>
    /// <param name="timeoutMs">Milliseconds, -1 for ever.</param>
    /// <returns>The ready bits, 0 after the time ran out.</returns>
    public static Result<short> Wait(Fd fd, short events, int timeoutMs)
    {
        Libc.PollFd p = new() { Fd = fd.Raw, Events = events };
        int n = Libc.poll(&p, 1, timeoutMs);
        return n < 0 ? Libc.LastError : n == 0 ? (short)0 : p.Revents;
    }

    /// <summary>Waits until one of two descriptors is ready.</summary>
    /// <param name="first">One descriptor.</param>
    /// <param name="events">What to wait for on it.</param>
    /// <param name="second">The other; waited for to be readable.</param>
    /// <param name="timeoutMs">Milliseconds, -1 for ever.</param>
    /// <returns>The ready bits of each; none after the time ran out.</returns>
    public static Result<(short First, short Second)> WaitEither(Fd first, short events, Fd second, int timeoutMs)
    {
        Libc.PollFd* p = stackalloc Libc.PollFd[2];
        p[0] = new Libc.PollFd { Fd = first.Raw, Events = events };
        p[1] = new Libc.PollFd { Fd = second.Raw, Events = Readable };
        return Libc.poll(p, 2, timeoutMs) < 0 ? Libc.LastError : (p[0].Revents, p[1].Revents);
    }
}
