// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>Waiting on one descriptor, for programs without an event loop; the loop itself is in Peios.Ipc.</summary>
public static unsafe class Polling
{
    /// <summary>POLLIN.</summary>
    public const short Readable = 1;

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
}
