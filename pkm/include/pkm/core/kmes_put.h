/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The producer's side of a ring, inline: an emission is one function from the
 * clock to the published position. Everybody else calls what ring.c makes of
 * these.
 *
 * Readers never hold the writer up. A reader that was overtaken notices by
 * tail_pos, which moves before the bytes behind it are reused:
 *
 *	writer				reader
 *	tail_pos = T (release)		load tail_pos (acquire), remember
 *	smp_wmb			(A)	copy the event
 *	overwrite bytes below T		smp_rmb			(A)
 *	write_pos = W (release)	(B)	load tail_pos again: moved past us? discard
 *					load write_pos (acquire)	(B)
 */
#ifndef _PKM_CORE_KMES_PUT_H
#define _PKM_CORE_KMES_PUT_H

#include <pkm/core/kmes.h>

/* Types are short: moves that may overlap instead of a call. */
static __always_inline bool is_short_type(u32 n)
{
	return n - 8 <= 32 - 8;
}

static __always_inline void copy_short_type(u8 *to, const u8 *from, u32 n)
{
	pkm_put_le64(to, pkm_get_le64(from));
	if (n > 16) {
		pkm_put_le64(to + 8, pkm_get_le64(from + 8));
		pkm_put_le64(to + n - 16, pkm_get_le64(from + n - 16));
	}
	pkm_put_le64(to + n - 8, pkm_get_le64(from + n - 8));
}

/* What an emitter knows of its record (KMES-005, KMES-006). */
static __always_inline void record_head(u8 *to, u32 size, u8 origin, u32 type_len)
{
	pkm_put_le32(to + KMES_OFF_EVENT_SIZE, size);
	pkm_put_le32(to + KMES_OFF_HEADER_SIZE, KMES_HEADER_SIZE + type_len);
	to[KMES_OFF_ORIGIN] = origin;
	pkm_put_le16(to + KMES_OFF_TYPE_LEN, type_len);
}

/* What only the moment of writing knows; the number is taken after the time (KMES-012). */
static __always_inline void record_stamp(u8 *to, struct kmes_ring *r, u64 timestamp)
{
	const u64 sequence = ++r->sequence;

	pkm_put_le64(to + KMES_OFF_TIMESTAMP, timestamp);
	pkm_put_le64(to + KMES_OFF_SEQUENCE, sequence);
	pkm_put_le16(to + KMES_OFF_CPU_ID, r->cpu);
}

static __always_inline void record_who(u8 *to, const u8 *guids)
{
	static_assert(KMES_OFF_TYPE_LEN == KMES_OFF_EFFECTIVE + KMES_GUIDS_LEN,
		      "KMES-005: the GUIDs are neighbours");
	memcpy(to + KMES_OFF_EFFECTIVE, guids, KMES_GUIDS_LEN);
}

/* kmes_ring_publish() */
static __always_inline void ring_publish(struct kmes_ring *r)
{
	u64 end = r->pending;

	r->write_pos = end;
	smp_store_release(&r->page->write_pos, end); /* (B) */
}

/*
 * The tail at which what ends at @at can grow to @end (KMES-096). The sizes
 * come from ring memory, so they are not believed beyond the bytes that exist:
 * a bad one empties the ring (HAZ-025).
 */
static __always_inline u64 tail_for(struct kmes_ring *r, u64 at, u64 end)
{
	u64 capacity = r->capacity, tail = r->tail_pos;
	u32 oldest;

	do {
		/* Second turns are rare: nothing stays in a register for them. */
		OPTIMIZER_HIDE_VAR(capacity);
		barrier();
		oldest = pkm_get_le32(r->data + (tail & (capacity - 1)));
		if (unlikely(oldest < KMES_HEADER_SIZE))
			return at;
		tail += oldest;
		r->overwritten++;
	} while (unlikely(end > tail + capacity));
	if (unlikely(tail > at))
		return at;
	return tail;
}

static __always_inline void move_tail(struct kmes_ring *r, u64 tail)
{
	r->tail_pos = tail;
	smp_store_release(&r->page->tail_pos, tail);
	smp_wmb(); /* (A): the tail moves before the bytes it gives up change */
}

/* Where the only event of an emission goes: nothing else is pending. */
static __always_inline u8 *reserve_one(struct kmes_ring *r, u64 bytes)
{
	const u64 at = r->write_pos, end = at + bytes;

	if (end > r->tail_pos + r->capacity)
		move_tail(r, tail_for(r, at, end));
	r->pending = end;
	return r->data + (at & (r->capacity - 1));
}

/* Where the next @bytes go, at most half a ring; they are pending from now on. */
static __always_inline u8 *reserve(struct kmes_ring *r, u64 bytes)
{
	const u64 at = r->pending, end = at + bytes;
	u64 tail;

	if (end > r->tail_pos + r->capacity) {
		tail = tail_for(r, at, end);
		/*
		 * A batch larger than the ring eats its own beginning. Readers rely on
		 * tail_pos <= write_pos, so what was written so far is published first.
		 */
		if (unlikely(tail > r->write_pos))
			ring_publish(r);
		move_tail(r, tail);
	}
	r->pending = end;
	return r->data + (at & (r->capacity - 1));
}

