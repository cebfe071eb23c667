// SPDX-License-Identifier: MIT
/* Ring descriptors: what a consumer may map, touch, wait for, and break (nothing). */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "kmes.h"

static struct consumer ring;
static sigjmp_buf fault;

static void on_fault(int sig)
{
	siglongjmp(fault, sig);
}

/* Signal that a store to @p raised, 0 when it went through. */
static int store(volatile __u8 *p)
{
	int sig = sigsetjmp(fault, 1);

	if (!sig)
		*p = 0xff;
	return sig;
}

static void *map_as(__u64 len, int prot, int flags, off_t offset)
{
	return mmap(NULL, len, prot, flags, ring.fd, offset);
}

static void attach_errors(void)
{
	__u64 capacity;
	int fds[KMES_ATTACH_MAX], probe, i;

	fails(attach(4096, &capacity), EINVAL, "Attach_NoSuchCpu_Einval"); /* KMES-073 */
	fails(ioctl(kmes_dev, KMES_IOC_ATTACH, NULL), EFAULT, "Attach_NullBlock_Efault");
	probe = dup(0);
	close(probe);
	fails(attach(0, NULL), EFAULT, "Attach_NullCapacity_Efault");
	i = dup(0);
	ok(i == probe, "Attach_Failed_LeaksNoDescriptor"); /* KMES-073 */
	close(i);
	for (i = 0; i < KMES_ATTACH_MAX - 1; i++) {
		fds[i] = attach(0, &capacity);
		if (fds[i] < 0)
			break;
	}
	ok(i == KMES_ATTACH_MAX - 1, "Attach_64Consumers_Work");   /* KMES-077 */
	fails(attach(0, &capacity), ENOSPC, "Attach_65th_Enospc"); /* KMES-078, HAZ-027 */
	while (i--)
		close(fds[i]);
	for (i = 0; i < 10000; i++) {
		int fd = attach(0, &capacity);

		if (fd < 0)
			break;
		close(fd);
	}
	ok(i == 10000, "Attach_TenThousandTimes_SlotsComeBack");
}

static void map_errors(void)
{
	__u64 size = KMES_MAP_SIZE(ring.capacity);

	fails((long)map_as(size - 4096, PROT_READ, MAP_SHARED, 0), EINVAL, "Map_Short_Einval"); /* KMES-080 */
	fails((long)map_as(size + 4096, PROT_READ, MAP_SHARED, 0), EINVAL, "Map_Long_Einval");
	fails((long)map_as(size, PROT_READ, MAP_SHARED, 4096), EINVAL, "Map_Offset_Einval");
	fails((long)map_as(size, PROT_READ, MAP_PRIVATE, 0), EINVAL, "Map_Private_Einval");
	fails((long)map_as(size, PROT_READ | PROT_EXEC, MAP_SHARED, 0), EPERM, "Map_Executable_Eperm");
	fails(mprotect(ring.map, 4096, PROT_READ | PROT_EXEC), EACCES, "Map_MadeExecutable_Eacces");
	ok(mremap(ring.map, size, size + 4096, MREMAP_MAYMOVE) == MAP_FAILED, "Map_Grown_Refused");
}

/* HAZ-024, KMES-081 */
static void stores(void)
{
	__u64 size = KMES_MAP_SIZE(ring.capacity);
	struct iovec from = { .iov_base = "x", .iov_len = 1 }, to = { .iov_base = ring.map, .iov_len = 1 };
	int mem, pipes[2];

	ok(store(ring.map) == SIGBUS, "Store_ProducerPage_Sigbus");
	ok(store(ring.map + KMES_DATA_OFFSET) == SIGBUS, "Store_Data_Sigbus");
	ok(store(ring.map + KMES_DATA_OFFSET + ring.capacity) == SIGBUS, "Store_SecondCopy_Sigbus");
	ok(store(ring.map + size - 1) == SIGBUS, "Store_LastByte_Sigbus");
	ok(store(ring.map + KMES_CONSUMER_OFFSET) == 0, "Store_ConsumerPage_Works");

	mprotect(ring.map, size, PROT_READ);
	mprotect(ring.map, size, PROT_READ | PROT_WRITE);
	ok(store(ring.map) == SIGBUS, "Store_AfterMprotectBackAndForth_Sigbus");
	ok(store(ring.map + KMES_DATA_OFFSET) == SIGBUS, "Store_DataAfterMprotect_Sigbus");
	ok(store(ring.map + KMES_CONSUMER_OFFSET) == 0, "Store_ConsumerAfterMprotect_Works");

	mem = open("/proc/self/mem", O_RDWR);
	ok(pwrite(mem, "x", 1, (off_t)(unsigned long)ring.map + KMES_DATA_OFFSET) < 0,
	   "Store_ProcMem_Refused");
	close(mem);
	ok(process_vm_writev(getpid(), &from, 1, &to, 1, 0) < 0, "Store_ProcessVmWritev_Refused");
	if (pipe(pipes) == 0 && write(pipes[1], "x", 1) == 1)
		fails(read(pipes[0], ring.map + KMES_DATA_OFFSET, 1), EFAULT, "Store_ByReadSyscall_Efault");
	*ring.need_wake = 0;
}

