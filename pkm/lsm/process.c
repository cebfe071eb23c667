// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reaching into another process: its memory, its descriptors.
 *
 * Linux lets one uid debug all its processes, but one uid has tokens of
 * different strength: an administrator's everyday half and the elevated one,
 * services of one account. Who may write another process's memory is that
 * process, so the process descriptor and PIP decide on top (KACS-ENF-022).
 *
 * The hooks run under the target's task_lock() or with IRQs off under the task
 * list's lock: nothing here sleeps.
 */
#include <linux/cred.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

#include <pkm/lsm.h>
#include <pkm/module.h>
#include <pkm/token.h>

#include "hooks.h"

/* pidfd_getfd() asks like a debugger; its number is the same in all tables. */
static bool is_pidfd_getfd(void)
{
	return !(current->flags & (PF_KTHREAD | PF_IO_WORKER)) &&
	       (syscall_get_nr(current, task_pt_regs(current)) & ~__X32_SYSCALL_BIT) == __NR_pidfd_getfd;
}

/* KACS-ENF-028. */
static u32 right_of(unsigned int mode)
{
	if (!(mode & PTRACE_MODE_ATTACH))
		return KACS_PROCESS_VM_READ;
	return is_pidfd_getfd() ? KACS_PROCESS_DUP_HANDLE : KACS_PROCESS_VM_WRITE;
}

/* Inside rcu_read_lock(), which keeps the blocks. One's own process is exempt (KACS-ENF-025). */
static int check(struct kacs_token *subject, const struct task_struct *actor,
		 const struct task_struct *target, u32 right, bool audit)
{
	struct kacs_psb *mine = pkm_task_psb(actor), *other = pkm_task_psb(target);
	int err = -EPERM;

	if (subject && other)
		err = mine == other ? 0 : kacs_gate_process_atomic(subject, mine, other, right, audit);
	return pkm_mode() == PKM_MODE_ENFORCE ? err : 0;
}

int pkm_hook_ptrace_access_check(struct task_struct *child, unsigned int mode)
{
	struct kacs_token *subject;
	int err;

	if (!pkm_lsm_armed())
		return 0;
	subject = kacs_effective_token_get();
	rcu_read_lock();
	err = check(subject, current, child, right_of(mode), !(mode & PTRACE_MODE_NOAUDIT));
	rcu_read_unlock();
	if (subject)
		kacs_token_put(subject);
	return err;
}

/* The nominated tracer is the subject, the caller the target. */
int pkm_hook_ptrace_traceme(struct task_struct *parent)
{
	const struct pkm_identity *identity;
	struct kacs_token *subject = NULL;
	int err;

	if (!pkm_lsm_armed())
		return 0;
	rcu_read_lock();
	identity = pkm_cred_identity(__task_cred(parent));
	if (identity && identity->primary)
		subject = pkm_identity_effective(identity);
	err = check(subject, parent, current, KACS_PROCESS_VM_WRITE, true);
	rcu_read_unlock();
	return err;
}

/*
 * Whoever makes a user namespace has all capabilities in it, and with them the
 * mounts, packet filters and file systems that only root is trusted with
 * elsewhere (HAZ-019).
 */
int pkm_hook_userns_create(const struct cred *cred)
{
	const struct pkm_identity *identity;
	bool may = false;

	if (!pkm_lsm_armed())
		return 0;
	rcu_read_lock();
	identity = pkm_cred_identity(cred);
	if (identity && identity->primary)
		may = kacs_token_privileged(pkm_identity_effective(identity), KACS_PRIV_TCB);
	rcu_read_unlock();
	return may || pkm_mode() != PKM_MODE_ENFORCE ? 0 : -EPERM;
}
