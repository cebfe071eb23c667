// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peios.Security;

/// <summary>The fixed SIDs of KACS-FMT-025 to KACS-FMT-031 and the families built from numbers.</summary>
public static class WellKnownSids
{
    private const ulong Nt = 5;

    /// <summary>S-1-0-0.</summary>
    public static readonly Sid Nobody = new(0, 0);

    /// <summary>S-1-1-0.</summary>
    public static readonly Sid Everyone = new(1, 0);

    /// <summary>S-1-2-0.</summary>
    public static readonly Sid Local = new(2, 0);

    /// <summary>S-1-2-1.</summary>
    public static readonly Sid ConsoleLogon = new(2, 1);

    /// <summary>S-1-3-0.</summary>
    public static readonly Sid CreatorOwner = new(3, 0);

    /// <summary>S-1-3-1.</summary>
    public static readonly Sid CreatorGroup = new(3, 1);

    /// <summary>S-1-3-4.</summary>
    public static readonly Sid OwnerRights = new(3, 4);

    /// <summary>S-1-5-2.</summary>
    public static readonly Sid Network = new(Nt, 2);

    /// <summary>S-1-5-3.</summary>
    public static readonly Sid Batch = new(Nt, 3);

    /// <summary>S-1-5-4.</summary>
    public static readonly Sid Interactive = new(Nt, 4);

    /// <summary>S-1-5-6.</summary>
    public static readonly Sid Service = new(Nt, 6);

    /// <summary>S-1-5-7.</summary>
    public static readonly Sid Anonymous = new(Nt, 7);

    /// <summary>S-1-5-10.</summary>
    public static readonly Sid PrincipalSelf = new(Nt, 10);

    /// <summary>S-1-5-11.</summary>
    public static readonly Sid AuthenticatedUsers = new(Nt, 11);

    /// <summary>S-1-5-18.</summary>
    public static readonly Sid System = new(Nt, 18);

    /// <summary>S-1-5-19.</summary>
    public static readonly Sid LocalService = new(Nt, 19);

    /// <summary>S-1-5-20.</summary>
    public static readonly Sid NetworkService = new(Nt, 20);

    /// <summary>S-1-5-32: the domain of the aliases.</summary>
    public static readonly Sid Builtin = new(Nt, 32);

    /// <summary>S-1-5-32-544.</summary>
    public static readonly Sid Administrators = new(Nt, 32, 544);

    /// <summary>S-1-5-32-545.</summary>
    public static readonly Sid Users = new(Nt, 32, 545);

    /// <summary>S-1-5-32-546.</summary>
    public static readonly Sid Guests = new(Nt, 32, 546);

