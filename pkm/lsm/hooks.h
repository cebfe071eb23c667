/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which kernel hooks are ours. A handler is pkm_hook_<name>() with the type
 * that <linux/lsm_hook_defs.h> gives it; docs/kernel/hooks.md says what each does.
 */
#ifndef _PKM_LSM_HOOKS_H
#define _PKM_LSM_HOOKS_H

#include <linux/lsm_hooks.h>
#include <linux/types.h>

/*
 * In which contexts the kernel calls a hook, at worst (HAZ-007): on the stack of
 * the task it is about, unless PKM_SOFTIRQ says else. A handler may do what its
 * worst context allows, wherever it is called from. Test builds hold both the
 * kernel and the handlers to the table (test/context.c).
 */
#define PKM_MAY_SLEEP 0x00
#define PKM_MMAP_LOCK 0x01 /* the mmap lock held: no user memory, no hashing, no waiting */
#define PKM_ATOMIC    0x02 /* a spinlock held or preemption off */
#define PKM_IRQS_OFF  0x04
#define PKM_SOFTIRQ   0x0a /* bottom halves off or served, on the stack of any task, an idle one too */
#define PKM_HARDIRQ   0x10

/* clang-format off */

/* Attached first, and with them everything new gets an identity. */
#define PKM_LIFE_HOOKS(hook)                                                                   \
	hook(cred_alloc_blank, PKM_MAY_SLEEP)                                                  \
	hook(cred_free, PKM_SOFTIRQ) /* an RCU callback */                                     \
	hook(cred_prepare, PKM_MAY_SLEEP)                                                      \
	hook(cred_transfer, PKM_MAY_SLEEP)                                                     \
	hook(task_alloc, PKM_MAY_SLEEP)                                                        \
	hook(task_free, PKM_IRQS_OFF | PKM_SOFTIRQ) /* any put_task_struct() */

/* Attached after seeding; inert until armed, capture excepted. */
#define PKM_CHECK_HOOKS(hook)                                                                  \
	hook(bprm_check_security, PKM_MAY_SLEEP)                                               \
	hook(bprm_committed_creds, PKM_MAY_SLEEP) /* cred_guard_mutex, exec_update_lock */     \
	hook(bprm_creds_for_exec, PKM_MAY_SLEEP)                                               \
	hook(capable, PKM_IRQS_OFF | PKM_SOFTIRQ)                                              \
	hook(file_mprotect, PKM_MMAP_LOCK)                                                     \
	hook(mmap_addr, PKM_MMAP_LOCK)                                                         \
	hook(mmap_file, PKM_MAY_SLEEP)                                                         \
	hook(ptrace_access_check, PKM_ATOMIC) /* the target's task_lock() */                   \
	hook(ptrace_traceme, PKM_ATOMIC | PKM_IRQS_OFF) /* the task list's lock */             \
	hook(sk_free_security, PKM_IRQS_OFF | PKM_SOFTIRQ) /* any sock_put() */                \
	hook(task_fix_setgid, PKM_MAY_SLEEP)                                                   \
	hook(task_fix_setgroups, PKM_MAY_SLEEP)                                                \
	hook(task_fix_setuid, PKM_MAY_SLEEP)                                                   \
	hook(unix_stream_connect, PKM_ATOMIC) /* the listener's state lock */                  \
	hook(userns_create, PKM_MAY_SLEEP)

/* clang-format on */

#define LSM_HOOK(RET, DEFAULT, NAME, ...) RET pkm_hook_##NAME(__VA_ARGS__);
#include <linux/lsm_hook_defs.h>
#undef LSM_HOOK

/* cred.c */
int pkm_cred_init(void);
void pkm_cred_exit(void);
int pkm_cred_seed(const struct cred *cred, bool *added);

/* task.c */
int pkm_task_init(void);
void pkm_task_exit(void);
int pkm_task_seed(struct task_struct *task, bool *added);
void pkm_task_report_forks(void);

/* memory.c */
bool pkm_current_has(u32 mitigation);

/* net.c */
int pkm_sock_init(void);
void pkm_sock_exit(void);

/* capable.c */
bool pkm_capable_probe(void);

/* watchdog.c */
void pkm_watchdog_start(void);

/* attach.c */
bool pkm_lsm_probe_registration(void);
void pkm_lsm_failed(const char *what);

#endif
