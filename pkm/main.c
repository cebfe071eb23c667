// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peios kernel module: the order in which its parts come up, and the same
 * order backwards. Loading in mode=off changes nothing for other programs.
 */
#include <linux/module.h>
#include <linux/string.h>

#include <pkm/kacs.h>
#include <pkm/kmes.h>
#include <pkm/lcs.h>
#include <pkm/lsm.h>
#include <pkm/module.h>

#include "ksyms.h"

static const char *const mode_names[] = {
	[PKM_MODE_OFF] = "off",
	[PKM_MODE_AUDIT] = "audit",
	[PKM_MODE_ENFORCE] = "enforce",
};

/* Read-only: a writable parameter would be a way to disarm (HAZ-020). */
static char *mode = "off";
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode, "off (default): devices only; audit: record what would be denied; enforce");

static enum pkm_mode loaded_mode;

/**
 * pkm_mode() - the mode the module was loaded in
 *
 * Context: any.
 * Return: the mode, constant since load.
 */
enum pkm_mode pkm_mode(void)
{
	return loaded_mode;
}

/**
 * pkm_node_mode() - permissions of device nodes that every program may open
 *
 * Context: any.
 * Return: 0600 in mode=off, where callers have no tokens; else 0666.
 */
umode_t pkm_node_mode(void)
{
	return loaded_mode == PKM_MODE_OFF ? 0600 : 0666;
}

static int __init pkm_init(void)
{
	int err = match_string(mode_names, ARRAY_SIZE(mode_names), mode);

	if (err < 0) {
		pr_err("unknown mode=%s: use off, audit or enforce\n", mode);
		return -EINVAL;
	}
	loaded_mode = err;

	if (loaded_mode != PKM_MODE_OFF) {
		err = pkm_ksyms_init();
		if (err)
			return err;
	}

	/* First: the others record what they do from their own start on. */
	err = kmes_init();
	if (err)
		return err;

	err = kacs_init();
	if (err)
		goto exit_kmes;

	err = lcs_init();
	if (err)
		goto exit_kacs;

	/* Only now: the registry is what configures it. */
	kmes_config_init();

	/* Last: attaching hooks cannot be undone. */
	err = pkm_lsm_init();
	if (err)
		goto exit_config;

	pr_info("loaded, mode=%s\n", mode_names[loaded_mode]);
	return 0;

exit_config:
	kmes_config_exit();
	lcs_exit();
exit_kacs:
	kacs_exit();
exit_kmes:
	kmes_exit();
	return err;
}

/* Only mode=off gets here: with hooks attached the module holds itself. */
static void __exit pkm_exit(void)
{
	kmes_config_exit();
	lcs_exit();
	kacs_exit();
	kmes_exit();
}

module_init(pkm_init);
module_exit(pkm_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Peios: access control, events, registry");
