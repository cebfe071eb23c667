/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
/*
 * /dev/registry: open and create keys; ioctls and records of key descriptors.
 *
 *	int dev = open("/dev/registry", O_RDWR | O_CLOEXEC);
 *	struct reg_open_key_args a = { .parent_fd = -1, .desired_access = KEY_READ,
 *				       .path_ptr = (uintptr_t)"Machine\\System" };
 *	int key = ioctl(dev, REG_OPEN_KEY, &a);
 *
 * Integers are little-endian. Paths and the layer of REG_CREATE_KEY are
 * NUL-terminated; every other string is (length, bytes). Reserved fields are
 * zero or the call fails with EINVAL. docs/abi/registry.md has the rest.
 */
#ifndef _UAPI_LINUX_PKM_REGISTRY_H
#define _UAPI_LINUX_PKM_REGISTRY_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define REG_ABI_VERSION 1

/* Key rights (LCS-140). */
#define KEY_QUERY_VALUE        0x00000001U
#define KEY_SET_VALUE          0x00000002U
#define KEY_CREATE_SUB_KEY     0x00000004U
#define KEY_ENUMERATE_SUB_KEYS 0x00000008U
#define KEY_NOTIFY             0x00000010U
#define KEY_CREATE_LINK        0x00000020U

/* Composite rights and masks (LCS-141). */
#define KEY_READ                      0x00020019U
#define KEY_WRITE                     0x00020006U
#define KEY_ALL_ACCESS                0x000F003FU
#define REG_VALID_DESIRED_ACCESS_MASK 0xF30F003FU
#define REG_VALID_MAPPED_ACCESS_MASK  0x010F003FU
#define REG_VALID_ACE_ACCESS_MASK     0xF10F003FU

/* Value types (LCS-066). */
#define REG_NONE                       0
#define REG_SZ                         1
#define REG_EXPAND_SZ                  2
#define REG_BINARY                     3
#define REG_DWORD                      4
#define REG_DWORD_BIG_ENDIAN           5
#define REG_LINK                       6
#define REG_MULTI_SZ                   7
#define REG_RESOURCE_LIST              8
#define REG_FULL_RESOURCE_DESCRIPTOR   9
#define REG_RESOURCE_REQUIREMENTS_LIST 10
#define REG_QWORD                      11
#define REG_TOMBSTONE                  0xFFFF

/* Flags of REG_OPEN_KEY (LCS-230). */
#define REG_OPEN_LINK 0x01U

/* Flags and dispositions of REG_CREATE_KEY (LCS-232). */
#define REG_OPTION_VOLATILE    0x01U
#define REG_OPTION_CREATE_LINK 0x02U
#define REG_CREATED_NEW        1
#define REG_OPENED_EXISTING    2

/* Watch filters and event types (LCS-165, LCS-167). */
#define REG_NOTIFY_VALUE  0x01U
#define REG_NOTIFY_SUBKEY 0x02U
#define REG_NOTIFY_SD     0x04U
#define REG_NOTIFY_ALL    0x07U

/* Watches that one user may have armed; one more is ENOSPC. */
#define REG_WATCHES_PER_USER     1024
#define REG_EVENT_VALUE_SET      1
#define REG_EVENT_VALUE_DELETED  2
#define REG_EVENT_SUBKEY_CREATED 3
#define REG_EVENT_SUBKEY_DELETED 4
#define REG_EVENT_SD_CHANGED     5
#define REG_EVENT_KEY_DELETED    6
#define REG_EVENT_OVERFLOW       7

/* security_info (LCS-290). */
#define REG_SECURITY_OWNER 0x01U
#define REG_SECURITY_GROUP 0x02U
#define REG_SECURITY_DACL  0x04U
#define REG_SECURITY_SACL  0x08U

/* Transaction states (LCS-198). */
#define REG_TXN_ACTIVE_UNBOUND 0
#define REG_TXN_ACTIVE_BOUND   1
#define REG_TXN_COMMITTED      2
#define REG_TXN_ABORTED        3
#define REG_TXN_TIMED_OUT      4
#define REG_TXN_SOURCE_DOWN    5

