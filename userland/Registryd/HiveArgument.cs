// SPDX-License-Identifier: MIT
namespace Registryd;

/// <summary>One <c>Hive=Path</c> argument.</summary>
/// <param name="Name">Spelling to register (LOREG-002).</param>
/// <param name="Path">Absolute path of the database file.</param>
internal readonly record struct HiveArgument(string Name, string Path);
