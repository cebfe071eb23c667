// SPDX-License-Identifier: GPL-2.0-only
/*
 * Central policies by SID. The authentication daemon sets them; a running
 * check sees all of them as they were when it began (KACS-AC-154): it asks for
 * a policy when it decides and again when it audits. So the set of policies is
 * copied when it changes. Checks may sleep, so readers are under SRCU.
 */
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

/**
 * struct cached - one policy, immutable
 * @srcu: deferred freeing
 * @policy: what core gets, pointing into @rules
 * @sid_len: bytes at @sid
 * @sid: the policy's SID
 * @spec: bytes that the rules point into
 * @rules: parsed rules
 */
struct cached {
	struct rcu_head srcu;
	struct kacs_policy policy;
	u32 sid_len;
	u8 sid[KACS_SID_MAX];
	u8 *spec;
	struct kacs_policy_rule rules[];
};

/**
 * struct kacs_policy_set - all policies of one moment, immutable
 * @srcu: deferred freeing
 * @count: how many
 * @policies: ordered by SID; shared with other sets
 */
struct kacs_policy_set {
	struct rcu_head srcu;
	u32 count;
	struct cached *policies[];
};

static struct kacs_policy_set __rcu *policies;
static DEFINE_MUTEX(set_lock);
DEFINE_STATIC_SRCU(caap_srcu);

static int order(const struct cached *cached, const u8 *sid, u32 sid_len)
{
	if (cached->sid_len != sid_len)
		return cached->sid_len < sid_len ? -1 : 1;
	return memcmp(cached->sid, sid, sid_len);
}

/* Where the policy of a SID stands in @set, which may be NULL, or would stand. */
static u32 place_of(const struct kacs_policy_set *set, const u8 *sid, u32 sid_len)
{
	u32 low = 0, high = set ? set->count : 0;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (order(set->policies[middle], sid, sid_len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct cached *policy_at(const struct kacs_policy_set *set, u32 place, const u8 *sid, u32 sid_len)
{
	if (!set || place == set->count || order(set->policies[place], sid, sid_len))
		return NULL;
	return set->policies[place];
}

static void free_cached(struct rcu_head *srcu)
{
	struct cached *cached = container_of(srcu, struct cached, srcu);

	kvfree(cached->spec);
	kvfree(cached);
}

static void free_set(struct rcu_head *srcu)
{
	kvfree(container_of(srcu, struct kacs_policy_set, srcu));
}

/**
 * kacs_caap_begin() - hold the policies of this moment
 * @view: filled
 *
 * Context: process context. A check may sleep meanwhile.
 */
void kacs_caap_begin(struct kacs_caap_view *view) __acquires(&caap_srcu)
{
	view->lock = srcu_read_lock(&caap_srcu);
	view->set = srcu_dereference(policies, &caap_srcu);
}

/**
 * kacs_caap_end() - let go of them
 * @view: from kacs_caap_begin()
 *
 * Context: process context.
 */
void kacs_caap_end(const struct kacs_caap_view *view) __releases(&caap_srcu)
{
	srcu_read_unlock(&caap_srcu, view->lock);
}

/**
 * kacs_caap_find() - the policy of a SID, as core asks for it
 * @ctx: struct kacs_caap_view, between kacs_caap_begin() and kacs_caap_end()
 * @sid: policy SID
 * @sid_len: bytes at @sid
 *
 * Context: process context.
 * Return: the policy or NULL.
 */
const struct kacs_policy *kacs_caap_find(void *ctx, const u8 *sid, u32 sid_len)
{
	const struct kacs_policy_set *set = ((struct kacs_caap_view *)ctx)->set;
	struct cached *cached = policy_at(set, place_of(set, sid, sid_len), sid, sid_len);

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

/* A copy of @set with @new, which may be NULL, in the place of @old, which may be NULL too. */
static struct kacs_policy_set *changed(const struct kacs_policy_set *set, u32 place, const struct cached *old,
				       struct cached *new)
{
	u32 count = set ? set->count : 0, behind = place + !!old;
	struct kacs_policy_set *copy;

	copy = kvmalloc(struct_size(copy, policies, count + !!new), GFP_KERNEL);
	if (!copy)
		return NULL;
	copy->count = count - !!old + !!new;
	if (place)
		memcpy(copy->policies, set->policies, place * sizeof(*set->policies));
	if (new)
		copy->policies[place] = new;
	if (behind < count)
		memcpy(copy->policies + place + !!new, set->policies + behind,
		       (count - behind) * sizeof(*set->policies));
	return copy;
}

/* Puts @new, which may be NULL, in the place of the policy of @sid. */
static int replace(const u8 *sid, u32 sid_len, struct cached *new)
{
	struct kacs_policy_set *set, *copy = NULL;
	struct cached *old;
	u32 place;

	mutex_lock(&set_lock);
	set = rcu_dereference_protected(policies, lockdep_is_held(&set_lock));
	place = place_of(set, sid, sid_len);
	old = policy_at(set, place, sid, sid_len);
	if (old || new)
		copy = changed(set, place, old, new);
	if (copy)
		rcu_assign_pointer(policies, copy);
	mutex_unlock(&set_lock);
	if (!copy)
		return old || new ? -ENOMEM : 0;
	if (set)
		call_srcu(&caap_srcu, &set->srcu, free_set);
	if (old)
		call_srcu(&caap_srcu, &old->srcu, free_cached);
	return 0;
}

static int set_from_user(const u8 *sid, u32 sid_len, const struct kacs_set_caap_args *args)
{
	struct cached *cached;
	void *spec;
	int err;

	if (!args->spec_ptr || !args->spec_len)
		return replace(sid, sid_len, NULL); /* KACS-AC-143 */
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
	err = replace(sid, sid_len, cached);
	if (err)
		free_cached(&cached->srcu);
	return err;
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
	struct kacs_policy_set *set = rcu_dereference_protected(policies, true);
	u32 i;

	for (i = 0; set && i < set->count; i++)
		free_cached(&set->policies[i]->srcu);
	kvfree(set);
	srcu_barrier(&caap_srcu);
}
