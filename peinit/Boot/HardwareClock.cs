// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using Peios.Interop;

namespace Peinit.Boot;

/// <summary>Sets the wall clock from the RTC, which runs in UTC (PEINIT-037, PEINIT-038).</summary>
internal static class HardwareClock
{
    private const uint ReadTime = 0x80247009;

    internal static Errno Apply()
    {
        if (!Files.Open("/dev/rtc0", Files.ReadOnly).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        using (fd)
        {
            RtcTime time = default;
            if (!Files.Control(fd, ReadTime, ref time).TryGet(out _, out error))
            {
                return error;
            }

            return TryGetSeconds(time, out long seconds) ? Clock.SetRealtime(seconds) : Errno.ERANGE;
        }
    }

    /// <summary>A clock with a dead battery may hold anything: only real dates count.</summary>
    internal static bool TryGetSeconds(in RtcTime time, out long seconds)
    {
        seconds = 0;
        int year = time.Year + 1900;
        int month = time.Month + 1;
        if (year is < 1970 or > 2199 || month is < 1 or > 12 || time.Day < 1 || time.Day > DateTime.DaysInMonth(year, month)
            || time.Hour is < 0 or > 23 || time.Minute is < 0 or > 59 || time.Second is < 0 or > 59)
        {
            return false;
        }

        DateTime utc = new(year, month, time.Day, time.Hour, time.Minute, time.Second, DateTimeKind.Utc);
        seconds = (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
        return true;
    }

    /// <summary>struct rtc_time.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct RtcTime
    {
        internal int Second;
        internal int Minute;
        internal int Hour;
        internal int Day;
        internal int Month;
        internal int Year;
        internal int WeekDay;
        internal int YearDay;
        internal int Daylight;
    }
}
