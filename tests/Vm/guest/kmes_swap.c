// SPDX-License-Identifier: MIT
/*
 * A hundred changes of capacity during a flood: producers on every CPU number and checksum their
 * events, a consumer per CPU follows the protocol; every event arrives once or is inside a hole whose
 * size is known. ktest: -c 2 -p mode=enforce -t 300
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>

#include "kmes_registry.h"

#define PRODUCERS 4
#define SWAPS     100

static volatile int finish, producing = PRODUCERS;
static int key;

static __u32 checksum(__u32 producer, __u64 number)
{
	return (__u32)(number * 2654435761U) ^ (producer * 40503U);
}

struct producer {
	pthread_t thread;
	__u32 index;
	__u64 emitted;
};

static struct producer producers[PRODUCERS];

/* [producer, number, checksum, filler]: an array of three integers and a bin of changing length. */
static __u32 make_payload(__u8 *p, __u32 producer, __u64 number)
{
	__u32 sum = checksum(producer, number), filler = number % 200, i, at = 0;

	p[at++] = 0x94;
	p[at++] = producer;
	p[at++] = 0xcf;
	for (i = 0; i < 8; i++)
		p[at++] = number >> (56 - 8 * i);
	p[at++] = 0xce;
	for (i = 0; i < 4; i++)
		p[at++] = sum >> (24 - 8 * i);
	p[at++] = 0xc4;
	p[at++] = filler;
	memset(p + at, sum, filler);
	return at + filler;
}

