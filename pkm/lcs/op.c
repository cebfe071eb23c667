// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every client call starts with: the caller's token, the parameters and
 * the layer table in force, and the small checks that calls share.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <pkm/core/casefold.h>
#include <pkm/core/kacs.h>

#include "internal.h"

static DEFINE_SPINLOCK(limits_lock);
static struct lcs_limits current_limits;

/**
 * lcs_limits_reset() - go back to the built-in parameters
 *
 * Context: module init, before any device exists. LCS-307.
 */
void lcs_limits_reset(void)
{
	lcs_limits_init(&current_limits);
}

/**
 * lcs_limits_set() - other parameters from the next operation on
 * @limits: valid
 *
 * Context: may sleep; the only caller is the worker of config.c. LCS-311.
 */
void lcs_limits_set(const struct lcs_limits *limits)
{
	spin_lock(&limits_lock);
	current_limits = *limits;
	spin_unlock(&limits_lock);
}

/**
 * lcs_max_requests() - slots per source now in force
 *
 * Context: any.
 * Return: MaxConcurrentRSIRequests.
 */
u32 lcs_max_requests(void)
{
	return READ_ONCE(current_limits.max_requests);
}

/**
 * lcs_watch_depth() - how far up a change is reported
 *
 * Context: any.
 * Return: MaxSubtreeWatchDepth; 0: no limit (LCS-189).
 */
u32 lcs_watch_depth(void)
{
	return READ_ONCE(current_limits.max_subtree_watch_depth);
}

/**
 * lcs_op_limits() - take a copy of the parameters for one operation
 * @op: out
 *
 * Context: any. LCS-123.
 */
void lcs_op_limits(struct lcs_op *op)
{
	spin_lock(&limits_lock);
	op->limits = current_limits;
	spin_unlock(&limits_lock);
	lcs_layers_base(&op->layers, &op->base);
}

/**
 * lcs_op_begin() - start a client call
 * @op: out; lcs_op_end() gives back what it holds
 *
 * Context: task context of the caller.
 * Return: 0; -EACCES where no token may be evaluated (HAZ-006).
 */
int lcs_op_begin(struct lcs_op *op)
{
	op->deadline = 0;
	lcs_op_limits(op);
	op->token = kacs_effective_token_get();
	return op->token ? 0 : -EACCES;
}

/**
 * lcs_call_begin() - start a call on a key descriptor
 * @op: out; lcs_op_end() in any case
 * @key: descriptor
 * @right: what the call needs of it
 * @reserved: a reserved field or an undefined flag was set
 *
 * Nothing was looked up, copied or sent before these checks (LCS-015, LCS-145).
 *
 * Context: task context of the caller.
 * Return: 0; -EINVAL; -EACCES.
 */
int lcs_call_begin(struct lcs_op *op, const struct lcs_key *key, u32 right, bool reserved)
{
	op->token = NULL;
	if (reserved)
		return -EINVAL;
	return key->granted & right ? lcs_op_begin(op) : -EACCES;
}

/**
 * lcs_op_end() - end a client call
 * @op: from lcs_op_begin(), successful or not
 *
 * Context: any.
 */
void lcs_op_end(struct lcs_op *op)
{
	if (op->token)
		kacs_token_put(op->token);
	op->token = NULL;
}

/*
 * While the key Layers\base does not exist, SYSTEM and Administrators may
 * write into base by name (LCS-093): O:SYG:SYD:(A;;KA;;;SY)(A;;KA;;;BA).
 */
/* clang-format off */
static const u8 base_sd[] = {
	0x01, 0x00, 0x04, 0x80, 0x14, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0x2c, 0, 0, 0,
	0x01, 0x01, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	0x01, 0x01, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	0x02, 0x00, 0x34, 0x00, 0x02, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x14, 0x00, 0x3f, 0x00, 0x0f, 0x00, 0x01, 0x01, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	0x00, 0x00, 0x18, 0x00, 0x3f, 0x00, 0x0f, 0x00, 0x01, 0x02, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 0x02, 0, 0,
};
/* clang-format on */

