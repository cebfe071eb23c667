// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects (GUIDs with open descriptors), their watches, delivery.
 *
 * One mutex orders watches and deliveries, so that watchers see the events of
 * one key in one order; nothing under it waits for a source or touches user
 * memory. Opening and closing what is not watched only takes the spinlock of
 * the table: nobody's watches hold up other people's opens. An object with an
 * armed watch stays while the mutex is held, since its watcher cannot leave.
 */
#include <linux/freezer.h>
#include <linux/hash.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "internal.h"

#define OBJECT_BITS 8

/* Header, empty name, path depth of a subtree record. */
#define OVERFLOW_MAX 10

static DEFINE_MUTEX(lcs_watch_lock);
static DEFINE_SPINLOCK(lcs_object_lock);
static struct hlist_head objects[1 << OBJECT_BITS];
static u32 armed_count;

static struct hlist_head *bucket_of(const u8 *guid)
{
	/* GUIDs are random (LCS-012); a source that repeats bytes only slows itself. */
	return &objects[hash_64(pkm_get_le64(guid) ^ pkm_get_le64(guid + 8), OBJECT_BITS)];
}

static struct lcs_object *find_locked(const struct lcs_hive *hive, const u8 *guid)
{
	struct lcs_object *object;

	lockdep_assert_held(&lcs_object_lock);
	hlist_for_each_entry(object, bucket_of(guid), by_guid)
		if (object->hive == hive && !memcmp(object->guid, guid, LCS_GUID_LEN))
			return object;
	return NULL;
}

/**
 * lcs_object_open() - tie a new descriptor to its GUID
 * @key: descriptor with @key->place set
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int lcs_object_open(struct lcs_key *key)
{
	const u8 *guid = lcs_place_guid(key->place);
	struct lcs_object *object, *fresh;

	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	if (!fresh)
		return -ENOMEM;
	fresh->drop = lcs_make_drop(guid);
	if (!fresh->drop) {
		kfree(fresh);
		return -ENOMEM;
	}
	lcs_rsi_end(&fresh->drop->w);
	fresh->hive = key->place->hive;
	memcpy(fresh->guid, guid, LCS_GUID_LEN);
	INIT_LIST_HEAD(&fresh->watches);

	spin_lock(&lcs_object_lock);
	object = find_locked(fresh->hive, guid);
	if (!object) {
		object = fresh;
		hlist_add_head(&object->by_guid, bucket_of(guid));
		fresh = NULL;
	}
	object->users++;
	key->object = object;
	spin_unlock(&lcs_object_lock);

	if (fresh) {
		lcs_request_put(fresh->drop);
		kfree(fresh);
	}
	return 0;
}

static void free_records(struct list_head *records)
{
	struct lcs_record *record, *next;

	list_for_each_entry_safe(record, next, records, list)
		kfree(record);
}

static void disarm_locked(struct lcs_key *key)
{
	lockdep_assert_held(&lcs_watch_lock);
	if (!key->filter)
		return;
	key->filter = 0;
	list_del_init(&key->armed);
	armed_count--;
	lcs_watcher_put(key->watcher);
	key->watcher = NULL;
}

static void drain_locked(struct lcs_key *key, struct list_head *out)
{
	key->overflowed = false;
	key->queued = 0;
	list_splice_init(&key->records, out);
}

/**
 * lcs_object_close() - a descriptor goes; the last one of an orphan drops it
 * @key: descriptor
 *
 * Never waits (HAZ-030): the request was allocated at open, and without an
 * Active source nothing is queued (LCS-134).
 *
 * Context: may sleep; from release().
 */
void lcs_object_close(struct lcs_key *key)
{
	struct lcs_object *object = key->object;
	LIST_HEAD(records);

	/* Nobody else can arm it any more: this is the last of its descriptors. */
	if (key->filter) {
		mutex_lock(&lcs_watch_lock);
		disarm_locked(key);
		drain_locked(key, &records);
		mutex_unlock(&lcs_watch_lock);
	}
	spin_lock(&lcs_object_lock);
	if (--object->users)
		object = NULL;
	else
		hlist_del(&object->by_guid);
	spin_unlock(&lcs_object_lock);

	free_records(&records);
	mem_cgroup_put(key->payer);
	if (!object)
		return;
	if (object->orphan) {
		struct lcs_conn *conn = lcs_hive_conn(object->hive);

		lcs_request_post(conn, object->drop);
		lcs_conn_put(conn);
	} else {
		lcs_request_put(object->drop);
	}
	kfree(object);
}

