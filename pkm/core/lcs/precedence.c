// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Who wins: highest precedence, then highest sequence (LCS-119).
 */
#include <pkm/core/casefold.h>
#include <pkm/core/lcs.h>

/**
 * lcs_layers_base() - the table while no other layer exists
 * @layers: out
 * @row: storage of its one row, lives as long as @layers is used
 *
 * Context: Any. LCS-079.
 */
void lcs_layers_base(struct lcs_layers *layers, struct lcs_layer *row)
{
	row->name = LCS_LITERAL("base");
	row->precedence = 0;
	row->enabled = true;
	layers->rows = row;
	layers->count = 1;
}

/**
 * lcs_layer_find() - look a layer up by name
 * @layers: table
 * @name: any spelling (LCS-076)
 *
 * Context: Any.
 * Return: its row, or NULL.
 */
const struct lcs_layer *lcs_layer_find(const struct lcs_layers *layers, struct lcs_bytes name)
{
	u32 i;

	for (i = 0; i < layers->count; i++) {
		const struct lcs_layer *row = &layers->rows[i];

		if (pkm_fold_equal(row->name.p, row->name.len, name.p, name.len))
			return row;
	}
	return NULL;
}

/**
 * lcs_contest_init() - start without a candidate
 * @c: contest
 *
 * Context: Any.
 */
void lcs_contest_init(struct lcs_contest *c)
{
	c->winner = -1;
	c->precedence = 0;
	c->sequence = 0;
	c->tie = false;
}

/**
 * lcs_contest_offer() - offer a candidate
 * @c: contest
 * @layers: table; a layer that is unknown or disabled drops the candidate (LCS-118)
 * @layer: the candidate's layer
 * @sequence: its sequence
 * @index: what @c->winner becomes if it is the best so far
 *
 * A tie counts only between the best (LCS-116): a later, better candidate
 * clears it.
 *
 * Context: Any.
 */
void lcs_contest_offer(struct lcs_contest *c, const struct lcs_layers *layers, struct lcs_bytes layer,
		       u64 sequence, s64 index)
{
	const struct lcs_layer *row = lcs_layer_find(layers, layer);

	if (!row || !row->enabled)
		return;
	if (c->winner >= 0) {
		if (row->precedence < c->precedence)
			return;
		if (row->precedence == c->precedence && sequence < c->sequence)
			return;
		if (row->precedence == c->precedence && sequence == c->sequence) {
			c->tie = true;
			return;
		}
	}
	c->winner = index;
	c->precedence = row->precedence;
	c->sequence = sequence;
	c->tie = false;
}
