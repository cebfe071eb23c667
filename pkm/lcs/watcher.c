// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many watches each user has armed. A change is delivered to all watches
 * on it while the writer waits, so one user must not have any number of them.
 */
#include <linux/jhash.h>
#include <linux/slab.h>

#include "internal.h"

#define WATCHER_BITS 6

/* No SID is longer: header and 15 sub-authorities. */
#define SID_MAX 68

/**
 * struct lcs_watcher - a user with armed watches
 * @node: in the table
 * @armed: how many; freed with the last
 * @sid_len: bytes of @sid
 * @sid: user
 *
 * All under lcs_watch_lock once it is in the table.
 */
struct lcs_watcher {
	struct hlist_node node;
	u32 armed;
	u32 sid_len;
	u8 sid[SID_MAX];
};

static struct hlist_head watchers[1 << WATCHER_BITS];

static struct hlist_head *bucket_of(const struct lcs_watcher *watcher)
{
	return &watchers[jhash(watcher->sid, watcher->sid_len, 0) & ((1 << WATCHER_BITS) - 1)];
}

/**
 * lcs_watcher_alloc() - the record a user needs with the first watch
 * @token: of the caller
 *
 * Context: may sleep.
 * Return: it, for lcs_watcher_get() or kfree(); NULL.
 */
struct lcs_watcher *lcs_watcher_alloc(struct kacs_token *token)
{
	struct lcs_watcher *watcher = kzalloc(sizeof(*watcher), GFP_KERNEL_ACCOUNT);
	u32 len;
	const u8 *sid = kacs_token_user_sid(token, &len);

	if (!watcher)
		return NULL;
	watcher->sid_len = min_t(u32, len, SID_MAX);
	memcpy(watcher->sid, sid, watcher->sid_len);
	return watcher;
}

/**
 * lcs_watcher_get() - count one more watch
 * @fresh: record of the user; taken (then NULL) if there was none yet
 *
 * Context: lcs_watch_lock held.
 * Return: whom it is counted for, for lcs_watcher_put(); NULL: that is too many.
 */
struct lcs_watcher *lcs_watcher_get(struct lcs_watcher **fresh)
{
	struct hlist_head *bucket = bucket_of(*fresh);
	struct lcs_watcher *watcher;

	hlist_for_each_entry(watcher, bucket, node)
		if (watcher->sid_len == (*fresh)->sid_len &&
		    !memcmp(watcher->sid, (*fresh)->sid, watcher->sid_len))
			goto found;
	watcher = *fresh;
	*fresh = NULL;
	hlist_add_head(&watcher->node, bucket);
found:
	if (watcher->armed >= REG_WATCHES_PER_USER)
		return NULL;
	watcher->armed++;
	return watcher;
}

/**
 * lcs_watcher_put() - one watch less
 * @watcher: from lcs_watcher_get()
 *
 * Context: lcs_watch_lock held.
 */
void lcs_watcher_put(struct lcs_watcher *watcher)
{
	if (--watcher->armed)
		return;
	hlist_del(&watcher->node);
	kfree(watcher);
}
