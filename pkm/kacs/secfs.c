// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/security/kacs: a look at one's own token, at the logon sessions
 * (KACS-TOK-141, KACS-TOK-142) and at how many objects there are.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

#define FILE_READ_DATA 0x1

static struct dentry *folder, *self_node, *sessions_node, *objects_node;

/* Of sessions and objects: O:SY D:(A;;FILE_READ_DATA;;;BA)(A;;FILE_READ_DATA;;;SY) */
static struct kacs_blob *sessions_sd;

/* --- self --------------------------------------------------------------------------- */

static int self_open(struct inode *inode, struct file *file)
{
	file->private_data = kacs_effective_token_get();
	return file->private_data ? 0 : -EACCES;
}

static long self_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd == KACS_IOC_QUERY)
		return kacs_ioc_query(file->private_data, (void __user *)arg);
	return _IOC_TYPE(cmd) == KACS_IOC_MAGIC ? -EACCES : -ENOTTY;
}

static int self_release(struct inode *inode, struct file *file)
{
	kacs_token_put(file->private_data);
	return 0;
}

static const struct file_operations self_fops = {
	.owner = THIS_MODULE,
	.open = self_open,
	.unlocked_ioctl = self_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = self_release,
	.llseek = noop_llseek,
};

/* --- sessions ------------------------------------------------------------------------- */

/**
 * kacs_sessions_readable() - may a token read about sessions that are not its own
 * @tok: the token
 *
 * Context: process context. May sleep.
 * Return: true when it may.
 */
bool kacs_sessions_readable(struct kacs_token *tok)
{
	u32 granted;

	return !kacs_check(tok, sessions_sd->data, sessions_sd->len, FILE_READ_DATA, &kacs_map_file,
			   "logon-sessions", &granted);
}

static void print_hex(struct seq_file *seq, const u8 *bytes, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		seq_printf(seq, "%02x", bytes[i]);
}

/* A position is an id: each step finds the next one anew, and no lock is held while printing. */
static void *sessions_start(struct seq_file *seq, loff_t *pos)
{
	struct kacs_session *session = kacs_session_from_get(*pos);

	if (session)
		*pos = session->id;
	return session;
}

static void *sessions_next(struct seq_file *seq, void *v, loff_t *pos)
{
	kacs_session_put(v);
	++*pos;
	return sessions_start(seq, pos);
}

static void sessions_stop(struct seq_file *seq, void *v)
{
	if (v)
		kacs_session_put(v);
}

static int sessions_show(struct seq_file *seq, void *v)
{
	struct kacs_session *session = v;

	seq_printf(seq, "session_id=%llu user_sid=", session->id);
	print_hex(seq, session->user, session->user_len);
	seq_printf(seq, " logon_type=%u auth_package=", session->logon_type);
	print_hex(seq, session->package, session->package_len);
	seq_printf(seq, " created_at=%llu dead=%d\n", session->created_at, kacs_session_is_dead(session));
	return 0;
}

static const struct seq_operations sessions_ops = {
	.start = sessions_start,
	.next = sessions_next,
	.stop = sessions_stop,
	.show = sessions_show,
};

static bool caller_may_read(void)
{
	struct kacs_token *tok = kacs_effective_token_get();
	bool may = tok && kacs_sessions_readable(tok);

	if (tok)
		kacs_token_put(tok);
	return may;
}

static int sessions_open(struct inode *inode, struct file *file)
{
	return caller_may_read() ? seq_open(file, &sessions_ops) : -EACCES;
}

static const struct file_operations sessions_fops = {
	.owner = THIS_MODULE,
	.open = sessions_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release,
};

/* --- objects -------------------------------------------------------------------------- */

DEFINE_PER_CPU(long[KACS_KINDS], kacs_objects);

/* What was made on one CPU may have been freed on another: only the sums mean something. */
static int objects_show(struct seq_file *seq, void *v)
{
	static const char *const names[KACS_KINDS] = {
		[KACS_TOKENS] = "tokens",           [KACS_SUBJECTS] = "subjects",
		[KACS_SESSIONS] = "sessions",       [KACS_PROCESSES] = "processes",
		[KACS_DESCRIPTORS] = "descriptors",
	};
	int kind, cpu;
	long sum;

	for (kind = 0; kind < KACS_KINDS; kind++) {
		sum = 0;
		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu(kacs_objects, cpu)[kind]);
		seq_printf(seq, "%s=%ld\n", names[kind], sum);
	}
	return 0;
}

static int objects_open(struct inode *inode, struct file *file)
{
	return caller_may_read() ? single_open(file, objects_show, NULL) : -EACCES;
}

static const struct file_operations objects_fops = {
	.owner = THIS_MODULE,
	.open = objects_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

static struct kacs_blob *__init make_sessions_sd(void)
{
	u8 bytes[8 + 2 * (8 + 16)];
	struct kacs_sd_parts parts = { .owner = kacs_sid_system, .dacl = bytes };
	struct kacs_blob *blob;
	struct pkm_writer w;

	pkm_writer_init(&w, bytes, sizeof(bytes));
	kacs_acl_begin(&w, 2);
	kacs_ace_write(&w, KACS_ACE_ALLOWED, 0, FILE_READ_DATA, kacs_sid_administrators);
	kacs_ace_write(&w, KACS_ACE_ALLOWED, 0, FILE_READ_DATA, kacs_sid_system);
	kacs_acl_end(&w, 0, 2);
	parts.dacl_len = w.len;
	pkm_writer_init(&w, NULL, 0);
	kacs_sd_write(&parts, &w);
	blob = kacs_blob_alloc(w.len, GFP_KERNEL);
	if (!blob)
		return NULL;
	pkm_writer_init(&w, blob->data, blob->len);
	kacs_sd_write(&parts, &w);
	return blob;
}

/**
 * kacs_secfs_init() - publish the nodes
 *
 * Context: module init.
 * Return: 0 or a negative errno.
 */
int __init kacs_secfs_init(void)
{
	int err;

	sessions_sd = make_sessions_sd();
	if (!sessions_sd)
		return -ENOMEM;
	folder = securityfs_create_dir("kacs", NULL);
	err = PTR_ERR_OR_ZERO(folder);
	if (err)
		goto put_sd;
	self_node = securityfs_create_file("self", 0444, folder, NULL, &self_fops);
	err = PTR_ERR_OR_ZERO(self_node);
	if (err)
		goto remove_folder;
	sessions_node = securityfs_create_file("sessions", 0444, folder, NULL, &sessions_fops);
	err = PTR_ERR_OR_ZERO(sessions_node);
	if (err)
		goto remove_self;
	objects_node = securityfs_create_file("objects", 0444, folder, NULL, &objects_fops);
	err = PTR_ERR_OR_ZERO(objects_node);
	if (err)
		goto remove_sessions;
	return 0;

remove_sessions:
	securityfs_remove(sessions_node);
remove_self:
	securityfs_remove(self_node);
remove_folder:
	securityfs_remove(folder);
put_sd:
	kacs_blob_put(sessions_sd);
	return err;
}

/**
 * kacs_secfs_exit() - withdraw the nodes
 *
 * Context: module init or exit.
 */
void kacs_secfs_exit(void)
{
	securityfs_remove(objects_node);
	securityfs_remove(sessions_node);
	securityfs_remove(self_node);
	securityfs_remove(folder);
	kacs_blob_put(sessions_sd);
}
