// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>Why SDDL text could not be parsed, or a descriptor not be shown as SDDL (KACS-FMT-165).</summary>
/// <param name="Position">Index of the fault in the text; for a descriptor, the index of the ACE.</param>
/// <param name="Message">What is wrong.</param>
public readonly record struct SddlError(int Position, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Message} at position {Position}";
}
