// SPDX-License-Identifier: MIT
/* Drain (KMES-103) and wait (KMES-105). The letters are those of core/kmes/ring.c. */
#include "reader.h"

/* A page that is never at rest must not hold a consumer for ever. */
#define TRIES 64

/**
 * reader_init() - first attachment: start at the oldest event (KMES-102)
 */
void reader_init(struct reader *r, const struct kmes_producer_page *page, struct kmes_consumer_page *own,
		 const u8 *data, u64 capacity)
{
	*r = (struct reader){ .page = page, .own = own, .data = data, .capacity = capacity };
	r->pos = smp_load_acquire(&page->tail_pos);
	r->generation = smp_load_acquire(&page->generation);
}

/* One attempt: the size, 0 for an event that was overtaken or made no sense. */
static u32 take(struct reader *r, u64 write, u8 *to, u32 room)
{
	const u8 *at = r->data + (r->pos & (r->capacity - 1));
	u64 left = write - r->pos;
	u8 head[4];
	u32 size;

	reader_copy(head, at, sizeof(head));
	size = pkm_get_le32(head);
	/* Never past what was published, nor past the buffer: the page may hold anything (KMES-104). */
	if (size >= KMES_HEADER_SIZE && size <= left && size <= r->capacity && size <= room)
		reader_copy(to, at, size);
	smp_rmb(); /* (A): the copy before the second look at the tail (KMES-111) */
	if (smp_load_acquire(&r->page->tail_pos) > r->pos)
		return 0;
	if (size < KMES_HEADER_SIZE || size > left || size > r->capacity || size > room ||
	    pkm_get_le32(to) != size) {
		r->corrupt++;
		r->pos = write;
		return 0;
	}
	r->pos += size;
	return size;
}

/**
 * reader_next() - copy the next event to @to
 *
 * Return: its size, 0 when there is none now.
 */
u32 reader_next(struct reader *r, u8 *to, u32 room)
{
	u64 write, tail;
	u32 size, tries;

	for (tries = 0; tries < TRIES; tries++) {
		write = smp_load_acquire(&r->page->write_pos); /* (B) */
		if (write <= r->pos)
			return 0;
		tail = smp_load_acquire(&r->page->tail_pos);
		if (tail > r->pos) {
			r->pos = tail;
			r->lapped++;
			continue;
		}
		size = take(r, write, to, room);
		if (size)
			return size;
	}
	return 0;
}

/**
 * reader_replaced() - has another ring taken over (KMES-124)?
 *
 * If so the position where this one ends stands still: finish it, then attach again.
 */
bool reader_replaced(const struct reader *r)
{
	return smp_load_acquire(&r->page->generation) != r->generation;
}

/**
 * reader_must_wait() - ask to be woken, unless there is something to read
 *
 * Return: true: sleep while futex_counter is @expected, then call reader_woken().
 */
bool reader_must_wait(struct reader *r, u32 *expected)
{
	smp_store_release(&r->own->need_wake, 1);
	smp_mb(); /* (C) */
	if (smp_load_acquire(&r->page->write_pos) > r->pos)
		goto cancel;
	READER_WINDOW();
	*expected = smp_load_acquire(&r->page->futex_counter);
	if (smp_load_acquire(&r->page->write_pos) > r->pos) /* KMES-106 */
		goto cancel;
	return true;

cancel:
	reader_woken(r);
	return false;
}

/**
 * reader_woken() - take the request back (KMES-107)
 */
void reader_woken(struct reader *r)
{
	WRITE_ONCE(r->own->need_wake, 0);
}
