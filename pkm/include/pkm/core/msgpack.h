/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * MessagePack for event payloads: a bounded writer for those who build them, an
 * iterative validator for those who receive them from user space.
 *
 *	u8 buf[256];
 *	struct pkm_mp w;
 *
 *	pkm_mp_init(&w, buf, sizeof(buf));
 *	pkm_mp_map(&w, 2);
 *	pkm_mp_key(&w, "pid");
 *	pkm_mp_uint(&w, pid);
 *	pkm_mp_key(&w, "caller_sid");
 *	pkm_mp_bin(&w, sid, sid_len);
 *	len = pkm_mp_finish(&w); (0: did not fit, or the counts do not match)
 *	kmes_emit(KMES_ORIGIN_KACS, "access.denied", 13, buf, len);
 *
 * Keys ending in "sid" or "guid" with bin values are shown as SID or GUID text
 * by evctl (CLI-022); use pkm_mp_bin() for both.
 */
#ifndef _PKM_CORE_MSGPACK_H
#define _PKM_CORE_MSGPACK_H

#include <pkm/core/base.h>

/**
 * struct pkm_mp - bounded MessagePack writer with a sticky error
 * @w: where the bytes go
 * @left: values still owed: the outermost one and those promised by containers
 *
 * The writer checks its user: pkm_mp_finish() refuses a payload whose
 * containers do not hold what they announced.
 */
struct pkm_mp {
	struct pkm_writer w;
	u64 left;
};

void pkm_mp_init(struct pkm_mp *m, void *buf, u32 cap);
u32 pkm_mp_finish(const struct pkm_mp *m);

void pkm_mp_nil(struct pkm_mp *m);
void pkm_mp_bool(struct pkm_mp *m, bool v);
void pkm_mp_uint(struct pkm_mp *m, u64 v);
void pkm_mp_int(struct pkm_mp *m, s64 v);
void pkm_mp_str(struct pkm_mp *m, const void *s, u32 len);
void pkm_mp_text(struct pkm_mp *m, const char *s);
void pkm_mp_bin(struct pkm_mp *m, const void *b, u32 len);
void pkm_mp_array(struct pkm_mp *m, u32 count);
void pkm_mp_map(struct pkm_mp *m, u32 pairs);

/* A map key is a string; the name says what is meant. */
#define pkm_mp_key(m, key) pkm_mp_text(m, key)

bool pkm_mp_valid(const u8 *p, u32 len, u32 *open, u32 max_depth);

#endif
