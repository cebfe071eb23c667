// SPDX-License-Identifier: GPL-2.0-only
/*
 * The setuid family while impersonating: refused.
 *
 * An impersonating thread wears its client's ids. Linux lets a thread copy its
 * effective id into its real and saved ids without any capability; they would
 * outlive the revert, and an exec with the real uid 0 gives all capabilities.
 */
#include <linux/cred.h>
#include <linux/errno.h>

#include <pkm/lsm.h>
#include <pkm/module.h>
#include <pkm/token.h>

#include "hooks.h"

static int refuse_impersonator(const struct cred *old)
{
	const struct pkm_identity *identity;
	bool impersonating;

	if (!pkm_lsm_armed() || pkm_mode() != PKM_MODE_ENFORCE)
		return 0;
	rcu_read_lock();
	identity = pkm_cred_identity(old);
	impersonating = identity && identity->effective;
	rcu_read_unlock();
	return impersonating ? -EPERM : 0;
}

int pkm_hook_task_fix_setuid(struct cred *new, const struct cred *old, int flags)
{
	return refuse_impersonator(old);
}

int pkm_hook_task_fix_setgid(struct cred *new, const struct cred *old, int flags)
{
	return refuse_impersonator(old);
}

int pkm_hook_task_fix_setgroups(struct cred *new, const struct cred *old)
{
	return refuse_impersonator(old);
}
