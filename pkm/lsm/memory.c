// SPDX-License-Identifier: GPL-2.0-only
/*
 * WXP: no memory of the process is ever both written and executed
 * (KACS-TOK-131).
 *
 * What was writable must not become executable later either, whatever it was
 * in between: a hop over read-only would be the way around. The stack is the
 * loader's: a program whose header asks for an executable one gets it.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include <pkm/lsm.h>
#include <pkm/token.h>
#include <uapi/linux/pkm/kacs.h>

#include "hooks.h"

/**
 * pkm_current_has() - is a mitigation in force for the calling process
 * @mitigation: KACS_MIT_...
 *
 * Context: process context. Does not sleep.
 * Return: true when it is.
 */
bool pkm_current_has(u32 mitigation)
{
	const struct kacs_psb *psb;
	bool has;

	rcu_read_lock();
	psb = pkm_task_psb(current);
	has = psb && kacs_psb_has(psb, mitigation);
	rcu_read_unlock();
	return has;
}

static bool writes_and_executes(unsigned long prot)
{
	return (prot & (PROT_WRITE | PROT_EXEC)) == (PROT_WRITE | PROT_EXEC);
}

/* A mapping that was let through and may not be there yet. */
struct passing {
	struct callback_head work;
	struct kacs_psb *psb;
};

static void passed(struct callback_head *work)
{
	struct passing *passing = container_of(work, struct passing, work);

	kacs_psb_both_end(passing->psb);
	kacs_psb_put(passing->psb);
	kfree(passing);
}

/*
 * The hook comes before the memory's lock: until the task is on its way to user
 * mode WXP cannot be set, or what waits for the lock would come after the look
 * at what there is (KACS-TOK-129).
 */
static int let_pass(struct kacs_psb *psb)
{
	struct passing *passing = kmalloc(sizeof(*passing), GFP_KERNEL);

	if (!passing)
		return -ENOMEM;
	if (!kacs_psb_both_begin(psb)) {
		kfree(passing);
		return -EACCES;
	}
	kacs_psb_get(psb);
	passing->psb = psb;
	init_task_work(&passing->work, passed);
	if (task_work_add(current, &passing->work, TWA_RESUME)) /* it is exiting */
		passed(&passing->work);
	return 0;
}

int pkm_hook_mmap_file(struct file *file, unsigned long reqprot, unsigned long prot, unsigned long flags)
{
	struct kacs_psb *psb;

	if (!writes_and_executes(prot) || current->flags & PF_KTHREAD)
		return 0;
	rcu_read_lock();
	psb = pkm_task_psb(current); /* ours as long as we run */
	rcu_read_unlock();
	return psb ? let_pass(psb) : 0;
}

/*
 * Asked for the heap too, of which no hook tells the protection: with this
 * personality it would be executable.
 */
int pkm_hook_mmap_addr(unsigned long addr)
{
	return current->personality & READ_IMPLIES_EXEC && pkm_current_has(KACS_MIT_WXP) ? -EACCES : 0;
}

/* May its bytes differ from those of a file that nobody writes through it? */
static bool was_writable(const struct vm_area_struct *vma)
{
	return !vma->vm_file || vma->anon_vma || vma->vm_flags & VM_WRITE ||
	       (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE);
}

/* Under the mmap lock (HAZ-007): flags are looked at, nothing else. */
int pkm_hook_file_mprotect(struct vm_area_struct *vma, unsigned long reqprot, unsigned long prot)
{
	bool executable = vma->vm_flags & VM_EXEC;

	if (!(prot & (PROT_WRITE | PROT_EXEC)) || !pkm_current_has(KACS_MIT_WXP))
		return 0;
	if (writes_and_executes(prot) || (prot & PROT_WRITE && executable) ||
	    (prot & PROT_EXEC && !executable && was_writable(vma)))
		return -EACCES;
	return 0;
}
