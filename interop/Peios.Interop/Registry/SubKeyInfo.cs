// SPDX-License-Identifier: MIT
namespace Peios.Interop.Registry;

/// <summary>Figures of one enumerated child (LCS-277).</summary>
/// <param name="LastWriteTime">Unix nanoseconds.</param>
/// <param name="SubKeys">Visible children of the child.</param>
/// <param name="Values">Effective values of the child.</param>
public readonly record struct SubKeyInfo(ulong LastWriteTime, uint SubKeys, uint Values);
