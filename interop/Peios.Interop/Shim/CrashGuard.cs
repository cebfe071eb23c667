// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>The part of PID 1 that outlives its runtime: a fatal fault executes the same binary again (HAZ-036, HAZ-037).</summary>
public static unsafe class CrashGuard
{
    /// <summary>SIGABRT, the reason given when the loop itself gives up.</summary>
    public const int Abort = 6;

    /// <summary>What the previous life left, valid after <see cref="Arm"/>.</summary>
    /// <param name="State">Inherited state memfd, close-on-exec again, or null.</param>
    /// <param name="Crashes">Re-executions since the last stable minute.</param>
    /// <param name="Signal">Signal that ended the previous life, 0 at boot.</param>
    public sealed record PreviousLife(Fd? State, int Crashes, int Signal);

    /// <summary>Names the binary to execute and collects what was handed over.</summary>
    /// <param name="path">Where the binary is when /proc/self/exe cannot be used.</param>
    public static Result<PreviousLife> Arm(string path)
    {
        using NativeStrings strings = new();
        ShimAbi.CrashInfo info;
        int r = ShimAbi.peios_crash_arm(strings.Add(path), -1, &info);
        return r < 0
            ? new Errno(-r)
            : new PreviousLife(info.StateFd < 0 ? null : new Fd(info.StateFd), info.Count, info.Signal);
    }

    /// <summary>Names the state to hand over.</summary>
    public static Errno HandOver(string path, Fd state)
    {
        using NativeStrings strings = new();
        ShimAbi.CrashInfo info;
        int r = ShimAbi.peios_crash_arm(strings.Add(path), state.Raw, &info);
        return r < 0 ? new Errno(-r) : Errno.None;
    }

    /// <summary>Forgets earlier crashes after a stable minute.</summary>
    public static void Stable() => ShimAbi.peios_crash_stable();

    /// <summary>Gives the calling thread its own signal stack; every thread of PID 1 calls it.</summary>
    public static Errno CoverThread()
    {
        int r = ShimAbi.peios_crash_thread();
        return r < 0 ? new Errno(-r) : Errno.None;
    }

    /// <summary>Executes the binary again at once; does not return.</summary>
    public static void Restart() => ShimAbi.peios_crash_now(Abort);

    /// <summary>A native fault on purpose, for the test that it is survived.</summary>
    public static void Fault() => ShimAbi.peios_crash_fault();
}
