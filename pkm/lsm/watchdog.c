// SPDX-License-Identifier: GPL-2.0-only
/*
 * Once a minute: are the hooks still ours (HAZ-013)? Whoever may write kernel
 * memory or registers kprobes can take them; this makes it seen.
 */
#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include <pkm/kmes.h>
#include <pkm/lsm.h>

#include "hooks.h"

#define PERIOD (60 * HZ)

static void watch(struct work_struct *work);
static DECLARE_DEFERRABLE_WORK(watchdog, watch);

/* A prepared credential must have an entry, and lose it when it is freed. */
static const char *check_cred_hooks(void)
{
	const struct cred *key;
	struct cred *cred = prepare_creds();
	bool there;

	if (!cred)
		return NULL;
	key = cred;
	rcu_read_lock();
	there = pkm_cred_identity(key);
	rcu_read_unlock();
	abort_creds(cred);
	return there ? NULL : "credentials are made without us";
}

static void report(const char *what)
{
	static const char type[] = "enforcement-failed";

	pkm_lsm_failed(what);
	kmes_emit(KMES_ORIGIN_KACS, type, sizeof(type) - 1, NULL, 0);
}

static void watch(struct work_struct *work)
{
	const char *what = check_cred_hooks();

	if (!what && !pkm_capable_probe())
		what = "capability tests do not reach us";
	if (!what && !pkm_lsm_probe_registration())
		what = "the hook registration is gone";
	if (what)
		report(what);
	else
		schedule_delayed_work(&watchdog, PERIOD);
}

/**
 * pkm_watchdog_start() - begin to watch, for good
 *
 * Context: process context, after all hooks are attached.
 */
void pkm_watchdog_start(void)
{
	schedule_delayed_work(&watchdog, PERIOD);
}
