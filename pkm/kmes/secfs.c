// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/security/kmes/rings: one line of counters per CPU. What was
 * dropped never reached a ring and no consumer can count it (KMES-139).
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <pkm/kacs.h>

#include "internal.h"

static struct dentry *folder, *rings_node;

static int rings_show(struct seq_file *seq, void *v)
{
	struct kmes_stats s;
	u32 i;

	for (i = 0; i < kmes_cpu_count(); i++) {
		kmes_stats_fill(i, &s);
		seq_printf(seq,
			   "cpu=%u generation=%llu capacity=%llu write_pos=%llu tail_pos=%llu sequence=%llu "
			   "dropped=%llu overwritten=%llu attached=%u\n",
			   s.cpu_id, s.generation, s.capacity, s.write_pos, s.tail_pos, s.sequence, s.dropped,
			   s.overwritten, s.attached);
	}
	return 0;
}

/* Who may attach may look. */
static int rings_open(struct inode *inode, struct file *file)
{
	int err = kacs_require_privilege(KACS_PRIV_SECURITY);

	return err ?: single_open(file, rings_show, NULL);
}

static const struct file_operations rings_fops = {
	.owner = THIS_MODULE,
	.open = rings_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * kmes_secfs_init() - publish the counters
 *
 * Context: module init.
 * Return: 0 or a negative errno.
 */
int kmes_secfs_init(void)
{
	folder = securityfs_create_dir("kmes", NULL);
	if (IS_ERR(folder))
		return PTR_ERR(folder);
	rings_node = securityfs_create_file("rings", 0444, folder, NULL, &rings_fops);
	if (IS_ERR(rings_node)) {
		securityfs_remove(folder);
		return PTR_ERR(rings_node);
	}
	return 0;
}

/**
 * kmes_secfs_exit() - withdraw the counters
 *
 * Context: module init or exit.
 */
void kmes_secfs_exit(void)
{
	securityfs_remove(rings_node);
	securityfs_remove(folder);
}
