// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>Strict numbers: the runtime's parsers accept trailing NUL characters.</summary>
internal static class Digits
{
    /// <summary>Digits of <paramref name="numberBase"/> (8, 10 or 16) only, at least one, up to <paramref name="limit"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, uint numberBase, ulong limit, out ulong value)
    {
        value = 0;
        foreach (char c in text)
        {
            uint digit = char.IsAsciiHexDigit(c) ? Value(c) : uint.MaxValue;
            if (digit >= numberBase || value > limit / numberBase || digit > limit - (value * numberBase))
            {
                return false;
            }
            value = (value * numberBase) + digit;
        }
        return !text.IsEmpty;
    }

    private static uint Value(char c) => c <= '9' ? (uint)(c - '0') : (uint)((c | 0x20) - 'a' + 10);
}
