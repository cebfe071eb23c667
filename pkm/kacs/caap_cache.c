// SPDX-License-Identifier: GPL-2.0-only
/*
 * Central policies by SID. The authentication daemon sets them; a running
 * check sees the whole old or the whole new one (KACS-AC-154). Checks may
 * sleep between look-up and use, so readers are under SRCU.
 */
#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

#define TABLE_BITS 6

/**
 * struct cached - one policy, immutable
 * @chain: place in the table; @set_lock for writers, SRCU for readers
 * @srcu: deferred freeing
 * @policy: what core gets, pointing into @rules
 * @sid_len: bytes at @sid
 * @sid: the policy's SID
 * @spec: bytes that the rules point into
 * @rules: parsed rules
 */
struct cached {
	struct hlist_node chain;
	struct rcu_head srcu;
	struct kacs_policy policy;
	u32 sid_len;
	u8 sid[KACS_SID_MAX];
	u8 *spec;
	struct kacs_policy_rule rules[];
};

static struct hlist_head table[1 << TABLE_BITS];
static DEFINE_MUTEX(set_lock);
DEFINE_STATIC_SRCU(caap_srcu);

static struct hlist_head *chain_of(const u8 *sid, u32 sid_len)
{
	return &table[jhash(sid, sid_len, 0) & ((1 << TABLE_BITS) - 1)];
}

static struct cached *find(const u8 *sid, u32 sid_len)
{
	struct cached *cached;

	hlist_for_each_entry_rcu(cached, chain_of(sid, sid_len), chain,
				 srcu_read_lock_held(&caap_srcu) || lockdep_is_held(&set_lock))
		if (cached->sid_len == sid_len && !memcmp(cached->sid, sid, sid_len))
			return cached;
	return NULL;
}

static void free_cached(struct rcu_head *srcu)
{
	struct cached *cached = container_of(srcu, struct cached, srcu);

	kvfree(cached->spec);
	kvfree(cached);
}

/**
 * kacs_caap_read_lock() - keep what kacs_caap_find() returns
 *
 * Context: process context. A check may sleep meanwhile.
 * Return: for kacs_caap_read_unlock().
 */
int kacs_caap_read_lock(void) __acquires(&caap_srcu)
{
	return srcu_read_lock(&caap_srcu);
}

/**
 * kacs_caap_read_unlock() - let go of policies
 * @token: from kacs_caap_read_lock()
 *
 * Context: process context.
 */
void kacs_caap_read_unlock(int token) __releases(&caap_srcu)
{
	srcu_read_unlock(&caap_srcu, token);
}

/**
 * kacs_caap_find() - the policy of a SID, as core asks for it
 * @ctx: unused
 * @sid: policy SID
 * @sid_len: bytes at @sid
 *
 * Context: inside kacs_caap_read_lock().
 * Return: the policy or NULL.
 */
const struct kacs_policy *kacs_caap_find(void *ctx, const u8 *sid, u32 sid_len)
{
	struct cached *cached = find(sid, sid_len);

	return cached ? &cached->policy : NULL;
}

/* Takes over @spec when it succeeds. */
static struct cached *parse(const u8 *sid, u32 sid_len, void *spec, u32 spec_len)
{
	int count = kacs_policy_rules(spec, spec_len);
	struct cached *cached;
	int err;

	if (count < 0)
		return ERR_PTR(count);
	cached = kvzalloc(struct_size(cached, rules, count), GFP_KERNEL);
	if (!cached)
		return ERR_PTR(-ENOMEM);
	err = kacs_policy_parse(&cached->policy, cached->rules, count, spec, spec_len);
	if (err) {
		kvfree(cached);
		return ERR_PTR(err);
	}
	memcpy(cached->sid, sid, sid_len);
	cached->sid_len = sid_len;
	cached->spec = spec;
	return cached;
}

/* Puts @new, which may be NULL, in the place of the policy of @sid. */
static void replace(const u8 *sid, u32 sid_len, struct cached *new)
{
	struct cached *old;

	mutex_lock(&set_lock);
	old = find(sid, sid_len);
	if (old && new)
		hlist_replace_rcu(&old->chain, &new->chain);
	else if (old)
		hlist_del_rcu(&old->chain);
	else if (new)
		hlist_add_head_rcu(&new->chain, chain_of(sid, sid_len));
	mutex_unlock(&set_lock);
	if (old)
		call_srcu(&caap_srcu, &old->srcu, free_cached);
}

static int set_from_user(const u8 *sid, u32 sid_len, const struct kacs_set_caap_args *args)
{
	struct cached *cached;
	void *spec;

	if (!args->spec_ptr || !args->spec_len) {
		replace(sid, sid_len, NULL); /* KACS-AC-143 */
		return 0;
	}
	if (args->spec_len > KACS_POLICY_SPEC_MAX)
		return -EINVAL;
	spec = vmemdup_user(u64_to_user_ptr(args->spec_ptr), args->spec_len);
	if (IS_ERR(spec))
		return PTR_ERR(spec);
	cached = parse(sid, sid_len, spec, args->spec_len);
	if (IS_ERR(cached)) {
		kvfree(spec);
		return PTR_ERR(cached);
	}
	replace(sid, sid_len, cached);
	return 0;
}

/**
 * kacs_ioc_set_caap() - KACS_IOC_SET_CAAP
 * @arg: struct kacs_set_caap_args
 *
 * Context: process context. May sleep. KACS-AC-141 to KACS-AC-145.
 * Return: 0, -EPERM, -EFAULT, -EINVAL, -ENOMEM; a failure keeps the old policy.
 */
long kacs_ioc_set_caap(void __user *arg)
{
	struct kacs_set_caap_args args;
	u8 sid[KACS_SID_MAX];
	int err = kacs_require_privilege(KACS_PRIV_TCB);

	if (err)
		return err;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (!args.policy_sid_len || args.policy_sid_len > sizeof(sid))
		return -EINVAL;
	if (copy_from_user(sid, u64_to_user_ptr(args.policy_sid_ptr), args.policy_sid_len))
		return -EFAULT;
	if (!kacs_sid_valid(sid, args.policy_sid_len))
		return -EINVAL;
	return set_from_user(sid, args.policy_sid_len, &args);
}

/**
 * kacs_caap_exit() - forget all policies
 *
 * Context: module exit, when no check runs any more.
 */
void kacs_caap_exit(void)
{
	struct cached *cached;
	struct hlist_node *next;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		hlist_for_each_entry_safe(cached, next, &table[i], chain) {
			hlist_del_rcu(&cached->chain);
			call_srcu(&caap_srcu, &cached->srcu, free_cached);
		}
	srcu_barrier(&caap_srcu);
}
