// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Peios.Interop.Registry;

/// <summary>Mirror of <c>pkm/include/uapi/linux/pkm/registry.h</c>, in its order and with its names; the ABI test compares both.</summary>
internal static class RegistryAbi
{
    internal const uint REG_ABI_VERSION = 1;
    internal const uint KEY_QUERY_VALUE = 0x00000001;
    internal const uint KEY_SET_VALUE = 0x00000002;
    internal const uint KEY_CREATE_SUB_KEY = 0x00000004;
    internal const uint KEY_ENUMERATE_SUB_KEYS = 0x00000008;
    internal const uint KEY_NOTIFY = 0x00000010;
    internal const uint KEY_CREATE_LINK = 0x00000020;
    internal const uint KEY_READ = 0x00020019;
    internal const uint KEY_WRITE = 0x00020006;
    internal const uint KEY_ALL_ACCESS = 0x000F003F;
    internal const uint REG_VALID_DESIRED_ACCESS_MASK = 0xF30F003F;
    internal const uint REG_VALID_MAPPED_ACCESS_MASK = 0x010F003F;
    internal const uint REG_VALID_ACE_ACCESS_MASK = 0xF10F003F;
    internal const uint REG_NONE = 0;
    internal const uint REG_SZ = 1;
    internal const uint REG_EXPAND_SZ = 2;
    internal const uint REG_BINARY = 3;
    internal const uint REG_DWORD = 4;
    internal const uint REG_DWORD_BIG_ENDIAN = 5;
    internal const uint REG_LINK = 6;
    internal const uint REG_MULTI_SZ = 7;
    internal const uint REG_RESOURCE_LIST = 8;
    internal const uint REG_FULL_RESOURCE_DESCRIPTOR = 9;
    internal const uint REG_RESOURCE_REQUIREMENTS_LIST = 10;
    internal const uint REG_QWORD = 11;
    internal const uint REG_TOMBSTONE = 0xFFFF;
    internal const uint REG_OPEN_LINK = 0x01;
    internal const uint REG_OPTION_VOLATILE = 0x01;
    internal const uint REG_OPTION_CREATE_LINK = 0x02;
    internal const uint REG_CREATED_NEW = 1;
    internal const uint REG_OPENED_EXISTING = 2;
    internal const uint REG_NOTIFY_VALUE = 0x01;
    internal const uint REG_NOTIFY_SUBKEY = 0x02;
    internal const uint REG_NOTIFY_SD = 0x04;
    internal const uint REG_NOTIFY_ALL = 0x07;
    internal const uint REG_WATCHES_PER_USER = 1024;
    internal const uint REG_EVENT_VALUE_SET = 1;
    internal const uint REG_EVENT_VALUE_DELETED = 2;
    internal const uint REG_EVENT_SUBKEY_CREATED = 3;
    internal const uint REG_EVENT_SUBKEY_DELETED = 4;
    internal const uint REG_EVENT_SD_CHANGED = 5;
    internal const uint REG_EVENT_KEY_DELETED = 6;
    internal const uint REG_EVENT_OVERFLOW = 7;
    internal const uint REG_SECURITY_OWNER = 0x01;
    internal const uint REG_SECURITY_GROUP = 0x02;
    internal const uint REG_SECURITY_DACL = 0x04;
    internal const uint REG_SECURITY_SACL = 0x08;
    internal const uint REG_TXN_ACTIVE_UNBOUND = 0;
    internal const uint REG_TXN_ACTIVE_BOUND = 1;
    internal const uint REG_TXN_COMMITTED = 2;
    internal const uint REG_TXN_ABORTED = 3;
    internal const uint REG_TXN_TIMED_OUT = 4;
    internal const uint REG_TXN_SOURCE_DOWN = 5;
    internal const uint REG_OPEN_KEY = 0x40185200;
    internal const uint REG_CREATE_KEY = 0xC0205201;
    internal const uint REG_BEGIN_TRANSACTION = 0x00005202;
    internal const uint REG_IOC_ABI_VERSION = 0x8004527F;
    internal const uint REG_IOC_QUERY_VALUE = 0xC0405200;
    internal const uint REG_IOC_SET_VALUE = 0x40405201;
    internal const uint REG_IOC_DELETE_VALUE = 0x40285202;
    internal const uint REG_IOC_BLANKET_TOMBSTONE = 0x40185203;
    internal const uint REG_IOC_QUERY_VALUES_BATCH = 0xC0185204;
    internal const uint REG_IOC_ENUM_VALUES = 0xC0285205;
    internal const uint REG_IOC_ENUM_SUBKEYS = 0xC0285206;
    internal const uint REG_IOC_QUERY_KEY_INFO = 0x80405207;
    internal const uint REG_IOC_DELETE_KEY = 0x40185208;
    internal const uint REG_IOC_HIDE_KEY = 0x40185209;
    internal const uint REG_IOC_GET_SECURITY = 0xC010520A;
    internal const uint REG_IOC_SET_SECURITY = 0x4018520B;
    internal const uint REG_IOC_NOTIFY = 0x4008520C;
    internal const uint REG_IOC_FLUSH = 0x0000520D;
    internal const uint REG_IOC_BACKUP = 0x4004520E;
    internal const uint REG_IOC_RESTORE = 0x4004520F;
    internal const uint REG_IOC_LIST_SUBKEYS = 0xC0185220;
    internal const uint REG_IOC_COMMIT = 0x00005210;
    internal const uint REG_IOC_TXN_STATUS = 0x80085211;

