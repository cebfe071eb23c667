// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peios.Security;

namespace Authd.Minting;

/// <summary>What a source knows about a principal (LPS-050): data, never tokens.</summary>
internal sealed record Principal
{
    /// <summary>Linux id of those that have none (AUTH-030).</summary>
    public const uint NoId = 65534;

    public required Sid Sid { get; init; }

    public required string Name { get; init; }

    /// <summary>Name of the source; the logon session's package.</summary>
    public required string Source { get; init; }

    /// <summary>A service account: it has the Service logon right without being listed (AUTH-036).</summary>
    public bool IsService { get; init; }

    public bool IsDisabled { get; init; }

    public uint Uid { get; init; } = NoId;

    /// <summary>The primary group; none for builtin principals.</summary>
    public Sid PrimaryGroup { get; init; }

    public uint PrimaryGroupId { get; init; } = NoId;

    /// <summary>Further groups in the order of LPS-036.</summary>
    public IReadOnlyList<ResolvedGroup> Groups { get; init; } = [];

    public uint AuditPolicy { get; init; }

    /// <summary>Claim array of the account (KACS-FMT-109).</summary>
    public byte[] UserClaims { get; init; } = [];

    /// <summary>Claim array of the machine.</summary>
    public byte[] DeviceClaims { get; init; } = [];

    /// <summary>Groups of the machine.</summary>
    public IReadOnlyList<Sid> DeviceGroups { get; init; } = [];

    /// <summary>Nanoseconds since the Unix epoch, 0 for never.</summary>
    public ulong ExpiresAt { get; init; }

    public string? DisplayName { get; init; }

    public string Home { get; init; } = "/";

    public string Shell { get; init; } = "/usr/sbin/nologin";
}
