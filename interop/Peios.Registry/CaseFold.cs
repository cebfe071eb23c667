// SPDX-License-Identifier: MIT
using System;
using System.Text;

namespace Peios.Registry;

/// <summary>
/// Unicode 16.0 simple case folding, the comparison of registry names (LCS-009): code point to code point, no locale,
/// no normalisation. The twin of <c>pkm/core/base/casefold.c</c>, fed by the same generator.
/// </summary>
public static class CaseFold
{
    /// <summary>Folds one code point; what has no folding stays itself.</summary>
    public static int Fold(int codePoint)
    {
        if (codePoint < 0x80)
        {
            return codePoint is >= 'A' and <= 'Z' ? codePoint + 32 : codePoint;
        }

        ReadOnlySpan<int> ranges = CaseFoldTable.Ranges;
        int low = 0;
        int high = ranges.Length / 4;
        while (low < high)
        {
            int mid = low + ((high - low) / 2);
            ReadOnlySpan<int> range = ranges.Slice(4 * mid, 4);
            if (codePoint < range[0])
            {
                high = mid;
            }
            else if (codePoint > range[1])
            {
                low = mid + 1;
            }
            else
            {
                return (codePoint - range[0]) % range[2] == 0 ? codePoint + range[3] : codePoint;
            }
        }

        return codePoint;
    }

    /// <summary>Folds UTF-8 into <paramref name="folded"/>, which needs 3 bytes for every 2; malformed bytes are kept as they are.</summary>
    /// <returns>Bytes written.</returns>
    public static int Fold(ReadOnlySpan<byte> utf8, Span<byte> folded)
    {
        int at = 0;
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int used) != System.Buffers.OperationStatus.Done)
            {
                folded[at++] = utf8[0];
                utf8 = utf8[1..];
                continue;
            }

            at += new Rune(Fold(rune.Value)).EncodeToUtf8(folded[at..]);
            utf8 = utf8[used..];
        }

        return at;
    }

    /// <summary>The folded spelling of a name.</summary>
    public static string Fold(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        byte[] folded = new byte[utf8.Length + (utf8.Length / 2) + 1];
        return Encoding.UTF8.GetString(folded, 0, Fold(utf8, folded));
    }

    /// <summary>True when both are spellings of one name.</summary>
    public static bool Equal(string a, string b) => string.Equals(Fold(a), Fold(b), StringComparison.Ordinal);
}