/**
 * struct reg_open_key_args - REG_OPEN_KEY
 * @parent_fd: key descriptor the path starts at, or -1 for an absolute path
 * @desired_access: rights; all of them are granted or none
 * @path_ptr: NUL-terminated path
 * @flags: REG_OPEN_LINK
 * @_pad: zero
 */
struct reg_open_key_args {
	__s32 parent_fd;
	__u32 desired_access;
	__u64 path_ptr;
	__u32 flags;
	__u32 _pad;
};

/**
 * struct reg_create_key_args - REG_CREATE_KEY
 * @parent_fd: as in reg_open_key_args
 * @desired_access: as in reg_open_key_args
 * @path_ptr: NUL-terminated path; only its last component is created
 * @layer_ptr: NUL-terminated layer name, 0 for base
 * @flags: REG_OPTION_*
 * @disposition: out, REG_CREATED_NEW or REG_OPENED_EXISTING
 */
struct reg_create_key_args {
	__s32 parent_fd;
	__u32 desired_access;
	__u64 path_ptr;
	__u64 layer_ptr;
	__u32 flags;
	__u32 disposition;
};

/**
 * struct reg_query_value_args - REG_IOC_QUERY_VALUE
 * @name_len: bytes of the value's name; 0 is the default value
 * @_pad0: zero
 * @name_ptr: the name
 * @type: out
 * @data_len: in size of the buffer, out size of the data
 * @txn_fd: transaction, -1 for none
 * @layer_buf_len: size of the layer name buffer
 * @data_ptr: data buffer
 * @sequence: out
 * @layer_len: out
 * @_pad1: zero
 * @layer_ptr: layer name buffer
 */
struct reg_query_value_args {
	__u32 name_len;
	__u32 _pad0;
	__u64 name_ptr;
	__u32 type;
	__u32 data_len;
	__s32 txn_fd;
	__u32 layer_buf_len;
	__u64 data_ptr;
	__u64 sequence;
	__u32 layer_len;
	__u32 _pad1;
	__u64 layer_ptr;
};

/**
 * struct reg_set_value_args - REG_IOC_SET_VALUE
 * @name_len: bytes of the name
 * @_pad0: zero
 * @name_ptr: the name
 * @type: REG_*
 * @data_len: bytes of data
 * @data_ptr: the data
 * @layer_len: bytes of the layer name, 0 for base
 * @_pad1: zero
 * @layer_ptr: layer name
 * @txn_fd: transaction, -1 for none
 * @_pad2: zero
 * @expected_seq: sequence the layer's entry must carry, 0 for any
 */
struct reg_set_value_args {
	__u32 name_len;
	__u32 _pad0;
	__u64 name_ptr;
	__u32 type;
	__u32 data_len;
	__u64 data_ptr;
	__u32 layer_len;
	__u32 _pad1;
	__u64 layer_ptr;
	__s32 txn_fd;
	__u32 _pad2;
	__u64 expected_seq;
};

/**
 * struct reg_delete_value_args - REG_IOC_DELETE_VALUE
 * @name_len: bytes of the name
 * @_pad0: zero
 * @name_ptr: the name
 * @layer_len: bytes of the layer name, 0 for base
 * @_pad1: zero
 * @layer_ptr: layer name
 * @txn_fd: transaction, -1 for none
 * @_pad2: zero
 */
struct reg_delete_value_args {
	__u32 name_len;
	__u32 _pad0;
	__u64 name_ptr;
	__u32 layer_len;
	__u32 _pad1;
	__u64 layer_ptr;
	__s32 txn_fd;
	__u32 _pad2;
};

/**
 * struct reg_blanket_tombstone_args - REG_IOC_BLANKET_TOMBSTONE
 * @layer_len: bytes of the layer name, 0 for base
 * @_pad0: zero
 * @layer_ptr: layer name
 * @set: 1 writes the mark, 0 removes it
 * @_pad1: zero
 * @txn_fd: transaction, -1 for none
 */
struct reg_blanket_tombstone_args {
	__u32 layer_len;
	__u32 _pad0;
	__u64 layer_ptr;
	__u8 set;
	__u8 _pad1[3];
	__s32 txn_fd;
};

/**
 * struct reg_query_values_batch_args - REG_IOC_QUERY_VALUES_BATCH
 * @buf_len: in size, out bytes written or needed
 * @count: out, number of records
 * @buf_ptr: records: u32 name_len, name, u32 type, u32 data_len, data
 * @txn_fd: transaction, -1 for none
 * @_pad: zero
 */
