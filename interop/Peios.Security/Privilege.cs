// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peios.Security;

/// <summary>One privilege of the catalogue (KACS-TOK-027).</summary>
/// <param name="Bit">Bit number, 0 to 63.</param>
/// <param name="ShortName">Name without <c>Se</c> and <c>Privilege</c>.</param>
/// <param name="IsReserved">Carried but never enforced and never issued (AUTH-035).</param>
public readonly record struct Privilege(int Bit, string ShortName, bool IsReserved = false)
{
    /// <summary>Create tokens.</summary>
    public const ulong CreateToken = 1UL << 2;

    /// <summary>Install a primary token.</summary>
    public const ulong AssignPrimaryToken = 1UL << 3;

    /// <summary>Act as part of the trusted computing base.</summary>
    public const ulong Tcb = 1UL << 7;

    /// <summary>Read and write SACLs.</summary>
    public const ulong Security = 1UL << 8;

    /// <summary>Load kernel modules.</summary>
    public const ulong LoadDriver = 1UL << 10;

    /// <summary>Write audit events.</summary>
    public const ulong Audit = 1UL << 21;

    /// <summary>Skip traverse checks.</summary>
    public const ulong ChangeNotify = 1UL << 23;

    /// <summary>Impersonate other users.</summary>
    public const ulong Impersonate = 1UL << 29;

    /// <summary>Create symbolic links.</summary>
    public const ulong CreateSymbolicLink = 1UL << 35;

    /// <summary>Bind ports below 1024.</summary>
    public const ulong BindPrivilegedPort = 1UL << 63;

    /// <summary>All defined bits (KACS-TOK-028).</summary>
    public const ulong AllDefined = 0xC000_000F_FFFF_FFFC;

    private static readonly Privilege[] s_all =
    [
        new(2, "CreateToken"), new(3, "AssignPrimaryToken"), new(4, "LockMemory"), new(5, "IncreaseQuota"),
        new(6, "MachineAccount"), new(7, "Tcb"), new(8, "Security"), new(9, "TakeOwnership"),
        new(10, "LoadDriver"), new(11, "SystemProfile"), new(12, "Systemtime"), new(13, "ProfileSingleProcess"),
        new(14, "IncreaseBasePriority"), new(15, "CreatePagefile", true), new(16, "CreatePermanent", true),
        new(17, "Backup"), new(18, "Restore"), new(19, "Shutdown"), new(20, "Debug"), new(21, "Audit"),
        new(22, "SystemEnvironment", true), new(23, "ChangeNotify"), new(24, "RemoteShutdown"), new(25, "Undock", true),
        new(26, "SyncAgent"), new(27, "EnableDelegation"), new(28, "ManageVolume", true), new(29, "Impersonate"),
        new(30, "CreateGlobal", true), new(31, "TrustedCredManAccess", true), new(32, "Relabel"),
        new(33, "IncreaseWorkingSet", true), new(34, "TimeZone", true), new(35, "CreateSymbolicLink"),
        new(62, "CreateJob"), new(63, "BindPrivilegedPort"),
    ];

    /// <summary>The catalogue, by bit.</summary>
    public static IReadOnlyList<Privilege> All => s_all;

    /// <summary>Its bit as a mask.</summary>
    public ulong Mask => 1UL << Bit;

    /// <summary>Full name: <c>SeTcbPrivilege</c>.</summary>
    public string Name => $"Se{ShortName}Privilege";

    /// <summary>Finds a privilege by full or short name (<c>SeTcbPrivilege</c>, <c>SeTcb</c>, <c>Tcb</c>), in any case.</summary>
    public static bool TryFind(ReadOnlySpan<char> name, out Privilege privilege)
    {
        if (name.EndsWith("Privilege", StringComparison.OrdinalIgnoreCase))
        {
            name = name[..^9];
        }
        ReadOnlySpan<char> bare = name.StartsWith("Se", StringComparison.OrdinalIgnoreCase) ? name[2..] : name;
        foreach (Privilege candidate in s_all)
        {
            // "Security" starts with Se itself, hence both forms.
            if (bare.Equals(candidate.ShortName, StringComparison.OrdinalIgnoreCase) ||
                name.Equals(candidate.ShortName, StringComparison.OrdinalIgnoreCase))
            {
                privilege = candidate;
                return true;
            }
        }
        privilege = default;
        return false;
    }

    /// <summary>The name of a bit: from the catalogue, else <c>Bit&lt;n&gt;</c>.</summary>
    public static string NameOf(int bit)
    {
        foreach (Privilege candidate in s_all)
        {
            if (candidate.Bit == bit)
            {
                return candidate.Name;
            }
        }
        return $"Bit{bit}";
    }
}
