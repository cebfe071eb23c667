// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Bench;

/// <summary>One line of the result.</summary>
/// <param name="Case">Name of the case (docs/decisions.md).</param>
/// <param name="Unit">What the value counts.</param>
/// <param name="Value">Ours, from this run.</param>
/// <param name="Peers">Figures of others; a name that ends in (earlier) was not measured in this run.</param>
internal sealed record Row(string Case, string Unit, double Value, IReadOnlyDictionary<string, double> Peers);
