// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Peios.Interop.Rsi;

/// <summary>Mirror of <c>pkm/include/uapi/linux/pkm/rsi.h</c>, in its order and with its names; the ABI test compares both.</summary>
internal static class RsiAbi
{
    internal const uint RSI_ABI_VERSION = 1;
    internal const uint RSI_REQUEST_HEADER_LEN = 22;
    internal const uint RSI_RESPONSE_HEADER_LEN = 14;
    internal const uint RSI_RESPONSE_BIT = 0x8000;
    internal const uint RSI_LOOKUP = 0x01;
    internal const uint RSI_CREATE_ENTRY = 0x02;
    internal const uint RSI_HIDE_ENTRY = 0x03;
    internal const uint RSI_DELETE_ENTRY = 0x04;
    internal const uint RSI_ENUM_CHILDREN = 0x05;
    internal const uint RSI_CREATE_KEY = 0x10;
    internal const uint RSI_READ_KEY = 0x11;
    internal const uint RSI_WRITE_KEY = 0x12;
    internal const uint RSI_DROP_KEY = 0x13;
    internal const uint RSI_QUERY_VALUES = 0x20;
    internal const uint RSI_SET_VALUE = 0x21;
    internal const uint RSI_DELETE_VALUE_ENTRY = 0x22;
    internal const uint RSI_SET_BLANKET_TOMBSTONE = 0x23;
    internal const uint RSI_BEGIN_TRANSACTION = 0x30;
    internal const uint RSI_COMMIT_TRANSACTION = 0x31;
    internal const uint RSI_ABORT_TRANSACTION = 0x32;
    internal const uint RSI_FLUSH = 0x40;
    internal const uint RSI_DELETE_LAYER = 0x50;
    internal const uint RSI_OK = 0;
    internal const uint RSI_NOT_FOUND = 1;
    internal const uint RSI_ALREADY_EXISTS = 2;
    internal const uint RSI_STORAGE_ERROR = 3;
    internal const uint RSI_NOT_EMPTY = 4;
    internal const uint RSI_TOO_LARGE = 5;
    internal const uint RSI_TXN_BUSY = 6;
    internal const uint RSI_INVALID = 7;
    internal const uint RSI_CAS_FAILED = 8;
    internal const uint RSI_TXN_NOT_SUPPORTED = 9;
    internal const uint RSI_TARGET_GUID = 0;
    internal const uint RSI_TARGET_HIDDEN = 1;
    internal const uint RSI_FIELD_SD = 0x01;
    internal const uint RSI_FIELD_LAST_WRITE_TIME = 0x02;
    internal const uint RSI_TXN_READ_WRITE = 0;
    internal const uint RSI_TXN_READ_ONLY = 1;
    internal const uint RSI_HIVE_PRIVATE = 0x01;
    internal const uint REG_SRC_REGISTER = 0x40185200;
    internal const uint REG_SRC_ABI_VERSION = 0x8004527F;

    /// <summary>Mirrors <c>struct reg_src_hive_entry</c>.</summary>
    internal struct RegSrcHiveEntry
    {
        internal uint NameLen;
        internal uint Pad0;
        internal ulong NamePtr;
        internal Bytes16 RootGuid;
        internal uint Flags;
        internal uint Pad1;
        internal Bytes16 ScopeGuid;
    }

    /// <summary>Mirrors <c>struct reg_src_register_args</c>.</summary>
    internal struct RegSrcRegisterArgs
    {
        internal uint HiveCount;
        internal uint Pad;
        internal ulong MaxSequence;
        internal ulong HivesPtr;
    }

    /// <summary>16 bytes in place.</summary>
    [InlineArray(16)]
    internal struct Bytes16
    {
        private byte _first;
    }
}
