// SPDX-License-Identifier: MIT
using System;

namespace Peios.Toml;

/// <summary>Position in the text, with a sticky first error.</summary>
internal sealed class TomlText
{
    /// <summary>What <see cref="Peek"/> shows at the end; a real NUL is a control character and refused anyway.</summary>
    internal const char End = '\0';

    private readonly string _text;
    private int _pos;
    private int _lineStart;

    internal TomlText(string text) => _text = text;

    internal bool Ok { get; private set; } = true;

    internal TomlError Error { get; private set; }

    internal int Line { get; private set; } = 1;

    internal bool AtEnd => _pos >= _text.Length;

    internal char Peek => Ahead(0);

    internal char Ahead(int offset) => _pos + offset < _text.Length ? _text[_pos + offset] : End;

    /// <summary>The text from here to the end.</summary>
    internal ReadOnlySpan<char> Rest => _text.AsSpan(_pos);

    internal bool Fail(string message)
    {
        if (Ok)
        {
            Error = new(Line, _pos - _lineStart + 1, message);
            Ok = false;
        }

        return false;
    }

    internal char Next()
    {
        char c = Peek;
        if (!AtEnd)
        {
            _pos++;
        }

        return c;
    }

    internal void Advance(int count) => _pos += count;

    internal void Take(char c)
    {
        if (Peek == c && !AtEnd)
        {
            _pos++;
        }
    }

    internal bool TryTake(char c)
    {
        if (AtEnd || Peek != c)
        {
            return false;
        }

        _pos++;
        return true;
    }

    internal void Expect(char c, string message)
    {
        if (Ok && !TryTake(c))
        {
            _ = Fail(message);
        }
    }

    internal void SkipBlanks()
    {
        while (Peek is ' ' or '\t')
        {
            _pos++;
        }
    }

    /// <summary>Takes LF or CR LF; a CR alone is no line end in TOML.</summary>
    internal bool TryNewline()
    {
        int length = Peek == '\n' ? 1 : Peek == '\r' && Ahead(1) == '\n' ? 2 : 0;
        if (length == 0)
        {
            return false;
        }

        _pos += length;
        _lineStart = _pos;
        Line++;
        return true;
    }

    /// <summary>What may follow a statement: blanks, a comment, the line's end.</summary>
    internal void EndOfLine()
    {
        SkipBlanks();
        SkipComment();
        if (Ok && !AtEnd && !TryNewline())
        {
            _ = Fail("expected the end of the line");
        }
    }

    internal void SkipBlankLines()
    {
        do
        {
            SkipBlanks();
            SkipComment();
        }
        while (Ok && TryNewline());
    }

    /// <summary>Control characters other than tab are refused in comments and strings.</summary>
    internal static bool IsControl(char c) => (c < ' ' && c != '\t') || c == '\u007F';

    private void SkipComment()
    {
        if (!TryTake('#'))
        {
            return;
        }

        while (!AtEnd && Peek != '\n' && !(Peek == '\r' && Ahead(1) == '\n'))
        {
            if (IsControl(Peek))
            {
                _ = Fail("control character in a comment");
                return;
            }

            _pos++;
        }
    }
}
