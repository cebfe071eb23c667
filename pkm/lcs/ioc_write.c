// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changing values. Watchers hear of effective changes only (LCS-168), so what
 * may or may not change one is compared before and after, inside the key's
 * gate: two writers announce in the order in which they wrote.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <pkm/core/casefold.h>

#include "internal.h"

/* The strings of a value write. */
struct write_strings {
	u8 *name_copy;
	u8 *layer_copy;
	u8 *data;
	struct lcs_bytes name;
	struct lcs_bytes layer;       /* as the caller named it */
	struct lcs_bytes table_layer; /* as sources know it */
};

static void free_strings(struct write_strings *s)
{
	kvfree(s->name_copy);
	kvfree(s->layer_copy);
	kvfree(s->data);
}

static struct lcs_effect *value_effect(struct lcs_key *key)
{
	struct lcs_effect *effect = lcs_effect_alloc(key->place);

	if (!effect)
		return NULL;
	effect->touch = lcs_make_touch(lcs_place_guid(key->place), NULL);
	if (!effect->touch) {
		lcs_effect_free(effect);
		return NULL;
	}
	return effect;
}

static bool same_layer(struct lcs_bytes a, struct lcs_bytes b)
{
	return pkm_fold_equal(a.p, a.len, b.p, b.len);
}

/*
 * What a change of @layer's entry of @name does to the effective value.
 * @fresh: the entry afterwards, NULL: removed. Adds the event, if any.
 */
static int compare_value(struct lcs_op *op, struct lcs_key *key, struct lcs_bytes name,
			 struct lcs_bytes layer, const struct lcs_value_entry *fresh,
			 struct lcs_effect *effect)
{
	struct lcs_hive *hive = key->place->hive;
	const struct lcs_value_entry *winner;
	struct lcs_reply reply;
	enum lcs_fault fault;
	u64 before, after;
	u32 i, kept = 0;
	int err;

	err = lcs_call_values(op, hive, lcs_place_guid(key->place), name, false, &reply);
	if (err)
		goto out;
	fault = lcs_resolve_value(&op->layers, &reply.values, name, &winner);
	before = winner ? winner->sequence : 0;
	for (i = 0; i < reply.values.entry_count; i++)
		if (!same_layer(reply.values.entries[i].layer, layer))
			reply.values.entries[kept++] = reply.values.entries[i];
	if (fresh)
		reply.values.entries[kept++] = *fresh;
	reply.values.entry_count = kept;
	if (!fault)
		fault = lcs_resolve_value(&op->layers, &reply.values, name, &winner);
	after = winner ? winner->sequence : 0;
	if (fault)
		err = lcs_fault(hive, reply.req, lcs_place_guid(key->place), fault);
	else if (after && after != before)
		err = lcs_effect_event(effect, REG_EVENT_VALUE_SET, key->place->depth, name);
	else if (!after && before)
		err = lcs_effect_event(effect, REG_EVENT_VALUE_DELETED, key->place->depth, name);
out:
	lcs_reply_free(&reply);
	return err;
}

static int run_set(struct lcs_op *op, struct lcs_key *key, const struct reg_set_value_args *args,
		   struct write_strings *s, u64 sequence, struct lcs_effect *effect)
{
	struct lcs_bytes data = { s->data, args->data_len };
	u32 len = LCS_GUID_LEN + 4 + s->name.len + 4 + s->table_layer.len + 4 + 4 + data.len + 16;
	struct lcs_request *req = lcs_request_alloc(RSI_SET_VALUE, len);

	if (req) {
		lcs_rsi_put_guid(&req->w, lcs_place_guid(key->place));
		lcs_rsi_put_bytes(&req->w, s->name);
		lcs_rsi_put_bytes(&req->w, s->table_layer);
		pkm_writer_le32(&req->w, args->type);
		lcs_rsi_put_bytes(&req->w, data);
		pkm_writer_le64(&req->w, sequence);
		pkm_writer_le64(&req->w, args->expected_seq);
	}
	return lcs_call_mutate(op, req, effect);
}

static int set_value(struct lcs_op *op, struct lcs_key *key, const struct reg_set_value_args *args,
		     struct write_strings *s)
{
	struct lcs_value_entry fresh = {
		.name = s->name,
		.layer = s->table_layer,
		.type = args->type,
		.data = { s->data, args->data_len },
		.sequence = lcs_sequence_take(),
	};
	/* With base alone a value written is the value in effect: nothing to compare. */
	bool wins = op->layers.count == 1 && args->type != REG_TOMBSTONE;
	struct lcs_effect *effect;
	int err;

