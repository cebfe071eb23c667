// SPDX-License-Identifier: MIT
/*
 * Callers that mean harm: bombs, lies about lengths, memory that changes or goes away under the copy,
 * floods. Each gets what its rule says, and nobody else notices. ktest: -c 2 -p mode=enforce -t 240
 */
#define _GNU_SOURCE
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kmes.h"

#define GROUP "/tmp/group/emitters"

static struct consumer rings[2];

static int refused(const void *payload, __u32 len, int want)
{
	return emit_raw("bomb", 4, payload, len) < 0 && errno == want;
}

/* KMES-027 KMES-028: counts and lengths of gigabytes in a few bytes, every container, at every depth */
static void bombs(void)
{
	static const struct {
		const char *bytes;
		__u32 len;
		const char *name;
	} cases[] = {
		{ "\xdd\xff\xff\xff\xff", 5, "Array32" },
		{ "\xdf\xff\xff\xff\xff", 5, "Map32" },
		{ "\xdc\xff\xff", 3, "Array16" },
		{ "\xde\xff\xff", 3, "Map16" },
		{ "\xdb\xff\xff\xff\xff", 5, "Str32" },
		{ "\xc6\xff\xff\xff\xff", 5, "Bin32" },
		{ "\xc9\xff\xff\xff\xff\x01", 6, "Ext32" },
		{ "\xc9\xff\xff\xff\xff", 5, "Ext32Cut" },
		{ "\xdd\x80\0\0\0\xdd\x80\0\0\0\xc0", 11, "ArrayOfArrays" },
		{ "\xdf\x80\0\0\0\xc0\xc0", 7, "MapPairs" },
		{ "\xd9", 1, "Str8Cut" },
		{ "\xda\xff", 2, "Str16Cut" },
		{ "\xc1", 1, "NeverUsed" },
		{ "\xc0\xc0", 2, "TwoValues" },
		{ "\x91", 1, "ArrayCut" },
		{ "\x81\xc0", 2, "MapCut" },
		{ "\xcf\0\0\0", 4, "Uint64Cut" },
		{ "\xcb\0\0\0\0\0\0\0", 8, "FloatCut" },
	};
	__u8 deep[60000];
	__u32 i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(refused(cases[i].bytes, cases[i].len, EINVAL), "Bomb_%s_Einval /* KMES-025 KMES-027 */",
		   cases[i].name);
	memset(deep, 0x91, sizeof(deep));
	ok(refused(deep, sizeof(deep), EINVAL), "Bomb_SixtyThousandDeep_Einval /* KMES-028 */");
	deep[33] = 0xc0;
	ok(refused(deep, 34, EINVAL), "Bomb_33Deep_Einval");
	deep[33] = 0x91;
	deep[32] = 0xc0;
	works(emit_raw("deep", 4, deep, 33), "Payload_32Deep_Works");
	memset(deep, 0x81, sizeof(deep)); /* maps in keys */
	ok(refused(deep, sizeof(deep), EINVAL), "Bomb_MapsInKeys_Einval");
	memset(deep, 0x90, sizeof(deep));
	deep[0] = 0xdd;
	deep[1] = deep[2] = 0;
	deep[3] = (sizeof(deep) - 5) >> 8;
	deep[4] = (sizeof(deep) - 5) & 0xff;
	works(emit_raw("wide", 4, deep, sizeof(deep)), "Payload_SixtyThousandEmptyArrays_Works");
}

/* KMES-002 KMES-049 step 7 */
static void types(void)
{
	static const char *const bad[] = { "\xff",       "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
					   "ok\xe2\x82", "\x80" };
	static __u8 longest[65535];
	__u32 i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		fails(emit_raw(bad[i], strlen(bad[i]), "\xc0", 1), EINVAL, "Type_NotUtf8_Einval");
	works(emit_raw("a\0b", 3, "\xc0", 1), "Type_WithNul_Works /* KMES-055 */");
	works(emit_raw("KACS", 4, "\xc0", 1), "Type_OfTheKernel_IsNotReserved /* KMES-055 */");
	works(emit_raw("\xef\xbf\xbf\xf0\x9f\x98\x80", 7, "\xc0", 1), "Type_AnyCharacter_Works");
	memset(longest, 'x', sizeof(longest));
	fails(emit_raw(longest, 65535, "\xc0", 1), ENOSPC,
	      "Type_LongestThereIs_OnlyTheSizeCounts /* KMES-008 */");
	works(emit_raw(longest, 65536 - 77 - 1, "\xc0", 1),
	      "Type_FillsTheEvent_Works /* KMES-008 KMES-029 */");
}