    /// <summary>Mirrors <c>struct reg_open_key_args</c>.</summary>
    internal struct RegOpenKeyArgs
    {
        internal int ParentFd;
        internal uint DesiredAccess;
        internal ulong PathPtr;
        internal uint Flags;
        internal uint Pad;
    }

    /// <summary>Mirrors <c>struct reg_create_key_args</c>.</summary>
    internal struct RegCreateKeyArgs
    {
        internal int ParentFd;
        internal uint DesiredAccess;
        internal ulong PathPtr;
        internal ulong LayerPtr;
        internal uint Flags;
        internal uint Disposition;
    }

    /// <summary>Mirrors <c>struct reg_query_value_args</c>.</summary>
    internal struct RegQueryValueArgs
    {
        internal uint NameLen;
        internal uint Pad0;
        internal ulong NamePtr;
        internal uint Type;
        internal uint DataLen;
        internal int TxnFd;
        internal uint LayerBufLen;
        internal ulong DataPtr;
        internal ulong Sequence;
        internal uint LayerLen;
        internal uint Pad1;
        internal ulong LayerPtr;
    }

    /// <summary>Mirrors <c>struct reg_set_value_args</c>.</summary>
    internal struct RegSetValueArgs
    {
        internal uint NameLen;
        internal uint Pad0;
        internal ulong NamePtr;
        internal uint Type;
        internal uint DataLen;
        internal ulong DataPtr;
        internal uint LayerLen;
        internal uint Pad1;
        internal ulong LayerPtr;
        internal int TxnFd;
        internal uint Pad2;
        internal ulong ExpectedSeq;
    }

    /// <summary>Mirrors <c>struct reg_delete_value_args</c>.</summary>
    internal struct RegDeleteValueArgs
    {
        internal uint NameLen;
        internal uint Pad0;
        internal ulong NamePtr;
        internal uint LayerLen;
        internal uint Pad1;
        internal ulong LayerPtr;
        internal int TxnFd;
        internal uint Pad2;
    }

    /// <summary>Mirrors <c>struct reg_blanket_tombstone_args</c>.</summary>
    internal struct RegBlanketTombstoneArgs
    {
        internal uint LayerLen;
        internal uint Pad0;
        internal ulong LayerPtr;
        internal byte Set;
        internal Bytes3 Pad1;
        internal int TxnFd;
    }

