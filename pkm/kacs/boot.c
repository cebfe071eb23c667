// SPDX-License-Identifier: GPL-2.0-only
/* Start and end of KACS: order of its parts, the boot SYSTEM token. */
#include "internal.h"

/**
 * kacs_init() - bring KACS up
 *
 * Context: module init.
 * Return: 0 or a negative errno; on failure nothing is left behind.
 */
int kacs_init(void)
{
	return kacs_dev_init();
}

/**
 * kacs_exit() - take KACS down
 *
 * Context: module exit, only reached in mode=off.
 */
void kacs_exit(void)
{
	kacs_dev_exit();
}
