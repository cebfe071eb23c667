// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is calling: the tokens in force, and the GUIDs that events carry.
 *
 * In mode=off nothing is attached and nobody has a token of his own: whoever
 * holds CAP_SYS_ADMIN in the initial user namespace is SYSTEM, anybody else
 * Anonymous (KACS-TOK-148).
 */
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "internal.h"

/**
 * kacs_now() - the time that tokens and sessions are stamped with
 *
 * Context: any.
 * Return: nanoseconds since the Unix epoch.
 */
u64 kacs_now(void)
{
	return ktime_get_real_ns();
}

/**
 * kacs_guid_make() - a fresh GUID of version 4
 * @out: 16 bytes
 *
 * From the per-CPU batch of random words: generate_random_guid() would run
 * the cipher for every fork and connect.
 *
 * Context: any.
 */
void kacs_guid_make(u8 out[KACS_GUID_LEN])
{
	u64 words[2] = { get_random_u64(), get_random_u64() };

	memcpy(out, words, sizeof(words));
	out[7] = (out[7] & 0x0f) | 0x40; /* version, in the little-endian third field */
	out[8] = (out[8] & 0x3f) | 0x80; /* variant */
}

/**
 * kacs_simple_is_system() - the identity of mode=off
 *
 * Reads the capability set instead of asking capable(), which would account
 * for its use and may not be called everywhere.
 *
 * Context: any.
 * Return: true when the caller counts as SYSTEM.
 */
bool kacs_simple_is_system(void)
{
	const struct cred *cred = current_cred();

	return cred->user_ns == &init_user_ns && cap_raised(cred->cap_effective, CAP_SYS_ADMIN);
}

/* A kernel thread that acts for nobody: no io_uring worker, no overridden creds (HAZ-006). */
static bool is_kernel_itself(void)
{
	return (current->flags & PF_KTHREAD) && current_cred() == rcu_access_pointer(current->real_cred);
}

/* The token in force, valid inside rcu_read_lock() and while the thread keeps its cred. */
static struct kacs_token *current_token(bool effective)
{
	const struct pkm_identity *identity;

	if (!in_task())
		return NULL;
	if (is_kernel_itself())
		return kacs_system_token;
	identity = pkm_cred_identity(current_cred());
	if (!identity) /* only possible before arming: see cred.c */
		return pkm_lsm_armed() ? NULL : kacs_system_token;
	return effective ? pkm_identity_effective(identity) : identity->primary;
}

static struct kacs_token *token_get(bool effective)
{
	struct kacs_token *tok;

	if (pkm_mode() == PKM_MODE_OFF) {
		if (!in_task())
			return NULL;
		if (!kacs_simple_is_system())
			return kacs_anonymous_token_get();
		return kacs_system_token_get();
	}
	rcu_read_lock();
	tok = current_token(effective);
	if (tok)
		kacs_token_get(tok);
	rcu_read_unlock();
	return tok;
}

/**
 * kacs_effective_token_get() - the token that the caller acts with
 *
 * Context: task context; elsewhere there is no subject.
 * Return: a reference that the caller puts; NULL: deny.
 */
struct kacs_token *kacs_effective_token_get(void)
{
	return token_get(true);
}

/**
 * kacs_primary_token_get() - the token of the caller's process
 *
 * Context: task context; elsewhere there is no subject.
 * Return: a reference that the caller puts; NULL: deny.
 */
struct kacs_token *kacs_primary_token_get(void)
{
	return token_get(false);
}

/**
 * kacs_require_privilege() - does the caller's effective token hold a privilege
 * @bit: KACS_PRIV_... bit number
 *
 * Context: task context. Does not sleep.
 * Return: 0, and the privilege is marked used; -EPERM.
 */
int kacs_require_privilege(unsigned int bit)
{
	struct kacs_token *tok = kacs_effective_token_get();
	bool holds;

	if (!tok)
		return -EPERM;
	holds = kacs_token_privileged(tok, bit);
	kacs_token_put(tok);
	return holds ? 0 : -EPERM;
}

static void token_guid(u8 out[KACS_GUID_LEN], bool effective)
{
	struct kacs_token *tok = NULL;

	if (pkm_mode() == PKM_MODE_OFF) {
		if (in_task() && kacs_system_token)
			tok = kacs_simple_is_system() ? kacs_system_token : kacs_anonymous_token();
		if (tok)
			memcpy(out, tok->guid, KACS_GUID_LEN);
		else
			memset(out, 0, KACS_GUID_LEN);
		return;
	}
	rcu_read_lock();
	if (!is_kernel_itself()) /* kernel workers stamp the null GUID, KMES-018 */
		tok = current_token(effective);
	if (tok)
		memcpy(out, tok->guid, KACS_GUID_LEN);
	else
		memset(out, 0, KACS_GUID_LEN);
	rcu_read_unlock();
}

