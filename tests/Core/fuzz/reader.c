// SPDX-License-Identifier: MIT
/*
 * A consumer whose producer page and data are hostile and change between its
 * looks: it stays inside the mapping, gives back only whole records, and ends.
 *
 * Input: data of the ring, then commands of 10 bytes: where, a value.
 */
#include "fuzz.h"

#include "../model/reader.c"

#define CAPACITY 256

static const u8 *commands;
static size_t left;
static struct kmes_producer_page *page;
static u8 *ring;

/* One command: another field, another byte. */
static void disturb(void)
{
	u64 value;

	if (left < 10)
		return;
	value = pkm_get_le64(commands + 2);
	switch (commands[0] % 8) {
	case 0:
		page->write_pos = value;
		break;
	case 1:
		page->write_pos += (u16)value;
		break;
	case 2:
		page->tail_pos = value;
		break;
	case 3:
		page->tail_pos = page->write_pos - (u8)value;
		break;
	case 4:
		page->futex_counter = value;
		break;
	case 5:
		page->generation = value;
		break;
	default:
		pkm_put_le32(ring + commands[1] % (CAPACITY - 4), (u32)value);
		memcpy(ring + CAPACITY, ring, CAPACITY);
	}
	commands += 10;
	left -= 10;
}

void reader_copy(u8 *to, const u8 *from, u32 n)
{
	HOLDS(from >= ring && from + n <= ring + 2 * CAPACITY);
	memcpy(to, from, n);
	disturb();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct kmes_consumer_page own = { 0 };
	struct reader r;
	u32 expected, got;
	u8 *to;

	if (size < CAPACITY)
		return 0;
	ring = calloc(2, CAPACITY);
	page = calloc(1, sizeof(*page));
	memcpy(ring, data, CAPACITY);
	memcpy(ring + CAPACITY, data, CAPACITY);
	commands = data + CAPACITY;
	left = size - CAPACITY;
	disturb();
	disturb();
	reader_init(&r, page, &own, ring, CAPACITY);
	while (left >= 10) {
		u32 room = 77 + commands[0];

		to = malloc(room);
		got = reader_next(&r, to, room);
		HOLDS(!got || (got >= 77 && got <= room && got <= CAPACITY && pkm_get_le32(to) == got));
		free(to);
		reader_replaced(&r);
		if (reader_must_wait(&r, &expected))
			reader_woken(&r);
		disturb();
	}
	free(page);
	free(ring);
	return 0;
}
