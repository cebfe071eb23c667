// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/registry: opening and creating keys. Anyone may open the device; each
 * key decides for itself (LCS-222).
 *
 * Order of an open: flags, rights, path, walk, AccessCheck, descriptor
 * (LCS-137, LCS-227).
 */
#include <linux/file.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <pkm/core/kacs.h>
#include <pkm/module.h>

#include "internal.h"

static int rights_check(u32 desired)
{
	return !desired || (desired & ~REG_VALID_DESIRED_ACCESS_MASK) ? -EINVAL : 0;
}

/* Copies a path and checks its form; *@path is kvmalloc'ed. */
static int take_path(struct lcs_op *op, u64 ptr, u8 **path, u32 *len)
{
	/* One byte more than allowed tells "too long" from "just fits". */
	long room = (long)op->limits.max_path_len + 2, got;
	u32 components;
	int err;

	*path = kvmalloc(room, GFP_KERNEL_ACCOUNT);
	if (!*path)
		return -ENOMEM;
	got = strncpy_from_user(*path, u64_to_user_ptr(ptr), room);
	err = got < 0 ? -EFAULT : 0;
	*len = got < 0 ? 0 : got;
	if (!err)
		err = lcs_path_check(*path, min_t(long, got, room - 1), &op->limits, &components);
	if (err) {
		kvfree(*path);
		*path = NULL;
	}
	return err;
}

/* The key a relative path starts at, with its file held in @f. */
static int take_parent(s32 parent_fd, struct fd *f, struct lcs_key **parent)
{
	*parent = NULL;
	*f = (struct fd){};
	if (parent_fd == -1)
		return 0;
	*f = fdget(parent_fd);
	if (!f->file)
		return -EBADF;
	*parent = lcs_key_of(f->file);
	if (!*parent)
		return -EBADF;
	/* Nothing is reachable below a key without a path (LCS-131). */
	return lcs_key_orphaned(*parent) ? -ENOENT : 0;
}

/* Last steps of every open: the key's own descriptor decides. */
static int publish(struct lcs_op *op, struct lcs_walk *walk, u32 desired, u32 __user *disposition, u32 told)
{
	const u8 *guid = lcs_place_guid(walk->place);
	u32 granted, matched;
	int err;

	err = kacs_check_matched(op->token, walk->sd.p, walk->sd.len, desired, &kacs_map_key,
				 "registry key open", &granted, &matched);
	if (err == -EINVAL)
		return lcs_fault(walk->place->hive, walk->reply.req, guid, LCS_FAULT_SD);
	/* The check reports all that the caller may do; the handle gets what was asked (LCS-138, LCS-139). */
	if (!err && !(desired & KACS_MAXIMUM_ALLOWED))
		granted = kacs_map_generic(desired, &kacs_map_key);
	granted = err ? 0 : granted & REG_VALID_MAPPED_ACCESS_MASK;
	if (matched && lcs_audit_open(op->token, guid, desired, !err, granted, matched))
		return -EIO;
	return err ?: lcs_key_fd(walk, granted, disposition, told);
}

static int walk_from(struct lcs_op *op, struct lcs_key *parent, u64 path_ptr, bool open_link,
		     bool want_missing, struct lcs_walk *walk)
{
	u8 *path;
	u32 len;
	int err;

	memset(walk, 0, sizeof(*walk));
	err = take_path(op, path_ptr, &path, &len);
	return err ?: lcs_walk(op, parent ? parent->place : NULL, path, len, open_link, want_missing, walk);
}

