// SPDX-License-Identifier: MIT
/*
 * Claim arrays: accepted ones have values that can all be read.
 */
#include "fuzz.h"
#include "../../../pkm/core/kacs/cond.h"

static void read_all(const u8 *entry)
{
	struct cond_value v = { .kind = KIND_ATTRIBUTE, .p = entry,
				.count = pkm_get_le32(entry + 12) };
	struct cond_element e, last = { 0 };
	struct kacs_cond cond = { .budget = 1 << 12 };
	struct cond_iter it;
	u32 n = 0;

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
	cond_iter_start(&it, &v);
	for (; cond_iter_next(&it, &e); n++) {
		HOLDS(!cond.budget || !cond_compare(&cond, &e, &e, n & 1));
		if (n)
			cond_compare(&cond, &e, &last, false);
		last = e;
	}
	HOLDS(n == v.count);
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
