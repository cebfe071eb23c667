// SPDX-License-Identifier: MIT
/* Very many children, values and tombstones: the kernel's work grows with them, not with their square.  ktest: -i */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "lcs_source.h"
#include "tap.h"

#define FEW  4000
#define MANY (8 * FEW)

static struct source source;
static int key;
static uint32_t count;

/* GUIDs that sort otherwise than the names. */
static void put_guid(uint8_t *to, uint32_t i)
{
	uint64_t mixed = (i + 1) * 0x9e3779b97f4a7c15ULL;

	memcpy(to, &mixed, 8);
	memcpy(to + 8, &i, 4);
	memset(to + 12, 1, 4);
}

static uint8_t *add(uint8_t *at, const void *p, uint32_t n)
{
	memcpy(at, p, n);
	return at + n;
}

static uint8_t *add32(uint8_t *at, uint32_t v)
{
	return add(at, &v, 4);
}

/* Answers the held question with @n children. */
static int answer_many(uint32_t n)
{
	uint8_t *frame = malloc(64 + n * 256UL), *at = frame, guid[16];
	uint16_t op = RSI_ENUM_CHILDREN | RSI_RESPONSE_BIT;
	uint64_t sequence = 5, now = 0;
	char name[16];
	int ok;

	at = add32(at, 0);
	at = add(at, source.held + 4, 8);
	at = add(at, &op, 2);
	at = add32(at, RSI_OK);
	at = add32(at, n);
	for (uint32_t i = 0; i < n; i++) {
		int len = snprintf(name, sizeof(name), "key%07u", i);

		put_guid(guid, i);
		at = add(add32(at, len), name, len);
		at = add(add32(add32(at, 1), 4), "base", 4);
		*at++ = 0;
		at = add(add(at, guid, 16), &sequence, 8);
	}
	at = add32(at, n);
	for (uint32_t i = 0; i < n; i++) {
		put_guid(guid, n - 1 - i);
		at = add(add32(add(at, guid, 16), sizeof(root_sd)), root_sd, sizeof(root_sd));
		*at++ = 0;
		*at++ = 0;
		at = add(at, &now, 8);
	}
	add32(frame, at - frame);
	ok = write(source.fd, frame, at - frame) == at - frame;
	free(frame);
	return ok;
}

/* Answers the held question with @n values and as many tombstones that each cover all of them. */
static int answer_values(uint32_t n)
{
	uint8_t *frame = malloc(64 + n * 64UL), *at = frame;
	uint16_t op = RSI_QUERY_VALUES | RSI_RESPONSE_BIT;
	uint64_t sequence = 5;
	char name[16];
	int ok;

	at = add32(at, 0);
	at = add(at, source.held + 4, 8);
	at = add(at, &op, 2);
	at = add32(at, RSI_OK);
	at = add32(at, n);
	for (uint32_t i = 0; i < n; i++) {
		int len = snprintf(name, sizeof(name), "v%07u", i);

		at = add(add32(at, len), name, len);
		at = add(add32(at, 4), "base", 4);
		at = add(add32(add32(at, REG_SZ), 0), &sequence, 8);
	}
	at = add32(at, n);
	/* One of them is the newest; ties among the others do not matter. */
	for (uint32_t i = 0; i < n; i++) {
		sequence = i + 1 < n ? 6 : 7;
		at = add(add(add32(at, 4), "base", 4), &sequence, 8);
	}
	add32(frame, at - frame);
	ok = write(source.fd, frame, at - frame) == at - frame;
	free(frame);
	return ok;
}

static uint64_t cpu_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* What the call cost the kernel in the caller's context. */
static void *list(void *arg)
{
	struct reg_list_subkeys_args args = { .txn_fd = -1 };
	uint64_t before = cpu_time();
	int err = ioctl(key, REG_IOC_LIST_SUBKEYS, &args);

	*(uint64_t *)arg = cpu_time() - before;
	count = err && errno != ERANGE ? 0 : args.count;
	return NULL;
}

static void *list_values(void *arg)
{
	struct reg_query_values_batch_args args = { .txn_fd = -1 };
	uint64_t before = cpu_time();
	int err = ioctl(key, REG_IOC_QUERY_VALUES_BATCH, &args);

	*(uint64_t *)arg = cpu_time() - before;
	count = err ? 0 : args.count + 1;
	return NULL;
}

static uint64_t cost_of(uint32_t n, void *(*ask)(void *), int (*answer_with)(uint32_t), uint32_t want)
{
	uint64_t cost = 0;
	pthread_t thread;

	source.held_len = 0;
	pthread_create(&thread, NULL, ask, &cost);
	wait_for(&source.held_len);
	if (!answer_with(n))
		return 0;
	pthread_join(thread, NULL);
	return count == want ? cost : 0;
}

int main(void)
{
	struct reg_open_key_args args = { .parent_fd = -1,
					  .path_ptr = (uintptr_t) "Machine",
					  .desired_access = KEY_ENUMERATE_SUB_KEYS | KEY_QUERY_VALUE };
	int dev = open("/dev/registry", O_RDWR | O_CLOEXEC);
	uint64_t few, many;

	if (source_start(&source, "Machine"))
		return 1;
	key = ioctl(dev, REG_OPEN_KEY, &args);
	works(key, "Open_Root_Works");
	source.hold = RSI_ENUM_CHILDREN;
	few = cost_of(FEW, list, answer_many, FEW);
	many = cost_of(MANY, list, answer_many, MANY);
	ok(few && many, "ListSubkeys_Thousands_ListsAll");
	printf("# %d children: %lu us, %d: %lu us\n", FEW, few / 1000, MANY, many / 1000);
	/* Eight times the children are ten times the work, or sixty-four. */
	ok(few && many < 16 * few, "ListSubkeys_ManyChildren_NotQuadratic");
	source.hold = RSI_QUERY_VALUES;
	few = cost_of(FEW, list_values, answer_values, 1);
	many = cost_of(MANY, list_values, answer_values, 1);
	ok(few && many, "Batch_EverythingCovered_IsEmpty");
	printf("# %d values and tombstones: %lu us, %d: %lu us\n", FEW, few / 1000, MANY, many / 1000);
	ok(few && many < 16 * few, "Batch_ManyValuesAndTombstones_NotQuadratic");
	return plan();
}
