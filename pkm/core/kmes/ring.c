// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Producer side of a ring: make room, write, publish.
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
#include <pkm/core/kmes.h>

static_assert(sizeof(struct kmes_producer_page) == 192, "KMES-089");
static_assert(offsetof(struct kmes_producer_page, generation) == 32, "KMES-089");
static_assert(offsetof(struct kmes_producer_page, write_pos) == 64, "KMES-089");
static_assert(offsetof(struct kmes_producer_page, tail_pos) == 72, "KMES-089");
static_assert(offsetof(struct kmes_producer_page, futex_counter) == 128, "KMES-089");
static_assert(sizeof(struct kmes_emit_args) == 32 && sizeof(struct kmes_batch_entry) == 32,
	      "KMES-045, KMES-061");
static_assert(sizeof(struct kmes_batch_args) == 24 && sizeof(struct kmes_attach_args) == 16, "KMES-045");

/**
 * kmes_ring_init() - start a first-generation ring
 * @r: state, overwritten
 * @page: zeroed page that readers see
 * @data: @capacity bytes, mapped twice in a row
 * @capacity: power of two
 * @cpu: logical CPU index
 *
 * Context: Any; nobody else may hold @r yet.
 */
void kmes_ring_init(struct kmes_ring *r, struct kmes_producer_page *page, u8 *data, u64 capacity, u16 cpu)
{
	static const u8 magic[8] = KMES_MAGIC;

	memset(r, 0, sizeof(*r));
	r->page = page;
	r->data = data;
	r->capacity = capacity;
	r->cpu = cpu;
	r->generation = 1;

	memcpy(page->magic, magic, sizeof(magic));
	page->version = KMES_RING_VERSION;
	page->cpu_id = cpu;
	page->capacity = capacity;
	page->data_offset = KMES_DATA_OFFSET;
	page->generation = 1;
}

/*
 * Advance the tail until @size bytes fit behind what is pending (KMES-096).
 * The sizes come from ring memory, so none of them is believed further than
 * the bytes that exist: a bad one empties the ring (HAZ-025).
 */
static void make_room(struct kmes_ring *r, u32 size)
{
	u64 tail = r->tail_pos;
	u32 oldest;

	if (r->pending + size - tail <= r->capacity)
		return;
	do {
		oldest = pkm_get_le32(r->data + (tail & (r->capacity - 1)));
		if (oldest < KMES_HEADER_SIZE || oldest > r->pending - tail) {
			tail = r->pending;
			break;
		}
		tail += oldest;
		r->overwritten++;
	} while (r->pending + size - tail > r->capacity);

	/*
	 * A batch larger than the ring eats its own beginning. Readers rely on
	 * tail_pos <= write_pos, so what was written so far is published first.
	 */
	if (unlikely(tail > r->write_pos))
		kmes_ring_publish(r);
	r->tail_pos = tail;
	smp_store_release(&r->page->tail_pos, tail);
	smp_wmb(); /* (A): the tail moves before the bytes it gives up change */
}

/**
 * kmes_ring_fits() - would kmes_ring_put() accept this event?
 * @r: ring
 * @event: type and payload
 *
 * Context: Any; the caller is the ring's only writer.
 * Return: true if so.
 */
bool kmes_ring_fits(const struct kmes_ring *r, const struct kmes_event *event)
{
	u32 size;

	return event->type_len && kmes_record_size(event->type_len, event->payload_len, &size) &&
	       size <= r->capacity / 2;
}

/**
 * kmes_ring_put() - write one event behind what is pending
 * @r: ring
 * @origin: origin class
 * @stamp: time and identity
 * @event: type and payload
 *
 * Takes the next sequence number in any case: a refused event leaves a visible
 * hole (KMES-036). Readers see nothing before kmes_ring_publish().
 *
 * Context: Any; the caller is the ring's only writer.
 * Return: false when the type is empty or the record exceeds u32 or half the
 * ring; then only the dropped counter moved.
 */
bool kmes_ring_put(struct kmes_ring *r, u8 origin, const struct kmes_stamp *stamp,
		   const struct kmes_event *event)
{
	u64 sequence = ++r->sequence;
	u32 size;

	if (unlikely(event->type_len == 0 || !kmes_record_size(event->type_len, event->payload_len, &size) ||
		     size > r->capacity / 2)) {
		r->dropped++;
		return false;
	}
	make_room(r, size);
	kmes_record_write(r->data + (r->pending & (r->capacity - 1)), size, sequence, r->cpu, origin, stamp,
			  event);
	r->pending += size;
	return true;
}

/**
 * kmes_ring_publish() - make everything written visible at once (KMES-041)
 * @r: ring
 *
 * Context: Any; the caller is the ring's only writer. It checks need_wake
 * afterwards, behind a full barrier (KMES-108).
 */
void kmes_ring_publish(struct kmes_ring *r)
{
	r->write_pos = r->pending;
	smp_store_release(&r->page->write_pos, r->pending); /* (B) */
}

/**
 * kmes_ring_wake_due() - did a consumer ask for a wake-up?
 * @r: ring that was just published or retired
 * @l: its consumers
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
 *
 * Context: Any; the caller is the ring's only writer and keeps pages that are
 * being detached alive.
 * Return: true when there is somebody to wake.
 */
bool kmes_ring_wake_due(struct kmes_ring *r, const struct kmes_listeners *l)
{
	u64 slots;

	smp_mb(); /* (C) */
	/* Pairs with the release of whoever attaches: the bit after its pointer. */
	slots = smp_load_acquire(&l->attached);
	while (slots) {
		if (READ_ONCE(l->page[__builtin_ctzll(slots)]->need_wake)) {
			smp_store_release(&r->page->futex_counter, ++r->wakes);
			return true;
		}
		slots &= slots - 1;
	}
	return false;
}
