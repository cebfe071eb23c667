// SPDX-License-Identifier: GPL-2.0-only
/*
 * The token object: making, copying, letting go.
 *
 * A token is two parts. The fixed part (SIDs, claims, session, ids, and the
 * tables that checks use) is shared by a token, the copies that fork makes of
 * it and the snapshots that connect takes. The token itself holds what can be
 * adjusted, and is small, so that copying one costs little and can be done in
 * atomic context.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"

static void free_fixed(struct kacs_fixed *fixed)
{
	kacs_session_put(fixed->session);
	kacs_count(KACS_SUBJECTS, -1);
	kvfree(fixed);
}

static void put_fixed(struct kacs_fixed *fixed)
{
	if (refcount_dec_and_test(&fixed->refs))
		free_fixed(fixed);
}

/* Takes the next @len bytes of the fixed part's data and fills them. */
static const u8 *keep(u8 **at, const u8 *from, u32 len)
{
	u8 *to = *at;

	if (!from)
		return NULL;
	memcpy(to, from, len);
	*at += len;
	return to;
}

static void keep_list(u8 **at, struct kacs_sid_list *list)
{
	if (list->count)
		list->data = keep(at, list->data, list->len);
}

static u32 sid_room(const u8 *sid)
{
	return sid ? kacs_sid_len(sid) : 0;
}

static u32 words_of(const struct kacs_sid_list *list)
{
	return (list->count + 63) / 64;
}

/* Bytes behind struct kacs_fixed: bitmaps and tables first, they want alignment. */
static size_t data_size(const struct kacs_token_spec *spec, u32 tables)
{
	const struct kacs_subject_input *in = &spec->subject;

	return 8 * (words_of(&in->device_groups) + words_of(&in->restricted_device_groups)) +
	       ALIGN(tables, 8) + sid_room(in->user) + in->groups.len + in->restricted.len +
	       in->capabilities.len + in->device_groups.len + in->restricted_device_groups.len +
	       sid_room(in->confinement) + in->user_claims_len + in->device_claims_len +
	       4 * spec->supplementary_gid_count;
}

static const u64 *keep_bitmap(u8 **at, const struct kacs_sid_list *list)
{
	u64 *words = (u64 *)*at;

	if (!list->count)
		return NULL;
	kacs_enabled_bits(list, words);
	*at += 8 * words_of(list);
	return words;
}

static void keep_parts(struct kacs_token_spec *spec, u8 **at)
{
	struct kacs_subject_input *in = &spec->subject;

	in->user = keep(at, in->user, sid_room(in->user));
	keep_list(at, &in->groups);
	keep_list(at, &in->restricted);
	keep_list(at, &in->capabilities);
	keep_list(at, &in->device_groups);
	keep_list(at, &in->restricted_device_groups);
	in->confinement = keep(at, in->confinement, sid_room(in->confinement));
	in->user_claims = keep(at, in->user_claims, in->user_claims_len);
	in->device_claims = keep(at, in->device_claims, in->device_claims_len);
	spec->supplementary_gids = keep(at, spec->supplementary_gids, 4 * spec->supplementary_gid_count);
	spec->default_dacl = NULL; /* adjustable: the token has its own */
}

/* @spec's groups hold the logon SID already. Takes a reference on @session. */
static struct kacs_fixed *make_fixed(const struct kacs_token_spec *spec, struct kacs_session *session,
				     u64 created_at)
{
	u32 tables = kacs_subject_size(&spec->subject);
	struct kacs_sid_attr logon;
	struct kacs_fixed *fixed;
	u8 *at, *mem;

	if (!tables || !kacs_sid_list_get(&spec->subject.groups, spec->subject.groups.count - 1, &logon))
		return ERR_PTR(-EINVAL);
	fixed = kvzalloc(struct_size(fixed, data, data_size(spec, tables)), GFP_KERNEL_ACCOUNT);
	if (!fixed)
		return ERR_PTR(-ENOMEM);
	fixed->spec = *spec;
	fixed->created_at = created_at;
	at = fixed->data;
	fixed->device_enabled = keep_bitmap(&at, &spec->subject.device_groups);
	fixed->restricted_device_enabled = keep_bitmap(&at, &spec->subject.restricted_device_groups);
	mem = at;
	at += ALIGN(tables, 8);
	keep_parts(&fixed->spec, &at);
	fixed->spec.subject.level = 0;
	if (kacs_subject_init(&fixed->subject[0], mem, tables, &fixed->spec.subject)) {
		kvfree(fixed);
		return ERR_PTR(-EINVAL);
	}
	fixed->subject[0].identification = false;
	fixed->subject[1] = fixed->subject[0];
	fixed->subject[1].identification = true;
	kacs_sid_list_get(&fixed->spec.subject.groups, spec->subject.groups.count - 1, &logon);
	fixed->logon = logon.sid;
	refcount_inc(&session->refs);
	fixed->session = session;
	refcount_set(&fixed->refs, 1);
	kacs_count(KACS_SUBJECTS, 1);
	return fixed;
}

