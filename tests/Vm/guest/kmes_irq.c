// SPDX-License-Identifier: MIT
/*
 * Emission from hard interrupts and NMIs while a process on the same CPU emits: one writer at a time.
 * Taking local_irq_save() out of kmes/emit.c tears records here.
 * ktest: -m out/pkm-fault/pkm.ko -p mode=enforce
 */
#define _GNU_SOURCE

#include "kmes.h"

#define IRQS 3000
#define NMIS 10

static struct consumer ring;

static int parameter(const char *name, const char *text)
{
	char path[64], answer[32] = "";
	int fd, n;

	snprintf(path, sizeof(path), "/sys/module/pkm/parameters/%s", name);
	fd = open(path, text ? O_WRONLY : O_RDONLY);
	if (fd < 0)
		return -1;
	n = text ? write(fd, text, strlen(text)) : read(fd, answer, sizeof(answer) - 1);
	close(fd);
	return n < 0 ? -1 : text ? 0 : atoi(answer);
}

/* Walks what is readable: whole records, sequences without a hole. */
struct count {
	int irq, user, task, torn, holes, named, back;
	__u64 last, time;
};

static void walk(struct count *n, __u32 bytes)
{
	static const __u8 nobody[48];
	const __u8 *e;

	while (ring.pos < ring.page->write_pos && (e = next(&ring))) {
		__u32 size = get(e, 0, 4), type_len = get(e, KMES_OFF_TYPE_LEN, 2);

		n->holes += n->last && get(e, KMES_OFF_SEQUENCE, 8) != n->last + 1;
		n->last = get(e, KMES_OFF_SEQUENCE, 8);
		n->back += get(e, KMES_OFF_TIMESTAMP, 8) < n->time;
		n->time = get(e, KMES_OFF_TIMESTAMP, 8);
		if (type_len == 8 && !memcmp(e + 77, "test.irq", 8)) {
			n->irq++;
			n->torn += size != 77 + 8 + 2 || e[77 + 8 + 1] != 0xff || get(e, 4, 4) != 85;
			n->named += memcmp(e + KMES_OFF_EFFECTIVE, nobody, 48) != 0;
		} else if (type_len == 4 && !memcmp(e + 77, "user", 4)) {
			__u32 i, bad = 0;

			n->user++;
			for (i = 77 + 4 + 3; i < size; i++)
				bad += e[i] != 0x5a;
			n->torn += bad || size != 77 + 4 + 3 + bytes;
		} else if (type_len == 9 && !memcmp(e + 77, "test.task", 9)) {
			__u32 i, bad = 0;

			n->task++;
			for (i = 77 + 9 + 3; i < size; i++)
				bad += e[i] != 0x5a;
			n->torn += bad || size != 77 + 9 + 2000;
		} else if (size < 77 + type_len) {
			n->torn++;
			return;
		}
	}
}

/* Large events make long writes, small ones many clock readings. */
static void interrupts(__u32 bytes)
{
	static __u8 payload[20003];
	struct count n = { 0 };
	int emitted = 0;

	payload[0] = 0xc5; /* bin 16 */
	payload[1] = bytes >> 8;
	payload[2] = bytes;
	memset(payload + 3, 0x5a, bytes);
	ring.pos = ring.page->write_pos;
	works(parameter("emit_irq", "3000"), "Interrupts_Started");
	while (parameter("emit_irq", NULL) > 0) {
		int i;

		for (i = 0; i < 20; i++)
			emitted += emit_raw("user", 4, payload, 3 + bytes) == 0;
		walk(&n, bytes);
	}
	walk(&n, bytes);
	printf("# %d from interrupts, %d from the process\n", n.irq, n.user);
	ok(n.irq == IRQS && n.user == emitted, "Interrupts_EveryEvent_IsThere /* KMES-033 HAZ-026 */");
	ok(!n.torn && !n.holes, "Interrupts_NoEvent_IsTorn /* KMES-033 */");
	ok(!n.back, "Interrupts_TimeAndNumber_AreTakenTogether /* KMES-012 KMES-034 */");
	ok(!n.named, "Interrupts_Identity_IsNobodys /* KMES-018 */");
	ok(!parameter("emit_named", NULL), "Interrupts_Accessors_TellNobody /* KACS-TOK-139 HAZ-006 */");
}

/* The same beside what the kernel emits for a process, which goes the short way. */
static void kernel_events(void)
{
	struct count n = { 0 };
	int emitted = 0;

	ring.pos = ring.page->write_pos;
	works(parameter("emit_irq", "3000"), "Interrupts_BesideTheKernel_Started");
	while (parameter("emit_irq", NULL) > 0) {
		emitted += parameter("emit_task", "100") == 0 ? 100 : 0;
		walk(&n, 0);
	}
	walk(&n, 0);
	printf("# %d from interrupts, %d from the kernel\n", n.irq, n.task);
	ok(n.irq == IRQS && n.task == emitted, "Interrupts_BesideTheKernel_EveryEventIsThere /* KMES-033 */");
	ok(!n.torn && !n.holes && !n.back,
	   "Interrupts_BesideTheKernel_NoEventIsTorn /* KMES-012 KMES-033 HAZ-026 */");
	ok(!n.named, "Interrupts_BesideTheKernel_IdentityIsNobodys /* KMES-018 */");
}

