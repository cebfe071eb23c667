// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * MessagePack: a writer for the module's own payloads, a validator for those
 * of user space. The validator never recurses and never reads a length that it
 * has not compared with what is left, so a bomb costs one pass at most.
 */
#include <pkm/core/msgpack.h>

/**
 * pkm_mp_init() - start one value in @cap bytes at @buf
 * @m: writer
 * @buf: buffer, borrowed
 * @cap: bytes there
 *
 * Context: Any.
 */
void pkm_mp_init(struct pkm_mp *m, void *buf, u32 cap)
{
	pkm_writer_init(&m->w, buf, cap);
	m->left = 1;
}

/**
 * pkm_mp_finish() - end of the value
 * @m: writer
 *
 * Context: Any.
 * Return: bytes written; 0 when something did not fit or when containers hold
 * more or fewer values than announced. Never a partial value.
 */
u32 pkm_mp_finish(const struct pkm_mp *m)
{
	return pkm_writer_ok(&m->w) && m->left == 0 ? m->w.len : 0;
}

/* One owed value is about to be written. */
static void owe(struct pkm_mp *m)
{
	if (m->left == 0)
		m->w.failed = true;
	else
		m->left--;
}

/**
 * pkm_mp_nil() - append nil
 * @m: writer
 *
 * Context: Any.
 */
void pkm_mp_nil(struct pkm_mp *m)
{
	owe(m);
	pkm_writer_u8(&m->w, 0xc0);
}

/**
 * pkm_mp_bool() - append a boolean
 * @m: writer
 * @v: value
 *
 * Context: Any.
 */
void pkm_mp_bool(struct pkm_mp *m, bool v)
{
	owe(m);
	pkm_writer_u8(&m->w, v ? 0xc3 : 0xc2);
}

/**
 * pkm_mp_uint() - append an unsigned integer in its shortest form
 * @m: writer
 * @v: value
 *
 * Context: Any.
 */
void pkm_mp_uint(struct pkm_mp *m, u64 v)
{
	owe(m);
	if (v < 0x80) {
		pkm_writer_u8(&m->w, v);
	} else if (v <= U8_MAX) {
		pkm_writer_u8(&m->w, 0xcc);
		pkm_writer_u8(&m->w, v);
	} else if (v <= U16_MAX) {
		pkm_writer_u8(&m->w, 0xcd);
		pkm_writer_be16(&m->w, v);
	} else if (v <= U32_MAX) {
		pkm_writer_u8(&m->w, 0xce);
		pkm_writer_be32(&m->w, v);
	} else {
		pkm_writer_u8(&m->w, 0xcf);
		pkm_writer_be64(&m->w, v);
	}
}

/**
 * pkm_mp_int() - append a signed integer in its shortest form
 * @m: writer
 * @v: value
 *
 * Context: Any.
 */
void pkm_mp_int(struct pkm_mp *m, s64 v)
{
	if (v >= 0) {
		pkm_mp_uint(m, v);
		return;
	}
	owe(m);
	if (v >= -32) {
		pkm_writer_u8(&m->w, v);
	} else if (v >= -128) {
		pkm_writer_u8(&m->w, 0xd0);
		pkm_writer_u8(&m->w, v);
	} else if (v >= -32768) {
		pkm_writer_u8(&m->w, 0xd1);
		pkm_writer_be16(&m->w, v);
	} else if (v >= -2147483648LL) {
		pkm_writer_u8(&m->w, 0xd2);
		pkm_writer_be32(&m->w, v);
	} else {
		pkm_writer_u8(&m->w, 0xd3);
		pkm_writer_be64(&m->w, v);
	}
}

/* Length header of a family with 8, 16 and 32 bit forms at @tag, @tag + 1, @tag + 2. */
static void head(struct pkm_mp *m, u8 tag, u32 len)
{
	if (len <= U8_MAX) {
		pkm_writer_u8(&m->w, tag);
		pkm_writer_u8(&m->w, len);
	} else if (len <= U16_MAX) {
		pkm_writer_u8(&m->w, tag + 1);
		pkm_writer_be16(&m->w, len);
	} else {
		pkm_writer_u8(&m->w, tag + 2);
		pkm_writer_be32(&m->w, len);
	}
}

/**
 * pkm_mp_str() - append a string
 * @m: writer
 * @s: UTF-8, not checked here
 * @len: bytes at @s
 *
 * Context: Any.
 */
void pkm_mp_str(struct pkm_mp *m, const void *s, u32 len)
{
	owe(m);
	if (len < 32)
		pkm_writer_u8(&m->w, 0xa0 | len);
	else
		head(m, 0xd9, len);
	pkm_writer_bytes(&m->w, s, len);
}

/**
 * pkm_mp_text() - append a NUL-terminated string, map keys among them
 * @m: writer
 * @s: text
 *
 * Context: Any.
 */
void pkm_mp_text(struct pkm_mp *m, const char *s)
{
	u32 len = 0;

	while (s[len])
		len++;
	pkm_mp_str(m, s, len);
}

/**
 * pkm_mp_bin() - append bytes: SIDs, GUIDs, descriptors
 * @m: writer
 * @b: bytes
 * @len: how many
 *
 * Context: Any.
 */
void pkm_mp_bin(struct pkm_mp *m, const void *b, u32 len)
{
	owe(m);
	head(m, 0xc4, len);
	pkm_writer_bytes(&m->w, b, len);
}

