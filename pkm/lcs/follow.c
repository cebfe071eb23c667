// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parts of the module that follow a key: an internal watch that never ends and
 * an internal read (LCS-195, LCS-308).
 *
 * A watch by path and not by GUID: it needs no key to exist, no re-arming when
 * keys come and go, and holds nothing of the source (LCS-309, KMES-136). A
 * notification only marks and queues (HAZ-028); several become one read.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <pkm/core/casefold.h>

#include "internal.h"

/* After a read that failed though its source is there; then the next change or registration. */
static const u32 retry_seconds[] = { 1, 10, 60 };

static DEFINE_SPINLOCK(followers_lock);
static LIST_HEAD(followers);
static struct workqueue_struct *follow_wq;

static struct lcs_bytes path_of(const struct lcs_follower *f)
{
	return (struct lcs_bytes){ (const u8 *)f->path, strlen(f->path) };
}

/* An internal read: nobody's token, no AccessCheck (LCS-308). */
static int read_key(struct lcs_op *op, const struct lcs_follower *f, struct lcs_reply *reply)
{
	struct lcs_bytes path = path_of(f);
	struct lcs_walk walk;
	enum lcs_fault fault;
	const u8 *guid;
	int err;
	u8 *copy = kvmalloc(path.len, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, path.p, path.len);
	err = lcs_walk(op, NULL, copy, path.len, false, false, &walk);
	if (err)
		goto out;
	guid = lcs_place_guid(walk.place);
	err = lcs_call_values(op, walk.place->hive, guid, (struct lcs_bytes){}, true, reply);
	if (err)
		goto out;
	fault = lcs_effective_values(&op->layers, &reply->values);
	if (fault)
		err = lcs_fault(walk.place->hive, reply->req, guid, fault);
out:
	lcs_walk_end(&walk);
	return err;
}

static void queue_locked(struct lcs_follower *f)
{
	lockdep_assert_held(&followers_lock);
	f->tries = 0;
	mod_delayed_work(follow_wq, &f->work, 0);
}

/* Nothing to do about a source that is away: its return queues a read (LCS-315). */
static void retry(struct lcs_follower *f)
{
	spin_lock(&followers_lock);
	if (!list_empty(&f->node) && f->tries < ARRAY_SIZE(retry_seconds))
		queue_delayed_work(follow_wq, &f->work, retry_seconds[f->tries++] * HZ);
	spin_unlock(&followers_lock);
}

static void follow_work(struct work_struct *work)
{
	struct lcs_follower *f = container_of(to_delayed_work(work), struct lcs_follower, work);
	struct lcs_reply reply = {};
	struct lcs_op op = {};
	int err;

	lcs_op_limits(&op);
	err = read_key(&op, f, &reply);
	if (!err)
		f->apply(&reply.values);
	else if (err == -ENOENT)
		f->apply(NULL);
	else
		retry(f);
	lcs_reply_free(&reply);
}

/**
 * lcs_follow() - be configured by a key from now on
 * @f: with @path and @apply set; stays in use until lcs_unfollow()
 *
 * Context: may sleep; contacts no source.
 */
void lcs_follow(struct lcs_follower *f)
{
	INIT_DELAYED_WORK(&f->work, follow_work);
	spin_lock(&followers_lock);
	list_add_tail(&f->node, &followers);
	queue_locked(f);
	spin_unlock(&followers_lock);
}

/**
 * lcs_unfollow() - not any more
 * @f: from lcs_follow()
 *
 * Context: may sleep, also for a read in progress.
 */
void lcs_unfollow(struct lcs_follower *f)
{
	spin_lock(&followers_lock);
	list_del_init(&f->node);
	spin_unlock(&followers_lock);
	cancel_delayed_work_sync(&f->work);
}

/**
 * lcs_follow_again() - have the key read and applied once more
 * @f: followed or not
 *
 * Context: any but hard interrupts.
 */
void lcs_follow_again(struct lcs_follower *f)
{
	struct lcs_follower *other;

	spin_lock(&followers_lock);
	list_for_each_entry(other, &followers, node)
		if (other == f)
			queue_locked(f);
	spin_unlock(&followers_lock);
}

/*
 * Does a change concern the followed key? One at it does; one above it only if
 * the next key on the way came or went; one below it does not.
 */
static bool concerns(const struct lcs_follower *f, const struct lcs_place *place, u32 depth, u16 event,
		     struct lcs_bytes name)
{
	struct lcs_bytes path = path_of(f), component, other;
	u32 pos = 0, i;

	for (i = 0; lcs_path_next(path.p, path.len, &pos, &component); i++) {
		if (i == depth)
			return (event == REG_EVENT_SUBKEY_CREATED || event == REG_EVENT_SUBKEY_DELETED) &&
			       pkm_fold_equal(component.p, component.len, name.p, name.len);
		other = lcs_place_name(place, i);
		if (!pkm_fold_equal(component.p, component.len, other.p, other.len))
			return false;
	}
	return i == depth;
}

/**
 * lcs_follow_event() - something changed
 * @place: the changed key's place, or one below it
 * @depth: components of the changed key in @place
 * @event: REG_EVENT_*
 * @name: value or child, or none
 *
 * Context: may sleep; marks and queues only.
 */
void lcs_follow_event(const struct lcs_place *place, u32 depth, u16 event, struct lcs_bytes name)
{
	struct lcs_follower *f;

	/* Most changes are deeper than anything that is followed. */
	if (depth > LCS_FOLLOW_DEPTH)
		return;
	spin_lock(&followers_lock);
	list_for_each_entry(f, &followers, node)
		if (concerns(f, place, depth, event, name))
			queue_locked(f);
	spin_unlock(&followers_lock);
}

/**
 * lcs_follow_source() - a source has registered, again or for the first time
 * @slot: its hives
 *
 * Context: may sleep; marks and queues only (HAZ-028).
 */
void lcs_follow_source(const struct lcs_slot *slot)
{
	struct lcs_bytes path, hive;
	struct lcs_follower *f;
	u32 i, pos;

	spin_lock(&followers_lock);
	list_for_each_entry(f, &followers, node)
		for (i = 0; i < slot->hive_count; i++) {
			pos = 0;
			path = path_of(f);
			if (lcs_path_next(path.p, path.len, &pos, &hive) && !slot->hives[i].private_hive &&
			    pkm_fold_equal(hive.p, hive.len, slot->hives[i].name, slot->hives[i].name_len))
				queue_locked(f);
		}
	spin_unlock(&followers_lock);
}

/**
 * lcs_follow_init() - before anybody follows
 *
 * Context: module init.
 * Return: 0 or -ENOMEM.
 */
int lcs_follow_init(void)
{
	follow_wq = alloc_workqueue("pkm_follow", WQ_FREEZABLE | WQ_UNBOUND, 0);
	return follow_wq ? 0 : -ENOMEM;
}

/**
 * lcs_follow_exit() - after everybody has left
 *
 * Context: module exit or failed init.
 */
void lcs_follow_exit(void)
{
	destroy_workqueue(follow_wq);
}
