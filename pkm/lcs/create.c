// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creating a key: entry first, then record (RSI-068). Between the two the key
 * exists for nobody; if the second fails the first is taken back (LCS-238).
 */
#include <linux/uuid.h>
#include <linux/slab.h>

#include <pkm/core/kacs.h>

#include "internal.h"

/* Links redirect others, so their makers need more than a right (LCS-058, LCS-059). */
static int may_link(struct lcs_op *op, const struct lcs_walk *walk)
{
	static const u8 administrators[] = { 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0 };
	u32 granted;
	int err;

	err = kacs_check(op->token, walk->sd.p, walk->sd.len, KEY_CREATE_LINK, &kacs_map_key, NULL, &granted);
	if (err)
		return err;
	if (kacs_token_is_member(op->token, administrators, sizeof(administrators)))
		return 0;
	return kacs_token_privileged(op->token, KACS_PRIV_TCB) ? 0 : -EPERM;
}

/* Steps 1 to 3 of LCS-235. */
static int may_create(struct lcs_op *op, const struct lcs_walk *walk, u32 flags, struct lcs_bytes layer,
		      struct lcs_bytes *table_layer)
{
	u32 granted;
	int err;

	if (walk->place->depth + 1 > op->limits.max_key_depth)
		return -EINVAL;
	if (walk->volatile_key && !(flags & REG_OPTION_VOLATILE))
		return -EINVAL;
	err = kacs_check(op->token, walk->sd.p, walk->sd.len, KEY_CREATE_SUB_KEY, &kacs_map_key,
			 "registry key create", &granted);
	if (!err && (flags & REG_OPTION_CREATE_LINK))
		err = may_link(op, walk);
	return err ?: lcs_layer_authorise(op, layer, table_layer);
}

/* ACEs from a default DACL may carry bits that would make the key unreadable (LCS-144). */
static void trim_masks(u8 *sd, u32 len)
{
	struct kacs_sd parsed;
	struct kacs_ace ace;
	u32 pos = 0;

	if (kacs_sd_parse(&parsed, sd, len) || !parsed.dacl.data)
		return;
	while (kacs_acl_next(&parsed.dacl, &pos, &ace)) {
		u32 mask = kacs_map_generic(ace.mask, &kacs_map_key) & REG_VALID_MAPPED_ACCESS_MASK;

		/* The mask follows the four bytes of every ACE's header. */
		if (ace.sid)
			pkm_put_le32(sd + (ace.data - sd) + 4, mask);
	}
}

/*
 * RSI_DELETE_ENTRY that takes the entry of step 6 back. Until it is answered
 * the key counts as half made.
 */
static struct lcs_request *make_undo(struct lcs_walk *walk, struct lcs_place *place, struct lcs_bytes layer)
{
	struct lcs_request *undo;

	undo = lcs_make_entry(RSI_DELETE_ENTRY, lcs_place_guid(walk->place), walk->missing, layer, NULL, 0);
	if (!undo)
		return NULL;
	undo->effect = lcs_effect_alloc(place);
	if (!undo->effect) {
		lcs_request_put(undo);
		return NULL;
	}
	undo->effect->counts = false;
	lcs_creating_add(undo->effect, lcs_place_guid(place));
	return undo;
}

/* Step 6 of LCS-235; an answer that comes too late is undone. */
static int run_entry(struct lcs_op *op, struct lcs_walk *walk, struct lcs_place *place,
		     struct lcs_bytes layer)
{
	const u8 *parent = lcs_place_guid(walk->place), *guid = lcs_place_guid(place);
	struct lcs_effect *effect;
	u64 sequence;

	effect = lcs_effect_alloc(place);
	if (!effect)
		return -ENOMEM;
	effect->counts = false;
	lcs_creating_add(effect, guid);
	effect->late_undo = make_undo(walk, place, layer);
	sequence = lcs_sequence_take();
	if (!effect->late_undo || !sequence) {
		lcs_effect_free(effect);
		return sequence ? -ENOMEM : -EOVERFLOW;
	}
	return lcs_call_mutate(
		op, lcs_make_entry(RSI_CREATE_ENTRY, parent, walk->missing, layer, guid, sequence), effect);
}

/* Step 7 of LCS-235; consumes @effect. */
static int run_key(struct lcs_op *op, struct lcs_walk *walk, u32 flags, struct lcs_effect *effect)
{
	struct lcs_bytes sd = { walk->fresh_sd, walk->fresh_sd_len };

	return lcs_call_mutate(op,
			       lcs_make_key(lcs_place_guid(effect->place), walk->missing,
					    lcs_place_guid(walk->place), sd, flags & REG_OPTION_VOLATILE,
					    flags & REG_OPTION_CREATE_LINK),
			       effect);
}

static int run_both(struct lcs_op *op, struct lcs_walk *walk, struct lcs_place *place, u32 flags,
		    struct lcs_bytes layer)
{
	struct lcs_effect *effect = lcs_effect_alloc(place);
	int err;

	if (!effect)
		return -ENOMEM;
	lcs_creating_add(effect, lcs_place_guid(place));
	effect->undo = make_undo(walk, place, layer);
	err = effect->undo ? 0 : -ENOMEM;
	if (!err)
		err = lcs_effect_event(effect, REG_EVENT_SUBKEY_CREATED, place->depth - 1, walk->missing);
	if (!err)
		err = run_entry(op, walk, place, layer);
	if (!err)
		return run_key(op, walk, flags, effect);
	lcs_effect_free(effect);
	return err;
}

/**
 * lcs_create() - create the missing last component of a walk
 * @op: call
 * @walk: stands on the parent, @walk->missing set; on success it stands on the
 *        new key
 * @flags: REG_OPTION_*
 * @layer: as the caller named it, or empty
 *
 * Context: sleeps for the source.
 * Return: 0; -EACCES, -EPERM, -EINVAL, -ENOENT (layer); -EEXIST: somebody was
 * faster (LCS-239); errno of the source.
 */
int lcs_create(struct lcs_op *op, struct lcs_walk *walk, u32 flags, struct lcs_bytes layer)
{
	struct lcs_bytes table_layer;
	struct lcs_place *place;
	u8 guid[LCS_GUID_LEN];
	int err;

	err = may_create(op, walk, flags, layer, &table_layer);
	if (err)
		return err;
	generate_random_guid(guid);
	place = lcs_place_alloc(walk->place, 1, walk->missing.len);
	if (!place)
		return -ENOMEM;
	lcs_place_push(place, guid, walk->missing);
	err = kacs_inherit(op->token, walk->sd.p, walk->sd.len, true, &kacs_map_key, &walk->fresh_sd,
			   &walk->fresh_sd_len);
	if (!err) {
		trim_masks(walk->fresh_sd, walk->fresh_sd_len);
		err = run_both(op, walk, place, flags, table_layer);
	}
	if (!err) {
		swap(walk->place, place);
		walk->sd = (struct lcs_bytes){ walk->fresh_sd, walk->fresh_sd_len };
		walk->volatile_key = flags & REG_OPTION_VOLATILE;
		walk->symlink = flags & REG_OPTION_CREATE_LINK;
	}
	lcs_place_put(place);
	return err;
}