/* Header of a container: @fix below 16 entries, else @tag (16 bit) or @tag + 1. */
static void container(struct pkm_mp *m, u8 fix, u8 tag, u32 count)
{
	owe(m);
	if (count < 16) {
		pkm_writer_u8(&m->w, fix | count);
	} else if (count <= U16_MAX) {
		pkm_writer_u8(&m->w, tag);
		pkm_writer_be16(&m->w, count);
	} else {
		pkm_writer_u8(&m->w, tag + 1);
		pkm_writer_be32(&m->w, count);
	}
}

/**
 * pkm_mp_array() - append an array header; @count values follow
 * @m: writer
 * @count: elements
 *
 * Context: Any.
 */
void pkm_mp_array(struct pkm_mp *m, u32 count)
{
	container(m, 0x90, 0xdc, count);
	m->left += count;
}

/**
 * pkm_mp_map() - append a map header; @pairs keys and values follow
 * @m: writer
 * @pairs: entries
 *
 * Context: Any.
 */
void pkm_mp_map(struct pkm_mp *m, u32 pairs)
{
	container(m, 0x80, 0xde, pairs);
	m->left += 2ULL * pairs;
}

/* What one type byte announces. */
struct token {
	u64 skip;     /* bytes after the type byte, length field included */
	u64 children; /* values inside, for a container */
	bool opens;   /* is a container, even an empty one */
};

/* Big-endian length field of 1, 2 or 4 bytes; 0 past the end, which the caller's skip check then catches. */
static u32 field(const u8 *p, u32 left, u32 width)
{
	if (left < width)
		return 0;
	if (width == 1)
		return p[0];
	return width == 2 ? pkm_get_be16(p) : pkm_get_be32(p);
}

/* Types 0xc0 to 0xdf: one row each. */
static bool classify_tagged(u8 tag, const u8 *rest, u32 left, struct token *t)
{
	/* Width of the length field for ext 8-32 and bin 8-32, str 8-32, array and map 16-32. */
	u32 width;

	if (tag == 0xc1) /* never used by the format */
		return false;
	if (tag <= 0xc3) /* nil, false, true */
		return true;
	if (tag <= 0xc6 || (tag >= 0xd9 && tag <= 0xdb)) { /* bin, str */
		width = 1u << (tag <= 0xc6 ? tag - 0xc4 : tag - 0xd9);
		t->skip = (u64)width + field(rest, left, width);
		return true;
	}
	if (tag <= 0xc9) { /* ext: a type byte after the length */
		width = 1u << (tag - 0xc7);
		t->skip = (u64)width + 1 + field(rest, left, width);
		return true;
	}
	if (tag <= 0xcb) { /* float 32, 64 */
		t->skip = 4u << (tag - 0xca);
		return true;
	}
	if (tag <= 0xd3) { /* uint 8-64, int 8-64 */
		t->skip = 1u << ((tag - 0xcc) & 3);
		return true;
	}
	if (tag <= 0xd8) { /* fixext 1-16 */
		t->skip = 1 + (1u << (tag - 0xd4));
		return true;
	}
	width = tag & 1 ? 4 : 2; /* dc array16, dd array32, de map16, df map32 */
	t->skip = width;
	t->opens = true;
	t->children = (u64)field(rest, left, width) << (tag >= 0xde);
	return true;
}

static bool classify(u8 tag, const u8 *rest, u32 left, struct token *t)
{
	t->skip = 0;
	t->children = 0;
	t->opens = false;
	if (tag < 0x80 || tag >= 0xe0) /* fixint */
		return true;
	if (tag < 0xa0) { /* fixmap, fixarray */
		t->opens = true;
		t->children = (u64)(tag & 0x0f) << (tag < 0x90);
		return true;
	}
	if (tag < 0xc0) { /* fixstr */
		t->skip = tag & 0x1f;
		return true;
	}
	return classify_tagged(tag, rest, left, t);
}

/**
 * pkm_mp_valid() - is this exactly one well-formed value?
 * @p: bytes
 * @len: how many; 0 is not a value
 * @open: scratch of @max_depth entries
 * @max_depth: deepest allowed nesting of containers; a bare scalar has depth 0,
 *	an empty container depth 1 (KMES-028)
 *
 * Bytes after the value make it invalid (KMES-025). Strings need not be UTF-8
 * and keys need not be strings: the format does not ask for it.
 *
 * A container can announce at most as many values as bytes are left, so the
 * open counts cannot overflow.
 *
 * Context: Any. Time is linear in @len.
 * Return: true iff it is.
 */
bool pkm_mp_valid(const u8 *p, u32 len, u32 *open, u32 max_depth)
{
	u32 depth = 0;
	u32 pos = 0;
	struct token t;

	for (;;) {
		if (pos >= len || !classify(p[pos], p + pos + 1, len - pos - 1, &t))
			return false;
		pos++;
		if (t.skip > len - pos || t.children > len - pos - t.skip)
			return false;
		pos += t.skip;
		if (t.opens && depth == max_depth)
			return false;
		if (t.children) {
			open[depth++] = t.children;
			continue;
		}
		while (depth && --open[depth - 1] == 0)
			depth--;
		if (depth == 0)
			return pos == len;
	}
}
