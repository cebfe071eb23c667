// SPDX-License-Identifier: MIT
/* The source's channel: one request a read, slots, deadlines, poll, registration. */
#include "lcs_client.h"

#define SLOTS   8
#define CALLERS 10

static struct source machine;
static int fd; /* of the source that the test plays itself */
static void *volatile unmapped = (void *)8;

struct caller {
	pthread_t thread;
	int error;
	volatile int done;
};

static void *open_root(void *arg)
{
	struct caller *c = arg;
	int key = open_key(-1, "Played", KEY_READ, 0);

	c->error = key < 0 ? errno : 0;
	close(key);
	c->done = 1;
	return NULL;
}

static int state(int of)
{
	struct pollfd p = { of, POLLIN | POLLOUT, 0 };

	poll(&p, 1, 0);
	return p.revents;
}

/* Answers a held RSI_READ_KEY with a root key, or with a status. */
static int reply(const uint8_t *request, uint32_t status)
{
	struct out o = { .len = 0 };

	out32(&o, 0);
	out64(&o, get64(request + 4));
	out16(&o, (request[12] | request[13] << 8) | RSI_RESPONSE_BIT);
	out32(&o, status);
	if (!status) {
		out_bytes(&o, "Played", 6);
		out_raw(&o, (uint8_t[16]){ 0 }, 16);
		out_bytes(&o, root_sd, sizeof(root_sd));
		out16(&o, 0);
		out64(&o, 0);
	}
	memcpy(o.b, &o.len, 4);
	return write(fd, o.b, o.len) == o.len ? 0 : -1;
}

static ssize_t next_request(uint8_t *b, size_t room)
{
	ssize_t n = -1;

	for (int i = 0; i < 3000 && n < 0; i++) {
		n = read(fd, b, room);
		if (n < 0 && errno != EAGAIN)
			break;
		if (n < 0)
			usleep(1000);
	}
	return n;
}

static void one_at_a_time(void)
{
	struct caller a = { 0 }, b = { 0 };
	uint8_t first[64], second[64];
	ssize_t n;

	fails(read(fd, first, sizeof(first)), EAGAIN, "Read_NothingQueued_Eagain /* RSI-005 */");
	ok(state(fd) == POLLOUT, "Poll_Active_Writable /* RSI-011 */");
	pthread_create(&a.thread, NULL, open_root, &a);
	pthread_create(&b.thread, NULL, open_root, &b);
	while (!(state(fd) & POLLIN))
		usleep(1000);
	ok(state(fd) == (POLLIN | POLLOUT), "Poll_Queued_Readable /* RSI-011 */");
	fails(read(fd, first, RSI_REQUEST_HEADER_LEN), EMSGSIZE, "Read_SmallBuffer_Emsgsize /* RSI-006 */");
	fails(read(fd, unmapped, 64), EFAULT, "Read_BadBuffer_Efault /* HAZ-033 */");
	n = next_request(first, sizeof(first));
	ok(n == RSI_REQUEST_HEADER_LEN + 16 && get32(first) == n,
	   "Read_OneWholeRequest_IsStillThere /* RSI-004 RSI-006 */");
	ok(next_request(second, sizeof(second)) == n && get64(second + 4) != get64(first + 4),
	   "Read_TheNext_IsTheOther");
	works(reply(second, RSI_OK), "Answer_InAnyOrder /* RSI-012 */");
	works(reply(first, RSI_NOT_FOUND), "Answer_Failure_IsOrdinary /* RSI-010 */");
	pthread_join(a.thread, NULL);
	pthread_join(b.thread, NULL);
	ok((a.error == ENOENT && !b.error) || (b.error == ENOENT && !a.error),
	   "Answer_ReachesWhoAsked /* RSI-010 */");
	ok(state(fd) == POLLOUT, "Answer_Failure_TearsNothingDown /* RSI-010 */");
}

