// SPDX-License-Identifier: GPL-2.0-only
/*
 * One token bucket per emitting process, made at its first emission
 * (KMES-056). Buckets hang on the process's struct pid, which is pinned so
 * that its address cannot come back as another process; a forked child has a
 * pid and so a bucket of its own (KMES-057).
 *
 * There is no exit hook in mode=off, so the dead are swept when somebody new
 * joins their chain. What lingers is bounded by one chain walk per newcomer.
 */
#include <linux/hash.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "internal.h"

#define CHAIN_BITS 8

/**
 * struct kmes_account - emission budget of one process
 * @node: in its chain, under the chain's lock
 * @pid: thread group, a reference
 * @bucket: under the chain's lock
 */
struct kmes_account {
	struct hlist_node node;
	struct pid *pid;
	struct kmes_bucket bucket;
};

static struct chain {
	spinlock_t lock;
	struct hlist_head head;
} chains[1 << CHAIN_BITS] = {
	[0 ...(1 << CHAIN_BITS) - 1] = { .lock = __SPIN_LOCK_UNLOCKED(chains.lock) },
};

static struct chain *chain_of(const struct pid *pid)
{
	return &chains[hash_ptr(pid, CHAIN_BITS)];
}

static struct kmes_account *find_locked(struct chain *c, const struct pid *pid)
{
	struct kmes_account *a;

	hlist_for_each_entry(a, &c->head, node) {
		if (a->pid == pid)
			return a;
	}
	return NULL;
}

static void free_account(struct kmes_account *a)
{
	put_pid(a->pid);
	kfree(a);
}

/* Unlink accounts of processes that are gone; they are freed outside the lock. */
static void sweep_locked(struct chain *c, struct hlist_head *dead)
{
	struct kmes_account *a;
	struct hlist_node *next;

	rcu_read_lock();
	hlist_for_each_entry_safe(a, next, &c->head, node) {
		if (pid_task(a->pid, PIDTYPE_TGID))
			continue;
		hlist_del(&a->node);
		hlist_add_head(&a->node, dead);
	}
	rcu_read_unlock();
}

/* The process emits for the first time. */
static int join(struct chain *c, struct pid *pid, u32 rate)
{
	struct kmes_account *new = kzalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
	struct kmes_account *a;
	struct hlist_node *next;
	HLIST_HEAD(dead);

	if (!new)
		return -ENOMEM;
	new->pid = get_pid(pid);
	kmes_bucket_fill(&new->bucket, rate, ktime_get_mono_fast_ns());

	spin_lock(&c->lock);
	sweep_locked(c, &dead);
	if (find_locked(c, pid)) /* another thread was faster */
		hlist_add_head(&new->node, &dead);
	else
		hlist_add_head(&new->node, &c->head);
	spin_unlock(&c->lock);

	hlist_for_each_entry_safe(a, next, &dead, node)
		free_account(a);
	return 0;
}

/**
 * kmes_rate_take() - charge the calling process
 * @count: events it wants to emit
 *
 * Context: process, may sleep.
 * Return: 0, -EAGAIN when its budget has less than @count left, -ENOMEM.
 */
int kmes_rate_take(u32 count)
{
	struct pid *pid = task_tgid(current);
	struct chain *c = chain_of(pid);
	u32 rate = READ_ONCE(kmes_limits.rate);
	struct kmes_account *a;
	bool taken = false;
	int err;

	for (;;) {
		spin_lock(&c->lock);
		a = find_locked(c, pid);
		if (a)
			taken = kmes_bucket_take(&a->bucket, rate, count, ktime_get_mono_fast_ns());
		spin_unlock(&c->lock);
		if (a)
			return taken ? 0 : -EAGAIN;
		err = join(c, pid, rate);
		if (err)
			return err;
	}
}

/**
 * kmes_rate_return() - give back what was charged and not emitted
 * @count: events
 *
 * Context: process that was charged by kmes_rate_take().
 */
void kmes_rate_return(u32 count)
{
	struct pid *pid = task_tgid(current);
	struct chain *c = chain_of(pid);
	struct kmes_account *a;

	if (!count)
		return;
	spin_lock(&c->lock);
	a = find_locked(c, pid);
	if (a)
		kmes_bucket_return(&a->bucket, READ_ONCE(kmes_limits.rate), count);
	spin_unlock(&c->lock);
}

/**
 * kmes_rate_exit() - free all accounts
 *
 * Context: module exit, nobody emits any more.
 */
void kmes_rate_exit(void)
{
	struct kmes_account *a;
	struct hlist_node *next;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(chains); i++) {
		hlist_for_each_entry_safe(a, next, &chains[i].head, node)
			free_account(a);
		INIT_HLIST_HEAD(&chains[i].head);
	}
}
