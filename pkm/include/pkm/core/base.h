/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * core/base: reading and writing wire bytes without ever leaving the buffer.
 *
 * Every header of the portable core lives beside this one:
 *
 *   pkm/core/base.h      core/base/{cursor,writer,utf8}.c
 *   pkm/core/casefold.h  core/base/casefold.c
 *   pkm/core/msgpack.h   core/base/msgpack.c
 *   pkm/core/kacs.h      core/kacs (and core/kacs/private.h inside that folder);
 *                        its numbers are in pkm/core/kacs_bits.h
 *   pkm/core/kmes.h      core/kmes
 *   pkm/core/lcs.h       core/lcs
 *
 * Code below core/ allocates nothing, locks nothing, keeps no mutable globals
 * and does not recurse: callers pass every buffer.
 */
#ifndef _PKM_CORE_BASE_H
#define _PKM_CORE_BASE_H

#include <pkm/compat.h>

/*
 * Unaligned loads and stores; memcpy of a constant size is one instruction.
 * The module supports little-endian machines only (x86-64, arm64).
 */
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian machines only");

static inline u16 pkm_get_le16(const void *p)
{
	u16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline void pkm_put_le16(void *p, u16 v)
{
	memcpy(p, &v, sizeof(v));
}

static inline u16 pkm_get_be16(const void *p)
{
	u16 v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap16(v);
}

static inline void pkm_put_be16(void *p, u16 v)
{
	v = __builtin_bswap16(v);
	memcpy(p, &v, sizeof(v));
}

static inline u32 pkm_get_le32(const void *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline void pkm_put_le32(void *p, u32 v)
{
	memcpy(p, &v, sizeof(v));
}

static inline u32 pkm_get_be32(const void *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap32(v);
}

static inline void pkm_put_be32(void *p, u32 v)
{
	v = __builtin_bswap32(v);
	memcpy(p, &v, sizeof(v));
}

static __always_inline u64 pkm_get_le64(const void *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static __always_inline void pkm_put_le64(void *p, u64 v)
{
	memcpy(p, &v, sizeof(v));
}

static inline u64 pkm_get_be64(const void *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap64(v);
}

static inline void pkm_put_be64(void *p, u64 v)
{
	v = __builtin_bswap64(v);
	memcpy(p, &v, sizeof(v));
}

/**
 * struct pkm_cursor - bounded reader over hostile bytes
 * @data: start of the buffer
 * @len: bytes in the buffer
 * @pos: next byte to read, never above @len
 * @failed: a read went past the end; sticky, all later reads return zeros
 *
 * Read everything first, test pkm_cursor_ok() or pkm_cursor_done() once at the
 * end. Offsets and counts read from a failed cursor are zero, so a loop over
 * them stays bounded.
 */
struct pkm_cursor {
	const u8 *data;
	u32 len;
	u32 pos;
	bool failed;
};

void pkm_cursor_init(struct pkm_cursor *c, const void *data, u32 len);
u8 pkm_cursor_u8(struct pkm_cursor *c);
u16 pkm_cursor_le16(struct pkm_cursor *c);
u32 pkm_cursor_le32(struct pkm_cursor *c);
u64 pkm_cursor_le64(struct pkm_cursor *c);
u16 pkm_cursor_be16(struct pkm_cursor *c);
u32 pkm_cursor_be32(struct pkm_cursor *c);
u64 pkm_cursor_be64(struct pkm_cursor *c);
const u8 *pkm_cursor_bytes(struct pkm_cursor *c, u32 n);
void pkm_cursor_copy(struct pkm_cursor *c, void *out, u32 n);
void pkm_cursor_seek(struct pkm_cursor *c, u32 pos);
void pkm_cursor_sub(struct pkm_cursor *c, u32 n, struct pkm_cursor *out);
void pkm_cursor_fail(struct pkm_cursor *c);

/* Bytes not read yet; 0 once failed. */
static inline u32 pkm_cursor_left(const struct pkm_cursor *c)
{
	return c->failed ? 0 : c->len - c->pos;
}

/* Every read so far was inside the buffer. */
static inline bool pkm_cursor_ok(const struct pkm_cursor *c)
{
	return !c->failed;
}

/* Every read was inside the buffer and nothing is left over. */
static inline bool pkm_cursor_done(const struct pkm_cursor *c)
{
	return !c->failed && c->pos == c->len;
}

/**
 * struct pkm_writer - bounded writer that also measures
 * @data: buffer, may be NULL when @cap is 0 (measure only)
 * @cap: bytes at @data
 * @len: bytes that all writes so far need; goes on counting beyond @cap
 * @failed: the need overflowed u32 or a patch was out of range; sticky
 *
 * A write that does not fit changes nothing in the buffer, nor does any later
 * one. Test pkm_writer_ok() at the end; @len is then the length written, else
 * the size to come back with.
 */
struct pkm_writer {
	u8 *data;
	u32 cap;
	u32 len;
	bool failed;
};

void pkm_writer_init(struct pkm_writer *w, void *data, u32 cap);
void pkm_writer_u8(struct pkm_writer *w, u8 v);
void pkm_writer_le16(struct pkm_writer *w, u16 v);
void pkm_writer_le32(struct pkm_writer *w, u32 v);
void pkm_writer_le64(struct pkm_writer *w, u64 v);
void pkm_writer_be16(struct pkm_writer *w, u16 v);
void pkm_writer_be32(struct pkm_writer *w, u32 v);
void pkm_writer_be64(struct pkm_writer *w, u64 v);
void pkm_writer_bytes(struct pkm_writer *w, const void *p, u32 n);
void pkm_writer_zero(struct pkm_writer *w, u32 n);
u8 *pkm_writer_reserve(struct pkm_writer *w, u32 n);
void pkm_writer_patch_le16(struct pkm_writer *w, u32 at, u16 v);
void pkm_writer_patch_le32(struct pkm_writer *w, u32 at, u32 v);

/* Everything written so far is in the buffer. */
static inline bool pkm_writer_ok(const struct pkm_writer *w)
{
	return !w->failed && w->len <= w->cap;
}

bool pkm_utf8_decodes(const u8 *s, u32 len);

/* Nothing above 0x7f? Eight bytes at a time, the last eight perhaps in part again. */
static __always_inline bool pkm_is_ascii(const u8 *s, u32 len)
{
	u64 seen = 0;
	u32 i;

	if (likely(len >= 8 && len <= 16)) {
		seen = pkm_get_le64(s) | pkm_get_le64(s + len - 8);
	} else if (len > 16) {
		for (i = 0; i < len - 8; i += 8)
			seen |= pkm_get_le64(s + i);
		seen |= pkm_get_le64(s + len - 8);
	} else {
		for (i = 0; i < len; i++)
			seen |= s[i];
	}
	return !(seen & 0x8080808080808080ULL);
}

/* Well-formed UTF-8? U+0000 is a character like any other, nothing at all is valid. Names are nearly always ASCII. */
static __always_inline bool pkm_utf8_valid(const u8 *s, u32 len)
{
	return likely(pkm_is_ascii(s, len)) || pkm_utf8_decodes(s, len);
}
u32 pkm_utf8_next(const u8 *s, u32 len, u32 *pos);
u32 pkm_utf8_put(u32 cp, u8 out[4]);

/* What pkm_utf8_next() returns for a malformed sequence. */
#define PKM_UTF8_BAD U32_MAX

#endif
