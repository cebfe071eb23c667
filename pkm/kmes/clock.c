// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows the kernel's clock: its updates come with every tick, every step and
 * every change of the clock source, one after the other with IRQs off.
 */
#include <linux/notifier.h>
#include <linux/pvclock_gtod.h>
#include <linux/timekeeper_internal.h>

#include "clock.h"

struct kmes_clock kmes_clock = { .seq = 1 };

static int clock_updated(struct notifier_block *block, unsigned long was_set, void *data)
{
	const struct timekeeper *tk = data;
	const struct tk_read_base *base = &tk->tkr_mono;
	const u32 seq = kmes_clock.seq | 1;

	WRITE_ONCE(kmes_clock.seq, seq);
	smp_wmb();
	WRITE_ONCE(kmes_clock.shift, base->shift);
	WRITE_ONCE(kmes_clock.mult, base->mult);
	WRITE_ONCE(kmes_clock.last, base->cycle_last);
	WRITE_ONCE(kmes_clock.shifted, base->xtime_nsec);
	WRITE_ONCE(kmes_clock.base, ktime_to_ns(ktime_add(base->base, tk->offs_real)));
	if (pkm_cycles_drive(base->clock))
		smp_store_release(&kmes_clock.seq, seq + 1);
	return NOTIFY_OK;
}

static struct notifier_block follower = { .notifier_call = clock_updated };

/**
 * kmes_clock_init() - follow the clock
 *
 * Context: module init.
 */
void kmes_clock_init(void)
{
	pvclock_gtod_register_notifier(&follower);
}

/**
 * kmes_clock_exit() - stop following; nobody may read any more
 *
 * Context: module exit or failed init.
 */
void kmes_clock_exit(void)
{
	pvclock_gtod_unregister_notifier(&follower);
}
