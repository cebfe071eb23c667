// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;

namespace Tools.Frame;

/// <summary>
/// A table (CLI-006): columns two blanks apart, text left, numbers right, <c>-</c> for unknown.
/// Values are cut with <c>…</c> only on a terminal, the longest column first; <see cref="WrapLast"/> cuts nothing of
/// the last column but goes on below.
/// </summary>
internal sealed class Table
{
    private const int LeastWrapped = 24;

    private readonly string[] _headers;
    private readonly bool[] _numeric;
    private readonly List<string[]> _rows = [];

    /// <summary>Creates the columns; a header that starts with <c>#</c> is a right-aligned number column.</summary>
    public Table(params string[] headers)
    {
        _headers = new string[headers.Length];
        _numeric = new bool[headers.Length];
        for (int i = 0; i < headers.Length; i++)
        {
            _numeric[i] = headers[i].StartsWith('#');
            _headers[i] = headers[i].TrimStart('#');
        }
    }

    /// <summary>Is the last column prose, broken at blanks, instead of a value to be cut?</summary>
    public bool WrapLast { get; init; }

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a row; null or empty prints as <c>-</c>. Control characters become <c>?</c>.</summary>
    public void Add(params string?[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, _headers.Length);
        string[] row = new string[cells.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            row[i] = string.IsNullOrEmpty(cells[i]) ? "-" : Printable(cells[i]!);
        }
        _rows.Add(row);
    }

    /// <summary>Prints it; <paramref name="width"/> 0 means: never shorten.</summary>
    public void Print(TextWriter output, bool header, bool colour, int width)
    {
        int[] widths = Widths(header, width, out int total);
        if (width > 0 && total > width)
        {
            // No columns can be made on so narrow a terminal: a line per value.
            PrintBlocks(output, colour);
            return;
        }
        if (header)
        {
            output.WriteLine(colour ? Colour.Bold(Line(_headers, widths)) : Line(_headers, widths));
        }
        foreach (string[] row in _rows)
        {
            WriteRow(output, row, widths);
        }
    }

    /// <summary>A value from elsewhere must not drive the terminal: escape sequences start with a control character.</summary>
    public static string Printable(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                return string.Create(text.Length, text, static (span, source) =>
                {
                    for (int i = 0; i < span.Length; i++)
                    {
                        span[i] = char.IsControl(source[i]) ? '?' : source[i];
                    }
                });
            }
        }
        return text;
    }

    private int[] Widths(bool header, int width, out int total)
    {
        int[] widths = new int[_headers.Length];
        total = 2 * (_headers.Length - 1);
        for (int i = 0; i < widths.Length; i++)
        {
            widths[i] = header ? _headers[i].Length : 1;
            foreach (string[] row in _rows)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
            total += widths[i];
        }
        while (width > 0 && total > width && Widest(widths, header) is >= 0 and int cut)
        {
            widths[cut]--;
            total--;
        }
        return widths;
    }

    private void PrintBlocks(TextWriter output, bool colour)
    {
        int widest = 0;
        foreach (string header in _headers)
        {
            widest = Math.Max(widest, header.Length);
        }
        for (int row = 0; row < _rows.Count; row++)
        {
            if (row > 0)
            {
                output.WriteLine();
            }
            for (int i = 0; i < _headers.Length; i++)
            {
                string label = _headers[i].PadRight(widest + 2);
                output.WriteLine((colour ? Colour.Bold(label) : label) + _rows[row][i].TrimStart());
            }
        }
    }

    /// <summary>The widest text column that may still lose a character: the longest values are cut first.</summary>
    private int Widest(int[] widths, bool header)
    {
        if (WrapLast && widths[^1] > LeastWrapped)
        {
            return widths.Length - 1;
        }
        int widest = -1;
        for (int i = 0; i < widths.Length; i++)
        {
            int least = Math.Max(header ? _headers[i].Length : 1, 8);
            if (!_numeric[i] && widths[i] > least && (widest < 0 || widths[i] > widths[widest]))
            {
                widest = i;
            }
        }
        return widest;
    }

    private void WriteRow(TextWriter output, string[] row, int[] widths)
    {
        string rest = row[^1];
        if (!WrapLast || rest.Length <= widths[^1])
        {
            output.WriteLine(Line(row, widths));
            return;
        }
        string[] cells = [.. row];
        while (rest.Length > 0)
        {
            int length = BreakBefore(rest, widths[^1]);
            cells[^1] = rest[..length];
            output.WriteLine(Line(cells, widths));
            rest = rest[length..].TrimStart(' ');
            Array.Fill(cells, "");
        }
    }

    /// <summary>How much of a text goes on a line: up to the last blank that leaves it short enough, if there is one.</summary>
    private static int BreakBefore(string text, int width)
    {
        if (text.Length <= width)
        {
            return text.Length;
        }
        int blank = text.LastIndexOf(' ', width);
        return blank > 0 ? blank : width;
    }

    private string Line(string[] cells, int[] widths)
    {
        string line = "";
        for (int i = 0; i < cells.Length; i++)
        {
            string cell = cells[i].Length > widths[i] ? cells[i][..(widths[i] - 1)] + "…" : cells[i];
            line += _numeric[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]);
            line += i + 1 < cells.Length ? "  " : "";
        }
        return line.TrimEnd();
    }
}
