// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Bounded writer. Writing into a buffer of size 0 measures, so the same code
 * answers "how large" and "here it is" and the two cannot disagree.
 */
#include <pkm/core/base.h>

/**
 * pkm_writer_init() - start writing into @cap bytes at @data
 * @w: writer
 * @data: buffer, borrowed for the life of the writer; NULL with @cap 0
 * @cap: bytes at @data
 *
 * Context: Any.
 */
void pkm_writer_init(struct pkm_writer *w, void *data, u32 cap)
{
	w->data = data;
	w->cap = cap;
	w->len = 0;
	w->failed = false;
}

/**
 * pkm_writer_reserve() - claim the next @n bytes
 * @w: writer
 * @n: how many
 *
 * Context: Any.
 * Return: where they are, uninitialised, or NULL when they do not fit (still
 * counted) or the writer failed.
 */
u8 *pkm_writer_reserve(struct pkm_writer *w, u32 n)
{
	u32 at = w->len;

	if (w->failed || check_add_overflow(at, n, &w->len)) {
		w->failed = true;
		w->len = U32_MAX;
		return NULL;
	}
	/* Once something did not fit len exceeds cap for good: sticky. */
	if (w->len > w->cap || !w->data)
		return NULL;
	return w->data + at;
}

/**
 * pkm_writer_bytes() - append @n bytes
 * @w: writer
 * @p: bytes
 * @n: how many
 *
 * Context: Any.
 */
void pkm_writer_bytes(struct pkm_writer *w, const void *p, u32 n)
{
	u8 *to = pkm_writer_reserve(w, n);

	if (to && n)
		memcpy(to, p, n);
}

/**
 * pkm_writer_zero() - append @n zero bytes
 * @w: writer
 * @n: how many
 *
 * Context: Any.
 */
void pkm_writer_zero(struct pkm_writer *w, u32 n)
{
	u8 *to = pkm_writer_reserve(w, n);

	if (to && n)
		memset(to, 0, n);
}

/**
 * pkm_writer_u8() - append one byte
 * @w: writer
 * @v: value
 *
 * Context: Any.
 */
void pkm_writer_u8(struct pkm_writer *w, u8 v)
{
	u8 *to = pkm_writer_reserve(w, 1);

	if (to)
		*to = v;
}

/**
 * pkm_writer_le16() - append a little-endian u16
 * @w: writer
 * @v: value
 *
 * Context: Any.
 */
void pkm_writer_le16(struct pkm_writer *w, u16 v)
{
	u8 *to = pkm_writer_reserve(w, 2);

	if (to)
		pkm_put_le16(to, v);
}

/**
 * pkm_writer_le32() - append a little-endian u32
 * @w: writer
 * @v: value
 *
 * Context: Any.
 */
void pkm_writer_le32(struct pkm_writer *w, u32 v)
{
	u8 *to = pkm_writer_reserve(w, 4);

	if (to)
		pkm_put_le32(to, v);
}

/**
 * pkm_writer_le64() - append a little-endian u64
 * @w: writer
 * @v: value
 *
 * Context: Any.
 */
void pkm_writer_le64(struct pkm_writer *w, u64 v)
{
	u8 *to = pkm_writer_reserve(w, 8);

	if (to)
		pkm_put_le64(to, v);
}

/**
 * pkm_writer_be16() - append a big-endian u16
 * @w: writer
 * @v: value
 *
 * Context: Any.
 */
void pkm_writer_be16(struct pkm_writer *w, u16 v)
{
	u8 *to = pkm_writer_reserve(w, 2);

	if (to)
		pkm_put_be16(to, v);
}

/**
 * pkm_writer_be32() - append a big-endian u32
 * @w: writer
 * @v: value
 *
 * Context: Any.
 */
void pkm_writer_be32(struct pkm_writer *w, u32 v)
{
	u8 *to = pkm_writer_reserve(w, 4);

	if (to)
		pkm_put_be32(to, v);
}

/**
 * pkm_writer_be64() - append a big-endian u64
 * @w: writer
 * @v: value
 *
 * Context: Any.
 */
void pkm_writer_be64(struct pkm_writer *w, u64 v)
{
	u8 *to = pkm_writer_reserve(w, 8);

	if (to)
		pkm_put_be64(to, v);
}

/**
 * pkm_writer_patch_le16() - overwrite a little-endian u16 already appended
 * @w: writer
 * @at: its offset from the buffer's start
 * @v: value
 *
 * While only measuring nothing is stored. An offset outside what was appended
 * fails the writer.
 *
 * Context: Any.
 */
void pkm_writer_patch_le16(struct pkm_writer *w, u32 at, u16 v)
{
	if (w->failed || w->len < 2 || at > w->len - 2)
		w->failed = true;
	else if (w->len <= w->cap)
		pkm_put_le16(w->data + at, v);
}

/**
 * pkm_writer_patch_le32() - overwrite a little-endian u32 already appended
 * @w: writer
 * @at: its offset from the buffer's start
 * @v: value
 *
 * While only measuring nothing is stored. An offset outside what was appended
 * fails the writer.
 *
 * Context: Any.
 */
void pkm_writer_patch_le32(struct pkm_writer *w, u32 at, u32 v)
{
	if (w->failed || w->len < 4 || at > w->len - 4)
		w->failed = true;
	else if (w->len <= w->cap)
		pkm_put_le32(w->data + at, v);
}
