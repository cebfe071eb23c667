// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Producer side of a ring: make room, write, publish. What is hot is in
 * kmes_put.h.
 */
#include <pkm/core/kmes_put.h>

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
	return ring_put(r, origin, stamp, event);
}

/**
 * kmes_ring_emit() - write and publish one event, the short way
 * @r: ring, nothing pending
 * @origin: origin class
 * @stamp: time and identity
 * @event: type and payload
 *
 * Context: as kmes_ring_put().
 * Return: false when the event is none of the usual ones: kmes_ring_put() takes
 * or refuses it.
 */
bool kmes_ring_emit(struct kmes_ring *r, u8 origin, const struct kmes_stamp *stamp,
		    const struct kmes_event *event)
{
	u64 size;
	u8 *to;

	if (!is_plain(r, event, &size))
		return false;
	to = ring_begin(r, size, origin, event);
	record_who(to, stamp->guids);
	ring_end(r, to, stamp->timestamp);
	return true;
}

/**
 * kmes_ring_put_records() - write records laid out elsewhere behind what is pending
 * @r: ring
 * @stamp: time and identity
 * @records: one behind the other, complete but for what record_stamp() writes
 * @count: how many
 *
 * Stops at the first that is larger than half the ring, without taking a number
 * for it: they were measured before, so the ring has shrunk since (KMES-052).
 * One copy for all, unless they are more than half a ring.
 *
 * Context: Any; the caller is the ring's only writer.
 * Return: how many were written.
 */
u32 kmes_ring_put_records(struct kmes_ring *r, const struct kmes_stamp *stamp, u8 *records, u32 count)
{
	return ring_put_records(r, stamp, records, count);
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
	ring_publish(r);
}

/**
 * kmes_ring_wake_due() - did a consumer ask for a wake-up?
 * @r: ring that was just published or retired
 * @l: its consumers
 *
 * Context: Any; the caller is the ring's only writer and keeps pages that are
 * being detached alive.
 * Return: true when there is somebody to wake; the counter that sleepers
 * compare has moved then (KMES-098).
 */
bool kmes_ring_wake_due(struct kmes_ring *r, const struct kmes_listeners *l)
{
	return ring_wake_due(r, l);
}
