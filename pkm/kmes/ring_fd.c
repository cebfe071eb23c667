// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ring descriptors: one consumer's mapping of one CPU's ring, its request to
 * be woken, and the wait for it. Who wakes and when is kmes_ring_wake_due().
 *
 * A ring that was replaced tells its sleepers even if they asked after the
 * last look at need_wake: they would wait for a writer that never comes.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "internal.h"

/**
 * struct kmes_attachment - what a ring descriptor holds
 * @buffer: its ring, a reference
 * @page: its consumer page, charged to the memory cgroup of who attached
 * @slot: index in the buffer's table
 * @expected: counter value that poll compares with
 * @rcu: the page may still be looked at by an emitter when it leaves the table
 *
 * Owned by the descriptor; mappings hold the descriptor.
 */
struct kmes_attachment {
	struct kmes_buffer *buffer;
	struct page *page;
	u32 slot;
	u32 expected;
	struct rcu_head rcu;
};

static void wake_waiters(struct irq_work *work)
{
	struct kmes_buffer *b = container_of(work, struct kmes_buffer, wake);

	wake_up_all(&b->wait);
}

/**
 * kmes_buffer_alloc() - a fresh ring
 * @index: logical CPU index
 * @capacity: bytes, a power of two
 * @node: NUMA node of that CPU
 *
 * Context: may sleep.
 * Return: the buffer with one reference, or NULL.
 */
struct kmes_buffer *kmes_buffer_alloc(u16 index, u64 capacity, int node)
{
	struct kmes_buffer *b = kzalloc_node(sizeof(*b), GFP_KERNEL, node);

	if (!b)
		return NULL;
	if (kmes_memory_alloc(&b->memory, capacity, node)) {
		kfree(b);
		return NULL;
	}
	kmes_ring_init(&b->ring, page_address(b->memory.meta), b->memory.map, capacity, index);
	init_waitqueue_head(&b->wait);
	init_irq_work(&b->wake, wake_waiters);
	mutex_init(&b->lock);
	refcount_set(&b->refs, 1);
	return b;
}

/**
 * kmes_buffer_put() - drop a reference; the last one frees pages and state
 * @b: buffer
 *
 * Context: may sleep. No emitter may reach @b once the last reference goes.
 */
void kmes_buffer_put(struct kmes_buffer *b)
{
	if (!refcount_dec_and_test(&b->refs))
		return;
	irq_work_sync(&b->wake);
	kmes_memory_free(&b->memory);
	kmes_slot_freed(b->ring.cpu);
	kfree(b);
}

static int attach(struct kmes_buffer *b, struct kmes_attachment *a)
{
	struct kmes_listeners *l = &b->listeners;
	int err = -ENOSPC;

	mutex_lock(&b->lock);
	if (~l->attached) {
		a->slot = __ffs64(~l->attached);
		l->page[a->slot] = page_address(a->page);
		/* Pairs with the acquire in kmes_ring_wake_due(): the bit after its pointer. */
		smp_store_release(&l->attached, l->attached | 1ULL << a->slot);
		err = 0;
	}
	mutex_unlock(&b->lock);
	return err;
}

static void free_attachment(struct rcu_head *rcu)
{
	struct kmes_attachment *a = container_of(rcu, struct kmes_attachment, rcu);

	__free_page(a->page);
	kfree(a);
}

/* The pointer stays behind: an emitter may have loaded the bit already, and the page lives for a grace period. */
static void detach(struct kmes_attachment *a)
{
	struct kmes_buffer *b = a->buffer;

	mutex_lock(&b->lock);
	WRITE_ONCE(b->listeners.attached, b->listeners.attached & ~(1ULL << a->slot));
	mutex_unlock(&b->lock);
	kmes_buffer_put(b);
	call_rcu(&a->rcu, free_attachment);
}

static u32 counter(const struct kmes_buffer *b)
{
	return smp_load_acquire(&b->ring.page->futex_counter);
}

static bool retired(const struct kmes_buffer *b)
{
	return smp_load_acquire(&b->ring.retired);
}

static long ring_wait(struct kmes_attachment *a, const void __user *arg)
{
	struct kmes_buffer *b = a->buffer;
	struct kmes_wait_args w;
	long left;

	if (copy_from_user(&w, arg, sizeof(w)))
		return -EFAULT;
	if (counter(b) != w.expected)
		return -EAGAIN;
	left = wait_event_interruptible_timeout(b->wait, counter(b) != w.expected || retired(b),
						w.timeout_ms ? msecs_to_jiffies(w.timeout_ms)
							     : MAX_SCHEDULE_TIMEOUT);
	if (left > 0)
		return counter(b) != w.expected ? 0 : -ESTALE;
	return left ? -EINTR : -ETIMEDOUT;
}

