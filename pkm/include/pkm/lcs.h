/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the other parts of the module ask of the registry.
 *
 * Reads wait for the registry's source, so they belong on a freezable
 * workqueue, never into a hook, a device call of a source or a callback
 * (HAZ-028, HAZ-029).
 */
#ifndef _PKM_LCS_H
#define _PKM_LCS_H

#include <linux/types.h>

int lcs_init(void);
void lcs_exit(void);

#endif
