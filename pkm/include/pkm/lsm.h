/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the objects (kacs/) ask of the hooks (lsm/): which tokens a credential
 * carries, which process security block a task has, and to change both.
 *
 * None of the tables exists in mode=off: every look-up then finds nothing.
 */
#ifndef _PKM_LSM_H
#define _PKM_LSM_H

#include <linux/rcupdate.h>
#include <linux/types.h>

#include <pkm/table.h>

struct cred;
struct kacs_psb;
struct kacs_token;
struct sock;
struct task_struct;

/* attach.c: the life of the hook mechanism. */
int pkm_lsm_init(void);
int pkm_lsm_arm(void);
u32 pkm_lsm_state(u32 *hooks);
bool pkm_lsm_attached(void);
bool pkm_lsm_armed(void);

/**
 * struct pkm_identity - the tokens of one credential (HAZ-001)
 * @entry: place in the side table; its key is the credential
 * @primary: real identity, NULL in a blank credential; owns a reference
 * @effective: impersonation token, NULL when not impersonating; owns a reference
 * @revert: credential to return to when impersonation ends, NULL without one;
 *          owns a reference
 *
 * Written only while its credential is private to its maker, so readers need
 * no lock: whoever holds the credential sees a constant.
 */
struct pkm_identity {
	struct pkm_entry entry;
	struct kacs_token *primary;
	struct kacs_token *effective;
	const struct cred *revert;
};

/* cred.c */
const struct pkm_identity *pkm_cred_identity(const struct cred *cred);
void pkm_cred_bind(struct cred *cred, struct kacs_token *primary, struct kacs_token *effective,
		   const struct cred *revert);
void pkm_cred_drop_effective(struct cred *cred);

/* The token that acts when @identity is in force. */
static inline struct kacs_token *pkm_identity_effective(const struct pkm_identity *identity)
{
	return identity->effective ? identity->effective : identity->primary;
}

/* task.c */
struct kacs_psb *pkm_task_psb(const struct task_struct *task);
void pkm_task_work_siblings(void (*work)(struct callback_head *));
void pkm_task_work_done(struct callback_head *work);

/* net.c */
struct kacs_token *pkm_sock_peer_get(const struct sock *sk);
int pkm_sock_set_level(const struct sock *sk, u32 level);

#endif
