// SPDX-License-Identifier: MIT
/*
 * Central policy specifications.
 */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct kacs_policy_rule rules[KACS_POLICY_RULES_MAX];
	u8 *copy = exact_copy(data, size);
	struct kacs_policy policy;
	u32 i;

	if (!kacs_policy_parse(&policy, rules, KACS_POLICY_RULES_MAX, copy, size)) {
		HOLDS((int)policy.count == kacs_policy_rules(copy, size));
		for (i = 0; i < policy.count; i++) {
			HOLDS(rules[i].dacl.data);
			HOLDS(!rules[i].applies_to == !rules[i].applies_to_len);
		}
	}
	free(copy);
	return 0;
}
