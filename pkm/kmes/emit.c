// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emission: stamp, write, publish, wake, with IRQs off from the choice of the
 * CPU to the end (KMES-033, HAZ-026). That makes the current CPU the ring's
 * only writer without a lock; only an NMI can come between, and it does not
 * write but count.
 */
#include <linux/cpu.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/topology.h>
#include <pkm/kacs.h>

#include "internal.h"

/* Tunables; compiled-in defaults until configured (KMES-129). */
struct kmes_limits kmes_limits = {
	.max_event = KMES_EVENT_DEFAULT,
	.max_depth = KMES_DEPTH_DEFAULT,
	.rate = KMES_RATE_DEFAULT,
};

/* Ring of this CPU; NULL for one that came online after load (KMES-145). */
static DEFINE_PER_CPU(struct kmes_buffer *, kmes_buffer);
static DEFINE_PER_CPU(unsigned long, kmes_nmi_drops);

/* The same rings by logical index, and the CPU each belongs to; constant after load. */
static struct kmes_slot {
	struct kmes_buffer *buffer;
	int cpu;
} * kmes_slots;
static u32 kmes_slot_count;

/**
 * kmes_cpu_count() - rings, one per CPU that was online at load (KMES-075)
 *
 * Context: any.
 * Return: their number.
 */
u32 kmes_cpu_count(void)
{
	return kmes_slot_count;
}

/**
 * kmes_buffer_get() - ring of a logical CPU
 * @index: logical CPU index
 *
 * Context: any, while the module is in use.
 * Return: the ring, without a reference, or NULL beyond the last.
 */
struct kmes_buffer *kmes_buffer_get(u32 index)
{
	return index < kmes_slot_count ? kmes_slots[index].buffer : NULL;
}

/**
 * kmes_capacity() - bytes of each ring
 *
 * Context: any.
 * Return: the capacity.
 */
u64 kmes_capacity(void)
{
	return kmes_slots[0].buffer->ring.capacity;
}

/**
 * kmes_dropped_in_nmi() - emissions that came from an NMI
 * @index: logical CPU index, below kmes_cpu_count()
 *
 * Context: any.
 * Return: their number since load.
 */
u64 kmes_dropped_in_nmi(u32 index)
{
	return per_cpu(kmes_nmi_drops, kmes_slots[index].cpu);
}

/*
 * Time and identity, at the moment of writing (KMES-019). Interrupts and
 * kernel workers act for nobody: null GUIDs (KMES-018).
 */
static void stamp_now(struct kmes_stamp *s)
{
	s->timestamp = ktime_get_real_fast_ns();
	if (unlikely(!in_task() || (current->flags & PF_KTHREAD))) {
		memset(s->effective, 0, sizeof(s->effective));
		memset(s->primary, 0, sizeof(s->primary));
		memset(s->process, 0, sizeof(s->process));
		return;
	}
	kacs_effective_token_guid(s->effective);
	kacs_primary_token_guid(s->primary);
	kacs_process_guid(s->process);
}

/* Write, publish once, wake once (KMES-041). Returns how many were written. */
static u32 write_events(u8 origin, const struct kmes_event *events, u32 count)
{
	struct kmes_buffer *b;
	struct kmes_stamp stamp;
	unsigned long flags;
	u32 done = 0;
	u32 i;

	if (unlikely(in_nmi())) {
		this_cpu_add(kmes_nmi_drops, count);
		return 0;
	}
	local_irq_save(flags);
	b = this_cpu_read(kmes_buffer);
	if (likely(b)) {
		stamp_now(&stamp);
		for (i = 0; i < count; i++)
			done += kmes_ring_put(&b->ring, origin, &stamp, &events[i]);
		if (likely(done)) {
			kmes_ring_publish(&b->ring);
			kmes_buffer_notify(b);
		}
	}
	local_irq_restore(flags);
	return done;
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

	write_events(origin, &event, 1);
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
	write_events(origin, events, count);
}

/**
 * kmes_emit_user() - record events that came through the device, checked
 * @events: kernel copies
 * @count: how many
 *
 * Context: process.
 * Return: how many were written; fewer only on a CPU without a ring.
 */
u32 kmes_emit_user(const struct kmes_event *events, u32 count)
{
	return write_events(KMES_ORIGIN_USER, events, count); /* KMES-014 */
}

static void free_slots(void)
{
	u32 i;

	for (i = 0; i < kmes_slot_count; i++)
		per_cpu(kmes_buffer, kmes_slots[i].cpu) = NULL;
	synchronize_rcu(); /* emitters run with IRQs off */
	for (i = 0; i < kmes_slot_count; i++)
		kmes_buffer_put(kmes_slots[i].buffer);
	kfree(kmes_slots);
	kmes_slots = NULL;
	kmes_slot_count = 0;
}

static int alloc_slots(void)
{
	struct kmes_buffer *b;
	int cpu;

	kmes_slots = kcalloc(num_online_cpus(), sizeof(*kmes_slots), GFP_KERNEL);
	if (!kmes_slots)
		return -ENOMEM;
	for_each_online_cpu(cpu) {
		b = kmes_buffer_alloc(kmes_slot_count, KMES_CAPACITY_DEFAULT, cpu_to_node(cpu));
		if (!b)
			return -ENOMEM;
		kmes_slots[kmes_slot_count].buffer = b;
		kmes_slots[kmes_slot_count].cpu = cpu;
		kmes_slot_count++;
		per_cpu(kmes_buffer, cpu) = b;
	}
	return 0;
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
	err = alloc_slots();
	cpus_read_unlock();
	if (!err)
		err = kmes_dev_init();
	if (err)
		free_slots();
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
	kmes_rate_exit();
	rcu_barrier(); /* attachments that left a moment ago */
	free_slots();
}