    /// <summary>Names, for display and look-up (AUTH-028): SID string to name and kind.</summary>
    private static readonly (Sid Sid, string Name)[] s_names =
    [
        (Nobody, "Nobody"), (Everyone, "Everyone"), (Local, "Local"), (ConsoleLogon, "Console Logon"),
        (CreatorOwner, "Creator Owner"), (CreatorGroup, "Creator Group"), (OwnerRights, "Owner Rights"),
        (Network, "Network"), (Batch, "Batch"), (Interactive, "Interactive"), (Service, "Service"),
        (Anonymous, "Anonymous"), (new(Nt, 9), "Enterprise Domain Controllers"), (PrincipalSelf, "Principal Self"),
        (AuthenticatedUsers, "Authenticated Users"), (new(Nt, 12), "Restricted Code"),
        (new(Nt, 13), "Terminal Server Users"), (new(Nt, 14), "Remote Interactive Logon"),
        (new(Nt, 15), "This Organization"), (new(Nt, 17), "IUSR"),
        (System, "SYSTEM"), (LocalService, "LocalService"), (NetworkService, "NetworkService"),
        (Administrators, "BUILTIN\\Administrators"), (Users, "BUILTIN\\Users"), (Guests, "BUILTIN\\Guests"),
        (new(Nt, 32, 547), "BUILTIN\\Power Users"), (new(Nt, 32, 548), "BUILTIN\\Account Operators"),
        (new(Nt, 32, 549), "BUILTIN\\Server Operators"), (new(Nt, 32, 550), "BUILTIN\\Print Operators"),
        (new(Nt, 32, 551), "BUILTIN\\Backup Operators"), (new(Nt, 32, 552), "BUILTIN\\Replicators"),
        (new(Nt, 32, 555), "BUILTIN\\Remote Desktop Users"), (new(Nt, 32, 556), "BUILTIN\\Network Configuration Operators"),
        (new(Nt, 32, 559), "BUILTIN\\Performance Log Users"), (new(Nt, 32, 560), "BUILTIN\\Windows Authorization Access Group"),
        (new(Nt, 32, 562), "BUILTIN\\Distributed COM Users"), (new(Nt, 32, 568), "BUILTIN\\IIS_IUSRS"),
        (new(Nt, 32, 569), "BUILTIN\\Cryptographic Operators"), (new(Nt, 32, 573), "BUILTIN\\Event Log Readers"),
        (new(Nt, 32, 574), "BUILTIN\\Certificate Service DCOM Access"), (new(Nt, 32, 575), "BUILTIN\\RDS Remote Access Servers"),
        (new(Nt, 32, 578), "BUILTIN\\Hyper-V Administrators"), (new(Nt, 32, 579), "BUILTIN\\Access Control Assistance Operators"),
        (new(Nt, 32, 580), "BUILTIN\\Remote Management Users"), (new(Nt, 32, 583), "BUILTIN\\Device Owners"),
        (new(15, 2, 1), "ALL APPLICATION PACKAGES"), (new(15, 2, 2), "ALL RESTRICTED APPLICATION PACKAGES"),
        (new(15, 3, 1), "Capability\\internetClient"), (new(15, 3, 2), "Capability\\internetClientServer"),
        (new(15, 3, 3), "Capability\\privateNetworkClientServer"), (new(15, 3, 8), "Capability\\enterpriseAuthentication"),
        (new(15, 3, 9), "Capability\\sharedUserCertificates"), (new(15, 3, 10), "Capability\\removableStorage"),
        (Integrity(0), "Untrusted"), (Integrity(4096), "Low"), (Integrity(8192), "Medium"), (Integrity(8448), "Medium-plus"),
        (Integrity(12288), "High"), (Integrity(16384), "System"), (Integrity(20480), "Protected"),
        (new(19, 0, 0), "Trust\\None"), (new(19, 512, 1024), "Trust\\Authenticode"), (new(19, 512, 1536), "Trust\\AntiMalware"),
        (new(19, 512, 2048), "Trust\\App"), (new(19, 512, 4096), "Trust\\Peios"), (new(19, 512, 8192), "Trust\\PeiosTcb"),
        (new(19, 1024, 8192), "Trust\\Isolated PeiosTcb"),
    ];

    /// <summary>Every named SID.</summary>
    public static IReadOnlyList<(Sid Sid, string Name)> Named => s_names;

    /// <summary>S-1-16-{level} (KACS-FMT-029).</summary>
    public static Sid Integrity(uint level) => new(16, level);

    /// <summary>The logon SID of session <paramref name="id"/> (KACS-FMT-028).</summary>
    public static Sid Logon(ulong id) => new(Nt, 5, (uint)(id >> 32), (uint)id);

    /// <summary>The display name, or null when the SID has none here.</summary>
    public static string? NameOf(in Sid sid)
    {
        foreach ((Sid known, string name) in s_names)
        {
            if (known == sid)
            {
                return name;
            }
        }
        return null;
    }

    /// <summary>The SID of a display name in any case; the part after <c>BUILTIN\</c> suffices.</summary>
    public static bool TryFind(string name, out Sid sid)
    {
        foreach ((Sid known, string full) in s_names)
        {
            bool alias = full.StartsWith("BUILTIN\\", StringComparison.Ordinal) &&
                full.AsSpan(8).Equals(name, StringComparison.OrdinalIgnoreCase);
            if (alias || full.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                sid = known;
                return true;
            }
        }
        sid = default;
        return false;
    }
}