static void forked(void)
{
	int status;
	pid_t child = fork();

	if (!child) {
		int sig = sigsetjmp(fault, 1);

		if (!sig)
			_exit(ring.map[0] ? 1 : 2);
		_exit(sig);
	}
	waitpid(child, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == SIGSEGV, "Fork_Child_DoesNotInheritTheMapping");
}

static int wait_for(__u32 expected, __u32 ms)
{
	struct kmes_wait_args w = { .expected = expected, .timeout_ms = ms };

	return ioctl(ring.fd, KMES_IOC_WAIT, &w);
}

/* Not before the main thread sleeps: "PID (NAME) S ..." */
static void *emit_to_the_sleeper(void *type)
{
	char path[64], state[256];

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", getpid());
	do {
		int fd = open(path, O_RDONLY), n = read(fd, state, sizeof(state) - 1);

		close(fd);
		state[n > 0 ? n : 0] = 0;
		usleep(1000);
	} while (!strstr(state, ") S "));
	emit(type);
	return NULL;
}

/* From a thread: a new process would be an event of its own. */
static void emit_later(char *type)
{
	pthread_t thread;

	pthread_create(&thread, NULL, emit_to_the_sleeper, type);
	pthread_detach(thread);
}

static void waits(void)
{
	__u32 seen = ring.page->futex_counter;
	struct pollfd p = { .fd = ring.fd, .events = POLLIN };

	emit("quiet");
	ok(ring.page->futex_counter == seen, "Emit_NobodyAsked_CounterStays"); /* KMES-098 */
	fails(wait_for(seen + 1, 1), EAGAIN, "Wait_CounterDiffers_Eagain");    /* KMES-099 */
	fails(wait_for(seen, 20), ETIMEDOUT, "Wait_NothingHappens_Etimedout");
	fails(ioctl(ring.fd, KMES_IOC_WAIT, NULL), EFAULT, "Wait_Null_Efault");
	fails(ioctl(ring.fd, _IO(KMES_IOC, 0x7f), NULL), ENOTTY, "RingIoctl_Unknown_Enotty");

	*ring.need_wake = 1;
	emit_later("loud");
	works(wait_for(seen, 10000), "Wait_EventWhileAsleep_Wakes");
	ok(ring.page->futex_counter == seen + 1, "Wait_Woken_CounterMovedByOne");

	seen = ring.page->futex_counter;
	works(ioctl(ring.fd, KMES_IOC_EXPECT, &seen), "Expect_Set_Works");
	fails(ioctl(ring.fd, KMES_IOC_EXPECT, NULL), EFAULT, "Expect_Null_Efault");
	ok(poll(&p, 1, 20) == 0, "Poll_CounterAsExpected_NotReady");
	emit_later("poll");
	ok(poll(&p, 1, 10000) == 1 && p.revents == POLLIN, "Poll_EventWhileAsleep_Ready");
	ok(poll(&p, 1, 0) == 1, "Poll_CounterDiffers_StaysReady");
	*ring.need_wake = 0;
	while (wait(NULL) > 0)
		;
}

static int batch(__u32 count)
{
	static struct kmes_batch_entry e[KMES_BATCH_MAX];
	__u32 done, i;
	struct kmes_batch_args b = { .entries = addr(e), .count = count, .emitted_out = addr(&done) };

	for (i = 0; i < count; i++)
		e[i] = (struct kmes_batch_entry){ .event_type = addr("batch"),
						  .event_type_len = 5,
						  .payload = addr("\x01"),
						  .payload_len = 1 };
	return ioctl(kmes_dev, KMES_IOC_EMIT_BATCH, &b);
}

