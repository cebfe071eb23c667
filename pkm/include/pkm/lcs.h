/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the other parts of the module ask of the registry: to be configured by
 * a key of it.
 *
 *	static struct lcs_follower f = { .path = "Machine\\System\\X", .apply = apply };
 *	lcs_follow(&f);		// apply() runs soon after Machine has a source, and after every change
 *	lcs_unfollow(&f);
 *
 * Reads wait for the registry's source, so they happen on a freezable
 * workqueue of their own, never in a hook, a device call of a source or a
 * notification (HAZ-028, HAZ-029). The follower's part is defaults until then.
 */
#ifndef _PKM_LCS_H
#define _PKM_LCS_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <pkm/core/lcs.h>

/**
 * struct lcs_follower - a part of the module and the key that configures it
 * @path: absolute, at most LCS_FOLLOW_DEPTH components
 * @apply: what to do with the key's effective values, sorted by folded name;
 *	NULL: there is no such key. Called from one worker at a time; not called
 *	while the source is away: what was applied last stays in force
 * @node: in the list of followers
 * @work: reads the key and calls @apply
 * @tries: reads that failed since the last change
 */
struct lcs_follower {
	const char *path;
	void (*apply)(const struct lcs_values *values);
	struct list_head node;
	struct delayed_work work;
	u32 tries;
};

#define LCS_FOLLOW_DEPTH 4

void lcs_follow(struct lcs_follower *f);
void lcs_unfollow(struct lcs_follower *f);
void lcs_follow_again(struct lcs_follower *f);

int lcs_init(void);
void lcs_exit(void);

#endif
