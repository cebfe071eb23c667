// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading values. Order of checks in every handler (LCS-245): arguments,
 * reserved fields, rights of the descriptor, strings, then the source.
 */
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "internal.h"

/* The layer's spelling in the table, not the source's bytes (LCS-078, LCS-258). */
static struct lcs_bytes layer_spelling(const struct lcs_op *op, struct lcs_bytes layer)
{
	const struct lcs_layer *row = lcs_layer_find(&op->layers, layer);

	return row ? row->name : layer;
}

static int put_value(struct reg_query_value_args *args, const struct lcs_op *op,
		     const struct lcs_value_entry *value)
{
	struct lcs_bytes layer = layer_spelling(op, value->layer);
	bool fits = value->data.len <= args->data_len && layer.len <= args->layer_buf_len;

	args->data_len = value->data.len;
	args->layer_len = layer.len;
	if (!fits)
		return -ERANGE;
	args->type = value->type;
	args->sequence = value->sequence;
	return lcs_user_put(args->data_ptr, value->data.p, value->data.len)
		       ?: lcs_user_put(args->layer_ptr, layer.p, layer.len);
}

static int query_value(struct lcs_key *key, struct lcs_op *op, struct reg_query_value_args *args,
		       struct lcs_bytes name)
{
	struct lcs_hive *hive = key->place->hive;
	const u8 *guid = lcs_place_guid(key->place);
	const struct lcs_value_entry *value;
	struct lcs_reply reply;
	enum lcs_fault fault;
	int err;

	err = lcs_call_values(op, hive, guid, name, false, &reply);
	if (err)
		goto out;
	fault = lcs_resolve_value(&op->layers, &reply.values, name, &value);
	if (fault)
		err = lcs_fault(hive, reply.req, guid, fault);
	else
		err = value ? put_value(args, op, value) : -ENOENT;
out:
	lcs_reply_free(&reply);
	return err;
}

/**
 * lcs_ioc_query_value() - REG_IOC_QUERY_VALUE
 * @key: descriptor
 * @arg: struct reg_query_value_args
 *
 * Context: sleeps for the source.
 * Return: 0; -EFAULT, -EINVAL, -EACCES, -ENAMETOOLONG, -EBADF, -ENOENT,
 * -ERANGE, -EIO, -ETIMEDOUT, -ENOMEM. LCS-257..LCS-260.
 */
long lcs_ioc_query_value(struct lcs_key *key, void __user *arg)
{
	struct reg_query_value_args args;
	struct lcs_bytes name;
	struct lcs_op op;
	u8 *copy = NULL;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = lcs_call_begin(&op, key, KEY_QUERY_VALUE, args._pad0 || args._pad1);
	if (!err)
		err = lcs_user_value_name(&op, args.name_ptr, args.name_len, &copy, &name);
	if (!err)
		err = lcs_user_buffer(args.data_ptr, args.data_len)
			      ?: lcs_user_buffer(args.layer_ptr, args.layer_buf_len);
	if (!err)
		err = lcs_txn_check(args.txn_fd);
	if (!err)
		err = query_value(key, &op, &args, name);
	kvfree(copy);
	lcs_op_end(&op);
	return lcs_user_put_args(arg, &args, sizeof(args), err);
}

/* All effective values, sorted by name: indices are stable between changes. */
static int effective_values(struct lcs_key *key, struct lcs_op *op, struct lcs_reply *reply)
{
	const u8 *guid = lcs_place_guid(key->place);
	enum lcs_fault fault;
	int err;

	err = lcs_call_values(op, key->place->hive, guid, (struct lcs_bytes){}, true, reply);
	if (err)
		return err;
	fault = lcs_effective_values(&op->layers, &reply->values);
	return fault ? lcs_fault(key->place->hive, reply->req, guid, fault) : 0;
}

static void pack_values(struct pkm_writer *w, const void *rows)
{
	const struct lcs_values *values = rows;
	u32 i;

	for (i = 0; i < values->entry_count; i++) {
		lcs_rsi_put_bytes(w, values->entries[i].name);
		pkm_writer_le32(w, values->entries[i].type);
		lcs_rsi_put_bytes(w, values->entries[i].data);
	}
}

static int query_batch(struct lcs_key *key, struct lcs_op *op, struct reg_query_values_batch_args *args)
{
	struct lcs_reply reply;
	int err;

	err = effective_values(key, op, &reply);
	if (!err) {
		args->count = reply.values.entry_count;
		err = lcs_user_put_packed(args->buf_ptr, &args->buf_len, pack_values, &reply.values);
	}
	lcs_reply_free(&reply);
	return err;
}

/**
 * lcs_ioc_query_values_batch() - REG_IOC_QUERY_VALUES_BATCH
 * @key: descriptor
 * @arg: struct reg_query_values_batch_args
 *
 * One answer of the source is the snapshot.
 *
 * Context: sleeps for the source.
 * Return: as lcs_ioc_query_value(). LCS-272, LCS-273.
 */
long lcs_ioc_query_values_batch(struct lcs_key *key, void __user *arg)
{
	struct reg_query_values_batch_args args;
	struct lcs_op op;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = lcs_call_begin(&op, key, KEY_QUERY_VALUE, args._pad);
	if (!err)
		err = lcs_user_buffer(args.buf_ptr, args.buf_len) ?: lcs_txn_check(args.txn_fd);
	if (!err)
		err = query_batch(key, &op, &args);
	lcs_op_end(&op);
	return lcs_user_put_args(arg, &args, sizeof(args), err);
}

static int put_enumerated(struct reg_enum_value_args *args, const struct lcs_values *values)
{
	const struct lcs_value_entry *value;
	bool fits;

	if (args->index >= values->entry_count)
		return -ENOENT;
	value = &values->entries[args->index];
	fits = value->name.len <= args->name_len && value->data.len <= args->data_len;
	args->name_len = value->name.len;
	args->data_len = value->data.len;
	if (!fits)
		return -ERANGE;
	args->type = value->type;
	return lcs_user_put(args->name_ptr, value->name.p, value->name.len)
		       ?: lcs_user_put(args->data_ptr, value->data.p, value->data.len);
}

/**
 * lcs_ioc_enum_values() - REG_IOC_ENUM_VALUES
 * @key: descriptor
 * @arg: struct reg_enum_value_args
 *
 * Context: sleeps for the source.
 * Return: as lcs_ioc_query_value(). LCS-274..LCS-276.
 */
long lcs_ioc_enum_values(struct lcs_key *key, void __user *arg)
{
	struct reg_enum_value_args args;
	struct lcs_reply reply = {};
	struct lcs_op op;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = lcs_call_begin(&op, key, KEY_QUERY_VALUE, args._pad);
	if (!err)
		err = lcs_user_buffer(args.name_ptr, args.name_len) ?:
		      lcs_user_buffer(args.data_ptr, args.data_len) ?: lcs_txn_check(args.txn_fd);
	if (!err)
		err = effective_values(key, &op, &reply) ?: put_enumerated(&args, &reply.values);
	lcs_reply_free(&reply);
	lcs_op_end(&op);
	return lcs_user_put_args(arg, &args, sizeof(args), err);
}