/* Eight slots, a second for each call: who has none is never sent; a slot is kept until its answer. */
static void slots(void)
{
	struct caller c[CALLERS] = { 0 }, late = { 0 };
	uint8_t b[CALLERS][64];
	int got = 0, timed_out = 0;

	for (int i = 0; i < CALLERS; i++)
		pthread_create(&c[i].thread, NULL, open_root, &c[i]);
	while (got < SLOTS && next_request(b[got], 64) > 0)
		got++;
	usleep(100000);
	fails(read(fd, b[8], 64), EAGAIN, "Slots_AllTaken_NoMoreIsSent /* RSI-013 */");
	works(reply(b[7], RSI_OK), "Slots_OneAnswered");
	ok(next_request(b[8], 64) > 0, "Slots_OneAnswered_TheNextIsSent /* RSI-013 RSI-014 */");
	for (int i = 0; i < CALLERS; i++) {
		pthread_join(c[i].thread, NULL);
		timed_out += c[i].error == ETIMEDOUT;
	}
	ok(timed_out == CALLERS - 1, "Unanswered_Etimedout /* LCS-319 LCS-321 */");
	fails(read(fd, b[9], 64), EAGAIN, "NoSlotInTime_NothingIsSent /* RSI-014 LCS-320 */");
	ok(state(fd) == POLLOUT, "TimedOut_SourceStaysActive /* LCS-321 */");
	pthread_create(&late.thread, NULL, open_root, &late);
	pthread_join(late.thread, NULL);
	ok(late.error == ETIMEDOUT, "TimedOut_SlotsAreKept /* RSI-015 */");
	for (int i = 0; i < 9; i++)
		if (i != 7 && reply(b[i], RSI_OK))
			ok(0, "late answer %d: errno %d", i, errno);
	late.error = 0;
	pthread_create(&late.thread, NULL, open_root, &late);
	ok(next_request(b[0], 64) > 0 && !reply(b[0], RSI_OK),
	   "LateAnswers_FreeTheSlots /* RSI-015 RSI-016 */");
	pthread_join(late.thread, NULL);
	ok(!late.error, "LateAnswers_ServingGoesOn /* RSI-016 */");
}

static void torn_down(void)
{
	uint8_t b[64] = { 0 };

	fails(write(fd, b, sizeof(b)), EINVAL, "Garbage_Einval /* RSI-008 */");
	ok(state(fd) == (POLLHUP | POLLERR), "Down_Poll_HupAndErr /* RSI-011 */");
	fails(read(fd, b, sizeof(b)), EIO, "Down_Read_Eio /* RSI-005 */");
	fails(write(fd, b, sizeof(b)), EIO, "Down_Write_Eio");
	close(fd);
}

struct claim {
	const char *name;
	uint8_t root, scope;
};

/* Registers @n hives on a connection of its own; the connection, or -1. */
static int claim(const struct claim *c, int n, uint64_t max_sequence)
{
	struct reg_src_hive_entry e[4] = { 0 };
	struct reg_src_register_args a = { .hive_count = n,
					   .max_sequence = max_sequence,
					   .hives_ptr = (uintptr_t)e };
	int conn = open("/dev/pkm_registry", O_RDWR | O_NONBLOCK | O_CLOEXEC), err;

	for (int i = 0; i < n; i++) {
		e[i].name_len = strlen(c[i].name);
		e[i].name_ptr = (uintptr_t)c[i].name;
		e[i].root_guid[0] = c[i].root;
		e[i].scope_guid[0] = c[i].scope;
		e[i].flags = c[i].scope ? RSI_HIVE_PRIVATE : 0;
	}
	if (!ioctl(conn, REG_SRC_REGISTER, &a))
		return conn;
	err = errno;
	close(conn);
	errno = err;
	return -1;
}

