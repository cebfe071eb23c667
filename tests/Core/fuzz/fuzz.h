/* SPDX-License-Identifier: MIT */
/*
 * Shared by the fuzz targets: cutting the input into parts, and failing.
 */
#ifndef _TESTS_CORE_FUZZ_H
#define _TESTS_CORE_FUZZ_H

#include <pkm/core/kacs.h>

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* A property that does not hold is a finding like any crash. */
#define HOLDS(condition)                                                                               \
	do {                                                                                           \
		if (!(condition)) {                                                                    \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                       \
		}                                                                                      \
	} while (0)

/*
 * The next part: a u16 length and as many bytes as there are, copied to a
 * block of exactly that size so that the sanitizer sees one byte too far.
 */
static inline u8 *take_part(struct pkm_cursor *c, u32 *len)
{
	u32 n = pkm_cursor_le16(c);
	u8 *copy;

	n = min(n, pkm_cursor_left(c));
	copy = malloc(n ? n : 1);
	if (!copy)
		abort();
	pkm_cursor_copy(c, copy, n);
	*len = n;
	return copy;
}

static inline u8 *exact_copy(const u8 *data, size_t size)
{
	u8 *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	return copy;
}

#endif
