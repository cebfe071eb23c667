/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
/*
 * /dev/kmes: events from the kernel and from user space, one ring per CPU.
 *
 * Emitter (SeAuditPrivilege):
 *
 *	struct kmes_emit_args a = { .event_type = (__u64)type, .event_type_len = n,
 *				    .payload = (__u64)msgpack, .payload_len = m };
 *	ioctl(dev, KMES_IOC_EMIT, &a);
 *
 * Consumer (SeSecurityPrivilege), one ring per CPU, cpu_id 0, 1, 2 ... until EINVAL:
 *
 *	__u64 capacity;
 *	struct kmes_attach_args a = { .cpu_id = 0, .capacity = (__u64)&capacity };
 *	int ring = ioctl(dev, KMES_IOC_ATTACH, &a);
 *	void *map = mmap(NULL, KMES_MAP_SIZE(capacity), PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0);
 *	... read events at KMES_DATA_OFFSET + (position & (capacity - 1)) ...
 *	struct kmes_wait_args w = { .expected = futex_counter };
 *	ioctl(ring, KMES_IOC_WAIT, &w);
 *
 * All integers are little-endian. docs/abi/kmes.md has the drain and wait protocols.
 */
#ifndef _UAPI_LINUX_PKM_KMES_H
#define _UAPI_LINUX_PKM_KMES_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Answered by KMES_IOC_ABI_VERSION. */
#define KMES_ABI_VERSION 1

/* The letter; free in the kernel's ioctl-number list. */
#define KMES_IOC 0xE8

/* Origin classes of a record (KMES-009); 4-255 are reserved. */
#define KMES_ORIGIN_USER 0
#define KMES_ORIGIN_KMES 1
#define KMES_ORIGIN_KACS 2
#define KMES_ORIGIN_LCS  3

/* Sizes and limits (KMES-128, KMES-151). */
#define KMES_HEADER_SIZE      77
#define KMES_BATCH_MAX        256
#define KMES_ATTACH_MAX       64
#define KMES_RING_VERSION     1
#define KMES_CAPACITY_DEFAULT 4194304
#define KMES_CAPACITY_MIN     65536
#define KMES_CAPACITY_MAX     268435456
#define KMES_EVENT_DEFAULT    65536
#define KMES_EVENT_MIN        1024
#define KMES_EVENT_MAX        4194304
#define KMES_DEPTH_DEFAULT    32
#define KMES_DEPTH_MIN        4
#define KMES_DEPTH_MAX        256
#define KMES_RATE_DEFAULT     10000
#define KMES_RATE_MIN         100
#define KMES_RATE_MAX         1000000

/*
 * Offsets inside a record (KMES-005). The record is packed: the type follows
 * the header, the payload starts header_size bytes after the record's start.
 */
#define KMES_OFF_EVENT_SIZE  0  /* u32, header and payload */
#define KMES_OFF_HEADER_SIZE 4  /* u32, 77 + type_len */
#define KMES_OFF_TIMESTAMP   8  /* u64, ns since the Unix epoch */
#define KMES_OFF_SEQUENCE    16 /* u64, per CPU, first is 1 */
#define KMES_OFF_CPU_ID      24 /* u16 */
#define KMES_OFF_ORIGIN      26 /* u8 */
#define KMES_OFF_EFFECTIVE   27 /* 16 bytes, effective token GUID */
#define KMES_OFF_TRUE        43 /* 16 bytes, primary token GUID */
#define KMES_OFF_PROCESS     59 /* 16 bytes, process GUID */
#define KMES_OFF_TYPE_LEN    75 /* u16 */
#define KMES_OFF_TYPE        77 /* type_len bytes of UTF-8 */

/* The mapping of a ring descriptor (KMES-087): always mapped whole. */
#define KMES_PAGE               4096
#define KMES_CONSUMER_OFFSET    4096
#define KMES_DATA_OFFSET        8192
#define KMES_MAP_SIZE(capacity) (KMES_DATA_OFFSET + 2 * (capacity))

/* "KMESRING", compared byte by byte. */
#define KMES_MAGIC                                             \
	{                                                      \
		0x4B, 0x4D, 0x45, 0x53, 0x52, 0x49, 0x4E, 0x47 \
	}

/**
 * struct kmes_producer_page - first page of the mapping, read-only (KMES-089)
 * @magic: KMES_MAGIC
 * @version: KMES_RING_VERSION
 * @cpu_id: the ring's CPU
 * @reserved0: zero
 * @capacity: bytes of one copy of the data, a power of two
 * @data_offset: KMES_DATA_OFFSET
 * @generation: 1 for the first ring; another value means: finish this ring, attach again
 * @reserved1: zero
 * @write_pos: bytes ever published
 * @tail_pos: position of the oldest surviving event
 * @reserved2: zero
 * @futex_counter: moves when a waiting consumer has to look again
 * @reserved3: zero
 */
struct kmes_producer_page {
	__u8 magic[8];
	__u32 version;
	__u16 cpu_id;
	__u16 reserved0;
	__u64 capacity;
	__u64 data_offset;
	__u64 generation;
	__u8 reserved1[24];
	__u64 write_pos;
	__u64 tail_pos;
	__u8 reserved2[48];
	__u32 futex_counter;
	__u8 reserved3[60];
};

