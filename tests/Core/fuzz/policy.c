// SPDX-License-Identifier: MIT
/*
 * Central policy specifications. The format leaves no choice, so an accepted
 * one is rebuilt from its rules to the same bytes.
 */
#include "fuzz.h"

static void put_section(struct pkm_writer *w, const u8 *data, u32 len)
{
	pkm_writer_le32(w, data ? len : 0);
	if (data)
		pkm_writer_bytes(w, data, len);
}

static void rebuild(const struct kacs_policy *policy, const u8 *bytes, size_t size)
{
	const struct kacs_policy_rule *rule;
	u8 *out = malloc(size);
	struct pkm_writer w;

	HOLDS(out);
	pkm_writer_init(&w, out, size);
	pkm_writer_u8(&w, 1);
	pkm_writer_le32(&w, policy->count);
	for (rule = policy->rules; rule < policy->rules + policy->count; rule++) {
		put_section(&w, rule->applies_to, rule->applies_to_len);
		put_section(&w, rule->dacl.data, rule->dacl.len);
		put_section(&w, rule->sacl.data, rule->sacl.len);
		put_section(&w, rule->staged_dacl.data, rule->staged_dacl.len);
		put_section(&w, rule->staged_sacl.data, rule->staged_sacl.len);
	}
	HOLDS(pkm_writer_ok(&w) && w.len == size && !memcmp(out, bytes, size));
	free(out);
}

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
		rebuild(&policy, copy, size);
	}
	free(copy);
	return 0;
}
