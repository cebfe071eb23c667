// SPDX-License-Identifier: GPL-2.0-only
/*
 * Process security blocks on tasks, and what a new task starts with.
 *
 * An entry of the side table is made in task_alloc, which no fork, vfork,
 * thread or io_uring worker escapes, and removed in task_free, which may run
 * in softirq (HAZ-004, HAZ-006).
 */
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/task_work.h>
#include <linux/tracepoint.h>

#include <pkm/lsm.h>
#include <pkm/module.h>
#include <pkm/table.h>
#include <pkm/token.h>
#include <uapi/linux/pkm/kacs.h>

#include "hooks.h"

/**
 * struct pkm_task - what we know about one task
 * @entry: place in the table; its key is the task
 * @psb: block shared with the other threads of the process; owns a reference
 * @work: asks this task to do something on its way to user mode
 * @work_queued: @work is queued
 */
struct pkm_task {
	struct pkm_entry entry;
	struct kacs_psb *psb;
	struct callback_head work;
	bool work_queued;
};

static struct pkm_table table;
static struct kmem_cache *cache;

static void free_rcu_cb(struct rcu_head *rcu)
{
	struct pkm_task *entry = container_of(rcu, struct pkm_task, entry.rcu);

	kacs_psb_put(entry->psb);
	kmem_cache_free(cache, entry);
}

/* Consumes @psb, which is dropped when @task has a block already. */
static int add(const struct task_struct *task, struct kacs_psb *psb, gfp_t gfp)
{
	struct pkm_task *entry = kmem_cache_zalloc(cache, gfp);

	if (!entry) {
		kacs_psb_put(psb);
		return -ENOMEM;
	}
	entry->entry.key = task;
	entry->psb = psb;
	if (!pkm_table_add(&table, &entry->entry)) {
		kacs_psb_put(psb);
		kmem_cache_free(cache, entry);
	}
	return 0;
}

/**
 * pkm_task_psb() - the process security block of a task
 * @task: a task that the caller keeps alive
 *
 * Context: any, inside rcu_read_lock(). Lock-free.
 * Return: the block, constant while @task lives; NULL when it has none.
 */
struct kacs_psb *pkm_task_psb(const struct task_struct *task)
{
	struct pkm_entry *entry = pkm_table_find(&table, task);

	return entry ? container_of(entry, struct pkm_task, entry)->psb : NULL;
}

/**
 * pkm_task_work_siblings() - have every other thread of the caller's process run something
 * @work: called in each thread on its way to user mode; calls pkm_task_work_done() first
 *
 * Context: process context. Does not sleep.
 */
void pkm_task_work_siblings(void (*work)(struct callback_head *))
{
	struct task_struct *thread;

	rcu_read_lock();
	for_each_thread(current, thread) {
		struct pkm_entry *entry = pkm_table_find(&table, thread);
		struct pkm_task *state = container_of(entry, struct pkm_task, entry);

		if (thread == current || !entry || xchg(&state->work_queued, true))
			continue;
		init_task_work(&state->work, work);
		if (task_work_add(thread, &state->work, TWA_SIGNAL))
			WRITE_ONCE(state->work_queued, false); /* it is exiting */
	}
	rcu_read_unlock();
}

/**
 * pkm_task_work_done() - let the work be queued again
 * @work: what the callback was called with
 *
 * Context: the callback.
 */
void pkm_task_work_done(struct callback_head *work)
{
	/* A full barrier: what the callback looks at afterwards is newer than any request it missed. */
	xchg(&container_of(work, struct pkm_task, work)->work_queued, false);
}

/* The credential of a task that nobody sees yet. */
static struct cred *cred_of_new(struct task_struct *task)
{
	return (struct cred *)rcu_dereference_protected(task->cred, true);
}

/*
 * A thread shares its creator's credential, which may be impersonating: give
 * it a private copy without that (HAZ-003, KACS-TOK-099). Nobody sees @task yet.
 */
static int unshare_impersonating_cred(struct task_struct *task)
{
	const struct pkm_identity *identity;
	struct cred *fresh;
	bool impersonating;

	rcu_read_lock();
	identity = pkm_cred_identity(cred_of_new(task));
	impersonating = identity && identity->effective;
	rcu_read_unlock();
	if (!impersonating)
		return 0;
	/* A creator with a thread keyring shares nothing: the copy is private and has a keyring of its own. */
	if (cred_of_new(task) != current_cred()) {
		pkm_cred_drop_effective(cred_of_new(task));
		return 0;
	}

	fresh = prepare_creds();
	if (!fresh)
		return -ENOMEM;
	pkm_cred_drop_effective(fresh);
	pkm_cred_subscribe(cred_of_new(task), -2); /* as both of its pointers, see copy_creds() */
	pkm_cred_subscribe(fresh, 2);
	put_cred(cred_of_new(task));
	put_cred(rcu_dereference_protected(task->real_cred, true));
	rcu_assign_pointer(task->real_cred, get_cred(fresh));
	rcu_assign_pointer(task->cred, fresh);
	return 0;
}

