// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Simple case folding over a range table. Everything here takes well-formed
 * UTF-8; a malformed byte folds to PKM_UTF8_BAD and so equals only another
 * malformed byte: callers validate first (LCS-002).
 */
#include <pkm/core/casefold.h>

/* Folds first, first + step, ... last by adding delta. */
struct fold_range {
	u32 first;
	u32 last;
	u32 step;
	s32 delta;
};

#include "casefold_table.h"

/**
 * pkm_fold_char() - fold one code point
 * @cp: code point
 *
 * Context: Any.
 * Return: what it folds to, itself if nothing. LCS-009.
 */
u32 pkm_fold_char(u32 cp)
{
	u32 low = 0, high = ARRAY_SIZE(fold_ranges);

	if (cp < 0x80)
		return cp - 'A' < 26 ? cp + 32 : cp;
	while (low < high) {
		u32 mid = low + (high - low) / 2;
		const struct fold_range *r = &fold_ranges[mid];

		if (cp < r->first)
			high = mid;
		else if (cp > r->last)
			low = mid + 1;
		else
			return (cp - r->first) % r->step ? cp : cp + r->delta;
	}
	return cp;
}

static u32 next_folded(const u8 *s, u32 len, u32 *pos)
{
	u32 cp = pkm_utf8_next(s, len, pos);

	return cp == PKM_UTF8_BAD ? cp : pkm_fold_char(cp);
}

/**
 * pkm_fold_compare() - order two names without regard to case
 * @a: name
 * @a_len: its bytes
 * @b: name
 * @b_len: its bytes
 *
 * Context: Any.
 * Return: below, at or above 0 as the folded code points of @a sort before,
 * like or after those of @b. LCS-009.
 */
int pkm_fold_compare(const u8 *a, u32 a_len, const u8 *b, u32 b_len)
{
	u32 i = 0, j = 0;

	while (i < a_len && j < b_len) {
		u32 x = next_folded(a, a_len, &i);
		u32 y = next_folded(b, b_len, &j);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (i < a_len) - (j < b_len);
}

/**
 * pkm_fold_equal() - are these one name?
 * @a: name
 * @a_len: its bytes
 * @b: name
 * @b_len: its bytes
 *
 * The lengths may differ: the Kelvin sign folds to k.
 *
 * Context: Any.
 * Return: true iff all folded code points are equal. LCS-009.
 */
bool pkm_fold_equal(const u8 *a, u32 a_len, const u8 *b, u32 b_len)
{
	return pkm_fold_compare(a, a_len, b, b_len) == 0;
}

/**
 * pkm_fold_hash() - hash a name so that equal names hash alike
 * @s: name
 * @len: its bytes
 *
 * Context: Any.
 * Return: FNV-1a over the folded code points.
 */
u64 pkm_fold_hash(const u8 *s, u32 len)
{
	u64 hash = 0xcbf29ce484222325ULL;
	u32 pos = 0;

	while (pos < len) {
		hash ^= next_folded(s, len, &pos);
		hash *= 0x100000001b3ULL;
	}
	return hash;
}

/**
 * pkm_fold_write() - append the folded spelling of a name
 * @w: where
 * @s: name
 * @len: its bytes
 *
 * Folding may lengthen: at most three bytes for every two.
 *
 * Context: Any.
 */
void pkm_fold_write(struct pkm_writer *w, const u8 *s, u32 len)
{
	u32 pos = 0;
	u8 out[4];

	while (pos < len)
		pkm_writer_bytes(w, out, pkm_utf8_put(next_folded(s, len, &pos), out));
}