static void *produce(void *arg)
{
	struct producer *p = arg;
	__u8 payload[256];

	pin(p->index % 2);
	while (!finish) {
		__u32 len = make_payload(payload, p->index, p->emitted + 1);

		if (emit_raw("swap.test", 9, payload, len) == 0)
			p->emitted++;
		if (p->emitted % 32 == 0)
			usleep(2000);
	}
	__atomic_sub_fetch(&producing, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* What one CPU's consumer has seen. Sequences are per CPU; each producer stays on one CPU. */
struct drain {
	pthread_t thread;
	int cpu;
	struct consumer c;
	__u64 generation, last, holes, twice, torn, bad, moves, skipped;
	__u64 number[PRODUCERS], seen[PRODUCERS], missed[PRODUCERS];
	__u8 copy[4096];
};

static struct drain drains[2];

static void judge(struct drain *d, __u32 size)
{
	__u64 sequence = get(d->copy, KMES_OFF_SEQUENCE, 8), number = 0;
	const __u8 *p = d->copy + get(d->copy, 4, 4);
	__u8 want[256];
	__u32 i;

	if (sequence <= d->last) {
		d->skipped++;
		d->twice += !d->moves;
		return;
	}
	if (d->last)
		d->holes += sequence - d->last - 1;
	d->last = sequence;
	if (get(d->copy, KMES_OFF_TYPE_LEN, 2) != 9 || memcmp(d->copy + 77, "swap.test", 9))
		return;
	for (i = 0; i < 8; i++)
		number = number << 8 | p[3 + i];
	if (p[1] >= PRODUCERS || size != 77 + 9 + make_payload(want, p[1], number) ||
	    memcmp(want, p, size - 77 - 9)) {
		d->torn++;
		return;
	}
	if (number <= d->number[p[1]])
		d->twice++;
	else
		d->missed[p[1]] += number - d->number[p[1]] - 1;
	d->number[p[1]] = number;
	d->seen[p[1]]++;
}

/* KMES-103, from the oldest event on. */
static void drain(struct drain *d)
{
	struct consumer *c = &d->c;

	for (;;) {
		__u64 write = __atomic_load_n(&c->page->write_pos, __ATOMIC_ACQUIRE), tail;
		const __u8 *e;
		__u32 size;

		if (c->pos >= write)
			return;
		tail = __atomic_load_n(&c->page->tail_pos, __ATOMIC_ACQUIRE);
		if (c->pos < tail) {
			c->pos = tail;
			continue;
		}
		e = c->data + (c->pos & (c->capacity - 1));
		memcpy(&size, e, 4);
		if (size <= sizeof(d->copy))
			memcpy(d->copy, e, size);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n(&c->page->tail_pos, __ATOMIC_ACQUIRE) > c->pos)
			continue;
		if (size < 77 || size > write - c->pos || size > sizeof(d->copy)) {
			d->bad++;
			c->pos = write;
			continue;
		}
		judge(d, size);
		c->pos += size;
	}
}

static void open_ring(struct drain *d)
{
	if (consume(&d->c, d->cpu))
		d->bad++;
	d->c.pos = d->c.page->tail_pos;
	d->generation = __atomic_load_n(&d->c.page->generation, __ATOMIC_ACQUIRE);
}

/* KMES-124 KMES-125 KMES-126 */
static void move(struct drain *d)
{
	struct consumer old = d->c;

	drain(d);
	d->moves++;
	open_ring(d);
	munmap(old.map, KMES_MAP_SIZE(old.capacity));
	close(old.fd);
}

static void *consume_cpu(void *arg)
{
	struct drain *d = arg;
	struct kmes_wait_args w = { .timeout_ms = 0 };
	int stale = 0, last_round = 0;

	open_ring(d);
	for (;;) {
		drain(d);
		if (stale || __atomic_load_n(&d->c.page->generation, __ATOMIC_ACQUIRE) != d->generation) {
			stale = 0;
			move(d);
			continue;
		}
		if (last_round)
			return NULL;
		last_round = !producing;
		if (last_round)
			continue;
		__atomic_store_n(d->c.need_wake, 1, __ATOMIC_SEQ_CST);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		w.expected = __atomic_load_n(&d->c.page->futex_counter, __ATOMIC_ACQUIRE);
		if (__atomic_load_n(&d->c.page->write_pos, __ATOMIC_ACQUIRE) == d->c.pos)
			stale = ioctl(d->c.fd, KMES_IOC_WAIT, &w) && errno == ESTALE;
		*d->c.need_wake = 0;
	}
}

static void swap_often(void)
{
	static const __u64 capacity[] = { 1 << 20, 1 << 17, 1 << 22, 1 << 16, 1 << 18 };
	int i, bad = 0;

	for (i = 0; i < SWAPS; i++) {
		bad += set_qword(key, "BufferCapacity", capacity[i % 5]) != 0;
		bad += !becomes(capacity[i % 5]);
	}
	ok(!bad, "Flood_HundredSwaps_AllHappen /* KMES-114 */");
}

static void verdict(void)
{
	__u64 seen = 0, missed = 0, holes = 0, twice = 0, torn = 0, bad = 0, moves = 0, emitted = 0,
	      counted = 0;
	int i, cpu;

	for (cpu = 0; cpu < 2; cpu++) {
		struct drain *d = &drains[cpu];

		holes += d->holes;
		twice += d->twice;
		torn += d->torn;
		bad += d->bad;
		moves += d->moves;
		for (i = 0; i < PRODUCERS; i++) {
			seen += d->seen[i];
			missed += d->missed[i];
			counted += d->number[i];
		}
	}
	for (i = 0; i < PRODUCERS; i++)
		emitted += producers[i].emitted;
	printf("# emitted %llu seen %llu missed %llu holes %llu moves %llu\n", emitted, seen, missed, holes,
	       moves);
	ok(!torn && !bad, "Flood_EveryEvent_IsWhole");
	ok(!twice, "Flood_NoEvent_ComesTwice /* KMES-115 */");
	ok(seen + missed == counted && missed <= holes, "Flood_Missing_AreInHoles /* KMES-113 */");
	ok(seen + holes >= emitted, "Flood_EmittedAll_AreSeenOrInHoles");
	ok(moves >= SWAPS, "Flood_Consumers_Moved /* KMES-124 KMES-126 */");
}

int main(void)
{
	__u64 before;
	int i;

	begin(NULL, 0);
	registry = open("/dev/registry", O_RDWR | O_CLOEXEC);
	works(source_start(&machine, "Machine"), "Source_Starts");
	create_key("Machine\\System");
	key = create_key("Machine\\System\\KMES");
	works(key, "Kmes_Created");
	before = generation(0);
	for (i = 0; i < 2; i++) {
		drains[i].cpu = i;
		pthread_create(&drains[i].thread, NULL, consume_cpu, &drains[i]);
	}
	for (i = 0; i < PRODUCERS; i++) {
		producers[i].index = i;
		pthread_create(&producers[i].thread, NULL, produce, &producers[i]);
	}
	swap_often();
	finish = 1;
	for (i = 0; i < PRODUCERS; i++)
		pthread_join(producers[i].thread, NULL);
	emit("wake"); /* whoever sleeps looks again */
	pin(0);
	emit("wake");
	pin(1);
	emit("wake");
	for (i = 0; i < 2; i++)
		pthread_join(drains[i].thread, NULL);
	ok(generation(0) == before + SWAPS, "Flood_Generation_CountsSwaps /* KMES-119 */");
	verdict();
	return plan();
}
