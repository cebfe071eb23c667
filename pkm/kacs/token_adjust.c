// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adjusting a token in place: privileges, groups, defaults, interactivity
 * scope. Everything is validated, then applied under the token's lock as one
 * step; on any error nothing changes (KACS-TOK-066).
 */
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

#define ENTRIES_MAX 64
#define DACL_MAX    65536

/* --- privileges -------------------------------------------------------------- */

/**
 * struct priv_change - a validated privilege adjustment
 * @enable: to switch on
 * @disable: to switch off
 * @remove: to take away
 * @reset: enabled becomes what it was at creation
 */
struct priv_change {
	u64 enable, disable, remove;
	bool reset;
};

/* KACS-TOK-068, KACS-TOK-069. */
static int add_priv_entry(struct priv_change *change, const struct kacs_priv_entry *entry, u32 count)
{
	u64 bit;

	if (entry->attributes == KACS_PRIV_RESET_ALL_DEFAULTS) {
		change->reset = true;
		return count == 1 && !entry->luid ? 0 : -EINVAL;
	}
	if (entry->luid > 63)
		return -EINVAL;
	bit = KACS_PRIV_MASK(entry->luid);
	if ((change->enable | change->disable | change->remove) & bit)
		return -EINVAL;
	switch (entry->attributes) {
	case 0:
		change->disable |= bit;
		return 0;
	case KACS_PRIV_ENABLED:
		change->enable |= bit;
		return 0;
	case KACS_PRIV_REMOVED:
		change->remove |= bit;
		return 0;
	default:
		return -EINVAL;
	}
}

static int apply_privs(struct kacs_token *tok, const struct priv_change *change, u64 *previous)
{
	unsigned long flags;
	u64 enabled;
	int err = 0;

	spin_lock_irqsave(&tok->lock, flags);
	*previous = tok->privs_enabled;
	if (change->enable & ~tok->privs_present) {
		err = -EINVAL;
		goto unlock;
	}
	enabled =
		change->reset ? tok->privs_default : (tok->privs_enabled | change->enable) & ~change->disable;
	/* Shrink enabled before present: enabled is a subset at every moment. */
	WRITE_ONCE(tok->privs_enabled, enabled & ~change->remove);
	WRITE_ONCE(tok->privs_present, tok->privs_present & ~change->remove);
	WRITE_ONCE(tok->privs_default, tok->privs_default & ~change->remove);
	WRITE_ONCE(tok->modified_id, tok->modified_id + 1);
unlock:
	spin_unlock_irqrestore(&tok->lock, flags);
	return err;
}

/**
 * kacs_ioc_adjust_privs() - KACS_IOC_ADJUST_PRIVS
 * @tok: the token
 * @arg: struct kacs_adjust_privs_args
 *
 * Context: process context. May sleep. KACS-TOK-067.
 * Return: 0, -EFAULT, -EINVAL.
 */
long kacs_ioc_adjust_privs(struct kacs_token *tok, void __user *arg)
{
	struct kacs_adjust_privs_args __user *user = arg;
	struct kacs_priv_entry entries[ENTRIES_MAX];
	struct kacs_adjust_privs_args args;
	struct priv_change change = { 0 };
	u64 previous;
	u32 i;
	int err;

	if (copy_from_user(&args, user, sizeof(args)))
		return -EFAULT;
	if (!args.count || args.count > ENTRIES_MAX || args.pad)
		return -EINVAL;
	if (copy_from_user(entries, u64_to_user_ptr(args.data_ptr), args.count * sizeof(*entries)))
		return -EFAULT;
	for (i = 0; i < args.count; i++) {
		err = add_priv_entry(&change, &entries[i], args.count);
		if (err)
			return err;
	}
	/* A place that cannot be written must be found before anything changes. */
	if (put_user(args.previous_enabled, &user->previous_enabled))
		return -EFAULT;
	err = apply_privs(tok, &change, &previous);
	return err ?: put_user(previous, &user->previous_enabled);
}