/* A token around @fixed, consumed; the caller fills the adjustable part. */
static struct kacs_token *wrap(struct kacs_fixed *fixed, u8 type, u8 level, gfp_t gfp)
{
	struct kacs_token *tok = kzalloc(sizeof(*tok), gfp | __GFP_ACCOUNT);

	if (!tok || !kacs_session_token_born(fixed->session)) {
		kfree(tok);
		put_fixed(fixed);
		return NULL;
	}
	kacs_count(KACS_TOKENS, 1);
	refcount_set(&tok->refs, 1);
	spin_lock_init(&tok->lock);
	tok->fixed = fixed;
	tok->type = type;
	tok->level = type == KACS_TOKEN_TYPE_PRIMARY ? 0 : level;
	tok->elevation = KACS_ELEVATION_DEFAULT;
	kacs_guid_make(tok->guid);
	return tok;
}

/* Appends the logon SID, KACS-TOK-051. */
static u8 *groups_with_logon(const struct kacs_sid_list *groups, u64 session_id, struct kacs_sid_list *out)
{
	u8 sid[KACS_SID_MAX];
	u32 sid_len = kacs_sid_logon(sid, session_id);
	u8 *data = kvmalloc(groups->len + 4 + sid_len + 4, GFP_KERNEL);

	if (!data)
		return NULL;
	if (groups->len)
		memcpy(data, groups->data, groups->len);
	pkm_put_le32(data + groups->len, sid_len);
	memcpy(data + groups->len + 4, sid, sid_len);
	pkm_put_le32(data + groups->len + 4 + sid_len, KACS_GROUP_MANDATORY | KACS_GROUP_ENABLED_BY_DEFAULT |
							       KACS_GROUP_ENABLED | KACS_GROUP_LOGON_ID);
	out->data = data;
	out->len = groups->len + 4 + sid_len + 4;
	out->count = groups->count + 1;
	return data;
}

static int set_default_dacl(struct kacs_token *tok, const u8 *dacl, u32 len)
{
	struct kacs_blob *blob;

	if (!dacl)
		return 0;
	blob = kacs_blob_copy(dacl, len, GFP_KERNEL);
	if (!blob)
		return -ENOMEM;
	RCU_INIT_POINTER(tok->default_dacl, blob);
	return 0;
}

/**
 * kacs_token_create() - a new token from a validated specification
 * @spec: values; its groups without the logon SID
 * @session: session of spec->session_id, alive; a reference is taken
 * @created_at: nanoseconds since the epoch
 * @sd: the token's descriptor, consumed; NULL means out of memory
 *
 * Context: process context. May sleep. KACS-TOK-050.
 * Return: a token with one reference; -ENOMEM; -EINVAL.
 */
