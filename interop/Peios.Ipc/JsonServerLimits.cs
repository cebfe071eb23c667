// SPDX-License-Identifier: MIT
namespace Peios.Ipc;

/// <summary>Limits of a <see cref="JsonServer"/>; the defaults are those of AUTH-002 and AUTH-012.</summary>
public sealed record JsonServerLimits
{
    /// <summary>Connections in all.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>Connections of <see cref="Connections"/> that only <see cref="ReservedFor"/> may use.</summary>
    public int Reserved { get; init; } = 16;

    /// <summary>Identity with reserved connections and without the limit per identity.</summary>
    public string ReservedFor { get; init; } = "S-1-5-18";

    /// <summary>Connections of one identity.</summary>
    public int PerIdentity { get; init; } = 8;

    /// <summary>Longest request in bytes, LF included.</summary>
    public int RequestBytes { get; init; } = 65536;

    /// <summary>Idle time in nanoseconds after which a connection without a request in progress is closed.</summary>
    public ulong IdleNanoseconds { get; init; } = 30_000_000_000;

    /// <summary>Answers a client may leave unread, in bytes, before it is cut off.</summary>
    public int UnsentBytes { get; init; } = 1 << 20;
}
