// SPDX-License-Identifier: GPL-2.0-only
/*
 * exec: the program starts from the process's primary token.
 *
 * Signatures, protection types and NEW_PROCESS_MIN need labelled files and
 * come with the file enforcement.
 */
#include <linux/binfmts.h>

#include <pkm/lsm.h>

#include "hooks.h"

/* Before the new program's ids are worked out: impersonation ends here (KACS-TOK-100). */
int pkm_hook_bprm_creds_for_exec(struct linux_binprm *bprm)
{
	pkm_cred_drop_effective(bprm->cred);
	return 0;
}
