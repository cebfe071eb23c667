// SPDX-License-Identifier: MIT
namespace Peios.Interop.Kmes;

/// <summary>Counters of one CPU's ring, as the kernel keeps them.</summary>
/// <param name="Capacity">Bytes of the ring.</param>
/// <param name="Generation">Changes when the ring was replaced.</param>
/// <param name="WritePosition">Bytes ever published.</param>
/// <param name="TailPosition">Position of the oldest surviving event.</param>
/// <param name="Sequence">Last sequence number given out; also counts dropped emissions.</param>
/// <param name="Dropped">Kernel emissions refused for their size or made from NMI (KMES-139).</param>
/// <param name="Overwritten">Events that made room for newer ones.</param>
/// <param name="Attached">Consumers attached now.</param>
public readonly record struct KmesStats(
    ulong Capacity,
    ulong Generation,
    ulong WritePosition,
    ulong TailPosition,
    ulong Sequence,
    ulong Dropped,
    ulong Overwritten,
    uint Attached);
