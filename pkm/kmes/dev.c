// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kmes: emit, attach, look at the counters.
 *
 *	int dev = open("/dev/kmes", O_RDWR | O_CLOEXEC);
 *	ioctl(dev, KMES_IOC_EMIT, &emit);	// SeAuditPrivilege
 *	int ring = ioctl(dev, KMES_IOC_ATTACH, &attach);	// SeSecurityPrivilege
 *
 * Opening needs no privilege; each request checks its own (KMES-043).
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <pkm/kacs.h>
#include <pkm/module.h>

#include "internal.h"

/* The capacity is stored before the descriptor exists for others: EFAULT leaks none (KMES-073). */
static long ioc_attach(const void __user *arg)
{
	struct kmes_attach_args a;
	struct kmes_buffer *b;
	struct file *file;
	u64 capacity;
	int fd, err;

	err = kacs_require_privilege(KACS_PRIV_SECURITY);
	if (err)
		return err;
	if (copy_from_user(&a, arg, sizeof(a)))
		return -EFAULT;
	b = kmes_buffer_get(a.cpu_id);
	if (!b)
		return -EINVAL;
	capacity = b->ring.capacity;
	file = kmes_ring_file(b);
	kmes_buffer_put(b);
	if (IS_ERR(file))
		return PTR_ERR(file);
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		fput(file);
		return fd;
	}
	if (put_user(capacity, (u64 __user *)u64_to_user_ptr(a.capacity))) {
		put_unused_fd(fd);
		fput(file);
		return -EFAULT;
	}
	fd_install(fd, file);
	return fd;
}

/**
 * kmes_stats_fill() - one CPU's counters
 * @index: below kmes_cpu_count()
 * @s: overwritten
 *
 * Context: may sleep.
 */
void kmes_stats_fill(u32 index, struct kmes_stats *s)
{
	struct kmes_buffer *b = kmes_buffer_get(index);
	const struct kmes_ring *r = &b->ring;

	*s = (struct kmes_stats){
		.size = sizeof(*s),
		.cpu_id = index,
		.capacity = r->capacity,
		.generation = r->generation,
		.write_pos = READ_ONCE(r->write_pos),
		.tail_pos = READ_ONCE(r->tail_pos),
		.sequence = READ_ONCE(r->sequence),
		.dropped = READ_ONCE(r->dropped) + kmes_dropped_in_nmi(index),
		.overwritten = READ_ONCE(r->overwritten),
		.attached = hweight64(READ_ONCE(b->listeners.attached)),
	};
	kmes_buffer_put(b);
}

static long ioc_stats(void __user *arg)
{
	struct kmes_stats s;
	int err = kacs_require_privilege(KACS_PRIV_SECURITY);

	if (err)
		return err;
	if (copy_from_user(&s, arg, sizeof(s)))
		return -EFAULT;
	if (s.size != sizeof(s) || s.cpu_id >= kmes_cpu_count())
		return -EINVAL;
	kmes_stats_fill(s.cpu_id, &s);
	return copy_to_user(arg, &s, sizeof(s)) ? -EFAULT : 0;
}

static long kmes_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case KMES_IOC_ABI_VERSION:
		return put_user((u32)KMES_ABI_VERSION, (u32 __user *)user);
	case KMES_IOC_EMIT:
		return kmes_ioc_emit(user);
	case KMES_IOC_EMIT_BATCH:
		return kmes_ioc_emit_batch(user);
	case KMES_IOC_ATTACH:
		return ioc_attach(user);
	case KMES_IOC_STATS:
		return ioc_stats(user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations kmes_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = kmes_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice kmes_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kmes",
	.fops = &kmes_fops,
};

/**
 * kmes_dev_init() - publish /dev/kmes
 *
 * Context: module init; last step of kmes_init(), callers may arrive at once.
 * Return: 0 or a negative errno of misc_register().
 */
int kmes_dev_init(void)
{
	kmes_dev.mode = pkm_node_mode();
	return misc_register(&kmes_dev);
}

/**
 * kmes_dev_exit() - withdraw /dev/kmes
 *
 * Context: module exit, only reached in mode=off.
 */
void kmes_dev_exit(void)
{
	misc_deregister(&kmes_dev);
}
