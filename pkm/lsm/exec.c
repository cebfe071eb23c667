// SPDX-License-Identifier: GPL-2.0-only
/*
 * exec: the program starts from the process's primary token.
 *
 * Signatures, protection types and NEW_PROCESS_MIN need labelled files and
 * come with the file enforcement.
 */
#include <linux/binfmts.h>
#include <linux/elf.h>
#include <linux/sched.h>

#include <pkm/lsm.h>
#include <pkm/token.h>
#include <uapi/linux/pkm/kacs.h>

#include "hooks.h"

/* Before the new program's ids are worked out: impersonation ends here (KACS-TOK-100). */
int pkm_hook_bprm_creds_for_exec(struct linux_binprm *bprm)
{
	pkm_cred_drop_effective(bprm->cred);
	return 0;
}

/* The fields in question lie alike in both classes of ELF files. */
static bool fixed_address(const struct linux_binprm *bprm)
{
	const struct elf64_hdr *header = (const struct elf64_hdr *)bprm->buf;

	return !memcmp(header->e_ident, ELFMAG, SELFMAG) && header->e_type == ET_EXEC;
}

/* Asked once for a program and again for the interpreter of a script (KACS-TOK-133). */
int pkm_hook_bprm_check_security(struct linux_binprm *bprm)
{
	return fixed_address(bprm) && pkm_current_has(KACS_MIT_PIE) ? -EACCES : 0;
}

void pkm_hook_bprm_committed_creds(struct linux_binprm *bprm)
{
	struct kacs_psb *psb;

	rcu_read_lock();
	psb = pkm_task_psb(current); /* ours as long as we run */
	rcu_read_unlock();
	if (psb)
		kacs_audit_process_exec(psb, bprm->file);
}
