// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>One entry of Conditions or Asserts.</summary>
/// <param name="Kind">What to look at.</param>
/// <param name="Argument">The path or registry key.</param>
public readonly record struct StartCheck(CheckKind Kind, string Argument);
