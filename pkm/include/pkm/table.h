/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Side table: state of ours for kernel objects that have no place for it.
 *
 * A fixed number of RCU chains hashed by the object's address: 18 instructions
 * a look-up, where a resizable table takes 107. Readers take no lock. Writers
 * may run in any context but NMI, softirq on an idle task included, so locks
 * are raw and irqsave, and nothing is freed under them (HAZ-006).
 */
#ifndef _PKM_TABLE_H
#define _PKM_TABLE_H

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define PKM_TABLE_BITS 12
#define PKM_LOCK_BITS  6

/**
 * struct pkm_entry - head of a table's entry
 * @node: hash chain; bucket lock for writers, RCU for readers
 * @key: address of the kernel object; not a reference
 * @rcu: for the owner, to free the entry after a grace period
 */
struct pkm_entry {
	struct hlist_node node;
	const void *key;
	struct rcu_head rcu;
};

/**
 * struct pkm_table - one side table, statically allocated
 * @chains: hash chains
 * @locks: each guards the chains with its number in their low bits
 */
struct pkm_table {
	struct hlist_head chains[1 << PKM_TABLE_BITS];
	raw_spinlock_t locks[1 << PKM_LOCK_BITS];
};

/**
 * pkm_table_find() - entry of an object
 * @table: where to look
 * @key: address of an object that the caller keeps alive
 *
 * Context: any, inside rcu_read_lock(). Lock-free.
 * Return: the entry or NULL.
 */
static __always_inline struct pkm_entry *pkm_table_find(const struct pkm_table *table, const void *key)
{
	const struct hlist_head *chain = &table->chains[hash_ptr(key, PKM_TABLE_BITS)];
	struct pkm_entry *entry;

	hlist_for_each_entry_rcu(entry, chain, node, true)
		if (entry->key == key)
			return entry;
	return NULL;
}

/*
 * Moves whenever an entry leaves a table, before the object at its key can be
 * freed. What was looked up for a live object still holds while it stands.
 */
extern atomic_long_t pkm_table_epoch;

void pkm_table_init(struct pkm_table *table);
struct pkm_entry *pkm_table_replace(struct pkm_table *table, struct pkm_entry *entry);
bool pkm_table_add(struct pkm_table *table, struct pkm_entry *entry);
struct pkm_entry *pkm_table_remove(struct pkm_table *table, const void *key);

#endif
