/* SPDX-License-Identifier: MIT */
/* What the KMES guest tests share: begin, attach, map, walk the ring, emit. */
#ifndef GUEST_KMES_H
#define GUEST_KMES_H

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/pkm/kmes.h>

#include "tap.h"

struct consumer {
	int fd;
	__u64 capacity;
	__u8 *map;
	volatile struct kmes_producer_page *page;
	volatile __u8 *need_wake;
	const __u8 *data;
	__u64 pos;
};

static int kmes_dev;

static __u64 addr(const void *p)
{
	return (__u64)(unsigned long)p;
}

__attribute__((unused)) static int attach(unsigned int cpu, void *capacity)
{
	struct kmes_attach_args a = { .cpu_id = cpu, .capacity = addr(capacity) };

	return ioctl(kmes_dev, KMES_IOC_ATTACH, &a);
}

/* Attach to @cpu and stand at the newest position. */
__attribute__((unused)) static int consume(struct consumer *c, unsigned int cpu)
{
	c->fd = attach(cpu, &c->capacity);
	if (c->fd < 0)
		return -1;
	c->map = mmap(NULL, KMES_MAP_SIZE(c->capacity), PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);
	if (c->map == MAP_FAILED)
		return -1;
	c->page = (void *)c->map;
	c->need_wake = c->map + KMES_CONSUMER_OFFSET;
	c->data = c->map + KMES_DATA_OFFSET;
	c->pos = c->page->write_pos;
	return 0;
}

/* Record at the read position, or NULL. */
__attribute__((unused)) static const __u8 *next(struct consumer *c)
{
	const __u8 *e;
	__u32 size;

	if (c->pos < c->page->tail_pos)
		c->pos = c->page->tail_pos;
	if (c->pos == c->page->write_pos)
		return NULL;
	e = c->data + (c->pos & (c->capacity - 1));
	memcpy(&size, e, 4);
	c->pos += size;
	return e;
}

__attribute__((unused)) static __u64 get(const __u8 *e, int offset, int bytes)
{
	__u64 v = 0;

	memcpy(&v, e + offset, bytes);
	return v;
}

static int emit_raw(const void *type, __u16 type_len, const void *payload, __u32 payload_len)
{
	struct kmes_emit_args a = {
		.event_type = addr(type),
		.event_type_len = type_len,
		.payload = addr(payload),
		.payload_len = payload_len,
		.pad0 = 0xffff,
		.pad1 = ~0U,
		.pad2 = ~0U, /* ignored: KMES-045 */
	};

	return ioctl(kmes_dev, KMES_IOC_EMIT, &a);
}

__attribute__((unused)) static int emit(const char *type)
{
	return emit_raw(type, strlen(type), "\x01", 1);
}

__attribute__((unused)) static int pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

/* Opens the device and attaches to the rings of the first @cpus CPUs. False: there is nothing to test with. */
__attribute__((unused)) static int begin(struct consumer *rings, int cpus)
{
	int cpu;

	kmes_dev = open("/dev/kmes", O_RDWR | O_CLOEXEC);
	if (!works(kmes_dev, "Device_Opens"))
		return 0;
	for (cpu = 0; cpu < cpus; cpu++)
		if (!works(consume(&rings[cpu], cpu), "Ring_Attached /* KMES-079 */"))
			return 0;
	return 1;
}

#endif