static void registration(void)
{
	const struct claim two[] = { { "One", 1, 0 }, { "Two", 2, 0 }, { "Three", 3, 0 } };
	const struct claim same[] = { { "Again", 1, 0 }, { "aGAIN", 2, 0 } };
	const struct claim other_root[] = { { "One", 9, 0 }, { "Two", 2, 0 } };
	const struct claim swapped[] = { { "Two", 2, 0 }, { "oNE", 1, 0 } };
	const struct claim private_hive[] = { { "Machine", 5, 7 } };
	int conn = claim(two, 2, 0);

	works(conn, "TwoHives_OneSource /* LCS-025 RSI-028 */");
	fails(claim(same, 2, 0), EINVAL, "SameNameTwice_Einval /* RSI-024 */");
	fails(claim(two, 1, 0), EEXIST, "ActiveSlot_Eexist /* RSI-026 */");
	close(conn);
	fails(open_key(-1, "Two", KEY_READ, 0), EIO, "Closed_ItsHivesAreDown /* RSI-029 LCS-317 */");
	fails(claim(two, 1, 0), EEXIST, "DownSlot_PartOfItsSet_Eexist /* RSI-033 */");
	fails(claim(two, 3, 0), EEXIST, "DownSlot_MoreThanItsSet_Eexist /* RSI-033 */");
	fails(claim(other_root, 2, 0), ESTALE, "DownSlot_OtherRoot_Estale /* RSI-032 */");
	conn = claim(swapped, 2, 0);
	works(conn, "DownSlot_SameSetInAnyOrder_Resumes /* RSI-031 */");
	close(conn);
	works(claim(private_hive, 1, 0), "PrivateHive_OfAGlobalName_Coexists /* RSI-026 */");
	works(open_key(-1, "Machine", KEY_READ, 0), "PrivateHive_IsNotSeenByOthers /* LCS-031 */");
	fails(claim(private_hive, 1, 0), EEXIST, "PrivateHive_SameScope_Eexist /* RSI-026 */");
}

/* Slots are for ever: this comes last. */
static void many_sources(void)
{
	uint64_t sequence = 0;
	int key = create_key(-1, "Machine\\Sequence", KEY_ALL_ACCESS, 0, NULL), taken = 0;
	unsigned int len = 8;
	char name[16], data[8];

	works(claim((struct claim[]){ { "Higher", 1, 0 } }, 1, 5000000), "Register_HigherSequence");
	set_value(key, "v", REG_SZ, "x", 1, 0);
	query_value(key, "v", data, &len, NULL, &sequence);
	ok(sequence > 5000000, "Sequence_StartsAboveEverySource /* LCS-113 RSI-027 */");
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "Many%d", i);
		taken += claim((struct claim[]){ { name, 1, 0 } }, 1, 0) >= 0;
	}
	/* Machine, Played, One and Two, the private one, Higher are among the 32, Down or not. */
	ok(taken == 32 - 5 && errno == ENOSPC, "Sources_AsManyAsAllowed_DownOnesCount /* RSI-025 RSI-030 */");
	close(key);
}

static int comes_to(int key, const char *name, uint32_t value)
{
	/* The parameter applies soon after the write; then the next write is refused or allowed accordingly. */
	return set_value(key, name, REG_DWORD, &value, 4, 0);
}

int main(void)
{
	int key;

	registry = open("/dev/registry", O_RDWR | O_CLOEXEC);
	works(source_start(&machine, "Machine"), "Source_Starts");
	close(create_key(-1, "Machine\\System", KEY_ALL_ACCESS, 0, NULL));
	key = create_key(-1, "Machine\\System\\Registry", KEY_ALL_ACCESS, 0, NULL);
	works(comes_to(key, "RequestTimeoutMs", 1000), "Timeout_OneSecond");
	works(comes_to(key, "MaxConcurrentRSIRequests", SLOTS), "Slots_Eight");
	/* In force once a third parameter that can be seen is. */
	comes_to(key, "MaxPathComponentLength", 64);
	for (int i = 0; i < 5000; i++) {
		char name[70];

		memset(name, 'x', 65);
		name[65] = 0;
		if (set_value(key, name, REG_SZ, "", 0, 0) && errno == ENAMETOOLONG)
			break;
		usleep(1000);
	}
	fd = claim((struct claim[]){ { "Played", 1, 0 } }, 1, 0);
	works(fd, "Played_Registers");
	one_at_a_time();
	slots();
	torn_down();
	registration();
	many_sources();
	return plan();
}
