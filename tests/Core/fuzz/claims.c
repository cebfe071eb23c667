// SPDX-License-Identifier: MIT
/*
 * Claim arrays: accepted ones have values that can all be read, and are
 * rebuilt from them to an equal entry, that one to the same bytes.
 */
#include "fuzz.h"
#include "../../../pkm/core/kacs/cond.h"

static struct cond_value value_of(const u8 *entry)
{
	struct cond_value v = { .kind = KIND_ATTRIBUTE, .p = entry, .count = pkm_get_le32(entry + 12) };

	switch (pkm_get_le16(entry + 4)) {
	case CLAIM_STRING:
		v.types = CLASS_STRING;
		break;
	case CLAIM_SID:
		v.types = CLASS_SID;
		break;
	case CLAIM_OCTET:
		v.types = CLASS_OCTET;
		break;
	default:
		v.types = CLASS_INT;
	}
	return v;
}

static void put_value(struct pkm_writer *w, const struct cond_element *e)
{
	if (e->type == CLASS_INT) {
		pkm_writer_le64(w, e->i);
		return;
	}
	pkm_writer_le32(w, w->len + 4);
	if (e->type == CLASS_OCTET)
		pkm_writer_le32(w, e->len);
	pkm_writer_bytes(w, e->p, e->len);
	if (e->type == CLASS_STRING)
		pkm_writer_le16(w, 0);
}

/* Header, offsets, name, values: the order we would write. */
static u32 rebuild(const u8 *entry, u8 *out, u32 cap)
{
	struct cond_value v = value_of(entry);
	const u8 *name = entry + pkm_get_le32(entry);
	struct cond_element e;
	struct cond_iter it;
	struct kacs_cond cond = { .budget = 1 };
	struct pkm_writer w;
	u32 i;

	pkm_writer_init(&w, out, cap);
	pkm_writer_le32(&w, CLAIM_HEADER + 4 * v.count);
	pkm_writer_bytes(&w, entry + 4, CLAIM_HEADER - 4);
	pkm_writer_zero(&w, 4 * v.count);
	do
		pkm_writer_bytes(&w, name, 2);
	while (pkm_get_le16((name += 2) - 2));
	cond_iter_start(&it, &cond, &v);
	for (i = 0; cond_iter_next(&it, &e); i++) {
		pkm_writer_patch_le32(&w, CLAIM_HEADER + 4 * i, w.len);
		put_value(&w, &e);
	}
	return pkm_writer_ok(&w) ? w.len : 0;
}

static bool same_values(const u8 *a, const u8 *b)
{
	struct cond_value x = value_of(a), y = value_of(b);
	struct cond_element e, f;
	struct kacs_cond cond = { .budget = 1 };
	struct cond_iter i, j;

	cond_iter_start(&i, &cond, &x);
	cond_iter_start(&j, &cond, &y);
	while (cond_iter_next(&i, &e)) {
		if (!cond_iter_next(&j, &f) || e.type != f.type || e.is_unsigned != f.is_unsigned)
			return false;
		if (e.type == CLASS_INT ? e.i != f.i : e.len != f.len || memcmp(e.p, f.p, e.len))
			return false;
	}
	return !cond_iter_next(&j, &f);
}

static void rebuild_twice(const u8 *entry)
{
	static u8 first[1 << 20], second[1 << 20];
	u32 len = rebuild(entry, first, sizeof(first));

	if (!len) /* a thousand values may share one string of 8 KiB */
		return;
	HOLDS(!kacs_claim_validate(first, len) && same_values(entry, first));
	HOLDS(rebuild(first, second, sizeof(second)) == len && !memcmp(first, second, len));
}

/* Value number @i as the format has it, read without the code under test (KACS-FMT-104). */
static bool value_is(const u8 *entry, u32 i, const struct cond_element *e)
{
	const u8 *p = entry + pkm_get_le32(entry + CLAIM_HEADER + 4 * i);

	switch (pkm_get_le16(entry + 4)) {
	case CLAIM_INT64:
	case CLAIM_UINT64:
		return e->i == (s64)pkm_get_le64(p);
	case CLAIM_BOOLEAN:
		return e->i == !!pkm_get_le64(p);
	case CLAIM_OCTET:
		p = entry + pkm_get_le32(p);
		return e->p == p + 4 && e->len == pkm_get_le32(p);
	default:
		return e->p == entry + pkm_get_le32(p);
	}
}

static void read_all(const u8 *entry)
{
	struct cond_value v = value_of(entry);
	struct cond_element e, last = { 0 };
	struct kacs_cond cond = { .budget = 1 << 12 };
	struct cond_iter it;
	u32 n = 0;

	cond_iter_start(&it, &cond, &v);
	for (; cond_iter_next(&it, &e); n++) {
		HOLDS(value_is(entry, n, &e));
		HOLDS(!cond.budget || !cond_compare(&cond, &e, &e, n & 1));
		if (n)
			cond_compare(&cond, &e, &last, false);
		last = e;
	}
	HOLDS(n == v.count);
	rebuild_twice(entry);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *copy = exact_copy(data, size);
	const u8 *p;

	if (!kacs_claims_validate(copy, size))
		for (p = copy; p < copy + size; p += 4 + pkm_get_le32(p))
			read_all(p + 4);
	if (!kacs_claim_validate(copy, size))
		read_all(copy);
	free(copy);
	return 0;
}
