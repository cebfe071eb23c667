// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>Choices for SDDL in either direction.</summary>
/// <param name="Kind">Composite rights on output.</param>
/// <param name="Raw">Output SID strings instead of aliases (KACS-FMT-151).</param>
/// <param name="Domain">The domain of LA, DA and their like; without it they are errors (KACS-FMT-153).</param>
public readonly record struct SddlOptions(SddlObjectKind Kind = SddlObjectKind.File, bool Raw = false, Sid Domain = default);
