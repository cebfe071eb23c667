/* SPDX-License-Identifier: MIT */
/*
 * What our benchmark and those of the peers share: the descriptors and group
 * lists of the cases, and the clock.
 */
#ifndef _TESTS_CORE_BENCH_COMMON_H
#define _TESTS_CORE_BENCH_COMMON_H

#include <pkm/core/kacs.h>

#define MASK_READ 0x120089
#define MASK_ALL  0x1f01ff

/* Below 1000 well-known SIDs of one and two sub-authorities, above of a domain. */
u8 *domain_sid(u8 *out, u32 rid);
struct kacs_sid_list groups(u8 *room, u32 first, u32 count);

/* A descriptor under construction, owned by SYSTEM. */
struct descriptor {
	u8 sacl[65536], dacl[65536];
	struct pkm_writer s, d;
	u32 s_count, d_count;
};

void begin(struct descriptor *d);
/* Appends to the DACL or the SACL, as the type says. */
void ace(struct descriptor *d, u8 type, u8 flags, u32 mask, u32 rid);
u32 finish(struct descriptor *d, u8 out[KACS_SD_MAX]);

/* The plain cases: 'a' to 'd'. Groups of the token, and the answer. */
u32 plain_groups(char which);
int plain_case(struct descriptor *d, char which);

/*
 * Prints the median nanoseconds of CPU time of one call of @run, which makes
 * @checks checks, as one JSON object a line.
 */
void measure(const char *name, void (*run)(void *ctx), void *ctx, u32 checks);

#endif
