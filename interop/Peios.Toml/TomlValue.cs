// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peios.Toml;

/// <summary>One TOML value. Ask for <see cref="Kind"/> first; a member of another kind is empty or zero.</summary>
public sealed class TomlValue
{
    private TomlValue(TomlKind kind, int line)
    {
        Kind = kind;
        Line = line;
    }

    /// <summary>What this value is.</summary>
    public TomlKind Kind { get; }

    /// <summary>Line of the file where the value starts, from 1; for error messages.</summary>
    public int Line { get; }

    /// <summary>Text of a string, or the literal of a date or time.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Value of an integer.</summary>
    public long Integer { get; private init; }

    /// <summary>Value of a float.</summary>
    public double Float { get; private init; }

    /// <summary>Value of a boolean.</summary>
    public bool Boolean { get; private init; }

    /// <summary>Elements of an array.</summary>
    public IReadOnlyList<TomlValue> Items => ItemList ?? (IReadOnlyList<TomlValue>)Array.Empty<TomlValue>();

    /// <summary>Entries of a table; null for other kinds.</summary>
    public TomlTable? Table { get; private init; }

    internal List<TomlValue>? ItemList { get; private init; }

    /// <summary>Set for arrays written as <c>[[name]]</c>, which later headers extend.</summary>
    internal bool IsTableArray { get; private init; }

    internal static TomlValue OfText(TomlKind kind, string text, int line) => new(kind, line) { Text = text };

    internal static TomlValue OfInteger(long value, int line) => new(TomlKind.Integer, line) { Integer = value };

    internal static TomlValue OfFloat(double value, int line) => new(TomlKind.Float, line) { Float = value };

    internal static TomlValue OfBoolean(bool value, int line) => new(TomlKind.Boolean, line) { Boolean = value };

    internal static TomlValue OfTable(TomlTable table, int line) => new(TomlKind.Table, line) { Table = table };

    internal static TomlValue OfArray(List<TomlValue> items, bool tables, int line) =>
        new(TomlKind.Array, line) { ItemList = items, IsTableArray = tables };
}
