// SPDX-License-Identifier: MIT
/*
 * One producer, several consumers, the module's own ring code, a futex in the
 * place of the module's wait. Built with the thread sanitizer (make threads)
 * and without.
 *
 *  - every event a consumer accepts is whole: its payload is computed from its
 *    sequence number;
 *  - accepted and missed numbers add up;
 *  - nobody sleeps through an event: in the second part the producer waits for
 *    the consumer after each one, so a lost wake-up hangs both (KMES-106,
 *    KMES-108). Built with -DNO_SECOND_LOOK it does. (Without the barriers
 *    it never hung here: an x86 store buffer drains too fast to be caught.)
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <pkm/core/kmes.h>

#define CAPACITY  65536
#define CONSUMERS 3
#define EVENTS	  60000
#define ROUNDS	  50000

static struct kmes_producer_page page;
static struct kmes_ring ring;
static u8 *data;

struct consumer {
	pthread_t thread;
	u8 need_wake;
	u64 seen, missed, last, sleeps, target;
};

static struct consumer consumers[CONSUMERS];
static u64 done; /* last event of the consumer that finished draining last */

static void *map_twice(void)
{
	int fd = memfd_create("ring", 0);
	u8 *p = mmap(NULL, 2 * CAPACITY, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (ftruncate(fd, CAPACITY) ||
	    mmap(p, CAPACITY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED ||
	    mmap(p + CAPACITY, CAPACITY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		abort();
	return p;
}

static u32 payload_len(u64 sequence)
{
	return 1 + sequence * 7919 % 3000;
}

/* The copy that the producer may overtake: a race by design, settled by the second look at the tail. */
__attribute__((no_sanitize("thread"))) noinline
static void racy_copy(u8 *to, const u8 *from, u32 n)
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

	if (size != 77 + 1 + payload_len(sequence) || sequence <= c->last)
		fail("an event is torn or out of order");
	for (i = 78; i < size; i++)
		if (e[i] != (u8)sequence)
			fail("a payload is torn");
	c->missed += sequence - c->last - 1;
	c->last = sequence;
	c->seen++;
}

/* KMES-103 */
static void drain(struct consumer *c, u64 *pos)
{
	u8 copy[4096];
	u32 size;
	u64 tail;

	while (*pos != smp_load_acquire(&page.write_pos)) {
		tail = smp_load_acquire(&page.tail_pos);
		if (*pos < tail)
			*pos = tail;
		racy_copy(copy, data + (*pos & (CAPACITY - 1)), 4);
		size = pkm_get_le32(copy);
		if (size >= 77 && size <= sizeof(copy))
			racy_copy(copy, data + (*pos & (CAPACITY - 1)), size);
		smp_rmb();
		if (smp_load_acquire(&page.tail_pos) > *pos)
			continue;
		if (size < 77 || size > sizeof(copy) || pkm_get_le32(copy) != size)
			fail("a size is torn");
		accept_event(c, copy, size);
		*pos += size;
	}
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

/* KMES-105: returns after a wake-up, or at once when there is something. */
static void wait_for_more(struct consumer *c, u64 pos)
{
	u32 expected;

	__atomic_store_n(&c->need_wake, 1, __ATOMIC_RELEASE);
	smp_mb();
	if (smp_load_acquire(&page.write_pos) == pos) {
		dawdle();
		expected = smp_load_acquire(&page.futex_counter);
#ifndef NO_SECOND_LOOK
		if (smp_load_acquire(&page.write_pos) == pos)
#endif
		{
			c->sleeps++;
			syscall(SYS_futex, &page.futex_counter, FUTEX_WAIT, expected, NULL, NULL, 0);
		}
	}
	__atomic_store_n(&c->need_wake, 0, __ATOMIC_RELAXED);
}

static void *consume(void *arg)
{
	struct consumer *c = arg;
	u64 pos = smp_load_acquire(&page.tail_pos);

	while (c->last < c->target) {
		drain(c, &pos);
		__atomic_store_n(&done, c->last, __ATOMIC_RELEASE);
		if (c->last < c->target)
			wait_for_more(c, pos);
	}
	return NULL;
}

/* What kmes_buffer_notify() does, with a futex for the irq_work. */
static void notify(void)
{
	int i;

	smp_mb();
	for (i = 0; i < CONSUMERS; i++) {
		if (__atomic_load_n(&consumers[i].need_wake, __ATOMIC_RELAXED)) {
			kmes_ring_bump(&ring);
			syscall(SYS_futex, &page.futex_counter, FUTEX_WAKE, CONSUMERS, NULL, NULL, 0);
			return;
		}
	}
}

static void emit(u64 i)
{
	static u8 payload[4096];
	const struct kmes_stamp stamp = { 0 };
	struct kmes_event event = { .type = "t", .type_len = 1, .payload = payload,
				    .payload_len = payload_len(i) };

	memset(payload, (u8)i, event.payload_len);
	kmes_ring_put(&ring, 0, &stamp, &event);
}

static void publish(void)
{
	kmes_ring_publish(&ring);
	notify();
}

static void start(int count, u64 target)
{
	int i;

	memset(&page, 0, sizeof(page));
	kmes_ring_init(&ring, &page, data, CAPACITY, 0);
	memset(consumers, 0, sizeof(consumers));
	done = 0;
	for (i = 0; i < count; i++) {
		consumers[i].target = target;
		pthread_create(&consumers[i].thread, NULL, consume, &consumers[i]);
	}
}

static void join(int count)
{
	u64 sleeps = 0;
	int i;

	for (i = 0; i < count; i++) {
		pthread_join(consumers[i].thread, NULL);
		if (consumers[i].seen + consumers[i].missed != consumers[i].target)
			fail("seen and missed do not add up");
		sleeps += consumers[i].sleeps;
		printf("# consumer %d: seen %llu missed %llu sleeps %llu\n", i,
		       (unsigned long long)consumers[i].seen, (unsigned long long)consumers[i].missed,
		       (unsigned long long)consumers[i].sleeps);
	}
	if (!sleeps)
		fail("nobody ever slept: the wait was not tested");
}

/* Several readers, overrun, batches. */
static void flood(void)
{
	u64 i;

	start(CONSUMERS, EVENTS);
	for (i = 1; i <= EVENTS; i++) {
		emit(i);
		if (i % 5 || i == EVENTS)
			publish();
		if (i % 64 == 0)
			usleep(20); /* let consumers fall asleep */
	}
	join(CONSUMERS);
	printf("ok - flood\n");
}

/* One event at a time: each could be the one slept through. */
static void rounds(void)
{
	u64 i;

	start(1, ROUNDS);
	for (i = 1; i <= ROUNDS; i++) {
		dawdle();
		emit(i);
		publish();
		alarm(20);
		while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) < i)
			;
	}
	join(1);
	printf("ok - rounds\n");
}

int main(void)
{
	data = map_twice();
	alarm(120);
	flood();
	rounds();
	return 0;
}