/* Lengths that no memory is behind: judged before a pointer is touched. */
static void lengths(void)
{
	static const __u32 lens[] = { 0xffffffff, 0xffffffb2, 0x80000000, 0x7fffffff, 65536 };
	__u32 i;

	for (i = 0; i < 5; i++)
		fails(emit_raw("t", 1, (void *)8, lens[i]), i < 2 ? EINVAL : ENOSPC,
		      i < 2 ? "Length_Overflows_Einval /* KMES-049 */"
			    : "Length_TooLarge_Enospc /* KMES-049 */");
	fails(emit_raw((void *)-4096L, 8, "\xc0", 1), EFAULT, "Type_KernelAddress_Efault");
	fails(emit_raw("t", 1, (void *)0xffff888000000000, 8), EFAULT, "Payload_KernelAddress_Efault");
	fails(emit_raw("t", 1, (void *)0x7ffffffff000, 4096), EFAULT, "Payload_EndOfUserSpace_Efault");
}

/* --- memory that does not stand still -------------------------------------------- */

static volatile int stop;
static __u8 *shaky;

static void *come_and_go(void *arg)
{
	(void)arg;
	while (!stop) {
		munmap(shaky, 4096);
		mmap(shaky, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE, -1, 0);
	}
	return NULL;
}

static void *flip(void *arg)
{
	(void)arg;
	while (!stop)
		*(volatile __u8 *)shaky ^= 1; /* nil, never used, nil, ... */
	return NULL;
}

/* What stands in the rings since @from: chain whole, payloads of "flip" valid. */
static void judge(int *events, int *bad)
{
	int cpu;

	*events = *bad = 0;
	for (cpu = 0; cpu < 2; cpu++) {
		const __u8 *e;

		while ((e = next(&rings[cpu]))) {
			__u32 header = get(e, 4, 4);

			(*events)++;
			*bad += get(e, 0, 4) < header || header != 77 + get(e, KMES_OFF_TYPE_LEN, 2);
			if (!memcmp(e + 77, "flip", 4))
				*bad += e[header] != 0xc0;
			if (rings[cpu].pos > rings[cpu].page->write_pos)
				(*bad)++;
		}
	}
}

