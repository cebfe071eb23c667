// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kacs: the door to identity and access checks. Each command has one
 * handler, which copies its argument once and owns every errno it returns.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

static long ioc_abi_version(void __user *arg)
{
	return put_user((u32)KACS_ABI_VERSION, (u32 __user *)arg);
}

static long kacs_dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case KACS_IOC_ABI_VERSION:
		return ioc_abi_version(user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations kacs_dev_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = kacs_dev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice kacs_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kacs",
	.fops = &kacs_dev_fops,
};

/**
 * kacs_dev_init() - publish /dev/kacs
 *
 * Context: module init; last step of kacs_init(), callers may arrive at once.
 * Return: 0 or a negative errno of misc_register().
 */
int kacs_dev_init(void)
{
	kacs_dev.mode = pkm_node_mode();
	return misc_register(&kacs_dev);
}

/**
 * kacs_dev_exit() - withdraw /dev/kacs
 *
 * Context: module exit, only reached in mode=off.
 */
void kacs_dev_exit(void)
{
	misc_deregister(&kacs_dev);
}