/**
 * kacs_effective_token_guid() - GUID of the token that the caller acts with
 * @out: 16 bytes; zero where there is no such token
 *
 * Context: any. No lock, no sleep, constant time (KACS-TOK-139).
 */
void kacs_effective_token_guid(u8 out[KACS_GUID_LEN])
{
	token_guid(out, true);
}

/**
 * kacs_primary_token_guid() - GUID of the caller's process's token
 * @out: 16 bytes; zero where there is no such token
 *
 * Context: any. No lock, no sleep, constant time (KACS-TOK-139).
 */
void kacs_primary_token_guid(u8 out[KACS_GUID_LEN])
{
	token_guid(out, false);
}

/**
 * kacs_process_guid() - GUID of the caller's process
 * @out: 16 bytes; zero without a process context and in mode=off
 *
 * Context: any. No lock, no sleep, constant time (KACS-TOK-139).
 */
void kacs_process_guid(u8 out[KACS_GUID_LEN])
{
	const struct kacs_psb *psb = NULL;

	rcu_read_lock();
	if (in_task() && !(current->flags & PF_KTHREAD))
		psb = pkm_task_psb(current);
	if (psb)
		memcpy(out, psb->guid, KACS_GUID_LEN);
	else
		memset(out, 0, KACS_GUID_LEN);
	rcu_read_unlock();
}

/**
 * kacs_caller_guids() - the three GUIDs that events carry, in the record's order
 * @out: effective token, primary token, process; zero where there is none
 *
 * The same as the three accessors one by one, with one look at each side table:
 * an emission by somebody new comes here. What is unusual (mode=off, before
 * arming) has no entry and takes the long way.
 *
 * Context: task context of a task that is no kernel thread, IRQs off or inside
 * rcu_read_lock(). No lock, no sleep, constant time (KACS-TOK-139).
 * Return: true when it holds for this task with this credential for as long as
 * pkm_table_epoch, read before, stands still.
 */
bool kacs_caller_guids(u8 out[3 * KACS_GUID_LEN])
{
	const struct pkm_identity *identity = pkm_cred_identity(current_cred());
	const struct kacs_psb *psb = pkm_task_psb(current);

	if (likely(identity && identity->primary && psb)) {
		memcpy(out, pkm_identity_effective(identity)->guid, KACS_GUID_LEN);
		memcpy(out + KACS_GUID_LEN, identity->primary->guid, KACS_GUID_LEN);
		memcpy(out + 2 * KACS_GUID_LEN, psb->guid, KACS_GUID_LEN);
		return true;
	}
	kacs_effective_token_guid(out);
	kacs_primary_token_guid(out + KACS_GUID_LEN);
	kacs_process_guid(out + 2 * KACS_GUID_LEN);
	return false;
}

/**
 * kacs_caller_token() - the token that the caller acts with, not counted
 *
 * It stays for as long as the caller keeps its credential: an entry is written
 * before its credential is in force and removed after.
 *
 * Context: task context.
 * Return: the token; NULL in the unusual cases, which take
 * kacs_effective_token_get(): kernel threads, mode=off, before arming.
 */
struct kacs_token *kacs_caller_token(void)
{
	const struct pkm_identity *identity;
	struct kacs_token *tok = NULL;

	if (!in_task() || (current->flags & PF_KTHREAD))
		return NULL;
	preempt_disable(); /* an RCU read side that costs two instructions */
	identity = pkm_cred_identity(current_cred());
	if (likely(identity))
		tok = pkm_identity_effective(identity);
	preempt_enable();
	return tok;
}

/**
 * kacs_caller_describe() - identity facts for audit payloads
 * @effective: token that the decision was about
 * @out: filled; token_id is 0, tokens are known by GUID
 *
 * Context: task context. Does not sleep.
 */
void kacs_caller_describe(struct kacs_token *effective, struct kacs_caller *out)
{
	const u8 *user = kacs_token_user_sid(effective, &out->user_sid_len);

	memcpy(out->effective_guid, effective->guid, KACS_GUID_LEN);
	kacs_primary_token_guid(out->true_guid);
	kacs_process_guid(out->process_guid);
	memset(out->user_sid, 0, sizeof(out->user_sid));
	memcpy(out->user_sid, user, out->user_sid_len);
	out->auth_id = effective->fixed->session->id;
	out->token_id = 0;
	out->token_type = effective->type;
	out->impersonation_level = effective->level;
	out->integrity_level = kacs_token_subject(effective)->integrity;
}
