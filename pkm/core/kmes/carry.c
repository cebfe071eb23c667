// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Moving a CPU's events to a ring of another capacity.
 *
 *	writer's CPU, nothing else runs there		consumer
 *	carry: copy, new generation = old + 1		drains the old ring
 *	switch the writer to the new ring
 *	retire: old generation = new generation	(D)	sees the generation change (D)
 *	need_wake set? counter++, wake			finishes the old ring: its write_pos stands still
 *							attaches: finds the new ring
 *
 * The new ring is reachable before (D), so whoever sees the change attaches to
 * it and not to the old one again; it holds everything that the old one does,
 * so a consumer that continues behind its last sequence number neither loses
 * an event nor gets one twice (KMES-115, KMES-116).
 */
#include <pkm/core/kmes.h>

/*
 * Where the newest events that fit @room begin: whole oldest events are left
 * behind (KMES-118). Sizes come from ring memory and are believed no further
 * than the bytes that exist (HAZ-025).
 */
static u64 newest_that_fit(const struct kmes_ring *r, u64 room)
{
	u64 at = r->tail_pos;
	u32 size;

	while (r->write_pos - at > room) {
		size = pkm_get_le32(r->data + (at & (r->capacity - 1)));
		if (size < KMES_HEADER_SIZE || size > r->write_pos - at)
			return r->write_pos;
		at += size;
	}
	return at;
}

/**
 * kmes_ring_carry() - begin a ring where another one ends
 * @to: from kmes_ring_init(), of the same CPU, empty and not reachable yet
 * @from: published and at rest
 *
 * Events keep their headers and order, packed from position 0 (KMES-117);
 * sequence and counters go on; the generation is one higher (KMES-119).
 *
 * Context: Any; the caller is the only writer of both.
 */
void kmes_ring_carry(struct kmes_ring *to, const struct kmes_ring *from)
{
	u64 start = newest_that_fit(from, to->capacity);
	u64 bytes = from->write_pos - start;

	memcpy(to->data, from->data + (start & (from->capacity - 1)), bytes);
	to->sequence = from->sequence;
	to->dropped = from->dropped;
	to->overwritten = from->overwritten;
	to->generation = from->generation + 1;
	to->page->generation = to->generation;
	to->pending = bytes;
	kmes_ring_publish(to);
}

/**
 * kmes_ring_retire() - tell consumers that another ring has taken over (KMES-119)
 * @r: ring that no writer reaches any more
 * @l: its consumers
 *
 * Context: as kmes_ring_wake_due(), after the writer was switched.
 * Return: true when somebody asked to be woken (KMES-121).
 */
bool kmes_ring_retire(struct kmes_ring *r, const struct kmes_listeners *l)
{
	smp_store_release(&r->page->generation, r->generation + 1); /* (D) */
	/* Behind it: whom the kernel tells "retired" finds the generation changed. */
	smp_store_release(&r->retired, true);
	return kmes_ring_wake_due(r, l);
}
