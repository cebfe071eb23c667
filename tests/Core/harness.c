// SPDX-License-Identifier: MIT
/*
 * Runs the tests that registered themselves: all, or those whose name holds
 * the first argument, in any case (as xunit's filter does). Ends with
 * "N passed, N failed".
 */
#define _GNU_SOURCE
#include "harness.h"

#include <stdarg.h>
#include <stdlib.h>

static struct test *tests;
static int failures;
static const char *not_run;

void test_register(struct test *test)
{
	test->next = tests;
	tests = test;
}

void test_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	failures++;
	printf("  %s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

bool test_failing(void)
{
	return failures;
}

void test_not_run(const char *why)
{
	not_run = why;
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct test *const *)a)->name, (*(struct test *const *)b)->name);
}

int main(int argc, char **argv)
{
	int count = 0, passed = 0, failed = 0, skipped = 0, i;
	struct test **sorted, *t;

	for (t = tests; t; t = t->next)
		count++;
	sorted = calloc(count + 1, sizeof(struct test *));
	if (!sorted)
		return 1;
	for (i = 0, t = tests; t; t = t->next)
		sorted[i++] = t;
	setvbuf(stdout, NULL, _IOLBF, 0); /* what was said before a crash is not lost */
	qsort(sorted, count, sizeof(struct test *), by_name);
	for (i = 0; i < count; i++) {
		if (argc > 1 && !strcasestr(sorted[i]->name, argv[1]))
			continue;
		failures = 0;
		not_run = NULL;
		sorted[i]->run();
		if (not_run && !failures) {
			printf("%s not run: %s\n", sorted[i]->name, not_run);
			skipped++;
			continue;
		}
		printf("%s %s\n", failures ? "not ok" : "ok", sorted[i]->name);
		*(failures ? &failed : &passed) += 1;
	}
	free(sorted);
	printf("%d passed, %d failed\n", passed, failed);
	return failed || (!passed && !skipped);
}
