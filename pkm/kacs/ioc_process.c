// SPDX-License-Identifier: GPL-2.0-only
/* /dev/kacs: privileges, process security blocks, what a client lets be seen. */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/af_unix.h>
#include <net/sock.h>
#include <net/tcp_states.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

/* --- privilege check ---------------------------------------------------------------- */

static int read_mask(const struct kacs_privilege_check_args *args, u64 *mask)
{
	u32 bits[64], i;

	if (!args->count || args->count > ARRAY_SIZE(bits) || args->flags & ~KACS_PRIVCHECK_ALL_REQUIRED)
		return -EINVAL;
	if (copy_from_user(bits, u64_to_user_ptr(args->privileges_ptr), args->count * sizeof(*bits)))
		return -EFAULT;
	*mask = 0;
	for (i = 0; i < args->count; i++) {
		if (bits[i] > 63)
			return -EINVAL;
		*mask |= KACS_PRIV_MASK(bits[i]);
	}
	return 0;
}

/**
 * kacs_ioc_privilege_check() - KACS_IOC_PRIVILEGE_CHECK
 * @arg: struct kacs_privilege_check_args
 *
 * Context: process context. May sleep. KACS-TOK-030, KACS-TOK-031.
 * Return: 0, -EPERM, -EFAULT, -EINVAL; -EAGAIN or -ENOMEM when its events could
 * not be recorded.
 */
long kacs_ioc_privilege_check(void __user *arg)
{
	struct kacs_privilege_check_args args;
	struct kacs_token *tok;
	u64 mask, missing = 0;
	int err, unheard;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = read_mask(&args, &mask);
	if (err)
		return err;
	tok = kacs_effective_token_get();
	if (!tok)
		return -EPERM;
	if (!kacs_token_privileges_use(tok, mask)) {
		err = -EPERM;
		missing = mask & ~READ_ONCE(tok->privs_enabled) ?: mask;
	}
	unheard = kacs_audit_privilege_check(tok, mask, missing);
	kacs_token_put(tok);
	return unheard ?: err;
}

/* --- process security block ----------------------------------------------------------- */

/* What a stock kernel and this version can put in force and keep there. */
#define SUPPORTED_MITIGATIONS (KACS_MIT_NO_CHILD | KACS_MIT_UI_ACCESS | KACS_MIT_PIE | KACS_MIT_WXP)

/* Is some memory both writable and executable (KACS-TOK-130)? Under the memory's lock. */
static bool has_both(struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	for (vma = find_vma(mm, 0); vma; vma = find_vma(mm, vma->vm_end)) {
		if ((vma->vm_flags & (VM_WRITE | VM_EXEC)) == (VM_WRITE | VM_EXEC))
			return true;
		cond_resched();
	}
	return false;
}

/* Nothing is mapped or changed between the look and the bit: both are under the memory's lock. */
static int set_wxp(struct task_struct *task, struct kacs_psb *psb, u32 mitigations)
{
	struct mm_struct *mm = get_task_mm(task);
	int err;

	if (!mm)
		return -ESRCH;
	mmap_read_lock(mm);
	err = has_both(mm) ? -EACCES : kacs_psb_mitigate(psb, mitigations);
	mmap_read_unlock(mm);
	mmput(mm);
	return err;
}

/* Everything is checked before anything changes (KACS-TOK-129). */
static int set_mitigations(struct task_struct *task, bool other, u32 mitigations)
{
	struct kacs_psb *psb = kacs_psb_of_get(task);
	int err = 0;

	if (!psb)
		return -EACCES;
	if (other)
		err = kacs_gate_process(psb, KACS_PROCESS_SET_INFORMATION);
	if (!err && mitigations & ~SUPPORTED_MITIGATIONS)
		err = -EOPNOTSUPP;
	if (!err && mitigations & KACS_MIT_WXP)
		err = set_wxp(task, psb, mitigations);
	else if (!err)
		err = kacs_psb_mitigate(psb, mitigations);
	kacs_psb_put(psb);
	return err;
}

/**
 * kacs_ioc_set_psb() - KACS_IOC_SET_PSB
 * @arg: struct kacs_set_psb_args
 *
 * Mitigations that nothing enforces yet are refused rather than recorded
 * (KACS-TOK-129).
 *
 * Context: process context. May sleep. KACS-TOK-128.
 * Return: 0, -EFAULT, -EINVAL, -EBADF, -ESRCH, -EPERM, -EACCES, also for
 * memory that is in the way, -EOPNOTSUPP for a mitigation that is not there,
 * and in mode=off.
 */
long kacs_ioc_set_psb(void __user *arg)
{
	struct kacs_set_psb_args args;
	struct task_struct *task = current;
	bool other;
	int err;

	if (!pkm_lsm_attached())
		return -EOPNOTSUPP;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.mitigations & ~KACS_MIT_ALL)
		return -EINVAL;
	other = args.pidfd != -1;
	if (other)
		task = kacs_task_of_get(args.pidfd, 0);
	if (IS_ERR(task))
		return PTR_ERR(task);
	err = set_mitigations(task, other, args.mitigations);
	if (other)
		put_task_struct(task);
	return err;
}

/* --- sockets and policy ----------------------------------------------------------------- */

/* KACS-TOK-108: a Unix stream or seqpacket socket that is not connected. */
static int set_level(struct socket *sock, u32 level)
{
	struct sock *sk = sock->sk;
	bool fresh;

	if (sk->sk_family != AF_UNIX || (sk->sk_type != SOCK_STREAM && sk->sk_type != SOCK_SEQPACKET))
		return -EINVAL;
	unix_state_lock(sk);
	fresh = sk->sk_state == TCP_CLOSE && !unix_peer(sk);
	unix_state_unlock(sk);
	return fresh ? pkm_sock_set_level(sk, level) : -EINVAL;
}

/**
 * kacs_ioc_set_impersonation_level() - KACS_IOC_SET_IMPERSONATION_LEVEL
 * @arg: struct kacs_set_impersonation_level_args
 *
 * Context: process context. May sleep.
 * Return: 0, -EFAULT, -EINVAL, -EBADF, -ENOMEM, -EOPNOTSUPP in mode=off.
 */
long kacs_ioc_set_impersonation_level(void __user *arg)
{
	struct kacs_set_impersonation_level_args args;
	struct socket *sock;
	int err;

	if (!pkm_lsm_attached())
		return -EOPNOTSUPP;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.level > KACS_LEVEL_DELEGATION)
		return -EINVAL;
	sock = sockfd_lookup(args.sock_fd, &err);
	if (!sock)
		return err == -EBADF ? -EBADF : -EINVAL;
	err = set_level(sock, args.level);
	sockfd_put(sock);
	return err;
}

/**
 * kacs_ioc_set_anonymous_policy() - KACS_IOC_SET_ANONYMOUS_POLICY
 * @arg: struct kacs_set_anonymous_policy_args
 *
 * Context: process context. KACS-TOK-121.
 * Return: 0, -EPERM, -EFAULT, -EINVAL.
 */
long kacs_ioc_set_anonymous_policy(void __user *arg)
{
	struct kacs_set_anonymous_policy_args args;
	int err = kacs_require_privilege(KACS_PRIV_TCB);

	if (err)
		return err;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.include_everyone > 1)
		return -EINVAL;
	kacs_anonymous_set_policy(args.include_everyone);
	return 0;
}
