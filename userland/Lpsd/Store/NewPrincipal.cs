// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peios.Security;

namespace Lpsd.Store;

/// <summary>What <c>add</c> asks for, checked for shape only.</summary>
internal sealed record NewPrincipal
{
    public required string Name { get; init; }

    /// <summary>User, group or service.</summary>
    public required PrincipalKind Kind { get; init; }

    public string? DisplayName { get; init; }

    public string? Description { get; init; }

    public string? Home { get; init; }

    public string? Shell { get; init; }

    public PrincipalFlags Flags { get; init; }

    public ulong ExpiresAt { get; init; }

    /// <summary>Existing groups to join.</summary>
    public IReadOnlyList<Sid> Groups { get; init; } = [];
}