/**
 * lcs_object_orphan() - a GUID lost its last path entry
 * @hive: of the key
 * @guid: key
 *
 * Purged at last close, at once if nobody has it open (LCS-133, LCS-136).
 *
 * Context: may sleep.
 */
void lcs_object_orphan(struct lcs_hive *hive, const u8 *guid)
{
	struct lcs_object *object;
	struct lcs_request *drop;
	struct lcs_conn *conn;

	spin_lock(&lcs_object_lock);
	object = find_locked(hive, guid);
	if (object)
		WRITE_ONCE(object->orphan, true);
	spin_unlock(&lcs_object_lock);
	if (object)
		return;
	/* Without memory the source's start-up clean-up finds it (RSI-067). */
	drop = lcs_make_drop(guid);
	if (!drop)
		return;
	lcs_rsi_end(&drop->w);
	conn = lcs_hive_conn(hive);
	lcs_request_post(conn, drop);
	lcs_conn_put(conn);
}

/**
 * lcs_key_orphaned() - did the last path to this key vanish?
 * @key: descriptor
 *
 * Context: any.
 * Return: true if so; it stays so (LCS-129).
 */
bool lcs_key_orphaned(const struct lcs_key *key)
{
	return READ_ONCE(key->object->orphan);
}

/* OVERFLOW is a flag and needs no memory; a reader gets it first (LCS-190). */
static void overflow_locked(struct lcs_key *key)
{
	lockdep_assert_held(&lcs_watch_lock);
	key->overflowed = true;
	wake_up(&key->readers);
}

static void arm_locked(struct lcs_key *key, struct lcs_watcher *watcher)
{
	lockdep_assert_held(&lcs_watch_lock);
	if (!key->payer)
		key->payer = get_mem_cgroup_from_mm(current->mm);
	key->watcher = watcher;
	list_add_tail(&key->armed, &key->object->watches);
	armed_count++;
}

/**
 * lcs_watch_arm() - arm or re-arm a descriptor's watch
 * @key: descriptor
 * @op: call: whose watch it is, how many records it holds
 * @filter: REG_NOTIFY_*, not 0
 * @subtree: hear of descendants
 *
 * Records queued before a change of the subtree flag have the other form and
 * could not be told apart (LCS-176): they become one OVERFLOW.
 *
 * Context: may sleep.
 * Return: 0; -ENOENT orphan (LCS-131); -ENOSPC: the user has REG_WATCHES_PER_USER
 * armed; -ENOMEM.
 */
int lcs_watch_arm(struct lcs_key *key, struct lcs_op *op, u32 filter, bool subtree)
{
	struct lcs_watcher *watcher, *fresh = lcs_watcher_alloc(op->token);
	LIST_HEAD(records);
	int err = 0;
	bool lost;

	if (!fresh)
		return -ENOMEM;
	mutex_lock(&lcs_watch_lock);
	if (lcs_key_orphaned(key)) {
		err = -ENOENT;
	} else if (!key->filter) {
		/* Armed again it stays with whom it is counted for. */
		watcher = lcs_watcher_get(&fresh);
		if (watcher)
			arm_locked(key, watcher);
		else
			err = -ENOSPC;
	}
	if (!err) {
		lost = key->queued || key->overflowed;
		if (key->subtree != subtree)
			drain_locked(key, &records);
		key->subtree = subtree;
		key->queue_limit = op->limits.notification_queue_size;
		key->filter = filter;
		if (lost && !key->queued)
			overflow_locked(key);
	}
	mutex_unlock(&lcs_watch_lock);
	free_records(&records);
	kfree(fresh);
	return err;
}

/**
 * lcs_watch_disarm() - stop hearing, forget what was heard
 * @key: descriptor, armed or not
 *
 * Context: may sleep. LCS-164; a read that waits ends with -EINVAL.
 */
void lcs_watch_disarm(struct lcs_key *key)
{
	LIST_HEAD(records);

	mutex_lock(&lcs_watch_lock);
	disarm_locked(key);
	drain_locked(key, &records);
	wake_up_all(&key->readers);
	mutex_unlock(&lcs_watch_lock);
	free_records(&records);
}

