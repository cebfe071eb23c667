// SPDX-License-Identifier: MIT
/*
 * Inheritance: from any two descriptors comes a valid one or an error, and
 * measuring says the length that writing has.
 */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static const u8 owner[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
	static u8 out[KACS_SD_MAX + 1024];
	struct kacs_sd parent, creator, child;
	struct kacs_inherit in = { .owner = owner, .map = &kacs_map_file };
	struct pkm_writer measure, w;
	struct pkm_cursor c;
	u32 flags, lens[3], i;
	u8 *parts[3];
	int err;

	pkm_cursor_init(&c, data, size);
	flags = pkm_cursor_u8(&c);
	for (i = 0; i < 3; i++)
		parts[i] = take_part(&c, &lens[i]);
	if (!kacs_sd_parse(&parent, parts[0], lens[0]))
		in.parent = &parent;
	if (!kacs_sd_parse(&creator, parts[1], lens[1]))
		in.creator = &creator;
	in.container = flags & 1;
	in.group = flags & 2 ? owner : NULL;
	in.class_guid = flags & 4 && lens[2] >= 16 ? parts[2] : NULL;
	in.default_dacl = flags & 8 ? parts[2] : NULL;
	in.default_dacl_len = lens[2];
	in.server_dacl = flags & 16 ? parts[2] : NULL;
	in.server_dacl_len = lens[2];
	pkm_writer_init(&measure, NULL, 0);
	err = kacs_inherit_sd(&in, &measure);
	pkm_writer_init(&w, out, sizeof(out));
	HOLDS(kacs_inherit_sd(&in, &w) == err);
	if (!err) {
		HOLDS(w.len == measure.len && pkm_writer_ok(&w));
		HOLDS(!kacs_sd_parse(&child, out, w.len) && child.owner);
	}
	for (i = 0; i < 3; i++)
		free(parts[i]);
	return 0;
}
