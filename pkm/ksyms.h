/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel functions that are not exported to modules and that we need all the
 * same. The list is closed: ksyms.c resolves exactly these, and says why each
 * is needed. Nothing else in the module looks a symbol up.
 */
#ifndef _PKM_KSYMS_H
#define _PKM_KSYMS_H

#include <linux/types.h>
#include <linux/uidgid.h>

struct cred;
struct file;
struct pid;
struct task_struct;
struct user_struct;

/**
 * struct pkm_ksyms - resolved addresses, constant after pkm_ksyms_init()
 * @idle_task: idle thread of a CPU; seeding must give it an identity too
 * @pidfd_pid: process behind a pidfd
 * @alloc_uid: per-user accounting of a uid, for creds of an installed token
 * @set_cred_ucounts: the same for rlimits
 * @bpf_lsm_file_open: where the walk over all hook stubs starts
 * @lsm_names: names of the active LSMs, as in securityfs
 */
struct pkm_ksyms {
	struct task_struct *(*idle_task)(int cpu);
	struct pid *(*pidfd_pid)(const struct file *file);
	struct user_struct *(*alloc_uid)(kuid_t uid);
	int (*set_cred_ucounts)(struct cred *cred);
	unsigned long bpf_lsm_file_open;
	const char *lsm_names;
};

extern struct pkm_ksyms pkm_ksyms;

int pkm_ksyms_init(void);

#endif
