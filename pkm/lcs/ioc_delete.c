// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deleting and hiding a key: one layer's entry of its name changes, the key
 * object stays until nobody has it open (LCS-124..LCS-136).
 */
#include <linux/mm.h>
#include <linux/uaccess.h>

#include <pkm/core/casefold.h>

#include "internal.h"

static int check_childless(struct lcs_op *op, struct lcs_key *key)
{
	struct lcs_reply reply;
	int err;

	err = lcs_visible_children(op, key->place->hive, lcs_place_guid(key->place), &reply);
	if (!err && reply.children.entry_count)
		err = -ENOTEMPTY;
	lcs_reply_free(&reply);
	return err;
}

/*
 * What replacing @layer's entry of the key's name does: by nothing, or by
 * HIDDEN with @sequence. *@had: the layer had an entry.
 */
static int compare_entry(struct lcs_op *op, struct lcs_key *key, struct lcs_bytes layer, u64 sequence,
			 struct lcs_effect *effect, bool *had)
{
	const struct lcs_place *place = key->place;
	struct lcs_bytes name = lcs_place_name(place, place->depth - 1);
	const struct lcs_path_entry *winner;
	u8 before[LCS_GUID_LEN] = {}, after[LCS_GUID_LEN] = {};
	struct lcs_children *c;
	struct lcs_reply reply;
	enum lcs_fault fault;
	u32 i, kept = 0;
	int err;

	*had = false;
	err = lcs_call_lookup(op, place->hive, place->guids[place->depth - 2], name, &reply);
	if (err)
		goto out;
	c = &reply.children;
	fault = lcs_resolve_entries(&op->layers, c->entries, c->entry_count, &winner);
	if (winner)
		memcpy(before, winner->target, LCS_GUID_LEN);
	for (i = 0; i < c->entry_count; i++) {
		if (!pkm_fold_equal(c->entries[i].layer.p, c->entries[i].layer.len, layer.p, layer.len)) {
			c->entries[kept++] = c->entries[i];
			continue;
		}
		*had = true;
		/* A GUID has one entry in its life (LCS-061): it loses the last one. */
		effect->orphans = !c->entries[i].hidden;
		memcpy(effect->orphan, c->entries[i].target, LCS_GUID_LEN);
	}
	if (sequence)
		c->entries[kept++] = (struct lcs_path_entry){
			.layer = layer, .hidden = true, .sequence = sequence, .target = NULL
		};
	if (!fault)
		fault = lcs_resolve_entries(&op->layers, c->entries, kept, &winner);
	if (fault) {
		err = lcs_fault(place->hive, reply.req, lcs_place_guid(place), fault);
		goto out;
	}
	if (winner)
		memcpy(after, winner->target, LCS_GUID_LEN);
	if (!memcmp(before, after, LCS_GUID_LEN))
		goto out;
	if (!lcs_guid_nil(before))
		err = lcs_effect_event(effect, REG_EVENT_SUBKEY_DELETED, place->depth - 1, name);
	if (!err && !memcmp(before, lcs_place_guid(place), LCS_GUID_LEN))
		err = lcs_effect_event(effect, REG_EVENT_KEY_DELETED, place->depth, (struct lcs_bytes){});
	if (!err && !lcs_guid_nil(after))
		err = lcs_effect_event(effect, REG_EVENT_SUBKEY_CREATED, place->depth - 1, name);
out:
	lcs_reply_free(&reply);
	return err;
}

/* Inside the parent's gate. */
static int change_entry(struct lcs_op *op, struct lcs_key *key, struct lcs_bytes layer, bool hide)
{
	const struct lcs_place *place = key->place;
	struct lcs_bytes name = lcs_place_name(place, place->depth - 1);
	const u8 *parent = place->guids[place->depth - 2];
	u64 sequence = hide ? lcs_sequence_take() : 0;
	struct lcs_effect *effect;
	bool had;
	int err;

	if (hide && !sequence)
		return -EOVERFLOW;
	effect = lcs_effect_alloc(key->place);
	if (!effect)
		return -ENOMEM;
	effect->touch = lcs_make_touch(parent, NULL);
	err = effect->touch ? compare_entry(op, key, layer, sequence, effect, &had) : -ENOMEM;
	/* Nothing to delete is success (LCS-287). */
	if (err || (!hide && !had)) {
		lcs_effect_free(effect);
		return err;
	}
	return lcs_call_mutate(op,
			       lcs_make_entry(hide ? RSI_HIDE_ENTRY : RSI_DELETE_ENTRY, parent, name, layer,
					      NULL, sequence),
			       effect);
}

static int change_key(struct lcs_key *key, u64 layer_ptr, u32 layer_len, s32 txn_fd, bool hide)
{
	struct lcs_bytes layer, table_layer;
	u8 *copy = NULL;
	struct lcs_op op;
	const u8 *parent;
	int err;

	err = lcs_op_begin(&op);
	if (!err)
		err = lcs_user_layer(&op, layer_ptr, layer_len, &copy, &layer);
	if (!err && key->place->depth == 1)
		err = -EINVAL;
	if (!err && lcs_key_orphaned(key))
		err = -ENOENT;
	if (!err)
		err = lcs_txn_check(txn_fd) ?: lcs_layer_authorise(&op, layer, &table_layer);
	if (err)
		goto out;
	parent = key->place->guids[key->place->depth - 2];
	err = lcs_gate_enter(&op, parent);
	if (err)
		goto out;
	if (!hide)
		err = check_childless(&op, key);
	if (!err)
		err = change_entry(&op, key, table_layer, hide);
	lcs_gate_leave(parent);
out:
	kvfree(copy);
	lcs_op_end(&op);
	return err;
}

/**
 * lcs_ioc_delete_key() - REG_IOC_DELETE_KEY
 * @key: descriptor
 * @arg: struct reg_delete_key_args
 *
 * Context: sleeps for the source.
 * Return: 0; -EFAULT, -EINVAL (root, reserved), -EACCES, -ENAMETOOLONG,
 * -ENOENT (orphan, layer), -ENOTEMPTY, -EBADF, -EIO, -ETIMEDOUT, -ENOMEM.
 * LCS-126, LCS-127, LCS-286.
 */
long lcs_ioc_delete_key(struct lcs_key *key, void __user *arg)
{
	struct reg_delete_key_args args;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args._pad0 || args._pad1)
		return -EINVAL;
	if (!(key->granted & KACS_DELETE))
		return -EACCES;
	return change_key(key, args.layer_ptr, args.layer_len, args.txn_fd, false);
}

/**
 * lcs_ioc_hide_key() - REG_IOC_HIDE_KEY
 * @key: descriptor
 * @arg: struct reg_hide_key_args
 *
 * Context: sleeps for the source.
 * Return: as lcs_ioc_delete_key(), without -ENOTEMPTY (LCS-128). LCS-288.
 */
long lcs_ioc_hide_key(struct lcs_key *key, void __user *arg)
{
	struct reg_hide_key_args args;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args._pad0 || args._pad1)
		return -EINVAL;
	if (!(key->granted & KACS_DELETE))
		return -EACCES;
	return change_key(key, args.layer_ptr, args.layer_len, args.txn_fd, true);
}
