// SPDX-License-Identifier: MIT
/*
 * The ring's own code (core/kmes) and a consumer (reader.c), every
 * interleaving of a few events. Thread 0 is the ring's CPU: it emits, and is
 * where a swap interrupts it. Thread 1 is a consumer.
 *
 * What ./mutations takes out, and these programs then miss: the orders of
 * KMES-096, KMES-097, KMES-109, KMES-110 and KMES-111, the two looks and
 * barriers of KMES-105, KMES-106 and KMES-108, and the steps of KMES-116,
 * KMES-119, KMES-121, KMES-125 and KMES-126.
 *
 * Records are 128 bytes and capacities small powers of two of them, so that a
 * record is two words of the model: its size, and the rest.
 */
#include <stdio.h>
#include <string.h>

#include "reader.h"
#include "machine.h"

#define RECORD  128
#define TYPE    8
#define PAYLOAD (RECORD - 77 - TYPE)
#define RINGS   3

/* One ring of the CPU, with what the kernel keeps about it. */
struct buffer {
	struct kmes_ring ring;
	struct kmes_producer_page page;
	struct kmes_consumer_page own;
	struct kmes_listeners listeners;
	u8 *data;
};

static struct state {
	struct buffer *buffer[RINGS];
	u32 current; /* where the CPU writes and ATTACH leads */
	struct reader reader;
	u32 attached; /* the consumer's ring */
	u32 expected;
	bool stale; /* WAIT answered ESTALE */
	u64 last, seen, missed;
	u8 event[RECORD];
} * s;

static u64 target;

static struct buffer *make(u32 i, u64 capacity)
{
	struct buffer *b = model_memory(sizeof(*b));

	b->data = model_memory(2 * capacity);
	kmes_ring_init(&b->ring, &b->page, b->data, capacity, 0);
	s->buffer[i] = b;
	return b;
}

/* Somebody else may reach the ring from now on. */
static void share(struct buffer *b)
{
	u64 at;

	model_share(&b->page.generation, 8, 0);
	model_share(&b->page.write_pos, 8, 0);
	model_share(&b->page.tail_pos, 8, 0);
	model_share(&b->page.futex_counter, 4, 0);
	model_share(&b->ring.retired, 1, 0);
	model_share(&b->own.need_wake, 1, 1);
	for (at = 0; at < b->ring.capacity; at += RECORD) {
		model_share(b->data + at, 4, 0);
		model_share(b->data + at + 4, RECORD - 4, 0);
	}
	model_mirror(b->data, b->ring.capacity);
}

static void start(u64 first, u64 second, u64 third)
{
	s = model_memory(sizeof(*s));
	share(make(0, first));
	if (second)
		make(1, second);
	if (third)
		make(2, third);
}

/* --- the ring's CPU: what pkm/kmes/emit.c and swap.c do, in their order ------------------ */

static struct kmes_event next_event(u8 *payload)
{
	memset(payload, (int)(s->buffer[s->current]->ring.sequence + 1), PAYLOAD);
	return (struct kmes_event){
		.type = "an event", .type_len = TYPE, .payload = payload, .payload_len = PAYLOAD
	};
}

static void put(void)
{
	static const struct kmes_stamp stamp;
	u8 payload[PAYLOAD];
	const struct kmes_event event = next_event(payload);

	kmes_ring_put(&s->buffer[s->current]->ring, 0, &stamp, &event);
}

static void publish(void)
{
	struct buffer *b = s->buffer[s->current];

	kmes_ring_publish(&b->ring);
	if (kmes_ring_wake_due(&b->ring, &b->listeners))
		model_wake();
}

static void emit(void)
{
	static const struct kmes_stamp stamp;
	struct buffer *b = s->buffer[s->current];
	u8 payload[PAYLOAD];
	const struct kmes_event event = next_event(payload);

	MODEL_EXPECT(kmes_ring_emit(&b->ring, 0, &stamp, &event), "an event is refused");
	if (kmes_ring_wake_due(&b->ring, &b->listeners))
		model_wake();
}

static void swap(void)
{
	struct buffer *old = s->buffer[s->current], *new = s->buffer[s->current + 1];

	kmes_ring_carry(&new->ring, &old->ring);
	share(new);
	model_sync(); /* rcu_assign_pointer(), and the lock of who attaches */
	s->current++;
	kmes_ring_retire(&old->ring, &old->listeners);
	model_wake();
}

/* --- a consumer --------------------------------------------------------------------------- */

static void attach_now(void)
{
	struct buffer *b;

	s->attached = s->current;
	b = s->buffer[s->attached];
	b->listeners.page[0] = &b->own;
	b->listeners.attached = 1;
	reader_init(&s->reader, &b->page, &b->own, b->data, b->ring.capacity);
}

static void attach(void)
{
	model_sync();
	attach_now();
}

