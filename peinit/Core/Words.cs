// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>Small helpers on names and numbers.</summary>
internal static class Words
{
    /// <summary>Whether a list holds a name, case-insensitively (PEINIT-005).</summary>
    public static bool Contains(string[] names, string name)
    {
        foreach (string candidate in names)
        {
            if (string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A registry number in the int field of a log line.</summary>
    public static int Number(uint value) => (int)Math.Min(value, int.MaxValue);
}
