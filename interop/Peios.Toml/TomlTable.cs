// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Peios.Toml;

/// <summary>A table: names and values in the order of the file.</summary>
public sealed class TomlTable
{
    private readonly Dictionary<string, TomlValue> _byName = new();
    private readonly List<KeyValuePair<string, TomlValue>> _entries = [];

    internal TomlTable(TomlOrigin origin) => Origin = origin;

    /// <summary>Entries in file order.</summary>
    public IReadOnlyList<KeyValuePair<string, TomlValue>> Entries => _entries;

    internal TomlOrigin Origin { get; set; }

    /// <summary>Was it written as <c>{ ... }</c>?</summary>
    public bool IsInline => Origin == TomlOrigin.Inline;

    /// <summary>Finds a value by its exact name.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out TomlValue value) => _byName.TryGetValue(name, out value);

    internal bool TryAdd(string name, TomlValue value)
    {
        if (!_byName.TryAdd(name, value))
        {
            return false;
        }

        _entries.Add(new(name, value));
        return true;
    }
}
