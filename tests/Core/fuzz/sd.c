// SPDX-License-Identifier: MIT
/*
 * Descriptors: whatever is accepted is rebuilt to an equal one, and a rebuilt
 * one to the same bytes.
 */
#include "fuzz.h"

static void walk(const struct kacs_acl *acl)
{
	struct kacs_ace ace;
	u32 pos = 0, count = 0, bytes = KACS_ACL_HEADER;

	while (kacs_acl_next(acl, &pos, &ace)) {
		count++;
		bytes += ace.size;
		if (ace.sid)
			HOLDS(kacs_sid_prefix(ace.sid, ace.data + ace.size - ace.sid));
	}
	HOLDS(count == acl->count);
	HOLDS(!acl->data || bytes == acl->len);
}

static void rebuild(const struct kacs_sd *sd)
{
	static u8 first[KACS_SD_MAX], second[KACS_SD_MAX];
	struct kacs_sd_parts parts;
	struct pkm_writer w, again;
	struct kacs_sd other;

	kacs_sd_parts_of(sd, &parts);
	pkm_writer_init(&w, first, sizeof(first));
	HOLDS(!kacs_sd_write(&parts, &w) && pkm_writer_ok(&w));
	HOLDS(w.len <= sd->len);
	HOLDS(!kacs_sd_parse(&other, first, w.len));
	HOLDS(other.control == sd->control && other.dacl.count == sd->dacl.count &&
	      other.sacl.count == sd->sacl.count && !other.label == !sd->label &&
	      !other.trust == !sd->trust && other.dacl.facts == sd->dacl.facts);
	kacs_sd_parts_of(&other, &parts);
	pkm_writer_init(&again, second, sizeof(second));
	HOLDS(!kacs_sd_write(&parts, &again));
	HOLDS(again.len == w.len && !memcmp(first, second, w.len));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *copy = exact_copy(data, size);
	struct kacs_sd sd;

	if (!kacs_sd_parse(&sd, copy, size)) {
		walk(&sd.dacl);
		walk(&sd.sacl);
		rebuild(&sd);
	}
	free(copy);
	return 0;
}
