// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>
/// The keys of one notify datagram that the core acts on (PEINIT-435), parsed and bounded by <c>Notify/NotifyMessage</c>.
/// Keys that are not listed, repeated ones but the last, and malformed numbers never get here.
/// </summary>
public readonly record struct NotifyFields
{
    /// <summary><c>READY=1</c>.</summary>
    public bool Ready { get; init; }

    /// <summary><c>RELOADING=1</c>.</summary>
    public bool Reloading { get; init; }

    /// <summary><c>STOPPING=1</c>.</summary>
    public bool Stopping { get; init; }

    /// <summary><c>WATCHDOG=1</c>.</summary>
    public bool Watchdog { get; init; }

    /// <summary><c>STATUS=</c>, null when absent.</summary>
    public string? Status { get; init; }

    /// <summary><c>ERRNO=</c>, null when absent; forwarded only.</summary>
    public string? Errno { get; init; }

    /// <summary><c>EXIT_STATUS=</c>, null when absent; forwarded only.</summary>
    public string? ExitStatus { get; init; }

    /// <summary><c>WATCHDOG_USEC=</c> in microseconds, null when absent.</summary>
    public ulong? WatchdogMicroseconds { get; init; }

    /// <summary><c>EXTEND_TIMEOUT_USEC=</c> in microseconds, null when absent.</summary>
    public ulong? ExtendMicroseconds { get; init; }
}
