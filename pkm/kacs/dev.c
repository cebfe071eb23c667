// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kacs: the door to identity and access checks. Each command has one
 * handler, which copies its argument once and owns every errno it returns.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

static long ioc_abi_version(void __user *arg)
{
	return put_user((u32)KACS_ABI_VERSION, (u32 __user *)arg);
}

static long ioc_get_state(void __user *arg)
{
	struct kacs_state state = { .abi_version = KACS_ABI_VERSION, .mode = pkm_mode() };

	state.state = pkm_lsm_state(&state.hooks);
	return copy_to_user(arg, &state, sizeof(state)) ? -EFAULT : 0;
}

static long ioc_arm(void __user *arg)
{
	return kacs_require_privilege(KACS_PRIV_TCB) ?: pkm_lsm_arm();
}

static long ioc_revert(void __user *arg)
{
	return kacs_ioc_revert();
}

struct command {
	unsigned int cmd;
	long (*run)(void __user *arg);
};

/* By number, so that a look-up is an index. */
#define COMMAND(name, run) [_IOC_NR(KACS_IOC_##name) - 0x20] = { KACS_IOC_##name, run }
static const struct command commands[] = {
	COMMAND(ABI_VERSION, ioc_abi_version),
	COMMAND(OPEN_SELF_TOKEN, kacs_ioc_open_self_token),
	COMMAND(OPEN_PROCESS_TOKEN, kacs_ioc_open_process_token),
	COMMAND(OPEN_THREAD_TOKEN, kacs_ioc_open_thread_token),
	COMMAND(OPEN_PEER_TOKEN, kacs_ioc_open_peer_token),
	COMMAND(CREATE_TOKEN, kacs_ioc_create_token),
	COMMAND(CREATE_LOGON_SESSION, kacs_ioc_create_logon_session),
	COMMAND(DESTROY_EMPTY_LOGON_SESSION, kacs_ioc_destroy_empty_logon_session),
	COMMAND(INVALIDATE_LOGON_SESSION, kacs_ioc_invalidate_logon_session),
	COMMAND(IMPERSONATE_PEER, kacs_ioc_impersonate_peer),
	COMMAND(REVERT, ioc_revert),
	COMMAND(SET_IMPERSONATION_LEVEL, kacs_ioc_set_impersonation_level),
	COMMAND(PRIVILEGE_CHECK, kacs_ioc_privilege_check),
	COMMAND(SET_PSB, kacs_ioc_set_psb),
	COMMAND(SET_ANONYMOUS_POLICY, kacs_ioc_set_anonymous_policy),
	COMMAND(ARM, ioc_arm),
	COMMAND(ACCESS_CHECK, kacs_ioc_access_check),
	COMMAND(ACCESS_CHECK_LIST, kacs_ioc_access_check_list),
	COMMAND(EXPLAIN, kacs_ioc_explain),
	COMMAND(SET_CAAP, kacs_ioc_set_caap),
	COMMAND(INSPECT_TOKEN, kacs_ioc_inspect_token),
	COMMAND(GET_LOGON_SESSION, kacs_ioc_get_logon_session),
	COMMAND(GET_SD, kacs_ioc_get_sd),
	COMMAND(SET_SD, kacs_ioc_set_sd),
	COMMAND(GET_STATE, ioc_get_state),
};
#undef COMMAND

static long kacs_dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	unsigned int index = _IOC_NR(cmd) - 0x20;

	if (index >= ARRAY_SIZE(commands))
		return -ENOTTY;
	index = array_index_nospec(index, ARRAY_SIZE(commands));
	if (commands[index].cmd != cmd)
		return -ENOTTY;
	return commands[index].run((void __user *)arg);
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
int __init kacs_dev_init(void)
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