    /// <summary>Mirrors <c>struct reg_query_values_batch_args</c>.</summary>
    internal struct RegQueryValuesBatchArgs
    {
        internal uint BufLen;
        internal uint Count;
        internal ulong BufPtr;
        internal int TxnFd;
        internal uint Pad;
    }

    /// <summary>Mirrors <c>struct reg_enum_value_args</c>.</summary>
    internal struct RegEnumValueArgs
    {
        internal uint Index;
        internal uint NameLen;
        internal ulong NamePtr;
        internal uint Type;
        internal uint DataLen;
        internal ulong DataPtr;
        internal int TxnFd;
        internal uint Pad;
    }

    /// <summary>Mirrors <c>struct reg_enum_subkey_args</c>.</summary>
    internal struct RegEnumSubkeyArgs
    {
        internal uint Index;
        internal uint NameLen;
        internal ulong NamePtr;
        internal ulong LastWriteTime;
        internal uint SubkeyCount;
        internal uint ValueCount;
        internal int TxnFd;
        internal uint Pad;
    }

    /// <summary>Mirrors <c>struct reg_list_subkeys_args</c>.</summary>
    internal struct RegListSubkeysArgs
    {
        internal uint BufLen;
        internal uint Count;
        internal ulong BufPtr;
        internal int TxnFd;
        internal uint Pad;
    }

    /// <summary>Mirrors <c>struct reg_query_key_info_args</c>.</summary>
    internal struct RegQueryKeyInfoArgs
    {
        internal uint NameLen;
        internal uint Pad0;
        internal ulong NamePtr;
        internal ulong LastWriteTime;
        internal uint SubkeyCount;
        internal uint ValueCount;
        internal uint MaxSubkeyNameLen;
        internal uint MaxValueNameLen;
        internal uint MaxValueDataSize;
        internal uint SdSize;
        internal byte VolatileKey;
        internal byte Symlink;
        internal Bytes6 Pad1;
        internal ulong HiveGeneration;
    }

    /// <summary>Mirrors <c>struct reg_delete_key_args</c>.</summary>
    internal struct RegDeleteKeyArgs
    {
        internal uint LayerLen;
        internal uint Pad0;
        internal ulong LayerPtr;
        internal int TxnFd;
        internal uint Pad1;
    }

    /// <summary>Mirrors <c>struct reg_hide_key_args</c>.</summary>
    internal struct RegHideKeyArgs
    {
        internal uint LayerLen;
        internal uint Pad0;
        internal ulong LayerPtr;
        internal int TxnFd;
        internal uint Pad1;
    }

    /// <summary>Mirrors <c>struct reg_get_security_args</c>.</summary>
    internal struct RegGetSecurityArgs
    {
        internal uint SecurityInfo;
        internal uint SdLen;
        internal ulong SdPtr;
    }

    /// <summary>Mirrors <c>struct reg_set_security_args</c>.</summary>
    internal struct RegSetSecurityArgs
    {
        internal uint SecurityInfo;
        internal uint SdLen;
        internal ulong SdPtr;
        internal int TxnFd;
        internal uint Pad;
    }

    /// <summary>Mirrors <c>struct reg_notify_args</c>.</summary>
    internal struct RegNotifyArgs
    {
        internal uint Filter;
        internal byte Subtree;
        internal Bytes3 Pad;
    }

    /// <summary>Mirrors <c>struct reg_backup_args</c>.</summary>
    internal struct RegBackupArgs
    {
        internal int OutputFd;
    }

    /// <summary>Mirrors <c>struct reg_restore_args</c>.</summary>
    internal struct RegRestoreArgs
    {
        internal int InputFd;
    }

    /// <summary>Mirrors <c>struct reg_txn_status_args</c>.</summary>
    internal struct RegTxnStatusArgs
    {
        internal uint State;
        internal uint TerminalErrno;
    }

    /// <summary>3 bytes in place.</summary>
    [InlineArray(3)]
    internal struct Bytes3
    {
        private byte _first;
    }

    /// <summary>6 bytes in place.</summary>
    [InlineArray(6)]
    internal struct Bytes6
    {
        private byte _first;
    }
}
