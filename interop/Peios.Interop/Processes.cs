// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>Processes by pidfd: signals and exit states.</summary>
public static unsafe class Processes
{
    private const int PidfdOpenCall = 434;
    private const int PidfdSendSignalCall = 424;

    /// <summary>This process.</summary>
    public static int Self => Libc.getpid();

    /// <summary>Opens a pidfd; close-on-exec by the kernel's own choice.</summary>
    public static Result<Fd> Open(int pid)
    {
        long fd = Libc.syscall(PidfdOpenCall, pid, 0, 0, 0);
        return fd < 0 ? Libc.LastError : Result<Fd>.From(new Fd((int)fd));
    }

    /// <summary>Sends a signal to exactly the process behind the descriptor.</summary>
    public static Errno Signal(Fd process, int signal) =>
        Libc.Check(Libc.syscall(PidfdSendSignalCall, process.Raw, signal, 0, 0));

    /// <summary>True while the process runs: a zombie no longer does.</summary>
    public static bool IsAlive(Fd process)
    {
        Libc.PollFd p = new() { Fd = process.Raw, Events = Polling.Readable };
        return Libc.poll(&p, 1, 0) == 0;
    }

    /// <summary>Finds the next exited child and leaves it a zombie, so that its pid stays its own.</summary>
    /// <returns>False when no child has exited.</returns>
    public static bool PeekExited(out ExitedChild child) => Wait(Libc.WaitNoReap, out child);

    /// <summary>Reaps one child.</summary>
    public static bool Reap(int pid)
    {
        Libc.Siginfo info = default;
        return Libc.waitid(Libc.WaitPid, pid, &info, Libc.WaitExited | Libc.WaitNoHang) == 0 && info.Pid == pid;
    }

    private static bool Wait(int extra, out ExitedChild child)
    {
        Libc.Siginfo info = default;
        int r = Libc.waitid(Libc.WaitAll, 0, &info, Libc.WaitExited | Libc.WaitNoHang | extra);
        bool found = r == 0 && info.Pid != 0;
        // CLD_EXITED is 1; everything else carries the signal's number.
        child = found ? new ExitedChild(info.Pid, info.Code == 1 ? info.Status : null, info.Code == 1 ? null : info.Status) : default;
        return found;
    }
}
