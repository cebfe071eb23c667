/* SPDX-License-Identifier: MIT */
/*
 * A test is a function that registers itself:
 *
 *	TEST(Cursor_PastEnd_ReadsZeros)
 *	{
 *		...
 *		EXPECT_EQ(pkm_cursor_u8(&c), 0);
 *	}
 *
 * A failed expectation is printed with its place; the test goes on and counts
 * as failed. Rules are cited in a comment above the test: KMES-012.
 */
#ifndef _TESTS_CORE_HARNESS_H
#define _TESTS_CORE_HARNESS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

void test_register(struct test *test);
void test_fail(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool test_failing(void);
/* The running test cannot run here: it then counts neither as passed nor as failed. */
void test_not_run(const char *why);

#define TEST(name)                                                     \
	static void name(void);                                        \
	static struct test test_##name = { #name, name, NULL };        \
	__attribute__((constructor)) static void register_##name(void) \
	{                                                              \
		test_register(&test_##name);                           \
	}                                                              \
	static void name(void)

#define EXPECT(condition)                                                \
	do {                                                             \
		if (!(condition))                                        \
			test_fail(__FILE__, __LINE__, "%s", #condition); \
	} while (0)

#define EXPECT_EQ(actual, expected)                                                                          \
	do {                                                                                                 \
		long long _a = (long long)(actual), _e = (long long)(expected);                              \
		if (_a != _e)                                                                                \
			test_fail(__FILE__, __LINE__, "%s is %lld (0x%llx), not %lld (0x%llx)", #actual, _a, \
				  (unsigned long long)_a, _e, (unsigned long long)_e);                       \
	} while (0)

#define EXPECT_BYTES(actual, expected, len)                                   \
	do {                                                                  \
		if (memcmp(actual, expected, len))                            \
			test_fail(__FILE__, __LINE__, "%s differs", #actual); \
	} while (0)

#endif
