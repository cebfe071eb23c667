// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace EventBench;

/// <summary>The module's producer code, as <c>make -C pkm/core</c> builds it for the host (core/kmes/ring.c).</summary>
internal static unsafe partial class PkmCore
{
    private const string Library = "pkmcore";

    [LibraryImport(Library, EntryPoint = "kmes_ring_init")]
    internal static partial void RingInit(byte* ring, byte* page, byte* data, ulong capacity, ushort cpu);

    [LibraryImport(Library, EntryPoint = "kmes_ring_put"), SuppressGCTransition]
    internal static partial byte RingPut(byte* ring, byte origin, Stamp* stamp, Event* e);

    [LibraryImport(Library, EntryPoint = "kmes_ring_publish"), SuppressGCTransition]
    internal static partial void RingPublish(byte* ring);

    /// <summary>struct kmes_stamp.</summary>
    internal struct Stamp
    {
        internal ulong Timestamp;
        internal fixed byte Guids[48];
    }

    /// <summary>struct kmes_event.</summary>
    internal struct Event
    {
        internal byte* Type;
        internal byte* Payload;
        internal uint PayloadLength;
        internal ushort TypeLength;
    }
}
