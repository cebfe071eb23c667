// SPDX-License-Identifier: MIT
/*
 * Answers of a source: whatever passes the structural check can be decoded
 * into arrays of the sizes it announced, resolved, and holds what the checks
 * promise. Input: a byte that picks the operation, then the frame.
 */
#include <stdlib.h>

#include "fuzz.h"
#include <pkm/core/lcs.h>
#include <linux/pkm/rsi.h>

static void children(const u8 *frame, u32 len, u16 op, const struct lcs_rsi_shape *shape)
{
	struct lcs_children c = { calloc(shape->entries + 1, sizeof(*c.entries)), 0,
				  calloc(shape->others + 1, sizeof(*c.metas)), 0 };
	struct lcs_layers layers;
	struct lcs_layer row;

	lcs_layers_base(&layers, &row);
	if (!lcs_rsi_children(frame, len, op, 1000, &c)) {
		HOLDS(c.entry_count == shape->entries && c.meta_count == shape->others);
		for (u32 i = 0; i < c.entry_count; i++)
			HOLDS(c.entries[i].hidden == lcs_guid_nil(c.entries[i].target));
		if (!lcs_effective_children(&layers, &c))
			HOLDS(c.entry_count <= shape->entries);
	}
	free(c.entries);
	free(c.metas);
}

static void values(const u8 *frame, u32 len, const struct lcs_rsi_shape *shape)
{
	struct lcs_values v = { calloc(shape->entries + 1, sizeof(*v.entries)), 0,
				calloc(shape->others + 1, sizeof(*v.blankets)), 0 };
	struct lcs_layers layers;
	struct lcs_layer row;

	lcs_layers_base(&layers, &row);
	if (!lcs_rsi_values(frame, len, 1000, &v)) {
		HOLDS(v.entry_count == shape->entries && v.blanket_count == shape->others);
		if (!lcs_effective_values(&layers, &v))
			for (u32 i = 0; i < v.entry_count; i++)
				HOLDS(v.entries[i].type != 0xffff && v.entries[i].sequence < 1000);
	}
	free(v.entries);
	free(v.blankets);
}

static const u8 ops[] = { RSI_LOOKUP,       RSI_ENUM_CHILDREN, RSI_READ_KEY,
			  RSI_QUERY_VALUES, RSI_DELETE_LAYER,  RSI_FLUSH };

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct lcs_key_record key;
	struct lcs_rsi_shape shape;
	u8 *frame;
	u16 op;

	if (size < 1 || size > 65536)
		return 0;
	op = ops[data[0] % ARRAY_SIZE(ops)];
	size--;
	frame = malloc(size + 1);
	memcpy(frame, data + 1, size);
	/* The rest is reached only behind a header that fits; odd first bytes keep theirs. */
	if (size >= RSI_RESPONSE_HEADER_LEN && !(data[0] & 0x80)) {
		pkm_put_le32(frame, size);
		pkm_put_le16(frame + 12, op | RSI_RESPONSE_BIT);
	}
	if (lcs_rsi_check(frame, size, op, &shape) || shape.status)
		goto out;
	if (op == RSI_LOOKUP || op == RSI_ENUM_CHILDREN)
		children(frame, size, op, &shape);
	else if (op == RSI_QUERY_VALUES)
		values(frame, size, &shape);
	else if (op == RSI_READ_KEY)
		HOLDS(lcs_rsi_key(frame, size, &key) || key.name.len);
	else if (op == RSI_DELETE_LAYER && shape.entries)
		HOLDS(lcs_rsi_orphan(frame, shape.entries - 1) + 16 <= frame + size);
out:
	free(frame);
	return 0;
}
