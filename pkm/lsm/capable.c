// SPDX-License-Identifier: GPL-2.0-only
/*
 * capable(): what the token does not give, the capability does not either.
 *
 * The hook runs in any context and very often: one table look-up, no
 * allocation, no sleep. Until the file enforcement lands only CAP_SYS_MODULE
 * is judged; exec of a non-zero uid drops capabilities as always (HAZ-023).
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fcntl.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

#include <pkm/lsm.h>
#include <pkm/module.h>
#include <pkm/token.h>

#include "hooks.h"

/* delete_module of the 32-bit table; the uapi header of that table is not ours to include. */
#define NR_IA32_DELETE_MODULE 129

/* Set by the watchdog around one call of its own. */
static const struct cred *probe_cred;
static atomic_t probe_hits;

/*
 * A forced unload ignores the reference that we hold on ourselves. It is told
 * by the flags in the registers, which user space cannot change any more,
 * never by the name, which it can (HAZ-012).
 */
static bool is_forced_unload(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	unsigned long args[6];

	if (current->flags & PF_KTHREAD)
		return false;
	if (in_ia32_syscall()) {
		if (syscall_get_nr(current, regs) != NR_IA32_DELETE_MODULE)
			return false;
	} else if ((syscall_get_nr(current, regs) & ~__X32_SYSCALL_BIT) != __NR_delete_module) {
		return false;
	}
	syscall_get_arguments(current, regs, args);
	return args[1] & O_TRUNC;
}

static bool may_load_modules(const struct cred *cred)
{
	const struct pkm_identity *identity;
	bool may = false;

	rcu_read_lock();
	identity = pkm_cred_identity(cred);
	if (identity && identity->primary)
		may = kacs_token_privileged(pkm_identity_effective(identity), KACS_PRIV_LOAD_DRIVER);
	rcu_read_unlock();
	return may;
}

int pkm_hook_capable(const struct cred *cred, struct user_namespace *ns, int cap, unsigned int opts)
{
	if (cap != CAP_SYS_MODULE)
		return 0;
	if (unlikely(cred == READ_ONCE(probe_cred))) {
		atomic_inc(&probe_hits);
		return 0;
	}
	if (is_forced_unload())
		return -EPERM;
	if (!pkm_lsm_armed() || may_load_modules(cred))
		return 0;
	return pkm_mode() == PKM_MODE_ENFORCE ? -EPERM : 0;
}

/**
 * pkm_capable_probe() - does the hook still reach us (HAZ-013)
 *
 * Context: may sleep. One caller at a time.
 * Return: true when a capability test with a private credential arrived here.
 */
bool pkm_capable_probe(void)
{
	const struct cred *old;
	struct cred *mine = prepare_creds();
	int before = atomic_read(&probe_hits);

	if (!mine)
		return true; /* out of memory is no failure of the hook */
	cap_raise(mine->cap_effective, CAP_SYS_MODULE);
	WRITE_ONCE(probe_cred, mine);
	old = override_creds(mine);
	(void)ns_capable_noaudit(&init_user_ns, CAP_SYS_MODULE);
	revert_creds(old);
	WRITE_ONCE(probe_cred, NULL);
	abort_creds(mine);
	return atomic_read(&probe_hits) != before;
}