/* --- groups --------------------------------------------------------------------- */

/* May an entry name this group? KACS-TOK-071. */
static bool group_adjustable(const struct kacs_token *tok, const struct kacs_sid_attr *group, bool enable)
{
	if (group->attributes & (KACS_GROUP_MANDATORY | KACS_GROUP_DENY_ONLY))
		return false;
	if ((group->attributes & KACS_GROUP_LOGON_ID) == KACS_GROUP_LOGON_ID)
		return false;
	return enable || !kacs_sid_equal(group->sid, kacs_token_user_sid(tok, NULL));
}

static int add_group_entry(const struct kacs_token *tok, const struct kacs_group_entry *entry, u64 *enable,
			   u64 *disable)
{
	struct kacs_sid_attr group;
	u64 bit;

	if (entry->enable > 1 || !kacs_sid_list_get(&tok->fixed->spec.subject.groups, entry->index, &group))
		return -EINVAL;
	bit = 1ULL << entry->index;
	if ((*enable | *disable) & bit || !group_adjustable(tok, &group, entry->enable))
		return -EINVAL;
	if (entry->enable)
		*enable |= bit;
	else
		*disable |= bit;
	return 0;
}

static u64 apply_groups(struct kacs_token *tok, bool reset, u64 enable, u64 disable)
{
	unsigned long flags;
	u64 previous;

	spin_lock_irqsave(&tok->lock, flags);
	previous = tok->groups_enabled;
	WRITE_ONCE(tok->groups_enabled, reset ? tok->groups_default : (previous | enable) & ~disable);
	WRITE_ONCE(tok->modified_id, tok->modified_id + 1);
	spin_unlock_irqrestore(&tok->lock, flags);
	return previous;
}

/**
 * kacs_ioc_adjust_groups() - KACS_IOC_ADJUST_GROUPS
 * @tok: the token
 * @arg: struct kacs_adjust_groups_args
 *
 * Context: process context. May sleep. KACS-TOK-070, KACS-TOK-072.
 * Return: 0, -EFAULT, -EINVAL.
 */
long kacs_ioc_adjust_groups(struct kacs_token *tok, void __user *arg)
{
	struct kacs_adjust_groups_args __user *user = arg;
	struct kacs_group_entry entries[ENTRIES_MAX];
	struct kacs_adjust_groups_args args;
	u64 enable = 0, disable = 0, previous;
	bool reset;
	u32 i;
	int err;

	if (copy_from_user(&args, user, sizeof(args)))
		return -EFAULT;
	if (!args.count || args.count > ENTRIES_MAX || args.pad)
		return -EINVAL;
	if (copy_from_user(entries, u64_to_user_ptr(args.data_ptr), args.count * sizeof(*entries)))
		return -EFAULT;
	reset = args.count == 1 && entries[0].index == KACS_GROUPS_RESET_INDEX && !entries[0].enable;
	for (i = 0; i < args.count && !reset; i++) {
		err = add_group_entry(tok, &entries[i], &enable, &disable);
		if (err)
			return err;
	}
	if (put_user(args.previous_state, &user->previous_state))
		return -EFAULT;
	previous = apply_groups(tok, reset, enable, disable);
	return put_user(previous, &user->previous_state);
}

/* --- defaults ------------------------------------------------------------------- */

static bool owner_index_valid(const struct kacs_token *tok, u16 index)
{
	struct kacs_sid_attr group;

	if (!index || index == KACS_DEFAULT_KEEP_INDEX)
		return true;
	return kacs_sid_list_get(&tok->fixed->spec.subject.groups, index - 1, &group) &&
	       group.attributes & KACS_GROUP_OWNER;
}

static bool group_index_valid(const struct kacs_token *tok, u16 index)
{
	return index == KACS_DEFAULT_KEEP_INDEX || index <= tok->fixed->spec.subject.groups.count;
}