static void races(void)
{
	int i, done = 0, refusals = 0, faults = 0, other = 0, events, bad;
	pthread_t t;

	shaky = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	judge(&events, &bad);
	pthread_create(&t, NULL, come_and_go, NULL);
	for (i = 0; i < 4000; i++) {
		if (emit_raw("gone", 4, shaky, 1) == 0)
			done++; /* 0: a fixint, valid */
		else if (errno == EFAULT)
			faults++;
		else
			other++;
	}
	stop = 1;
	pthread_join(t, NULL);
	ok(!other, "Unmapped_UnderTheCopy_EfaultOrDone");
	judge(&events, &bad);
	ok(!bad && events >= done, "Unmapped_UnderTheCopy_RingIsWhole");
	printf("# %d emitted, %d faults\n", done, faults);

	stop = done = other = 0;
	shaky = mmap(shaky, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	shaky[0] = 0xc0;
	pthread_create(&t, NULL, flip, NULL);
	for (i = 0; i < 2000000 && (i < 20000 || !done || !refusals); i++) {
		if (emit_raw("flip", 4, shaky, 1) == 0)
			done++;
		else if (errno == EINVAL)
			refusals++;
		else
			other++;
	}
	stop = 1;
	pthread_join(t, NULL);
	judge(&events, &bad);
	printf("# %d emitted, %d refused, %d otherwise\n", done, refusals, other);
	ok(!other && done && refusals, "Changed_UnderTheCheck_DoneOrEinval");
	ok(!bad, "Changed_UnderTheCheck_NothingInvalidIsStored /* KMES-050 */");
}

static int meanwhile = -1;

/*
 * Answers the first fault at the second page: emits on the same CPU, ruins the type that was copied
 * before, then gives the page.
 */
static void *serve_fault(void *arg)
{
	int uffd = *(int *)arg;
	struct pollfd p = { .fd = uffd, .events = POLLIN };
	static __u8 page[4096] __attribute__((aligned(4096)));
	struct uffdio_copy copy = { .src = addr(page), .dst = addr(shaky + 4096), .len = 4096 };
	struct uffd_msg m;

	poll(&p, 1, 20000);
	if (read(uffd, &m, sizeof(m)) != sizeof(m))
		return NULL;
	meanwhile = emit("wait");
	memset(shaky, 0xff, 4);
	page[0] = 0xc0;
	ioctl(uffd, UFFDIO_COPY, &copy);
	return NULL;
}

static void slow_page(void)
{
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK), events, bad;
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register r = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	cpu_set_t all;
	pthread_t t;

	shaky = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(shaky, "flip", 4);
	r.range.start = addr(shaky + 4096);
	r.range.len = 4096;
	if (!works(uffd, "Userfaultfd_Opens") ||
	    !works(ioctl(uffd, UFFDIO_API, &api), "Userfaultfd_Answers") ||
	    !works(ioctl(uffd, UFFDIO_REGISTER, &r), "Userfaultfd_Registers"))
		return;
	sched_getaffinity(0, sizeof(all), &all);
	pin(0);
	judge(&events, &bad);
	pthread_create(&t, NULL, serve_fault, &uffd);
	works(emit_raw(shaky, 4, shaky + 4096, 1),
	      "SlowPage_TypeRuinedMeanwhile_Works /* KMES-050 KMES-053 */");
	pthread_join(t, NULL);
	ok(shaky[0] == 0xff, "SlowPage_Type_WasRuined");
	judge(&events, &bad);
	ok(events == 2 && !bad, "SlowPage_Record_HasWhatWasCopied /* KMES-050 */");
	ok(!meanwhile, "SlowPage_OthersOnTheCpu_Emit /* KMES-053 */");
	sched_setaffinity(0, sizeof(all), &all);
	close(uffd);
}

/* Its own limit stops whoever attaches too often; nothing stays behind that others would miss. */
static int attach_to_the_limit(void)
{
	struct rlimit limit = { 30, 30 };
	int fds[64], n = 0, round;

	setrlimit(RLIMIT_NOFILE, &limit);
	for (round = 0; round < 100; round++) {
		while (n < 64 && (fds[n] = attach(0, &rings[0].capacity)) >= 0)
			n++;
		if (n == 0 || n > 30 || errno != EMFILE)
			return 1;
		while (n)
			close(fds[--n]);
	}
	return 0;
}

static void attachments(void)
{
	struct kmes_stats before = { .size = sizeof(before) }, after = { .size = sizeof(after) };
	pid_t child;
	int status;

	ioctl(kmes_dev, KMES_IOC_STATS, &before);
	child = fork();
	if (!child)
		_exit(attach_to_the_limit());
	waitpid(child, &status, 0);
	ok(!status, "Attach_Often_EndsAtTheProcesssLimit /* KMES-148 */");
	ioctl(kmes_dev, KMES_IOC_STATS, &after);
	ok(after.attached == before.attached, "Attach_Often_LeavesNothingBehind /* KMES-082 KMES-148 */");
}

/* --- floods -------------------------------------------------------------------------- */

static void *flood(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < 500; i++)
		emit("flood");
	return NULL;
}

