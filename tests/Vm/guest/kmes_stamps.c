// SPDX-License-Identifier: MIT
/*
 * What KMES writes into a record besides the emitter's bytes: CPU, number, time and the three GUIDs,
 * across threads, forks, execs, impersonation, other CPUs and a clock that goes back.
 * ktest: -c 2 -p mode=enforce
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <time.h>

#include "kacs.h"
#include "kmes.h"

static struct consumer rings[2];
static __u8 record[512];

/* Emits on @cpu and keeps a copy of what was written there. */
static int emitted(int cpu, const char *type)
{
	const __u8 *e, *last = NULL;

	pin(cpu);
	rings[cpu].pos = rings[cpu].page->write_pos;
	if (emit(type) < 0)
		return 0;
	while ((e = next(&rings[cpu])))
		if (get(e, KMES_OFF_TYPE_LEN, 2) == strlen(type) && !memcmp(e + 77, type, strlen(type)))
			last = e;
	if (last)
		memcpy(record, last, get(last, 0, 4) < sizeof(record) ? get(last, 0, 4) : sizeof(record));
	return last != NULL;
}

static void find_record(const char *type, __u64 from)
{
	const __u8 *e;

	memset(record, 0, sizeof(record));
	rings[0].pos = from;
	while ((e = next(&rings[0])))
		if (get(e, KMES_OFF_TYPE_LEN, 2) == strlen(type) && !memcmp(e + 77, type, strlen(type)))
			memcpy(record, e, 77);
}

static void cpus(void)
{
	__u64 s0, s1, t0;

	ok(emitted(0, "first"), "Cpu0_Emits");
	s0 = get(record, KMES_OFF_SEQUENCE, 8);
	t0 = get(record, KMES_OFF_TIMESTAMP, 8);
	ok(get(record, KMES_OFF_CPU_ID, 2) == 0, "Cpu0_Record_SaysSo /* KMES-013 KMES-075 */");
	ok(emitted(1, "second"), "Cpu1_Emits");
	s1 = get(record, KMES_OFF_SEQUENCE, 8);
	ok(get(record, KMES_OFF_CPU_ID, 2) == 1 && rings[1].page->cpu_id == 1,
	   "Cpu1_Record_SaysSo /* KMES-013 KMES-084 */");
	ok(get(record, KMES_OFF_TIMESTAMP, 8) >= t0, "Cpu1_Later_HasALaterTime /* KMES-023 */");
	ok(emitted(1, "third"), "Cpu1_EmitsAgain");
	ok(get(record, KMES_OFF_SEQUENCE, 8) == s1 + 1,
	   "Cpu1_Number_IsItsOwn /* KMES-011 KMES-021 KMES-022 */");
	emitted(0, "fourth");
	ok(get(record, KMES_OFF_SEQUENCE, 8) == s0 + 1,
	   "Cpu0_Number_IsUntouchedByCpu1 /* KMES-021 KMES-084 */");
}

/* KMES-012 KMES-022 KMES-144 */
static void clock_steps(void)
{
	struct timespec now, past;
	__u64 sequence, stamp;

	clock_gettime(CLOCK_REALTIME, &now);
	emitted(0, "before");
	sequence = get(record, KMES_OFF_SEQUENCE, 8);
	stamp = get(record, KMES_OFF_TIMESTAMP, 8);
	past = now;
	past.tv_sec -= 3600;
	works(clock_settime(CLOCK_REALTIME, &past), "Clock_SetBack");
	emitted(0, "after");
	ok(get(record, KMES_OFF_TIMESTAMP, 8) < stamp, "ClockBack_Timestamp_GoesBack /* KMES-144 */");
	ok(get(record, KMES_OFF_SEQUENCE, 8) == sequence + 1,
	   "ClockBack_Sequence_GoesOn /* KMES-022 KMES-144 */");
	clock_settime(CLOCK_REALTIME, &now);
}

static int effective_is(const __u8 guid[16])
{
	return !memcmp(record + KMES_OFF_EFFECTIVE, guid, 16);
}

static int true_is(const __u8 guid[16])
{
	return !memcmp(record + KMES_OFF_TRUE, guid, 16);
}

