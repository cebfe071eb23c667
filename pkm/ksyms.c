// SPDX-License-Identifier: GPL-2.0-only
/*
 * The closed list of unexported kernel symbols that the hook mechanism needs.
 *
 * A disabled kprobe yields a function's address; the one data symbol is found
 * through kallsyms_lookup_name(), whose own address comes the same way. Only
 * mode=audit and mode=enforce resolve them. docs/kernel/hooks.md lists why
 * each is needed.
 */
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>

#include "ksyms.h"

struct pkm_ksyms pkm_ksyms __ro_after_init;

static unsigned long __init function_address(const char *name)
{
	struct kprobe probe = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	unsigned long address;
	int err;

	err = register_kprobe(&probe);
	if (err) {
		pr_err("kernel function %s not found (%d): is this a 6.1 kernel with CONFIG_KPROBES?\n", name,
		       err);
		return 0;
	}
	address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	return address;
}

static int __init resolve_lsm_names(void)
{
	unsigned long (*lookup)(const char *name);
	char **names;

	lookup = (void *)function_address("kallsyms_lookup_name");
	if (!lookup)
		return -ENOENT;
	names = (char **)lookup("lsm_names");
	if (!names || !*names) {
		pr_err("kernel variable lsm_names not found\n");
		return -ENOENT;
	}
	pkm_ksyms.lsm_names = *names;
	return 0;
}

/**
 * pkm_ksyms_init() - resolve the whole list or refuse
 *
 * Context: module init, before anything is attached. May sleep.
 * Return: 0, or -ENOENT with the missing name in the log.
 */
int __init pkm_ksyms_init(void)
{
	pkm_ksyms.idle_task = (void *)function_address("idle_task");
	pkm_ksyms.pidfd_pid = (void *)function_address("pidfd_pid");
	pkm_ksyms.alloc_uid = (void *)function_address("alloc_uid");
	pkm_ksyms.set_cred_ucounts = (void *)function_address("set_cred_ucounts");
	pkm_ksyms.bpf_lsm_file_open = function_address("bpf_lsm_file_open");
	if (!pkm_ksyms.idle_task || !pkm_ksyms.pidfd_pid || !pkm_ksyms.alloc_uid ||
	    !pkm_ksyms.set_cred_ucounts || !pkm_ksyms.bpf_lsm_file_open)
		return -ENOENT;
	return resolve_lsm_names();
}