/**
 * lcs_layer_authorise() - may the caller write into a layer?
 * @op: call
 * @name: as the caller gave it; empty: none named, base
 * @table_name: out, spelling for sources (LCS-078)
 *
 * A call that names no layer is governed by the key's descriptor alone; one
 * that names a layer, base included, is authorised against it (LCS-091).
 *
 * Context: may sleep.
 * Return: 0; -EINVAL, -ENAMETOOLONG; -ENOENT (LCS-092); -EACCES; -ENOMEM.
 */
int lcs_layer_authorise(struct lcs_op *op, struct lcs_bytes name, struct lcs_bytes *table_name)
{
	const struct lcs_layer *row;
	u32 granted;
	int err;

	*table_name = op->base.name;
	if (!name.len)
		return 0;
	err = lcs_layer_name_check(name, &op->limits);
	if (err)
		return err;
	row = lcs_layer_find(&op->layers, name);
	if (!row)
		return -ENOENT;
	*table_name = row->name;
	return kacs_check(op->token, base_sd, sizeof(base_sd), KEY_SET_VALUE, &kacs_map_key, NULL, &granted);
}

/**
 * lcs_txn_check() - a transaction argument
 * @txn_fd: descriptor or -1
 *
 * Transactions are not built: no descriptor is one, so any but -1 is refused.
 *
 * Context: any.
 * Return: 0; -EBADF (LCS-247).
 */
int lcs_txn_check(s32 txn_fd)
{
	return txn_fd == -1 ? 0 : -EBADF;
}

static bool masks_allowed(const struct kacs_acl *acl)
{
	struct kacs_ace ace;
	u32 pos = 0;

	if (!acl->data)
		return true;
	while (kacs_acl_next(acl, &pos, &ace)) {
		/* These carry policies, not rights on the key. */
		if (!ace.sid || ace.type >= KACS_ACE_MANDATORY_LABEL)
			continue;
		if (ace.mask & ~REG_VALID_ACE_ACCESS_MASK)
			return false;
		if (kacs_map_generic(ace.mask, &kacs_map_key) & ~REG_VALID_MAPPED_ACCESS_MASK)
			return false;
	}
	return true;
}

/**
 * lcs_sd_check() - may this be the descriptor of a key?
 * @sd: self-relative bytes
 * @len: how many
 *
 * Context: any.
 * Return: 0; -EINVAL: malformed, without owner, or ACE masks outside LCS-143.
 */
int lcs_sd_check(const void *sd, u32 len)
{
	struct kacs_sd parsed;

	if (kacs_sd_parse(&parsed, sd, len) || !parsed.owner)
		return -EINVAL;
	return masks_allowed(&parsed.dacl) && masks_allowed(&parsed.sacl) ? 0 : -EINVAL;
}

/**
 * lcs_user_bytes() - copy a counted string or data of a caller
 * @ptr: user address
 * @len: bytes, bounded by the caller of this
 * @out: kvmalloc'ed copy, NULL for no bytes (the pointer is then ignored)
 *
 * Context: may sleep and fault; no lock held (HAZ-033).
 * Return: 0; -EFAULT; -ENOMEM.
 */
int lcs_user_bytes(u64 ptr, u32 len, u8 **out)
{
	u8 *copy;

	*out = NULL;
	if (!len)
		return 0;
	copy = kvmalloc(len, GFP_KERNEL_ACCOUNT);
	if (!copy)
		return -ENOMEM;
	if (copy_from_user(copy, u64_to_user_ptr(ptr), len)) {
		kvfree(copy);
		return -EFAULT;
	}
	*out = copy;
	return 0;
}

/**
 * lcs_user_value_name() - copy and check the name of a value
 * @op: call
 * @ptr: user address
 * @len: bytes; 0: the default value
 * @copy: out, kvfree it
 * @name: out, inside @copy
 *
 * Context: may sleep and fault.
 * Return: 0; -ENAMETOOLONG before anything is copied; -EFAULT; -EINVAL; -ENOMEM.
 */
