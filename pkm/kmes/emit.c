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

#include "clock.h"
#include "internal.h"

/* Tunables; compiled-in defaults until configured (KMES-129). */
struct kmes_limits kmes_limits = {
	.max_event = KMES_EVENT_DEFAULT,
	.max_depth = KMES_DEPTH_DEFAULT,
	.rate = KMES_RATE_DEFAULT,
	.capacity = KMES_CAPACITY_DEFAULT,
};

/* Copied with IRQs off at a time, unless one event is larger: some ten microseconds. */
#define SECTION_BYTES (256 * 1024)

/* Ring of this CPU; for one that came online after load a ring of nobody (KMES-145). */
struct kmes_buffer kmes_nowhere;
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

/* Kernel workers act for nobody: null GUIDs (KMES-018). */
static noinline void identify(struct kmes_writer *w)
{
	w->task = NULL;
	if (current->flags & PF_KTHREAD) {
		memset(w->stamp.guids, 0, sizeof(w->stamp.guids));
		return;
	}
	w->epoch = atomic_long_read(&pkm_table_epoch);
	if (kacs_caller_guids(w->stamp.guids)) {
		w->task = current;
		w->cred = current_cred();
	}
}

/* The calling task is the one that the last event was stamped with (KMES-019). */
static __always_inline bool is_known(const struct kmes_writer *w)
{
	return w->task == current && w->cred == current_cred() &&
	       w->epoch == atomic_long_read(&pkm_table_epoch);
}

/* Time and identity of a task at the moment of writing (KMES-012, KMES-019). */
static __always_inline const struct kmes_stamp *stamp_now(struct kmes_writer *w)
{
	w->stamp.timestamp = kmes_now();
	if (unlikely(!is_known(w)))
		identify(w);
	return &w->stamp;
}

/* Publish once, wake once (KMES-041). */
static __always_inline void show(struct kmes_buffer *b)
{
	ring_publish(&b->ring);
	if (ring_wake_due(&b->ring, &b->listeners))
		irq_work_queue(&b->wake);
}

static noinline void wake_and_restore(struct kmes_buffer *b, unsigned long flags)
{
	irq_work_queue(&b->wake);
	local_irq_restore(flags);
}

/* Out of line, so that the usual way keeps everything in registers that need no saving. */
static noinline void finish_slowly(struct kmes_buffer *b, u8 *to, unsigned long flags)
{
	ring_end(&b->ring, to, ktime_get_real_fast_ns());
	if (ring_wake_due(&b->ring, &b->listeners))
		irq_work_queue(&b->wake);
	local_irq_restore(flags);
}

