// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tokens made from tokens: duplicate, filter, and the linked pair of an
 * elevated token and its everyday half.
 */
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

/* A fresh default descriptor for a copy of @tok that the caller makes. */
static struct kacs_blob *fresh_sd(const struct kacs_token *tok)
{
	struct kacs_token *creator = kacs_primary_token_get();
	struct kacs_blob *sd;

	if (!creator)
		return NULL;
	sd = kacs_token_default_sd(kacs_token_user_sid(tok, NULL), kacs_token_user_sid(creator, NULL),
				   kacs_token_subject(tok)->integrity, GFP_KERNEL);
	kacs_token_put(creator);
	return sd;
}

/* --- duplicate ------------------------------------------------------------------ */

static int check_duplicate(const struct kacs_token *tok, const struct kacs_duplicate_args *args)
{
	if (args->token_type != KACS_TOKEN_TYPE_PRIMARY && args->token_type != KACS_TOKEN_TYPE_IMPERSONATION)
		return -EINVAL;
	if (args->impersonation_level > KACS_LEVEL_DELEGATION)
		return -EINVAL;
	if (tok->type == KACS_TOKEN_TYPE_PRIMARY)
		return 0;
	/* KACS-TOK-056; a primary token acts, so one that may not act does not become one. */
	if (args->token_type == KACS_TOKEN_TYPE_PRIMARY)
		return tok->level < KACS_LEVEL_IMPERSONATION ? -EINVAL : 0;
	return args->impersonation_level > tok->level ? -EINVAL : 0;
}

static struct kacs_token *duplicate(struct kacs_token *tok, const struct kacs_duplicate_args *args)
{
	struct kacs_token *copy;

	if (args->token_type == KACS_TOKEN_TYPE_IMPERSONATION &&
	    args->impersonation_level == KACS_LEVEL_ANONYMOUS)
		return kacs_anonymous_token_create(); /* KACS-TOK-059 */
	copy = kacs_token_duplicate(tok, args->token_type, args->impersonation_level, fresh_sd(tok),
				    GFP_KERNEL);
	return copy ?: ERR_PTR(-ENOMEM);
}

/**
 * kacs_ioc_duplicate() - KACS_IOC_DUPLICATE
 * @tok: the token
 * @arg: struct kacs_duplicate_args
 *
 * Context: process context. May sleep. KACS-TOK-054 to KACS-TOK-059.
 * Return: 0, -EFAULT, -EINVAL, -EACCES, -ENOMEM, -EMFILE, -EAGAIN when the
 * caller's budget of audit events is spent.
 */
long kacs_ioc_duplicate(struct kacs_token *tok, void __user *arg)
{
	struct kacs_duplicate_args __user *user = arg;
	struct kacs_duplicate_args args;
	struct kacs_token *copy;
	u32 granted;
	int err;

	if (copy_from_user(&args, user, sizeof(args)))
		return -EFAULT;
	err = check_duplicate(tok, &args);
	if (err)
		return err;
	copy = duplicate(tok, &args);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	err = kacs_gate_token(copy, args.access_mask, &granted);
	if (!err)
		err = kacs_audit_token_charge(copy, tok, NULL);
	if (!err)
		err = kacs_token_fd_out(copy, granted, &user->result_fd);
	if (!err)
		kacs_audit_token_create("duplicate", copy, tok);
	kacs_token_put(copy);
	return err;
}

/* --- filter --------------------------------------------------------------------- */

/**
 * struct filter - a validated filter request
 * @args: scalars
 * @payload: deny indices, then packed SIDs
 * @deny: groups that become deny-only, one bit each
 * @sids: restricting SIDs in the payload
 * @sids_len: bytes at @sids
 * @groups: new group list; kvmalloc'ed
 * @restricted: new restricting list; kvmalloc'ed
 */
struct filter {
	struct kacs_restrict_args args;
	u8 *payload;
	u64 deny;
	const u8 *sids;
	u32 sids_len;
	u8 *groups;
	u8 *restricted;
};

static int read_deny_indices(struct filter *f, u32 group_count)
{
	u32 i;

	for (i = 0; i < f->args.num_deny_indices; i++) {
		u32 index = pkm_get_le32(f->payload + 4 * i);

		if (index >= group_count || f->deny >> index & 1)
			return -EINVAL;
		f->deny |= 1ULL << index;
	}
	return 0;
}

/* The payload must hold exactly what the counts announce (KACS-TOK-061). */
static int read_sids(struct filter *f)
{
	u32 pos = 0, i, len;

	f->sids = f->payload + 4 * f->args.num_deny_indices;
	f->sids_len = f->args.data_len - 4 * f->args.num_deny_indices;
	for (i = 0; i < f->args.num_restrict_sids; i++) {
		len = kacs_sid_prefix(f->sids + pos, f->sids_len - pos);
		if (!len)
			return -EINVAL;
		pos += len;
	}
	return pos == f->sids_len ? 0 : -EINVAL;
}