/* A full queue loses its oldest event and says so (LCS-190). */
static void make_room_locked(struct lcs_key *key)
{
	struct lcs_record *oldest;

	while (key->queued && key->queued + key->overflowed >= key->queue_limit) {
		oldest = list_first_entry(&key->records, struct lcs_record, list);
		list_del(&oldest->list);
		kfree(oldest);
		key->queued--;
		overflow_locked(key);
	}
}

/*
 * The watcher pays for its queue, not whoever changes the key. One that has no
 * memory left loses the event; reclaiming its memory would hold up the writer
 * and everybody behind the lock.
 */
static struct lcs_record *alloc_record(const struct lcs_key *key, u32 len)
{
	struct mem_cgroup *saved = set_active_memcg(key->payer);
	struct lcs_record *record = kmalloc(sizeof(*record) + len, GFP_NOWAIT | __GFP_ACCOUNT | __GFP_NOWARN);

	set_active_memcg(saved);
	if (record)
		record->len = len;
	return record;
}

static void deliver_locked(struct lcs_key *key, u16 event, struct lcs_bytes name,
			   const struct lcs_bytes *path, u32 depth)
{
	struct lcs_record *record = NULL;
	struct pkm_writer w;

	lockdep_assert_held(&lcs_watch_lock);
	pkm_writer_init(&w, NULL, 0);
	if (!lcs_notify_record(&w, event, name, key->subtree, path, depth) && !w.failed)
		record = alloc_record(key, w.len);
	if (!record) {
		overflow_locked(key);
		return;
	}
	pkm_writer_init(&w, record->data, w.len);
	lcs_notify_record(&w, event, name, key->subtree, path, depth);
	make_room_locked(key);
	list_add_tail(&record->list, &key->records);
	key->queued++;
	wake_up(&key->readers);
}

/* The object if it is watched; then it stays. Tells whether it is an orphan. */
static struct lcs_object *watched_locked(const struct lcs_hive *hive, const u8 *guid, bool *orphan)
{
	struct lcs_object *object;

	lockdep_assert_held(&lcs_watch_lock);
	spin_lock(&lcs_object_lock);
	object = find_locked(hive, guid);
	*orphan = object && object->orphan;
	if (object && list_empty(&object->watches))
		object = NULL;
	spin_unlock(&lcs_object_lock);
	return object;
}

static void overflow_subtree_locked(const struct lcs_hive *hive, const u8 *guid)
{
	struct lcs_object *object;
	struct lcs_key *key;
	bool orphan;

	object = watched_locked(hive, guid, &orphan);
	if (!object)
		return;
	list_for_each_entry(key, &object->watches, armed)
		if (key->subtree)
			overflow_locked(key);
}

/* False: nothing passes from here to the ancestors' watches (LCS-132). */
static bool deliver_to_locked(const struct lcs_hive *hive, const u8 *guid, u16 event, struct lcs_bytes name,
			      const struct lcs_bytes *path, u32 depth)
{
	struct lcs_object *object;
	struct lcs_key *key;
	bool orphan;

	object = watched_locked(hive, guid, &orphan);
	if (!object || (depth && orphan))
		return !orphan;
	list_for_each_entry(key, &object->watches, armed)
		if ((key->subtree || !depth) && lcs_notify_passes(key->filter, event))
			deliver_locked(key, event, name, path, depth);
	return !orphan;
}

/**
 * lcs_watch_emit() - tell watchers of one change
 * @place: the changed key's place, or one below it
 * @depth: components of the changed key in @place
 * @event: REG_EVENT_*
 * @name: value or child, or none
 *
 * First the key's own watches, then subtree watches up the chain, nearest
 * first (LCS-186). KEY_DELETED stays with the key itself (LCS-187).
 *
 * Context: may sleep.
 */
void lcs_watch_emit(const struct lcs_place *place, u32 depth, u16 event, struct lcs_bytes name)
{
	u32 limit = lcs_watch_depth(), up, i;
	struct lcs_bytes *path;

	lcs_follow_event(place, depth, event, name);
	if (!READ_ONCE(armed_count))
		return;
	path = kvmalloc_array(depth, sizeof(*path), GFP_KERNEL);
	for (i = 0; path && i < depth; i++)
		path[i] = lcs_place_name(place, i);

	mutex_lock(&lcs_watch_lock);
	for (up = 0; up < depth; up++) {
		i = depth - 1 - up;
		if (up && (event == REG_EVENT_KEY_DELETED || (limit && up > limit)))
			break;
		/* Without memory for the path the event itself is what is lost. */
		if (!path && up)
			overflow_subtree_locked(place->hive, place->guids[i]);
		else if (!deliver_to_locked(place->hive, place->guids[i], event, name,
					    up ? path + i + 1 : NULL, up))
			break;
	}
	mutex_unlock(&lcs_watch_lock);
	kvfree(path);
}

