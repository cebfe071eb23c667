// SPDX-License-Identifier: MIT
/* /dev/kmes: emission as a caller sees it, with every bad argument there is. */
#define _GNU_SOURCE
#include <errno.h>
#include <time.h>

#include "kmes.h"

static struct consumer ring;

static void record_fields(void)
{
	struct timespec now;
	const __u8 *e;
	__u64 before, stamp, sequence;

	clock_gettime(CLOCK_REALTIME, &now);
	before = now.tv_sec * 1000000000ULL + now.tv_nsec;
	works(emit_raw("test.one", 8, "\x81\xa1k\x2a", 4), "Emit_GoodEvent_Works");
	e = next(&ring);
	if (!ok(e != NULL, "Emit_Returned_EventIsVisible")) /* KMES-054 */
		return;
	ok(get(e, 0, 4) == 77 + 8 + 4, "Record_EventSize_IsHeaderAndPayload"); /* KMES-005 */
	ok(get(e, 4, 4) == 77 + 8, "Record_HeaderSize_Is77AndType");           /* KMES-006 */
	ok(get(e, 24, 2) == 0, "Record_CpuId_IsTheRings");                     /* KMES-013 */
	ok(get(e, 26, 1) == KMES_ORIGIN_USER, "Record_Origin_IsUser");         /* KMES-014 */
	ok(get(e, 75, 2) == 8 && !memcmp(e + 77, "test.one", 8), "Record_Type_Unchanged");
	ok(!memcmp(e + 85, "\x81\xa1k\x2a", 4), "Record_Payload_Unchanged"); /* KMES-010 */
	stamp = get(e, 8, 8);
	/* the fast clock may run a tick behind */
	ok(stamp + 20000000 >= before && stamp < before + 60000000000ULL, "Record_Timestamp_IsRealtime");
	sequence = get(e, 16, 8);
	emit("test.two");
	e = next(&ring);
	ok(e && get(e, 16, 8) == sequence + 1, "Record_Sequence_CountsByOne"); /* KMES-011 */
	ok(next(&ring) == NULL, "Ring_Drained_IsEmpty");
}

static __u64 real_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* Between two looks at the kernel's clock, to a microsecond: an update may come between. */
static int stamps_agree(void)
{
	int i, wrong = 0;

	for (i = 0; i < 2000; i++) {
		__u64 before = real_time(), stamp;
		const __u8 *e;

		emit("time");
		e = next(&ring);
		stamp = e ? get(e, KMES_OFF_TIMESTAMP, 8) : 0;
		wrong += stamp + 1000 < before || stamp > real_time() + 1000;
	}
	return !wrong;
}

/* The module computes the time by itself where the clock is a counter that it can read. */
static void clock_agrees(void)
{
	char name[32] = "unknown\n";
	int fd = open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY);
	struct timespec now;

	if (fd >= 0 && read(fd, name, sizeof(name) - 1) > 0)
		close(fd);
	printf("# clock source: %s", name);
	ok(stamps_agree(), "Timestamp_IsTheKernelsTime /* KMES-005 */");
	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec -= 3600;
	works(clock_settime(CLOCK_REALTIME, &now), "Clock_SetBack");
	ok(stamps_agree(), "ClockBack_Timestamp_IsTheKernelsTime /* KMES-005 KMES-144 */");
	now.tv_sec += 3600;
	works(clock_settime(CLOCK_REALTIME, &now), "Clock_SetForward");
	ok(stamps_agree(), "ClockForward_Timestamp_IsTheKernelsTime /* KMES-005 KMES-144 */");
}

/* Depth @n: arrays of one element around nil. */
static const char *nested(int n)
{
	static char buf[300];

	memset(buf, '\x91', n);
	buf[n] = '\xc0';
	return buf;
}

