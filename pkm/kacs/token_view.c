// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a token says: to checks, to privilege gates, to the other parts of the
 * module. All of it lock-free but the atomic test of several privileges.
 */
#include "internal.h"

/**
 * kacs_token_guid() - the token's GUID
 * @tok: the token
 *
 * Context: any.
 * Return: 16 bytes, constant while @tok lives.
 */
const u8 *kacs_token_guid(const struct kacs_token *tok)
{
	return tok->guid;
}

/**
 * kacs_token_subject() - the prepared fixed part for checks
 * @tok: the token
 *
 * Context: any.
 * Return: the subject, constant while @tok lives.
 */
const struct kacs_subject *kacs_token_subject(const struct kacs_token *tok)
{
	bool identification =
		tok->type == KACS_TOKEN_TYPE_IMPERSONATION && tok->level == KACS_LEVEL_IDENTIFICATION;

	return &tok->fixed->subject[identification];
}

/**
 * kacs_token_state() - snapshot of the adjustable part for one check
 * @tok: the token
 * @state: filled
 * @groups_enabled: word that @state refers to
 *
 * Context: any. Lock-free: each adjustable fact is one word.
 */
void kacs_token_state(const struct kacs_token *tok, struct kacs_subject_state *state, u64 *groups_enabled)
{
	*groups_enabled = READ_ONCE(tok->groups_enabled);
	state->privileges = READ_ONCE(tok->privs_enabled);
	state->groups_enabled = groups_enabled;
	state->device_enabled = tok->fixed->device_enabled;
	state->restricted_device_enabled = tok->fixed->restricted_device_enabled;
	state->session_dead = kacs_session_is_dead(tok->fixed->session);
}

/**
 * kacs_token_indexed_sid() - the SID of an owner or primary group index
 * @tok: the token
 * @index: 0 the user, N group N - 1
 *
 * Context: any.
 * Return: the SID; the user's when @index is out of range.
 */
const u8 *kacs_token_indexed_sid(const struct kacs_token *tok, u32 index)
{
	struct kacs_sid_attr entry;

	if (index && kacs_sid_list_get(&tok->fixed->spec.subject.groups, index - 1, &entry))
		return entry.sid;
	return tok->fixed->spec.subject.user;
}

/**
 * kacs_token_sd_get() - the token's own descriptor
 * @tok: the token
 *
 * Context: any. Lock-free.
 * Return: a reference that the caller puts.
 */
struct kacs_blob *kacs_token_sd_get(struct kacs_token *tok)
{
	return kacs_blob_get_rcu(&tok->sd);
}

/**
 * kacs_token_dacl_get() - the DACL for new objects
 * @tok: the token
 *
 * Context: any. Lock-free.
 * Return: a reference that the caller puts, or NULL: no default DACL.
 */
struct kacs_blob *kacs_token_dacl_get(struct kacs_token *tok)
{
	return kacs_blob_get_rcu(&tok->default_dacl);
}

/**
 * kacs_token_privileged() - is a privilege held and enabled
 * @tok: the token
 * @bit: KACS_PRIV_... bit number
 *
 * Marks it used when it is (KACS-TOK-023).
 *
 * Context: any. Lock-free.
 * Return: true when it counts.
 */
bool kacs_token_privileged(struct kacs_token *tok, unsigned int bit)
{
	u64 mask = KACS_PRIV_MASK(bit);

	if (!(READ_ONCE(tok->privs_enabled) & mask))
		return false;
	if (!(atomic64_read(&tok->privs_used) & mask))
		atomic64_or(mask, &tok->privs_used);
	return true;
}

/**
 * kacs_caller_privileges() - which of a set the caller's effective token holds, enabled
 * @mask: KACS_PRIV_MASK() of some
 *
 * The same as kacs_token_privileged() for each, without taking a reference:
 * the tokens behind a credential in force stay.
 *
 * Context: task context. Lock-free, does not sleep.
 * Return: the ones held, marked used; 0 also where nothing may be evaluated.
 */
u64 kacs_caller_privileges(u64 mask)
{
	struct kacs_token *tok = kacs_caller_token();
	u64 held = 0;

	if (tok) {
		held = READ_ONCE(tok->privs_enabled) & mask;
		if (held & ~(u64)atomic64_read(&tok->privs_used))
			atomic64_or(held, &tok->privs_used);
		return held;
	}
	tok = kacs_effective_token_get();
	if (!tok)
		return 0;
	held = READ_ONCE(tok->privs_enabled) & mask;
	if (held)
		atomic64_or(held, &tok->privs_used);
	kacs_token_put(tok);
	return held;
}

/**
 * kacs_token_privileges_use() - are all of a set held, and mark them if so
 * @tok: the token
 * @mask: privileges
 *
 * Test and marking are one step against adjustments (KACS-TOK-030).
 *
 * Context: any but NMI.
 * Return: true when all count; false, and nothing marked, otherwise.
 */
bool kacs_token_privileges_use(struct kacs_token *tok, u64 mask)
{
	unsigned long flags;
	bool all;

	spin_lock_irqsave(&tok->lock, flags);
	all = (tok->privs_enabled & mask) == mask;
	if (all)
		atomic64_or(mask, &tok->privs_used);
	spin_unlock_irqrestore(&tok->lock, flags);
	return all;
}

/**
 * kacs_token_user_sid() - the user SID
 * @tok: the token
 * @len: its length, may be NULL
 *
 * Context: any.
 * Return: the SID, constant while @tok lives.
 */
const u8 *kacs_token_user_sid(const struct kacs_token *tok, u32 *len)
{
	const u8 *sid = tok->fixed->spec.subject.user;

	if (len)
		*len = kacs_sid_len(sid);
	return sid;
}

/**
 * kacs_token_is_member() - is the token an enabled member of a group
 * @tok: the token
 * @sid: group SID, or the user's
 * @sid_len: its length
 *
 * Context: any. Lock-free.
 * Return: true when @sid would match an allow ACE.
 */
bool kacs_token_is_member(const struct kacs_token *tok, const u8 *sid, u32 sid_len)
{
	struct kacs_subject_state state;
	u64 groups;

	if (!kacs_sid_valid(sid, sid_len))
		return false;
	kacs_token_state(tok, &state, &groups);
	return kacs_subject_is_member(kacs_token_subject(tok), &state, sid);
}
