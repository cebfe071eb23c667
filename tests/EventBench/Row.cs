// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace EventBench;

/// <summary>One line of the result, in the form of the other benchmarks.</summary>
/// <param name="Case">Name of the case.</param>
/// <param name="Unit">What the value counts.</param>
/// <param name="Value">Ours, from this run.</param>
/// <param name="Peers">Others, measured before with the scripts of ../shared/anchors/p3.</param>
internal sealed record Row(string Case, string Unit, double Value, IReadOnlyDictionary<string, double> Peers);
