/* SPDX-License-Identifier: MIT */
/*
 * The consumer's side of a ring in C: what RingReader is in C#. The threads
 * test, the model checker and the fuzzer run this one.
 */
#ifndef TESTS_CORE_READER_H
#define TESTS_CORE_READER_H

#include <pkm/core/kmes.h>

/**
 * struct reader - one consumer of one ring
 * @page: producer page, read-only for a consumer
 * @own: consumer page
 * @data: @capacity bytes, mapped twice in a row
 * @capacity: as ATTACH told; the page's own word is not needed
 * @pos: position of the next event
 * @generation: of the ring when it was attached
 * @lapped: times that the producer overtook us
 * @corrupt: records that made no sense
 */
struct reader {
	const struct kmes_producer_page *page;
	struct kmes_consumer_page *own;
	const u8 *data;
	u64 capacity;
	u64 pos;
	u64 generation;
	u64 lapped;
	u64 corrupt;
};

void reader_init(struct reader *r, const struct kmes_producer_page *page, struct kmes_consumer_page *own,
		 const u8 *data, u64 capacity);
u32 reader_next(struct reader *r, u8 *to, u32 room);
bool reader_replaced(const struct reader *r);
bool reader_must_wait(struct reader *r, u32 *expected);
void reader_woken(struct reader *r);

/* READER_WINDOW() is a stress test's: it widens the window between the first look and the counter. */
#ifdef READER_WINDOW
void READER_WINDOW(void);
#else
#define READER_WINDOW() \
	do {            \
	} while (0)
#endif

/* Copies what the producer may be overwriting. */
void reader_copy(u8 *to, const u8 *from, u32 n);

#endif
