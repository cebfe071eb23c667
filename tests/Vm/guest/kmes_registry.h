/* SPDX-License-Identifier: MIT */
/* What the KMES guest tests that configure it share: a source for Machine, keys, values, events by type. */
#ifndef KMES_REGISTRY_H
#define KMES_REGISTRY_H

#include "lcs_source.h"
#include "kmes.h"
#include "tap.h"

static struct source machine;
static int registry;

__attribute__((unused)) static int create_key(const char *path)
{
	struct reg_create_key_args a = { -1, KEY_ALL_ACCESS, (uintptr_t)path, 0, 0, 0 };

	return ioctl(registry, REG_CREATE_KEY, &a);
}

__attribute__((unused)) static int set_bytes(int key, const char *name, uint32_t type, const void *data,
					     uint32_t len)
{
	struct reg_set_value_args a = { .name_len = strlen(name),
					.name_ptr = (uintptr_t)name,
					.type = type,
					.data_len = len,
					.data_ptr = (uintptr_t)data,
					.txn_fd = -1 };

	return ioctl(key, REG_IOC_SET_VALUE, &a);
}

__attribute__((unused)) static int set_dword(int key, const char *name, uint32_t v)
{
	return set_bytes(key, name, REG_DWORD, &v, sizeof(v));
}

__attribute__((unused)) static int set_qword(int key, const char *name, uint64_t v)
{
	return set_bytes(key, name, REG_QWORD, &v, sizeof(v));
}

__attribute__((unused)) static uint64_t generation(unsigned int cpu)
{
	struct kmes_stats s = { .size = sizeof(s), .cpu_id = cpu };

	return ioctl(kmes_dev, KMES_IOC_STATS, &s) ? 0 : s.generation;
}

__attribute__((unused)) static uint64_t capacity_of(unsigned int cpu)
{
	struct kmes_stats s = { .size = sizeof(s), .cpu_id = cpu };

	return ioctl(kmes_dev, KMES_IOC_STATS, &s) ? 0 : s.capacity;
}

/* Waits until all rings have this capacity. */
__attribute__((unused)) static int becomes(uint64_t capacity)
{
	struct kmes_stats s = { .size = sizeof(s) };
	int tries;

	for (tries = 0; tries < 20000; tries++) {
		for (s.cpu_id = 0; !ioctl(kmes_dev, KMES_IOC_STATS, &s) && s.capacity == capacity; s.cpu_id++)
			;
		if (capacity_of(s.cpu_id) == 0)
			return 1; /* beyond the last */
		usleep(1000);
	}
	return 0;
}

#define MAX_CPUS 8

/* Newest event of a type on any CPU, copied; waits for the @nth since @since. */
struct finder {
	struct consumer ring[MAX_CPUS];
	int cpus;
	__u8 event[4096];
	__u32 size;
};

__attribute__((unused)) static void finder_open(struct finder *f)
{
	for (f->cpus = 0; f->cpus < MAX_CPUS && !consume(&f->ring[f->cpus], f->cpus); f->cpus++)
		;
}

__attribute__((unused)) static void finder_close(struct finder *f)
{
	int i;

	for (i = 0; i < f->cpus; i++) {
		munmap(f->ring[i].map, KMES_MAP_SIZE(f->ring[i].capacity));
		close(f->ring[i].fd);
	}
	f->cpus = 0;
}

__attribute__((unused)) static int find_now(struct finder *f, const char *type)
{
	int i;

	for (i = 0; i < f->cpus; i++) {
		const __u8 *e;

		while ((e = next(&f->ring[i]))) {
			if (get(e, KMES_OFF_TYPE_LEN, 2) != strlen(type) ||
			    memcmp(e + 77, type, strlen(type)))
				continue;
			f->size = get(e, 0, 4);
			memcpy(f->event, e, f->size);
			return 1;
		}
	}
	return 0;
}

/* Next event of a type, waiting for it. */
__attribute__((unused)) static int find(struct finder *f, const char *type)
{
	int tries;

	for (tries = 0; tries < 10000; tries++) {
		if (find_now(f, type))
			return 1;
		usleep(1000);
	}
	return 0;
}

/* Does the payload found hold these bytes? */
__attribute__((unused)) static int holds(const struct finder *f, const void *bytes, __u32 len)
{
	return memmem(f->event + get(f->event, 4, 4), f->size - get(f->event, 4, 4), bytes, len) != NULL;
}

#endif