static void rejected(void)
{
	__u64 sequence, bytes = ring.page->write_pos;
	static char big[70000];
	char *edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	emit("mark");
	sequence = get(next(&ring), 16, 8);
	bytes = ring.page->write_pos;
	munmap(edge + 4096, 4096);
	memset(big, 'x', sizeof(big));

	fails(emit_raw("", 0, "\x01", 1), EINVAL, "Emit_EmptyType_Einval");
	fails(emit_raw(NULL, 0, NULL, 0), EINVAL, "Emit_NothingAtAll_Einval");
	fails(emit_raw("t", 1, "\x01", ~0U), EINVAL,
	      "Emit_SizeOverflow_EinvalBeforeCopy"); /* KMES-049 row 4 */
	fails(emit_raw("t", 1, NULL, 65536 - 77), ENOSPC, "Emit_AboveMaxEventSize_EnospcBeforeCopy");
	fails(emit_raw("t", 1, big, 65536 - 78), EINVAL, "Emit_ExactlyMaxEventSize_PassesTheSizeCheck");
	fails(emit_raw(NULL, 4, "\x01", 1), EFAULT, "Emit_NullType_Efault");
	fails(emit_raw("type", 4, NULL, 1), EFAULT, "Emit_NullPayload_Efault");
	fails(emit_raw("type", 4, (void *)-4096L, 1), EFAULT, "Emit_KernelPayload_Efault");
	fails(emit_raw("type", 4, edge + 4095, 2), EFAULT, "Emit_PayloadLeavesMapping_Efault");
	fails(emit_raw("a\xff", 2, "\x01", 1), EINVAL, "Emit_TypeNotUtf8_Einval");
	fails(emit_raw("\xc0\x80", 2, "\x01", 1), EINVAL, "Emit_TypeOverlongNul_Einval");
	fails(emit_raw("\xed\xa0\x80", 3, "\x01", 1), EINVAL, "Emit_TypeSurrogate_Einval");
	fails(emit_raw("type", 4, "\x01", 0), EINVAL, "Emit_EmptyPayload_Einval");        /* KMES-027 */
	fails(emit_raw("type", 4, "\x01\x01", 2), EINVAL, "Emit_BytesAfterValue_Einval"); /* KMES-025 */
	fails(emit_raw("type", 4, "\xc1", 1), EINVAL, "Emit_ReservedByte_Einval");
	fails(emit_raw("type", 4, "\xdd\xff\xff\xff\xff", 5), EINVAL, "Emit_MsgpackBomb_Einval");
	fails(emit_raw("type", 4, "\xc6\xff\xff\xff\xff", 5), EINVAL, "Emit_FourGigabyteBin_Einval");
	fails(emit_raw("type", 4, nested(33), 34), EINVAL, "Emit_Depth33_Einval");    /* KMES-028 */
	fails(ioctl(kmes_dev, KMES_IOC_EMIT, NULL), EFAULT, "Emit_NullBlock_Efault"); /* KMES-046 */
	ok(ring.page->write_pos == bytes, "Emit_Rejected_WritesNothing");

	works(emit_raw("type", 4, nested(32), 33), "Emit_Depth32_Works");
	ok(get(next(&ring), 16, 8) == sequence + 1, "Emit_Rejected_LeavesNoGap"); /* KMES-052 */
	munmap(edge, 4096);
}

static int batch(struct kmes_batch_entry *e, __u32 count, void *out)
{
	struct kmes_batch_args b = {
		.entries = addr(e), .count = count, .pad0 = ~0U, .emitted_out = addr(out)
	};

	return ioctl(kmes_dev, KMES_IOC_EMIT_BATCH, &b);
}

static struct kmes_batch_entry entry(const char *type, const char *payload, __u32 len)
{
	return (struct kmes_batch_entry){ .event_type = addr(type),
					  .event_type_len = strlen(type),
					  .payload = addr(payload),
					  .payload_len = len };
}

static void batch_order(void)
{
	struct kmes_batch_entry e[3] = { entry("a", "\x01", 1), entry("b", "\x02", 1),
					 entry("c", "\x03", 1) };
	const __u8 *r[3];
	__u32 out = 77;
	int i;

	works(batch(e, 3, &out), "Batch_ThreeGood_Works");
	ok(out == 3, "Batch_Success_CountsAll"); /* KMES-066 */
	for (i = 0; i < 3; i++)
		r[i] = next(&ring);
	ok(r[2] && get(r[0], 8, 8) == get(r[2], 8, 8), "Batch_Events_ShareOneTimestamp"); /* KMES-070 */
	ok(r[2] && get(r[2], 16, 8) == get(r[0], 16, 8) + 2, "Batch_Events_HaveOwnSequence");
	ok(r[2] && r[0][77] == 'a' && r[1][77] == 'b' && r[2][77] == 'c', "Batch_Events_KeepOrder");
}

/* KMES-061: entries laid out by hand; what is padding there may hold anything */
static void batch_layout(void)
{
	static __u8 raw[64];
	__u32 out = 0;
	int i;

	memset(raw, 0xee, sizeof(raw));
	for (i = 0; i < 2; i++) {
		__u64 type = addr(i ? "second" : "first"), payload = addr("\x2a");
		__u16 type_len = i ? 6 : 5;
		__u32 len = 1;

		memcpy(raw + 32 * i, &type, 8);
		memcpy(raw + 32 * i + 8, &type_len, 2);
		memcpy(raw + 32 * i + 16, &payload, 8);
		memcpy(raw + 32 * i + 24, &len, 4);
	}
	works(batch((void *)raw, 2, &out), "Batch_LaidOutByHand_Works /* KMES-061 */");
	ok(out == 2 && next(&ring) && next(&ring) && !next(&ring), "Batch_LaidOutByHand_EmitsBoth");
}

