/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * core/kmes: the event record, the ring's producer side, rate arithmetic.
 *
 * One ring belongs to one CPU and has one writer at a time; the caller sees to
 * that (IRQs off in the module, one thread in host tests). Readers share only
 * the producer page and the data:
 *
 *	page: | magic ... | write_pos tail_pos | futex_counter |
 *
 *	data: [ copy of the data ][ the same pages again ]
 *	            ^tail_pos        ^write_pos
 *	             oldest event .. end of the newest
 *
 * The second mapping makes an event that crosses the end contiguous: one copy,
 * no split, no padding (KMES-088).
 */
#ifndef _PKM_CORE_KMES_H
#define _PKM_CORE_KMES_H

#include <pkm/core/base.h>
#include <linux/pkm/kmes.h>

#define KMES_GUID_LEN  16
#define KMES_GUIDS_LEN (3 * KMES_GUID_LEN)

/**
 * struct kmes_stamp - what all events of one call share (KMES-039, KMES-070)
 * @timestamp: ns since the Unix epoch, taken before any sequence number (KMES-012)
 * @guids: of the effective token, the primary token and the process
 */
struct kmes_stamp {
	u64 timestamp;
	u8 guids[KMES_GUIDS_LEN];
};

/**
 * struct kmes_event - what an emitter supplies (KMES-010)
 * @type: type bytes, no terminator
 * @payload: one MessagePack value; may be NULL when @payload_len is 0
 * @payload_len: bytes at @payload
 * @type_len: bytes at @type
 */
struct kmes_event {
	const void *type;
	const void *payload;
	u32 payload_len;
	u16 type_len;
};

/**
 * struct kmes_ring - producer state of one ring, never shared with user space
 * @page: positions as readers see them; written here, never read back (HAZ-025)
 * @data: @capacity bytes, mapped twice in a row
 * @capacity: power of two
 * @tail_pos: position of the oldest event
 * @write_pos: end of what was published
 * @pending: end of what was written; above @write_pos inside a batch (KMES-100)
 * @sequence: last number given out
 * @dropped: emissions that failed a check (KMES-036)
 * @overwritten: events that made room
 * @generation: 1 for the first ring of a CPU, one more for each that replaced it
 * @wakes: what @page->futex_counter says
 * @cpu: logical CPU index (KMES-075)
 * @retired: another ring has taken over; nothing will be written here any more
 *
 * All fields belong to the writer. Statistics read them without a lock; each is
 * one aligned word.
 */
struct kmes_ring {
	struct kmes_producer_page *page;
	u8 *data;
	u64 capacity;
	u64 tail_pos;
	u64 write_pos;
	u64 pending;
	u64 sequence;
	u64 dropped;
	u64 overwritten;
	u64 generation;
	u32 wakes;
	u16 cpu;
	bool retired;
};

/**
 * struct kmes_listeners - consumer pages that may ask for a wake-up
 * @attached: bit per used entry of @page
 * @page: mapped by consumers, who may write anything there (KMES-093)
 */
struct kmes_listeners {
	u64 attached;
	struct kmes_consumer_page *page[KMES_ATTACH_MAX];
};

/* Size of a record; false when the sum does not fit the header's u32 (KMES-049). */
static inline bool kmes_record_size(u16 type_len, u32 payload_len, u32 *size)
{
	return !check_add_overflow(KMES_HEADER_SIZE + (u32)type_len, payload_len, size);
}

void kmes_ring_init(struct kmes_ring *r, struct kmes_producer_page *page, u8 *data, u64 capacity, u16 cpu);
bool kmes_ring_put(struct kmes_ring *r, u8 origin, const struct kmes_stamp *stamp,
		   const struct kmes_event *event);
bool kmes_ring_emit(struct kmes_ring *r, u8 origin, const struct kmes_stamp *stamp,
		    const struct kmes_event *event);
u32 kmes_ring_put_records(struct kmes_ring *r, const struct kmes_stamp *stamp, u8 *records, u32 count);
void kmes_ring_publish(struct kmes_ring *r);
bool kmes_ring_wake_due(struct kmes_ring *r, const struct kmes_listeners *l);

/* carry.c */
void kmes_ring_carry(struct kmes_ring *to, const struct kmes_ring *from);
bool kmes_ring_retire(struct kmes_ring *r, const struct kmes_listeners *l);

/* setting.c: indices of kmes_settings[]. */
enum kmes_setting_index {
	KMES_SETTING_CAPACITY,
	KMES_SETTING_EVENT,
	KMES_SETTING_DEPTH,
	KMES_SETTING_RATE,
	KMES_SETTINGS,
};

/**
 * struct kmes_setting - one value below Machine\System\KMES (KMES-128)
 * @name: of the value
 * @type: REG_DWORD or REG_QWORD
 * @min: smallest accepted number
 * @max: largest accepted number
 */
struct kmes_setting {
	char name[24];
	u32 type;
	u32 min;
	u32 max;
};

extern const struct kmes_setting kmes_settings[KMES_SETTINGS];
bool kmes_setting_take(const struct kmes_setting *row, u32 type, const u8 *data, u32 len, u64 *out);

/**
 * struct kmes_bucket - token bucket of one process (KMES-056)
 * @level: tokens in it, in billionths
 * @last: time of the last refill, ns
 *
 * Capacity and refill per second are one number, the rate, which the caller
 * passes to every call: a new rate takes effect at once (KMES-060).
 */
struct kmes_bucket {
	u64 level;
	u64 last;
};

void kmes_bucket_fill(struct kmes_bucket *b, u32 rate, u64 now);
bool kmes_bucket_take(struct kmes_bucket *b, u32 rate, u32 count, u64 now);
void kmes_bucket_return(struct kmes_bucket *b, u32 rate, u32 count);

#endif
