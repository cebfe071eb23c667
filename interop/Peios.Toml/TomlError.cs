// SPDX-License-Identifier: MIT
namespace Peios.Toml;

/// <summary>Why a document was refused.</summary>
/// <param name="Line">Line from 1; 0 when the text is not UTF-8.</param>
/// <param name="Column">Column from 1 in UTF-16 units.</param>
/// <param name="Message">What was wrong, lower case, no full stop.</param>
public readonly record struct TomlError(int Line, int Column, string Message)
{
    /// <summary><c>line:column: message</c>, as compilers write it.</summary>
    public override string ToString() => $"{Line}:{Column}: {Message}";
}