	if (!fresh.sequence)
		return -EOVERFLOW;
	effect = value_effect(key);
	if (!effect)
		return -ENOMEM;
	err = lcs_gate_enter(op, lcs_place_guid(key->place));
	if (err) {
		lcs_effect_free(effect);
		return err;
	}
	if (wins)
		err = lcs_effect_event(effect, REG_EVENT_VALUE_SET, key->place->depth, s->name);
	else
		err = compare_value(op, key, s->name, s->table_layer, &fresh, effect);
	if (err)
		lcs_effect_free(effect);
	else
		err = run_set(op, key, args, s, fresh.sequence, effect);
	lcs_gate_leave(lcs_place_guid(key->place));
	return err;
}

/**
 * lcs_ioc_set_value() - REG_IOC_SET_VALUE
 * @key: descriptor
 * @arg: struct reg_set_value_args
 *
 * Context: sleeps for the source.
 * Return: 0; -EFAULT, -EINVAL, -EACCES, -ENAMETOOLONG, -ENOSPC, -EBADF,
 * -ENOENT, -EAGAIN, -EIO, -ETIMEDOUT, -ENOMEM. LCS-261..LCS-266.
 */
long lcs_ioc_set_value(struct lcs_key *key, void __user *arg)
{
	struct reg_set_value_args args;
	struct write_strings s = {};
	struct lcs_op op;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = lcs_call_begin(&op, key, KEY_SET_VALUE, args._pad0 || args._pad1 || args._pad2);
	if (!err)
		err = lcs_user_value_name(&op, args.name_ptr, args.name_len, &s.name_copy, &s.name);
	if (!err)
		err = lcs_user_layer(&op, args.layer_ptr, args.layer_len, &s.layer_copy, &s.layer);
	if (!err)
		err = lcs_value_check(args.type, args.data_len, &op.limits);
	if (!err)
		err = lcs_user_bytes(args.data_ptr, args.data_len, &s.data);
	if (!err)
		err = lcs_txn_check(args.txn_fd) ?: lcs_layer_authorise(&op, s.layer, &s.table_layer);
	if (!err)
		err = set_value(&op, key, &args, &s);
	free_strings(&s);
	lcs_op_end(&op);
	return err;
}

static int delete_value(struct lcs_op *op, struct lcs_key *key, struct write_strings *s)
{
	const u8 *guid = lcs_place_guid(key->place);
	struct lcs_effect *effect = value_effect(key);
	struct lcs_request *req;
	int err;

	if (!effect)
		return -ENOMEM;
	err = lcs_gate_enter(op, guid);
	if (err) {
		lcs_effect_free(effect);
		return err;
	}
	err = compare_value(op, key, s->name, s->table_layer, NULL, effect);
	if (err) {
		lcs_effect_free(effect);
		goto leave;
	}
	req = lcs_request_alloc(RSI_DELETE_VALUE_ENTRY, LCS_GUID_LEN + 8 + s->name.len + s->table_layer.len);
	if (req) {
		lcs_rsi_put_guid(&req->w, guid);
		lcs_rsi_put_bytes(&req->w, s->name);
		lcs_rsi_put_bytes(&req->w, s->table_layer);
	}
	err = lcs_call_mutate(op, req, effect);
leave:
	lcs_gate_leave(guid);
	return err;
}

/**
 * lcs_ioc_delete_value() - REG_IOC_DELETE_VALUE
 * @key: descriptor
 * @arg: struct reg_delete_value_args
 *
 * Context: sleeps for the source.
 * Return: as lcs_ioc_set_value(); 0 also without an entry (LCS-269).
 */
long lcs_ioc_delete_value(struct lcs_key *key, void __user *arg)
{
	struct reg_delete_value_args args;
	struct write_strings s = {};
	struct lcs_op op;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = lcs_call_begin(&op, key, KEY_SET_VALUE, args._pad0 || args._pad1 || args._pad2);
	if (!err)
		err = lcs_user_value_name(&op, args.name_ptr, args.name_len, &s.name_copy, &s.name);
	if (!err)
		err = lcs_user_layer(&op, args.layer_ptr, args.layer_len, &s.layer_copy, &s.layer);
	if (!err)
		err = lcs_txn_check(args.txn_fd) ?: lcs_layer_authorise(&op, s.layer, &s.table_layer);
	if (!err)
		err = delete_value(&op, key, &s);
	free_strings(&s);
	lcs_op_end(&op);
	return err;
}

