// SPDX-License-Identifier: MIT
/*
 * One producer on every CPU: numbered, checksummed events until the file STOP exists.
 *
 *	eventflood STOP BURST PAUSE_MS
 *
 * Each emits BURST events, then pauses. Every fiftieth burst is one of large events, which laps the ring of a consumer
 * that is away. Prints for each producer how many events the kernel took.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/pkm/kmes.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SMALL       100
#define LARGE       40000
#define LARGE_BURST 150

static uint8_t *put(uint8_t *at, uint8_t tag, uint64_t value, int bytes)
{
	*at++ = tag;
	while (bytes--)
		*at++ = (uint8_t)(value >> (8 * bytes));
	return at;
}

static uint8_t *key(uint8_t *at, const char *name)
{
	size_t length = strlen(name);

	*at++ = (uint8_t)(0xa0 | length);
	memcpy(at, name, length);
	return at + length;
}

/* FNV-1a over producer, number and content: the verifier computes the same. */
static uint32_t sum(uint32_t producer, uint64_t number, const uint8_t *content, size_t length)
{
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; i < 4; i++)
		hash = (hash ^ (uint8_t)(producer >> (8 * i))) * 16777619u;
	for (i = 0; i < 8; i++)
		hash = (hash ^ (uint8_t)(number >> (8 * i))) * 16777619u;
	for (i = 0; i < length; i++)
		hash = (hash ^ content[i]) * 16777619u;
	return hash;
}

/* 1: taken; 0: over the rate, or too large. */
static int emit(int device, uint32_t producer, uint64_t number, size_t length)
{
	static uint8_t content[LARGE], payload[LARGE + 100];
	char type[32];
	uint8_t *at = payload;
	struct kmes_emit_args args = { 0 };
	size_t i;

	for (i = 0; i < length; i++)
		content[i] = (uint8_t)(number * 31 + i * 7 + producer);
	*at++ = 0x84;
	at = put(key(at, "p"), 0xce, producer, 4);
	at = put(key(at, "n"), 0xcf, number, 8);
	at = put(key(at, "sum"), 0xce, sum(producer, number, content, length), 4);
	at = put(key(at, "content"), 0xc5, length, 2);
	memcpy(at, content, length);
	at += length;
	args.event_type = (uint64_t)type;
	args.event_type_len = (uint16_t)snprintf(type, sizeof(type), "flood.%u", producer);
	args.payload = (uint64_t)payload;
	args.payload_len = (uint32_t)(at - payload);
	if (ioctl(device, KMES_IOC_EMIT, &args) == 0)
		return 1;
	if (errno != EAGAIN && errno != ENOSPC) {
		perror("emit");
		exit(1);
	}
	return 0;
}

static uint64_t produce(uint32_t producer, const char *stop, int burst, int pause_ms)
{
	struct timespec pause = { pause_ms / 1000, pause_ms % 1000 * 1000000L };
	int device = open("/dev/kmes", O_RDWR | O_CLOEXEC);
	uint64_t number = 0;
	int turn, i;

	for (turn = 1; access(stop, F_OK) != 0; turn++) {
		int large = turn % 50 == 0;

		for (i = 0; i < (large ? LARGE_BURST : burst); i++)
			number += (uint64_t)emit(device, producer, number + 1, large ? LARGE : SMALL);
		nanosleep(&pause, NULL);
	}
	return number;
}

int main(int argc, char **argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), cpu;
	int status, failed = 0;

	if (argc != 4)
		return 2;
	for (cpu = 0; cpu < cpus; cpu++) {
		if (fork() == 0) {
			cpu_set_t only;

			CPU_ZERO(&only);
			CPU_SET((size_t)cpu, &only);
			if (sched_setaffinity(0, sizeof(only), &only))
				return 1;
			printf("%ld %llu\n", cpu,
			       (unsigned long long)produce((uint32_t)cpu, argv[1], atoi(argv[2]),
							   atoi(argv[3])));
			return 0;
		}
	}
	while (wait(&status) > 0)
		failed |= status;
	return failed != 0;
}
