/* SPDX-License-Identifier: MIT */
/* Bodies of events, read as a consumer reads them: values by the path of their keys. */
#ifndef GUEST_BODY_H
#define GUEST_BODY_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/**
 * struct value - one MessagePack value
 * @kind: n nil, b bool, u uint, s str, x bin, a array, m map; 0: none
 * @u: number, truth, or how many: bytes of a str or bin, entries of an array or map
 * @p: the bytes, or the first entry
 * @end: behind the value
 */
struct value {
	char kind;
	uint64_t u;
	const uint8_t *p, *end;
};

static uint64_t body_be(const uint8_t *p, int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | *p++;
	return v;
}

static struct value body_value(const uint8_t *p, const uint8_t *end);

static const uint8_t *body_skip(const uint8_t *p, const uint8_t *end, uint64_t count)
{
	while (p && count--)
		p = body_value(p, end).end;
	return p;
}

/* How many bytes of a count or number stand behind the first one. */
static struct value body_head(const uint8_t *p)
{
	/* clang-format off */
	static const struct { uint8_t first; char kind; uint8_t bytes; } wide[] = {
		{ 0xc4, 'x', 1 }, { 0xc5, 'x', 2 }, { 0xc6, 'x', 4 }, { 0xcc, 'u', 1 }, { 0xcd, 'u', 2 },
		{ 0xce, 'u', 4 }, { 0xcf, 'u', 8 }, { 0xd9, 's', 1 }, { 0xda, 's', 2 }, { 0xdb, 's', 4 },
		{ 0xdc, 'a', 2 }, { 0xdd, 'a', 4 }, { 0xde, 'm', 2 }, { 0xdf, 'm', 4 },
	};
	/* clang-format on */
	uint8_t b = *p++;

	if (b < 0x80)
		return (struct value){ 'u', b, p, p };
	if (b < 0xc0)
		return (struct value){ b < 0x90   ? 'm'
				       : b < 0xa0 ? 'a'
						  : 's',
				       b & (b < 0xa0 ? 15 : 31), p, p };
	if (b == 0xc0)
		return (struct value){ 'n', 0, p, p };
	if (b == 0xc2 || b == 0xc3)
		return (struct value){ 'b', b & 1, p, p };
	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++)
		if (wide[i].first == b)
			return (struct value){ wide[i].kind, body_be(p, wide[i].bytes), p + wide[i].bytes,
					       p + wide[i].bytes };
	return (struct value){ 0 };
}

static struct value body_value(const uint8_t *p, const uint8_t *end)
{
	struct value v = { 0 };

	if (p >= end)
		return v;
	v = body_head(p);
	if (v.kind == 's' || v.kind == 'x')
		v.end = v.p + v.u;
	else if (v.kind == 'a' || v.kind == 'm')
		v.end = body_skip(v.p, end, v.u * (v.kind == 'm' ? 2 : 1));
	if (!v.end || v.end > end)
		v.kind = 0;
	return v;
}

/* The value behind "a.b.c"; "" is the whole body. */
static struct value body_at(const uint8_t *body, uint32_t len, const char *path)
{
	const uint8_t *end = body + len;
	struct value v = body_value(body, end), key;

	while (*path && v.kind == 'm') {
		size_t n = strcspn(path, ".");
		const uint8_t *p = v.p;
		uint64_t left = v.u;

		for (; left; left--, p = body_value(key.end, end).end) {
			key = body_value(p, end);
			if (key.kind == 's' && key.u == n && !memcmp(key.p, path, n))
				break;
		}
		v = left ? body_value(key.end, end) : (struct value){ 0 };
		path += n + (path[n] == '.');
	}
	return *path ? (struct value){ 0 } : v;
}

/* Are these the keys of the map at @path, in any order, and the value whole? */
__attribute__((unused)) static int body_keys(const uint8_t *body, uint32_t len, const char *path,
					     const char *keys)
{
	struct value map = body_at(body, len, path);
	uint64_t count = 0;
	char full[256];

	if (map.kind != 'm' || (!*path && map.end != body + len))
		return 0;
	for (; *keys; count++) {
		size_t n = strcspn(keys, " ");

		snprintf(full, sizeof(full), "%s%s%.*s", path, *path ? "." : "", (int)n, keys);
		if (!body_at(body, len, full).kind)
			return 0;
		keys += n + (keys[n] == ' ');
	}
	return count == map.u;
}

#endif
