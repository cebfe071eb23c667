// SPDX-License-Identifier: GPL-2.0-only
/* Process security blocks: one per process, whatever its tokens (KACS-TOK-123). */
#include <linux/sched.h>
#include <linux/slab.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

/**
 * kacs_psb_alloc() - the block of a new process
 * @parent: block of the forking process, NULL: none to inherit from
 * @primary: primary token that the new process's default descriptor is for
 * @gfp: allocation flags
 *
 * Protection and mitigations are inherited, GUID and descriptor are new
 * (KACS-TOK-124).
 *
 * Context: as @gfp allows.
 * Return: a block with one reference; NULL when out of memory.
 */
struct kacs_psb *kacs_psb_alloc(const struct kacs_psb *parent, struct kacs_token *primary, gfp_t gfp)
{
	struct kacs_psb *psb = kzalloc(sizeof(*psb), gfp | __GFP_ACCOUNT);
	struct kacs_blob *sd;

	if (!psb)
		return NULL;
	sd = kacs_token_process_sd_get(primary, gfp);
	if (!sd) {
		kfree(psb);
		return NULL;
	}
	kacs_count(KACS_PROCESSES, 1);
	refcount_set(&psb->refs, 1);
	spin_lock_init(&psb->lock);
	kacs_guid_make(psb->guid);
	RCU_INIT_POINTER(psb->sd, sd);
	if (parent) {
		psb->pip_type = READ_ONCE(parent->pip_type);
		psb->pip_trust = READ_ONCE(parent->pip_trust);
		atomic_set(&psb->mitigations, atomic_read(&parent->mitigations));
	}
	return psb;
}

/**
 * kacs_psb_get() - take a reference
 * @psb: a block that the caller keeps alive meanwhile
 *
 * Context: any.
 */
void kacs_psb_get(struct kacs_psb *psb)
{
	refcount_inc(&psb->refs);
}

/**
 * kacs_psb_put() - drop a reference
 * @psb: the block
 *
 * Context: any but NMI.
 */
void kacs_psb_put(struct kacs_psb *psb)
{
	if (!refcount_dec_and_test(&psb->refs))
		return;
	kacs_blob_put(rcu_dereference_protected(psb->sd, true));
	if (psb->installed)
		kacs_token_put(psb->installed);
	kacs_count(KACS_PROCESSES, -1);
	kfree(psb);
}

/**
 * kacs_psb_guid() - the process's GUID
 * @psb: the block
 *
 * Context: any.
 * Return: 16 bytes, constant while @psb lives.
 */
const u8 *kacs_psb_guid(const struct kacs_psb *psb)
{
	return psb->guid;
}

/**
 * kacs_psb_has() - is a mitigation in force for a process
 * @psb: its block
 * @mitigation: KACS_MIT_...
 *
 * Context: any.
 * Return: true when it is.
 */
bool kacs_psb_has(const struct kacs_psb *psb, u32 mitigation)
{
	return atomic_read(&psb->mitigations) & mitigation;
}

/**
 * kacs_psb_both_begin() - memory that is written and executed is about to be mapped
 * @psb: block of the mapping process
 *
 * Context: process context.
 * Return: false when WXP forbids it; else WXP cannot be set before
 * kacs_psb_both_end().
 */
bool kacs_psb_both_begin(struct kacs_psb *psb)
{
	unsigned long flags;
	bool may;

	spin_lock_irqsave(&psb->lock, flags);
	may = !kacs_psb_has(psb, KACS_MIT_WXP);
	psb->mapping_both += may;
	spin_unlock_irqrestore(&psb->lock, flags);
	return may;
}

/**
 * kacs_psb_both_end() - it is mapped now, or will not be
 * @psb: block of the mapping process
 *
 * Context: process context.
 */
void kacs_psb_both_end(struct kacs_psb *psb)
{
	unsigned long flags;

	spin_lock_irqsave(&psb->lock, flags);
	psb->mapping_both--;
	spin_unlock_irqrestore(&psb->lock, flags);
}

