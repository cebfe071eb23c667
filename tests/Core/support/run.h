/* SPDX-License-Identifier: MIT */
/*
 * One access check, set up from words, with everything that it said.
 */
#ifndef _TESTS_CORE_RUN_H
#define _TESTS_CORE_RUN_H

#include "build.h"

#include <string.h>

#define ALL_PRIVS U64_MAX
#define EVENTS    64

struct run {
	struct prepared who;
	struct kacs_request req;
	struct kacs_result res;
	struct kacs_audit_event audits[EVENTS];
	u32 denied[EVENTS][KACS_STEP_COUNT];
	struct kacs_privilege_event privileges[EVENTS];
	struct kacs_policy_event policies[EVENTS];
	u32 audit_count, privilege_count, policy_count;
	int sink_error;
	int policy_error;
	u8 sd[8192];
	u32 sd_len;
	struct kacs_trace_entry trace[KACS_TRACE_ENTRIES];
	struct kacs_node_result results[KACS_TREE_MAX];
	struct kacs_object_type_entry tree[KACS_TREE_MAX];
	u8 scratch[65536] __attribute__((aligned(8)));
};

extern struct run r;
extern const struct token plain;

/* Set up a check of a token against a descriptor; the test then changes r.req. */
void setup(const struct token *token, const char *sd, u32 desired);
int check(void);
/* Node @i of the tree, which then has @i + 1 nodes. */
void node(u32 i, u32 level, char name);

#endif
