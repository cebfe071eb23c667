// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tokens on credentials, in a side table keyed by struct cred.
 *
 * The hooks keep it: prepare and alloc_blank add, transfer fills, free
 * removes. Freeing runs in softirq on any task, so puts are deferred (HAZ-006).
 */
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <pkm/lsm.h>
#include <pkm/table.h>
#include <pkm/token.h>

#include "hooks.h"

static struct pkm_table table;
static struct kmem_cache *cache;

static struct pkm_identity *find(const struct cred *cred)
{
	struct pkm_entry *entry = pkm_table_find(&table, cred);

	return entry ? container_of(entry, struct pkm_identity, entry) : NULL;
}

static void release(struct pkm_identity *identity)
{
	if (identity->primary)
		kacs_token_put(identity->primary);
	if (identity->effective)
		kacs_token_put(identity->effective);
	if (identity->revert)
		put_cred(identity->revert);
}

static void free_rcu_cb(struct rcu_head *rcu)
{
	struct pkm_identity *identity = container_of(rcu, struct pkm_identity, entry.rcu);

	release(identity);
	kmem_cache_free(cache, identity);
}

/* Adds a copy of @from, whose tokens the caller keeps alive, for @cred. */
static int add_copy(const struct cred *cred, const struct pkm_identity *from, gfp_t gfp)
{
	struct pkm_identity *identity = kmem_cache_zalloc(cache, gfp);
	struct pkm_entry *stale;

	if (!identity)
		return -ENOMEM;
	identity->entry.key = cred;
	identity->primary = from->primary;
	identity->effective = from->effective;
	identity->revert = from->revert;
	if (identity->primary)
		kacs_token_get(identity->primary);
	if (identity->effective)
		kacs_token_get(identity->effective);
	if (identity->revert)
		get_cred(identity->revert);
	/* An entry that a missed cred_free left at that address goes (HAZ-005). */
	stale = pkm_table_replace(&table, &identity->entry);
	if (stale)
		call_rcu(&stale->rcu, free_rcu_cb);
	return 0;
}

/**
 * pkm_cred_identity() - the tokens of a credential
 * @cred: a credential that the caller keeps alive
 *
 * Context: any, inside rcu_read_lock(). Lock-free.
 * Return: its entry, constant while @cred is held; NULL when it has none.
 */
const struct pkm_identity *pkm_cred_identity(const struct cred *cred)
{
	return find(cred);
}

/**
 * pkm_cred_bind() - give a credential other tokens before it is committed
 * @cred: result of prepare_creds(), not yet visible to anybody
 * @primary: consumed reference
 * @effective: consumed reference or NULL
 * @revert: consumed reference or NULL
 *
 * The hook has made an entry when @cred was prepared, so nothing is allocated
 * here and nothing can fail.
 *
 * Context: process context.
 */
void pkm_cred_bind(struct cred *cred, struct kacs_token *primary, struct kacs_token *effective,
		   const struct cred *revert)
{
	struct pkm_identity *identity, old;

	rcu_read_lock();
	identity = find(cred);
	rcu_read_unlock();
	if (WARN_ON_ONCE(!identity)) {
		old = (struct pkm_identity){ .primary = primary, .effective = effective, .revert = revert };
		release(&old);
		return;
	}
	old = *identity;
	identity->primary = primary;
	identity->effective = effective;
	identity->revert = revert;
	release(&old);
}

/**
 * pkm_cred_drop_effective() - end impersonation on an uncommitted credential
 * @cred: credential of a new task or of an exec, not yet in force
 *
 * A new task and a new program start from the primary token (HAZ-003,
 * KACS-TOK-100): the ids that followed the impersonation go back as well.
 *
 * Context: process context.
 */
