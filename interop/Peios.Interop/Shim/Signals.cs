// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop;

/// <summary>Signals as data: blocked before the runtime starts, read from a descriptor.</summary>
public static unsafe class Signals
{
    /// <summary>SIGHUP.</summary>
    public const int Hangup = 1;

    /// <summary>SIGINT.</summary>
    public const int Interrupt = 2;

    /// <summary>SIGQUIT.</summary>
    public const int Quit = 3;

    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGPIPE.</summary>
    public const int Pipe = 13;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>SIGCHLD.</summary>
    public const int Child = 17;

    /// <summary>
    /// A non-blocking descriptor that yields the given signals. In a process started by peinit SIGTERM, SIGINT, SIGQUIT,
    /// SIGHUP, SIGUSR1, SIGUSR2 and SIGPIPE are blocked in every thread because this method is linked in.
    /// </summary>
    /// <param name="signals">Signal numbers.</param>
    public static Result<Fd> Open(ReadOnlySpan<int> signals)
    {
        ulong mask = 0;
        foreach (int signal in signals)
        {
            mask |= 1UL << (signal - 1);
        }

        return OpenMask(mask);
    }

    /// <summary>As <see cref="Open"/>; bit n-1 of <paramref name="mask"/> stands for signal n.</summary>
    public static Result<Fd> OpenMask(ulong mask)
    {
        int fd = ShimAbi.peios_signals_open(mask);
        return fd < 0 ? new Errno(-fd) : Result<Fd>.From(new Fd(fd));
    }

    /// <summary>
    /// Lets the calling thread take again what <see cref="Open"/> keeps from services. For programs that people run: below a
    /// shell that is a service the environment says service too, and Ctrl-C must end them all the same.
    /// </summary>
    public static void Default() => ShimAbi.peios_signals_default();

    /// <summary>Takes the next pending signal; 0 when none is left.</summary>
    public static int Next(Fd fd)
    {
        Libc.SignalfdSiginfo info;
        nint n = Libc.read(fd.Raw, &info, (nuint)sizeof(Libc.SignalfdSiginfo));
        return n == sizeof(Libc.SignalfdSiginfo) ? (int)info.Signal : 0;
    }
}
