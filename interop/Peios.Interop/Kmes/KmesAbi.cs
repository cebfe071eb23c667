// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Peios.Interop.Kmes;

/// <summary>Mirrors <c>pkm/include/uapi/linux/pkm/kmes.h</c>, in its order; the ABI test compares both.</summary>
internal static class KmesAbi
{
    internal const uint KMES_ABI_VERSION = 1;
    internal const uint KMES_IOC = 0xE8;
    internal const byte KMES_ORIGIN_USER = 0;
    internal const byte KMES_ORIGIN_KMES = 1;
    internal const byte KMES_ORIGIN_KACS = 2;
    internal const byte KMES_ORIGIN_LCS = 3;
    internal const int KMES_HEADER_SIZE = 77;
    internal const int KMES_BATCH_MAX = 256;
    internal const int KMES_ATTACH_MAX = 64;
    internal const int KMES_RING_VERSION = 1;
    internal const int KMES_CAPACITY_DEFAULT = 4194304;
    internal const int KMES_CAPACITY_MIN = 65536;
    internal const int KMES_CAPACITY_MAX = 268435456;
    internal const int KMES_EVENT_DEFAULT = 65536;
    internal const int KMES_EVENT_MIN = 1024;
    internal const int KMES_EVENT_MAX = 4194304;
    internal const int KMES_DEPTH_DEFAULT = 32;
    internal const int KMES_DEPTH_MIN = 4;
    internal const int KMES_DEPTH_MAX = 256;
    internal const int KMES_RATE_DEFAULT = 10000;
    internal const int KMES_RATE_MIN = 100;
    internal const int KMES_RATE_MAX = 1000000;
    internal const int KMES_OFF_EVENT_SIZE = 0;
    internal const int KMES_OFF_HEADER_SIZE = 4;
    internal const int KMES_OFF_TIMESTAMP = 8;
    internal const int KMES_OFF_SEQUENCE = 16;
    internal const int KMES_OFF_CPU_ID = 24;
    internal const int KMES_OFF_ORIGIN = 26;
    internal const int KMES_OFF_EFFECTIVE = 27;
    internal const int KMES_OFF_TRUE = 43;
    internal const int KMES_OFF_PROCESS = 59;
    internal const int KMES_OFF_TYPE_LEN = 75;
    internal const int KMES_OFF_TYPE = 77;
    internal const int KMES_PAGE = 4096;
    internal const int KMES_CONSUMER_OFFSET = 4096;
    internal const int KMES_DATA_OFFSET = 8192;

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct kmes_producer_page
    {
        internal fixed byte magic[8];
        internal uint version;
        internal ushort cpu_id;
        internal ushort reserved0;
        internal ulong capacity;
        internal ulong data_offset;
        internal ulong generation;
        internal fixed byte reserved1[24];
        internal ulong write_pos;
        internal ulong tail_pos;
        internal fixed byte reserved2[48];
        internal uint futex_counter;
        internal fixed byte reserved3[60];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct kmes_consumer_page
    {
        internal byte need_wake;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct kmes_emit_args
    {
        internal ulong event_type;
        internal ushort event_type_len;
        internal ushort pad0;
        internal uint pad1;
        internal ulong payload;
        internal uint payload_len;
        internal uint pad2;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct kmes_batch_entry
    {
        internal ulong event_type;
        internal ushort event_type_len;
        internal ushort pad0;
        internal uint pad1;
        internal ulong payload;
        internal uint payload_len;
        internal uint pad2;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct kmes_batch_args
    {
        internal ulong entries;
        internal uint count;
        internal uint pad0;
        internal ulong emitted_out;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct kmes_attach_args
    {
        internal uint cpu_id;
        internal uint pad0;
        internal ulong capacity;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct kmes_wait_args
    {
        internal uint expected;
        internal uint timeout_ms;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct kmes_stats
    {
        internal uint size;
        internal uint cpu_id;
        internal ulong capacity;
        internal ulong generation;
        internal ulong write_pos;
        internal ulong tail_pos;
        internal ulong sequence;
        internal ulong dropped;
        internal ulong overwritten;
        internal uint attached;
        internal uint reserved;
    }

    internal const uint KMES_IOC_ABI_VERSION = 0x8004E800;
    internal const uint KMES_IOC_EMIT = 0x4020E801;
    internal const uint KMES_IOC_EMIT_BATCH = 0x4018E802;
    internal const uint KMES_IOC_ATTACH = 0x4010E803;
    internal const uint KMES_IOC_STATS = 0xC048E804;
    internal const uint KMES_IOC_WAIT = 0x4008E810;
    internal const uint KMES_IOC_EXPECT = 0x4004E811;
}
