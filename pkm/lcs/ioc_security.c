// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and changing the descriptor of a key (LCS-290..LCS-297).
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <pkm/core/kacs.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

static_assert(REG_SECURITY_OWNER == KACS_SD_OWNER && REG_SECURITY_GROUP == KACS_SD_GROUP &&
		      REG_SECURITY_DACL == KACS_SD_DACL && REG_SECURITY_SACL == KACS_SD_SACL,
	      "parts are asked about by their KACS bits");

#define ALL_PARTS (REG_SECURITY_OWNER | REG_SECURITY_GROUP | REG_SECURITY_DACL | REG_SECURITY_SACL)

/* Control bits that go with a part. */
#define DACL_CONTROL                                                                     \
	(KACS_SE_DACL_DEFAULTED | KACS_SE_DACL_TRUSTED | KACS_SE_DACL_AUTO_INHERIT_REQ | \
	 KACS_SE_DACL_AUTO_INHERITED | KACS_SE_DACL_PROTECTED)
#define SACL_CONTROL                                                                            \
	(KACS_SE_SACL_DEFAULTED | KACS_SE_SACL_AUTO_INHERIT_REQ | KACS_SE_SACL_AUTO_INHERITED | \
	 KACS_SE_SACL_PROTECTED)

/* Every right that the asked parts need must be on the descriptor. */
static int check_rights(u32 granted, u32 parts, u32 owner_right, u32 dacl_right)
{
	u32 needed = 0;

	if (!parts || (parts & ~ALL_PARTS))
		return -EINVAL;
	if (parts & (REG_SECURITY_OWNER | REG_SECURITY_GROUP))
		needed |= owner_right;
	if (parts & REG_SECURITY_DACL)
		needed |= dacl_right;
	if (parts & REG_SECURITY_SACL)
		needed |= KACS_ACCESS_SYSTEM_SECURITY;
	return (granted & needed) == needed ? 0 : -EACCES;
}

/* Copies the parts named by @which from @from into @to. */
static void take_parts(struct kacs_sd_parts *to, const struct kacs_sd_parts *from, u32 which)
{
	if (which & REG_SECURITY_OWNER) {
		to->owner = from->owner;
		to->control &= ~KACS_SE_OWNER_DEFAULTED;
		to->control |= from->control & KACS_SE_OWNER_DEFAULTED;
	}
	if (which & REG_SECURITY_GROUP) {
		to->group = from->group;
		to->control &= ~KACS_SE_GROUP_DEFAULTED;
		to->control |= from->control & KACS_SE_GROUP_DEFAULTED;
	}
	if (which & REG_SECURITY_DACL) {
		to->dacl = from->dacl;
		to->dacl_len = from->dacl_len;
		to->control = (to->control & ~DACL_CONTROL) | (from->control & DACL_CONTROL);
	}
	if (which & REG_SECURITY_SACL) {
		to->sacl = from->sacl;
		to->sacl_len = from->sacl_len;
		to->control = (to->control & ~SACL_CONTROL) | (from->control & SACL_CONTROL);
	}
}

/* Assembles @parts into a kvmalloc'ed descriptor. */
static int assemble(const struct kacs_sd_parts *parts, u8 **out, u32 *len)
{
	struct pkm_writer w;

	pkm_writer_init(&w, NULL, 0);
	if (kacs_sd_write(parts, &w))
		return -EINVAL;
	*out = kvmalloc(w.len, GFP_KERNEL_ACCOUNT);
	if (!*out)
		return -ENOMEM;
	pkm_writer_init(&w, *out, w.len);
	kacs_sd_write(parts, &w);
	*len = w.len;
	return 0;
}

static int get_security(struct lcs_key *key, struct lcs_op *op, struct reg_get_security_args *args)
{
	struct kacs_sd_parts whole, asked = {};
	u32 room = args->sd_len, len = 0;
	struct lcs_reply reply;
	struct kacs_sd sd;
	u8 *out = NULL;
	int err;

	err = lcs_call_read_key(op, key->place->hive, lcs_place_guid(key->place), &reply);
	if (!err)
		err = kacs_sd_parse(&sd, reply.key.meta.sd.p, reply.key.meta.sd.len) ? -EIO : 0;
	if (!err) {
		kacs_sd_parts_of(&sd, &whole);
		take_parts(&asked, &whole, args->security_info);
		err = assemble(&asked, &out, &len);
	}
	if (!err) {
		args->sd_len = len;
		err = len > room ? -ERANGE : lcs_user_put(args->sd_ptr, out, len);
	}
	kvfree(out);
	lcs_reply_free(&reply);
	return err;
}

