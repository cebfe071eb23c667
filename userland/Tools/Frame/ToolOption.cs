// SPDX-License-Identifier: MIT
namespace Tools.Frame;

/// <summary>An option of a tool or command. Long names are never abbreviated (CLI-003).</summary>
/// <param name="Name">Long name with its dashes: <c>--socket</c>.</param>
/// <param name="Summary">One line for help.</param>
/// <param name="Value">Placeholder of the value, for example <c>PATH</c>; null for a switch.</param>
/// <param name="Short">One-letter form with its dash (<c>-f</c>), or null.</param>
/// <param name="Repeatable">May be given more than once; otherwise a second one is a usage error.</param>
internal sealed record ToolOption(string Name, string Summary, string? Value = null, string? Short = null, bool Repeatable = false);