static long ioc_open_key(void __user *arg)
{
	struct reg_open_key_args args;
	struct lcs_key *parent;
	struct lcs_walk walk;
	struct lcs_op op;
	struct fd f;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args._pad || (args.flags & ~REG_OPEN_LINK))
		return -EINVAL;
	err = rights_check(args.desired_access) ?: lcs_op_begin(&op);
	if (err)
		return err;
	err = take_parent(args.parent_fd, &f, &parent);
	if (!err) {
		err = walk_from(&op, parent, args.path_ptr, args.flags & REG_OPEN_LINK, false, &walk);
		if (!err)
			err = publish(&op, &walk, args.desired_access, NULL, 0);
		lcs_walk_end(&walk);
	}
	if (f.file)
		fdput(f);
	lcs_op_end(&op);
	return err;
}

static int take_layer(struct lcs_op *op, u64 ptr, u8 **copy, struct lcs_bytes *layer)
{
	long room = (long)op->limits.max_component_len + 2, got;

	*copy = NULL;
	*layer = (struct lcs_bytes){};
	if (!ptr)
		return 0;
	*copy = kmalloc(room, GFP_KERNEL_ACCOUNT);
	if (!*copy)
		return -ENOMEM;
	got = strncpy_from_user(*copy, u64_to_user_ptr(ptr), room);
	if (got < 0)
		return -EFAULT;
	*layer = (struct lcs_bytes){ *copy, got };
	return got ? 0 : -EINVAL;
}

/* Opens what is there, else creates the last component (LCS-233, LCS-239). */
static int open_or_create(struct lcs_op *op, struct lcs_key *parent, const struct reg_create_key_args *args,
			  struct lcs_bytes layer, u32 __user *disposition)
{
	struct lcs_walk walk;
	int err, try;
	u32 told;

	/* If somebody was faster there is one more try, as an open (LCS-240). */
	for (try = 0; try < 2; try++) {
		told = REG_OPENED_EXISTING;
		err = walk_from(op, parent, args->path_ptr, false, try == 0, &walk);
		if (!err && walk.missing.len) {
			told = REG_CREATED_NEW;
			err = lcs_create(op, &walk, args->flags, layer);
		}
		if (!err)
			err = publish(op, &walk, args->desired_access, disposition, told);
		lcs_walk_end(&walk);
		if (err != -EEXIST)
			break;
	}
	return err;
}

static long ioc_create_key(void __user *arg)
{
	struct reg_create_key_args __user *user = arg;
	struct reg_create_key_args args;
	struct lcs_bytes layer = {};
	struct lcs_key *parent;
	u8 *layer_copy = NULL;
	struct lcs_op op;
	struct fd f;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.flags & ~(REG_OPTION_VOLATILE | REG_OPTION_CREATE_LINK))
		return -EINVAL;
	err = rights_check(args.desired_access) ?: lcs_op_begin(&op);
	if (err)
		return err;
	err = take_parent(args.parent_fd, &f, &parent);
	if (!err)
		err = take_layer(&op, args.layer_ptr, &layer_copy, &layer);
	if (!err)
		err = open_or_create(&op, parent, &args, layer, &user->disposition);
	kfree(layer_copy);
	if (f.file)
		fdput(f);
	lcs_op_end(&op);
	return err;
}

static long client_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case REG_OPEN_KEY:
		return ioc_open_key(user);
	case REG_CREATE_KEY:
		return ioc_create_key(user);
	case REG_BEGIN_TRANSACTION:
		/* Transactions are not built. */
		return -EOPNOTSUPP;
	case REG_IOC_ABI_VERSION:
		return put_user((u32)REG_ABI_VERSION, (u32 __user *)user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations client_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = client_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice client_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "registry",
	.fops = &client_fops,
};

/**
 * lcs_client_init() - publish /dev/registry
 *
 * Context: module init; callers may arrive at once.
 * Return: 0 or a negative errno of misc_register().
 */
int lcs_client_init(void)
{
	client_dev.mode = pkm_node_mode();
	return misc_register(&client_dev);
}

/**
 * lcs_client_exit() - withdraw /dev/registry
 *
 * Context: module exit.
 */
void lcs_client_exit(void)
{
	misc_deregister(&client_dev);
}