struct reg_query_values_batch_args {
	__u32 buf_len;
	__u32 count;
	__u64 buf_ptr;
	__s32 txn_fd;
	__u32 _pad;
};

/**
 * struct reg_enum_value_args - REG_IOC_ENUM_VALUES
 * @index: 0-based; past the end is ENOENT
 * @name_len: in size, out length
 * @name_ptr: name buffer
 * @type: out
 * @data_len: in size, out length
 * @data_ptr: data buffer
 * @txn_fd: transaction, -1 for none
 * @_pad: zero
 */
struct reg_enum_value_args {
	__u32 index;
	__u32 name_len;
	__u64 name_ptr;
	__u32 type;
	__u32 data_len;
	__u64 data_ptr;
	__s32 txn_fd;
	__u32 _pad;
};

/**
 * struct reg_enum_subkey_args - REG_IOC_ENUM_SUBKEYS
 * @index: 0-based; past the end is ENOENT
 * @name_len: in size, out length
 * @name_ptr: name buffer
 * @last_write_time: out, Unix nanoseconds
 * @subkey_count: out, visible children of the child
 * @value_count: out, effective values of the child
 * @txn_fd: transaction, -1 for none
 * @_pad: zero
 */
struct reg_enum_subkey_args {
	__u32 index;
	__u32 name_len;
	__u64 name_ptr;
	__u64 last_write_time;
	__u32 subkey_count;
	__u32 value_count;
	__s32 txn_fd;
	__u32 _pad;
};

/**
 * struct reg_list_subkeys_args - REG_IOC_LIST_SUBKEYS
 * @buf_len: in size, out bytes written or needed
 * @count: out, number of records
 * @buf_ptr: records: u32 name_len, name
 * @txn_fd: transaction, -1 for none
 * @_pad: zero
 */
struct reg_list_subkeys_args {
	__u32 buf_len;
	__u32 count;
	__u64 buf_ptr;
	__s32 txn_fd;
	__u32 _pad;
};

/**
 * struct reg_query_key_info_args - REG_IOC_QUERY_KEY_INFO
 * @name_len: in size, out length of the key's own name
 * @_pad0: zero
 * @name_ptr: name buffer
 * @last_write_time: out, Unix nanoseconds
 * @subkey_count: out, visible children; all ones: more than the source lists
 * @value_count: out, effective values; likewise
 * @max_subkey_name_len: out, bytes
 * @max_value_name_len: out, bytes
 * @max_value_data_size: out, bytes
 * @sd_size: out, bytes of the descriptor
 * @volatile_key: out, 1 if the key vanishes at reboot
 * @symlink: out, 1 for a link
 * @_pad1: zero
 * @hive_generation: out, change counter of the hive
 */
struct reg_query_key_info_args {
	__u32 name_len;
	__u32 _pad0;
	__u64 name_ptr;
	__u64 last_write_time;
	__u32 subkey_count;
	__u32 value_count;
	__u32 max_subkey_name_len;
	__u32 max_value_name_len;
	__u32 max_value_data_size;
	__u32 sd_size;
	__u8 volatile_key;
	__u8 symlink;
	__u8 _pad1[6];
	__u64 hive_generation;
};

/**
 * struct reg_delete_key_args - REG_IOC_DELETE_KEY
 * @layer_len: bytes of the layer name, 0 for base
 * @_pad0: zero
 * @layer_ptr: layer name
 * @txn_fd: transaction, -1 for none
 * @_pad1: zero
 */
struct reg_delete_key_args {
	__u32 layer_len;
	__u32 _pad0;
	__u64 layer_ptr;
	__s32 txn_fd;
	__u32 _pad1;
};

/**
 * struct reg_hide_key_args - REG_IOC_HIDE_KEY
 * @layer_len: bytes of the layer name, 0 for base
 * @_pad0: zero
 * @layer_ptr: layer name
 * @txn_fd: transaction, -1 for none
 * @_pad1: zero
 */
struct reg_hide_key_args {
	__u32 layer_len;
	__u32 _pad0;
	__u64 layer_ptr;
	__s32 txn_fd;
	__u32 _pad1;
};

