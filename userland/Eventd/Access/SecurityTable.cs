// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Eventd.Access;

/// <summary>
/// The descriptors of one namespace at one moment. Names compare without regard to case, as the registry's do and as
/// queries do.
/// </summary>
internal sealed class SecurityTable
{
    /// <summary>The pattern that matches everything.</summary>
    internal const string All = "*";

    private readonly Dictionary<string, GuardedPattern> _patterns = new(StringComparer.OrdinalIgnoreCase);

    internal SecurityTable(IEnumerable<GuardedPattern> patterns)
    {
        foreach (GuardedPattern pattern in patterns)
        {
            _patterns[pattern.Pattern] = pattern;
        }
    }

    /// <summary>
    /// The descriptor of an identifier: its own, else that of what is left without its last component, again and again,
    /// else that of <c>*</c> (EVT-226). Null denies (EVT-228).
    /// </summary>
    internal GuardedPattern? Find(string identifier)
    {
        ReadOnlySpan<char> rest = identifier;
        Dictionary<string, GuardedPattern>.AlternateLookup<ReadOnlySpan<char>> find = _patterns.GetAlternateLookup<ReadOnlySpan<char>>();
        while (true)
        {
            if (find.TryGetValue(rest, out GuardedPattern? pattern))
            {
                return pattern;
            }

            int dot = rest.LastIndexOf('.');
            if (dot < 0)
            {
                return _patterns.GetValueOrDefault(All);
            }

            rest = rest[..dot];
        }
    }

    /// <summary>
    /// Every descriptor that may guard a record of a query: for an exact identifier its own, otherwise all whose pattern
    /// can meet the beginning of the glob.
    /// </summary>
    /// <param name="glob">Exact identifier, or with <c>*</c>; null for everything.</param>
    internal List<GuardedPattern> Reachable(string? glob)
    {
        glob ??= All;
        int star = glob.IndexOf('*', StringComparison.Ordinal);
        List<GuardedPattern> found = [];
        if (star < 0)
        {
            if (Find(glob) is GuardedPattern one)
            {
                found.Add(one);
            }

            return found;
        }

        string start = glob[..star];
        foreach (GuardedPattern pattern in _patterns.Values)
        {
            if (pattern.Pattern == All
                || pattern.Pattern.StartsWith(start, StringComparison.OrdinalIgnoreCase)
                || start.StartsWith(pattern.Pattern, StringComparison.OrdinalIgnoreCase))
            {
                found.Add(pattern);
            }
        }

        return found;
    }
}