struct kacs_token *kacs_token_create(const struct kacs_token_spec *spec, struct kacs_session *session,
				     u64 created_at, struct kacs_blob *sd)
{
	struct kacs_token_spec full = *spec;
	struct kacs_fixed *fixed;
	struct kacs_token *tok;
	u8 *groups;

	if (!sd)
		return ERR_PTR(-ENOMEM);
	groups = groups_with_logon(&spec->subject.groups, session->id, &full.subject.groups);
	if (!groups) {
		kacs_blob_put(sd);
		return ERR_PTR(-ENOMEM);
	}
	fixed = make_fixed(&full, session, created_at);
	kvfree(groups);
	if (IS_ERR(fixed)) {
		kacs_blob_put(sd);
		return ERR_CAST(fixed);
	}
	tok = wrap(fixed, spec->subject.token_type, spec->subject.level, GFP_KERNEL);
	if (!tok) {
		kacs_blob_put(sd);
		return ERR_PTR(-ENOMEM);
	}
	RCU_INIT_POINTER(tok->sd, sd);
	tok->privs_present = spec->privs_present;
	tok->privs_enabled = spec->privs_enabled;
	tok->privs_default = spec->privs_enabled;
	kacs_enabled_bits(&fixed->spec.subject.groups, &tok->groups_enabled);
	tok->groups_default = tok->groups_enabled;
	tok->owner_index = spec->owner_index;
	tok->group_index = spec->primary_group_index;
	tok->scope = spec->interactivity_scope;
	if (set_default_dacl(tok, spec->default_dacl, spec->default_dacl_len)) {
		kacs_token_put(tok);
		return ERR_PTR(-ENOMEM);
	}
	return tok;
}

/* Copies what can be adjusted, from one consistent moment of @source. */
static void copy_adjustable(struct kacs_token *tok, struct kacs_token *source)
{
	unsigned long flags;

	spin_lock_irqsave(&source->lock, flags);
	tok->privs_present = source->privs_present;
	tok->privs_enabled = source->privs_enabled;
	tok->privs_default = source->privs_default;
	atomic64_set(&tok->privs_used, atomic64_read(&source->privs_used));
	tok->groups_enabled = source->groups_enabled;
	tok->groups_default = source->groups_default;
	tok->owner_index = source->owner_index;
	tok->group_index = source->group_index;
	tok->scope = source->scope;
	tok->modified_id = source->modified_id;
	RCU_INIT_POINTER(tok->default_dacl, kacs_blob_get(rcu_dereference_protected(
						    source->default_dacl, lockdep_is_held(&source->lock))));
	RCU_INIT_POINTER(tok->process_sd, kacs_blob_get(rcu_dereference_protected(
						  source->process_sd, lockdep_is_held(&source->lock))));
	spin_unlock_irqrestore(&source->lock, flags);
}

/* A copy that shares the fixed part; consumes @sd, NULL means out of memory. */
static struct kacs_token *copy_of(struct kacs_token *source, u8 type, u8 level, struct kacs_blob *sd,
				  gfp_t gfp)
{
	struct kacs_token *tok;

	if (!sd)
		return NULL;
	refcount_inc(&source->fixed->refs);
	tok = wrap(source->fixed, type, level, gfp);
	if (!tok) {
		kacs_blob_put(sd);
		return NULL;
	}
	copy_adjustable(tok, source);
	RCU_INIT_POINTER(tok->sd, sd);
	return tok;
}

/**
 * kacs_token_duplicate() - a copy with an identity of its own
 * @source: token to copy; untouched
 * @type: KACS_TOKEN_TYPE_... of the copy
 * @level: KACS_LEVEL_...; ignored for a primary token
 * @sd: the copy's descriptor, consumed; NULL means out of memory
 * @gfp: GFP_ATOMIC where the caller may not sleep
 *
 * Context: as @gfp allows. KACS-TOK-058.
 * Return: a token with one reference; NULL when out of memory.
 */
struct kacs_token *kacs_token_duplicate(struct kacs_token *source, u8 type, u8 level, struct kacs_blob *sd,
					gfp_t gfp)
{
	struct kacs_token *tok = copy_of(source, type, level, sd, gfp);

	if (tok)
		tok->modified_id = 0;
	return tok;
}

/**
 * kacs_token_filter() - a weaker copy with a fixed part of its own
 * @source: token to copy; untouched
 * @spec: the source's values with other groups, restricting SIDs and flags
 * @delete_privs: privileges that the copy does not get
 * @sd: the copy's descriptor, consumed; NULL means out of memory
 *
 * Context: process context. May sleep. KACS-TOK-064.
 * Return: a token with one reference; -ENOMEM; -EINVAL.
 */
