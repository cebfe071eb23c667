// SPDX-License-Identifier: MIT
namespace Peios.Registry;

/// <summary>An effective value with where it comes from, for conditional writes and tools.</summary>
/// <param name="Value">Type and data.</param>
/// <param name="Layer">Layer whose entry won.</param>
/// <param name="Sequence">Sequence of that entry.</param>
public readonly record struct StoredValue(RegistryValue Value, string Layer, ulong Sequence);
