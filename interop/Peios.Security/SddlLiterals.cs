// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Text;

namespace Peios.Security;

/// <summary>Literals shared by conditions and resource attributes.</summary>
internal static class SddlLiterals
{
    public const byte SignPlus = 1;
    public const byte SignMinus = 2;
    public const byte SignNone = 3;
    public const byte BaseOctal = 1;
    public const byte BaseDecimal = 2;
    public const byte BaseHex = 3;

    /// <summary>
    /// Can it stand between quotes? Half a surrogate pair cannot: written out as UTF-8 it would become another character.
    /// </summary>
    public static bool IsString(ReadOnlySpan<char> text)
    {
        if (text.ContainsAny('"', '\0'))
        {
            return false;
        }
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out int consumed) != OperationStatus.Done)
            {
                return false;
            }
            text = text[consumed..];
        }
        return true;
    }

    /// <summary>A quoted string; there is no escape, so it cannot hold a quote or a NUL.</summary>
    public static string ReadString(SddlScanner scanner)
    {
        int start = scanner.Position;
        scanner.Expect('"');
        ReadOnlySpan<char> text = scanner.Until("\"");
        if (scanner.AtEnd)
        {
            scanner.Fail(start, "string is not closed");
        }
        else if (!IsString(text))
        {
            scanner.Fail(start, "string holds a NUL or half a character");
        }
        scanner.Expect('"');
        return text.ToString();
    }

    /// <summary>Pairs of hex digits; a <c>#</c> among them stands for 0, as Windows has it.</summary>
    public static byte[] ReadHex(SddlScanner scanner)
    {
        int start = scanner.Position;
        while (char.IsAsciiHexDigit(scanner.Current) || scanner.Current == '#')
        {
            scanner.Advance();
        }
        string digits = scanner.Since(start).ToString().Replace('#', '0');
        if ((digits.Length & 1) != 0)
        {
            scanner.Fail(start, "odd number of hex digits");
            return [];
        }
        return Convert.FromHexString(digits);
    }

    /// <summary>A signed 64-bit integer: decimal, <c>0x</c> hex or leading-0 octal, with its sign and base codes.</summary>
    public static long ReadInteger(SddlScanner scanner, out byte sign, out byte numberBase)
    {
        int start = scanner.Position;
        sign = scanner.Current switch { '+' => SignPlus, '-' => SignMinus, _ => SignNone };
        scanner.Advance(sign == SignNone ? 0 : 1);
        ReadOnlySpan<char> digits = scanner.Word();
        scanner.Advance(digits.Length);
        bool hex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool octal = !hex && digits.Length > 1 && digits[0] == '0';
        numberBase = hex ? BaseHex : octal ? BaseOctal : BaseDecimal;
        ulong limit = long.MaxValue + (sign == SignMinus ? 1UL : 0);
        if (!Digits.TryParse(hex ? digits[2..] : digits, hex ? 16u : octal ? 8u : 10u, limit, out ulong magnitude))
        {
            scanner.Fail(start, "integer missing or out of range");
            return 0;
        }
        return sign == SignMinus ? unchecked(-(long)magnitude) : (long)magnitude;
    }
}