static void accept(u32 size)
{
	u64 sequence = pkm_get_le64(s->event + KMES_OFF_SEQUENCE);
	u32 i;

	MODEL_EXPECT(size == RECORD, "a size is torn");
	for (i = RECORD - PAYLOAD; i < RECORD; i++)
		MODEL_EXPECT(s->event[i] == (u8)sequence, "an event is torn");
	memset(s->event, 0, sizeof(s->event));
	/* A ring that took over begins with what the old one held (KMES-126). */
	if (sequence <= s->last) {
		MODEL_EXPECT(s->attached > 0, "an event comes twice");
		return;
	}
	s->missed += sequence - s->last - 1;
	s->last = sequence;
	s->seen++;
}

static void drain(void)
{
	u32 size;

	while ((size = reader_next(&s->reader, s->event, sizeof(s->event))))
		accept(size);
	MODEL_EXPECT(!s->reader.corrupt, "a record made no sense");
}

/* The kernel's condition in WAIT, and what it answers. */
static bool awake(void *arg)
{
	struct buffer *b = s->buffer[s->attached];
	bool moved = model_peek(&b->page.futex_counter, 4) != s->expected;

	(void)arg;
	s->stale = !moved && model_peek(&b->ring.retired, 1);
	return moved || s->stale;
}

static void consume(void)
{
	u32 before;

	if (!s->buffer[0]->listeners.attached)
		attach();
	for (;;) {
		drain();
		if (reader_replaced(&s->reader) || s->stale) {
			s->stale = false;
			drain(); /* to where it ends (KMES-125) */
			before = s->attached;
			attach();
			MODEL_EXPECT(s->attached > before, "ATTACH leads to the same ring again");
			continue;
		}
		if (s->last == target)
			return;
		if (reader_must_wait(&s->reader, &s->expected)) {
			model_sleep(awake, NULL);
			reader_woken(&s->reader);
		}
	}
}

static void exact(void)
{
	MODEL_EXPECT(s->seen + s->missed == target, "seen and missed do not add up");
}

static void nothing_missed(void)
{
	exact();
	MODEL_EXPECT(!s->missed, "an event is lost");
}

/* --- the programs ------------------------------------------------------------------------- */

/* Two records fit: a consumer is overtaken, falls asleep, is woken. */
static void flood_start(void)
{
	target = 4;
	start(2 * RECORD, 0, 0);
}

static void flood(void)
{
	u32 i;

	for (i = 0; i < target; i++)
		emit();
}

/* A batch that eats its own beginning (decision 2 of KMES). */
static void batch_start(void)
{
	target = 4;
	start(2 * RECORD, 0, 0);
}

static void batch(void)
{
	put();
	put();
	put();
	publish();
	emit();
}

/* KMES-110: whoever knows a tail finds the end of what was published behind it. */
static void look(void)
{
	struct buffer *b = s->buffer[0];
	u64 tail, write;
	u32 i;

	for (i = 0; i < 3; i++) {
		tail = smp_load_acquire(&b->page.tail_pos);
		write = smp_load_acquire(&b->page.write_pos);
		MODEL_EXPECT(tail <= write, "the tail is beyond what was published");
	}
}

/* Room for all: nothing may be lost, whenever the swap comes. */
static void grow_start(void)
{
	target = 3;
	start(2 * RECORD, 4 * RECORD, 0);
}

static void grow(void)
{
	u32 i, when = model_choose(3);

	for (i = 0; i < target; i++) {
		if (i == when)
			swap();
		emit();
	}
}

static void grow_last_start(void)
{
	target = 2;
	start(2 * RECORD, 4 * RECORD, 0);
}

/* The swap comes when all is emitted: its wake-up is the last there is. */
static void grow_last(void)
{
	emit();
	emit();
	swap();
}

/* The smaller ring keeps the newest; a consumer that was there gets the rest from the old one. */
static void shrink_start(void)
{
	target = 4;
	start(4 * RECORD, 2 * RECORD, 0);
	attach_now();
}

static void shrink(void)
{
	emit();
	emit();
	emit();
	swap();
	emit();
}

static void twice_start(void)
{
	target = 2;
	start(2 * RECORD, 4 * RECORD, 2 * RECORD);
}

static void twice(void)
{
	emit();
	swap();
	swap();
	emit();
}

static const struct program programs[] = {
	{ "flood", flood_start, { flood, consume }, exact },
	{ "batch", batch_start, { batch, consume }, exact },
	{ "order", batch_start, { batch, look }, NULL },
	{ "grow", grow_start, { grow, consume }, nothing_missed },
	{ "grow-last", grow_last_start, { grow_last, consume }, nothing_missed },
	{ "shrink", shrink_start, { shrink, consume }, nothing_missed },
	{ "twice", twice_start, { twice, consume }, nothing_missed },
};

/* All programs under both models, or those named: ring [PROGRAM]... */
int main(int argc, char **argv)
{
	bool holds = true;
	u32 i;
	int k;

	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		bool wanted = argc == 1;

		for (k = 1; k < argc; k++)
			wanted |= !strcmp(argv[k], programs[i].name);
		if (!wanted)
			continue;
		holds &= model_run(&programs[i], TSO);
		holds &= model_run(&programs[i], WEAK);
	}
	return !holds;
}
