// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Lpsd.Store;

/// <summary>The names of the flags on the wire.</summary>
internal static class PrincipalFlagNames
{
    private static readonly (PrincipalFlags Flag, string Name)[] s_names =
    [
        (PrincipalFlags.Disabled, "DISABLED"), (PrincipalFlags.MustChange, "MUST_CHANGE"), (PrincipalFlags.NoPassword, "NO_PASSWORD"),
        (PrincipalFlags.NeverExpires, "NEVER_EXPIRES"), (PrincipalFlags.CannotChange, "CANNOT_CHANGE"), (PrincipalFlags.Protected, "PROTECTED"),
    ];

    /// <summary>The names of the set flags.</summary>
    public static IEnumerable<string> Of(PrincipalFlags flags)
    {
        foreach ((PrincipalFlags flag, string name) in s_names)
        {
            if ((flags & flag) != 0)
            {
                yield return name;
            }
        }
    }

    /// <summary>Names to flags; false for a name that does not exist or may not be set.</summary>
    public static bool TryRead(IEnumerable<string> names, out PrincipalFlags flags)
    {
        flags = PrincipalFlags.None;
        foreach (string text in names)
        {
            PrincipalFlags found = PrincipalFlags.None;
            foreach ((PrincipalFlags flag, string name) in s_names)
            {
                found = name == text && flag != PrincipalFlags.Protected ? flag : found;
            }

            if (found == PrincipalFlags.None)
            {
                return false;
            }

            flags |= found;
        }

        return true;
    }
}