/**
 * lcs_ioc_get_security() - REG_IOC_GET_SECURITY
 * @key: descriptor
 * @arg: struct reg_get_security_args
 *
 * Context: sleeps for the source.
 * Return: 0; -EFAULT, -EINVAL, -EACCES, -ERANGE, -ENOENT, -EIO, -ETIMEDOUT,
 * -ENOMEM. LCS-291, LCS-292.
 */
long lcs_ioc_get_security(struct lcs_key *key, void __user *arg)
{
	struct reg_get_security_args args;
	struct lcs_op op;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = check_rights(key->granted, args.security_info, KACS_READ_CONTROL, KACS_READ_CONTROL);
	if (err)
		return err;
	err = lcs_op_begin(&op);
	if (!err)
		err = lcs_user_buffer(args.sd_ptr, args.sd_len);
	if (!err)
		err = get_security(key, &op, &args);
	lcs_op_end(&op);
	if ((!err || err == -ERANGE) && copy_to_user(arg, &args, sizeof(args)))
		return -EFAULT;
	return err;
}

static int write_security(struct lcs_op *op, struct lcs_key *key, u8 *sd, u32 len)
{
	struct lcs_effect *effect = lcs_effect_alloc(key->place);
	struct lcs_bytes bytes = { sd, len };
	int err;

	if (!effect)
		return -ENOMEM;
	err = lcs_effect_event(effect, REG_EVENT_SD_CHANGED, key->place->depth, (struct lcs_bytes){});
	if (err) {
		lcs_effect_free(effect);
		return err;
	}
	return lcs_call_mutate(op, lcs_make_touch(lcs_place_guid(key->place), &bytes), effect);
}

/* Inside the key's gate: two callers who change different parts both count. */
static int set_security(struct lcs_op *op, struct lcs_key *key, const struct kacs_sd *input, u32 parts)
{
	struct kacs_sd_parts merged, wanted;
	struct lcs_reply reply;
	struct kacs_sd current_sd;
	u8 *out = NULL;
	u32 len = 0;
	int err;

	err = lcs_call_read_key(op, key->place->hive, lcs_place_guid(key->place), &reply);
	if (!err)
		err = kacs_sd_parse(&current_sd, reply.key.meta.sd.p, reply.key.meta.sd.len) ? -EIO : 0;
	/* Whoever may change an owner may not invent one, nor raise a label: as for tokens and processes. */
	if (!err)
		err = kacs_sd_may_change(op->token, parts, &current_sd, input);
	if (!err) {
		kacs_sd_parts_of(&current_sd, &merged);
		kacs_sd_parts_of(input, &wanted);
		take_parts(&merged, &wanted, parts);
		err = assemble(&merged, &out, &len);
	}
	if (!err)
		err = lcs_sd_check(out, len);
	if (!err)
		err = write_security(op, key, out, len);
	kvfree(out);
	lcs_reply_free(&reply);
	return err;
}

/**
 * lcs_ioc_set_security() - REG_IOC_SET_SECURITY
 * @key: descriptor
 * @arg: struct reg_set_security_args
 *
 * Context: sleeps for the source.
 * Return: 0; -EFAULT, -EINVAL (malformed, no owner left, ACE masks), -EACCES,
 * -EPERM (owner, label or mandatory attribute that is not the caller's to set),
 * -EBADF, -ENOENT, -EIO, -ETIMEDOUT, -ENOMEM. LCS-293..LCS-297.
 */
long lcs_ioc_set_security(struct lcs_key *key, void __user *arg)
{
	struct reg_set_security_args args;
	struct kacs_sd input;
	struct lcs_op op;
	u8 *copy = NULL;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args._pad)
		return -EINVAL;
	err = check_rights(key->granted, args.security_info, KACS_WRITE_OWNER, KACS_WRITE_DAC);
	if (err)
		return err;
	if (!args.sd_len || args.sd_len > KACS_SD_MAX)
		return -EINVAL;
	err = lcs_op_begin(&op);
	if (!err)
		err = lcs_user_bytes(args.sd_ptr, args.sd_len, &copy);
	if (!err)
		err = kacs_sd_parse(&input, copy, args.sd_len) ? -EINVAL : lcs_txn_check(args.txn_fd);
	if (!err)
		err = lcs_gate_enter(&op, lcs_place_guid(key->place));
	if (!err) {
		err = set_security(&op, key, &input, args.security_info);
		lcs_gate_leave(lcs_place_guid(key->place));
	}
	kvfree(copy);
	lcs_op_end(&op);
	return err;
}