static long ring_expect(struct kmes_attachment *a, const u32 __user *arg)
{
	u32 expected;

	if (get_user(expected, arg))
		return -EFAULT;
	WRITE_ONCE(a->expected, expected);
	return 0;
}

static long ring_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case KMES_IOC_WAIT:
		return ring_wait(file->private_data, (void __user *)arg);
	case KMES_IOC_EXPECT:
		return ring_expect(file->private_data, (u32 __user *)arg);
	default:
		return -ENOTTY;
	}
}

static __poll_t ring_poll(struct file *file, struct poll_table_struct *wait)
{
	struct kmes_attachment *a = file->private_data;
	__poll_t mask = 0;

	poll_wait(file, &a->buffer->wait, wait);
	if (counter(a->buffer) != READ_ONCE(a->expected))
		mask = EPOLLIN | EPOLLRDNORM;
	if (retired(a->buffer))
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	return mask;
}

/*
 * First store to a page of the mapping. Only the consumer's page is writable;
 * the vma as a whole must be, so each store is decided here (HAZ-024).
 */
static vm_fault_t ring_mkwrite(struct vm_fault *vmf)
{
	return vmf->pgoff == KMES_CONSUMER_OFFSET / KMES_PAGE ? 0 : VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct ring_vm_ops = {
	.pfn_mkwrite = ring_mkwrite,
};

/* Map @count pages from @at on, whole physical runs at a time. */
static int map_run(struct vm_area_struct *vma, unsigned long *at, struct page **pages, u32 count,
		   pgprot_t prot)
{
	u32 i = 0, n;
	int err;

	while (i < count) {
		for (n = 1; i + n < count && page_to_pfn(pages[i + n]) == page_to_pfn(pages[i]) + n; n++)
			;
		err = remap_pfn_range(vma, *at, page_to_pfn(pages[i]), (unsigned long)n << PAGE_SHIFT, prot);
		if (err)
			return err;
		*at += (unsigned long)n << PAGE_SHIFT;
		i += n;
	}
	return 0;
}

static int ring_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct kmes_attachment *a = file->private_data;
	struct kmes_memory *m = &a->buffer->memory;
	pgprot_t read = vm_get_page_prot(vma->vm_flags & ~VM_WRITE);
	unsigned long at = vma->vm_start;
	int err;

	if (vma->vm_pgoff || vma->vm_end - vma->vm_start != KMES_MAP_SIZE(a->buffer->ring.capacity))
		return -EINVAL; /* KMES-080 */
	/* A private mapping would make copies that nobody updates. */
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;

	pkm_vm_flags_mod(vma, VM_IO | VM_DONTEXPAND | VM_DONTDUMP | VM_DONTCOPY, VM_MAYEXEC);
	vma->vm_ops = &ring_vm_ops;
	err = map_run(vma, &at, &m->meta, 1, read);
	if (!err)
		err = map_run(vma, &at, &a->page, 1, vma->vm_page_prot);
	if (!err)
		err = map_run(vma, &at, m->data, m->count, read);
	if (!err)
		err = map_run(vma, &at, m->data, m->count, read);
	return err;
}

static int ring_release(struct inode *inode, struct file *file)
{
	detach(file->private_data);
	return 0;
}

static const struct file_operations ring_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = ring_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = ring_mmap,
	.poll = ring_poll,
	.release = ring_release,
	.llseek = noop_llseek,
};

/**
 * kmes_ring_file() - attach a new consumer
 * @b: ring; a reference is taken
 *
 * Context: may sleep.
 * Return: a file that owns the attachment, -ENOSPC when KMES_ATTACH_MAX
 * consumers are attached (KMES-078), or -ENOMEM.
 */
struct file *kmes_ring_file(struct kmes_buffer *b)
{
	struct kmes_attachment *a = kzalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);
	struct file *file;
	int err = -ENOMEM;

	if (!a)
		return ERR_PTR(-ENOMEM);
	a->page = alloc_pages_node(page_to_nid(b->memory.meta), GFP_KERNEL_ACCOUNT | __GFP_ZERO, 0);
	if (!a->page)
		goto free;
	err = attach(b, a);
	if (err)
		goto free_page;
	a->buffer = b;
	a->expected = counter(b);
	refcount_inc(&b->refs);

	file = anon_inode_getfile("[kmes-ring]", &ring_fops, a, O_RDWR | O_CLOEXEC);
	if (IS_ERR(file))
		detach(a);
	return file;

free_page:
	__free_page(a->page);
free:
	kfree(a);
	return ERR_PTR(err);
}
