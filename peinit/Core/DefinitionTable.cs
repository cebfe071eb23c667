// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>
/// Every definition that a service, a job or a deferred change refers to, numbered for the snapshot. Numbered anew with
/// every change of the model; between two changes nothing refers to any other.
/// </summary>
internal sealed class DefinitionTable
{
    private readonly List<ServiceDefinition> _definitions = [];
    private readonly Dictionary<ServiceDefinition, int> _index = new(ReferenceEqualityComparer.Instance);

    /// <summary>Rises with every change.</summary>
    public long Version { get; set; }

    /// <summary>The version that the <see cref="SavedRecord"/>s were encoded with: they hold numbers of this table.</summary>
    public long SavedVersion { get; set; } = -1;

    /// <summary>The definitions by number.</summary>
    public IReadOnlyList<ServiceDefinition> All => _definitions;

    /// <summary>Number of a definition; -1 for none.</summary>
    public int IndexOf(ServiceDefinition? definition) => definition is null ? -1 : _index.GetValueOrDefault(definition, -1);

    /// <summary>The definition with a number, null for -1.</summary>
    public ServiceDefinition? At(int index) => index < 0 ? null : _definitions[index];

    /// <summary>Begins a new version.</summary>
    public void Clear()
    {
        _definitions.Clear();
        _index.Clear();
        Version++;
    }

    /// <summary>Numbers a definition, if it has no number yet.</summary>
    public void Add(ServiceDefinition? definition)
    {
        if (definition is not null && _index.TryAdd(definition, _definitions.Count))
        {
            _definitions.Add(definition);
        }
    }
}
