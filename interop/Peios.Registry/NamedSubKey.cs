// SPDX-License-Identifier: MIT
using Peios.Interop.Registry;

namespace Peios.Registry;

/// <summary>One child of a key as listings return it.</summary>
/// <param name="Name">Stored spelling.</param>
/// <param name="Info">Its figures.</param>
public readonly record struct NamedSubKey(string Name, SubKeyInfo Info);
