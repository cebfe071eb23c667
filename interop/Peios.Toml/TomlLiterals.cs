// SPDX-License-Identifier: MIT
using System;
using System.Globalization;

namespace Peios.Toml;

/// <summary>Booleans, numbers, dates and times.</summary>
internal static class TomlLiterals
{
    internal static TomlValue? Read(TomlText text)
    {
        int line = text.Line;
        ReadOnlySpan<char> token = Token(text);
        TomlValue? value = token switch
        {
            "true" => TomlValue.OfBoolean(true, line),
            "false" => TomlValue.OfBoolean(false, line),
            "inf" or "+inf" => TomlValue.OfFloat(double.PositiveInfinity, line),
            "-inf" => TomlValue.OfFloat(double.NegativeInfinity, line),
            "nan" or "+nan" or "-nan" => TomlValue.OfFloat(double.NaN, line),
            _ => Number(token, line) ?? Time(token, line),
        };
        if (value is null)
        {
            _ = text.Fail(token.IsEmpty ? "expected a value" : $"'{token}' is no value");
            return null;
        }

        text.Advance(token.Length);
        return value;
    }

    /// <summary>The characters a literal can consist of; one blank belongs to it between a date and a time.</summary>
    private static ReadOnlySpan<char> Token(TomlText text)
    {
        ReadOnlySpan<char> rest = text.Rest;
        int n = 0;
        while (n < rest.Length && (char.IsAsciiLetterOrDigit(rest[n]) || rest[n] is '+' or '-' or '_' or '.' or ':'))
        {
            n++;
        }

        bool dateThenTime = n == 10 && rest[4] == '-' && n + 1 < rest.Length && rest[n] == ' ' && char.IsAsciiDigit(rest[n + 1]);
        if (dateThenTime)
        {
            n++;
            while (n < rest.Length && (char.IsAsciiLetterOrDigit(rest[n]) || rest[n] is '+' or '-' or '.' or ':'))
            {
                n++;
            }
        }

        return rest[..n];
    }

    private static TomlValue? Number(ReadOnlySpan<char> token, int line)
    {
        if (token.Length > 2 && token[0] == '0' && token[1] is 'x' or 'o' or 'b')
        {
            return Prefixed(token[2..], token[1] == 'x' ? 16u : token[1] == 'o' ? 8u : 2u, line);
        }

        ReadOnlySpan<char> rest = token;
        if (rest.Length > 0 && rest[0] is '+' or '-')
        {
            rest = rest[1..];
        }

        if (!TakeDigits(ref rest, leadingZero: false))
        {
            return null;
        }

        Span<char> digits = stackalloc char[128];
        if (rest.IsEmpty)
        {
            return TryStrip(token, digits, out int length) && long.TryParse(digits[..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
                ? TomlValue.OfInteger(value, line)
                : null;
        }

        if (rest[0] == '.')
        {
            rest = rest[1..];
            if (!TakeDigits(ref rest, leadingZero: true))
            {
                return null;
            }
        }

        if (!rest.IsEmpty && rest[0] is 'e' or 'E')
        {
            rest = rest[1..];
            if (rest.Length > 0 && rest[0] is '+' or '-')
            {
                rest = rest[1..];
            }

            if (!TakeDigits(ref rest, leadingZero: true))
            {
                return null;
            }
        }

        return rest.IsEmpty && TryStrip(token, digits, out int count) && double.TryParse(digits[..count], NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? TomlValue.OfFloat(number, line)
            : null;
    }

    private static TomlValue? Prefixed(ReadOnlySpan<char> digits, uint radix, int line)
    {
        ulong value = 0;
        bool lastWasDigit = false;
        foreach (char c in digits)
        {
            if (c == '_')
            {
                if (!lastWasDigit)
                {
                    return null;
                }

                lastWasDigit = false;
                continue;
            }

            uint digit = !char.IsAsciiHexDigit(c) ? 99 : char.IsAsciiDigit(c) ? (uint)(c - '0') : (uint)((c | 0x20) - 'a' + 10);
            if (digit >= radix || value > ((ulong)long.MaxValue - digit) / radix)
            {
                return null;
            }

            value = (value * radix) + digit;
            lastWasDigit = true;
        }

        return lastWasDigit ? TomlValue.OfInteger((long)value, line) : null;
    }

    /// <summary>Takes digits with single underscores between them.</summary>
    private static bool TakeDigits(ref ReadOnlySpan<char> rest, bool leadingZero)
    {
        int n = 0;
        while (n < rest.Length && (char.IsAsciiDigit(rest[n]) || (rest[n] == '_' && n > 0 && char.IsAsciiDigit(rest[n - 1]))))
        {
            n++;
        }

        bool valid = n > 0 && rest[n - 1] != '_' && (leadingZero || n == 1 || rest[0] != '0');
        rest = rest[n..];
        return valid;
    }

    private static bool TryStrip(ReadOnlySpan<char> token, Span<char> buffer, out int length)
    {
        length = 0;
        foreach (char c in token)
        {
            if (c == '_')
            {
                continue;
            }

            if (length == buffer.Length)
            {
                return false;
            }

            buffer[length++] = c;
        }

        return length > 0;
    }

    private static TomlValue? Time(ReadOnlySpan<char> token, int line)
    {
        string literal = token.ToString();
        bool date = TakeDate(ref token);
        if (date && token.IsEmpty)
        {
            return TomlValue.OfText(TomlKind.LocalDate, literal, line);
        }

        if (date && token[0] is not ('T' or 't' or ' '))
        {
            return null;
        }

        token = date ? token[1..] : token;
        if (!TakeTime(ref token))
        {
            return null;
        }

        if (token.IsEmpty)
        {
            return TomlValue.OfText(date ? TomlKind.LocalDateTime : TomlKind.LocalTime, literal, line);
        }

        return date && IsOffset(token) ? TomlValue.OfText(TomlKind.OffsetDateTime, literal, line) : null;
    }

    private static bool TakeDate(ref ReadOnlySpan<char> token)
    {
        if (token.Length < 10 || token[4] != '-' || token[7] != '-'
            || !Digits(token[..4], out int year) || !Digits(token[5..7], out int month) || !Digits(token[8..10], out int day)
            || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(Math.Max(1, year == 0 ? 4 : year), month))
        {
            return false;
        }

        token = token[10..];
        return true;
    }

    private static bool TakeTime(ref ReadOnlySpan<char> token)
    {
        if (token.Length < 8 || token[2] != ':' || token[5] != ':'
            || !Digits(token[..2], out int hour) || !Digits(token[3..5], out int minute) || !Digits(token[6..8], out int second)
            || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        token = token[8..];
        if (token.IsEmpty || token[0] != '.')
        {
            return true;
        }

        int n = 1;
        while (n < token.Length && char.IsAsciiDigit(token[n]))
        {
            n++;
        }

        token = token[n..];
        return n > 1;
    }

    private static bool IsOffset(ReadOnlySpan<char> token) =>
        token is "Z" or "z"
        || (token.Length == 6 && token[0] is '+' or '-' && token[3] == ':'
            && Digits(token[1..3], out int hour) && Digits(token[4..6], out int minute) && hour <= 23 && minute <= 59);

    private static bool Digits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
