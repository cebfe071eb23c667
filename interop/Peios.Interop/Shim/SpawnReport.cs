// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>What a child said about its setup so far.</summary>
/// <param name="Verdict">Whether it is known how the setup went.</param>
/// <param name="Step">Failed step of PEINIT-188; 0 when the child died without a word.</param>
/// <param name="Error">errno of the failed step.</param>
public readonly record struct SpawnReport(SpawnVerdict Verdict, int Step, Errno Error);
