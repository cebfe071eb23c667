// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/pkm_registry: where a storage source takes requests and puts answers.
 *
 * One open file is one connection; it belongs to the process that registers
 * (HAZ-031). Nothing in here waits for a source (HAZ-028).
 */
#include <linux/fdtable.h>
#include <linux/freezer.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <pkm/core/casefold.h>

#include "internal.h"

/* An answer holds at most all values of a key; more is a mistake of the source. */
#define RESPONSE_MAX (256U << 20)

static int source_open(struct inode *inode, struct file *file)
{
	int err = kacs_require_privilege(KACS_PRIV_TCB);

	if (err)
		return err;
	file->private_data = lcs_conn_alloc();
	if (!file->private_data)
		return -ENOMEM;
	return stream_open(inode, file);
}

/* Only the process that registered, and only after it did (RSI-003). */
static int check_owner(struct lcs_conn *conn)
{
	/* Pairs with the release in activate_locked(): the owner is set. */
	if (!smp_load_acquire(&conn->slot))
		return -EINVAL;
	return conn->owner == task_tgid(current) ? 0 : -EPERM;
}

static ssize_t source_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct lcs_conn *conn = file->private_data;
	struct lcs_request *req;
	ssize_t done;
	int err;

	err = check_owner(conn);
	if (err)
		return err;
	for (;;) {
		req = lcs_request_next(conn, len, &err);
		if (req)
			break;
		if (err != -EAGAIN || (file->f_flags & O_NONBLOCK))
			return err;
		/* Exclusive: one request wakes one of a source's threads. */
		err = ___wait_event(conn->readable, lcs_conn_readable(conn),
				    (TASK_INTERRUPTIBLE | TASK_FREEZABLE), 1, 0, schedule());
		if (err)
			return err;
	}
	done = req->w.len;
	if (copy_to_user(buf, req->frame, done)) {
		lcs_request_return(conn, req);
		done = -EFAULT;
	}
	lcs_request_put(req);
	return done;
}

static ssize_t source_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	struct lcs_conn *conn = file->private_data;
	u8 *frame;
	int err;

	err = check_owner(conn);
	if (err)
		return err;
	if (READ_ONCE(conn->down))
		return -EIO;
	if (len < RSI_RESPONSE_HEADER_LEN + 4 || len > RESPONSE_MAX) {
		lcs_conn_shut(conn);
		return -EINVAL;
	}
	frame = kvmalloc(len, GFP_KERNEL_ACCOUNT);
	if (!frame)
		return -ENOMEM;
	if (copy_from_user(frame, buf, len)) {
		kvfree(frame);
		return -EFAULT;
	}
	err = lcs_request_answer(conn, frame, len);
	/* A source that breaks the protocol is treated as one that crashed (RSI-009). */
	if (err == -EINVAL)
		lcs_conn_shut(conn);
	return err ?: len;
}

static __poll_t source_poll(struct file *file, poll_table *wait)
{
	struct lcs_conn *conn = file->private_data;
	__poll_t mask = 0;

	poll_wait(file, &conn->readable, wait);
	if (READ_ONCE(conn->down))
		return EPOLLHUP | EPOLLERR;
	if (READ_ONCE(conn->slot))
		mask |= EPOLLOUT | EPOLLWRNORM;
	if (lcs_conn_readable(conn))
		mask |= EPOLLIN | EPOLLRDNORM;
	return mask;
}

static int take_hive(const struct reg_src_hive_entry *entry, const struct lcs_limits *limits,
		     struct lcs_hive *hive)
{
	struct lcs_bytes name;
	int err;

	if (entry->_pad0 || entry->_pad1 || (entry->flags & ~RSI_HIVE_PRIVATE))
		return -EINVAL;
	if (lcs_guid_nil(entry->root_guid))
		return -EINVAL;
	hive->private_hive = entry->flags & RSI_HIVE_PRIVATE;
	if (lcs_guid_nil(entry->scope_guid) == hive->private_hive)
		return -EINVAL;
	memcpy(hive->root, entry->root_guid, LCS_GUID_LEN);
	memcpy(hive->scope, entry->scope_guid, LCS_GUID_LEN);
	if (!entry->name_len || entry->name_len > limits->max_component_len)
		return -EINVAL;
	hive->name = kmalloc(entry->name_len, GFP_KERNEL_ACCOUNT);
	if (!hive->name)
		return -ENOMEM;
	hive->name_len = entry->name_len;
	if (copy_from_user(hive->name, u64_to_user_ptr(entry->name_ptr), entry->name_len))
		return -EFAULT;
	name = (struct lcs_bytes){ hive->name, hive->name_len };
	err = lcs_component_check(name, limits);
	return err || lcs_is_current_user(name) ? -EINVAL : 0;
}

