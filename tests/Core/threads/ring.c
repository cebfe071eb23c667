// SPDX-License-Identifier: MIT
/*
 * One producer, several consumers, real threads: the module's own ring code, a
 * futex in the place of the module's wait. Built with the thread sanitizer
 * (make threads).
 *
 *  - every event a consumer accepts is whole: its payload is computed from its
 *    sequence number;
 *  - accepted and missed numbers add up, also over rings that are replaced;
 *  - nobody sleeps through an event: in "rounds" the producer waits for the
 *    consumer after each one, so a lost wake-up hangs both (KMES-106). With
 *    the second look taken out of reader.c it does.
 *
 * Barriers are proved by the model (make model): an x86 store buffer drains
 * too fast for a test with real threads to catch their absence.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../model/reader.h"

#define CONSUMERS 3
#define EVENTS    60000
#define ROUNDS    50000
#define RINGS     40
#define SMALL     65536
#define LARGE     262144

/* One generation of the CPU's ring; none is freed before the program ends. */
struct buffer {
	struct kmes_ring ring;
	struct kmes_producer_page page;
	struct kmes_consumer_page own[CONSUMERS];
	struct kmes_listeners listeners;
};

struct consumer {
	pthread_t thread;
	u32 index;
	struct reader reader;
	u64 seen, missed, last, sleeps, moves, target;
};

static struct buffer buffers[RINGS];
static struct buffer *current;
static struct consumer consumers[CONSUMERS];
static u64 done; /* last event of the consumer that finished draining last */

