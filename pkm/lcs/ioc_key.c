// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ioctls about the key itself: figures, children, deletion, watch, flush.
 */
#include <linux/mm.h>
#include <linux/uaccess.h>

#include <pkm/core/casefold.h>

#include "internal.h"

/* Figures over effective children and values. */
struct figures {
	u32 subkeys;
	u32 values;
	u32 max_subkey_name;
	u32 max_value_name;
	u32 max_value_data;
};

static int count_children(struct lcs_op *op, struct lcs_hive *hive, const u8 *guid, struct figures *f)
{
	struct lcs_reply reply;
	u32 i;
	int err;

	err = lcs_visible_children(op, hive, guid, &reply);
	if (!err) {
		f->subkeys = reply.children.entry_count;
		for (i = 0; i < f->subkeys; i++)
			f->max_subkey_name = max(f->max_subkey_name, reply.children.entries[i].child.len);
	}
	lcs_reply_free(&reply);
	return err;
}

static int count_values(struct lcs_op *op, struct lcs_hive *hive, const u8 *guid, struct figures *f)
{
	struct lcs_reply reply;
	enum lcs_fault fault;
	u32 i;
	int err;

	err = lcs_call_values(op, hive, guid, (struct lcs_bytes){}, true, &reply);
	if (!err) {
		fault = lcs_effective_values(&op->layers, &reply.values);
		err = fault ? lcs_fault(hive, reply.req, guid, fault) : 0;
	}
	if (!err) {
		f->values = reply.values.entry_count;
		for (i = 0; i < f->values; i++) {
			f->max_value_name = max(f->max_value_name, reply.values.entries[i].name.len);
			f->max_value_data = max(f->max_value_data, reply.values.entries[i].data.len);
		}
	}
	lcs_reply_free(&reply);
	return err;
}

/*
 * A key that has more than its source will list still has a place among its
 * parent's children: whoever fills one must not stop others from listing.
 */
static int take_figures(struct lcs_op *op, struct lcs_hive *hive, const u8 *guid, struct figures *f)
{
	int err;

	memset(f, 0, sizeof(*f));
	err = count_children(op, hive, guid, f);
	if (err == -ENOSPC)
		f->subkeys = U32_MAX;
	else if (err)
		return err;
	err = count_values(op, hive, guid, f);
	if (err == -ENOSPC)
		f->values = U32_MAX;
	return err == -ENOSPC ? 0 : err;
}

static int enum_subkey(struct lcs_key *key, struct lcs_op *op, struct reg_enum_subkey_args *args)
{
	struct lcs_hive *hive = key->place->hive;
	const struct lcs_path_entry *child;
	const struct lcs_meta *meta;
	struct lcs_reply reply;
	struct figures figures;
	u32 room = args->name_len;
	int err;

	err = lcs_visible_children(op, hive, lcs_place_guid(key->place), &reply);
	if (err)
		goto out;
	err = -ENOENT;
	if (args->index >= reply.children.entry_count)
		goto out;
	child = &reply.children.entries[args->index];
	meta = lcs_meta_find(&reply.children, child->target);
	args->name_len = child->child.len;
	err = -ERANGE;
	if (child->child.len > room)
		goto out;
	err = take_figures(op, hive, child->target, &figures);
	if (err)
		goto out;
	args->last_write_time = max(meta->last_write_time, lcs_touch_time(child->target));
	args->subkey_count = figures.subkeys;
	args->value_count = figures.values;
	err = lcs_user_put(args->name_ptr, child->child.p, child->child.len);
out:
	lcs_reply_free(&reply);
	return err;
}

/**
 * lcs_ioc_enum_subkeys() - REG_IOC_ENUM_SUBKEYS
 * @key: descriptor
 * @arg: struct reg_enum_subkey_args
 *
 * Names are shown without a check on the child (LCS-152, LCS-279).
 *
 * Context: sleeps for the source.
 * Return: 0; -EFAULT, -EINVAL, -EACCES, -EBADF, -ENOENT, -ERANGE, -EIO,
 * -ETIMEDOUT, -ENOMEM. LCS-277, LCS-278.
 */
long lcs_ioc_enum_subkeys(struct lcs_key *key, void __user *arg)
{
	struct reg_enum_subkey_args args;
	struct lcs_op op;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = lcs_call_begin(&op, key, KEY_ENUMERATE_SUB_KEYS, args._pad);
	if (!err)
		err = lcs_user_buffer(args.name_ptr, args.name_len) ?: lcs_txn_check(args.txn_fd);
	if (!err)
		err = enum_subkey(key, &op, &args);
	lcs_op_end(&op);
	return lcs_user_put_args(arg, &args, sizeof(args), err);
}

static void pack_children(struct pkm_writer *w, const void *rows)
{
	const struct lcs_children *children = rows;
	u32 i;

	for (i = 0; i < children->entry_count; i++)
		lcs_rsi_put_bytes(w, children->entries[i].child);
}

static int list_subkeys(struct lcs_key *key, struct lcs_op *op, struct reg_list_subkeys_args *args)
{
	struct lcs_reply reply;
	int err;

	err = lcs_visible_children(op, key->place->hive, lcs_place_guid(key->place), &reply);
	if (!err) {
		args->count = reply.children.entry_count;
		err = lcs_user_put_packed(args->buf_ptr, &args->buf_len, pack_children, &reply.children);
	}
	lcs_reply_free(&reply);
	return err;
}