/**
 * kacs_psb_mitigate() - put mitigations in force, for good
 * @psb: the block
 * @mitigations: KACS_MIT_...; with WXP the caller has looked at the process's
 * memory and still holds its lock
 *
 * Context: process context. Does not sleep.
 * Return: 0; -EACCES when memory that WXP forbids is about to be mapped.
 */
int kacs_psb_mitigate(struct kacs_psb *psb, u32 mitigations)
{
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&psb->lock, flags);
	if (mitigations & KACS_MIT_WXP && psb->mapping_both)
		err = -EACCES;
	else
		atomic_or(mitigations, &psb->mitigations);
	spin_unlock_irqrestore(&psb->lock, flags);
	return err;
}

/**
 * kacs_psb_of_get() - the block of a task
 * @task: a task that the caller keeps alive
 *
 * Context: any.
 * Return: a reference that the caller puts; NULL when there is none.
 */
struct kacs_psb *kacs_psb_of_get(const struct task_struct *task)
{
	struct kacs_psb *psb;

	rcu_read_lock();
	psb = pkm_task_psb(task);
	if (psb)
		kacs_psb_get(psb);
	rcu_read_unlock();
	return psb;
}

/**
 * kacs_psb_sd_get() - the process's descriptor
 * @psb: the block
 *
 * Context: any. Lock-free.
 * Return: a reference that the caller puts.
 */
struct kacs_blob *kacs_psb_sd_get(struct kacs_psb *psb)
{
	return kacs_blob_get_rcu(&psb->sd);
}

/**
 * kacs_psb_install() - record a token as the whole process's
 * @psb: block of the calling process
 * @old: its primary token so far
 * @new: the token; a reference is taken
 *
 * Another user SID means another default descriptor (KACS-TOK-104).
 *
 * Context: process context. May sleep.
 * Return: 0 or -ENOMEM.
 */
int kacs_psb_install(struct kacs_psb *psb, struct kacs_token *old, struct kacs_token *new)
{
	bool same_user = kacs_sid_equal(kacs_token_user_sid(old, NULL), kacs_token_user_sid(new, NULL));
	struct kacs_blob *sd = NULL;
	struct kacs_token *before;
	unsigned long flags;

	if (!same_user) {
		sd = kacs_token_process_sd_get(new, GFP_KERNEL);
		if (!sd)
			return -ENOMEM;
	}
	kacs_token_get(new);
	spin_lock_irqsave(&psb->lock, flags);
	before = psb->installed;
	psb->installed = new;
	if (sd)
		sd = rcu_replace_pointer(psb->sd, sd, lockdep_is_held(&psb->lock));
	spin_unlock_irqrestore(&psb->lock, flags);
	kacs_blob_put(sd);
	if (before)
		kacs_token_put(before);
	return 0;
}

/**
 * kacs_psb_installed_get() - the token last installed for the whole process
 * @psb: the block
 *
 * Context: any but NMI.
 * Return: a reference that the caller puts; NULL when none was installed.
 */
struct kacs_token *kacs_psb_installed_get(struct kacs_psb *psb)
{
	struct kacs_token *tok;
	unsigned long flags;

	spin_lock_irqsave(&psb->lock, flags);
	tok = psb->installed;
	if (tok)
		kacs_token_get(tok);
	spin_unlock_irqrestore(&psb->lock, flags);
	return tok;
}

/**
 * kacs_psb_dominates() - may one process touch another as far as PIP goes
 * @caller: block of the acting process, NULL: none
 * @target: block of the other
 *
 * Context: any. KACS-ENF-023.
 * Return: true when it may.
 */
bool kacs_psb_dominates(const struct kacs_psb *caller, const struct kacs_psb *target)
{
	if (!target->pip_type)
		return true;
	return caller && caller->pip_type >= target->pip_type && caller->pip_trust >= target->pip_trust;
}
