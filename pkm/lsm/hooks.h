/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which kernel hooks are ours. A handler is pkm_hook_<name>() with the type
 * that <linux/lsm_hook_defs.h> gives it; docs/kernel/hooks.md says in which
 * contexts each runs.
 */
#ifndef _PKM_LSM_HOOKS_H
#define _PKM_LSM_HOOKS_H

#include <linux/lsm_hooks.h>
#include <linux/types.h>

/* Attached first, and with them everything new gets an identity. */
#define PKM_LIFE_HOOKS(hook)                                                                           \
	hook(cred_alloc_blank) hook(cred_free) hook(cred_prepare) hook(cred_transfer) hook(task_alloc) \
		hook(task_free)

/* Attached after seeding; inert until armed, capture excepted. */
#define PKM_CHECK_HOOKS(hook)                                                                            \
	hook(bprm_check_security) hook(bprm_committed_creds) hook(bprm_creds_for_exec) hook(capable)     \
		hook(file_mprotect) hook(mmap_addr) hook(mmap_file) hook(ptrace_access_check)            \
			hook(ptrace_traceme) hook(sk_free_security) hook(task_fix_setgid)                \
				hook(task_fix_setgroups) hook(task_fix_setuid) hook(unix_stream_connect) \
					hook(userns_create)

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
