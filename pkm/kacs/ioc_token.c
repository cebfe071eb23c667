// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kacs: getting hold of tokens. Each call checks in the order of
 * KACS-TOK-004: privilege, argument memory, argument values, then the objects.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/net.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/sock.h>
#include <uapi/linux/pkm/kacs.h>

#include "../ksyms.h"
#include "internal.h"

/* --- one's own ------------------------------------------------------------------- */

/**
 * kacs_ioc_open_self_token() - KACS_IOC_OPEN_SELF_TOKEN
 * @arg: struct kacs_open_self_token_args
 *
 * Context: process context. May sleep. KACS-TOK-040.
 * Return: a token descriptor; -EFAULT, -EINVAL, -EACCES, -ENOMEM, -EMFILE.
 */
long kacs_ioc_open_self_token(void __user *arg)
{
	struct kacs_open_self_token_args args;
	struct kacs_token *tok;
	u32 granted;
	int ret;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.flags & ~KACS_REAL_TOKEN)
		return -EINVAL;
	tok = args.flags & KACS_REAL_TOKEN ? kacs_primary_token_get() : kacs_effective_token_get();
	if (!tok)
		return -EACCES;
	ret = kacs_gate_token(tok, args.access_mask, &granted);
	if (!ret)
		ret = kacs_token_fd(tok, granted);
	kacs_token_put(tok);
	return ret;
}

/* --- other processes' ------------------------------------------------------------- */

/* A process is there as long as any of its threads: the first may have gone long ago. */
static struct task_struct *any_thread(struct task_struct *leader)
{
	struct task_struct *thread;

	for_each_thread(leader, thread)
		if (!READ_ONCE(thread->exit_state))
			return thread;
	return NULL;
}

/**
 * kacs_task_of_get() - a thread of another process
 * @pidfd: number in the caller's table
 * @tid: a thread of that process, 0: any that lives
 *
 * Context: process context.
 * Return: the task, which the caller puts; -EBADF, -ESRCH.
 */
struct task_struct *kacs_task_of_get(int pidfd, int tid)
{
	struct fd f = fdget(pidfd);
	struct task_struct *leader, *task = NULL;
	struct pid *pid;

	if (!f.file)
		return ERR_PTR(-EBADF);
	pid = pkm_ksyms.pidfd_pid(f.file);
	if (IS_ERR(pid)) {
		fdput(f);
		return ERR_PTR(-EBADF);
	}
	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader && !tid)
		task = any_thread(leader);
	else if (leader)
		task = pid_task(find_vpid(tid), PIDTYPE_PID);
	if (task && (!same_thread_group(task, leader) || READ_ONCE(task->exit_state)))
		task = NULL;
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	fdput(f);
	return task ?: ERR_PTR(-ESRCH);
}

/**
 * kacs_psb_of_pidfd_get() - the block of another process
 * @pidfd: number in the caller's table
 *
 * Context: process context.
 * Return: a reference that the caller puts, or NULL when it has none; -EBADF,
 * -ESRCH.
 */
struct kacs_psb *kacs_psb_of_pidfd_get(int pidfd)
{
	struct task_struct *task = kacs_task_of_get(pidfd, 0);
	struct kacs_psb *psb;

	if (IS_ERR(task))
		return ERR_CAST(task);
	psb = kacs_psb_of_get(task);
	put_task_struct(task);
	return psb;
}

/* The token that others see: the effective one for a thread, else the primary. */
static struct kacs_token *token_of(struct task_struct *task, bool effective)
{
	const struct pkm_identity *identity;
	struct kacs_token *tok = NULL;

	rcu_read_lock();
	identity = pkm_cred_identity(__task_cred(task));
	if (identity && identity->primary)
		tok = effective ? pkm_identity_effective(identity) : identity->primary;
	if (tok)
		kacs_token_get(tok);
	rcu_read_unlock();
	return tok;
}