static u8 *map_twice(u64 capacity)
{
	int fd = memfd_create("ring", 0);
	u8 *p = mmap(NULL, 2 * capacity, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (ftruncate(fd, capacity) ||
	    mmap(p, capacity, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED ||
	    mmap(p + capacity, capacity, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		abort();
	close(fd);
	return p;
}

static void make(struct buffer *b, u64 capacity)
{
	u32 i;

	memset(b, 0, sizeof(*b));
	kmes_ring_init(&b->ring, &b->page, map_twice(capacity), capacity, 0);
	for (i = 0; i < CONSUMERS; i++)
		b->listeners.page[i] = &b->own[i];
	b->listeners.attached = (1 << CONSUMERS) - 1;
}

#define TYPE 8

static u32 payload_len(u64 sequence)
{
	return 1 + sequence * 7919 % 3000;
}

/* The copy that the producer may overtake: a race by design, settled by the second look at the tail. */
__attribute__((no_sanitize("thread"))) noinline void reader_copy(u8 *to, const u8 *from, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		to[i] = ((const volatile u8 *)from)[i];
}

static void fail(const char *what)
{
	printf("not ok - %s\n", what);
	_exit(1);
}

static void accept_event(struct consumer *c, const u8 *e, u32 size)
{
	u64 sequence = pkm_get_le64(e + KMES_OFF_SEQUENCE);
	u32 i;

	if (size != 77 + TYPE + payload_len(sequence))
		fail("an event is torn");
	if (sequence <= c->last && c->moves)
		return; /* carried over and seen in the old ring (KMES-126) */
	if (sequence <= c->last)
		fail("an event comes twice");
	for (i = 77 + TYPE; i < size; i++)
		if (e[i] != (u8)sequence)
			fail("a payload is torn");
	c->missed += sequence - c->last - 1;
	c->last = sequence;
	c->seen++;
}

static void drain(struct consumer *c)
{
	u8 copy[4096];
	u32 size;

	while ((size = reader_next(&c->reader, copy, sizeof(copy))))
		accept_event(c, copy, size);
	if (c->reader.corrupt)
		fail("a record makes no sense");
}

static void attach(struct consumer *c)
{
	struct buffer *b = __atomic_load_n(&current, __ATOMIC_ACQUIRE);

	reader_init(&c->reader, &b->page, &b->own[c->index], b->ring.data, b->ring.capacity);
}

/* Makes the windows of the protocol wider, each by another amount. */
static void dawdle(void)
{
	static __thread u32 n = 1;
	volatile u32 i;

	n = n * 1664525 + 1013904223;
	for (i = 0; i < (n >> 16) >> ((n >> 8) % 16); i++)
		;
}

void reader_window(void)
{
	dawdle();
}

static bool retired(const struct consumer *c)
{
	const u8 *page = (const u8 *)c->reader.page;
	const struct buffer *b = (const void *)(page - offsetof(struct buffer, page));

	return smp_load_acquire(&b->ring.retired);
}

/* What WAIT does: sleep while the counter stands and the ring is in use. False: ESTALE. */
static bool wait_here(struct consumer *c, u32 expected)
{
	dawdle();
	if (retired(c))
		return false;
	c->sleeps++;
	syscall(SYS_futex, &c->reader.page->futex_counter, FUTEX_WAIT, expected, NULL, NULL, 0);
	return true;
}

static void *consume(void *arg)
{
	struct consumer *c = arg;
	bool stale = false;
	u32 expected;

	attach(c);
	while (c->last < c->target) {
		drain(c);
		__atomic_store_n(&done, c->last, __ATOMIC_RELEASE);
		if (reader_replaced(&c->reader) || stale) {
			drain(c);
			c->moves++;
			attach(c);
			stale = false;
		} else if (c->last < c->target && reader_must_wait(&c->reader, &expected)) {
			stale = !wait_here(c, expected);
			reader_woken(&c->reader);
		}
	}
	return NULL;
}

static void wake(struct buffer *b)
{
	syscall(SYS_futex, &b->page.futex_counter, FUTEX_WAKE, CONSUMERS, NULL, NULL, 0);
}

static struct kmes_event next_event(u64 i)
{
	static u8 payload[4096];

	memset(payload, (u8)i, payload_len(i));
	return (struct kmes_event){
		.type = "an event", .type_len = TYPE, .payload = payload, .payload_len = payload_len(i)
	};
}

static void put(u64 i)
{
	const struct kmes_stamp stamp = { 0 };
	const struct kmes_event event = next_event(i);

	kmes_ring_put(&current->ring, 0, &stamp, &event);
}

static void publish(void)
{
	kmes_ring_publish(&current->ring);
	if (kmes_ring_wake_due(&current->ring, &current->listeners))
		wake(current);
}

/* pkm/kmes/emit.c: the short way, and the other for what does not fit it. */
static void emit(u64 i)
{
	const struct kmes_stamp stamp = { 0 };
	const struct kmes_event event = next_event(i);

	if (!kmes_ring_emit(&current->ring, 0, &stamp, &event)) {
		put(i);
		publish();
	} else if (kmes_ring_wake_due(&current->ring, &current->listeners)) {
		wake(current);
	}
}

/* pkm/kmes/swap.c; a futex sleeps on the counter alone, so that moves whoever asked. */
static void swap(u64 capacity)
{
	struct buffer *old = current, *new = old + 1;

	make(new, capacity);
	kmes_ring_carry(&new->ring, &old->ring);
	__atomic_store_n(&current, new, __ATOMIC_RELEASE);
	if (!kmes_ring_retire(&old->ring, &old->listeners))
		smp_store_release(&old->page.futex_counter, ++old->ring.wakes);
	wake(old);
}

static void start(u32 count, u64 target, u64 capacity)
{
	u32 i;

	current = &buffers[0];
	make(current, capacity);
	memset(consumers, 0, sizeof(consumers));
	done = 0;
	for (i = 0; i < count; i++) {
		consumers[i].index = i;
		consumers[i].target = target;
		pthread_create(&consumers[i].thread, NULL, consume, &consumers[i]);
	}
}

static u64 join(u32 count, bool sleepy)
{
	u64 sleeps = 0, missed = 0;
	u32 i;

	for (i = 0; i < count; i++) {
		struct consumer *c = &consumers[i];

		pthread_join(c->thread, NULL);
		if (c->seen + c->missed != c->target)
			fail("seen and missed do not add up");
		sleeps += c->sleeps;
		missed += c->missed;
		printf("# consumer %u: seen %llu missed %llu sleeps %llu moves %llu\n", i,
		       (unsigned long long)c->seen, (unsigned long long)c->missed,
		       (unsigned long long)c->sleeps, (unsigned long long)c->moves);
	}
	if (sleepy && !sleeps)
		fail("nobody ever slept: the wait was not tested");
	return missed;
}

/* Several readers, overrun, batches. */
static void flood(void)
{
	u64 i;

	start(CONSUMERS, EVENTS, SMALL);
	for (i = 1; i <= EVENTS; i++) {
		put(i);
		if (i % 5 || i == EVENTS)
			publish();
		if (i % 64 == 0)
			usleep(20); /* let consumers fall asleep */
	}
	join(CONSUMERS, true);
	printf("ok - flood\n");
}

/* The same while rings are replaced. */
static void swaps(void)
{
	u64 i;

	start(CONSUMERS, EVENTS, SMALL);
	for (i = 1; i <= EVENTS; i++) {
		emit(i);
		if (i % 64 == 0)
			usleep(20);
		if (i % (EVENTS / (RINGS - 2)) == 0 && current < &buffers[RINGS - 1])
			swap(current->ring.capacity == SMALL ? LARGE : SMALL);
	}
	join(CONSUMERS, true);
	printf("ok - swaps\n");
}

/* One event at a time: each could be the one slept through. None may be missed, and some meet a swap. */
static void rounds(void)
{
	u64 i;

	start(1, ROUNDS, SMALL);
	for (i = 1; i <= ROUNDS; i++) {
		dawdle();
		if (i % (ROUNDS / (RINGS - 2)) == 0 && current < &buffers[RINGS - 1])
			swap(current->ring.capacity == SMALL ? LARGE : SMALL);
		emit(i);
		alarm(60);
		while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) < i)
			;
	}
	if (join(1, true))
		fail("an event was missed though there was room for all");
	printf("ok - rounds\n");
}

int main(void)
{
	alarm(240);
	flood();
	swaps();
	rounds();
	return 0;
}
