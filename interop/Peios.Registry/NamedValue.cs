// SPDX-License-Identifier: MIT
namespace Peios.Registry;

/// <summary>One value of a key as listings return it.</summary>
/// <param name="Name">Stored spelling; empty for the default value.</param>
/// <param name="Value">Type and data.</param>
public readonly record struct NamedValue(string Name, RegistryValue Value);
