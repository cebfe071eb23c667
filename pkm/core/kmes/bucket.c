// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Token bucket arithmetic. Levels are in billionths of a token, so a refill is
 * elapsed nanoseconds times rate, exact and without division. The largest rate
 * times one second is 10^15: nothing here can overflow.
 */
#include <pkm/core/kmes.h>

#define SECOND 1000000000ULL

static void refill(struct kmes_bucket *b, u32 rate, u64 now)
{
	u64 full = rate * SECOND;
	u64 elapsed = now > b->last ? now - b->last : 0;

	b->last = now;
	if (elapsed >= SECOND)
		b->level = full;
	else
		b->level = min(full, b->level + elapsed * rate); /* clamps surplus too, KMES-060 */
}

/**
 * kmes_bucket_fill() - start with a full bucket
 * @b: bucket
 * @rate: capacity and refill per second
 * @now: monotonic time, ns
 *
 * Context: Any.
 */
void kmes_bucket_fill(struct kmes_bucket *b, u32 rate, u64 now)
{
	b->level = rate * SECOND;
	b->last = now;
}

/**
 * kmes_bucket_take() - take @count tokens, all or none
 * @b: bucket
 * @rate: capacity and refill per second
 * @count: tokens
 * @now: monotonic time, ns
 *
 * Context: Any; the caller serialises calls on one bucket.
 * Return: false when fewer than @count are in it.
 */
bool kmes_bucket_take(struct kmes_bucket *b, u32 rate, u32 count, u64 now)
{
	u64 need = count * SECOND;

	refill(b, rate, now);
	if (b->level < need)
		return false;
	b->level -= need;
	return true;
}

/**
 * kmes_bucket_return() - give back what was not used (KMES-059, KMES-068)
 * @b: bucket
 * @rate: capacity and refill per second
 * @count: tokens
 *
 * Context: Any; the caller serialises calls on one bucket.
 */
void kmes_bucket_return(struct kmes_bucket *b, u32 rate, u32 count)
{
	b->level = min(rate * SECOND, b->level + count * SECOND);
}