static bool repeats(const struct lcs_claim *claim, u32 index)
{
	const struct lcs_hive *a = &claim->hives[index], *b;
	u32 i;

	for (i = 0; i < index; i++) {
		b = &claim->hives[i];
		if (a->private_hive == b->private_hive && !memcmp(a->scope, b->scope, LCS_GUID_LEN) &&
		    pkm_fold_equal(a->name, a->name_len, b->name, b->name_len))
			return true;
	}
	return false;
}

static int take_hives(u64 ptr, const struct lcs_limits *limits, struct lcs_claim *claim)
{
	struct reg_src_hive_entry __user *entries = u64_to_user_ptr(ptr);
	struct reg_src_hive_entry entry;
	int err;
	u32 i;

	for (i = 0; i < claim->hive_count; i++) {
		if (copy_from_user(&entry, &entries[i], sizeof(entry)))
			return -EFAULT;
		err = take_hive(&entry, limits, &claim->hives[i]);
		if (err)
			return err;
		if (repeats(claim, i))
			return -EINVAL;
	}
	return 0;
}

/* Order of RSI-025: EPERM, EINVAL, ENOSPC, EOVERFLOW, collisions. */
static long ioc_register(struct lcs_conn *conn, void __user *arg)
{
	struct reg_src_register_args args;
	struct lcs_claim claim = {};
	struct lcs_op op;
	int err;
	u32 i;

	err = kacs_require_privilege(KACS_PRIV_TCB);
	if (err)
		return err;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (!args.hive_count || args._pad)
		return -EINVAL;
	lcs_op_limits(&op);
	if (args.hive_count > op.limits.max_hives_per_source)
		return -ENOSPC;
	claim.hive_count = args.hive_count;
	claim.max_sequence = args.max_sequence;
	claim.hives = kvcalloc(args.hive_count, sizeof(*claim.hives), GFP_KERNEL_ACCOUNT);
	if (!claim.hives)
		return -ENOMEM;
	err = take_hives(args.hives_ptr, &op.limits, &claim);
	if (!err)
		err = lcs_register(conn, &claim);
	for (i = 0; i < claim.hive_count; i++)
		kfree(claim.hives[i].name);
	kvfree(claim.hives);
	return err;
}

static long source_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case REG_SRC_REGISTER:
		return ioc_register(file->private_data, user);
	case REG_SRC_ABI_VERSION:
		return put_user((u32)RSI_ABI_VERSION, (u32 __user *)user);
	default:
		return -ENOTTY;
	}
}

static int same_file(const void *wanted, struct file *file, unsigned int fd)
{
	return file == wanted;
}

/*
 * Runs at every close. The owner's last descriptor decides, however many
 * copies a child or a peer still has (HAZ-031).
 */
static int source_flush(struct file *file, fl_owner_t id)
{
	struct lcs_conn *conn = file->private_data;

	if (smp_load_acquire(&conn->slot) && id == conn->owner_files &&
	    !iterate_fd((struct files_struct *)id, 0, same_file, file))
		lcs_conn_shut(conn);
	return 0;
}

static int source_release(struct inode *inode, struct file *file)
{
	struct lcs_conn *conn = file->private_data;

	lcs_conn_shut(conn);
	lcs_conn_put(conn);
	return 0;
}

static const struct file_operations source_fops = {
	.owner = THIS_MODULE,
	.open = source_open,
	.read = source_read,
	.write = source_write,
	.poll = source_poll,
	.unlocked_ioctl = source_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.flush = source_flush,
	.release = source_release,
	.llseek = no_llseek,
};

static struct miscdevice source_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pkm_registry",
	.mode = 0600,
	.fops = &source_fops,
};

/**
 * lcs_source_init() - publish /dev/pkm_registry
 *
 * Context: module init.
 * Return: 0 or a negative errno of misc_register().
 */
int lcs_source_init(void)
{
	return misc_register(&source_dev);
}

/**
 * lcs_source_exit() - withdraw /dev/pkm_registry
 *
 * Context: module exit.
 */
void lcs_source_exit(void)
{
	misc_deregister(&source_dev);
}