static void crowd(void)
{
	struct kmes_stats before[2], after[2];
	__u64 seen = 0, holes = 0, emitted = 0;
	int i, cpu, threads, status, bad = 0;

	for (cpu = 0; cpu < 2; cpu++) {
		before[cpu] = (struct kmes_stats){ .size = sizeof(before[0]), .cpu_id = cpu };
		ioctl(kmes_dev, KMES_IOC_STATS, &before[cpu]);
		rings[cpu].pos = before[cpu].write_pos;
	}
	for (i = 0; i < 20; i++) {
		if (fork())
			continue;
		pthread_t t[8];

		for (threads = 0; threads < 8; threads++)
			pthread_create(&t[threads], NULL, flood, NULL);
		for (threads = 0; threads < 8; threads++)
			pthread_join(t[threads], NULL);
		_exit(0);
	}
	while (wait(&status) > 0)
		bad += status != 0;
	ok(!bad, "Crowd_EveryChild_Finishes");
	for (cpu = 0; cpu < 2; cpu++) {
		__u64 last = before[cpu].sequence;
		const __u8 *e;

		after[cpu] = (struct kmes_stats){ .size = sizeof(after[0]), .cpu_id = cpu };
		ioctl(kmes_dev, KMES_IOC_STATS, &after[cpu]);
		emitted += after[cpu].sequence - before[cpu].sequence;
		bad += after[cpu].dropped != before[cpu].dropped;
		while ((e = next(&rings[cpu]))) {
			holes += get(e, KMES_OFF_SEQUENCE, 8) - last - 1;
			last = get(e, KMES_OFF_SEQUENCE, 8);
			seen++;
		}
	}
	printf("# emitted %llu, seen %llu, in holes %llu\n", emitted, seen, holes);
	ok(emitted >= 20 * 8 * 500, "Crowd_EveryEvent_HasANumber");
	ok(seen + holes == emitted,
	   "Crowd_WhatIsOverwritten_IsExactlyTheHoles /* KMES-024 KMES-112 KMES-113 KMES-138 */");
	ok(!bad, "Crowd_Nothing_IsDropped");
}

/* 64 consumers that ask to be woken, scribble and never read: the emitter does not care. */
static void sleepers(void)
{
	struct consumer lazy[KMES_ATTACH_MAX];
	struct kmes_stats s = { .size = sizeof(s) };
	int n = 0, i, bad = 0;

	while (n < KMES_ATTACH_MAX && consume(&lazy[n], 0) == 0) {
		memset(lazy[n].map + KMES_CONSUMER_OFFSET, 0xa5, 4096);
		n++;
	}
	for (i = 0; i < 5000; i++)
		bad += emit("lazy") < 0;
	ioctl(kmes_dev, KMES_IOC_STATS, &s);
	ok(n >= 60 && !bad, "Lazy_SixtyScribblers_EmissionGoesOn /* KMES-078 KMES-093 KMES-140 */");
	ok(!memcmp(lazy[0].map, "KMESRING", 8) && lazy[0].page->tail_pos == s.tail_pos,
	   "Lazy_Ring_IsUntouched /* KMES-093 */");
	while (n--) {
		munmap(lazy[n].map, KMES_MAP_SIZE(lazy[n].capacity));
		close(lazy[n].fd);
	}
}

static long read_number(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY), n = read(fd, text, sizeof(text) - 1);

	close(fd);
	return n > 0 ? atol(text) : -1;
}

/* Their pages, beside which all else that they need is little: a batch of charges is 64 pages. */
static int attach_in_group(void)
{
	int fd = open(GROUP "/cgroup.procs", O_WRONLY), n = 0, cpu;
	long before, after;
	__u64 capacity;

	if (write(fd, "0", 1) != 1)
		return 1;
	before = read_number(GROUP "/memory.current");
	for (cpu = 0; cpu < 2; cpu++)
		while (attach(cpu, &capacity) >= 0)
			n++;
	after = read_number(GROUP "/memory.current");
	printf("# %d attachments, %ld bytes charged\n", n, after - before);
	fflush(stdout);
	return before < 0 || n < 120 || after - before < 60 * 4096;
}

static void charged(void)
{
	int fd, status;
	pid_t child;

	mkdir("/tmp/group", 0755);
	works(mount("none", "/tmp/group", "cgroup2", 0, NULL), "Cgroups_Mounted");
	fd = open("/tmp/group/cgroup.subtree_control", O_WRONLY);
	works(write(fd, "+memory", 7), "Memory_Accounted");
	close(fd);
	works(mkdir(GROUP, 0755), "Group_Made");
	child = fork();
	if (!child)
		_exit(attach_in_group());
	waitpid(child, &status, 0);
	ok(!status, "Attach_Pages_AreChargedToTheCaller /* HAZ-027 */");
}

int main(void)
{
	if (!begin(rings, 2))
		return plan();
	bombs();
	types();
	lengths();
	races();
	slow_page();
	attachments();
	crowd();
	sleepers();
	charged();
	return plan();
}
