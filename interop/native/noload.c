// SPDX-License-Identifier: MIT
/*
 * Static programs load no code at run time. The .NET runtime refers to dlopen(); the linker sends
 * those calls here (--wrap=dlopen), so that glibc's loader is not even part of the binary: it would
 * bring a second libc into PID 1 (HAZ-042).
 */
#include <stddef.h>

void *__wrap_dlopen(const char *path, int mode);

void *__wrap_dlopen(const char *path, int mode)
{
	(void)path;
	(void)mode;
	return NULL;
}
