// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>An edge of the graph, from the service that holds it to its target.</summary>
internal sealed class Dependency(Service? target, string name, DependencyKind kind)
{
    /// <summary>The target, or null when no such service exists.</summary>
    public Service? Target { get; } = target;

    /// <summary>The target's name as the definition spells it.</summary>
    public string Name { get; } = name;

    /// <summary>The relation.</summary>
    public DependencyKind Kind { get; } = kind;

    /// <summary>The attempt that is under way has seen the target satisfied by a Oneshot that does not remain Completed.</summary>
    public bool Satisfied { get; set; }
}