/* The new default DACL: ERR_PTR, or NULL when there is to be none. */
static struct kacs_blob *fetch_dacl(const struct kacs_adjust_default_args *args)
{
	struct kacs_blob *blob;
	struct kacs_acl acl;

	if (!args->dacl_len)
		return NULL;
	blob = kacs_blob_alloc(args->dacl_len, GFP_KERNEL);
	if (!blob)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(blob->data, u64_to_user_ptr(args->dacl_ptr), args->dacl_len)) {
		kacs_blob_put(blob);
		return ERR_PTR(-EFAULT);
	}
	if (kacs_acl_parse(&acl, blob->data, blob->len) || acl.len != blob->len) {
		kacs_blob_put(blob);
		return ERR_PTR(-EINVAL);
	}
	return blob;
}

/* Consumes @dacl. */
static void apply_default(struct kacs_token *tok, const struct kacs_adjust_default_args *args, bool replace,
			  struct kacs_blob *dacl)
{
	struct kacs_blob *process_sd = NULL;
	unsigned long flags;

	spin_lock_irqsave(&tok->lock, flags);
	if (replace)
		dacl = rcu_replace_pointer(tok->default_dacl, dacl, lockdep_is_held(&tok->lock));
	if (args->owner_index != KACS_DEFAULT_KEEP_INDEX)
		WRITE_ONCE(tok->owner_index, args->owner_index);
	if (args->group_index != KACS_DEFAULT_KEEP_INDEX) {
		WRITE_ONCE(tok->group_index, args->group_index);
		process_sd = rcu_replace_pointer(tok->process_sd, NULL, lockdep_is_held(&tok->lock));
	}
	WRITE_ONCE(tok->modified_id, tok->modified_id + 1);
	spin_unlock_irqrestore(&tok->lock, flags);
	kacs_blob_put(dacl);
	kacs_blob_put(process_sd);
}

/**
 * kacs_ioc_adjust_default() - KACS_IOC_ADJUST_DEFAULT
 * @tok: the token
 * @arg: struct kacs_adjust_default_args
 *
 * Context: process context. May sleep. KACS-TOK-073, KACS-TOK-074.
 * Return: 0, -EFAULT, -EINVAL, -ENOMEM.
 */
long kacs_ioc_adjust_default(struct kacs_token *tok, void __user *arg)
{
	struct kacs_adjust_default_args args;
	struct kacs_blob *dacl;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.dacl_len > DACL_MAX)
		return -EINVAL;
	dacl = fetch_dacl(&args);
	if (IS_ERR(dacl))
		return PTR_ERR(dacl);
	if (!owner_index_valid(tok, args.owner_index) || !group_index_valid(tok, args.group_index)) {
		kacs_blob_put(dacl);
		return -EINVAL;
	}
	apply_default(tok, &args, args.dacl_ptr, dacl);
	return 0;
}

/**
 * kacs_ioc_adjust_scope() - KACS_IOC_ADJUST_INTERACTIVITY_SCOPE
 * @tok: the token
 * @arg: u32
 *
 * Context: process context. KACS-TOK-075.
 * Return: 0, -EPERM, -EFAULT.
 */
long kacs_ioc_adjust_scope(struct kacs_token *tok, void __user *arg)
{
	struct kacs_token *primary = kacs_primary_token_get();
	unsigned long flags;
	bool may = false;
	u32 scope;

	if (primary) {
		may = kacs_token_privileged(primary, KACS_PRIV_TCB);
		kacs_token_put(primary);
	}
	if (!may)
		return -EPERM;
	if (get_user(scope, (u32 __user *)arg))
		return -EFAULT;
	spin_lock_irqsave(&tok->lock, flags);
	WRITE_ONCE(tok->scope, scope);
	WRITE_ONCE(tok->modified_id, tok->modified_id + 1);
	spin_unlock_irqrestore(&tok->lock, flags);
	return 0;
}
