// SPDX-License-Identifier: GPL-2.0-only
/* Test builds only: the switch behind fault.h. */
#include <linux/atomic.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "fault.h"

static atomic_t countdown;
static pid_t target;

/**
 * pkm_fault_now() - shall this allocation fail
 *
 * Context: any.
 * Return: true exactly once, for the N-th allocation of the process that set
 * the parameter.
 */
bool pkm_fault_now(void)
{
	if (!in_task() || current->tgid != READ_ONCE(target) || !atomic_read(&countdown))
		return false;
	return atomic_dec_and_test(&countdown);
}

static int set_countdown(const char *text, const struct kernel_param *param)
{
	unsigned int n;
	int err = kstrtouint(text, 0, &n);

	if (err)
		return err;
	WRITE_ONCE(target, current->tgid);
	atomic_set(&countdown, n);
	return 0;
}

static int get_countdown(char *text, const struct kernel_param *param)
{
	return sprintf(text, "%d\n", atomic_read(&countdown));
}

static const struct kernel_param_ops countdown_ops = {
	.set = set_countdown,
	.get = get_countdown,
};
module_param_cb(fail_nth, &countdown_ops, NULL, 0600);
