// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Paths and names. Nothing is routed, folded or sent to a source before it
 * passed here (LCS-002): a name that one side reads differently from the other
 * is a way around a descriptor.
 */
#include <pkm/core/casefold.h>
#include <pkm/core/lcs.h>

static bool contains(const u8 *p, u32 len, u8 byte)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (p[i] == byte)
			return true;
	return false;
}

static bool clean_text(const u8 *p, u32 len)
{
	return pkm_utf8_valid(p, len) && !contains(p, len, 0);
}

/**
 * lcs_path_check() - normalise and check a path
 * @path: bytes without terminator; every / becomes \ (LCS-007)
 * @len: how many
 * @limits: parameters in force
 * @components: out, how many components, the hive included
 *
 * Context: Any.
 * Return: 0; -EINVAL for bad UTF-8, NUL, an empty component or too many
 * components (LCS-002, LCS-003, LCS-042, LCS-229); -ENAMETOOLONG (LCS-228).
 */
int lcs_path_check(u8 *path, u32 len, const struct lcs_limits *limits, u32 *components)
{
	u32 i, start = 0, count = 0, longest = 0;

	*components = 0;
	if (!clean_text(path, len))
		return -EINVAL;
	for (i = 0; i <= len; i++) {
		if (i < len && path[i] == '/')
			path[i] = '\\';
		if (i < len && path[i] != '\\')
			continue;
		if (i == start)
			return -EINVAL;
		longest = max(longest, i - start);
		start = i + 1;
		count++;
	}
	if (len > limits->max_path_len || longest > limits->max_component_len)
		return -ENAMETOOLONG;
	if (count > limits->max_key_depth)
		return -EINVAL;
	*components = count;
	return 0;
}

/**
 * lcs_path_next() - take the next component of a checked path
 * @path: path that passed lcs_path_check()
 * @len: its bytes
 * @pos: where to go on, 0 at first
 * @component: out
 *
 * Context: Any.
 * Return: false at the end.
 */
bool lcs_path_next(const u8 *path, u32 len, u32 *pos, struct lcs_bytes *component)
{
	u32 start = *pos, end = start;

	if (start >= len)
		return false;
	while (end < len && path[end] != '\\')
		end++;
	component->p = path + start;
	component->len = end - start;
	*pos = end + 1;
	return true;
}

/**
 * lcs_component_check() - is this one path component?
 * @name: bytes
 * @limits: parameters in force
 *
 * Context: Any.
 * Return: 0; -EINVAL; -ENAMETOOLONG. LCS-040, LCS-228.
 */
int lcs_component_check(struct lcs_bytes name, const struct lcs_limits *limits)
{
	if (!name.len || !clean_text(name.p, name.len))
		return -EINVAL;
	if (contains(name.p, name.len, '\\') || contains(name.p, name.len, '/'))
		return -EINVAL;
	return name.len > limits->max_component_len ? -ENAMETOOLONG : 0;
}

/**
 * lcs_value_name_check() - is this the name of a value?
 * @name: bytes; none names the default value
 * @limits: parameters in force
 *
 * Context: Any.
 * Return: 0; -EINVAL; -ENAMETOOLONG. LCS-008, LCS-041, LCS-249.
 */
int lcs_value_name_check(struct lcs_bytes name, const struct lcs_limits *limits)
{
	if (!clean_text(name.p, name.len))
		return -EINVAL;
	return name.len > limits->max_component_len ? -ENAMETOOLONG : 0;
}

/**
 * lcs_layer_name_check() - is this the name of a layer?
 * @name: bytes
 * @limits: parameters in force
 *
 * A layer is the name of a key below Layers, so it is a component.
 *
 * Context: Any.
 * Return: 0; -EINVAL; -ENAMETOOLONG. LCS-077.
 */
int lcs_layer_name_check(struct lcs_bytes name, const struct lcs_limits *limits)
{
	return lcs_component_check(name, limits);
}

/**
 * lcs_is_current_user() - is this the name that stands for the caller's key?
 * @component: first component of a path, or a hive name
 *
 * Context: Any.
 * Return: true for CurrentUser in any case (LCS-028, LCS-035).
 */
bool lcs_is_current_user(struct lcs_bytes component)
{
	static const char name[] = "CurrentUser";

	return pkm_fold_equal(component.p, component.len, (const u8 *)name, sizeof(name) - 1);
}

static void put_decimal(struct pkm_writer *w, u64 v)
{
	u8 digits[20];
	u32 n = sizeof(digits);

	do {
		digits[--n] = '0' + v % 10;
		v /= 10;
	} while (v);
	pkm_writer_bytes(w, digits + n, sizeof(digits) - n);
}

/**
 * lcs_sid_text() - append the string form of a SID
 * @w: where; fails if @sid is malformed
 * @sid: binary SID
 * @sid_len: its bytes
 *
 * Authorities above 32 bits are written in hexadecimal, as everywhere.
 *
 * Context: Any.
 */
void lcs_sid_text(struct pkm_writer *w, const u8 *sid, u32 sid_len)
{
	static const char hex[] = "0123456789abcdef";
	u64 authority = 0;
	u32 i;

	if (sid_len < 8 || sid[0] != 1 || sid[1] > 15 || sid_len != 8 + 4U * sid[1]) {
		w->failed = true;
		return;
	}
	for (i = 2; i < 8; i++)
		authority = authority << 8 | sid[i];
	pkm_writer_bytes(w, "S-1-", 4);
	if (authority > U32_MAX) {
		pkm_writer_bytes(w, "0x", 2);
		for (i = 0; i < 12; i++)
			pkm_writer_u8(w, hex[authority >> (44 - 4 * i) & 15]);
	} else {
		put_decimal(w, authority);
	}
	for (i = 0; i < sid[1]; i++) {
		pkm_writer_u8(w, '-');
		put_decimal(w, pkm_get_le32(sid + 8 + 4 * i));
	}
}

/**
 * lcs_guid_nil() - is this the nil GUID?
 * @guid: 16 bytes
 *
 * Context: Any.
 * Return: true iff all are zero.
 */
bool lcs_guid_nil(const u8 *guid)
{
	u32 i;

	for (i = 0; i < LCS_GUID_LEN; i++)
		if (guid[i])
			return false;
	return true;
}
