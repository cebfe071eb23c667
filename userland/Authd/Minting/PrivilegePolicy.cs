// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peios.Security;

namespace Authd.Minting;

/// <summary>
/// Which privileges a token gets by the SIDs in it (AUTH-033, AUTH-034). CreateToken, Tcb, LoadDriver and the reserved
/// ones are on no list, so nothing here can issue them (AUTH-035).
/// </summary>
internal static class PrivilegePolicy
{
    /// <summary>Enabled from the start; the others are enabled by who needs them (AUTH-048).</summary>
    private const ulong EnabledAtOnce =
        Privilege.ChangeNotify | Privilege.CreateSymbolicLink | Privilege.Impersonate | Privilege.BindPrivilegedPort;

    private static readonly Sid s_backupOperators = new(5, 32, 551);

    private static readonly (ulong Mask, Sid[] Sids)[] s_lists =
    [
        (Privilege.ChangeNotify | Privilege.CreateSymbolicLink, [WellKnownSids.Everyone]),
        (Privilege.Impersonate, [WellKnownSids.Service, WellKnownSids.Administrators]),
        (Privilege.Audit, [WellKnownSids.LocalService, WellKnownSids.NetworkService]),
        (Privilege.BindPrivilegedPort, [WellKnownSids.NetworkService, WellKnownSids.Administrators]),
        (Bits(17, 18), [WellKnownSids.Administrators, s_backupOperators]),
        (Bits(5, 8, 9, 11, 12, 13, 14, 19, 20, 24, 62), [WellKnownSids.Administrators]),
    ];

    /// <summary>Privileges of a token with this user and these groups.</summary>
    public static ulong Present(in Sid user, IReadOnlyList<SidAndAttributes> groups)
    {
        ulong present = 0;
        foreach ((ulong mask, Sid[] sids) in s_lists)
        {
            foreach (Sid sid in sids)
            {
                present |= sid == user || Contains(groups, sid) ? mask : 0;
            }
        }

        return present;
    }

    /// <summary>Those of them that are enabled.</summary>
    public static ulong Enabled(ulong present) => present & EnabledAtOnce;

    private static bool Contains(IReadOnlyList<SidAndAttributes> groups, in Sid sid)
    {
        foreach (SidAndAttributes group in groups)
        {
            if (group.Sid == sid)
            {
                return true;
            }
        }

        return false;
    }

    private static ulong Bits(params int[] bits)
    {
        ulong mask = 0;
        foreach (int bit in bits)
        {
            mask |= 1UL << bit;
        }

        return mask;
    }
}
