// SPDX-License-Identifier: GPL-2.0-only
/* KACS_IOC_QUERY: what a token is, class by class (KACS-TOK-097). */
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

static void put_sid(struct pkm_writer *w, const u8 *sid)
{
	if (sid)
		pkm_writer_bytes(w, sid, kacs_sid_len(sid));
}

/* @enabled: current ENABLED bits of the token's groups, NULL: attributes as stored. */
static void put_list(struct pkm_writer *w, const struct kacs_sid_list *list, const u64 *enabled)
{
	struct kacs_sid_attr entry;
	u32 pos = 0, i;

	pkm_writer_le32(w, list->count);
	for (i = 0; kacs_sid_list_next(list, &pos, &entry); i++) {
		u32 attributes = entry.attributes;

		if (enabled) {
			attributes &= ~KACS_GROUP_ENABLED;
			if (*enabled >> i & 1)
				attributes |= KACS_GROUP_ENABLED;
		}
		pkm_writer_le32(w, entry.len);
		pkm_writer_bytes(w, entry.sid, entry.len);
		pkm_writer_le32(w, attributes);
	}
}

static void put_privileges(struct pkm_writer *w, struct kacs_token *tok)
{
	u64 masks[4];
	unsigned long flags;
	size_t i;

	spin_lock_irqsave(&tok->lock, flags);
	masks[0] = tok->privs_present;
	masks[1] = tok->privs_enabled;
	masks[2] = tok->privs_default;
	masks[3] = atomic64_read(&tok->privs_used);
	spin_unlock_irqrestore(&tok->lock, flags);
	for (i = 0; i < ARRAY_SIZE(masks); i++)
		pkm_writer_le64(w, masks[i]);
}

static void put_integrity(struct pkm_writer *w, const struct kacs_token *tok)
{
	u8 sid[KACS_SID_MAX];
	u32 len = kacs_sid_integrity(sid, kacs_token_subject(tok)->integrity);

	pkm_writer_bytes(w, sid, len);
}

static void put_statistics(struct pkm_writer *w, const struct kacs_token *tok)
{
	pkm_writer_bytes(w, tok->guid, sizeof(tok->guid));
	pkm_writer_le64(w, tok->fixed->session->id);
	pkm_writer_le64(w, READ_ONCE(tok->modified_id));
	pkm_writer_le32(w, tok->type);
	pkm_writer_le32(w, 0);
	pkm_writer_le64(w, tok->fixed->spec.expiration);
}

static void put_default_dacl(struct pkm_writer *w, struct kacs_token *tok)
{
	struct kacs_blob *dacl = kacs_token_dacl_get(tok);

	if (dacl)
		pkm_writer_bytes(w, dacl->data, dacl->len);
	kacs_blob_put(dacl);
}

static void put_source(struct pkm_writer *w, const struct kacs_token_spec *spec)
{
	pkm_writer_bytes(w, spec->source_name, sizeof(spec->source_name));
	pkm_writer_le64(w, spec->source_id);
}

/* Classes whose payload is of variable length. */
static int put_variable(struct kacs_token *tok, u32 class, struct pkm_writer *w)
{
	const struct kacs_token_spec *spec = &tok->fixed->spec;
	u64 enabled = READ_ONCE(tok->groups_enabled);

	switch (class) {
	case KACS_TOKEN_CLASS_USER:
		put_sid(w, spec->subject.user);
		return 0;
	case KACS_TOKEN_CLASS_GROUPS:
		put_list(w, &spec->subject.groups, &enabled);
		return 0;
	case KACS_TOKEN_CLASS_INTEGRITY_LEVEL:
		put_integrity(w, tok);
		return 0;
	case KACS_TOKEN_CLASS_OWNER:
		put_sid(w, kacs_token_indexed_sid(tok, READ_ONCE(tok->owner_index)));
		return 0;
	case KACS_TOKEN_CLASS_PRIMARY_GROUP:
		put_sid(w, kacs_token_indexed_sid(tok, READ_ONCE(tok->group_index)));
		return 0;
	case KACS_TOKEN_CLASS_RESTRICTED_SIDS:
		put_list(w, &spec->subject.restricted, NULL);
		return 0;
	case KACS_TOKEN_CLASS_DEVICE_GROUPS:
		put_list(w, &spec->subject.device_groups, NULL);
		return 0;
	case KACS_TOKEN_CLASS_APPCONTAINER_SID:
		put_sid(w, spec->subject.confinement);
		return 0;
	case KACS_TOKEN_CLASS_CAPABILITIES:
		put_list(w, &spec->subject.capabilities, NULL);
		return 0;
	case KACS_TOKEN_CLASS_LOGON_SID:
		put_sid(w, tok->fixed->logon);
		return 0;
	case KACS_TOKEN_CLASS_DEFAULT_DACL:
		put_default_dacl(w, tok);
		return 0;
	case KACS_TOKEN_CLASS_USER_CLAIMS:
		pkm_writer_bytes(w, spec->subject.user_claims, spec->subject.user_claims_len);
		return 0;
	case KACS_TOKEN_CLASS_DEVICE_CLAIMS:
		pkm_writer_bytes(w, spec->subject.device_claims, spec->subject.device_claims_len);
		return 0;
	case KACS_TOKEN_CLASS_PROJECTED_SUPPLEMENTARY_GIDS:
		pkm_writer_le32(w, spec->supplementary_gid_count);
		pkm_writer_bytes(w, spec->supplementary_gids, 4 * spec->supplementary_gid_count);
		return 0;
	default:
		return -EINVAL;
	}
}

