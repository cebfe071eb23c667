// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>The four privilege masks of a token (KACS-TOK-021).</summary>
/// <param name="Present">Held.</param>
/// <param name="Enabled">In force; part of <paramref name="Present"/>.</param>
/// <param name="EnabledByDefault">Enabled when the token was made.</param>
/// <param name="Used">Exercised at least once.</param>
public readonly record struct TokenPrivileges(ulong Present, ulong Enabled, ulong EnabledByDefault, ulong Used);
