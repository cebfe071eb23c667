// SPDX-License-Identifier: MIT
namespace Peios.Interop.Registry;

/// <summary>Figures of an open key (LCS-280); lengths are bytes.</summary>
/// <param name="LastWriteTime">Unix nanoseconds.</param>
/// <param name="SubKeys">Visible children.</param>
/// <param name="Values">Effective values.</param>
/// <param name="MaxSubKeyName">Longest name of a child.</param>
/// <param name="MaxValueName">Longest name of a value.</param>
/// <param name="MaxValueData">Largest data of a value.</param>
/// <param name="DescriptorSize">Size of the security descriptor.</param>
/// <param name="Volatile">The key vanishes at reboot.</param>
/// <param name="Link">The key is a symbolic link.</param>
/// <param name="Generation">Change counter of the hive.</param>
public readonly record struct KeyInfo(
    ulong LastWriteTime, uint SubKeys, uint Values, uint MaxSubKeyName, uint MaxValueName, uint MaxValueData,
    uint DescriptorSize, bool Volatile, bool Link, ulong Generation);
