// SPDX-License-Identifier: GPL-2.0-only
/*
 * Last write times on their way to the source. A write is acknowledged without
 * waiting for the request that stores its key's new time; who asks for that
 * time meanwhile gets it from here.
 */
#include <linux/hash.h>
#include <linux/spinlock.h>

#include "internal.h"

#define TOUCH_BITS 6

static DEFINE_SPINLOCK(touch_lock);
static struct hlist_head touches[1 << TOUCH_BITS];

static struct hlist_head *bucket_of(const u8 *guid)
{
	return &touches[hash_64(pkm_get_le64(guid) ^ pkm_get_le64(guid + 8), TOUCH_BITS)];
}

/**
 * lcs_touch_add() - the change that this time belongs to has happened
 * @touch: of a request that is about to be sent
 *
 * Context: any.
 */
void lcs_touch_add(struct lcs_touch *touch)
{
	spin_lock(&touch_lock);
	hlist_add_head(&touch->node, bucket_of(touch->guid));
	spin_unlock(&touch_lock);
}

/**
 * lcs_touch_del() - its request was answered, or is lost
 * @touch: in the table or not
 *
 * Context: any.
 */
void lcs_touch_del(struct lcs_touch *touch)
{
	/* Only the holder of the request's last reference comes here. */
	if (hlist_unhashed(&touch->node))
		return;
	spin_lock(&touch_lock);
	hlist_del_init(&touch->node);
	spin_unlock(&touch_lock);
}

/**
 * lcs_touch_time() - the newest time on its way
 * @guid: key
 *
 * To be asked before the source is: what is stored by then the answer has.
 *
 * Context: any.
 * Return: Unix ns, 0: none is on its way.
 */
u64 lcs_touch_time(const u8 *guid)
{
	const struct lcs_touch *touch;
	u64 newest = 0;

	spin_lock(&touch_lock);
	hlist_for_each_entry(touch, bucket_of(guid), node)
		if (!memcmp(touch->guid, guid, LCS_GUID_LEN))
			newest = max(newest, touch->time);
	spin_unlock(&touch_lock);
	return newest;
}
