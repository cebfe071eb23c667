// SPDX-License-Identifier: MIT
using System;
using Peios.Security;

namespace Authd.Sources;

/// <summary>Routes a name by its form alone: one source, no trying in turn (AUTH-025 to AUTH-027).</summary>
/// <param name="Kind">Which source.</param>
/// <param name="Sid">The SID, when the form gives it.</param>
/// <param name="Name">The bare name otherwise.</param>
internal readonly record struct AccountName(AccountKind Kind, Sid Sid, string Name)
{
    private const int MaxLength = 256;
    private const string NtAuthority = "NT AUTHORITY\\";

    /// <summary>Routes <paramref name="text"/>; the empty name means LocalService.</summary>
    public static AccountName Route(string text)
    {
        if (text.Length == 0)
        {
            return new AccountName(AccountKind.Builtin, WellKnownSids.LocalService, "");
        }

        if (text.Length > MaxLength || HasControl(text))
        {
            return new AccountName(AccountKind.Malformed, default, text);
        }

        if (Sid.TryParse(text, out Sid sid))
        {
            return OfSid(sid);
        }

        string bare = text.StartsWith(NtAuthority, StringComparison.OrdinalIgnoreCase) ? text[NtAuthority.Length..] : text;
        if (TryWellKnown(bare, out sid))
        {
            return OfSid(sid);
        }

        return bare.Length == text.Length ? OfName(text) : new AccountName(AccountKind.Malformed, default, text);
    }

    private static bool TryWellKnown(string name, out Sid sid)
    {
        if (Same(name, "LocalService", "Local Service"))
        {
            sid = WellKnownSids.LocalService;
            return true;
        }

        if (Same(name, "NetworkService", "Network Service"))
        {
            sid = WellKnownSids.NetworkService;
            return true;
        }

        // BUILTIN\Users is one; a bare "Users" is a local name, for lpsd to answer.
        return WellKnownSids.TryFind(name, out sid) && !(sid.IsChildOf(WellKnownSids.Builtin) && !name.Contains('\\', StringComparison.Ordinal));
    }

    private static bool Same(string name, string first, string second) =>
        name.Equals(first, StringComparison.OrdinalIgnoreCase) || name.Equals(second, StringComparison.OrdinalIgnoreCase);

    private static AccountName OfSid(in Sid sid)
    {
        if (sid == WellKnownSids.LocalService || sid == WellKnownSids.NetworkService)
        {
            return new AccountName(AccountKind.Builtin, sid, "");
        }

        // S-1-5-21-…: whether it is this machine's is for the local source to say.
        bool isAccount = sid is { Authority: 5, SubAuthorityCount: 5 } && sid.SubAuthority(0) == 21;
        return new AccountName(isAccount ? AccountKind.Local : AccountKind.Forbidden, sid, "");
    }

    private static AccountName OfName(string text)
    {
        int slash = text.IndexOf('\\', StringComparison.Ordinal);
        string domain = slash < 0 ? "" : text[..slash];
        string name = text[(slash + 1)..];
        if (name.Length == 0 || name.Contains('\\', StringComparison.Ordinal) || slash == 0)
        {
            return new AccountName(AccountKind.Malformed, default, text);
        }

        bool local = slash < 0 ? !text.Contains('@', StringComparison.Ordinal) : domain == "." || domain.Equals("LOCAL", StringComparison.OrdinalIgnoreCase);
        return new AccountName(local ? AccountKind.Local : AccountKind.Domain, default, name);
    }

    private static bool HasControl(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }
}
