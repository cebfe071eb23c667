/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
/*
 * /dev/pkm_registry: the frames between the registry and its storage sources.
 *
 *	int dev = open("/dev/pkm_registry", O_RDWR | O_CLOEXEC);
 *	ioctl(dev, REG_SRC_REGISTER, &args);
 *	for (;;) {
 *		read(dev, request, sizeof(request));	// one whole request
 *		write(dev, response, response_len);	// one whole response
 *	}
 *
 * Frames are unaligned little-endian bytes: a header, then the payload of the
 * operation (docs/abi/registry.md). They are built and read field by field,
 * never by casting a structure.
 */
#ifndef _UAPI_LINUX_PKM_RSI_H
#define _UAPI_LINUX_PKM_RSI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define RSI_ABI_VERSION 1

/* Request: u32 total_len, u64 request_id, u16 op_code, u64 txn_id (RSI-017). */
#define RSI_REQUEST_HEADER_LEN 22
/* Response: u32 total_len, u64 request_id, u16 op_code | 0x8000 (RSI-018). */
#define RSI_RESPONSE_HEADER_LEN 14
#define RSI_RESPONSE_BIT        0x8000

#define RSI_LOOKUP                0x01
#define RSI_CREATE_ENTRY          0x02
#define RSI_HIDE_ENTRY            0x03
#define RSI_DELETE_ENTRY          0x04
#define RSI_ENUM_CHILDREN         0x05
#define RSI_CREATE_KEY            0x10
#define RSI_READ_KEY              0x11
#define RSI_WRITE_KEY             0x12
#define RSI_DROP_KEY              0x13
#define RSI_QUERY_VALUES          0x20
#define RSI_SET_VALUE             0x21
#define RSI_DELETE_VALUE_ENTRY    0x22
#define RSI_SET_BLANKET_TOMBSTONE 0x23
#define RSI_BEGIN_TRANSACTION     0x30
#define RSI_COMMIT_TRANSACTION    0x31
#define RSI_ABORT_TRANSACTION     0x32
#define RSI_FLUSH                 0x40
#define RSI_DELETE_LAYER          0x50

/* Response status (RSI-035). */
#define RSI_OK                0
#define RSI_NOT_FOUND         1
#define RSI_ALREADY_EXISTS    2
#define RSI_STORAGE_ERROR     3
#define RSI_NOT_EMPTY         4
#define RSI_TOO_LARGE         5
#define RSI_TXN_BUSY          6
#define RSI_INVALID           7
#define RSI_CAS_FAILED        8
#define RSI_TXN_NOT_SUPPORTED 9

/* target_type of a path entry (RSI-037). */
#define RSI_TARGET_GUID   0
#define RSI_TARGET_HIDDEN 1

/* field_mask of RSI_WRITE_KEY (RSI-047). */
#define RSI_FIELD_SD              0x01U
#define RSI_FIELD_LAST_WRITE_TIME 0x02U

/* Mode of RSI_BEGIN_TRANSACTION (RSI-053). */
#define RSI_TXN_READ_WRITE 0
#define RSI_TXN_READ_ONLY  1

/* Flags of a hive (RSI-023). */
#define RSI_HIVE_PRIVATE 0x01U

/**
 * struct reg_src_hive_entry - one hive a source offers
 * @name_len: bytes of the name
 * @_pad0: zero
 * @name_ptr: the name
 * @root_guid: key of the hive's root
 * @flags: RSI_HIVE_PRIVATE
 * @_pad1: zero
 * @scope_guid: scope of a private hive, else zero
 */
struct reg_src_hive_entry {
	__u32 name_len;
	__u32 _pad0;
	__u64 name_ptr;
	__u8 root_guid[16];
	__u32 flags;
	__u32 _pad1;
	__u8 scope_guid[16];
};

/**
 * struct reg_src_register_args - REG_SRC_REGISTER
 * @hive_count: number of hives
 * @_pad: zero
 * @max_sequence: highest sequence stored, 0 if none
 * @hives_ptr: array of struct reg_src_hive_entry
 */
struct reg_src_register_args {
	__u32 hive_count;
	__u32 _pad;
	__u64 max_sequence;
	__u64 hives_ptr;
};

#define REG_SRC_REGISTER    _IOW('R', 0, struct reg_src_register_args)
#define REG_SRC_ABI_VERSION _IOR('R', 0x7f, __u32)

#endif
