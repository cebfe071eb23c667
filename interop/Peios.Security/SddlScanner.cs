// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>A cursor over SDDL text. The first error sticks; afterwards nothing matches and the text is at its end.</summary>
internal sealed class SddlScanner(string text)
{
    private int _position;

    public bool Failed { get; private set; }

    public SddlError Error { get; private set; }

    public int Position => _position;

    public bool AtEnd => Failed || _position == text.Length;

    /// <summary>The current character, NUL at the end (a NUL in the text is an unknown character wherever it stands).</summary>
    public char Current => AtEnd ? '\0' : text[_position];

    public char Peek(int ahead) => Failed || _position + ahead >= text.Length ? '\0' : text[_position + ahead];

    public void Fail(string message) => Fail(_position, message);

    public void Fail(int position, string message)
    {
        if (!Failed)
        {
            Error = new SddlError(position, message);
            Failed = true;
        }
    }

    public void Advance(int count = 1) => _position = Math.Min(text.Length, _position + count);

    public void SkipBlanks()
    {
        while (!AtEnd && Current is ' ' or '\t' or '\r' or '\n')
        {
            Advance();
        }
    }

    /// <summary>Takes <paramref name="expected"/> if it is next.</summary>
    public bool Take(string expected, StringComparison comparison = StringComparison.Ordinal)
    {
        if (Failed || string.Compare(text, _position, expected, 0, expected.Length, comparison) != 0)
        {
            return false;
        }
        Advance(expected.Length);
        return true;
    }

    public bool Take(char expected)
    {
        if (AtEnd || Current != expected)
        {
            return false;
        }
        Advance();
        return true;
    }

    public void Expect(char expected)
    {
        if (!Take(expected))
        {
            Fail($"expected '{expected}'");
        }
    }

    /// <summary>Everything up to one of <paramref name="ends"/> or the end.</summary>
    public ReadOnlySpan<char> Until(ReadOnlySpan<char> ends)
    {
        if (Failed)
        {
            return default;
        }
        ReadOnlySpan<char> rest = text.AsSpan(_position);
        int length = rest.IndexOfAny(ends);
        length = length < 0 ? rest.Length : length;
        _position += length;
        return rest[..length];
    }

    /// <summary>The text from <paramref name="start"/> to here.</summary>
    public ReadOnlySpan<char> Since(int start) => text.AsSpan(start, _position - start);

    /// <summary>The characters from here that are letters, digits or underscores, without taking them.</summary>
    public ReadOnlySpan<char> Word()
    {
        int end = _position;
        while (!Failed && end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }
        return text.AsSpan(_position, end - _position);
    }
}