/**
 * lcs_watch_overflow() - a source came back: its watchers must read again
 * @slot: source
 *
 * Context: may sleep. LCS-194.
 */
void lcs_watch_overflow(const struct lcs_slot *slot)
{
	struct lcs_object *object;
	struct lcs_key *key;
	int i;

	mutex_lock(&lcs_watch_lock);
	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		spin_lock(&lcs_object_lock);
		hlist_for_each_entry(object, &objects[i], by_guid)
			if (object->hive->slot == slot)
				list_for_each_entry(key, &object->watches, armed)
					overflow_locked(key);
		spin_unlock(&lcs_object_lock);
	}
	mutex_unlock(&lcs_watch_lock);
}

/* A hint, the read decides; not armed, it says so. */
static bool readable(struct lcs_key *key)
{
	return READ_ONCE(key->queued) || READ_ONCE(key->overflowed) || !READ_ONCE(key->filter);
}

static u32 write_overflow(const struct lcs_key *key, u8 out[OVERFLOW_MAX])
{
	struct pkm_writer w;

	pkm_writer_init(&w, out, OVERFLOW_MAX);
	lcs_notify_record(&w, REG_EVENT_OVERFLOW, (struct lcs_bytes){}, key->subtree, NULL, 0);
	return w.len;
}

/* Takes as many whole records as fit; their total without @overflow_len, or an errno. */
static ssize_t take_records(struct lcs_key *key, size_t room, struct list_head *out,
			    u8 overflow[OVERFLOW_MAX], u32 *overflow_len)
{
	struct lcs_record *record, *next;
	size_t total = 0;
	bool full = false;

	*overflow_len = 0;
	mutex_lock(&lcs_watch_lock);
	if (key->filter && key->overflowed) {
		u32 len = write_overflow(key, overflow);

		full = len > room;
		if (!full) {
			*overflow_len = len;
			key->overflowed = false;
			total = len;
		}
	}
	list_for_each_entry_safe(record, next, &key->records, list) {
		full = full || record->len > room - total;
		if (full)
			break;
		total += record->len;
		list_move_tail(&record->list, out);
		key->queued--;
	}
	if (!key->filter)
		full = true;
	mutex_unlock(&lcs_watch_lock);
	return full && !total ? -EINVAL : total;
}

static int copy_records(char __user *buf, struct list_head *records, const u8 *overflow, u32 overflow_len)
{
	struct lcs_record *record;

	if (copy_to_user(buf, overflow, overflow_len))
		return -EFAULT;
	buf += overflow_len;
	list_for_each_entry(record, records, list) {
		if (copy_to_user(buf, record->data, record->len))
			return -EFAULT;
		buf += record->len;
	}
	return 0;
}

/**
 * lcs_watch_read() - read() of a key descriptor
 * @key: descriptor
 * @buf: user buffer
 * @len: its size
 * @nonblock: do not wait
 *
 * Context: sleeps, interruptible; copies without a lock (HAZ-033).
 * Return: bytes of whole records (LCS-178); -EINVAL buffer too small for the
 * first one, or not armed; -EAGAIN; -EFAULT; -ERESTARTSYS.
 */
ssize_t lcs_watch_read(struct lcs_key *key, char __user *buf, size_t len, bool nonblock)
{
	u8 overflow[OVERFLOW_MAX];
	LIST_HEAD(records);
	u32 overflow_len;
	ssize_t total;

	for (;;) {
		total = take_records(key, len, &records, overflow, &overflow_len);
		if (total)
			break;
		if (nonblock)
			return -EAGAIN;
		if (wait_event_freezable(key->readers, readable(key)))
			return -ERESTARTSYS;
	}
	if (total > 0 && copy_records(buf, &records, overflow, overflow_len)) {
		/* Nothing gets lost silently: what was taken becomes one OVERFLOW. */
		mutex_lock(&lcs_watch_lock);
		if (key->filter)
			overflow_locked(key);
		mutex_unlock(&lcs_watch_lock);
		total = -EFAULT;
	}
	free_records(&records);
	return total;
}
