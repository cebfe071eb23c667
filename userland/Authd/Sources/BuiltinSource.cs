// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Authd.Minting;
using Peios.Security;

namespace Authd.Sources;

/// <summary>LocalService and NetworkService, which exist without any store (AUTH-027).</summary>
internal static class BuiltinSource
{
    public const string Name = "builtin";

    private const uint UsersId = 545;

    /// <summary>
    /// The principal: always in Users, and in whatever else lpsd found; <paramref name="found"/> is empty while lpsd
    /// is down, because the system must boot without it (AUTH-043).
    /// </summary>
    public static Principal Resolve(in Sid sid, IReadOnlyList<ResolvedGroup> found)
    {
        List<ResolvedGroup> groups = [new(WellKnownSids.Users, UsersId)];
        foreach (ResolvedGroup group in found)
        {
            if (group.Sid != WellKnownSids.Users)
            {
                groups.Add(group);
            }
        }

        return new Principal
        {
            Sid = sid,
            Name = sid == WellKnownSids.LocalService ? "LocalService" : "NetworkService",
            Source = Name,
            IsService = true,
            Uid = sid.Rid,
            Groups = groups,
        };
    }
}
