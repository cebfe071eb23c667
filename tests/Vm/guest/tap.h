/* SPDX-License-Identifier: MIT */
/*
 * The few lines of TAP that guest tests need. A test is one check with a name;
 * plan() last, its value is the exit status.
 *
 *	int main(void)
 *	{
 *		ok(open("/dev/kacs", O_RDWR) >= 0, "Open_Root_Works");
 *		fails(ioctl(fd, X, NULL), EFAULT, "X_NullArgument_Efault");
 *		return plan();
 *	}
 */
#ifndef TAP_H
#define TAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int tap_run, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static int ok(int passed, const char *format, ...)
{
	va_list args;

	tap_run++;
	tap_failed += !passed;
	printf("%sok %d - ", passed ? "" : "not ", tap_run);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	return passed;
}

/* Passes when a system call failed with the errno @want. */
__attribute__((unused)) static int fails(long result, int want, const char *name)
{
	int got = result < 0 ? errno : 0;

	if (ok(got == want, "%s", name))
		return 1;
	printf("# result %ld, errno %d (%s), wanted %d (%s)\n", result, got, strerror(got), want,
	       strerror(want));
	return 0;
}

/* Passes when a system call did not fail. */
__attribute__((unused)) static int works(long result, const char *name)
{
	int got = errno;

	if (ok(result >= 0, "%s", name))
		return 1;
	printf("# errno %d (%s)\n", got, strerror(got));
	return 0;
}

__attribute__((unused)) static int plan(void)
{
	printf("1..%d\n", tap_run);
	if (tap_failed)
		printf("# %d of %d failed\n", tap_failed, tap_run);
	fflush(stdout);
	return tap_failed != 0;
}

#endif