/*
 * PROCESS_QUERY_INFORMATION and dominance, for the token (KACS-TOK-041). Install changes the process's descriptor
 * before its token: who sees the new token, seen first, is judged by the new descriptor.
 */
static struct kacs_token *query_token_of(int pidfd, int tid, bool effective)
{
	struct task_struct *task = kacs_task_of_get(pidfd, tid);
	struct kacs_token *tok;
	struct kacs_psb *psb;
	int err = -EACCES;

	if (IS_ERR(task))
		return ERR_CAST(task);
	tok = token_of(task, effective);
	psb = kacs_psb_of_get(task);
	if (psb) {
		err = kacs_gate_process(psb, KACS_PROCESS_QUERY_INFORMATION);
		kacs_psb_put(psb);
	}
	put_task_struct(task);
	if (!err && tok)
		return tok;
	if (tok)
		kacs_token_put(tok);
	return ERR_PTR(err ?: -EACCES);
}

/* Consumes @tok, which may be an ERR_PTR. */
static long open_checked(struct kacs_token *tok, u32 mask)
{
	u32 granted;
	int ret;

	if (IS_ERR(tok))
		return PTR_ERR(tok);
	ret = kacs_gate_token(tok, mask, &granted);
	if (!ret)
		ret = kacs_token_fd(tok, granted);
	kacs_token_put(tok);
	return ret;
}

/**
 * kacs_ioc_open_process_token() - KACS_IOC_OPEN_PROCESS_TOKEN
 * @arg: struct kacs_open_process_token_args
 *
 * Context: process context. May sleep. KACS-TOK-041.
 * Return: a token descriptor; -EFAULT, -EINVAL, -EBADF, -ESRCH, -EACCES,
 * -EPERM, -ENOMEM, -EMFILE, -EOPNOTSUPP in mode=off.
 */
long kacs_ioc_open_process_token(void __user *arg)
{
	struct kacs_open_process_token_args args;

	if (!pkm_lsm_attached())
		return -EOPNOTSUPP;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.access_mask & KACS_RESERVED_BITS)
		return -EINVAL;
	return open_checked(query_token_of(args.pidfd, 0, false), args.access_mask);
}

/**
 * kacs_ioc_open_thread_token() - KACS_IOC_OPEN_THREAD_TOKEN
 * @arg: struct kacs_open_thread_token_args
 *
 * Context: process context. May sleep. KACS-TOK-042.
 * Return: as kacs_ioc_open_process_token().
 */
long kacs_ioc_open_thread_token(void __user *arg)
{
	struct kacs_open_thread_token_args args;

	if (!pkm_lsm_attached())
		return -EOPNOTSUPP;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.access_mask & KACS_RESERVED_BITS)
		return -EINVAL;
	if (args.tid <= 0)
		return -ESRCH;
	return open_checked(query_token_of(args.pidfd, args.tid, true), args.access_mask);
}

/**
 * kacs_ioc_inspect_token() - KACS_IOC_INSPECT_TOKEN
 * @arg: struct kacs_inspect_token_args
 *
 * Context: process context. May sleep. KACS-TOK-140.
 * Return: a query-only token descriptor; -EFAULT, -EBADF, -ESRCH, -EACCES,
 * -EPERM, -ENOMEM, -EMFILE, -EOPNOTSUPP in mode=off.
 */
long kacs_ioc_inspect_token(void __user *arg)
{
	struct kacs_inspect_token_args args;
	struct kacs_token *tok;
	int fd;

	if (!pkm_lsm_attached())
		return -EOPNOTSUPP;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.tid < 0)
		return -ESRCH;
	tok = query_token_of(args.pidfd, args.tid, args.tid);
	if (IS_ERR(tok))
		return PTR_ERR(tok);
	fd = kacs_token_fd(tok, KACS_TOKEN_QUERY);
	kacs_token_put(tok);
	return fd;
}

/* --- a client's ------------------------------------------------------------------- */