int lcs_user_value_name(struct lcs_op *op, u64 ptr, u32 len, u8 **copy, struct lcs_bytes *name)
{
	int err;

	*copy = NULL;
	if (len > op->limits.max_component_len)
		return -ENAMETOOLONG;
	err = lcs_user_bytes(ptr, len, copy);
	*name = (struct lcs_bytes){ *copy, len };
	return err ?: lcs_value_name_check(*name, &op->limits);
}

/**
 * lcs_user_layer() - copy and check the name of a layer
 * @op: call
 * @ptr: user address
 * @len: bytes; 0: none named, base (LCS-248)
 * @copy: out, kvfree it
 * @name: out, inside @copy
 *
 * Context: may sleep and fault.
 * Return: 0; -ENAMETOOLONG before anything is copied; -EFAULT; -EINVAL; -ENOMEM.
 */
int lcs_user_layer(struct lcs_op *op, u64 ptr, u32 len, u8 **copy, struct lcs_bytes *name)
{
	int err;

	*copy = NULL;
	*name = (struct lcs_bytes){};
	if (!len)
		return 0;
	if (len > op->limits.max_component_len)
		return -ENAMETOOLONG;
	err = lcs_user_bytes(ptr, len, copy);
	*name = (struct lcs_bytes){ *copy, len };
	return err ?: lcs_layer_name_check(*name, &op->limits);
}

/**
 * lcs_user_buffer() - is this an output buffer?
 * @ptr: user address
 * @len: its size; 0 is a size probe
 *
 * Context: any.
 * Return: 0; -EFAULT (LCS-250). A page that cannot be written shows at the copy.
 */
int lcs_user_buffer(u64 ptr, u32 len)
{
	return len && (!ptr || !access_ok(u64_to_user_ptr(ptr), len)) ? -EFAULT : 0;
}

/**
 * lcs_user_put() - copy a result out
 * @ptr: user address
 * @data: bytes
 * @len: how many, 0 touches nothing
 *
 * Context: may sleep and fault; no lock held (HAZ-033).
 * Return: 0 or -EFAULT.
 */
int lcs_user_put(u64 ptr, const void *data, u32 len)
{
	return len && copy_to_user(u64_to_user_ptr(ptr), data, len) ? -EFAULT : 0;
}

/**
 * lcs_user_put_packed() - copy out records that a writer makes
 * @ptr: user address
 * @len: in: size of the user's buffer; out: what the records need (LCS-251)
 * @pack: writes the records of @rows, the same bytes each time
 * @rows: what @pack understands
 *
 * Context: may sleep and fault; no lock held (HAZ-033).
 * Return: 0; -ERANGE: nothing was copied; -EFAULT; -EIO: more than 4 GiB; -ENOMEM.
 */
int lcs_user_put_packed(u64 ptr, u32 *len, void (*pack)(struct pkm_writer *w, const void *rows),
			const void *rows)
{
	u32 room = *len;
	struct pkm_writer w;
	void *buf;
	int err;

	pkm_writer_init(&w, NULL, 0);
	pack(&w, rows);
	if (w.failed)
		return -EIO;
	*len = w.len;
	if (w.len > room)
		return -ERANGE;
	buf = kvmalloc(max(w.len, 1U), GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;
	pkm_writer_init(&w, buf, w.len);
	pack(&w, rows);
	err = lcs_user_put(ptr, buf, w.len);
	kvfree(buf);
	return err;
}

/**
 * lcs_user_put_args() - bring an argument record back
 * @arg: user address
 * @args: its new contents
 * @size: bytes
 * @err: how the call ended; only success and ERANGE show (LCS-251, LCS-256)
 *
 * Context: may sleep and fault; no lock held (HAZ-033).
 * Return: @err, or -EFAULT.
 */
long lcs_user_put_args(void __user *arg, const void *args, size_t size, int err)
{
	if ((!err || err == -ERANGE) && copy_to_user(arg, args, size))
		return -EFAULT;
	return err;
}
