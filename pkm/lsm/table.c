// SPDX-License-Identifier: GPL-2.0-only
/* Side table: the writers. See table.h. */
#include <pkm/table.h>

atomic_long_t pkm_table_epoch;

static raw_spinlock_t *lock_of(struct pkm_table *table, const void *key)
{
	return &table->locks[hash_ptr(key, PKM_TABLE_BITS) & ((1 << PKM_LOCK_BITS) - 1)];
}

static void link(struct pkm_table *table, struct pkm_entry *entry)
{
	hlist_add_head_rcu(&entry->node, &table->chains[hash_ptr(entry->key, PKM_TABLE_BITS)]);
}

/**
 * pkm_table_init() - make a zeroed table ready
 * @table: the table
 *
 * Context: before anybody uses it.
 */
void pkm_table_init(struct pkm_table *table)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table->locks); i++)
		raw_spin_lock_init(&table->locks[i]);
}

/**
 * pkm_table_replace() - add an entry, whatever stands at its key
 * @table: where
 * @entry: with its key set
 *
 * Context: any but NMI.
 * Return: the entry that was there, now unlinked, for the caller to free after
 * a grace period; NULL in the normal case.
 */
struct pkm_entry *pkm_table_replace(struct pkm_table *table, struct pkm_entry *entry)
{
	raw_spinlock_t *lock = lock_of(table, entry->key);
	struct pkm_entry *stale;
	unsigned long flags;

	raw_spin_lock_irqsave(lock, flags);
	stale = pkm_table_find(table, entry->key);
	if (stale) {
		hlist_del_rcu(&stale->node);
		atomic_long_inc(&pkm_table_epoch);
	}
	link(table, entry);
	raw_spin_unlock_irqrestore(lock, flags);
	return stale;
}

/**
 * pkm_table_add() - add an entry unless its key has one
 * @table: where
 * @entry: with its key set
 *
 * Context: any but NMI.
 * Return: true when @entry is now in the table.
 */
bool pkm_table_add(struct pkm_table *table, struct pkm_entry *entry)
{
	raw_spinlock_t *lock = lock_of(table, entry->key);
	unsigned long flags;
	bool fresh;

	raw_spin_lock_irqsave(lock, flags);
	fresh = !pkm_table_find(table, entry->key);
	if (fresh)
		link(table, entry);
	raw_spin_unlock_irqrestore(lock, flags);
	return fresh;
}

/**
 * pkm_table_remove() - unlink the entry of a dying object
 * @table: where
 * @key: its address
 *
 * Most objects of some kinds (sockets) have none, so that is found out
 * without the lock. Nobody adds one for an object that is being freed.
 *
 * Context: any but NMI.
 * Return: the entry, for the caller to free after a grace period, or NULL.
 */
struct pkm_entry *pkm_table_remove(struct pkm_table *table, const void *key)
{
	raw_spinlock_t *lock = lock_of(table, key);
	struct pkm_entry *entry;
	unsigned long flags;

	rcu_read_lock();
	entry = pkm_table_find(table, key);
	if (entry) {
		raw_spin_lock_irqsave(lock, flags);
		entry = pkm_table_find(table, key);
		if (entry) {
			hlist_del_rcu(&entry->node);
			atomic_long_inc(&pkm_table_epoch);
		}
		raw_spin_unlock_irqrestore(lock, flags);
	}
	rcu_read_unlock();
	return entry;
}
