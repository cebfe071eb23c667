// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emission: stamp, write, publish, wake, with IRQs off from the choice of the
 * CPU to the end (KMES-033, HAZ-026). That makes the current CPU the ring's
 * only writer without a lock; only an NMI can come between, and it does not
 * write but count.
 */
#include <linux/cpu.h>
#include <linux/cred.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <pkm/core/kmes_put.h>
#include <pkm/kacs.h>
#include <pkm/table.h>

#include "internal.h"

/* Tunables; compiled-in defaults until configured (KMES-129). */
struct kmes_limits kmes_limits = {
	.max_event = KMES_EVENT_DEFAULT,
	.max_depth = KMES_DEPTH_DEFAULT,
	.rate = KMES_RATE_DEFAULT,
};

/* Ring of this CPU; NULL for one that came online after load (KMES-145). */
DEFINE_PER_CPU(struct kmes_buffer *, kmes_buffer);
static DEFINE_PER_CPU(unsigned long, nmi_drops);

/**
 * kmes_dropped_in_nmi() - emissions that came from an NMI
 * @index: logical CPU index, below kmes_cpu_count()
 *
 * Context: any.
 * Return: their number since load.
 */
u64 kmes_dropped_in_nmi(u32 index)
{
	return per_cpu(nmi_drops, kmes_slot_cpu(index));
}

/**
 * struct caller - whom the last event of this CPU was stamped with
 * @stamp: its time and identity
 * @task: its task; NULL: @stamp holds for nobody else
 * @cred: the credential that it had
 * @epoch: of the side tables when they were looked at
 *
 * The tokens behind a credential in force and the process of a task do not
 * change, so the next event of the same task under the same credential has the
 * same identity, unless one of them was freed and its address used again: then
 * the epoch has moved. Touched with IRQs off only.
 */
struct caller {
	struct kmes_stamp stamp;
	const struct task_struct *task;
	const struct cred *cred;
	long epoch;
};

static DEFINE_PER_CPU_ALIGNED(struct caller, caller);

/* Interrupts and kernel workers act for nobody: null GUIDs (KMES-018). */
static noinline void identify(struct caller *c)
{
	c->task = NULL;
	if (!in_task() || (current->flags & PF_KTHREAD)) {
		memset(c->stamp.guids, 0, sizeof(c->stamp.guids));
		return;
	}
	c->epoch = atomic_long_read(&pkm_table_epoch);
	if (kacs_caller_guids(c->stamp.guids)) {
		c->task = current;
		c->cred = current_cred();
	}
}

/* Time and identity at the moment of writing (KMES-012, KMES-019). */
static __always_inline const struct kmes_stamp *stamp_now(void)
{
	struct caller *c = this_cpu_ptr(&caller);

	c->stamp.timestamp = ktime_get_real_fast_ns();
	if (unlikely(c->task != current || c->cred != current_cred() || !in_task() ||
		     c->epoch != atomic_long_read(&pkm_table_epoch)))
		identify(c);
	return &c->stamp;
}

/* An NMI may have interrupted a write: count and be gone (HAZ-026). */
static noinline u32 drop_in_nmi(u32 count)
{
	this_cpu_add(nmi_drops, count);
	return 0;
}

/*
 * Write, publish once, wake once (KMES-041). What does not fit a kernel
 * emitter's ring is dropped there and counted (KMES-036); an event from user
 * space was measured before, so it only meets a ring that has shrunk since:
 * nothing more is written then, and no number taken (KMES-052).
 */
static __always_inline u32 write_events(u8 origin, const struct kmes_event *events, u32 count, bool user)
{
	const struct kmes_stamp *stamp;
	struct kmes_buffer *b;
	unsigned long flags;
	u32 i = count;

	if (unlikely(in_nmi()))
		return drop_in_nmi(count);
	local_irq_save(flags);
	b = this_cpu_read(kmes_buffer);
	if (likely(b)) {
		stamp = stamp_now();
		for (i = 0; i < count; i++) {
			if (user && unlikely(!ring_fits(&b->ring, &events[i])))
				break;
			ring_put(&b->ring, origin, stamp, &events[i]);
		}
		if (likely(b->ring.pending != b->ring.write_pos)) {
			ring_publish(&b->ring);
			if (ring_wake_due(&b->ring, &b->listeners))
				irq_work_queue(&b->wake);
		}
	}
	local_irq_restore(flags);
	return i;
}

/**
 * kmes_emit() - record one kernel event
 * @origin: origin class of the emitter
 * @type: type, not empty; trusted to be UTF-8 (KMES-032)
 * @type_len: bytes of @type
 * @payload: one MessagePack value, trusted; may be NULL with length 0
 * @payload_len: bytes of @payload
 *
 * Never sleeps, fails or blocks: the oldest events make room (KMES-037). An
 * event larger than half a ring is dropped and counted (KMES-036).
 *
 * Context: any; from NMI it is only counted.
 */
void kmes_emit(u8 origin, const char *type, u16 type_len, const void *payload, u32 payload_len)
{
	const struct kmes_event event = {
		.type = type,
		.payload = payload,
		.payload_len = payload_len,
		.type_len = type_len,
	};

	write_events(origin, &event, 1, false);
}

/**
 * kmes_emit_batch() - record several kernel events at one moment
 * @origin: origin class of all of them
 * @events: the events, in order
 * @count: how many
 *
 * All share one timestamp and identity and become visible together
 * (KMES-039, KMES-042); one that is too large is dropped, the rest go on
 * (KMES-040).
 *
 * Context: any; from NMI they are only counted.
 */
void kmes_emit_batch(u8 origin, const struct kmes_event *events, u32 count)
{
	write_events(origin, events, count, false);
}

/**
 * kmes_emit_user() - record events that came through the device, checked
 * @events: kernel copies
 * @count: how many
 *
 * Context: process.
 * Return: how many are done with, from the first on; fewer when the capacity
 * has changed meanwhile and one is too large for it now. On a CPU without a
 * ring all are, silently (KMES-145).
 */
u32 kmes_emit_user(const struct kmes_event *events, u32 count)
{
	return write_events(KMES_ORIGIN_USER, events, count, true); /* KMES-014 */
}

/**
 * kmes_init() - rings for every online CPU, then the device
 *
 * First of all parts: the others emit from their own start on (KMES-086).
 *
 * Context: module init.
 * Return: 0, -ENOMEM, or what registering the device says.
 */
int kmes_init(void)
{
	int err;

	cpus_read_lock();
	err = kmes_slots_alloc();
	cpus_read_unlock();
	if (!err)
		err = kmes_secfs_init();
	if (err)
		goto free_slots;
	err = kmes_dev_init();
	if (err)
		goto exit_secfs;
	return 0;

exit_secfs:
	kmes_secfs_exit();
free_slots:
	kmes_slots_free();
	return err;
}

/**
 * kmes_exit() - undo kmes_init()
 *
 * Context: module exit; no descriptor is open, nobody emits any more.
 */
void kmes_exit(void)
{
	kmes_dev_exit();
	kmes_secfs_exit();
	kmes_rate_exit();
	rcu_barrier(); /* attachments that left a moment ago */
	kmes_slots_free();
}
