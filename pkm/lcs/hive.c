// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots, hives, routing, and the sequence counter they feed.
 */
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <pkm/core/casefold.h>

#include "internal.h"

/* Lists are short (MaxRegisteredSources) and change at registrations only. */
static DEFINE_SPINLOCK(lcs_table_lock);
static LIST_HEAD(slots);
static u32 slot_count;

/* next_sequence (LCS-110, LCS-113); before the first registration it is 1. */
static atomic64_t next_sequence = ATOMIC64_INIT(1);

/**
 * lcs_sequence_take() - take the next number
 *
 * Never reused, whatever becomes of the operation (LCS-111).
 *
 * Context: any.
 * Return: the number; 0 when the space is used up (-EOVERFLOW for the caller).
 */
u64 lcs_sequence_take(void)
{
	u64 sequence = atomic64_read(&next_sequence);

	do {
		if (sequence == U64_MAX)
			return 0;
	} while (!atomic64_try_cmpxchg(&next_sequence, (s64 *)&sequence, sequence + 1));
	return sequence;
}

/**
 * lcs_sequence_next() - the first number not taken yet
 *
 * Context: any.
 * Return: the bound for stored sequences (LCS-115).
 */
u64 lcs_sequence_next(void)
{
	return atomic64_read(&next_sequence);
}

static void raise_sequence(u64 floor)
{
	u64 now = atomic64_read(&next_sequence);

	while (now < floor && !atomic64_try_cmpxchg(&next_sequence, (s64 *)&now, floor))
		;
}

static bool same_name(const struct lcs_hive *a, const struct lcs_hive *b)
{
	return pkm_fold_equal(a->name, a->name_len, b->name, b->name_len);
}

/* One name in one namespace (RSI-026). */
static bool collides(const struct lcs_hive *a, const struct lcs_hive *b)
{
	if (a->private_hive != b->private_hive || !same_name(a, b))
		return false;
	return !a->private_hive || !memcmp(a->scope, b->scope, LCS_GUID_LEN);
}

static struct lcs_hive *find_locked(const struct lcs_hive *wanted)
{
	struct lcs_slot *slot;
	u32 i;

	lockdep_assert_held(&lcs_table_lock);
	list_for_each_entry(slot, &slots, all)
		for (i = 0; i < slot->hive_count; i++)
			if (collides(&slot->hives[i], wanted))
				return &slot->hives[i];
	return NULL;
}

/**
 * lcs_route() - the hive of a path's first component
 * @name: component
 *
 * Private hives come first for threads of their scope (LCS-030); tokens carry
 * no scopes yet (LCS-033), so none is ever visible.
 *
 * Context: any.
 * Return: the hive, Active or Down, or NULL.
 */
struct lcs_hive *lcs_route(struct lcs_bytes name)
{
	struct lcs_hive wanted = { .name = (u8 *)name.p, .name_len = name.len };
	struct lcs_hive *hive;

	spin_lock(&lcs_table_lock);
	hive = find_locked(&wanted);
	spin_unlock(&lcs_table_lock);
	return hive;
}

/**
 * lcs_hive_conn() - the connection that serves a hive
 * @hive: hive
 *
 * Context: any.
 * Return: it with a reference, or NULL: Down.
 */
struct lcs_conn *lcs_hive_conn(struct lcs_hive *hive)
{
	struct lcs_conn *conn;

	spin_lock(&lcs_table_lock);
	conn = hive->slot->conn;
	if (conn)
		lcs_conn_get(conn);
	spin_unlock(&lcs_table_lock);
	return conn;
}

static bool same_identity(const struct lcs_hive *a, const struct lcs_hive *b)
{
	return collides(a, b) && !memcmp(a->root, b->root, LCS_GUID_LEN);
}

/* Is @claim exactly the hive set of @slot? *@stale: but for a root GUID. */
static bool same_set(const struct lcs_slot *slot, const struct lcs_claim *claim, bool *stale)
{
	u32 i, j;

	*stale = false;
	if (slot->hive_count != claim->hive_count)
		return false;
	for (i = 0; i < claim->hive_count; i++) {
		for (j = 0; j < slot->hive_count; j++)
			if (collides(&slot->hives[j], &claim->hives[i]))
				break;
		if (j == slot->hive_count)
			return false;
		if (!same_identity(&slot->hives[j], &claim->hives[i]))
			*stale = true;
	}
	return true;
}