/**
 * lcs_ioc_list_subkeys() - REG_IOC_LIST_SUBKEYS
 * @key: descriptor
 * @arg: struct reg_list_subkeys_args
 *
 * The names that REG_IOC_ENUM_SUBKEYS tells in n calls, for which the source sends
 * n lists of n and two more answers each, take one question here.
 *
 * Context: sleeps for the source.
 * Return: as lcs_ioc_enum_subkeys(). LCS-122, LCS-279.
 */
long lcs_ioc_list_subkeys(struct lcs_key *key, void __user *arg)
{
	struct reg_list_subkeys_args args;
	struct lcs_op op;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = lcs_call_begin(&op, key, KEY_ENUMERATE_SUB_KEYS, args._pad);
	if (!err)
		err = lcs_user_buffer(args.buf_ptr, args.buf_len) ?: lcs_txn_check(args.txn_fd);
	if (!err)
		err = list_subkeys(key, &op, &args);
	lcs_op_end(&op);
	return lcs_user_put_args(arg, &args, sizeof(args), err);
}

static void put_info(struct lcs_key *key, struct reg_query_key_info_args *args,
		     const struct lcs_key_record *record, const struct figures *figures)
{
	args->last_write_time = record->meta.last_write_time;
	args->subkey_count = figures->subkeys;
	args->value_count = figures->values;
	args->max_subkey_name_len = figures->max_subkey_name;
	args->max_value_name_len = figures->max_value_name;
	args->max_value_data_size = figures->max_value_data;
	args->sd_size = record->meta.sd.len;
	args->volatile_key = record->meta.volatile_key;
	args->symlink = record->meta.symlink;
	memset(args->_pad1, 0, sizeof(args->_pad1));
	args->hive_generation = atomic64_read(&key->place->hive->generation);
}

static int query_key_info(struct lcs_key *key, struct lcs_op *op, struct reg_query_key_info_args *args)
{
	struct lcs_hive *hive = key->place->hive;
	const u8 *guid = lcs_place_guid(key->place);
	u32 room = args->name_len;
	struct lcs_reply reply;
	struct figures figures;
	struct lcs_bytes name;
	u64 touched = lcs_touch_time(guid);
	int err;

	err = lcs_call_read_key(op, hive, guid, &reply);
	if (err)
		goto out;
	/* The record keeps the spelling of the creation (LCS-010); a path may use any. */
	name = lcs_place_name(key->place, key->place->depth - 1);
	if (key->place->depth > 1 && pkm_fold_equal(name.p, name.len, reply.key.name.p, reply.key.name.len))
		name = reply.key.name;
	args->name_len = name.len;
	err = -ERANGE;
	if (name.len > room)
		goto out;
	err = take_figures(op, hive, guid, &figures);
	if (err)
		goto out;
	put_info(key, args, &reply.key, &figures);
	args->last_write_time = max(args->last_write_time, touched);
	err = lcs_user_put(args->name_ptr, name.p, name.len);
out:
	lcs_reply_free(&reply);
	return err;
}

/**
 * lcs_ioc_query_key_info() - REG_IOC_QUERY_KEY_INFO
 * @key: descriptor
 * @arg: struct reg_query_key_info_args
 *
 * Context: sleeps for the source.
 * Return: as lcs_ioc_enum_subkeys(). LCS-280, LCS-281.
 */
long lcs_ioc_query_key_info(struct lcs_key *key, void __user *arg)
{
	struct reg_query_key_info_args args;
	struct lcs_op op;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = lcs_call_begin(&op, key, KACS_READ_CONTROL, args._pad0);
	if (!err)
		err = lcs_user_buffer(args.name_ptr, args.name_len);
	if (!err)
		err = query_key_info(key, &op, &args);
	lcs_op_end(&op);
	return lcs_user_put_args(arg, &args, sizeof(args), err);
}

/**
 * lcs_ioc_notify() - REG_IOC_NOTIFY
 * @key: descriptor
 * @arg: struct reg_notify_args
 *
 * Context: may sleep; contacts no source.
 * Return: 0; -EFAULT, -EINVAL, -EACCES, -ENOENT orphan, -ENOSPC, -ENOMEM.
 * LCS-162..LCS-165, LCS-298.
 */
long lcs_ioc_notify(struct lcs_key *key, void __user *arg)
{
	struct reg_notify_args args;
	struct lcs_op op;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = lcs_call_begin(&op, key, KEY_NOTIFY,
			     (args.filter & ~REG_NOTIFY_ALL) || args.subtree > 1 || args._pad[0] ||
				     args._pad[1] || args._pad[2]);
	if (!err && args.filter)
		err = lcs_watch_arm(key, &op, args.filter, args.subtree);
	else if (!err)
		lcs_watch_disarm(key);
	lcs_op_end(&op);
	return err;
}

/**
 * lcs_ioc_flush() - REG_IOC_FLUSH
 * @key: descriptor
 *
 * Context: sleeps for the source.
 * Return: 0; -EACCES, -EIO, -ETIMEDOUT, -ENOMEM. LCS-299.
 */
long lcs_ioc_flush(struct lcs_key *key)
{
	struct lcs_op op;
	int err;

	err = lcs_call_begin(&op, key, KEY_SET_VALUE, false);
	if (!err)
		err = lcs_call_flush(&op, key->place->hive);
	lcs_op_end(&op);
	return err;
}
