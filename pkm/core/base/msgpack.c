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

/*
 * What a type byte announces, in one byte: a kind, and in the lower bits a
 * number that belongs to it. Containers are the kinds from FULL on.
 */
enum shape {
	FIXED = 0x00, /* so many bytes follow */
	LEN8 = 0x20,  /* a length follows, then so many bytes more than it says */
	LEN16 = 0x40,
	LEN32 = 0x60,
	FULL = 0x80,   /* so many values are inside */
	LIST16 = 0xa0, /* a count follows; 1: of pairs */
	LIST32 = 0xc0,
	NEVER = 0xe0, /* not used by the format */
	KIND = 0xe0,
};

/* clang-format off */
static const u8 shapes[256] = {
	[0x00] = FIXED, /* positive fixint, to 0x7f */
	[0x80] = FULL | 0, FULL | 2, FULL | 4, FULL | 6, FULL | 8, FULL | 10, FULL | 12, FULL | 14, /* fixmap */
	FULL | 16, FULL | 18, FULL | 20, FULL | 22, FULL | 24, FULL | 26, FULL | 28, FULL | 30,
	[0x90] = FULL | 0, FULL | 1, FULL | 2, FULL | 3, FULL | 4, FULL | 5, FULL | 6, FULL | 7, /* fixarray */
	FULL | 8, FULL | 9, FULL | 10, FULL | 11, FULL | 12, FULL | 13, FULL | 14, FULL | 15,
	[0xa0] = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, /* fixstr */
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
	[0xc0] = FIXED, NEVER, FIXED, FIXED,     /* nil, none, false, true */
	[0xc4] = LEN8, LEN16, LEN32,             /* bin */
	[0xc7] = LEN8 | 1, LEN16 | 1, LEN32 | 1, /* ext: a type byte behind the length */
	[0xca] = 4, 8,                           /* float */
	[0xcc] = 1, 2, 4, 8,                     /* uint */
	[0xd0] = 1, 2, 4, 8,                     /* int */
	[0xd4] = 2, 3, 5, 9, 17,                 /* fixext: a type byte too */
	[0xd9] = LEN8, LEN16, LEN32,             /* str */
	[0xdc] = LIST16, LIST32,                 /* array */
	[0xde] = LIST16 | 1, LIST32 | 1,         /* map */
	[0xe0] = FIXED, /* negative fixint, to 0xff */
};
/* clang-format on */

/* What is left of a value that is being checked. */
struct rest {
	const u8 *p;
	u32 len;
};

/* Big-endian number of @width bytes; false when it is cut off. */
static __always_inline bool take_field(struct rest *r, u32 width, u64 *number)
{
	const u8 *at = r->p;

	if (r->len < width)
		return false;
	r->p += width;
	r->len -= width;
	*number = width == 1 ? at[0] : width == 2 ? pkm_get_be16(at) : pkm_get_be32(at);
	return true;
}

/*
 * The bytes or values that @shape announces, with its length or count field if
 * it has one; false when that is cut off or there is no such type.
 */
static __always_inline bool announced(u8 shape, struct rest *r, u64 *number)
{
	const u8 low = shape & ~KIND;
	bool taken = true;

	if (shape < LEN16)
		taken = take_field(r, 1, number);
	else if (shape < LEN32)
		taken = take_field(r, 2, number);
	else if (shape < FULL)
		taken = take_field(r, 4, number);
	else if (shape < LIST16)
		*number = 0;
	else if (shape < LIST32)
		taken = take_field(r, 2, number);
	else if (shape < NEVER)
		taken = take_field(r, 4, number);
	else
		taken = false;
	*number = shape < LIST16 ? *number + low : *number << low;
	return taken;
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
 * counts cannot overflow.
 *
 * Context: Any. Time is linear in @len.
 * Return: true iff it is.
 */
bool pkm_mp_valid(const u8 *p, u32 len, u32 *open, u32 max_depth)
{
	struct rest r = { p, len };
	u32 depth = 0;
	u32 due = 1; /* values still to come in the innermost container */
	u64 number;
	u8 shape;

	for (;;) {
		if (!r.len)
			return false;
		r.len--;
		shape = shapes[*r.p++];
		number = shape;
		if (shape >= LEN8 && !announced(shape, &r, &number))
			return false;
		if (number > r.len)
			return false;
		due--;
		if (shape < FULL) {
			r.p += number;
			r.len -= number;
		} else {
			if (depth == max_depth)
				return false;
			open[depth++] = due; /* of the container around it */
			due = number;
		}
		while (!due) {
			if (!depth)
				return !r.len;
			due = open[--depth];
		}
	}
}