struct kacs_token *kacs_token_filter(struct kacs_token *source, const struct kacs_token_spec *spec,
				     u64 delete_privs, struct kacs_blob *sd)
{
	struct kacs_fixed *fixed;
	struct kacs_token *tok;

	if (!sd)
		return ERR_PTR(-ENOMEM);
	fixed = make_fixed(spec, source->fixed->session, source->fixed->created_at);
	if (IS_ERR(fixed)) {
		kacs_blob_put(sd);
		return ERR_CAST(fixed);
	}
	tok = wrap(fixed, source->type, source->level, GFP_KERNEL);
	if (!tok) {
		kacs_blob_put(sd);
		return ERR_PTR(-ENOMEM);
	}
	copy_adjustable(tok, source);
	tok->modified_id = 0;
	tok->privs_present &= ~delete_privs;
	tok->privs_enabled &= ~delete_privs;
	tok->privs_default &= ~delete_privs;
	atomic64_set(&tok->privs_used, 0);
	RCU_INIT_POINTER(tok->sd, sd);
	return tok;
}

/**
 * kacs_token_fork() - the copy that a new process owns
 * @parent: primary token of the forking thread
 * @gfp: allocation flags
 *
 * Keeps every field, GUID and modified_id included, and belongs to no linked
 * pair (KACS-TOK-098).
 *
 * Context: as @gfp allows.
 * Return: a token with one reference; NULL when out of memory.
 */
struct kacs_token *kacs_token_fork(struct kacs_token *parent, gfp_t gfp)
{
	struct kacs_token *tok = copy_of(parent, parent->type, parent->level, kacs_token_sd_get(parent), gfp);

	if (!tok)
		return NULL;
	memcpy(tok->guid, parent->guid, sizeof(tok->guid));
	tok->elevation = READ_ONCE(parent->elevation);
	return tok;
}

/**
 * kacs_token_snapshot() - what a server gets to see of a client
 * @client: effective token of the connecting thread
 * @max_level: level that the client allows
 * @gfp: GFP_ATOMIC under the socket's state lock
 *
 * Never above the level of an impersonating client, and Anonymous records
 * nothing of the identity (KACS-TOK-109). The snapshot shares the client's
 * descriptor instead of getting a fresh one: there is no sleeping here.
 *
 * Context: as @gfp allows.
 * Return: a token with one reference; NULL when out of memory.
 */
struct kacs_token *kacs_token_snapshot(struct kacs_token *client, u32 max_level, gfp_t gfp)
{
	u8 level = max_level;

	if (client->type == KACS_TOKEN_TYPE_IMPERSONATION)
		level = min(level, client->level);
	if (level == KACS_LEVEL_ANONYMOUS)
		return kacs_anonymous_token_get();
	return kacs_token_duplicate(client, KACS_TOKEN_TYPE_IMPERSONATION, level, kacs_token_sd_get(client),
				    gfp);
}

/**
 * kacs_token_get() - take a reference
 * @tok: a token that the caller keeps alive meanwhile
 *
 * Context: any.
 */
void kacs_token_get(struct kacs_token *tok)
{
	refcount_inc(&tok->refs);
}

/**
 * kacs_token_free() - release the memory of a token that nothing refers to
 * @tok: the token, already taken off its session's count
 *
 * Context: any but NMI.
 */
void kacs_token_free(struct kacs_token *tok)
{
	kacs_blob_put(rcu_dereference_protected(tok->default_dacl, true));
	kacs_blob_put(rcu_dereference_protected(tok->sd, true));
	kacs_blob_put(rcu_dereference_protected(tok->process_sd, true));
	put_fixed(tok->fixed);
	kacs_count(KACS_TOKENS, -1);
	kfree(tok);
}

/**
 * kacs_token_put() - drop a reference
 * @tok: the token
 *
 * The last one ends the token, unless its linked pair still wants it, and with
 * its session's last token ends the session (KACS-TOK-082, KACS-TOK-087).
 *
 * Context: any but NMI.
 */
void kacs_token_put(struct kacs_token *tok)
{
	struct kacs_session *session;

	if (refcount_dec_not_one(&tok->refs))
		return;
	session = tok->fixed->session;
	refcount_inc(&session->refs);
	if (kacs_session_drop_token(session, tok)) {
		kacs_token_free(tok);
		kacs_session_token_gone(session);
	}
	kacs_session_put(session);
}