/* KMES-015 KMES-016 KMES-019: whatever was stamped a moment before on this CPU */
static void impersonation(void)
{
	__u8 mine[16], other[16];
	int self = open_self(0, KACS_TOKEN_QUERY),
	    copy = duplicate(open_self(0, KACS_TOKEN_QUERY | KACS_TOKEN_DUPLICATE),
			     KACS_TOKEN_QUERY | KACS_TOKEN_IMPERSONATE, KACS_TOKEN_TYPE_IMPERSONATION,
			     KACS_LEVEL_IMPERSONATION);

	works(self, "Self_Opens");
	works(copy, "Copy_Made");
	guid_of(self, mine);
	guid_of(copy, other);
	ok(memcmp(mine, other, 16) != 0, "Copy_HasAGuidOfItsOwn");
	emitted(0, "self");
	ok(effective_is(mine) && true_is(mine),
	   "NotImpersonating_BothAreThePrimarys /* KMES-015 KMES-016 */");
	works(ioctl(copy, KACS_IOC_IMPERSONATE), "Impersonation_Begins");
	emitted(0, "as.other");
	ok(effective_is(other), "Impersonating_Effective_IsTheOthers /* KMES-015 KMES-019 KMES-020 */");
	ok(true_is(mine), "Impersonating_True_StaysThePrimarys /* KMES-016 */");
	works(ioctl(dev, KACS_IOC_REVERT), "Impersonation_Ends");
	emitted(0, "self.again");
	ok(effective_is(mine) && true_is(mine), "Reverted_BothAreThePrimarys");
}

static void *thread_body(void *unused)
{
	(void)unused;
	emitted(0, "thread");
	return NULL;
}

/* KMES-017 */
static void processes(const char *self)
{
	static const __u8 nobody[16];
	__u8 process[16], child_guid[16];
	__u64 from;
	pthread_t t;
	pid_t child;

	emitted(0, "process");
	memcpy(process, record + KMES_OFF_PROCESS, 16);
	ok(memcmp(process, nobody, 16) != 0, "Process_HasAGuid");
	pthread_create(&t, NULL, thread_body, NULL);
	pthread_join(t, NULL);
	ok(!memcmp(record + KMES_OFF_PROCESS, process, 16), "Thread_Shares_ItsProcesssGuid");
	from = rings[0].page->write_pos;
	child = fork();
	if (!child) {
		pin(0);
		emit("child.fork");
		execl(self, self, "exec", (char *)NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
	find_record("child.fork", from);
	memcpy(child_guid, record + KMES_OFF_PROCESS, 16);
	ok(memcmp(child_guid, process, 16) && memcmp(child_guid, nobody, 16),
	   "Child_HasAnotherGuid /* KMES-017 */");
	find_record("child.exec", from);
	ok(!memcmp(record + KMES_OFF_PROCESS, child_guid, 16), "Child_AfterExec_KeepsIt /* KMES-017 */");
}

/* A new identity at an old address must not be taken for the one remembered. */
static void many_identities(void)
{
	__u8 seen[64][16];
	int i, k, repeats = 0, nobodys = 0;
	static const __u8 nobody[16];

	for (i = 0; i < 64; i++) {
		__u64 from = rings[0].page->write_pos;
		pid_t child = fork();

		if (!child) {
			pin(0);
			emit("one.of.many");
			_exit(0);
		}
		waitpid(child, NULL, 0);
		find_record("one.of.many", from);
		memcpy(seen[i], record + KMES_OFF_PROCESS, 16);
		nobodys += !memcmp(seen[i], nobody, 16);
		for (k = 0; k < i; k++)
			repeats += !memcmp(seen[k], seen[i], 16);
	}
	ok(!repeats && !nobodys, "ManyProcesses_EachHasItsOwnGuid /* KMES-017 KMES-019 */");
}

/* KMES-031: the kernel's own events go to the CPU where they happen, with their class */
static void kernel_events(void)
{
	__u64 from;
	const __u8 *e;
	int kernel = 0, token;

	pin(0);
	from = rings[0].page->write_pos;
	token = make_token(SID_LOCAL_SERVICE, 1000, 0);
	if (token >= 0)
		close(token);
	rings[0].pos = from;
	while ((e = next(&rings[0])))
		kernel += e[KMES_OFF_ORIGIN] == KMES_ORIGIN_KACS && get(e, KMES_OFF_CPU_ID, 2) == 0;
	ok(kernel > 0, "KernelEvent_IsOnItsCpu_WithItsClass /* KMES-031 */");
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		kmes_dev = open("/dev/kmes", O_RDWR | O_CLOEXEC);
		pin(0);
		return emit("child.exec") < 0;
	}
	open_dev();
	if (!begin(rings, 2))
		return plan();
	cpus();
	clock_steps();
	impersonation();
	processes(argv[0]);
	many_identities();
	kernel_events();
	return plan();
}
