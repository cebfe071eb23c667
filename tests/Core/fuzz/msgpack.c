// SPDX-License-Identifier: MIT
/*
 * The validator against the rules of the format, told a second time: a value
 * is valid at one depth iff it is at every greater one, and no proper prefix
 * of a valid value is valid, nor is the value with a byte behind it.
 */
#include <pkm/core/msgpack.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
	static u8 longer[8193];
	u32 open[256];
	bool deep, before = false;
	u32 depth;

	if (size > 8192)
		return 0;
	deep = pkm_mp_valid(bytes, size, open, 256);
	for (depth = 0; depth <= 256; depth++) {
		bool here = pkm_mp_valid(bytes, size, open, depth);

		if (before && !here)
			__builtin_trap();
		before = here;
	}
	if (before != deep)
		__builtin_trap();
	if (!deep)
		return 0;
	if (size > 1 && pkm_mp_valid(bytes, size - 1, open, 256))
		__builtin_trap();
	memcpy(longer, bytes, size);
	longer[size] = 0xc0;
	if (pkm_mp_valid(longer, size + 1, open, 256))
		__builtin_trap();
	return 0;
}
