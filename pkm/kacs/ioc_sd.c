// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kacs: reading and changing the descriptors of tokens and processes.
 *
 * The target is a token descriptor or a pidfd (AT_EMPTY_PATH), checked live
 * each time (KACS-ENF-161). Files come with the file enforcement; until then
 * they are refused.
 */
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

/* Flag of a claim entry, KACS-FMT-105. */
#define CLAIM_MANDATORY 0x0020

/* Two changes of one descriptor must not lose each other (KACS-ENF-173). */
static DEFINE_MUTEX(change_lock);

/**
 * struct target - whose descriptor
 * @token: owns a reference; NULL when it is a process
 * @psb: owns a reference; NULL when it is a token
 * @map: generic mapping of its type
 * @place: where its descriptor hangs
 * @lock: guards writing there
 */
struct target {
	struct kacs_token *token;
	struct kacs_psb *psb;
	const struct kacs_generic_map *map;
	struct kacs_blob __rcu **place;
	spinlock_t *lock;
};

static int find_target(struct target *t, int fd)
{
	struct kacs_token *token;
	struct kacs_psb *psb;
	u32 access;

	*t = (struct target){ 0 };
	token = kacs_token_from_fd(fd, &access);
	if (!IS_ERR(token)) {
		*t = (struct target){ token, NULL, &kacs_map_token, &token->sd, &token->lock };
		return 0;
	}
	if (PTR_ERR(token) == -EBADF || !pkm_lsm_attached())
		return PTR_ERR(token) == -EBADF ? -EBADF : -EOPNOTSUPP;
	psb = kacs_psb_of_pidfd_get(fd);
	if (IS_ERR(psb))
		return PTR_ERR(psb) == -EBADF ? -EOPNOTSUPP : PTR_ERR(psb); /* open, but no pidfd */
	if (!psb)
		return -EACCES;
	*t = (struct target){ NULL, psb, &kacs_map_process, &psb->sd, &psb->lock };
	return 0;
}

static void put_target(struct target *t)
{
	if (t->token)
		kacs_token_put(t->token);
	if (t->psb)
		kacs_psb_put(t->psb);
}