/**
 * kacs_token_query() - write the payload of one class
 * @tok: the token
 * @class: KACS_TOKEN_CLASS_...
 * @w: where to; measures when it has no room
 *
 * Context: process context.
 * Return: 0 or -EINVAL for an unknown class.
 */
int kacs_token_query(struct kacs_token *tok, u32 class, struct pkm_writer *w)
{
	const struct kacs_token_spec *spec = &tok->fixed->spec;

	switch (class) {
	case KACS_TOKEN_CLASS_PRIVILEGES:
		put_privileges(w, tok);
		return 0;
	case KACS_TOKEN_CLASS_TYPE:
		pkm_writer_le32(w, tok->type);
		return 0;
	case KACS_TOKEN_CLASS_INTERACTIVITY_SCOPE:
		pkm_writer_le32(w, READ_ONCE(tok->scope));
		return 0;
	case KACS_TOKEN_CLASS_SOURCE:
		put_source(w, spec);
		return 0;
	case KACS_TOKEN_CLASS_STATISTICS:
		put_statistics(w, tok);
		return 0;
	case KACS_TOKEN_CLASS_ORIGIN:
		pkm_writer_le64(w, spec->origin);
		return 0;
	case KACS_TOKEN_CLASS_ELEVATION_TYPE:
		pkm_writer_le32(w, READ_ONCE(tok->elevation));
		return 0;
	case KACS_TOKEN_CLASS_MANDATORY_POLICY:
		pkm_writer_le32(w, spec->subject.mandatory_policy);
		return 0;
	case KACS_TOKEN_CLASS_LOGON_TYPE:
		pkm_writer_le32(w, tok->fixed->session->logon_type);
		return 0;
	case KACS_TOKEN_CLASS_IMPERSONATION_LEVEL:
		pkm_writer_le32(w, tok->level);
		return 0;
	default:
		return put_variable(tok, class, w);
	}
}

/* KACS-TOK-095: the payload must not land on the argument that it is asked with. */
static bool overlaps(u64 buf, u32 len, const void __user *arg)
{
	u64 args = (unsigned long)arg, buf_end, args_end;

	if (check_add_overflow(buf, (u64)len, &buf_end) ||
	    check_add_overflow(args, (u64)sizeof(struct kacs_query_args), &args_end))
		return true;
	return buf < args_end && args < buf_end;
}

/* Writes @class to user space; the default DACL may have changed since it was measured. */
static int copy_payload(struct kacs_token *tok, u32 class, void __user *to, u32 room, u32 *size)
{
	struct pkm_writer w;
	u8 *buf;
	int err;

	if (!room)
		return 0;
	buf = kvmalloc(room, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	pkm_writer_init(&w, buf, room);
	err = kacs_token_query(tok, class, &w);
	*size = w.len;
	if (!err && !pkm_writer_ok(&w))
		err = -ERANGE;
	if (!err && copy_to_user(to, buf, w.len))
		err = -EFAULT;
	kvfree(buf);
	return err;
}

/**
 * kacs_ioc_query() - KACS_IOC_QUERY
 * @tok: the token
 * @arg: struct kacs_query_args
 *
 * Context: process context. May sleep. KACS-TOK-093, KACS-TOK-094.
 * Return: 0, -EFAULT, -EINVAL, -ERANGE with the size in buf_len, -ENOMEM.
 */
long kacs_ioc_query(struct kacs_token *tok, void __user *arg)
{
	struct kacs_query_args __user *user = arg;
	struct kacs_query_args args;
	struct pkm_writer w;
	u32 size;
	int err;

	if (copy_from_user(&args, user, sizeof(args)))
		return -EFAULT;
	pkm_writer_init(&w, NULL, 0);
	err = kacs_token_query(tok, args.token_class, &w);
	if (err)
		return err;
	size = w.len;
	if (args.buf_ptr && args.buf_len) {
		if (overlaps(args.buf_ptr, args.buf_len, arg))
			return -EINVAL;
		do
			err = size > args.buf_len ? -ERANGE
						  : copy_payload(tok, args.token_class,
								 u64_to_user_ptr(args.buf_ptr), size, &size);
		while (err == -ERANGE && size <= args.buf_len);
		if (err && err != -ERANGE)
			return err;
	}
	return put_user(size, &user->buf_len) ?: err;
}
