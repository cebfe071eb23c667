// SPDX-License-Identifier: MIT
using System;
using System.Text;

namespace Peios.Toml;

/// <summary>Keys and strings; numbers, booleans and times go on to <see cref="TomlLiterals"/>.</summary>
internal static class TomlScalars
{
    internal static string KeyPart(TomlText text)
    {
        if (text.Peek is '"' or '\'')
        {
            char quote = text.Next();
            return quote == '"' ? BasicString(text, multiline: false) : LiteralString(text, multiline: false);
        }

        ReadOnlySpan<char> rest = text.Rest;
        int length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is '_' or '-'))
        {
            length++;
        }

        if (length == 0)
        {
            _ = text.Fail("expected a key");
            return "";
        }

        text.Advance(length);
        return rest[..length].ToString();
    }

    internal static TomlValue? Read(TomlText text)
    {
        char quote = text.Peek;
        if (quote is not ('"' or '\''))
        {
            return TomlLiterals.Read(text);
        }

        int line = text.Line;
        text.Advance(1);
        bool multiline = text.Peek == quote && text.Ahead(1) == quote;
        if (multiline)
        {
            text.Advance(2);
            _ = text.TryNewline();
        }

        string value = quote == '"' ? BasicString(text, multiline) : LiteralString(text, multiline);
        return text.Ok ? TomlValue.OfText(TomlKind.String, value, line) : null;
    }

    private static string BasicString(TomlText text, bool multiline)
    {
        StringBuilder value = new();
        while (text.Ok && !Closed(text, '"', multiline, value))
        {
            if (text.Peek == '\\' && !text.AtEnd)
            {
                text.Advance(1);
                Escape(text, multiline, value);
            }
            else
            {
                Plain(text, multiline, value);
            }
        }

        return value.ToString();
    }

    private static string LiteralString(TomlText text, bool multiline)
    {
        StringBuilder value = new();
        while (text.Ok && !Closed(text, '\'', multiline, value))
        {
            Plain(text, multiline, value);
        }

        return value.ToString();
    }

    /// <summary>Takes the closing quotes; a multi-line string may end in one or two quotes of its own before them.</summary>
    private static bool Closed(TomlText text, char quote, bool multiline, StringBuilder value)
    {
        if (!multiline)
        {
            return text.TryTake(quote);
        }

        int run = 0;
        while (run < 5 && text.Ahead(run) == quote)
        {
            run++;
        }

        if (run < 3)
        {
            return false;
        }

        value.Append(quote, run - 3);
        text.Advance(run);
        return true;
    }

    private static void Plain(TomlText text, bool multiline, StringBuilder value)
    {
        if (text.AtEnd)
        {
            _ = text.Fail("string is not closed");
        }
        else if (text.Peek is '\n' or '\r')
        {
            if (!multiline || !text.TryNewline())
            {
                _ = text.Fail("line end in a string");
            }
            else
            {
                value.Append('\n');
            }
        }
        else if (TomlText.IsControl(text.Peek))
        {
            _ = text.Fail("control character in a string");
        }
        else
        {
            value.Append(text.Next());
        }
    }

    private static void Escape(TomlText text, bool multiline, StringBuilder value)
    {
        switch (text.Peek)
        {
            case 'b':
                value.Append('\b');
                break;
            case 't':
                value.Append('\t');
                break;
            case 'n':
                value.Append('\n');
                break;
            case 'f':
                value.Append('\f');
                break;
            case 'r':
                value.Append('\r');
                break;
            case '"' or '\\':
                value.Append(text.Peek);
                break;
            case 'u':
                CodePoint(text, 4, value);
                return;
            case 'U':
                CodePoint(text, 8, value);
                return;
            default:
                if (!multiline || !LineContinuation(text))
                {
                    _ = text.Fail("unknown escape");
                }

                return;
        }

        text.Advance(1);
    }

    /// <summary>A backslash at the end of a line swallows everything up to the next visible character.</summary>
    private static bool LineContinuation(TomlText text)
    {
        text.SkipBlanks();
        if (!text.TryNewline())
        {
            return false;
        }

        do
        {
            text.SkipBlanks();
        }
        while (text.TryNewline());
        return true;
    }

    private static void CodePoint(TomlText text, int digits, StringBuilder value)
    {
        text.Advance(1);
        uint code = 0;
        for (int i = 0; i < digits; i++)
        {
            if (!char.IsAsciiHexDigit(text.Peek))
            {
                _ = text.Fail("expected a hexadecimal digit");
                return;
            }

            code = (code << 4) | (uint)HexDigit(text.Next());
        }

        if (!Rune.TryCreate(code, out Rune rune))
        {
            _ = text.Fail("escape names no Unicode scalar value");
            return;
        }

        value.Append(rune.ToString());
    }

    private static int HexDigit(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