/* With IRQs off; what is too large is dropped, the rest goes on (KMES-040). */
static void write_batch(struct kmes_buffer *b, u8 origin, const struct kmes_event *events, u32 count)
{
	const struct kmes_stamp *stamp;
	struct kmes_stamp nobody;
	bool written = false;
	u32 i;

	if (in_task()) {
		stamp = stamp_now(&b->writer);
	} else {
		nobody = (struct kmes_stamp){ .timestamp = kmes_now() }; /* KMES-018 */
		stamp = &nobody;
	}
	for (i = 0; i < count; i++)
		written |= ring_put(&b->ring, origin, stamp, &events[i]);
	if (written)
		show(b);
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
 * Context: any; from NMI they are only counted: it may have interrupted a
 * write (HAZ-026).
 */
void kmes_emit_batch(u8 origin, const struct kmes_event *events, u32 count)
{
	struct kmes_buffer *b;
	unsigned long flags;

	if (unlikely(in_nmi())) {
		this_cpu_add(nmi_drops, count);
		return;
	}
	local_irq_save(flags);
	b = this_cpu_read(kmes_buffer);
	if (likely(b != &kmes_nowhere))
		write_batch(b, origin, events, count);
	local_irq_restore(flags);
}

/**
 * kmes_emit_event() - record one kernel event
 * @origin: origin class of the emitter
 * @event: its type, not empty and trusted to be UTF-8 (KMES-032), and its
 *	payload, one MessagePack value or nothing
 *
 * Never sleeps, fails or blocks: the oldest events make room (KMES-037). An
 * event larger than half a ring is dropped and counted (KMES-036).
 *
 * Context: any; from NMI it is only counted.
 */
void kmes_emit_event(u8 origin, const struct kmes_event *event)
{
	struct kmes_buffer *b;
	unsigned long flags;
	u64 size, now;
	u8 *to;

	if (unlikely(!in_task()))
		goto rare;
	local_irq_save(flags);
	b = this_cpu_read(kmes_buffer);
	if (unlikely(!is_known(&b->writer) || !is_plain(&b->ring, event, &size)))
		goto restore;
	to = ring_begin(&b->ring, size, origin, event);
	record_who(to, b->writer.stamp.guids);
	if (unlikely(!kmes_clock_read(&now))) {
		finish_slowly(b, to, flags);
		return;
	}
	ring_end(&b->ring, to, now);
	if (unlikely(ring_wake_due(&b->ring, &b->listeners))) {
		wake_and_restore(b, flags);
		return;
	}
	local_irq_restore(flags);
	return;

restore:
	local_irq_restore(flags);
rare:
	kmes_emit_batch(origin, event, 1);
}

/*
 * With IRQs off. @keep: where time and identity of a call go that comes here
 * several times, taken the first time.
 */
static __always_inline u32 write_records(u8 *records, u32 count, struct kmes_stamp *keep, bool first)
{
	struct kmes_buffer *b = this_cpu_read(kmes_buffer);
	const struct kmes_stamp *stamp = keep;
	u32 done;

	if (unlikely(b == &kmes_nowhere))
		return count;
	if (first)
		stamp = stamp_now(&b->writer);
	if (keep && first)
		*keep = *stamp;
	done = ring_put_records(&b->ring, stamp, records, count);
	if (likely(done))
		show(b);
	return done;
}

/* Records from the first on that one section takes. */
static u32 count_section(const u8 *records, u32 count, size_t *bytes)
{
	size_t sum = pkm_get_le32(records);
	u32 n = 1, size;

	for (; n < count; n++) {
		size = pkm_get_le32(records + sum);
		if (sum + size > SECTION_BYTES)
			break;
		sum += size;
	}
	*bytes = sum;
	return n;
}

/* One after the other on one CPU: in order there, with one time and identity for all (KMES-070). */
static noinline u32 emit_in_sections(u8 *records, u32 count)
{
	u32 done = 0, section, written;
	struct kmes_stamp stamp;
	unsigned long flags;
	size_t bytes;

	migrate_disable();
	do {
		section = count_section(records, count - done, &bytes);
		local_irq_save(flags);
		written = write_records(records, section, &stamp, !done);
		local_irq_restore(flags);
		done += written;
		records += bytes;
	} while (written == section && done < count);
	migrate_enable();
	return done;
}

/**
 * kmes_emit_records() - record what came through the device, checked and laid out
 * @records: one behind the other, complete but for time, number, CPU and identity
 * @count: how many
 * @bytes: in all
 *
 * They become visible together, unless there are more of them than may be
 * copied with IRQs off at a time.
 *
 * Context: process.
 * Return: how many are done with, from the first on; fewer when the capacity
 * has changed meanwhile and one is too large for it now. On a CPU without a
 * ring all are, silently (KMES-145).
 */
u32 kmes_emit_records(u8 *records, u32 count, size_t bytes)
{
	unsigned long flags;
	u32 done;

	if (unlikely(bytes > SECTION_BYTES))
		return emit_in_sections(records, count);
	local_irq_save(flags);
	done = write_records(records, count, NULL, true);
	local_irq_restore(flags);
	return done;
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

	kmes_clock_init();
	cpus_read_lock();
	err = kmes_slots_alloc();
	if (!err)
		err = kmes_staging_alloc();
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
	kmes_staging_free();
	kmes_slots_free();
	kmes_clock_exit();
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
	kmes_staging_free();
	kmes_slots_free();
	kmes_clock_exit();
}
