// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rings by logical CPU index, and the change of their capacity.
 *
 * A swap replaces the ring of every CPU, one after the other, each on its own
 * CPU with IRQs off, so that nothing is written there meanwhile; the other
 * CPUs go on (KMES-123). All new rings are allocated before the first CPU is
 * touched: what fails leaves everything as it was (KMES-142). What a swap does
 * inside a CPU is core/kmes/carry.c.
 *
 * Old rings live as long as somebody maps them (KMES-122). A CPU has at most
 * two generations (HAZ-027): while an older one is still mapped the next swap
 * waits, and is tried again when that one goes.
 */
#include <linux/cpu.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/topology.h>

#include "internal.h"

/**
 * struct slot - one CPU that was online at load
 * @buffer: its ring, a reference; changed under @swap_lock, read under RCU
 * @next: ring of a swap in progress, under @swap_lock
 * @cpu: the CPU, constant
 * @live: generations that exist
 */
struct slot {
	struct kmes_buffer __rcu *buffer;
	struct kmes_buffer *next;
	int cpu;
	atomic_t live;
};

static struct slot *slots; /* constant after load */
static u32 slot_count;
static bool swap_waits; /* for an old generation to go */
static DEFINE_MUTEX(swap_lock);

/**
 * kmes_cpu_count() - rings, one per CPU that was online at load (KMES-075)
 *
 * Context: any.
 * Return: their number.
 */
u32 kmes_cpu_count(void)
{
	return slot_count;
}

/**
 * kmes_buffer_get() - the ring of a logical CPU now
 * @index: logical CPU index
 *
 * Context: any.
 * Return: the ring with a reference that the caller puts, or NULL beyond the last.
 */
struct kmes_buffer *kmes_buffer_get(u32 index)
{
	struct kmes_buffer *b;

	if (index >= slot_count)
		return NULL;
	index = array_index_nospec(index, slot_count);
	rcu_read_lock();
	/* The slot's own reference goes a grace period after the pointer: it cannot be the last one yet. */
	b = rcu_dereference(slots[index].buffer);
	refcount_inc(&b->refs);
	rcu_read_unlock();
	return b;
}

/**
 * kmes_slot_cpu() - the CPU of a logical index
 * @index: below kmes_cpu_count()
 *
 * Context: any.
 * Return: its number in the kernel.
 */
int kmes_slot_cpu(u32 index)
{
	return slots[array_index_nospec(index, slot_count)].cpu;
}

/**
 * kmes_slot_freed() - a ring of this CPU is gone
 * @index: logical CPU index
 *
 * Context: process, from the last put of a ring.
 */
void kmes_slot_freed(u32 index)
{
	atomic_dec(&slots[index].live);
	/* Pairs with the barrier in kmes_swap(): either it sees the lower count or we see that it waits. */
	smp_mb__after_atomic();
	if (READ_ONCE(swap_waits))
		kmes_config_changed();
}

static struct kmes_buffer *make_buffer(u32 index, u64 capacity)
{
	struct kmes_buffer *b = kmes_buffer_alloc(index, capacity, cpu_to_node(slots[index].cpu));

	if (b)
		atomic_inc(&slots[index].live);
	return b;
}

/* On the CPU itself with IRQs off, or while it is offline: nothing else writes (KMES-116). */
static void swap_here(void *arg)
{
	struct slot *slot = arg;
	struct kmes_buffer *old = rcu_dereference_protected(slot->buffer, true);
	struct kmes_buffer *new = slot->next;

	kmes_ring_carry(&new->ring, &old->ring);
	rcu_assign_pointer(slot->buffer, new);
	per_cpu(kmes_buffer, slot->cpu) = new;
	kmes_ring_retire(&old->ring, &old->listeners);
	/* WAIT and poll also look at "retired": wake whether asked to or not. */
	irq_work_queue(&old->wake);
	slot->next = old;
}

