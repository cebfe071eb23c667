// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changing who a thread or a process is: install, impersonate, revert.
 *
 * All three commit a fresh credential whose entry says primary and effective
 * (HAZ-002). Until the file enforcement lands the ids that a token projects
 * are set as well, so that Linux file permissions protect (HAZ-023).
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/sock.h>
#include <uapi/linux/pkm/kacs.h>

#include "../ksyms.h"
#include "internal.h"

/* Projected for whoever may not act. */
#define NOBODY 65534

/* --- ids of a token on a credential ------------------------------------------- */

static struct group_info *projected_groups(const struct kacs_token_spec *spec)
{
	struct group_info *groups = groups_alloc(spec->supplementary_gid_count);
	u32 i;

	if (!groups)
		return NULL;
	for (i = 0; i < spec->supplementary_gid_count; i++)
		groups->gid[i] = KGIDT_INIT(pkm_get_le32(spec->supplementary_gids + 4 * i));
	groups_sort(groups);
	return groups;
}

/*
 * A token below level Impersonation may be looked at, not acted with: file
 * permissions, which know no levels, must see nobody (KACS-TOK-107).
 */
static bool may_act(const struct kacs_token *tok)
{
	return tok->type == KACS_TOKEN_TYPE_PRIMARY || tok->level >= KACS_LEVEL_IMPERSONATION;
}

/* The ids that Linux checks: those of whoever acts (KACS-ENF-191). */
static int project_effective(struct cred *cred, const struct kacs_token *tok)
{
	static const struct kacs_token_spec nobody = { .projected_uid = NOBODY, .projected_gid = NOBODY };
	const struct kacs_token_spec *spec = may_act(tok) ? &tok->fixed->spec : &nobody;
	struct group_info *groups = projected_groups(spec);

	if (!groups)
		return -ENOMEM;
	cred->euid = cred->fsuid = KUIDT_INIT(spec->projected_uid);
	cred->egid = cred->fsgid = KGIDT_INIT(spec->projected_gid);
	set_groups(cred, groups);
	put_group_info(groups);
	return 0;
}

/* All ids, with the accounting that goes by real uid (KACS-TOK-105). */
static int project_all(struct cred *cred, const struct kacs_token *tok)
{
	const struct kacs_token_spec *spec = &tok->fixed->spec;
	struct user_struct *user;
	int err = project_effective(cred, tok);

	if (err)
		return err;
	cred->uid = cred->suid = cred->euid;
	cred->gid = cred->sgid = cred->egid;
	user = pkm_ksyms.alloc_uid(KUIDT_INIT(spec->projected_uid));
	if (!user)
		return -ENOMEM;
	free_uid(cred->user);
	cred->user = user;
	return pkm_ksyms.set_cred_ucounts(cred);
}

/* --- install -------------------------------------------------------------------- */

/* The credential to return to after impersonation, on the new primary token. */
static const struct cred *reprimed(const struct cred *revert, struct kacs_token *tok)
{
	const struct cred *saved = override_creds(revert);
	struct cred *cred = prepare_creds();
	int err;

	revert_creds(saved);
	if (!cred)
		return NULL;
	err = project_all(cred, tok);
	if (err) {
		abort_creds(cred);
		return NULL;
	}
	kacs_token_get(tok);
	pkm_cred_bind(cred, tok, NULL, NULL);
	return cred;
}

/* An impersonating thread stays its client, but reverts to @tok (KACS-TOK-103). */
static int reprime_impersonating(struct cred *cred, const struct pkm_identity *now, struct kacs_token *tok)
{
	const struct cred *revert = reprimed(now->revert, tok);

	if (!revert)
		return -ENOMEM;
	cred->uid = cred->suid = revert->uid;
	cred->gid = cred->sgid = revert->gid;
	free_uid(cred->user);
	cred->user = get_uid(revert->user);
	kacs_token_get(tok);
	kacs_token_get(now->effective);
	pkm_cred_bind(cred, tok, now->effective, revert);
	return pkm_ksyms.set_cred_ucounts(cred);
}

/* The credential that makes @tok the calling thread's primary token; not committed yet. */
static struct cred *prepare_install(struct kacs_token *tok)
{
	const struct pkm_identity *now;
	struct cred *cred;
	int err;

	rcu_read_lock();
	now = pkm_cred_identity(current_cred());
	rcu_read_unlock();
	if (!now)
		return ERR_PTR(-EACCES);
	cred = prepare_creds();
	if (!cred)
		return ERR_PTR(-ENOMEM);
	if (now->effective) {
		err = reprime_impersonating(cred, now, tok);
	} else {
		err = project_all(cred, tok);
		kacs_token_get(tok);
		pkm_cred_bind(cred, tok, NULL, NULL);
	}
	if (err) {
		abort_creds(cred);
		return ERR_PTR(err);
	}
	return cred;
}

