// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Peios.Interop;

internal static unsafe partial class Libc
{
    internal const int WaitAll = 0;
    internal const int WaitPid = 1;
    internal const int WaitPidfd = 3;
    internal const int WaitNoHang = 1;
    internal const int WaitExited = 4;
    internal const int WaitNoReap = 0x1000000;

    /// <summary>The fields of siginfo_t that waitid fills in.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct Siginfo
    {
        [FieldOffset(0)]
        internal int Signal;

        [FieldOffset(8)]
        internal int Code;

        [FieldOffset(16)]
        internal int Pid;

        [FieldOffset(24)]
        internal int Status;
    }

    /// <summary>The fields of struct signalfd_siginfo that anybody reads.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct SignalfdSiginfo
    {
        [FieldOffset(0)]
        internal uint Signal;

        [FieldOffset(12)]
        internal uint Pid;
    }

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int waitid(int idType, int id, Siginfo* info, int options);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport(Name)]
    internal static partial int getpid();

    [LibraryImport(Name, SetLastError = true)]
    internal static partial long syscall(long number, long a, long b, long c, long d);
}
