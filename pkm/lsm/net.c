// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unix sockets: who connected. The client's effective token is captured on
 * the accepted side when it connects, in a side table keyed by struct sock;
 * the connecting side may have said beforehand how much it lets be seen.
 */
#include <linux/cred.h>
#include <linux/slab.h>
#include <net/af_unix.h>
#include <uapi/linux/pkm/kacs.h>

#include <pkm/lsm.h>
#include <pkm/table.h>
#include <pkm/token.h>

#include "hooks.h"

/**
 * struct pkm_sock - what we know about one socket
 * @entry: place in the table; its key is the struct sock
 * @peer: snapshot of the client's token; accepted sockets; owns a reference
 * @level: most that a server may do with us; connecting sockets
 *
 * @peer is set before the socket is visible to its server and constant then.
 */
struct pkm_sock {
	struct pkm_entry entry;
	struct kacs_token *peer;
	u32 level;
};

static struct pkm_table table;
static struct kmem_cache *cache;

static void free_rcu_cb(struct rcu_head *rcu)
{
	struct pkm_sock *state = container_of(rcu, struct pkm_sock, entry.rcu);

	if (state->peer)
		kacs_token_put(state->peer);
	kmem_cache_free(cache, state);
}

static int add(const struct sock *sk, struct kacs_token *peer, u32 level, gfp_t gfp)
{
	struct pkm_sock *state = kmem_cache_zalloc(cache, gfp);
	struct pkm_entry *stale;

	if (!state)
		return -ENOMEM;
	state->entry.key = sk;
	state->peer = peer;
	state->level = level;
	stale = pkm_table_replace(&table, &state->entry);
	if (stale)
		call_rcu(&stale->rcu, free_rcu_cb);
	return 0;
}

static u32 level_of(const struct sock *sk)
{
	struct pkm_entry *entry;
	u32 level = KACS_LEVEL_IMPERSONATION;

	rcu_read_lock();
	entry = pkm_table_find(&table, sk);
	if (entry)
		level = container_of(entry, struct pkm_sock, entry)->level;
	rcu_read_unlock();
	return level;
}

/**
 * pkm_sock_set_level() - limit what servers may do with this client
 * @sk: a Unix stream or seqpacket socket that is not connected yet
 * @level: KACS_LEVEL_...
 *
 * Context: process context. May sleep.
 * Return: 0 or -ENOMEM.
 */
int pkm_sock_set_level(const struct sock *sk, u32 level)
{
	return add(sk, NULL, level, GFP_KERNEL);
}

/**
 * pkm_sock_peer_get() - the token captured when the client connected
 * @sk: any socket that the caller keeps alive
 *
 * Context: process context.
 * Return: a reference that the caller puts; NULL when nothing was captured.
 */
struct kacs_token *pkm_sock_peer_get(const struct sock *sk)
{
	struct kacs_token *peer = NULL;
	struct pkm_entry *entry;

	rcu_read_lock();
	entry = pkm_table_find(&table, sk);
	if (entry)
		peer = container_of(entry, struct pkm_sock, entry)->peer;
	if (peer)
		kacs_token_get(peer);
	rcu_read_unlock();
	return peer;
}

/*
 * Runs under the listener's state lock: no sleep. A client whose identity
 * cannot be recorded does not get through (KACS-TOK-109).
 */
int pkm_hook_unix_stream_connect(struct sock *sock, struct sock *other, struct sock *newsk)
{
	const struct pkm_identity *identity;
	struct kacs_token *peer = NULL;
	u32 level = level_of(sock);
	int err;

	rcu_read_lock();
	identity = pkm_cred_identity(current_cred());
	if (identity && identity->primary)
		peer = kacs_token_snapshot(pkm_identity_effective(identity), level, GFP_ATOMIC);
	rcu_read_unlock();
	if (!identity)
		return 0; /* accepted without a peer token: EACCES for whoever asks */
	if (!peer)
		return -ENOMEM;
	err = add(newsk, peer, KACS_LEVEL_IMPERSONATION, GFP_ATOMIC);
	if (err)
		kacs_token_put(peer);
	return err;
}

void pkm_hook_sk_free_security(struct sock *sk)
{
	struct pkm_entry *entry = pkm_table_remove(&table, sk);

	if (entry)
		call_rcu(&entry->rcu, free_rcu_cb);
}

/**
 * pkm_sock_init() - make the table ready for the hooks
 *
 * Context: module init. May sleep.
 * Return: 0 or -ENOMEM.
 */
int __init pkm_sock_init(void)
{
	pkm_table_init(&table);
	cache = KMEM_CACHE(pkm_sock, SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT);
	return cache ? 0 : -ENOMEM;
}

/**
 * pkm_sock_exit() - undo pkm_sock_init() when the hooks were never attached
 *
 * Context: module init. May sleep.
 */
void __init pkm_sock_exit(void)
{
	kmem_cache_destroy(cache);
}
