// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>Keeps a daemon's memory out of files and debuggers (AUTH-013).</summary>
public static unsafe class Hardening
{
    private const int PrctlCall = 157;
    private const int Prlimit64Call = 302;
    private const int SetDumpable = 4;
    private const int LimitCore = 4;

    /// <summary>RLIMIT_CORE 0 and PR_SET_DUMPABLE 0; call it before a secret can arrive.</summary>
    public static Errno KeepMemoryPrivate()
    {
        ulong* none = stackalloc ulong[2];
        none[0] = 0;
        none[1] = 0;
        Errno error = Libc.Check(Libc.syscall(Prlimit64Call, 0, LimitCore, (long)none, 0));
        return error.Ok ? Libc.Check(Libc.syscall(PrctlCall, SetDumpable, 0, 0, 0)) : error;
    }
}