/* Effective values now, or with @layer's blanket set (@sequence) or removed (0). */
static int list_values(struct lcs_op *op, struct lcs_key *key, bool changed, struct lcs_bytes layer,
		       u64 sequence, struct lcs_reply *reply)
{
	const u8 *guid = lcs_place_guid(key->place);
	struct lcs_values *v = &reply->values;
	enum lcs_fault fault;
	u32 i, kept = 0;
	int err;

	err = lcs_call_values(op, key->place->hive, guid, (struct lcs_bytes){}, true, reply);
	if (err)
		return err;
	for (i = 0; changed && i < v->blanket_count; i++)
		if (!same_layer(v->blankets[i].layer, layer))
			v->blankets[kept++] = v->blankets[i];
	if (changed && sequence)
		v->blankets[kept++] = (struct lcs_blanket){ layer, sequence };
	if (changed)
		v->blanket_count = kept;
	fault = lcs_effective_values(&op->layers, v);
	return fault ? lcs_fault(key->place->hive, reply->req, guid, fault) : 0;
}

/* Both lists are sorted by folded name: one pass finds who came and who went. */
static int compare_lists(struct lcs_key *key, const struct lcs_values *before, const struct lcs_values *after,
			 struct lcs_effect *effect)
{
	u32 i = 0, j = 0, depth = key->place->depth;
	int err = 0;

	while (!err && (i < before->entry_count || j < after->entry_count)) {
		const struct lcs_value_entry *b = &before->entries[i], *a = &after->entries[j];
		int order;

		if (i == before->entry_count)
			order = 1;
		else if (j == after->entry_count)
			order = -1;
		else
			order = pkm_fold_compare(b->name.p, b->name.len, a->name.p, a->name.len);
		if (order < 0)
			err = lcs_effect_event(effect, REG_EVENT_VALUE_DELETED, depth, b->name);
		else if (order > 0 || a->sequence != b->sequence)
			err = lcs_effect_event(effect, REG_EVENT_VALUE_SET, depth, a->name);
		i += order <= 0;
		j += order >= 0;
	}
	return err;
}

static int run_blanket(struct lcs_op *op, struct lcs_key *key, struct lcs_bytes layer, bool set, u64 sequence,
		       struct lcs_effect *effect)
{
	struct lcs_request *req;

	req = lcs_request_alloc(RSI_SET_BLANKET_TOMBSTONE, LCS_GUID_LEN + 4 + layer.len + 1 + 8);
	if (req) {
		lcs_rsi_put_guid(&req->w, lcs_place_guid(key->place));
		lcs_rsi_put_bytes(&req->w, layer);
		pkm_writer_u8(&req->w, set);
		pkm_writer_le64(&req->w, sequence);
	}
	return lcs_call_mutate(op, req, effect);
}

static int set_blanket(struct lcs_op *op, struct lcs_key *key, struct lcs_bytes layer, bool set)
{
	u64 sequence = set ? lcs_sequence_take() : 0;
	struct lcs_effect *effect = value_effect(key);
	struct lcs_reply before = {}, after = {};
	int err;

	err = !effect            ? -ENOMEM
	      : set && !sequence ? -EOVERFLOW
				 : lcs_gate_enter(op, lcs_place_guid(key->place));
	if (err) {
		lcs_effect_free(effect);
		return err;
	}
	err = list_values(op, key, false, layer, 0, &before);
	if (!err)
		err = list_values(op, key, true, layer, sequence, &after);
	if (!err)
		err = compare_lists(key, &before.values, &after.values, effect);
	if (err)
		lcs_effect_free(effect);
	else
		err = run_blanket(op, key, layer, set, sequence, effect);
	lcs_gate_leave(lcs_place_guid(key->place));
	lcs_reply_free(&before);
	lcs_reply_free(&after);
	return err;
}

/**
 * lcs_ioc_blanket_tombstone() - REG_IOC_BLANKET_TOMBSTONE
 * @key: descriptor
 * @arg: struct reg_blanket_tombstone_args
 *
 * Context: sleeps for the source.
 * Return: as lcs_ioc_set_value(). LCS-270, LCS-271.
 */
long lcs_ioc_blanket_tombstone(struct lcs_key *key, void __user *arg)
{
	struct reg_blanket_tombstone_args args;
	struct lcs_bytes layer, table_layer;
	u8 *copy = NULL;
	struct lcs_op op;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = lcs_call_begin(&op, key, KEY_SET_VALUE,
			     args._pad0 || args._pad1[0] || args._pad1[1] || args._pad1[2] || args.set > 1);
	if (!err)
		err = lcs_user_layer(&op, args.layer_ptr, args.layer_len, &copy, &layer);
	if (!err)
		err = lcs_txn_check(args.txn_fd) ?: lcs_layer_authorise(&op, layer, &table_layer);
	if (!err)
		err = set_blanket(&op, key, table_layer, args.set);
	kvfree(copy);
	lcs_op_end(&op);
	return err;
}