/**
 * struct kmes_consumer_page - second page, the consumer's own (KMES-092)
 * @need_wake: non-zero asks for a wake-up after the next publication
 */
struct kmes_consumer_page {
	__u8 need_wake;
};

/**
 * struct kmes_emit_args - KMES_IOC_EMIT (KMES-045)
 * @event_type: user address of the type, UTF-8
 * @event_type_len: bytes there, not 0
 * @pad0: ignored
 * @pad1: ignored
 * @payload: user address of one MessagePack value
 * @payload_len: bytes there, not 0
 * @pad2: ignored
 *
 * Errors, first failure wins: EPERM, EAGAIN (rate), EINVAL,
 * ENOSPC (too large), EFAULT, ENOMEM.
 */
struct kmes_emit_args {
	__u64 event_type;
	__u16 event_type_len;
	__u16 pad0;
	__u32 pad1;
	__u64 payload;
	__u32 payload_len;
	__u32 pad2;
};

/**
 * struct kmes_batch_entry - one event of a batch (KMES-061), as kmes_emit_args
 * @event_type: user address of the type, UTF-8
 * @event_type_len: bytes there, not 0
 * @pad0: ignored
 * @pad1: ignored
 * @payload: user address of one MessagePack value
 * @payload_len: bytes there, not 0
 * @pad2: ignored
 */
struct kmes_batch_entry {
	__u64 event_type;
	__u16 event_type_len;
	__u16 pad0;
	__u32 pad1;
	__u64 payload;
	__u32 payload_len;
	__u32 pad2;
};

/**
 * struct kmes_batch_args - KMES_IOC_EMIT_BATCH (KMES-045, KMES-062)
 * @entries: user address of @count struct kmes_batch_entry
 * @count: 1 to KMES_BATCH_MAX
 * @pad0: ignored
 * @emitted_out: user address of a u32 that receives how many were emitted
 *
 * Stops at the first bad entry with its errno; those before it are emitted.
 */
struct kmes_batch_args {
	__u64 entries;
	__u32 count;
	__u32 pad0;
	__u64 emitted_out;
};

/**
 * struct kmes_attach_args - KMES_IOC_ATTACH (KMES-045, KMES-073)
 * @cpu_id: which ring
 * @pad0: ignored
 * @capacity: user address of a u64 that receives the ring's capacity
 *
 * Returns a descriptor. EPERM, EINVAL (no such CPU), ENOSPC (64 attachments
 * exist), EFAULT, ENOMEM.
 */
struct kmes_attach_args {
	__u32 cpu_id;
	__u32 pad0;
	__u64 capacity;
};

/**
 * struct kmes_wait_args - KMES_IOC_WAIT on a ring descriptor (KMES-099)
 * @expected: the futex_counter that the caller saw
 * @timeout_ms: 0 waits without limit
 *
 * Sleeps while futex_counter equals @expected. 0 after a change, EAGAIN when it
 * differed already, ETIMEDOUT, EINTR; ESTALE when another ring has taken over:
 * finish this one and attach again, whatever its generation says.
 */
struct kmes_wait_args {
	__u32 expected;
	__u32 timeout_ms;
};

/**
 * struct kmes_stats - KMES_IOC_STATS (ours): one CPU's counters
 * @size: in: sizeof(struct kmes_stats), anything else is EINVAL
 * @cpu_id: in: which ring; EINVAL beyond the last
 * @capacity: bytes of the ring
 * @generation: of the ring
 * @write_pos: bytes ever published
 * @tail_pos: position of the oldest surviving event
 * @sequence: last sequence number given out
 * @dropped: emissions refused for their size or made from NMI (KMES-139)
 * @overwritten: events that made room for newer ones
 * @attached: consumers attached to this ring now
 * @reserved: zero
 */
struct kmes_stats {
	__u32 size;
	__u32 cpu_id;
	__u64 capacity;
	__u64 generation;
	__u64 write_pos;
	__u64 tail_pos;
	__u64 sequence;
	__u64 dropped;
	__u64 overwritten;
	__u32 attached;
	__u32 reserved;
};

/* On /dev/kmes. */
#define KMES_IOC_ABI_VERSION _IOR(KMES_IOC, 0x00, __u32)
#define KMES_IOC_EMIT        _IOW(KMES_IOC, 0x01, struct kmes_emit_args)
#define KMES_IOC_EMIT_BATCH  _IOW(KMES_IOC, 0x02, struct kmes_batch_args)
#define KMES_IOC_ATTACH      _IOW(KMES_IOC, 0x03, struct kmes_attach_args)
#define KMES_IOC_STATS       _IOWR(KMES_IOC, 0x04, struct kmes_stats) /* SeSecurityPrivilege */

/* On a ring descriptor. KMES_IOC_EXPECT sets the counter value that poll() compares with. */
#define KMES_IOC_WAIT   _IOW(KMES_IOC, 0x10, struct kmes_wait_args)
#define KMES_IOC_EXPECT _IOW(KMES_IOC, 0x11, __u32)

#endif
