// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * UTF-8 as RFC 3629 has it: shortest form only, no surrogates, nothing above
 * U+10FFFF. Two spellings of one name would be two ways past a comparison.
 */
#include <pkm/core/base.h>

/**
 * pkm_utf8_next() - decode one character
 * @s: bytes
 * @len: how many
 * @pos: where to start, below @len; moved behind the character, or by one
 *       byte when the sequence is malformed
 *
 * Context: Any.
 * Return: the code point, or PKM_UTF8_BAD.
 */
u32 pkm_utf8_next(const u8 *s, u32 len, u32 *pos)
{
	u32 at = (*pos)++;
	u8 b = s[at];
	u32 more, cp, low, i;

	if (b < 0x80)
		return b;
	if ((b & 0xe0) == 0xc0) {
		more = 1;
		cp = b & 0x1f;
		low = 0x80;
	} else if ((b & 0xf0) == 0xe0) {
		more = 2;
		cp = b & 0x0f;
		low = 0x800;
	} else if ((b & 0xf8) == 0xf0) {
		more = 3;
		cp = b & 0x07;
		low = 0x10000;
	} else {
		return PKM_UTF8_BAD;
	}
	if (more > len - at - 1)
		return PKM_UTF8_BAD;
	for (i = 1; i <= more; i++) {
		if ((s[at + i] & 0xc0) != 0x80)
			return PKM_UTF8_BAD;
		cp = cp << 6 | (s[at + i] & 0x3f);
	}
	if (cp < low || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return PKM_UTF8_BAD;
	*pos = at + 1 + more;
	return cp;
}

/**
 * pkm_utf8_decodes() - pkm_utf8_valid() for what is not all ASCII
 * @s: bytes
 * @len: how many
 *
 * Context: Any.
 * Return: true iff every byte belongs to a well-formed character.
 */
bool pkm_utf8_decodes(const u8 *s, u32 len)
{
	u32 pos = 0;

	while (pos < len) {
		if (s[pos] < 0x80)
			pos++;
		else if (pkm_utf8_next(s, len, &pos) == PKM_UTF8_BAD)
			return false;
	}
	return true;
}

/**
 * pkm_utf8_put() - encode one character
 * @cp: code point; a surrogate or a value above U+10FFFF encodes as nothing
 * @out: room for four bytes
 *
 * Context: Any.
 * Return: bytes written, 1 to 4, or 0 for what is no character.
 */
u32 pkm_utf8_put(u32 cp, u8 out[4])
{
	if (cp < 0x80) {
		out[0] = cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = 0xc0 | cp >> 6;
		out[1] = 0x80 | (cp & 0x3f);
		return 2;
	}
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	if (cp < 0x10000) {
		out[0] = 0xe0 | cp >> 12;
		out[1] = 0x80 | (cp >> 6 & 0x3f);
		out[2] = 0x80 | (cp & 0x3f);
		return 3;
	}
	out[0] = 0xf0 | cp >> 18;
	out[1] = 0x80 | (cp >> 12 & 0x3f);
	out[2] = 0x80 | (cp >> 6 & 0x3f);
	out[3] = 0x80 | (cp & 0x3f);
	return 4;
}
