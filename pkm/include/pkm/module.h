/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every part of the module may ask of the whole: the mode it was loaded
 * in, and what follows from it.
 */
#ifndef _PKM_MODULE_H
#define _PKM_MODULE_H

#include <linux/types.h>

/* Chosen at load, never changed: see the mode parameter. */
enum pkm_mode {
	PKM_MODE_OFF,     /* no hooks, simple identity, can be unloaded */
	PKM_MODE_AUDIT,   /* decide, record, allow */
	PKM_MODE_ENFORCE, /* decide and deny, once armed */
};

enum pkm_mode pkm_mode(void);

/* Permissions of a device node open to everybody: 0600 in mode=off. */
umode_t pkm_node_mode(void);

#endif
