/* SPDX-License-Identifier: MIT */
/* Loading and unloading /pkm.ko from a test, and what the kernel log says. */
#ifndef GUEST_MODULE_H
#define GUEST_MODULE_H

#include <fcntl.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((unused)) static int load(const char *params)
{
	int fd = open("/pkm.ko", O_RDONLY | O_CLOEXEC);
	int ret = syscall(SYS_finit_module, fd, params, 0);

	close(fd);
	return ret;
}

__attribute__((unused)) static int unload(void)
{
	return syscall(SYS_delete_module, "pkm", O_NONBLOCK);
}

/* Does the kernel log hold @text? */
__attribute__((unused)) static int log_says(const char *text)
{
	static char log[1 << 18];
	int len = klogctl(3, log, sizeof(log) - 1);

	log[len < 0 ? 0 : len] = '\0';
	return strstr(log, text) != NULL;
}

__attribute__((unused)) static void clear_log(void)
{
	klogctl(5, NULL, 0);
}

#endif
