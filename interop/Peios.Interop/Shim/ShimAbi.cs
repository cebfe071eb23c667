// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Peios.Interop;

/// <summary>Mirror of interop/native/shim.h, in its order.</summary>
internal static unsafe partial class ShimAbi
{
    internal const string Name = "peiosshim";
    internal const int Version = 4;

    internal const uint SpawnNofile = 0x1;
    internal const uint SpawnCore = 0x2;
    internal const uint SpawnOom = 0x4;
    internal const uint SpawnTty = 0x8;

    /// <summary>struct peios_spawn_request.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SpawnRequest
    {
        internal uint Size;
        internal uint Flags;
        internal byte* Path;
        internal byte** Argv;
        internal byte** Envp;
        internal byte* Cwd;
        internal byte* Tty;
        internal ulong Nofile;
        internal ulong Core;
        internal int Stdin;
        internal int Stdout;
        internal int Stderr;
        internal int CgroupFd;
        internal int TokenFd;
        internal int OomScoreAdj;
        internal uint InstallRequest;
        internal int PsbFd;
        internal uint PsbRequest;
        internal uint Reserved;
        internal void* PsbArgument;
    }

    /// <summary>struct peios_spawn_result.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SpawnResult
    {
        internal int Pid;
        internal int Pidfd;
        internal int ErrorFd;
    }

    /// <summary>struct peios_report.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Report
    {
        internal uint Step;
        internal int Error;
    }

    /// <summary>struct peios_call_request.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CallRequest
    {
        internal uint Size;
        internal uint Call;
        internal byte* Target;
        internal byte* Source;
        internal byte* Type;
        internal byte* Data;
        internal ulong Flags;
        internal int CgroupFd;
        internal uint Reserved;
    }

    /// <summary>struct peios_crash_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CrashInfo
    {
        internal int StateFd;
        internal int Count;
        internal int Signal;
    }

    [LibraryImport(Name)]
    internal static partial int peios_shim_version();

    [LibraryImport(Name)]
    internal static partial int peios_spawn(SpawnRequest* request, SpawnResult* result);

    [LibraryImport(Name)]
    internal static partial int peios_call(CallRequest* request, SpawnResult* result);

    [LibraryImport(Name)]
    internal static partial int peios_signals_open(ulong mask);

    [LibraryImport(Name)]
    internal static partial void peios_signals_default();

    [LibraryImport(Name)]
    internal static partial void peios_discard(int* fds, uint count);

    [LibraryImport(Name)]
    internal static partial int peios_crash_arm(byte* path, int stateFd, CrashInfo* info);

    [LibraryImport(Name)]
    internal static partial void peios_crash_stable();

    [LibraryImport(Name)]
    internal static partial int peios_crash_thread();

    [LibraryImport(Name)]
    internal static partial void peios_crash_now(int signal);

    [LibraryImport(Name)]
    internal static partial void peios_crash_fault();
}
