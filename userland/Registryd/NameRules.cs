// SPDX-License-Identifier: MIT
using System;

namespace Registryd;

/// <summary>Which names the kernel lets through (LCS-040, LCS-041), for what does not come through it.</summary>
internal static class NameRules
{
    /// <summary>True for a key or hive name: not empty, no separator, no NUL.</summary>
    public static bool IsComponent(string name) => name.Length > 0 && IsText(name) && name.AsSpan().IndexOfAny('\\', '/') < 0;

    /// <summary>True for a value name: anything without NUL.</summary>
    public static bool IsValueName(string name) => IsText(name);

    private static bool IsText(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] == '\0' || (char.IsSurrogate(name[i]) && !(i + 1 < name.Length && char.IsSurrogatePair(name[i], name[++i]))))
            {
                return false;
            }
        }

        return true;
    }
}
