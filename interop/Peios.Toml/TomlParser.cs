// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Peios.Toml;

/// <summary>Structure of a document: lines, headers, keys, arrays and inline tables. Scalars are read by <see cref="TomlScalars"/>.</summary>
internal sealed class TomlParser
{
    /// <summary>Deepest nesting of arrays and inline tables; bounds the recursion.</summary>
    private const int MaxDepth = 64;

    private readonly TomlText _text;
    private readonly TomlTable _root = new(TomlOrigin.Header);
    private TomlTable _section;
    private int _depth;

    internal TomlParser(string text)
    {
        _text = new TomlText(text);
        _section = _root;
    }

    internal bool TryRun([NotNullWhen(true)] out TomlTable? root, out TomlError error)
    {
        while (!_text.AtEnd && _text.Ok)
        {
            _text.SkipBlanks();
            switch (_text.Peek)
            {
                case '\n' or '\r' or '#' or TomlText.End:
                    break;
                case '[':
                    Header();
                    break;
                default:
                    KeyValue(_section);
                    break;
            }

            _text.EndOfLine();
        }

        error = _text.Error;
        root = _text.Ok ? _root : null;
        return _text.Ok;
    }

    private void Header()
    {
        _text.Take('[');
        bool array = _text.Peek == '[';
        if (array)
        {
            _text.Take('[');
        }

        List<string> path = Key();
        _text.Expect(']', "expected ']' after the table name");
        if (array)
        {
            _text.Expect(']', "expected ']]' after the table name");
        }

        if (!_text.Ok)
        {
            return;
        }

        TomlTable parent = _root;
        for (int i = 0; i < path.Count - 1; i++)
        {
            if (!Descend(ref parent, path[i]))
            {
                return;
            }
        }

        _section = array ? AppendTable(parent, path[^1]) : DefineTable(parent, path[^1]);
    }

    /// <summary>One step of a header's path: into an existing table, or the last table of an array, or a new implicit table.</summary>
    private bool Descend(ref TomlTable table, string name)
    {
        if (!table.TryGet(name, out TomlValue? value))
        {
            TomlTable child = new(TomlOrigin.Implicit);
            _ = table.TryAdd(name, TomlValue.OfTable(child, _text.Line));
            table = child;
            return true;
        }

        TomlTable? next = value.IsTableArray ? value.ItemList![^1].Table : value.Table;
        if (next is null || next.Origin == TomlOrigin.Inline)
        {
            return _text.Fail($"'{name}' is not a table that can be extended");
        }

        table = next;
        return true;
    }

    private TomlTable DefineTable(TomlTable parent, string name)
    {
        if (!parent.TryGet(name, out TomlValue? value))
        {
            TomlTable created = new(TomlOrigin.Header);
            _ = parent.TryAdd(name, TomlValue.OfTable(created, _text.Line));
            return created;
        }

        if (value.Table is not { Origin: TomlOrigin.Implicit } table)
        {
            _ = _text.Fail($"'{name}' is defined twice");
            return parent;
        }

        table.Origin = TomlOrigin.Header;
        return table;
    }

    private TomlTable AppendTable(TomlTable parent, string name)
    {
        TomlTable element = new(TomlOrigin.Header);
        TomlValue item = TomlValue.OfTable(element, _text.Line);
        if (!parent.TryGet(name, out TomlValue? value))
        {
            _ = parent.TryAdd(name, TomlValue.OfArray([item], tables: true, _text.Line));
        }
        else if (value.IsTableArray)
        {
            value.ItemList!.Add(item);
        }
        else
        {
            _ = _text.Fail($"'{name}' is not an array of tables");
        }

        return element;
    }

    private void KeyValue(TomlTable table)
    {
        int line = _text.Line;
        List<string> path = Key();
        _text.Expect('=', "expected '=' after the key");
        _text.SkipBlanks();
        TomlValue? value = _text.Ok ? Value() : null;
        if (value is null || !_text.Ok)
        {
            return;
        }

        for (int i = 0; i < path.Count - 1; i++)
        {
            if (!table.TryGet(path[i], out TomlValue? existing))
            {
                TomlTable child = new(TomlOrigin.Dotted);
                _ = table.TryAdd(path[i], TomlValue.OfTable(child, line));
                table = child;
            }
            else if (existing.Table is { Origin: TomlOrigin.Dotted } dotted)
            {
                table = dotted;
            }
            else
            {
                _ = _text.Fail($"'{path[i]}' cannot be extended by a dotted key");
                return;
            }
        }

        if (!table.TryAdd(path[^1], value))
        {
            _ = _text.Fail($"'{path[^1]}' is defined twice");
        }
    }

    private List<string> Key()
    {
        List<string> parts = [];
        do
        {
            _text.SkipBlanks();
            parts.Add(TomlScalars.KeyPart(_text));
            _text.SkipBlanks();
        }
        while (_text.Ok && _text.TryTake('.'));
        return parts;
    }

    private TomlValue? Value()
    {
        if (_text.Peek is not ('[' or '{'))
        {
            return TomlScalars.Read(_text);
        }

        if (++_depth > MaxDepth)
        {
            _ = _text.Fail("values are nested too deeply");
            return null;
        }

        TomlValue? value = _text.Peek == '[' ? ArrayValue() : InlineTable();
        _depth--;
        return value;
    }

    private TomlValue? ArrayValue()
    {
        int line = _text.Line;
        List<TomlValue> items = [];
        _text.Take('[');
        while (true)
        {
            _text.SkipBlankLines();
            if (_text.TryTake(']'))
            {
                return TomlValue.OfArray(items, tables: false, line);
            }

            TomlValue? item = Value();
            if (item is null || !_text.Ok)
            {
                return null;
            }

            items.Add(item);
            _text.SkipBlankLines();
            if (!_text.TryTake(','))
            {
                _text.Expect(']', "expected ',' or ']' in the array");
                return _text.Ok ? TomlValue.OfArray(items, tables: false, line) : null;
            }
        }
    }

    private TomlValue? InlineTable()
    {
        int line = _text.Line;
        TomlTable table = new(TomlOrigin.Dotted);
        _text.Take('{');
        _text.SkipBlanks();
        if (!_text.TryTake('}'))
        {
            do
            {
                _text.SkipBlanks();
                KeyValue(table);
                _text.SkipBlanks();
            }
            while (_text.Ok && _text.TryTake(','));
            _text.Expect('}', "expected ',' or '}' in the inline table");
        }

        Close(table);
        return _text.Ok ? TomlValue.OfTable(table, line) : null;
    }

    /// <summary>Nothing may be added to an inline table later, nor to tables that its dotted keys made.</summary>
    private static void Close(TomlTable table)
    {
        table.Origin = TomlOrigin.Inline;
        foreach (KeyValuePair<string, TomlValue> entry in table.Entries)
        {
            if (entry.Value.Table is { Origin: TomlOrigin.Dotted } child)
            {
                Close(child);
            }
        }
    }
}