static int fetch_args(struct kacs_sd_args *args, const void __user *arg)
{
	if (copy_from_user(args, arg, sizeof(*args)))
		return -EFAULT;
	if (args->flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	if (!args->security_info || args->security_info & ~(KACS_SD_OWNER | KACS_SD_GROUP | KACS_SD_DACL |
							    KACS_SD_SACL | KACS_SD_LABEL))
		return -EINVAL;
	if (args->security_info & KACS_SD_SACL && args->security_info & KACS_SD_LABEL)
		return -EINVAL; /* KACS-ENF-159 */
	return args->flags & AT_EMPTY_PATH ? 0 : -EOPNOTSUPP;
}

/* All rights at once; one missing fails the whole call (KACS-ENF-160). */
static int check_rights(const struct target *t, struct kacs_token *caller, const struct kacs_blob *stored,
			u32 rights, u32 intent)
{
	struct kacs_gate gate = {
		.token = caller,
		.sd = stored->data,
		.sd_len = stored->len,
		.desired = rights,
		.map = t->map,
		.intent = intent,
		.audit_context = t->token ? "token" : "process",
		.audit_context_len = t->token ? 5 : 7,
	};
	struct kacs_psb *mine;
	int err = kacs_gate(&gate);

	if (err || !t->psb)
		return err == -EINVAL ? -EACCES : err;
	mine = kacs_psb_of_get(current);
	if (mine != t->psb && !kacs_psb_dominates(mine, t->psb))
		err = -EPERM;
	if (mine)
		kacs_psb_put(mine);
	return err;
}

/* --- labels ----------------------------------------------------------------------- */

static bool is_live_label(const struct kacs_ace *ace)
{
	return ace->type == KACS_ACE_MANDATORY_LABEL && !(ace->flags & KACS_ACE_INHERIT_ONLY);
}

/* Writes an ACL of @label (an ACE, may be NULL) and, if @rest, its other ACEs; 0: would be empty. */
static u16 put_label_acl(struct pkm_writer *w, const u8 *label, const struct kacs_acl *rest)
{
	struct kacs_ace ace;
	u16 count = 0;
	u32 pos = 0;

	kacs_acl_begin(w, rest && rest->data ? rest->data[0] : 2);
	if (label) {
		pkm_writer_bytes(w, label, pkm_get_le16(label + 2));
		count++;
	}
	while (rest && rest->data && kacs_acl_next(rest, &pos, &ace)) {
		if (is_live_label(&ace))
			continue;
		pkm_writer_bytes(w, ace.data, ace.size);
		count++;
	}
	kacs_acl_end(w, 0, count);
	return count;
}

static u32 label_level(const u8 *label)
{
	return pkm_get_le32(label + 16); /* header 4, mask 4, SID 8, then its one sub-authority */
}

/* --- get --------------------------------------------------------------------------- */

static u32 read_rights(u32 info)
{
	return (info & ~KACS_SD_SACL ? KACS_READ_CONTROL : 0) |
	       (info & KACS_SD_SACL ? KACS_ACCESS_SYSTEM_SECURITY : 0);
}

/* The components asked for, the others absent (KACS-ENF-162, KACS-ENF-163). */
static int copy_subset(const struct kacs_sd_args *args, const struct kacs_sd *sd, u8 *buf)
{
	struct pkm_writer label, w;
	struct kacs_sd_parts parts;
	u8 label_bytes[KACS_ACL_HEADER + 8 + KACS_SID_MAX];

	kacs_sd_parts_of(sd, &parts);
	if (!(args->security_info & KACS_SD_OWNER))
		parts.owner = NULL;
	if (!(args->security_info & KACS_SD_GROUP))
		parts.group = NULL;
	if (!(args->security_info & KACS_SD_DACL))
		parts.dacl = NULL;
	if (!(args->security_info & KACS_SD_SACL))
		parts.sacl = NULL;
	if (args->security_info & KACS_SD_LABEL && sd->label) {
		pkm_writer_init(&label, label_bytes, sizeof(label_bytes));
		put_label_acl(&label, sd->label, NULL);
		parts.sacl = label_bytes;
		parts.sacl_len = label.len;
	}
	pkm_writer_init(&w, buf, KACS_SD_MAX);
	if (kacs_sd_write(&parts, &w) || !pkm_writer_ok(&w))
		return -EINVAL;
	if (args->buf_len && args->buf_len < w.len)
		return -ERANGE;
	if (args->buf_len && copy_to_user(u64_to_user_ptr(args->buf_ptr), buf, w.len))
		return -EFAULT;
	return w.len;
}

static int get_from(const struct target *t, const struct kacs_sd_args *args)
{
	struct kacs_token *caller = kacs_effective_token_get();
	struct kacs_blob *stored;
	struct kacs_sd sd;
	u8 *buf;
	int ret;

	if (!caller)
		return -EACCES;
	stored = kacs_blob_get_rcu(t->place);
	ret = check_rights(t, caller, stored, read_rights(args->security_info), 0);
	if (ret)
		goto put;
	ret = -ENOMEM;
	buf = kvmalloc(KACS_SD_MAX, GFP_KERNEL);
	if (!buf)
		goto put;
	ret = kacs_sd_parse(&sd, stored->data, stored->len) ?: copy_subset(args, &sd, buf);
	kvfree(buf);
put:
	kacs_blob_put(stored);
	kacs_token_put(caller);
	return ret;
}

/**
 * kacs_ioc_get_sd() - KACS_IOC_GET_SD
 * @arg: struct kacs_sd_args
 *
 * Context: process context. May sleep. KACS-ENF-156.
 * Return: the size of what was asked for, written unless buf_len is 0; -EFAULT,
 * -EINVAL, -EBADF, -ESRCH, -EACCES, -EPERM, -ERANGE, -ENOMEM, -EOPNOTSUPP for
 * other targets.
 */
long kacs_ioc_get_sd(void __user *arg)
{
	struct kacs_sd_args args;
	struct target t;
	int ret = fetch_args(&args, arg);

	if (!ret)
		ret = find_target(&t, args.dirfd);
	if (ret)
		return ret;
	ret = get_from(&t, &args);
	put_target(&t);
	return ret;
}

/* --- set --------------------------------------------------------------------------- */

static u32 write_rights(u32 info)
{
	return (info & (KACS_SD_OWNER | KACS_SD_GROUP | KACS_SD_LABEL) ? KACS_WRITE_OWNER : 0) |
	       (info & KACS_SD_DACL ? KACS_WRITE_DAC : 0) |
	       (info & KACS_SD_SACL ? KACS_ACCESS_SYSTEM_SECURITY : 0);
}

/* KACS-ENF-168: oneself, a group with the OWNER attribute, or anybody with SeRestore. */
static bool may_be_owner(struct kacs_token *caller, const u8 *owner)
{
	const struct kacs_sid_list *groups = &caller->fixed->spec.subject.groups;
	struct kacs_sid_attr group;
	u32 pos = 0;

	if (kacs_sid_equal(owner, kacs_token_user_sid(caller, NULL)))
		return true;
	while (kacs_sid_list_next(groups, &pos, &group))
		if (group.attributes & KACS_GROUP_OWNER && kacs_sid_equal(group.sid, owner))
			return true;
	return kacs_token_privileged(caller, KACS_PRIV_RESTORE);
}

/* The attribute that conditions see under the name of @wanted; false when there is none. */
static bool find_attribute(const struct kacs_acl *acl, const struct kacs_ace *wanted, struct kacs_ace *found)
{
	u32 pos = 0;

	while (kacs_acl_next(acl, &pos, found))
		if (found->type == KACS_ACE_RESOURCE_ATTRIBUTE &&
		    !((found->flags ^ wanted->flags) & KACS_ACE_INHERIT_ONLY) &&
		    kacs_claim_same_name(found->app, wanted->app))
			return true;
	return false;
}

/*
 * KACS-ENF-170, KACS-FMT-114: resource attributes flagged MANDATORY stay as
 * they are. The first of a name counts, so another one in front is a change.
 */
static bool keeps_mandatory(const struct kacs_sd *old, const struct kacs_sd *new)
{
	struct kacs_ace ace, now;
	u32 pos = 0;

	while (kacs_acl_next(&old->sacl, &pos, &ace)) {
		if (ace.type != KACS_ACE_RESOURCE_ATTRIBUTE || !(pkm_get_le32(ace.app + 8) & CLAIM_MANDATORY))
			continue;
		if (!find_attribute(&new->sacl, &ace, &now) || now.size != ace.size ||
		    memcmp(now.data, ace.data, ace.size))
			return false;
	}
	return true;
}

/**
 * kacs_sd_may_change() - rules of a change of a descriptor beside the rights it needs
 * @caller: who changes it
 * @info: KACS_SD_..., the components that change
 * @old: the stored descriptor
 * @new: holds the components named by @info
 *
 * Context: process context. KACS-ENF-165, KACS-ENF-168 to KACS-ENF-170.
 * Return: 0; -EINVAL without an owner or with more than a label; -EPERM.
 */
int kacs_sd_may_change(struct kacs_token *caller, u32 info, const struct kacs_sd *old,
		       const struct kacs_sd *new)
{
	if (info & KACS_SD_OWNER) {
		if (!new->owner)
			return -EINVAL;
		if (!(old->owner && kacs_sid_equal(old->owner, new->owner)) &&
		    !may_be_owner(caller, new->owner))
			return -EPERM;
	}
	if (info & KACS_SD_LABEL && new->sacl.data && (new->sacl.count != 1 || !new->label))
		return -EINVAL; /* KACS-ENF-165 */
	if (info & (KACS_SD_SACL | KACS_SD_LABEL) && new->label &&
	    label_level(new->label) > kacs_token_subject(caller)->integrity &&
	    !kacs_token_privileged(caller, KACS_PRIV_RELABEL))
		return -EPERM; /* KACS-ENF-169 */
	if (info & KACS_SD_SACL && !keeps_mandatory(old, new) &&
	    !kacs_token_privileged(caller, KACS_PRIV_TCB))
		return -EPERM;
	return 0;
}

static void take_control(struct kacs_sd_parts *parts, u16 from, u16 bits)
{
	parts->control = (parts->control & ~bits) | (from & bits);
}

/* The stored descriptor with the named components of @new; @scratch holds a rebuilt SACL. */
static struct kacs_blob *merge(u32 info, const struct kacs_sd *old, const struct kacs_sd *new, u8 *scratch)
{
	struct kacs_sd_parts parts;
	struct kacs_blob *blob;
	struct pkm_writer w;

	kacs_sd_parts_of(old, &parts);
	if (info & KACS_SD_OWNER)
		parts.owner = new->owner;
	if (info & KACS_SD_GROUP)
		parts.group = new->group;
	if (info & KACS_SD_DACL) {
		parts.dacl = new->dacl.data;
		parts.dacl_len = new->dacl.len;
		take_control(&parts, new->control,
			     KACS_SE_DACL_DEFAULTED | KACS_SE_DACL_PROTECTED | KACS_SE_DACL_AUTO_INHERITED);
	}
	if (info & KACS_SD_SACL) {
		parts.sacl = new->sacl.data;
		parts.sacl_len = new->sacl.len;
		take_control(&parts, new->control,
			     KACS_SE_SACL_DEFAULTED | KACS_SE_SACL_PROTECTED | KACS_SE_SACL_AUTO_INHERITED);
	}
	if (info & KACS_SD_LABEL) {
		pkm_writer_init(&w, scratch, KACS_SD_MAX);
		parts.sacl = put_label_acl(&w, new->label, &old->sacl) ? scratch : NULL;
		parts.sacl_len = w.len;
		if (!pkm_writer_ok(&w))
			return ERR_PTR(-EINVAL);
	}
	pkm_writer_init(&w, NULL, 0);
	if (kacs_sd_write(&parts, &w))
		return ERR_PTR(-EINVAL);
	blob = kacs_blob_alloc(w.len, GFP_KERNEL);
	if (!blob)
		return ERR_PTR(-ENOMEM);
	pkm_writer_init(&w, blob->data, blob->len);
	kacs_sd_write(&parts, &w);
	return blob;
}

static void store(const struct target *t, struct kacs_blob *blob)
{
	unsigned long flags;

	spin_lock_irqsave(t->lock, flags);
	blob = rcu_replace_pointer(*t->place, blob, lockdep_is_held(t->lock));
	spin_unlock_irqrestore(t->lock, flags);
	kacs_blob_put(blob);
}

/* Access, rules, merge, store, as one step against other changes. */
static int change(const struct target *t, u32 info, struct kacs_token *caller, const struct kacs_sd *new,
		  u8 *scratch)
{
	struct kacs_blob *stored = kacs_blob_get_rcu(t->place), *merged;
	struct kacs_sd old, check;
	int err;

	lockdep_assert_held(&change_lock);
	err = check_rights(t, caller, stored, write_rights(info), KACS_RESTORE_INTENT);
	if (!err)
		err = kacs_sd_parse(&old, stored->data, stored->len);
	if (!err)
		err = kacs_sd_may_change(caller, info, &old, new);
	if (err)
		goto put;
	merged = merge(info, &old, new, scratch);
	err = PTR_ERR_OR_ZERO(merged);
	if (err)
		goto put;
	err = kacs_sd_parse(&check, merged->data, merged->len);
	if (!err && !check.owner)
		err = -EINVAL;
	if (err)
		kacs_blob_put(merged);
	else
		store(t, merged);
put:
	kacs_blob_put(stored);
	return err;
}

static int set_on(const struct target *t, const struct kacs_sd_args *args, const u8 *bytes)
{
	struct kacs_token *caller;
	struct kacs_sd new;
	u8 *scratch;
	int err = kacs_sd_parse(&new, bytes, args->buf_len);

	if (err)
		return err;
	caller = kacs_effective_token_get();
	if (!caller)
		return -EACCES;
	scratch = kvmalloc(KACS_SD_MAX, GFP_KERNEL);
	err = -ENOMEM;
	if (scratch) {
		mutex_lock(&change_lock);
		err = change(t, args->security_info, caller, &new, scratch);
		mutex_unlock(&change_lock);
	}
	kvfree(scratch);
	kacs_token_put(caller);
	return err;
}

/**
 * kacs_ioc_set_sd() - KACS_IOC_SET_SD
 * @arg: struct kacs_sd_args
 *
 * Context: process context. May sleep. KACS-ENF-157, order of KACS-ENF-172.
 * Return: 0; -EFAULT, -EINVAL, -EBADF, -ESRCH, -EACCES, -EPERM, -ENOMEM,
 * -EOPNOTSUPP for other targets.
 */
long kacs_ioc_set_sd(void __user *arg)
{
	struct kacs_sd_args args;
	struct target t;
	void *bytes;
	int err = fetch_args(&args, arg);

	if (err)
		return err;
	if (args.buf_len < KACS_SD_HEADER || args.buf_len > KACS_SD_MAX)
		return -EINVAL; /* KACS-ENF-167 */
	bytes = vmemdup_user(u64_to_user_ptr(args.buf_ptr), args.buf_len);
	if (IS_ERR(bytes))
		return PTR_ERR(bytes);
	err = find_target(&t, args.dirfd);
	if (!err) {
		err = set_on(&t, &args, bytes);
		put_target(&t);
	}
	kvfree(bytes);
	return err;
}
