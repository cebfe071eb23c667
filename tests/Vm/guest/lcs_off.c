// SPDX-License-Identifier: MIT
/*
 * The registry on a developer's box: works with mode=off, holds the module
 * while something is open, and leaves nothing behind.
 *
 * ktest: -p mode=off -c 1
 */
#include <sys/syscall.h>

#include "lcs_source.h"
#include "tap.h"

static struct source machine;

static int unload(void)
{
	return syscall(SYS_delete_module, "pkm", O_NONBLOCK);
}

int main(void)
{
	struct reg_create_key_args c = { -1, KEY_ALL_ACCESS, (uintptr_t) "Machine\\A", 0, 0, 0 };
	struct reg_set_value_args s = {
		.name_len = 1, .name_ptr = (uintptr_t) "v", .type = REG_SZ, .txn_fd = -1
	};
	struct reg_notify_args n = { REG_NOTIFY_ALL, 1, { 0 } };
	struct reg_delete_key_args d = { .txn_fd = -1 };
	int dev = open("/dev/registry", O_RDWR | O_CLOEXEC), key, err = 0;

	works(dev, "Off_Device_Opens");
	works(source_start(&machine, "Machine"), "Off_Source_Registers");
	key = ioctl(dev, REG_CREATE_KEY, &c);
	works(key, "Off_Key_IsCreated");
	works(ioctl(key, REG_IOC_NOTIFY, &n), "Off_Watch_IsArmed");
	for (int i = 0; i < 300; i++)
		err |= ioctl(key, REG_IOC_SET_VALUE, &s);
	ok(!err, "Off_Values_AreSet");
	works(ioctl(key, REG_IOC_DELETE_KEY, &d), "Off_Key_IsDeleted");
	close(dev);
	fails(unload(), EWOULDBLOCK, "Off_KeyOpen_HoldsTheModule");
	close(key);
	close(machine.fd);
	pthread_join(machine.thread, NULL);
	/* The records in flight and the events of the watch went with their descriptors. */
	for (int i = 0; i < 100 && (err = unload()); i++)
		usleep(10000);
	ok(!err, "Off_AllClosed_Unloads");
	ok(access("/dev/registry", F_OK), "Off_Unloaded_NodesAreGone");
	return plan();
}
