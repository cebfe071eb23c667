// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>One registry value of a definition key, as it was read.</summary>
/// <param name="Name">Value name.</param>
/// <param name="Type">Registry type number: 1 string, 3 binary, 4 dword, 7 multi_string.</param>
/// <param name="Data">The bytes; anything at all.</param>
public readonly record struct DefinitionValue(string Name, uint Type, byte[] Data);
