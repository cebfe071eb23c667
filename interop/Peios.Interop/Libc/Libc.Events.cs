// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Peios.Interop;

internal static unsafe partial class Libc
{
    /// <summary>struct epoll_event; packed on x86-64 only, which is all we build for.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct EpollEvent
    {
        internal uint Events;
        internal ulong Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Timespec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Itimerspec
    {
        internal Timespec Interval;
        internal Timespec Value;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollFd
    {
        internal int Fd;
        internal short Events;
        internal short Revents;
    }

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int epoll_ctl(int epoll, int operation, int fd, EpollEvent* ev);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int epoll_wait(int epoll, EpollEvent* events, int max, int timeoutMs);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int poll(PollFd* fds, nuint count, int timeoutMs);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int timerfd_create(int clock, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int timerfd_settime(int fd, int flags, Itimerspec* value, Itimerspec* old);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int clock_gettime(int clock, Timespec* value);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int clock_settime(int clock, Timespec* value);
}