/* The Down slot to resume, NULL for a new one, or an error (RSI-031..RSI-033). */
static struct lcs_slot *match_locked(const struct lcs_claim *claim)
{
	struct lcs_slot *slot = NULL;
	struct lcs_hive *taken;
	bool stale;
	u32 i;

	for (i = 0; i < claim->hive_count; i++) {
		taken = find_locked(&claim->hives[i]);
		if (!taken)
			continue;
		if (slot)
			continue; /* the whole set was compared with this slot */
		if (taken->slot->conn || !same_set(taken->slot, claim, &stale))
			return ERR_PTR(-EEXIST);
		if (stale)
			return ERR_PTR(-ESTALE);
		slot = taken->slot;
	}
	return slot;
}

static void activate_locked(struct lcs_slot *slot, struct lcs_conn *conn)
{
	u32 i;

	lcs_conn_get(conn);
	slot->conn = conn;
	conn->owner = get_pid(task_tgid(current));
	conn->owner_files = current->files;
	/* Published last: readers test it without a lock. */
	smp_store_release(&conn->slot, slot);
	/* A watcher that missed events while Down must see a change (HAZ-034). */
	for (i = 0; i < slot->hive_count; i++)
		atomic64_inc(&slot->hives[i].generation);
}

/**
 * lcs_register() - make a connection the source of hives
 * @conn: connection, not registered
 * @claim: checked hives; their names move into the slot on success
 *
 * Context: may sleep; never waits for a source (HAZ-028).
 * Return: 0; -ENOSPC MaxRegisteredSources; -EEXIST; -ESTALE; -EOVERFLOW;
 * -EINVAL registered already; -ENOMEM. RSI-025..RSI-033.
 */
int lcs_register(struct lcs_conn *conn, struct lcs_claim *claim)
{
	struct lcs_slot *fresh, *slot;
	struct lcs_op op = {};
	bool resumed = false;
	int err = 0;
	u32 i;

	lcs_op_limits(&op);
	fresh = kzalloc(struct_size(fresh, hives, claim->hive_count), GFP_KERNEL_ACCOUNT);
	if (!fresh)
		return -ENOMEM;
	fresh->hive_count = claim->hive_count;
	for (i = 0; i < claim->hive_count; i++) {
		fresh->hives[i] = claim->hives[i];
		fresh->hives[i].slot = fresh;
		atomic64_set(&fresh->hives[i].generation, claim->max_sequence);
	}

	spin_lock(&lcs_table_lock);
	slot = match_locked(claim);
	if (conn->slot || conn->down) {
		err = -EINVAL;
	} else if (!slot && slot_count >= op.limits.max_sources) {
		err = -ENOSPC;
	} else if (claim->max_sequence == U64_MAX) {
		err = -EOVERFLOW;
	} else if (IS_ERR(slot)) {
		err = PTR_ERR(slot);
	} else if (slot) {
		resumed = true;
	} else {
		slot = fresh;
		fresh = NULL;
		slot->index = slot_count++;
		list_add_tail(&slot->all, &slots);
	}
	if (!err) {
		raise_sequence(claim->max_sequence + 1);
		activate_locked(slot, conn);
	}
	spin_unlock(&lcs_table_lock);

	if (!err && !resumed)
		claim->hive_count = 0;
	if (resumed)
		lcs_watch_overflow(slot);
	if (!err)
		lcs_follow_source(slot);
	kfree(fresh);
	return err;
}

/**
 * lcs_slot_down() - a connection is gone; its identities stay reserved
 * @conn: connection that is marked down
 *
 * Context: any. RSI-029.
 */
void lcs_slot_down(struct lcs_conn *conn)
{
	bool active = false;

	spin_lock(&lcs_table_lock);
	if (conn->slot && conn->slot->conn == conn) {
		conn->slot->conn = NULL;
		active = true;
	}
	spin_unlock(&lcs_table_lock);
	if (active)
		lcs_conn_put(conn);
}

/**
 * lcs_slots_free() - forget all slots
 *
 * Context: module exit; no descriptor is open any more.
 */
void lcs_slots_free(void)
{
	struct lcs_slot *slot, *next;
	u32 i;

	list_for_each_entry_safe(slot, next, &slots, all) {
		for (i = 0; i < slot->hive_count; i++)
			kfree(slot->hives[i].name);
		kfree(slot);
	}
	INIT_LIST_HEAD(&slots);
	slot_count = 0;
}