/* Drops what slots still hold beside their ring: rings never used, or rings replaced. */
static void put_next(void)
{
	u32 i;

	for (i = 0; i < slot_count; i++) {
		if (slots[i].next)
			kmes_buffer_put(slots[i].next);
		slots[i].next = NULL;
	}
}

static int make_next(u64 capacity)
{
	u32 i;

	for (i = 0; i < slot_count; i++) {
		slots[i].next = make_buffer(i, capacity);
		if (!slots[i].next) {
			put_next();
			return -ENOMEM;
		}
	}
	return 0;
}

static bool generation_free(void)
{
	u32 i;

	for (i = 0; i < slot_count; i++)
		if (atomic_read(&slots[i].live) > 1)
			return false;
	return true;
}

static void swap_all(u64 capacity)
{
	u32 i;

	WRITE_ONCE(kmes_limits.capacity, min(capacity, kmes_limits.capacity));
	cpus_read_lock();
	for (i = 0; i < slot_count; i++)
		if (smp_call_function_single(slots[i].cpu, swap_here, &slots[i], true))
			swap_here(&slots[i]); /* offline, and stays so under this lock (KMES-146) */
	cpus_read_unlock();
	WRITE_ONCE(kmes_limits.capacity, capacity);
	synchronize_rcu(); /* kmes_buffer_get() */
	put_next();
}

/**
 * kmes_swap() - give every CPU a ring of another capacity (KMES-114)
 * @capacity: bytes, valid
 *
 * Context: process, may sleep.
 * Return: 0, also when the capacity is that already; -ENOMEM, nothing changed;
 * -EBUSY, an older generation is still mapped: kmes_config_changed() follows
 * when it is gone.
 */
int kmes_swap(u64 capacity)
{
	int err = 0;

	mutex_lock(&swap_lock);
	WRITE_ONCE(swap_waits, capacity != kmes_limits.capacity);
	smp_mb(); /* pairs with kmes_slot_freed() */
	if (capacity != kmes_limits.capacity) {
		err = generation_free() ? make_next(capacity) : -EBUSY;
		if (!err)
			swap_all(capacity);
		if (err != -EBUSY)
			WRITE_ONCE(swap_waits, false);
	}
	mutex_unlock(&swap_lock);
	return err;
}

/**
 * kmes_slots_free() - free all rings
 *
 * Context: module exit or failed init; nobody emits or holds a descriptor.
 */
void kmes_slots_free(void)
{
	u32 i;

	for (i = 0; i < slot_count; i++)
		per_cpu(kmes_buffer, slots[i].cpu) = &kmes_nowhere;
	synchronize_rcu(); /* emitters run with IRQs off */
	for (i = 0; i < slot_count; i++)
		kmes_buffer_put(rcu_dereference_protected(slots[i].buffer, true));
	kfree(slots);
	slots = NULL;
	slot_count = 0;
}

/**
 * kmes_slots_alloc() - a ring for every online CPU (KMES-086)
 *
 * Context: module init, cpus_read_lock() held. After a failure
 * kmes_slots_free() frees what there is.
 * Return: 0 or -ENOMEM.
 */
int kmes_slots_alloc(void)
{
	struct kmes_buffer *b;
	int cpu;

	/* Not by an initialiser: per-CPU data of a module is not relocated. */
	for_each_possible_cpu(cpu)
		per_cpu(kmes_buffer, cpu) = &kmes_nowhere;
	kmes_limits.capacity = KMES_CAPACITY_DEFAULT;
	slots = kcalloc(num_online_cpus(), sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return -ENOMEM;
	for_each_online_cpu(cpu) {
		slots[slot_count].cpu = cpu;
		b = make_buffer(slot_count, KMES_CAPACITY_DEFAULT);
		if (!b)
			return -ENOMEM;
		rcu_assign_pointer(slots[slot_count].buffer, b);
		slot_count++;
		per_cpu(kmes_buffer, cpu) = b;
	}
	return 0;
}