/* A process owns a copy of its parent's primary token (KACS-TOK-098). */
static int copy_token(struct task_struct *task)
{
	struct cred *cred = cred_of_new(task); /* made for @task alone by copy_creds() */
	const struct pkm_identity *identity;
	struct kacs_token *copy;

	rcu_read_lock();
	identity = pkm_cred_identity(cred);
	rcu_read_unlock();
	if (!identity || !identity->primary)
		return pkm_lsm_armed() && pkm_mode() == PKM_MODE_ENFORCE ? -EACCES : 0;

	pkm_cred_drop_effective(cred);
	if (task->flags & PF_KTHREAD)
		copy = kacs_system_token_get();
	else
		copy = kacs_token_fork(identity->primary, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	pkm_cred_bind(cred, copy, NULL, NULL);
	return 0;
}

static struct kacs_psb *current_psb_get(void)
{
	struct kacs_psb *psb;

	rcu_read_lock();
	psb = pkm_task_psb(current);
	if (psb)
		kacs_psb_get(psb);
	rcu_read_unlock();
	return psb;
}

static struct kacs_psb *new_process_psb(struct task_struct *task, const struct kacs_psb *parent)
{
	const struct pkm_identity *identity;

	rcu_read_lock();
	identity = pkm_cred_identity(cred_of_new(task));
	rcu_read_unlock();
	if (!identity || !identity->primary)
		return kacs_psb_alloc(parent, kacs_system_token, GFP_KERNEL);
	return kacs_psb_alloc(parent, identity->primary, GFP_KERNEL);
}

/* Runs before the task is visible to anybody; an error ends the fork. */
int pkm_hook_task_alloc(struct task_struct *task, unsigned long clone_flags)
{
	struct kacs_psb *parent = current_psb_get();
	struct kacs_psb *psb;
	int err;

	if (clone_flags & CLONE_THREAD) {
		err = unshare_impersonating_cred(task);
		if (err)
			goto put_parent;
		if (parent)
			return add(task, parent, GFP_KERNEL);
		psb = new_process_psb(task, NULL);
	} else {
		err = parent && kacs_psb_has(parent, KACS_MIT_NO_CHILD) ? -EPERM : copy_token(task);
		if (err)
			goto put_parent;
		psb = new_process_psb(task, parent);
	}
	err = psb ? add(task, psb, GFP_KERNEL) : -ENOMEM;
put_parent:
	if (parent)
		kacs_psb_put(parent);
	return err;
}

void pkm_hook_task_free(struct task_struct *task)
{
	struct pkm_entry *entry = pkm_table_remove(&table, task);

	if (entry)
		call_rcu(&entry->rcu, free_rcu_cb);
}

/* The block of a thread group that is older than the hooks. */
static struct kacs_psb *group_psb_get(struct task_struct *task)
{
	struct task_struct *thread;
	struct kacs_psb *psb;

	for_each_thread(task, thread) {
		psb = pkm_task_psb(thread);
		if (psb) {
			kacs_psb_get(psb);
			return psb;
		}
	}
	return kacs_psb_alloc(NULL, kacs_system_token, GFP_ATOMIC);
}

/**
 * pkm_task_seed() - give a task that is older than the hooks a block
 * @task: an existing task, kept alive by the caller
 * @added: set when the task had none
 *
 * Context: any, inside rcu_read_lock(). Does not sleep.
 * Return: 0 or -ENOMEM.
 */
int pkm_task_seed(struct task_struct *task, bool *added)
{
	struct kacs_psb *psb;

	if (pkm_task_psb(task))
		return 0;
	psb = group_psb_get(task);
	if (!psb)
		return -ENOMEM;
	*added = true;
	return add(task, psb, GFP_ATOMIC);
}

/* Kernel threads are nobody's process, a thread is part of one. */
static void on_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	if (thread_group_leader(child) && !(child->flags & PF_KTHREAD))
		kacs_audit_process_create(parent, child);
}

static void __init find_fork(struct tracepoint *point, void *found)
{
	if (!strcmp(point->name, "sched_process_fork"))
		*(struct tracepoint **)found = point;
}

/**
 * pkm_task_report_forks() - have an event for every new process, for good
 *
 * task_alloc comes before the child has a pid, so the event waits for the
 * tracepoint, which fires before the child can run. Nothing else hangs on it.
 *
 * Context: module init, hooks attached.
 */
void __init pkm_task_report_forks(void)
{
	struct tracepoint *point = NULL;

	for_each_kernel_tracepoint(find_fork, &point);
	if (!point || tracepoint_probe_register(point, on_fork, NULL))
		pr_warn("no process-create events: the kernel has no tracepoint for forks\n");
}

/**
 * pkm_task_init() - make the table ready for the hooks
 *
 * Context: module init. May sleep.
 * Return: 0 or -ENOMEM.
 */
int __init pkm_task_init(void)
{
	pkm_table_init(&table);
	cache = KMEM_CACHE(pkm_task, SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT);
	return cache ? 0 : -ENOMEM;
}

/**
 * pkm_task_exit() - undo pkm_task_init() when the hooks were never attached
 *
 * Context: module init. May sleep.
 */
void __init pkm_task_exit(void)
{
	kmem_cache_destroy(cache);
}