static void install_in_sibling(struct callback_head *work);

/*
 * Asks every other thread whose primary is not @tok to switch. A thread that
 * is just being cloned is not in the list yet; its creator is, and asks again
 * when it has left clone() and switched itself.
 */
static void ask_siblings(void)
{
	pkm_task_work_siblings(install_in_sibling);
}

/* Runs in a sibling on its way back to user mode. */
static void install_in_sibling(struct callback_head *work)
{
	struct kacs_psb *psb = kacs_psb_of_get(current);
	struct kacs_token *tok, *primary;

	pkm_task_work_done(work);
	if (!psb)
		return;
	tok = kacs_psb_installed_get(psb);
	primary = kacs_primary_token_get();
	if (tok && tok != primary) {
		struct cred *cred = ERR_PTR(-EACCES);

		/* With borrowed creds nothing may be committed (HAZ-002). */
		if (current_cred() == current_real_cred())
			cred = prepare_install(tok);
		if (IS_ERR(cred))
			send_sig(SIGKILL, current, 1); /* it must not go on as it was */
		else
			commit_creds(cred);
		ask_siblings();
	}
	if (primary)
		kacs_token_put(primary);
	if (tok)
		kacs_token_put(tok);
	kacs_psb_put(psb);
}

/* KACS-TOK-102, after the handle's right. */
static int may_install(struct kacs_token *primary, struct kacs_token *tok)
{
	if (!kacs_token_privileged(primary, KACS_PRIV_ASSIGN_PRIMARY))
		return -EPERM;
	if (tok->type != KACS_TOKEN_TYPE_PRIMARY)
		return -EINVAL;
	if ((!kacs_sid_equal(kacs_token_user_sid(tok, NULL), kacs_token_user_sid(primary, NULL)) ||
	     tok->fixed->session != primary->fixed->session) &&
	    !kacs_token_privileged(primary, KACS_PRIV_TCB))
		return -EPERM;
	return kacs_session_is_dead(tok->fixed->session) ? -EPERM : 0;
}

static int install(struct kacs_psb *psb, struct kacs_token *primary, struct kacs_token *tok)
{
	struct cred *cred;
	int err = may_install(primary, tok);

	if (err)
		return err;
	cred = prepare_install(tok);
	if (IS_ERR(cred))
		return PTR_ERR(cred);
	err = kacs_psb_install(psb, primary, tok);
	if (err) {
		abort_creds(cred);
		return err;
	}
	commit_creds(cred);
	ask_siblings();
	return 0;
}

/**
 * kacs_ioc_install() - KACS_IOC_INSTALL
 * @tok: a primary token
 *
 * Context: process context. May sleep.
 * Return: 0, -EPERM, -EINVAL, -EACCES, -ENOMEM, -EOPNOTSUPP in mode=off.
 */
long kacs_ioc_install(struct kacs_token *tok)
{
	struct kacs_token *primary;
	struct kacs_psb *psb;
	int err = -EACCES;

	if (!pkm_lsm_attached())
		return -EOPNOTSUPP;
	primary = kacs_primary_token_get();
	psb = kacs_psb_of_get(current);
	if (primary && psb)
		err = install(psb, primary, tok);
	if (psb)
		kacs_psb_put(psb);
	if (primary)
		kacs_token_put(primary);
	return err;
}

/* --- impersonate ---------------------------------------------------------------- */

static bool is_restricted(const struct kacs_token *tok)
{
	return tok->fixed->spec.subject.restricted.count;
}

/*
 * Which level the server may have of the client (KACS-TOK-112 to KACS-TOK-117).
 * Both gates are always evaluated; the privilege counts as used when it was
 * what let the identity gate pass.
 */
static int gate_level(struct kacs_token *server, struct kacs_token *client, u32 *level)
{
	bool same_user = kacs_sid_equal(kacs_token_user_sid(server, NULL), kacs_token_user_sid(client, NULL));

	*level = client->level;
	if (client->level == KACS_LEVEL_ANONYMOUS)
		return 0;
	if (same_user && is_restricted(server) && !is_restricted(client))
		return -EPERM;
	if (!(same_user && is_restricted(server) == is_restricted(client)) &&
	    !kacs_token_privileged(server, KACS_PRIV_IMPERSONATE))
		*level = min_t(u32, *level, KACS_LEVEL_IDENTIFICATION);
	if (kacs_token_subject(client)->integrity > kacs_token_subject(server)->integrity)
		*level = min_t(u32, *level, KACS_LEVEL_IDENTIFICATION);
	return 0;
}

