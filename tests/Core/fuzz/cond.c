// SPDX-License-Identifier: MIT
/*
 * Condition byte-code with hostile programs, attributes and claims. Part one
 * is the program, the others are claims: resource, user, device, local.
 */
#include "fuzz.h"
#include "../../../pkm/core/kacs/private.h"

/* One attribute as the SACL that would carry it. */
static struct kacs_acl resource_acl(const u8 *claim, u32 len, u8 *room)
{
	static const u8 everyone[12] = { 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 };
	struct kacs_acl acl = { 0 };
	struct pkm_writer w;
	u32 size = 20 + ALIGN(len, 4);

	pkm_writer_init(&w, room, 66000);
	kacs_acl_begin(&w, 2);
	pkm_writer_u8(&w, KACS_ACE_RESOURCE_ATTRIBUTE);
	pkm_writer_u8(&w, 0);
	pkm_writer_le16(&w, size);
	pkm_writer_le32(&w, 0);
	pkm_writer_bytes(&w, everyone, 12);
	pkm_writer_bytes(&w, claim, len);
	pkm_writer_zero(&w, size - 20 - len);
	if (size > U16_MAX - 8 || kacs_acl_end(&w, 0, 1) || kacs_acl_parse(&acl, room, w.len))
		memset(&acl, 0, sizeof(acl));
	return acl;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct cond_value stack[KACS_COND_DEPTH];
	static u8 room[66000];
	struct kacs_cond cond = { .stack = stack, .budget = 1 << 16 };
	enum cond_result allow, deny;
	struct kacs_acl sacl;
	struct pkm_cursor c;
	u8 *parts[5];
	u32 lens[5], i;

	pkm_cursor_init(&c, data, size);
	for (i = 0; i < 5; i++)
		parts[i] = take_part(&c, &lens[i]);
	sacl = resource_acl(parts[1], lens[1], room);
	cond.sacl = &sacl;
	for (i = 0; i < 3; i++)
		if (!kacs_claims_validate(parts[2 + i], lens[2 + i])) {
			cond.claims[i] = parts[2 + i];
			cond.claims_len[i] = lens[2 + i];
		}
	allow = kacs_cond_eval(&cond, NULL, VIEW_ALLOW, parts[0], lens[0]);
	deny = kacs_cond_eval(&cond, NULL, VIEW_DENY, parts[0], lens[0]);
	HOLDS(allow <= COND_UNKNOWN && deny <= COND_UNKNOWN);
	/* What ingestion calls malformed can only ever be UNKNOWN (KACS-AC-151). */
	if (!kacs_cond_valid(parts[0], lens[0]))
		HOLDS(allow == COND_UNKNOWN && deny == COND_UNKNOWN);
	for (i = 0; i < 5; i++)
		free(parts[i]);
	return 0;
}
