/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real time, read where it is needed. The kernel hands what its clock is
 * computed from to whoever asks (KVM does, for its guests): the same numbers
 * from the same update give the same time as ktime_get_real_fast_ns(), without
 * two calls and a copy for readers in an NMI, who do not emit.
 */
#ifndef _PKM_KMES_CLOCK_H
#define _PKM_KMES_CLOCK_H

#include <linux/cache.h>
#include <linux/timekeeping.h>
#include <pkm/compat.h>

/**
 * struct kmes_clock - the kernel's real time as of its last update
 * @seq: odd while the rest changes, and as long as the clock cannot be read here
 * @shift: of the product
 * @mult: nanoseconds of a cycle, shifted
 * @last: cycles at the update
 * @shifted: nanoseconds beyond @base at the update, shifted
 * @base: nanoseconds since the Unix epoch
 */
struct kmes_clock {
	u32 seq;
	u32 shift;
	u64 mult;
	u64 last;
	u64 shifted;
	u64 base;
} ____cacheline_aligned;

extern struct kmes_clock kmes_clock;

void kmes_clock_init(void);
void kmes_clock_exit(void);

/* False when ktime_get_real_fast_ns() must say what time it is. */
static __always_inline bool kmes_clock_read(u64 *now)
{
	const struct kmes_clock *c = &kmes_clock;
	const u32 seq = smp_load_acquire(&c->seq);
	u64 passed;

	if (unlikely(seq & 1))
		return false;
	passed = pkm_cycles() - c->last;
	*now = ((passed * c->mult + c->shifted) >> c->shift) + c->base;
	smp_rmb();
	/* Cycles before the update, seen from another CPU: the kernel knows what to say. */
	return likely(c->seq == seq && (s64)passed >= 0);
}

static __always_inline u64 kmes_now(void)
{
	u64 now;

	return likely(kmes_clock_read(&now)) ? now : ktime_get_real_fast_ns();
}

#endif
