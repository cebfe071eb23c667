// SPDX-License-Identifier: MIT
/*
 * See common.h.
 */
#include "common.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 15

u8 *domain_sid(u8 *out, u32 rid)
{
	u32 subs[5] = { 21, 1001, 2002, 3003, rid }, builtin[2] = { 32, rid };

	if (rid < 500)
		kacs_sid_make(out, 5, 1, &rid);
	else if (rid < 1000)
		kacs_sid_make(out, 5, 2, builtin);
	else
		kacs_sid_make(out, 5, 5, subs);
	return out;
}

struct kacs_sid_list groups(u8 *room, u32 first, u32 count)
{
	struct kacs_sid_list list = { .data = room, .count = count };
	u8 sid[KACS_SID_MAX];
	struct pkm_writer w;
	u32 i;

	pkm_writer_init(&w, room, 65536);
	for (i = 0; i < count; i++) {
		domain_sid(sid, first + i);
		pkm_writer_le32(&w, kacs_sid_len(sid));
		pkm_writer_bytes(&w, sid, kacs_sid_len(sid));
		pkm_writer_le32(&w, KACS_GROUP_ENABLED);
	}
	list.len = w.len;
	return list;
}

void begin(struct descriptor *d)
{
	pkm_writer_init(&d->s, d->sacl, sizeof(d->sacl));
	pkm_writer_init(&d->d, d->dacl, sizeof(d->dacl));
	kacs_acl_begin(&d->s, 2);
	kacs_acl_begin(&d->d, 2);
	d->s_count = 0;
	d->d_count = 0;
}

void ace(struct descriptor *d, u8 type, u8 flags, u32 mask, u32 rid)
{
	u8 sid[KACS_SID_MAX];
	bool dacl = type < 2;

	kacs_ace_write(dacl ? &d->d : &d->s, type, flags, mask, domain_sid(sid, rid));
	*(dacl ? &d->d_count : &d->s_count) += 1;
}

u32 finish(struct descriptor *d, u8 out[KACS_SD_MAX])
{
	u32 subs[1] = { 18 };
	u8 owner[KACS_SID_MAX];
	struct kacs_sd_parts parts = { .owner = owner, .dacl = d->dacl };
	struct pkm_writer w;

	kacs_sid_make(owner, 5, 1, subs);
	kacs_acl_end(&d->d, 0, d->d_count);
	kacs_acl_end(&d->s, 0, d->s_count);
	parts.dacl_len = d->d.len;
	if (d->s_count) {
		parts.sacl = d->sacl;
		parts.sacl_len = d->s.len;
	}
	pkm_writer_init(&w, out, KACS_SD_MAX);
	if (kacs_sd_write(&parts, &w) || !pkm_writer_ok(&w))
		exit(2);
	return w.len;
}

u32 plain_groups(char which)
{
	return which == 'c' ? 100 : which == 'd' ? 500 : 12;
}

int plain_case(struct descriptor *d, char which)
{
	u32 strangers = which == 'c' ? 19 : which == 'd' ? 100 : 0, i;

	begin(d);
	if (which == 'a')
		ace(d, KACS_ACE_ALLOWED, 0, MASK_ALL, 2005);
	if (which == 'b') {
		ace(d, KACS_ACE_DENIED, 0, 0x2, 9001);
		ace(d, KACS_ACE_ALLOWED, 0, MASK_ALL, 9002);
		ace(d, KACS_ACE_ALLOWED, 0, 0x100000, 2003);
		ace(d, KACS_ACE_ALLOWED, 0, MASK_READ, 2007);
	}
	for (i = 0; i < strangers; i++)
		ace(d, KACS_ACE_ALLOWED, 0, MASK_READ, 9000 + i);
	if (which == 'c')
		ace(d, KACS_ACE_ALLOWED, 0, MASK_READ, 2042);
	return which == 'd' ? -EACCES : 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double timed(void (*run)(void *ctx), void *ctx, u32 reps)
{
	double start = now();

	while (reps--)
		run(ctx);
	return now() - start;
}

/* Rounds of enough calls to be far above the clock's step. */
void measure(const char *name, void (*run)(void *ctx), void *ctx, u32 checks)
{
	double rounds[ROUNDS];
	u32 r, reps = 1;

	while (timed(run, ctx, reps) < 5e6)
		reps *= 2;
	for (r = 0; r < ROUNDS; r++)
		rounds[r] = timed(run, ctx, reps) / reps / checks;
	qsort(rounds, ROUNDS, sizeof(*rounds), by_value);
	printf("{\"case\":\"%s\",\"unit\":\"ns\",\"value\":%.1f,\"best\":%.1f}\n", name, rounds[ROUNDS / 2],
	       rounds[0]);
	fflush(stdout);
}