void pkm_cred_drop_effective(struct cred *cred)
{
	const struct pkm_identity *identity;
	const struct cred *revert;
	struct kacs_token *primary;

	rcu_read_lock();
	identity = find(cred);
	rcu_read_unlock();
	if (!identity || !identity->effective)
		return;

	revert = identity->revert;
	if (revert) {
		cred->euid = revert->euid;
		cred->egid = revert->egid;
		cred->fsuid = revert->fsuid;
		cred->fsgid = revert->fsgid;
		/* What was dropped meanwhile stays dropped. */
		cred->cap_effective = cap_intersect(revert->cap_effective, cred->cap_permitted);
		set_groups(cred, revert->group_info);
	}
	primary = identity->primary;
	kacs_token_get(primary);
	pkm_cred_bind(cred, primary, NULL, NULL);
}

/*
 * What a credential without an entry is taken for. Seeding leaves none on
 * tasks; others (held by a file or an overlay only) may exist. Before arming
 * they inherit from the real parent, afterwards they have no identity (HAZ-008).
 */
static void inherit_missing(struct pkm_identity *out)
{
	const struct pkm_identity *parent;

	*out = (struct pkm_identity){ 0 };
	if (pkm_lsm_armed())
		return;
	parent = pkm_cred_identity(__task_cred(rcu_dereference(current->real_parent)));
	out->primary = parent && parent->primary ? parent->primary : kacs_system_token;
}

/* Duplicates @old's tokens for @new; the old entry pins them under RCU. */
int pkm_hook_cred_prepare(struct cred *new, const struct cred *old, gfp_t gfp)
{
	struct pkm_identity from = { 0 };
	const struct pkm_identity *identity;
	int err;

	rcu_read_lock();
	identity = pkm_cred_identity(old);
	if (identity)
		from = *identity;
	else
		inherit_missing(&from);
	if (from.primary)
		kacs_token_get(from.primary);
	rcu_read_unlock();

	/* @old is held by the caller: its effective token and revert live as long. */
	err = add_copy(new, &from, gfp);
	if (from.primary)
		kacs_token_put(from.primary);
	return err;
}

int pkm_hook_cred_alloc_blank(struct cred *cred, gfp_t gfp)
{
	static const struct pkm_identity blank;

	return add_copy(cred, &blank, gfp);
}

void pkm_hook_cred_transfer(struct cred *new, const struct cred *old)
{
	const struct pkm_identity *identity;

	rcu_read_lock();
	identity = pkm_cred_identity(old);
	rcu_read_unlock();
	if (!identity || !identity->primary)
		return;
	kacs_token_get(identity->primary);
	if (identity->effective)
		kacs_token_get(identity->effective);
	pkm_cred_bind(new, identity->primary, identity->effective,
		      identity->revert ? get_cred(identity->revert) : NULL);
}

void pkm_hook_cred_free(struct cred *cred)
{
	struct pkm_entry *entry = pkm_table_remove(&table, cred);

	if (entry)
		call_rcu(&entry->rcu, free_rcu_cb);
}

/**
 * pkm_cred_seed() - give a credential that is older than the hooks the SYSTEM token
 * @cred: credential of an existing task, kept alive by the caller
 * @added: set when the credential had no entry
 *
 * Context: any. Does not sleep.
 * Return: 0 or -ENOMEM.
 */
int pkm_cred_seed(const struct cred *cred, bool *added)
{
	const struct pkm_identity system = { .primary = kacs_system_token };
	bool known;

	rcu_read_lock();
	known = pkm_cred_identity(cred);
	rcu_read_unlock();
	if (known)
		return 0;
	*added = true;
	return add_copy(cred, &system, GFP_ATOMIC);
}

/**
 * pkm_cred_init() - make the table ready for the hooks
 *
 * Context: module init. May sleep.
 * Return: 0 or -ENOMEM.
 */
int __init pkm_cred_init(void)
{
	pkm_table_init(&table);
	cache = KMEM_CACHE(pkm_identity, SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT);
	return cache ? 0 : -ENOMEM;
}

/**
 * pkm_cred_exit() - undo pkm_cred_init() when the hooks were never attached
 *
 * Context: module init. May sleep.
 */
void __init pkm_cred_exit(void)
{
	kmem_cache_destroy(cache);
}