/**
 * struct reg_get_security_args - REG_IOC_GET_SECURITY
 * @security_info: REG_SECURITY_*
 * @sd_len: in size, out length
 * @sd_ptr: buffer for a self-relative descriptor
 */
struct reg_get_security_args {
	__u32 security_info;
	__u32 sd_len;
	__u64 sd_ptr;
};

/**
 * struct reg_set_security_args - REG_IOC_SET_SECURITY
 * @security_info: REG_SECURITY_*, the parts to replace
 * @sd_len: bytes of the descriptor
 * @sd_ptr: self-relative descriptor
 * @txn_fd: transaction, -1 for none
 * @_pad: zero
 */
struct reg_set_security_args {
	__u32 security_info;
	__u32 sd_len;
	__u64 sd_ptr;
	__s32 txn_fd;
	__u32 _pad;
};

/**
 * struct reg_notify_args - REG_IOC_NOTIFY
 * @filter: REG_NOTIFY_*, 0 disarms
 * @subtree: 1 to hear of descendants too
 * @_pad: zero
 */
struct reg_notify_args {
	__u32 filter;
	__u8 subtree;
	__u8 _pad[3];
};

/**
 * struct reg_backup_args - REG_IOC_BACKUP
 * @output_fd: where the stream goes
 */
struct reg_backup_args {
	__s32 output_fd;
};

/**
 * struct reg_restore_args - REG_IOC_RESTORE
 * @input_fd: where the stream comes from
 */
struct reg_restore_args {
	__s32 input_fd;
};

/**
 * struct reg_txn_status_args - REG_IOC_TXN_STATUS
 * @state: out, REG_TXN_*
 * @terminal_errno: out, what later uses of the descriptor return
 */
struct reg_txn_status_args {
	__u32 state;
	__u32 terminal_errno;
};

/* On /dev/registry; the result is a descriptor (LCS-223). */
#define REG_OPEN_KEY          _IOW('R', 0, struct reg_open_key_args)
#define REG_CREATE_KEY        _IOWR('R', 1, struct reg_create_key_args)
#define REG_BEGIN_TRANSACTION _IO('R', 2)
#define REG_IOC_ABI_VERSION   _IOR('R', 0x7f, __u32)

/* On key descriptors (LCS-255). */
#define REG_IOC_QUERY_VALUE        _IOWR('R', 0, struct reg_query_value_args)
#define REG_IOC_SET_VALUE          _IOW('R', 1, struct reg_set_value_args)
#define REG_IOC_DELETE_VALUE       _IOW('R', 2, struct reg_delete_value_args)
#define REG_IOC_BLANKET_TOMBSTONE  _IOW('R', 3, struct reg_blanket_tombstone_args)
#define REG_IOC_QUERY_VALUES_BATCH _IOWR('R', 4, struct reg_query_values_batch_args)
#define REG_IOC_ENUM_VALUES        _IOWR('R', 5, struct reg_enum_value_args)
#define REG_IOC_ENUM_SUBKEYS       _IOWR('R', 6, struct reg_enum_subkey_args)
#define REG_IOC_QUERY_KEY_INFO     _IOR('R', 7, struct reg_query_key_info_args)
#define REG_IOC_DELETE_KEY         _IOW('R', 8, struct reg_delete_key_args)
#define REG_IOC_HIDE_KEY           _IOW('R', 9, struct reg_hide_key_args)
#define REG_IOC_GET_SECURITY       _IOWR('R', 10, struct reg_get_security_args)
#define REG_IOC_SET_SECURITY       _IOW('R', 11, struct reg_set_security_args)
#define REG_IOC_NOTIFY             _IOW('R', 12, struct reg_notify_args)
#define REG_IOC_FLUSH              _IO('R', 13)
#define REG_IOC_BACKUP             _IOW('R', 14, struct reg_backup_args)
#define REG_IOC_RESTORE            _IOW('R', 15, struct reg_restore_args)
/* Ours: all visible children by one question to the source. */
#define REG_IOC_LIST_SUBKEYS _IOWR('R', 32, struct reg_list_subkeys_args)

/* On transaction descriptors. */
#define REG_IOC_COMMIT     _IO('R', 16)
#define REG_IOC_TXN_STATUS _IOR('R', 17, struct reg_txn_status_args)

#endif