/* KMES-071: one publication, one wake-up; KMES-072: whatever is in the ring */
static void batches(void)
{
	__u32 seen = ring.page->futex_counter;
	__u64 before = ring.page->tail_pos;
	int i, bad = 0;

	*ring.need_wake = 1;
	works(batch(256), "Batch_256_Works");
	*ring.need_wake = 0;
	ok(ring.page->futex_counter == seen + 1, "Batch_Of256_MovesTheCounterOnce /* KMES-071 KMES-098 */");
	for (i = 0; i < 300; i++)
		bad += batch(256) < 0;
	ok(!bad && ring.page->tail_pos > before, "Batch_FullRing_Overwrites /* KMES-072 */");
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void interrupted(void)
{
	struct sigaction act = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };

	sigaction(SIGALRM, &act, NULL);
	ualarm(50000, 0);
	fails(wait_for(ring.page->futex_counter, 0), EINTR, "Wait_Signal_Eintr");
}

/* A consumer's page may hold anything: KMES-093. */
static void scribbler(void)
{
	__u64 before = ring.page->write_pos;
	int i;

	memset(ring.map + KMES_CONSUMER_OFFSET, 0xff, 4096);
	for (i = 0; i < 1000; i++)
		emit("scribble");
	ok(ring.page->write_pos == before + 1000 * (77 + 8 + 1), "Scribbler_Emission_GoesOn");
	memset(ring.map + KMES_CONSUMER_OFFSET, 0, 4096);
}

/* Nobody reads: the newest survive, the oldest go, the chain from the tail is whole. */
static void overrun(void)
{
	static char payload[60000];
	__u64 pos, sequence = 0, holes = 0, count = 0, last = 0;
	struct kmes_stats s = { .size = sizeof(s) };
	int i, bad = 0;

	payload[0] = (char)0xc5; /* bin 16 */
	payload[1] = (char)((sizeof(payload) - 3) >> 8);
	payload[2] = (char)(sizeof(payload) - 3);
	for (i = 0; i < 300; i++)
		bad += emit_raw("flood", 5, payload, sizeof(payload)) < 0;
	ok(bad == 0, "Overrun_Emission_NeverFails"); /* KMES-037 */
	ok(ring.page->tail_pos > 0, "Overrun_Tail_Moved");
	ok(ring.page->write_pos - ring.page->tail_pos <= ring.capacity,
	   "Overrun_Live_FitsTheRing"); /* KMES-096 */
	for (pos = ring.page->tail_pos; pos < ring.page->write_pos; count++) {
		const __u8 *e = ring.data + (pos & (ring.capacity - 1));
		__u64 this = get(e, 16, 8);

		holes += sequence && this != sequence + 1;
		sequence = this;
		last = memcmp(e + 77, "flood", 5);
		pos += get(e, 0, 4);
	}
	ok(pos == ring.page->write_pos, "Overrun_Chain_EndsAtWritePos"); /* KMES-088: across the end too */
	ok(holes == 0 && count > 50 && !last, "Overrun_Survivors_AreTheNewest");
	ioctl(kmes_dev, KMES_IOC_STATS, &s);
	ok(s.overwritten > 0 && s.dropped == 0 && s.sequence == sequence, "Overrun_Counters_Agree");
}

static void geometry(void)
{
	static const __u8 magic[8] = KMES_MAGIC;
	volatile struct kmes_producer_page *p = ring.page;
	int i, used = 0;

	ok(!memcmp(ring.map, magic, 8), "Page_Magic_IsKmesring"); /* KMES-089 */
	for (i = 0; i < KMES_PAGE; i++)
		used += ring.map[KMES_CONSUMER_OFFSET + i] != 0;
	ok(!used, "ConsumerPage_Fresh_IsZero"); /* KMES-092 */
	ok(p->version == 1 && p->cpu_id == 0 && p->data_offset == 8192 && p->generation == 1,
	   "Page_StaticFields_AreAsWritten");
	ok(p->capacity == ring.capacity && ring.capacity == KMES_CAPACITY_DEFAULT,
	   "Page_Capacity_IsTheDefault");                        /* KMES-074 */
	ok(p->write_pos > 0, "Ring_FromLoadOn_HoldsBootEvents"); /* KMES-086 */
}

int main(void)
{
	struct sigaction act = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };
	__u64 before;

	pin(0);
	sigaction(SIGBUS, &act, NULL);
	sigaction(SIGSEGV, &act, NULL);
	if (!begin(&ring, 1))
		return plan();
	geometry();
	attach_errors();
	map_errors();
	stores();
	forked();
	waits();
	interrupted();
	scribbler();
	overrun();
	batches();
	ok(!memcmp(ring.data, ring.data + ring.capacity, ring.capacity),
	   "Data_SecondCopy_IsTheSamePages"); /* KMES-087 */
	close(ring.fd);
	before = ring.page->write_pos;
	works(emit("after close"), "Close_NoConsumerIsLeft_EmissionWorks /* KMES-140 */");
	ok(ring.page->write_pos > before, "Close_Mapping_StaysReadable"); /* KMES-082 */
	return plan();
}
