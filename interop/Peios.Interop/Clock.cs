// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>The kernel's clocks in nanoseconds; <c>DateTime.UtcNow</c> is banned in the daemons.</summary>
public static unsafe class Clock
{
    /// <summary>Wall-clock time since the Unix epoch.</summary>
    public static ulong Realtime => Get(0);

    /// <summary>Time since boot without suspend; for deadlines.</summary>
    public static ulong Monotonic => Get(1);

    /// <summary>Sets the wall clock; needs the right to.</summary>
    /// <param name="seconds">Since the Unix epoch, UTC.</param>
    public static Errno SetRealtime(long seconds)
    {
        Libc.Timespec t = new() { Seconds = seconds };
        return Libc.Check(Libc.clock_settime(0, &t));
    }

    private static ulong Get(int clock)
    {
        Libc.Timespec t;
        _ = Libc.clock_gettime(clock, &t);
        return ((ulong)t.Seconds * 1_000_000_000UL) + (ulong)t.Nanoseconds;
    }
}
