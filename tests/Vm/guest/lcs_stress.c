// SPDX-License-Identifier: MIT
/*
 * Opens, watches, changes and deletions of the same keys from several processors at once. Afterwards nothing is left
 * counted: a user can arm as many watches as ever.  ktest: -c 2 -p mode=enforce -t 240
 */
#include <sys/resource.h>

#include "lcs_client.h"

#define ROUNDS 1500

static struct source machine;
static int shared, strange;

static void expect(int result, int error)
{
	if (result < 0 && errno != error)
		__atomic_fetch_add(&strange, 1, __ATOMIC_RELAXED);
}

static void *opener(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		int key = open_key(-1, "Machine\\Busy", KEY_ALL_ACCESS, 0);

		expect(key, ENOENT);
		if (i & 1)
			expect(arm(key, REG_NOTIFY_ALL, !!(i & 2)), ENOENT);
		close(key);
	}
	return NULL;
}

static void *writer(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++)
		expect(set_value(shared, "v", REG_SZ, "x", 1, 0), ENOENT);
	return NULL;
}

/* Turns one descriptor's watch over and over, and reads it. */
static void *turner(void *arg)
{
	int key = open_key(-1, "Machine", KEY_ALL_ACCESS, 0);
	uint8_t b[4096];

	(void)arg;
	fcntl(key, F_SETFL, O_NONBLOCK);
	for (int i = 0; i < ROUNDS; i++) {
		expect(arm(key, i % 3 ? REG_NOTIFY_ALL : 0, i & 1), 0);
		if (read(key, b, sizeof(b)) < 0 && errno != EAGAIN && errno != EINVAL)
			__atomic_fetch_add(&strange, 1, __ATOMIC_RELAXED);
	}
	close(key);
	return NULL;
}

/* Makes and deletes a key that others look for; it dies with its last descriptor. */
static void *maker(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS / 10; i++) {
		int key = create_key(-1, "Machine\\Come", KEY_ALL_ACCESS, 0, NULL);

		expect(arm(key, REG_NOTIFY_ALL, 1), ENOENT);
		expect(delete_key(key), ENOENT);
		close(key);
		machine.key_count = 2; /* the store of the test has few rows */
	}
	return NULL;
}

int main(void)
{
	static void *(*const bodies[])(void *) = { opener, writer, turner, maker, opener, turner };
	const struct rlimit files = { 4096, 4096 };
	int fds[REG_WATCHES_PER_USER], armed = 0;
	pthread_t threads[6];

	setrlimit(RLIMIT_NOFILE, &files);
	registry = open("/dev/registry", O_RDWR | O_CLOEXEC);
	works(source_start(&machine, "Machine"), "Source_Starts");
	shared = create_key(-1, "Machine\\Busy", KEY_ALL_ACCESS, 0, NULL);
	works(shared, "Key_IsCreated");
	for (int i = 0; i < 6; i++)
		pthread_create(&threads[i], NULL, bodies[i], NULL);
	for (int i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
	ok(!strange, "Stress_NoStrangeError");
	for (int i = 0; i < REG_WATCHES_PER_USER; i++) {
		fds[i] = open_key(-1, "Machine\\Busy", KEY_READ, 0);
		armed += !arm(fds[i], REG_NOTIFY_ALL, 0);
	}
	ok(armed == REG_WATCHES_PER_USER, "Stress_EveryWatchWasGivenBack");
	for (int i = 0; i < REG_WATCHES_PER_USER; i++)
		close(fds[i]);
	works(set_value(shared, "v", REG_SZ, "end", 3, 0), "Stress_ServingGoesOn");
	return plan();
}
