// SPDX-License-Identifier: GPL-2.0-only
/*
 * Token descriptors: an anonymous inode that holds a token and the rights
 * that were granted when it was made (KACS-TOK-035). Each command needs one of
 * those rights, tested before anything else is looked at (KACS-TOK-004).
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

/**
 * struct handle - what a token descriptor holds
 * @token: owns a reference
 * @access: rights, constant
 */
struct handle {
	struct kacs_token *token;
	u32 access;
};

/* The right that a command needs; 0 for one that judges other descriptors. */
static int required_right(unsigned int cmd, u32 *right)
{
	switch (cmd) {
	case KACS_IOC_QUERY:
	case KACS_IOC_GET_LINKED_TOKEN:
		*right = KACS_TOKEN_QUERY;
		return 0;
	case KACS_IOC_ADJUST_PRIVS:
		*right = KACS_TOKEN_ADJUST_PRIVILEGES;
		return 0;
	case KACS_IOC_ADJUST_GROUPS:
		*right = KACS_TOKEN_ADJUST_GROUPS;
		return 0;
	case KACS_IOC_ADJUST_DEFAULT:
		*right = KACS_TOKEN_ADJUST_DEFAULT;
		return 0;
	case KACS_IOC_ADJUST_INTERACTIVITY_SCOPE:
		*right = KACS_TOKEN_ADJUST_INTERACTIVITY_SCOPE;
		return 0;
	case KACS_IOC_DUPLICATE:
	case KACS_IOC_RESTRICT:
		*right = KACS_TOKEN_DUPLICATE;
		return 0;
	case KACS_IOC_INSTALL:
		*right = KACS_TOKEN_ASSIGN_PRIMARY;
		return 0;
	case KACS_IOC_IMPERSONATE:
		*right = KACS_TOKEN_IMPERSONATE;
		return 0;
	case KACS_IOC_LINK_TOKENS:
		*right = 0;
		return 0;
	default:
		return -ENOTTY;
	}
}

static long token_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct handle *handle = file->private_data;
	void __user *user = (void __user *)arg;
	struct kacs_token *tok = handle->token;
	u32 right;
	int err = required_right(cmd, &right);

	if (err)
		return err;
	if (right && !(handle->access & right))
		return -EACCES;

	switch (cmd) {
	case KACS_IOC_QUERY:
		return kacs_ioc_query(tok, user);
	case KACS_IOC_ADJUST_PRIVS:
		return kacs_ioc_adjust_privs(tok, user);
	case KACS_IOC_ADJUST_GROUPS:
		return kacs_ioc_adjust_groups(tok, user);
	case KACS_IOC_ADJUST_DEFAULT:
		return kacs_ioc_adjust_default(tok, user);
	case KACS_IOC_ADJUST_INTERACTIVITY_SCOPE:
		return kacs_ioc_adjust_scope(tok, user);
	case KACS_IOC_DUPLICATE:
		return kacs_ioc_duplicate(tok, user);
	case KACS_IOC_RESTRICT:
		return kacs_ioc_restrict(tok, handle->access, user);
	case KACS_IOC_INSTALL:
		return kacs_ioc_install(tok);
	case KACS_IOC_IMPERSONATE:
		return kacs_ioc_impersonate(tok);
	case KACS_IOC_LINK_TOKENS:
		return kacs_ioc_link_tokens(user);
	case KACS_IOC_GET_LINKED_TOKEN:
		return kacs_ioc_get_linked_token(tok, user);
	default:
		return -ENOTTY;
	}
}

static int token_release(struct inode *inode, struct file *file)
{
	struct handle *handle = file->private_data;

	kacs_token_put(handle->token);
	kfree(handle);
	return 0;
}

static const struct file_operations token_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = token_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = token_release,
	.llseek = noop_llseek,
};

static struct file *make_file(struct kacs_token *tok, u32 access)
{
	struct handle *handle = kmalloc(sizeof(*handle), GFP_KERNEL_ACCOUNT);
	struct file *file;

	if (!handle)
		return ERR_PTR(-ENOMEM);
	kacs_token_get(tok);
	handle->token = tok;
	handle->access = access;
	file = anon_inode_getfile("kacs-token", &token_fops, handle, O_RDWR | O_CLOEXEC);
	if (IS_ERR(file)) {
		kacs_token_put(tok);
		kfree(handle);
	}
	return file;
}

/**
 * kacs_token_fd() - a descriptor for a token
 * @tok: the token; a reference is taken
 * @access: rights that the descriptor carries
 *
 * Context: process context. May sleep. KACS-TOK-038.
 * Return: a close-on-exec descriptor or a negative errno.
 */
int kacs_token_fd(struct kacs_token *tok, u32 access)
{
	struct file *file;
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		return fd;
	file = make_file(tok, access);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

/**
 * kacs_token_fd_out() - the same, told through an output field
 * @tok: the token; a reference is taken
 * @access: rights that the descriptor carries
 * @out: where the number goes; nothing is installed when it cannot
 *
 * Context: process context. May sleep.
 * Return: 0 or a negative errno.
 */
int kacs_token_fd_out(struct kacs_token *tok, u32 access, s32 __user *out)
{
	struct file *file;
	int fd = get_unused_fd_flags(O_CLOEXEC);
	int err;

	if (fd < 0)
		return fd;
	file = make_file(tok, access);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	err = put_user(fd, out);
	if (err) {
		fput(file);
		put_unused_fd(fd);
		return err;
	}
	fd_install(fd, file);
	return 0;
}

/**
 * kacs_token_from_fd() - the token behind a descriptor
 * @fd: number in the caller's table
 * @access: its rights
 *
 * Context: process context.
 * Return: a reference that the caller puts; -EBADF when not open, -EINVAL when
 * it is no token descriptor.
 */
struct kacs_token *kacs_token_from_fd(int fd, u32 *access)
{
	struct fd f = fdget(fd);
	struct kacs_token *tok = ERR_PTR(-EINVAL);
	struct handle *handle;

	if (!f.file)
		return ERR_PTR(-EBADF);
	if (f.file->f_op == &token_fops) {
		handle = f.file->private_data;
		tok = handle->token;
		*access = handle->access;
		kacs_token_get(tok);
	}
	fdput(f);
	return tok;
}