/*
 * Size of the record that @event becomes; 0 when it is refused, which takes a
 * number all the same: a hole that readers see (KMES-035, KMES-036).
 */
static __always_inline u64 admit(struct kmes_ring *r, const struct kmes_event *event)
{
	/* Half a ring is far below U32_MAX: in 64 bits the sum cannot pass for a smaller one. */
	const u64 size = KMES_HEADER_SIZE + (u64)event->type_len + event->payload_len;

	if (likely(event->type_len && size <= r->capacity / 2))
		return size;
	r->sequence++;
	r->dropped++;
	return 0;
}

/* All of a record but its stamp; type and payload are copied unchanged (KMES-010). */
static __always_inline void record_fill(u8 *to, u32 size, u8 origin, const struct kmes_event *event)
{
	const u32 type_len = event->type_len, payload_len = event->payload_len;

	record_head(to, size, origin, type_len);
	memcpy(to + KMES_OFF_TYPE, event->type, type_len);
	if (payload_len)
		memcpy(to + KMES_OFF_TYPE + type_len, event->payload, payload_len);
}

/* Most events: admitted, with a short type and a payload of at least a word. */
static __always_inline bool is_plain(const struct kmes_ring *r, const struct kmes_event *event, u64 *size)
{
	*size = KMES_HEADER_SIZE + (u64)event->type_len + event->payload_len;
	return is_short_type(event->type_len) && event->payload_len >= 8 && *size * 2 <= r->capacity;
}

/*
 * kmes_ring_emit() in two halves: a plain event alone, nothing being pending.
 * The clock is read between them, when little else has to be kept at hand.
 */
static __always_inline u8 *ring_begin(struct kmes_ring *r, u64 size, u8 origin,
				      const struct kmes_event *event)
{
	u8 *to = reserve_one(r, size);
	const u32 type_len = event->type_len;

	record_head(to, size, origin, type_len);
	copy_short_type(to + KMES_OFF_TYPE, event->type, type_len);
	pkm_copy_words(to + KMES_OFF_TYPE + type_len, event->payload, event->payload_len);
	return to;
}

static __always_inline void ring_end(struct kmes_ring *r, u8 *to, u64 timestamp)
{
	record_stamp(to, r, timestamp);
	ring_publish(r);
}

/* kmes_ring_put() */
static __always_inline bool ring_put(struct kmes_ring *r, u8 origin, const struct kmes_stamp *stamp,
				     const struct kmes_event *event)
{
	const u64 size = admit(r, event);
	u8 *to;

	if (unlikely(!size))
		return false;
	to = reserve(r, size);
	record_stamp(to, r, stamp->timestamp);
	record_who(to, stamp->guids);
	record_fill(to, size, origin, event);
	return true;
}

static __always_inline void append(struct kmes_ring *r, const u8 *records, u64 bytes)
{
	if (bytes)
		pkm_copy_words(reserve(r, bytes), records, bytes);
}

/* kmes_ring_put_records() */
static __always_inline u32 ring_put_records(struct kmes_ring *r, const struct kmes_stamp *stamp, u8 *records,
					    u32 count)
{
	const u64 half = r->capacity / 2;
	u8 *run = records, *at = records;
	u32 size, i;

	for (i = 0; i < count; i++) {
		size = pkm_get_le32(at);
		if (unlikely(at + size > run + half)) {
			if (size > half)
				break;
			append(r, run, at - run);
			run = at;
		}
		record_stamp(at, r, stamp->timestamp);
		record_who(at, stamp->guids);
		at += size;
	}
	append(r, run, at - run);
	return i;
}

/*
 * kmes_ring_wake_due()
 *
 * If so the counter that sleepers compare has moved (KMES-098), and the caller
 * wakes them all. The byte that asks is read once, compared with zero and used
 * for nothing else (KMES-093, HAZ-026).
 *
 *	producer			consumer
 *	write_pos = W			need_wake = 1
 *	smp_mb			(C)	full barrier		(C)
 *	need_wake set?			load write_pos: new? drain
 *	futex_counter++			read futex_counter = n
 *	  wake				load write_pos again: new? drain
 *					sleep while futex_counter == n
 *
 * Without (C) each could look before the other's store is visible (KMES-108);
 * without the second look the counter that the consumer sleeps on may be the
 * one that announced the event (KMES-106).
 */
static __always_inline bool ring_wake_due(struct kmes_ring *r, const struct kmes_listeners *l)
{
	u64 slots;

	smp_mb(); /* (C) */
	/* Pairs with the release of whoever attaches: the bit after its pointer. */
	slots = smp_load_acquire(&l->attached);
	while (unlikely(slots)) {
		if (READ_ONCE(l->page[__builtin_ctzll(slots)]->need_wake)) {
			smp_store_release(&r->page->futex_counter, ++r->wakes);
			return true;
		}
		slots &= slots - 1;
	}
	return false;
}

#endif
