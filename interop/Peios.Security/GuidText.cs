// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>
/// GUIDs as text: 38 characters with braces for people (KACS-FMT-005). JSON and SDDL have them without; both are read
/// (KACS-FMT-006).
/// </summary>
public static class GuidText
{
    private const int Length = 36;

    /// <summary>The canonical form: <c>{01020304-0506-0708-090a-0b0c0d0e0f10}</c>.</summary>
    public static string Format(Guid guid) => guid.ToString("B");

    /// <summary>Reads 8-4-4-4-12 hexadecimal digits, in braces or not, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Guid guid)
    {
        if (text.Length == Length + 2 && text[0] == '{' && text[^1] == '}')
        {
            text = text[1..^1];
        }
        guid = default;
        return IsGrouped(text) && Guid.TryParseExact(text, "D", out guid);
    }

    /// <summary>The platform's parser also takes signs and 0x for digits.</summary>
    private static bool IsGrouped(ReadOnlySpan<char> text)
    {
        if (text.Length != Length)
        {
            return false;
        }
        for (int i = 0; i < Length; i++)
        {
            bool right = i is 8 or 13 or 18 or 23 ? text[i] == '-' : char.IsAsciiHexDigit(text[i]);
            if (!right)
            {
                return false;
            }
        }
        return true;
    }
}
