// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Bounded reader. Past-the-end is remembered and answered with zeros, so a
 * parser states its layout once and checks once.
 */
#include <pkm/core/base.h>

/**
 * pkm_cursor_init() - start reading @len bytes at @data
 * @c: cursor
 * @data: buffer, borrowed for the life of the cursor
 * @len: bytes at @data
 *
 * Context: Any.
 */
void pkm_cursor_init(struct pkm_cursor *c, const void *data, u32 len)
{
	c->data = data;
	c->len = len;
	c->pos = 0;
	c->failed = false;
}

/**
 * pkm_cursor_fail() - make the cursor failed, as if it had run past its end
 * @c: cursor
 *
 * Context: Any.
 */
void pkm_cursor_fail(struct pkm_cursor *c)
{
	c->failed = true;
	c->pos = c->len;
}

/**
 * pkm_cursor_bytes() - take @n bytes
 * @c: cursor
 * @n: how many
 *
 * Context: Any.
 * Return: the bytes inside the buffer, or NULL (cursor failed).
 */
const u8 *pkm_cursor_bytes(struct pkm_cursor *c, u32 n)
{
	const u8 *p;

	/* Subtract, never add: pos <= len always holds, so this cannot wrap. */
	if (c->failed || n > c->len - c->pos) {
		pkm_cursor_fail(c);
		return NULL;
	}
	p = c->data + c->pos;
	c->pos += n;
	return p;
}

/**
 * pkm_cursor_copy() - take @n bytes into @out, zeros if they are not there
 * @c: cursor
 * @out: at least @n bytes
 * @n: how many
 *
 * Context: Any.
 */
void pkm_cursor_copy(struct pkm_cursor *c, void *out, u32 n)
{
	const u8 *p = pkm_cursor_bytes(c, n);

	if (p)
		memcpy(out, p, n);
	else
		memset(out, 0, n);
}

/**
 * pkm_cursor_seek() - continue at @pos
 * @c: cursor
 * @pos: offset from the buffer's start; its end is allowed, beyond fails
 *
 * Context: Any.
 */
void pkm_cursor_seek(struct pkm_cursor *c, u32 pos)
{
	if (c->failed || pos > c->len)
		pkm_cursor_fail(c);
	else
		c->pos = pos;
}

/**
 * pkm_cursor_sub() - take @n bytes as a cursor of their own
 * @c: cursor
 * @n: how many
 * @out: reads exactly those bytes; failed and empty when @c fails
 *
 * Context: Any.
 */
void pkm_cursor_sub(struct pkm_cursor *c, u32 n, struct pkm_cursor *out)
{
	const u8 *p = pkm_cursor_bytes(c, n);

	pkm_cursor_init(out, p, p ? n : 0);
	if (!p)
		out->failed = true;
}

/**
 * pkm_cursor_u8() - take one byte
 * @c: cursor
 *
 * Context: Any.
 * Return: the value, 0 past the end.
 */
u8 pkm_cursor_u8(struct pkm_cursor *c)
{
	const u8 *p = pkm_cursor_bytes(c, 1);

	return p ? *p : 0;
}

/**
 * pkm_cursor_le16() - take a little-endian u16
 * @c: cursor
 *
 * Context: Any.
 * Return: the value, 0 past the end.
 */
u16 pkm_cursor_le16(struct pkm_cursor *c)
{
	const u8 *p = pkm_cursor_bytes(c, 2);

	return p ? pkm_get_le16(p) : 0;
}

/**
 * pkm_cursor_le32() - take a little-endian u32
 * @c: cursor
 *
 * Context: Any.
 * Return: the value, 0 past the end.
 */
u32 pkm_cursor_le32(struct pkm_cursor *c)
{
	const u8 *p = pkm_cursor_bytes(c, 4);

	return p ? pkm_get_le32(p) : 0;
}

/**
 * pkm_cursor_le64() - take a little-endian u64
 * @c: cursor
 *
 * Context: Any.
 * Return: the value, 0 past the end.
 */
u64 pkm_cursor_le64(struct pkm_cursor *c)
{
	const u8 *p = pkm_cursor_bytes(c, 8);

	return p ? pkm_get_le64(p) : 0;
}

/**
 * pkm_cursor_be16() - take a big-endian u16
 * @c: cursor
 *
 * Context: Any.
 * Return: the value, 0 past the end.
 */
u16 pkm_cursor_be16(struct pkm_cursor *c)
{
	const u8 *p = pkm_cursor_bytes(c, 2);

	return p ? pkm_get_be16(p) : 0;
}

/**
 * pkm_cursor_be32() - take a big-endian u32
 * @c: cursor
 *
 * Context: Any.
 * Return: the value, 0 past the end.
 */
u32 pkm_cursor_be32(struct pkm_cursor *c)
{
	const u8 *p = pkm_cursor_bytes(c, 4);

	return p ? pkm_get_be32(p) : 0;
}

/**
 * pkm_cursor_be64() - take a big-endian u64
 * @c: cursor
 *
 * Context: Any.
 * Return: the value, 0 past the end.
 */
u64 pkm_cursor_be64(struct pkm_cursor *c)
{
	const u8 *p = pkm_cursor_bytes(c, 8);

	return p ? pkm_get_be64(p) : 0;
}