/**
 * kacs_peer_token_get() - the token captured on an accepted socket
 * @fd: number in the caller's table
 *
 * Context: process context. KACS-TOK-043.
 * Return: a reference that the caller puts; -EBADF when not open, -EACCES when
 * nothing was captured there.
 */
struct kacs_token *kacs_peer_token_get(int fd)
{
	struct kacs_token *tok;
	struct socket *sock;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return ERR_PTR(err == -EBADF ? -EBADF : -EACCES);
	tok = pkm_sock_peer_get(sock->sk);
	sockfd_put(sock);
	return tok ?: ERR_PTR(-EACCES);
}

/**
 * kacs_ioc_open_peer_token() - KACS_IOC_OPEN_PEER_TOKEN
 * @arg: struct kacs_open_peer_token_args
 *
 * Context: process context. May sleep. KACS-TOK-043.
 * Return: a token descriptor; -EFAULT, -EBADF, -EACCES, -ENOMEM, -EMFILE,
 * -EOPNOTSUPP in mode=off.
 */
long kacs_ioc_open_peer_token(void __user *arg)
{
	struct kacs_open_peer_token_args args;
	struct kacs_token *tok;
	int fd;

	if (!pkm_lsm_attached())
		return -EOPNOTSUPP;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	tok = kacs_peer_token_get(args.conn_fd);
	if (IS_ERR(tok))
		return PTR_ERR(tok);
	fd = kacs_token_fd(tok, KACS_TOKEN_QUERY | KACS_TOKEN_IMPERSONATE);
	kacs_token_put(tok);
	return fd;
}

/* --- a new one ---------------------------------------------------------------------- */

/* KACS-TOK-048: the session must exist and be alive. */
static struct kacs_token *mint(const struct kacs_token_spec *spec)
{
	struct kacs_session *session = kacs_session_find_get(spec->session_id);
	struct kacs_token *creator = kacs_primary_token_get();
	struct kacs_token *tok = ERR_PTR(-EINVAL);

	if (session && creator && !kacs_session_is_dead(session))
		tok = kacs_token_create(spec, session, kacs_now(),
					kacs_token_default_sd(spec->subject.user,
							      kacs_token_user_sid(creator, NULL),
							      spec->subject.integrity, GFP_KERNEL));
	if (creator)
		kacs_token_put(creator);
	if (session)
		kacs_session_put(session);
	return tok;
}

static long create_from(const void *bytes, u32 len)
{
	struct kacs_token_spec spec;
	struct kacs_token *tok;
	int ret = kacs_token_spec_parse(&spec, bytes, len);

	if (ret)
		return ret;
	tok = mint(&spec);
	if (IS_ERR(tok))
		return PTR_ERR(tok);
	ret = kacs_token_fd(tok, KACS_TOKEN_ALL_ACCESS);
	if (ret >= 0) {
		kacs_session_token_given(tok->fixed->session);
		kacs_audit_token_create("mint", tok, NULL);
	}
	kacs_token_put(tok);
	return ret;
}

/**
 * kacs_ioc_create_token() - KACS_IOC_CREATE_TOKEN
 * @arg: struct kacs_create_token_args
 *
 * Context: process context. May sleep. KACS-TOK-044.
 * Return: a token descriptor; -EPERM, -EFAULT, -EINVAL, -ENOMEM, -EMFILE.
 */
long kacs_ioc_create_token(void __user *arg)
{
	struct kacs_create_token_args args;
	long ret = kacs_require_privilege(KACS_PRIV_CREATE_TOKEN);
	void *bytes;

	if (ret)
		return ret;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.spec_len < KACS_TOKEN_SPEC_MIN || args.spec_len > KACS_TOKEN_SPEC_MAX)
		return -EINVAL;
	bytes = vmemdup_user(u64_to_user_ptr(args.spec_ptr), args.spec_len);
	if (IS_ERR(bytes))
		return PTR_ERR(bytes);
	ret = create_from(bytes, args.spec_len);
	kvfree(bytes);
	return ret;
}
