// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Claim entries: one format for resource attributes, token claims and local
 * claims (KACS-FMT-103). Validated once where they enter; evaluation then
 * follows their offsets without looking back.
 */
#include "private.h"

/* A zero-terminated name at @off. */
static bool name_fits(const u8 *entry, u32 len, u32 off)
{
	u32 n;

	for (n = 0; n < KACS_CLAIM_NAME_MAX; n++) {
		if (off > len || len - off < 2)
			return false;
		if (!pkm_get_le16(entry + off))
			return true;
		off += 2;
	}
	return false;
}

/*
 * Behind the last UTF-16 zero at offsets of this parity, 0: there is none. What
 * begins before it has a terminator. Found once for all values of an entry: a
 * thousand may name one long string.
 */
static u32 last_zero(const u8 *entry, u32 len, u32 parity)
{
	u32 at;

	for (at = ((len - 2 - parity) & ~1U) + parity; pkm_get_le16(entry + at); at -= 2)
		if (at < 2)
			return 0;
	return at + 1;
}

/* @zeros: last_zero() of either parity, for strings. */
static bool value_fits(const u8 *entry, u32 len, u32 type, u32 off, const u32 zeros[2])
{
	u32 at, n;

	if (type == CLAIM_INT64 || type == CLAIM_UINT64 || type == CLAIM_BOOLEAN)
		return off <= len && len - off >= 8;
	/* One more step: the value's offset holds the offset of the bytes. */
	if (off > len || len - off < 4)
		return false;
	at = pkm_get_le32(entry + off);
	if (at > len)
		return false;
	if (type == CLAIM_STRING)
		return at < zeros[at & 1];
	if (type == CLAIM_SID)
		return kacs_sid_prefix(entry + at, len - at) != 0;
	if (len - at < 4)
		return false;
	n = pkm_get_le32(entry + at);
	return n <= len - at - 4;
}

static bool type_known(u32 type)
{
	switch (type) {
	case CLAIM_INT64:
	case CLAIM_UINT64:
	case CLAIM_STRING:
	case CLAIM_SID:
	case CLAIM_BOOLEAN:
	case CLAIM_OCTET:
		return true;
	default:
		return false;
	}
}

/**
 * kacs_claim_validate() - check one claim entry
 * @entry: its bytes
 * @len: how many; bytes behind what the offsets reach are allowed
 *
 * Context: Any. KACS-FMT-106.
 * Return: 0, or -EINVAL.
 */
int kacs_claim_validate(const u8 *entry, u32 len)
{
	u32 type, count, i, zeros[2] = { 0, 0 };

	if (len < CLAIM_HEADER)
		return -EINVAL;
	type = pkm_get_le16(entry + 4);
	count = pkm_get_le32(entry + 12);
	if (count > KACS_CLAIM_VALUES_MAX || count > (len - CLAIM_HEADER) / 4)
		return -EINVAL;
	if (!name_fits(entry, len, pkm_get_le32(entry)))
		return -EINVAL;
	/* An empty attribute of an unsupported type is refused all the same. */
	if (!type_known(type))
		return -EINVAL;
	if (type == CLAIM_STRING && count) {
		zeros[0] = last_zero(entry, len, 0);
		zeros[1] = last_zero(entry, len, 1);
	}
	for (i = 0; i < count; i++)
		if (!value_fits(entry, len, type, pkm_get_le32(entry + CLAIM_HEADER + 4 * i), zeros))
			return -EINVAL;
	return 0;
}

/**
 * kacs_claims_validate() - check an array of entries, each behind its length
 * @data: bytes
 * @len: how many; 0 holds no claims
 *
 * Context: Any. KACS-FMT-109.
 * Return: 0, or -EINVAL.
 */
int kacs_claims_validate(const u8 *data, u32 len)
{
	u32 n;

	while (len) {
		if (len < 4)
			return -EINVAL;
		n = pkm_get_le32(data);
		if (!n || n > len - 4 || kacs_claim_validate(data + 4, n))
			return -EINVAL;
		data += 4 + n;
		len -= 4 + n;
	}
	return 0;
}
