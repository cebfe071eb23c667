// SPDX-License-Identifier: GPL-2.0-only
/* Start and end of the registry. It serves from load, with defaults (LCS-307). */
#include <linux/workqueue.h>

#include "internal.h"

/* Late answers are finished here; it freezes with user space (HAZ-028, HAZ-029). */
struct workqueue_struct *lcs_wq;

/**
 * lcs_init() - bring the registry up
 *
 * Context: module init, after KMES and KACS.
 * Return: 0 or a negative errno; on failure nothing is left behind.
 */
int lcs_init(void)
{
	int err;

	lcs_limits_reset();
	lcs_gates_init();
	lcs_wq = alloc_workqueue("pkm_lcs", WQ_FREEZABLE | WQ_UNBOUND, 1);
	if (!lcs_wq)
		return -ENOMEM;
	err = lcs_follow_init();
	if (err)
		goto destroy_wq;
	err = lcs_source_init();
	if (err)
		goto exit_follow;
	err = lcs_client_init();
	if (err)
		goto exit_source;
	lcs_config_init();
	return 0;

exit_source:
	lcs_source_exit();
exit_follow:
	lcs_follow_exit();
destroy_wq:
	destroy_workqueue(lcs_wq);
	return err;
}

/**
 * lcs_exit() - take the registry down
 *
 * Context: module exit: no descriptor of ours is open.
 */
void lcs_exit(void)
{
	lcs_config_exit();
	lcs_client_exit();
	lcs_source_exit();
	lcs_follow_exit();
	destroy_workqueue(lcs_wq);
	lcs_slots_free();
}
