// SPDX-License-Identifier: MIT
namespace Eventd.Ingest;

/// <summary>Numbers of one CPU, both ends included.</summary>
/// <param name="First">First number.</param>
/// <param name="Last">Last number.</param>
internal readonly record struct SequenceRange(ulong First, ulong Last);
