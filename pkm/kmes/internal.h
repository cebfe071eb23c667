/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to pkm/kmes: rings around the core algorithm, who is attached, how
 * fast a process may emit.
 */
#ifndef _PKM_KMES_INTERNAL_H
#define _PKM_KMES_INTERNAL_H

#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/wait.h>
#include <pkm/core/kmes.h>
#include <pkm/kmes.h>

/**
 * struct kmes_limits - tunables in force (KMES-128)
 * @max_event: bytes of a user event
 * @max_depth: nesting of a user payload
 * @rate: events per second and process
 * @capacity: bytes of each ring; during a swap the smaller of both, so that
 *	what fits it fits every ring
 *
 * Each is read once per call with READ_ONCE().
 */
struct kmes_limits {
	u32 max_event;
	u32 max_depth;
	u32 rate;
	u32 capacity;
};

extern struct kmes_limits kmes_limits;

/* pages.c */

/**
 * struct kmes_memory - pages of one ring
 * @meta: producer page
 * @data: data pages in ring order
 * @count: entries of @data
 * @map: @data mapped twice in a row, kernel side
 */
struct kmes_memory {
	struct page *meta;
	struct page **data;
	u32 count;
	void *map;
};

int kmes_memory_alloc(struct kmes_memory *m, u64 capacity, int node);
void kmes_memory_free(struct kmes_memory *m);

/* ring_fd.c */

/**
 * struct kmes_writer - whom the last event of a ring was stamped with
 * @stamp: its time and identity
 * @task: its task; NULL: @stamp holds for nobody else
 * @cred: the credential that it had
 * @epoch: of the side tables when they were looked at
 *
 * The tokens behind a credential in force and the process of a task do not
 * change, so the next event of the same task under the same credential has the
 * same identity, unless one of them was freed and its address used again: then
 * the epoch has moved.
 */
struct kmes_writer {
	struct kmes_stamp stamp;
	const struct task_struct *task;
	const struct cred *cred;
	long epoch;
};

/**
 * struct kmes_buffer - one CPU's ring and those attached to it
 * @ring: producer state; only its CPU writes, IRQs off
 * @writer: likewise
 * @listeners: who is attached, changed under @lock; producers read it under RCU
 * @wait: sleepers in WAIT and poll
 * @wake: carries wake-ups out of the emission path (HAZ-026)
 * @lock: attach and detach
 * @refs: held by the CPU's slot while it is the current ring, by every
 *	attachment and by running calls
 * @memory: the pages, freed with the last reference: mappings hold their
 *	descriptor, the descriptor its attachment (KMES-122)
 */
struct kmes_buffer {
	struct kmes_ring ring;
	struct kmes_writer writer;
	struct kmes_listeners listeners;
	struct wait_queue_head wait;
	struct irq_work wake;
	struct mutex lock;
	refcount_t refs;
	struct kmes_memory memory;
};

struct kmes_buffer *kmes_buffer_alloc(u16 index, u64 capacity, int node);
void kmes_buffer_put(struct kmes_buffer *b);
struct file *kmes_ring_file(struct kmes_buffer *b);

/* swap.c */

DECLARE_PER_CPU(struct kmes_buffer *, kmes_buffer);
extern struct kmes_buffer kmes_nowhere;

int kmes_slots_alloc(void);
void kmes_slots_free(void);
u32 kmes_cpu_count(void);
int kmes_slot_cpu(u32 index);
void kmes_slot_freed(u32 index);
struct kmes_buffer *kmes_buffer_get(u32 index);
int kmes_swap(u64 capacity);

/* config.c */

void kmes_config_changed(void);

/* emit.c */

u64 kmes_dropped_in_nmi(u32 index);
u32 kmes_emit_records(u8 *records, u32 count, size_t bytes);

/* rate.c */

int kmes_rate_take(u32 count);
void kmes_rate_return(u32 count);
void kmes_rate_exit(void);

/* ioc_emit.c */

int kmes_staging_alloc(void);
void kmes_staging_free(void);

long kmes_ioc_emit(const void __user *arg);
long kmes_ioc_emit_batch(const void __user *arg);

/* secfs.c */

int kmes_secfs_init(void);
void kmes_secfs_exit(void);

/* dev.c */

void kmes_stats_fill(u32 index, struct kmes_stats *s);
int kmes_dev_init(void);
void kmes_dev_exit(void);

#endif
