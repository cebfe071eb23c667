/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Unicode 16.0 simple case folding: how registry names compare (LCS-009).
 * Code point to code point, no locale, no normalisation (LCS-011).
 */
#ifndef _PKM_CORE_CASEFOLD_H
#define _PKM_CORE_CASEFOLD_H

#include <pkm/core/base.h>

u32 pkm_fold_char(u32 cp);
int pkm_fold_compare(const u8 *a, u32 a_len, const u8 *b, u32 b_len);
bool pkm_fold_equal(const u8 *a, u32 a_len, const u8 *b, u32 b_len);
u64 pkm_fold_hash(const u8 *s, u32 len);
void pkm_fold_write(struct pkm_writer *w, const u8 *s, u32 len);

#endif
