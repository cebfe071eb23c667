// SPDX-License-Identifier: MIT
/* Paths: an accepted one splits into that many components, each valid by itself; folding never disagrees with itself. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include <pkm/core/casefold.h>
#include <pkm/core/lcs.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct lcs_limits limits;
	struct lcs_bytes name;
	u32 components, pos = 0, seen = 0;
	struct pkm_writer w;
	u8 *path, *folded;

	if (size > 20000)
		return 0;
	lcs_limits_init(&limits);
	path = malloc(size + 1);
	folded = malloc(size + size / 2 + 4);
	memcpy(path, data, size);
	if (!lcs_path_check(path, size, &limits, &components)) {
		while (lcs_path_next(path, size, &pos, &name)) {
			HOLDS(!lcs_component_check(name, &limits));
			pkm_writer_init(&w, folded, size + size / 2 + 4);
			pkm_fold_write(&w, name.p, name.len);
			HOLDS(pkm_writer_ok(&w));
			HOLDS(pkm_fold_equal(name.p, name.len, folded, w.len));
			HOLDS(pkm_fold_hash(name.p, name.len) == pkm_fold_hash(folded, w.len));
			seen++;
		}
		HOLDS(seen == components);
	}
	free(path);
	free(folded);
	return 0;
}
