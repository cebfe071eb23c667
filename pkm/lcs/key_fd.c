// SPDX-License-Identifier: GPL-2.0-only
/*
 * Key descriptors: their ioctl table and lifetime.
 */
#include <linux/anon_inodes.h>
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "internal.h"

static long key_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct lcs_key *key = file->private_data;
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case REG_IOC_QUERY_VALUE:
		return lcs_ioc_query_value(key, user);
	case REG_IOC_SET_VALUE:
		return lcs_ioc_set_value(key, user);
	case REG_IOC_DELETE_VALUE:
		return lcs_ioc_delete_value(key, user);
	case REG_IOC_BLANKET_TOMBSTONE:
		return lcs_ioc_blanket_tombstone(key, user);
	case REG_IOC_QUERY_VALUES_BATCH:
		return lcs_ioc_query_values_batch(key, user);
	case REG_IOC_ENUM_VALUES:
		return lcs_ioc_enum_values(key, user);
	case REG_IOC_ENUM_SUBKEYS:
		return lcs_ioc_enum_subkeys(key, user);
	case REG_IOC_LIST_SUBKEYS:
		return lcs_ioc_list_subkeys(key, user);
	case REG_IOC_QUERY_KEY_INFO:
		return lcs_ioc_query_key_info(key, user);
	case REG_IOC_DELETE_KEY:
		return lcs_ioc_delete_key(key, user);
	case REG_IOC_HIDE_KEY:
		return lcs_ioc_hide_key(key, user);
	case REG_IOC_GET_SECURITY:
		return lcs_ioc_get_security(key, user);
	case REG_IOC_SET_SECURITY:
		return lcs_ioc_set_security(key, user);
	case REG_IOC_NOTIFY:
		return lcs_ioc_notify(key, user);
	case REG_IOC_FLUSH:
		return lcs_ioc_flush(key);
	case REG_IOC_BACKUP:
	case REG_IOC_RESTORE:
		/* Backup streams are not built. */
		return -EOPNOTSUPP;
	default:
		return -ENOTTY;
	}
}

static ssize_t key_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	return lcs_watch_read(file->private_data, buf, len, file->f_flags & O_NONBLOCK);
}

static __poll_t key_poll(struct file *file, poll_table *wait)
{
	struct lcs_key *key = file->private_data;

	poll_wait(file, &key->readers, wait);
	return READ_ONCE(key->queued) || READ_ONCE(key->overflowed) ? EPOLLIN | EPOLLRDNORM : 0;
}

static void free_key(struct lcs_key *key)
{
	lcs_object_close(key);
	lcs_place_put(key->place);
	kfree(key);
}

static int key_release(struct inode *inode, struct file *file)
{
	free_key(file->private_data);
	return 0;
}

static const struct file_operations key_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = key_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = key_read,
	.poll = key_poll,
	.release = key_release,
	.llseek = no_llseek,
};

static struct lcs_key *make_key(struct lcs_walk *walk, u32 granted)
{
	struct lcs_key *key = kzalloc(sizeof(*key), GFP_KERNEL_ACCOUNT);

	if (!key)
		return NULL;
	key->place = lcs_place_get(walk->place);
	key->granted = granted;
	INIT_LIST_HEAD(&key->armed);
	INIT_LIST_HEAD(&key->records);
	init_waitqueue_head(&key->readers);
	if (!lcs_object_open(key))
		return key;
	lcs_place_put(key->place);
	kfree(key);
	return NULL;
}

/**
 * lcs_key_fd() - make a descriptor for a key found
 * @walk: where it was found
 * @granted: rights fixed from now on
 * @disposition: where to tell @told, or NULL
 * @told: REG_CREATED_NEW or REG_OPENED_EXISTING
 *
 * The descriptor is published last: nothing can fail after it (LCS-159).
 *
 * Context: may sleep and fault.
 * Return: a close-on-exec descriptor; -ENOMEM, -EMFILE, -ENFILE, -EFAULT.
 */
int lcs_key_fd(struct lcs_walk *walk, u32 granted, u32 __user *disposition, u32 told)
{
	struct lcs_key *key;
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	key = make_key(walk, granted);
	if (!key) {
		put_unused_fd(fd);
		return -ENOMEM;
	}
	file = anon_inode_getfile("[registry-key]", &key_fops, key, O_RDWR);
	if (IS_ERR(file)) {
		free_key(key);
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	if (disposition && put_user(told, disposition)) {
		fput(file);
		put_unused_fd(fd);
		return -EFAULT;
	}
	fd_install(fd, file);
	return fd;
}

/**
 * lcs_key_of() - the key behind a descriptor
 * @file: any open file
 *
 * Context: any.
 * Return: the key, or NULL: some other kind of file (LCS-226).
 */
struct lcs_key *lcs_key_of(struct file *file)
{
	return file->f_op == &key_fops ? file->private_data : NULL;
}