/*
 * A batch of sixteen MiB: interrupts get in between, so they were never kept out for all of it; its events stay in
 * order and share time and identity.
 */
static void large_batch(void)
{
	static __u8 payload[65536 - 77 - 5];
	static struct kmes_batch_entry entries[256];
	struct kmes_batch_args b = { .entries = addr(entries), .count = 256 };
	__u64 time = 0, mine = 0, others = 0, inside = 0, times = 0;
	__u32 done = 0, i;
	const __u8 *e;

	payload[0] = 0xc5; /* bin 16 */
	payload[1] = (sizeof(payload) - 3) >> 8;
	payload[2] = (sizeof(payload) - 3) & 0xff;
	for (i = 0; i < 256; i++)
		entries[i] = (struct kmes_batch_entry){ .event_type = addr("large"),
							.event_type_len = 5,
							.payload = addr(payload),
							.payload_len = sizeof(payload) };
	b.emitted_out = addr(&done);
	works(parameter("emit_irq", "30000"), "LargeBatch_InterruptsStarted");
	works(ioctl(kmes_dev, KMES_IOC_EMIT_BATCH, &b), "LargeBatch_IsTaken");
	/* They would overwrite what is read. */
	works(parameter("emit_irq", "0"), "LargeBatch_InterruptsStopped");
	ring.pos = ring.page->tail_pos;
	while (ring.pos < ring.page->write_pos && (e = next(&ring))) {
		if (get(e, KMES_OFF_TYPE_LEN, 2) != 5) {
			others += mine != 0;
			continue;
		}
		times += get(e, KMES_OFF_TIMESTAMP, 8) != time;
		time = get(e, KMES_OFF_TIMESTAMP, 8);
		inside += others;
		others = 0;
		mine++;
	}
	printf("# %u are done, %llu left with %llu times, %llu events of interrupts between them\n", done,
	       mine, times, inside);
	ok(done == 256 && mine > 50 && times == 1, "LargeBatch_HasOneTime /* KMES-070 KMES-072 */");
	ok(inside > 0, "LargeBatch_LetsInterruptsIn");
}

static void nmis(void)
{
	struct kmes_stats before = { .size = sizeof(before) }, after = { .size = sizeof(after) };

	ioctl(kmes_dev, KMES_IOC_STATS, &before);
	works(parameter("emit_nmi", "10"), "Nmis_Sent");
	ioctl(kmes_dev, KMES_IOC_STATS, &after);
	ok(after.dropped - before.dropped == NMIS, "Nmis_AreCountedAsDropped /* HAZ-026 KMES-139 */");
	ok(after.sequence == before.sequence, "Nmis_WriteNothing");
}

/* KMES-026 KMES-038 KMES-039 KMES-040 KMES-041 */
static void kernel_batch(void)
{
	struct kmes_stats before = { .size = sizeof(before) }, after = { .size = sizeof(after) };
	__u32 seen = ring.page->futex_counter;
	const __u8 *e[2];

	ioctl(kmes_dev, KMES_IOC_STATS, &before);
	ring.pos = ring.page->write_pos;
	*ring.need_wake = 1;
	works(parameter("emit_batch", "1"), "Batch_Emitted");
	*ring.need_wake = 0;
	ioctl(kmes_dev, KMES_IOC_STATS, &after);
	e[0] = next(&ring);
	e[1] = next(&ring);
	if (!ok(e[0] && e[1] && !next(&ring), "Batch_OfFour_TwoAreWritten /* KMES-040 */"))
		return;
	ok(get(e[1], KMES_OFF_SEQUENCE, 8) == get(e[0], KMES_OFF_SEQUENCE, 8) + 3,
	   "Batch_Refused_TakeNumbers /* KMES-036 KMES-040 */");
	ok(after.dropped == before.dropped + 2, "Batch_Refused_AreCounted /* KMES-036 */");
	ok(get(e[0], KMES_OFF_TIMESTAMP, 8) == get(e[1], KMES_OFF_TIMESTAMP, 8) &&
		   !memcmp(e[0] + KMES_OFF_EFFECTIVE, e[1] + KMES_OFF_EFFECTIVE, 48),
	   "Batch_SharesTimeAndIdentity /* KMES-039 */");
	ok(e[0][KMES_OFF_ORIGIN] == KMES_ORIGIN_LCS && e[1][KMES_OFF_ORIGIN] == KMES_ORIGIN_LCS,
	   "Batch_HasOneClass /* KMES-038 */");
	ok(get(e[1], 0, 4) == get(e[1], 4, 4), "Batch_EmptyPayload_IsLegal /* KMES-026 */");
	ok(ring.page->futex_counter == seen + 1, "Batch_WakesOnce /* KMES-041 */");
}

int main(void)
{
	pin(0);
	if (!begin(&ring, 1))
		return plan();
	interrupts(20000);
	interrupts(1);
	kernel_events();
	large_batch();
	nmis();
	kernel_batch();
	return plan();
}
