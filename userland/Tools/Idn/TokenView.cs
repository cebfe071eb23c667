// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop;
using Peios.Security;

namespace Tools.Idn;

/// <summary>All of a token as data, read once: what is shown does not depend on when it is shown.</summary>
internal sealed record TokenView
{
    public Sid User { get; init; }

    public IReadOnlyList<SidAndAttributes> Groups { get; init; } = [];

    public TokenPrivileges Privileges { get; init; }

    public TokenType Type { get; init; }

    public ImpersonationLevel Level { get; init; }

    public uint Integrity { get; init; }

    public uint MandatoryPolicy { get; init; }

    public Sid Owner { get; init; }

    public Sid PrimaryGroup { get; init; }

    public byte[] DefaultDacl { get; init; } = [];

    public uint InteractivityScope { get; init; }

    public IReadOnlyList<SidAndAttributes> RestrictedSids { get; init; } = [];

    public TokenSource Source { get; init; } = new("", 0);

    public TokenStatistics Statistics { get; init; }

    public ulong Origin { get; init; }

    public ElevationType Elevation { get; init; }

    public IReadOnlyList<SidAndAttributes> DeviceGroups { get; init; } = [];

    public Sid Confinement { get; init; }

    public IReadOnlyList<SidAndAttributes> Capabilities { get; init; } = [];

    /// <summary>Null when the session is gone.</summary>
    public LogonType? LogonType { get; init; }

    public Sid LogonSid { get; init; }

    public byte[] UserClaims { get; init; } = [];

    public byte[] DeviceClaims { get; init; } = [];

    public IReadOnlyList<uint> SupplementaryGids { get; init; } = [];

    /// <summary>Every SID in it, for names.</summary>
    public IEnumerable<Sid> Sids()
    {
        yield return User;
        yield return Owner;
        yield return PrimaryGroup;
        foreach (IReadOnlyList<SidAndAttributes> list in (IReadOnlyList<SidAndAttributes>[])[Groups, RestrictedSids, DeviceGroups, Capabilities])
        {
            foreach (SidAndAttributes entry in list)
            {
                yield return entry.Sid;
            }
        }
    }

    /// <summary>Reads every class; the first that fails decides.</summary>
    public static Result<TokenView> Read(Token token)
    {
        if (!token.User().TryGet(out Sid user, out Errno error) || !token.Groups().TryGet(out SidAndAttributes[]? groups, out error) ||
            !token.Privileges().TryGet(out TokenPrivileges privileges, out error) || !token.Type().TryGet(out TokenType type, out error) ||
            !token.Level().TryGet(out ImpersonationLevel level, out error) || !token.IntegrityLevel().TryGet(out uint integrity, out error) ||
            !token.MandatoryPolicy().TryGet(out uint policy, out error) || !token.Owner().TryGet(out Sid owner, out error) ||
            !token.PrimaryGroup().TryGet(out Sid group, out error) || !token.DefaultDacl().TryGet(out byte[]? dacl, out error) ||
            !token.InteractivityScope().TryGet(out uint scope, out error) || !token.RestrictedSids().TryGet(out SidAndAttributes[]? restricted, out error) ||
            !token.Source().TryGet(out TokenSource source, out error) || !token.Statistics().TryGet(out TokenStatistics statistics, out error) ||
            !token.Origin().TryGet(out ulong origin, out error) || !token.Elevation().TryGet(out ElevationType elevation, out error) ||
            !token.DeviceGroups().TryGet(out SidAndAttributes[]? devices, out error) || !token.ConfinementSid().TryGet(out Sid confinement, out error) ||
            !token.Capabilities().TryGet(out SidAndAttributes[]? capabilities, out error) || !token.LogonSid().TryGet(out Sid logon, out error) ||
            !token.UserClaims().TryGet(out byte[]? userClaims, out error) || !token.DeviceClaims().TryGet(out byte[]? deviceClaims, out error) ||
            !token.SupplementaryGids().TryGet(out uint[]? gids, out error))
        {
            return error;
        }

        return new TokenView
        {
            User = user,
            Groups = groups,
            Privileges = privileges,
            Type = type,
            Level = level,
            Integrity = integrity,
            MandatoryPolicy = policy,
            Owner = owner,
            PrimaryGroup = group,
            DefaultDacl = dacl,
            InteractivityScope = scope,
            RestrictedSids = restricted,
            Source = source,
            Statistics = statistics,
            Origin = origin,
            Elevation = elevation,
            DeviceGroups = devices,
            Confinement = confinement,
            Capabilities = capabilities,
            LogonType = token.LogonType().TryGet(out LogonType logonType) ? logonType : null,
            LogonSid = logon,
            UserClaims = userClaims,
            DeviceClaims = deviceClaims,
            SupplementaryGids = gids,
        };
    }
}
