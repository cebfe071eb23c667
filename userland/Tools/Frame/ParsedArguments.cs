// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Tools.Frame;

/// <summary>What a command line said, checked against the tool's table.</summary>
internal sealed class ParsedArguments
{
    private readonly Dictionary<string, List<string>> _options = [];

    /// <summary>The operands, in order.</summary>
    public List<string> Operands { get; } = [];

    /// <summary>The command that was named; null only when common options answer alone.</summary>
    public ToolCommand? Command { get; set; }

    /// <summary>Was the option given? <paramref name="name"/> is its long name.</summary>
    public bool Has(string name) => _options.ContainsKey(name);

    /// <summary>The option's value (the last one given), or null.</summary>
    public string? Value(string name) => _options.TryGetValue(name, out List<string>? values) ? values[^1] : null;

    /// <summary>All values of a repeatable option, in order.</summary>
    public IReadOnlyList<string> Values(string name) => _options.TryGetValue(name, out List<string>? values) ? values : [];

    /// <summary>Records an option; false if it was there already and may not repeat.</summary>
    public bool Add(ToolOption option, string value)
    {
        if (!_options.TryGetValue(option.Name, out List<string>? values))
        {
            _options[option.Name] = [value];
            return true;
        }
        values.Add(value);
        return option.Repeatable;
    }
}
