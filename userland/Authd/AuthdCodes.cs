// SPDX-License-Identifier: MIT
namespace Authd;

/// <summary>Answer codes beyond those every daemon shares (AUTH-014).</summary>
internal static class AuthdCodes
{
    public const string Disabled = "DISABLED";
    public const string Expired = "EXPIRED";
    public const string InvalidName = "INVALID_NAME";
    public const string LogonTypeDenied = "LOGON_TYPE_DENIED";
    public const string NoSuchSource = "NO_SUCH_SOURCE";
    public const string NotAllowed = "NOT_ALLOWED";
    public const string SourceUnavailable = "SOURCE_UNAVAILABLE";
    public const string TooManyGroups = "TOO_MANY_GROUPS";
    public const string Unsupported = "UNSUPPORTED";
}
