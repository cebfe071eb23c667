// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Security;

namespace Lpsd.Store;

/// <summary>Rules for names and profile fields (LPS-026, LPS-027).</summary>
internal static class Names
{
    /// <summary>Longest name.</summary>
    public const int MaxLength = 64;

    private const int MaxText = 256;
    private const int MaxPath = 1024;

    /// <summary>
    /// The key of a name: stored names are ASCII, so folding is that of ASCII, and text with other characters is the
    /// name of nobody. (A fold that maps the Kelvin sign to k would let two spellings meet.)
    /// </summary>
    public static string Fold(string name) => Ascii.IsValid(name) ? name.ToLowerInvariant() : "\uFFFD";

    /// <summary>May a new principal be called that? Blanks only inside the names of groups, and single.</summary>
    public static bool IsValid(string name, PrincipalKind kind)
    {
        if (name.Length is 0 or > MaxLength || !(char.IsAsciiLetterOrDigit(name[0]) || name[0] == '_'))
        {
            return false;
        }

        char before = '_';
        foreach (char c in name)
        {
            bool blank = c == ' ' && kind == PrincipalKind.Group && before != ' ';
            if (!blank && !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }

            before = c;
        }

        return before != ' ' && !IsReserved(name);
    }

    /// <summary>Display name or description: at most 256 bytes, no control character, no colon.</summary>
    public static bool IsText(string? text) => text is null || (Encoding.UTF8.GetByteCount(text) <= MaxText && IsClean(text));

    /// <summary>Home or shell: absolute, at most 1024 bytes, no control character, no colon.</summary>
    public static bool IsPath(string? path) =>
        path is null || (path.StartsWith('/') && Encoding.UTF8.GetByteCount(path) <= MaxPath && IsClean(path));

    private static bool IsClean(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c) || c == ':')
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsReserved(string name)
    {
        if (name.StartsWith("S-1-", StringComparison.OrdinalIgnoreCase) || Same(name, "root") || Same(name, "nobody") ||
            Same(name, "Local Service") || Same(name, "Network Service"))
        {
            return true;
        }

        // Aliases are rows of the store: their names are taken, not reserved.
        return WellKnownSids.TryFind(name, out Sid sid) && !sid.IsChildOf(WellKnownSids.Builtin);
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