static int read_filter(struct filter *f, const struct kacs_token *tok, void __user *arg)
{
	u32 group_count = tok->fixed->spec.subject.groups.count;
	int err;

	if (copy_from_user(&f->args, arg, sizeof(f->args)))
		return -EFAULT;
	if (f->args.flags & ~KACS_RESTRICT_WRITE_RESTRICTED || f->args.pad ||
	    f->args.data_len > KACS_TOKEN_SPEC_MAX || f->args.num_deny_indices > group_count ||
	    4 * f->args.num_deny_indices > f->args.data_len || f->args.num_restrict_sids > f->args.data_len)
		return -EINVAL;
	if (f->args.data_len) {
		f->payload = vmemdup_user(u64_to_user_ptr(f->args.data_ptr), f->args.data_len);
		if (IS_ERR(f->payload)) {
			err = PTR_ERR(f->payload);
			f->payload = NULL;
			return err;
		}
	}
	err = read_deny_indices(f, group_count);
	return err ?: read_sids(f);
}

static bool in_list(const struct kacs_sid_list *list, const u8 *sid)
{
	struct kacs_sid_attr entry;
	u32 pos = 0;

	while (kacs_sid_list_next(list, &pos, &entry))
		if (kacs_sid_equal(entry.sid, sid))
			return true;
	return false;
}

/* The given SIDs, those the source has if it is restricted already (KACS-TOK-064). */
static int make_restricted(struct filter *f, struct kacs_token_spec *spec)
{
	const struct kacs_sid_list *had = &spec->subject.restricted;
	struct kacs_sid_list list = { 0 };
	struct pkm_writer w;
	u32 room = f->sids_len + 8 * f->args.num_restrict_sids, pos, len;

	if (!f->args.num_restrict_sids)
		return 0; /* keeps the source's list */
	f->restricted = kvmalloc(room, GFP_KERNEL);
	if (!f->restricted)
		return -ENOMEM;
	pkm_writer_init(&w, f->restricted, room);
	for (pos = 0; pos < f->sids_len; pos += len) {
		len = kacs_sid_len(f->sids + pos);
		cond_resched(); /* thousands of SIDs, each sought among thousands */
		if (had->count && !in_list(had, f->sids + pos))
			continue;
		pkm_writer_le32(&w, len);
		pkm_writer_bytes(&w, f->sids + pos, len);
		pkm_writer_le32(&w,
				KACS_GROUP_MANDATORY | KACS_GROUP_ENABLED_BY_DEFAULT | KACS_GROUP_ENABLED);
		list.count++;
	}
	if (!list.count)
		return -EINVAL; /* the intersection is empty, KACS-TOK-063 */
	list.data = f->restricted;
	list.len = w.len;
	spec->subject.restricted = list;
	return 0;
}

/* The source's groups, the listed ones deny-only for good. */
static int make_groups(struct filter *f, struct kacs_token_spec *spec)
{
	struct kacs_sid_list *list = &spec->subject.groups;
	struct kacs_sid_attr entry;
	u32 pos = 0, i;

	f->groups = kvmalloc(list->len, GFP_KERNEL);
	if (!f->groups)
		return -ENOMEM;
	memcpy(f->groups, list->data, list->len);
	for (i = 0; kacs_sid_list_next(list, &pos, &entry); i++)
		if (f->deny >> i & 1)
			pkm_put_le32(f->groups + pos - 4, entry.attributes | KACS_GROUP_DENY_ONLY);
	list->data = f->groups;
	return 0;
}

static struct kacs_token *filtered_token(struct filter *f, struct kacs_token *tok)
{
	struct kacs_token_spec spec = tok->fixed->spec;
	int err = make_groups(f, &spec);

	if (!err)
		err = make_restricted(f, &spec);
	if (err)
		return ERR_PTR(err);
	if (f->args.flags & KACS_RESTRICT_WRITE_RESTRICTED)
		spec.subject.write_restricted = true;
	if (spec.subject.write_restricted)
		spec.subject.user_deny_only = true;
	return kacs_token_filter(tok, &spec, f->args.privs_to_delete, fresh_sd(tok));
}

/**
 * kacs_ioc_restrict() - KACS_IOC_RESTRICT
 * @tok: source token; untouched
 * @access: rights of its descriptor, which the new one gets too (KACS-TOK-065)
 * @arg: struct kacs_restrict_args
 *
 * Context: process context. May sleep.
 * Return: 0, -EFAULT, -EINVAL, -ENOMEM, -EMFILE, -EAGAIN as of DUPLICATE.
 */
