// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Peios.Security;

namespace Tools.Frame;

/// <summary>An integrity level as typed: a number or a name.</summary>
internal static class IntegrityText
{
    /// <summary>Reads <c>High</c>, <c>12288</c> and the like.</summary>
    public static bool TryParse(string text, out uint level)
    {
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out level))
        {
            return true;
        }

        foreach ((Sid sid, string name) in WellKnownSids.Named)
        {
            if (sid is { Authority: 16, SubAuthorityCount: 1 } && name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                level = sid.Rid;
                return true;
            }
        }

        return false;
    }
}
