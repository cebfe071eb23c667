// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>An edge of <see cref="Graph"/>.</summary>
/// <param name="Target">Index of the target, -1 when it does not exist.</param>
/// <param name="Name">Its name as the definition spells it.</param>
/// <param name="Kind">The relation.</param>
internal readonly record struct GraphEdge(int Target, string Name, DependencyKind Kind);