static void batch_rejected(void)
{
	static struct kmes_batch_entry e[257];
	__u32 *frozen = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	__u64 before;
	__u32 out = 77;
	int i;

	for (i = 0; i < 257; i++)
		e[i] = entry("t", "\x01", 1);
	before = ring.page->write_pos;
	fails(batch(e, 0, &out), EINVAL, "Batch_CountZero_Einval");
	fails(batch(e, 257, &out), EINVAL, "Batch_Count257_Einval");
	ok(out == 77, "Batch_BadCount_LeavesOutput"); /* KMES-067 */
	fails(batch(e, 1, NULL), EFAULT, "Batch_NullOutput_Efault");
	fails(batch(e, 1, frozen), EFAULT, "Batch_ReadOnlyOutput_Efault");
	fails(batch(NULL, 2, &out), EFAULT, "Batch_NullEntries_Efault");
	ok(out == 0, "Batch_FailedAfterStep4_OutputZero");
	fails(ioctl(kmes_dev, KMES_IOC_EMIT_BATCH, NULL), EFAULT, "Batch_NullBlock_Efault");
	ok(ring.page->write_pos == before, "Batch_Rejected_WritesNothing");

	e[2].payload = 0;
	fails(batch(e, 5, &out), EFAULT, "Batch_ThirdUnreadable_Efault");
	ok(out == 2 && next(&ring) && next(&ring) && !next(&ring),
	   "Batch_ThirdUnreadable_FirstTwoEmitted"); /* KMES-065 */
	e[2] = entry("t", "\x01", 70000);
	fails(batch(e, 5, &out), ENOSPC, "Batch_ThirdTooLarge_Enospc");
	ok(out == 2 && next(&ring) && next(&ring) && !next(&ring), "Batch_ThirdTooLarge_FirstTwoEmitted");
	e[2] = entry("", "\x01", 70000);
	fails(batch(e, 5, &out), ENOSPC, "Batch_EmptyTypeTooLarge_SizeIsCheckedFirst"); /* KMES-064 */
	e[2] = entry("", "\x01", 1);
	fails(batch(e, 5, &out), EINVAL, "Batch_EmptyType_Einval");
	e[1] = entry("t", "\xc1", 1);
	e[2] = entry("t", "\x01", ~0U);
	fails(batch(e, 5, &out), EINVAL, "Batch_SecondMalformed_StopsThere");
	ok(out == 1, "Batch_SecondMalformed_CountsOne");
	e[1] = e[2] = entry("t", "\x01", 1);
	works(batch(e, 256, &out), "Batch_Count256_Works");
	ok(out == 256, "Batch_Count256_CountsAll");
}

/* KMES-150: nor is there an ATTACH for all CPUs at once, under whatever number and size */
static void no_other_command(void)
{
	static __u8 block[256];
	int nr, size, way, known = 0, other = 0;
	unsigned int command;

	for (nr = 0; nr < 256; nr++)
		for (size = 0; size < 160; size++)
			for (way = 0; way < 4; way++) {
				command = _IOC(way, KMES_IOC, nr, size);
				memset(block, 0, sizeof(block));
				if (command == KMES_IOC_ABI_VERSION || command == KMES_IOC_EMIT ||
				    command == KMES_IOC_EMIT_BATCH || command == KMES_IOC_ATTACH ||
				    command == KMES_IOC_STATS)
					known++;
				else
					other += ioctl(kmes_dev, command, block) >= 0 || errno != ENOTTY;
			}
	ok(known == 5 && !other, "Ioctl_AnyOther_Enotty /* KMES-043 KMES-044 KMES-150 */");
}

static void commands(void)
{
	__u32 version = 0;
	struct kmes_stats s = { .size = sizeof(s) };
	struct kmes_stats wrong = { .size = sizeof(s) - 1 };

	works(ioctl(kmes_dev, KMES_IOC_ABI_VERSION, &version), "AbiVersion_Asked_Answers");
	ok(version == KMES_ABI_VERSION, "AbiVersion_Asked_IsOurs");
	fails(ioctl(kmes_dev, KMES_IOC_ABI_VERSION, NULL), EFAULT, "AbiVersion_Null_Efault");
	fails(ioctl(kmes_dev, _IO(KMES_IOC, 0x7f), NULL), ENOTTY, "Ioctl_Unknown_Enotty"); /* KMES-044 */
	works(ioctl(kmes_dev, KMES_IOC_STATS, &s), "Stats_Asked_Answers");
	ok(s.write_pos == ring.page->write_pos && s.attached == 1 && s.capacity == ring.capacity,
	   "Stats_Asked_MatchTheRing");
	fails(ioctl(kmes_dev, KMES_IOC_STATS, &wrong), EINVAL, "Stats_WrongSize_Einval");
	s.cpu_id = 4096;
	fails(ioctl(kmes_dev, KMES_IOC_STATS, &s), EINVAL, "Stats_NoSuchCpu_Einval");
	fails(ioctl(kmes_dev, KMES_IOC_STATS, NULL), EFAULT, "Stats_Null_Efault");
	fails(ioctl(kmes_dev, KMES_IOC_STATS, (void *)-8L), EFAULT, "Stats_KernelAddress_Efault");
}

int main(void)
{
	pin(0);
	if (!begin(&ring, 1))
		return plan();
	commands();
	no_other_command();
	record_fields();
	clock_agrees();
	rejected();
	batch_order();
	batch_layout();
	batch_rejected();
	return plan();
}