/* Acts as @tok from now on; an impersonation in force is replaced, not nested. */
static int act_as(struct kacs_token *tok)
{
	const struct pkm_identity *now;
	const struct cred *revert;
	struct cred *cred;
	int err;

	rcu_read_lock();
	now = pkm_cred_identity(current_cred());
	rcu_read_unlock();
	if (!now || !now->primary)
		return -EACCES;
	cred = prepare_creds();
	if (!cred)
		return -ENOMEM;
	revert = get_cred(now->revert ?: current_cred());
	err = project_effective(cred, tok);
	if (err) {
		put_cred(revert);
		abort_creds(cred);
		return err;
	}
	/* As for setresuid(): a mere user does not act with root's capabilities. */
	if (!uid_eq(cred->euid, GLOBAL_ROOT_UID))
		cap_clear(cred->cap_effective);
	kacs_token_get(now->primary);
	kacs_token_get(tok);
	pkm_cred_bind(cred, now->primary, tok, revert);
	return commit_creds(cred);
}

/*
 * A token that a gate lowered is a new object (KACS-TOK-109's reading). Its
 * client pays for the event: a server's budget is not for clients to spend.
 */
static struct kacs_token *lowered(struct kacs_token *client, u32 level)
{
	struct kacs_token *copy;
	int err;

	if (level == client->level) {
		kacs_token_get(client);
		return client;
	}
	copy = kacs_token_duplicate(client, KACS_TOKEN_TYPE_IMPERSONATION, level, kacs_token_sd_get(client),
				    GFP_KERNEL);
	if (!copy)
		return ERR_PTR(-ENOMEM);
	err = kacs_audit_token_charge(copy, client, client);
	if (err) {
		kacs_token_put(copy);
		return ERR_PTR(err);
	}
	kacs_audit_token_create("duplicate", copy, client);
	return copy;
}

static int impersonate(struct kacs_token *client, u32 *level)
{
	struct kacs_token *server = kacs_primary_token_get();
	struct kacs_token *tok;
	int err;

	if (!server)
		return -EACCES;
	err = gate_level(server, client, level);
	kacs_token_put(server);
	if (err)
		return err;
	tok = lowered(client, *level);
	if (IS_ERR(tok))
		return PTR_ERR(tok);
	err = act_as(tok);
	kacs_token_put(tok);
	return err;
}

/**
 * kacs_ioc_impersonate() - KACS_IOC_IMPERSONATE
 * @tok: an impersonation token
 *
 * Context: process context. May sleep. KACS-TOK-111.
 * Return: 0, -EINVAL, -EPERM, -EACCES, -ENOMEM, -EOPNOTSUPP in mode=off;
 * -EAGAIN when a lowered token costs more than the client's budget of events.
 */
long kacs_ioc_impersonate(struct kacs_token *tok)
{
	u32 level;

	if (!pkm_lsm_attached())
		return -EOPNOTSUPP;
	if (tok->type != KACS_TOKEN_TYPE_IMPERSONATION)
		return -EINVAL;
	return impersonate(tok, &level);
}

/**
 * kacs_ioc_impersonate_peer() - KACS_IOC_IMPERSONATE_PEER
 * @arg: struct kacs_impersonate_peer_args
 *
 * Context: process context. May sleep.
 * Return: the level in force, 0 to 3; -EFAULT, -EBADF, -EACCES, -EPERM,
 * -ENOMEM, -EOPNOTSUPP in mode=off.
 */
long kacs_ioc_impersonate_peer(void __user *arg)
{
	struct kacs_impersonate_peer_args args;
	struct kacs_token *client;
	u32 level;
	int err;

	if (!pkm_lsm_attached())
		return -EOPNOTSUPP;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	client = kacs_peer_token_get(args.conn_fd);
	if (IS_ERR(client))
		return PTR_ERR(client);
	err = impersonate(client, &level);
	kacs_token_put(client);
	return err ?: level;
}

/**
 * kacs_ioc_revert() - KACS_IOC_REVERT
 *
 * Context: process context. May sleep. KACS-TOK-118.
 * Return: 0, also when not impersonating; -ENOMEM; -EOPNOTSUPP in mode=off.
 */
long kacs_ioc_revert(void)
{
	const struct pkm_identity *now;
	struct cred *cred;
	bool impersonating;

	if (!pkm_lsm_attached())
		return -EOPNOTSUPP;
	rcu_read_lock();
	now = pkm_cred_identity(current_cred());
	impersonating = now && now->effective;
	rcu_read_unlock();
	if (!impersonating)
		return 0;
	cred = prepare_creds();
	if (!cred)
		return -ENOMEM;
	pkm_cred_drop_effective(cred);
	return commit_creds(cred);
}
