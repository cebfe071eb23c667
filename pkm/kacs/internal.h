/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of kacs/ share with each other and with nobody else. */
#ifndef _KACS_INTERNAL_H
#define _KACS_INTERNAL_H

#include <linux/types.h>

#include <pkm/kacs.h>
#include <pkm/module.h>

/* dev.c */
int kacs_dev_init(void);
void kacs_dev_exit(void);

#endif