long kacs_ioc_restrict(struct kacs_token *tok, u32 access, void __user *arg)
{
	struct kacs_restrict_args __user *user = arg;
	struct filter f = { 0 };
	struct kacs_token *made;
	int err = read_filter(&f, tok, arg);

	if (err)
		goto free;
	made = filtered_token(&f, tok);
	err = PTR_ERR_OR_ZERO(made);
	if (err)
		goto free;
	err = kacs_audit_token_charge(made, tok, NULL);
	if (!err)
		err = kacs_token_fd_out(made, access, &user->result_fd);
	if (!err)
		kacs_audit_token_create("filter", made, tok);
	kacs_token_put(made);
free:
	kvfree(f.payload);
	kvfree(f.groups);
	kvfree(f.restricted);
	return err;
}

/* --- linked pair ---------------------------------------------------------------- */

static int check_pair(const struct kacs_token *elevated, const struct kacs_token *filtered, u64 id)
{
	if (elevated == filtered || elevated->type != KACS_TOKEN_TYPE_PRIMARY ||
	    filtered->type != KACS_TOKEN_TYPE_PRIMARY)
		return -EINVAL;
	if (elevated->fixed->session->id != id || filtered->fixed->session->id != id)
		return -EINVAL;
	if (!kacs_sid_equal(kacs_token_user_sid(elevated, NULL), kacs_token_user_sid(filtered, NULL)))
		return -EINVAL;
	return 0;
}

/**
 * kacs_ioc_link_tokens() - KACS_IOC_LINK_TOKENS
 * @arg: struct kacs_link_tokens_args
 *
 * Context: process context. KACS-TOK-076, KACS-TOK-077.
 * Return: 0, -EPERM, -EFAULT, -EBADF, -EINVAL, -EACCES.
 */
long kacs_ioc_link_tokens(void __user *arg)
{
	struct kacs_link_tokens_args args;
	struct kacs_token *elevated, *filtered;
	u32 elevated_access, filtered_access;
	int err = kacs_require_privilege(KACS_PRIV_TCB);

	if (err)
		return err;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	elevated = kacs_token_from_fd(args.elevated_fd, &elevated_access);
	if (IS_ERR(elevated))
		return PTR_ERR(elevated);
	filtered = kacs_token_from_fd(args.filtered_fd, &filtered_access);
	err = PTR_ERR_OR_ZERO(filtered);
	if (err)
		goto put_elevated;
	err = -EACCES;
	if (!(elevated_access & filtered_access & KACS_TOKEN_DUPLICATE))
		goto put_filtered;
	err = check_pair(elevated, filtered, args.logon_session_id);
	if (!err)
		err = kacs_session_link(elevated->fixed->session, elevated, filtered);
put_filtered:
	kacs_token_put(filtered);
put_elevated:
	kacs_token_put(elevated);
	return err;
}

/* What a caller without SeTcbPrivilege sees of the partner (KACS-TOK-081). */
static struct kacs_token *inspection_copy(struct kacs_token *partner)
{
	struct kacs_token *copy =
		kacs_token_duplicate(partner, KACS_TOKEN_TYPE_IMPERSONATION, KACS_LEVEL_IDENTIFICATION,
				     fresh_sd(partner), GFP_KERNEL);

	if (copy)
		copy->elevation = READ_ONCE(partner->elevation);
	return copy;
}

/**
 * kacs_ioc_get_linked_token() - KACS_IOC_GET_LINKED_TOKEN
 * @tok: one half of a pair
 * @arg: struct kacs_get_linked_token_args
 *
 * Context: process context. May sleep. KACS-TOK-080, KACS-TOK-081.
 * Return: 0, -ENOENT, -EFAULT, -ENOMEM, -EMFILE.
 */
long kacs_ioc_get_linked_token(struct kacs_token *tok, void __user *arg)
{
	struct kacs_get_linked_token_args __user *user = arg;
	struct kacs_token *copy, *partner;
	int err;

	partner = kacs_session_partner_get(tok->fixed->session, tok);
	if (!partner)
		return -ENOENT;
	if (!kacs_require_privilege(KACS_PRIV_TCB)) {
		err = kacs_token_fd_out(partner, KACS_TOKEN_ALL_ACCESS, &user->result_fd);
		goto put_partner;
	}
	err = -ENOMEM;
	copy = inspection_copy(partner);
	if (!copy)
		goto put_partner;
	err = kacs_audit_token_charge(copy, partner, NULL);
	if (!err)
		err = kacs_token_fd_out(copy, KACS_TOKEN_QUERY, &user->result_fd);
	if (!err)
		kacs_audit_token_create("duplicate", copy, partner);
	kacs_token_put(copy);
put_partner:
	kacs_token_put(partner);
	return err;
}
