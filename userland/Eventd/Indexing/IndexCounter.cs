// SPDX-License-Identifier: MIT
namespace Eventd.Indexing;

/// <summary>How often a field was asked about (EVT-058).</summary>
/// <param name="Queries">Queries since the window's start.</param>
/// <param name="WindowStart">Start of the window, ns since the Unix epoch.</param>
internal readonly record struct IndexCounter(long Queries, long WindowStart);
