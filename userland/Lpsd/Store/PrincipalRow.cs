// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Lpsd.Store;

/// <summary>A row of <c>principals</c> (LPS-007); times are nanoseconds since the Unix epoch.</summary>
internal sealed record PrincipalRow
{
    public required Sid Sid { get; init; }

    public required PrincipalKind Kind { get; init; }

    public required string Name { get; init; }

    public string? DisplayName { get; init; }

    public string? Description { get; init; }

    public PrincipalFlags Flags { get; init; }

    /// <summary>Linux id; the machine has none (LPS-030).</summary>
    public uint? PosixId { get; init; }

    public Sid PrimaryGroup { get; init; }

    public string? Home { get; init; }

    public string? Shell { get; init; }

    public ulong CreatedAt { get; init; }

    public ulong ChangedAt { get; init; }

    /// <summary>0 for never.</summary>
    public ulong ExpiresAt { get; init; }

    public uint AuditPolicy { get; init; }

    /// <summary>A descriptor of its own, which replaces the store's for this target (LPS-046).</summary>
    public byte[]? Security { get; init; }
}
