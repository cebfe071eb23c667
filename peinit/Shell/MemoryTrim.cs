// SPDX-License-Identifier: MIT
using System;
using Peios.Ipc;

namespace Peinit.Shell;

/// <summary>
/// Gives unused memory back to the kernel: PID 1 stays for ever, and the boot is when it allocates. Not used in steady
/// state, where nothing is allocated per event.
/// </summary>
internal sealed class MemoryTrim : LoopTimer
{
    /// <summary>After the boot has settled, when its last events are over.</summary>
    internal const ulong DelayNanoseconds = 1_000_000_000;

    /// <inheritdoc/>
    public override void Expired(EventLoop loop, ulong now) => Now();

    /// <summary>Collects and compacts everything; the heap is small, so this takes about a millisecond.</summary>
    internal static void Now() => GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
