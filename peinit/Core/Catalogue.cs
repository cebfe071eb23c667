// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>The names that definitions may use for privileges, mitigations and signals (PEINIT-100).</summary>
public static class Catalogue
{
    /// <summary>SIGHUP.</summary>
    public const int SigHup = 1;

    private static readonly string[] Privileges =
    [
        "SeCreateTokenPrivilege", "SeAssignPrimaryTokenPrivilege", "SeLockMemoryPrivilege", "SeIncreaseQuotaPrivilege",
        "SeMachineAccountPrivilege", "SeTcbPrivilege", "SeSecurityPrivilege", "SeTakeOwnershipPrivilege", "SeLoadDriverPrivilege",
        "SeSystemProfilePrivilege", "SeSystemtimePrivilege", "SeProfileSingleProcessPrivilege", "SeIncreaseBasePriorityPrivilege",
        "SeCreatePagefilePrivilege", "SeCreatePermanentPrivilege", "SeBackupPrivilege", "SeRestorePrivilege", "SeShutdownPrivilege",
        "SeDebugPrivilege", "SeAuditPrivilege", "SeSystemEnvironmentPrivilege", "SeChangeNotifyPrivilege", "SeRemoteShutdownPrivilege",
        "SeUndockPrivilege", "SeSyncAgentPrivilege", "SeEnableDelegationPrivilege", "SeManageVolumePrivilege", "SeImpersonatePrivilege",
        "SeCreateGlobalPrivilege", "SeTrustedCredManAccessPrivilege", "SeRelabelPrivilege", "SeIncreaseWorkingSetPrivilege",
        "SeTimeZonePrivilege", "SeCreateSymbolicLinkPrivilege", "SeCreateJobPrivilege", "SeBindPrivilegedPortPrivilege",
    ];

    private static readonly string[] Signals =
    [
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2",
        "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG",
        "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>All privilege names of KACS-TOK-027.</summary>
    public static ReadOnlySpan<string> PrivilegeNames => Privileges;

    /// <summary>Whether a name is in the catalogue.</summary>
    public static bool IsPrivilege(string name) => Array.IndexOf(Privileges, name) >= 0;

    /// <summary>Number of a signal by its full name, 0 when there is none.</summary>
    public static int SignalNumber(string name) => Array.IndexOf(Signals, name) + 1;

    /// <summary>Bit of a mitigation (KACS-TOK-127), 0 when there is none.</summary>
    public static uint Mitigation(string name) => name switch
    {
        "WXP" => 0x001,
        "TLP" => 0x002,
        "LSV" => 0x004,
        "NO_CHILD" => 0x020,
        "CFIF" => 0x040,
        "CFIB" => 0x080,
        "PIE" => 0x100,
        "SML" => 0x200,
        _ => 0,
    };
}
