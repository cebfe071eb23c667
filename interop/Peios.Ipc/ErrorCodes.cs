// SPDX-License-Identifier: MIT
namespace Peios.Ipc;

/// <summary>The <c>code</c> values that every JSON-lines daemon shares (AUTH-014, PEINIT-384).</summary>
public static class ErrorCodes
{
    /// <summary>The caller's token does not grant the right.</summary>
    public const string AccessDenied = "ACCESS_DENIED";

    /// <summary>Not an object, or a missing or ill-typed field.</summary>
    public const string InvalidRequest = "INVALID_REQUEST";

    /// <summary>No such command.</summary>
    public const string UnknownCommand = "UNKNOWN_COMMAND";

    /// <summary>Line too long or nested too deeply; the connection closes.</summary>
    public const string RequestTooLarge = "REQUEST_TOO_LARGE";

    /// <summary>Connection limit; the connection closes.</summary>
    public const string TooManyConnections = "TOO_MANY_CONNECTIONS";

    /// <summary>Nothing of that name.</summary>
    public const string NotFound = "NOT_FOUND";

    /// <summary>A resource of the daemon is exhausted.</summary>
    public const string Busy = "BUSY";

    /// <summary>Anything else.</summary>
    public const string Internal = "INTERNAL";
}
