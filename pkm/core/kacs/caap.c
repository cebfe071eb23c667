// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Central access policies: rules kept apart from the objects they govern, that
 * can only take away (KACS-AC-120 to KACS-AC-155).
 */
#include "private.h"

/* KACS-AC-121: Administrators, SYSTEM and OWNER RIGHTS get GENERIC_ALL. */
/* clang-format off */
static const u8 recovery_dacl[72] = {
	2, 0, 72, 0, 3, 0, 0, 0,
	0, 0, 24, 0, 0, 0, 0, 0x10, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
	0, 0, 20, 0, 0, 0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	0, 0, 20, 0, 0, 0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0,
};
/* clang-format on */

static const struct kacs_policy_rule recovery_rule = {
	.dacl = {
		.data = recovery_dacl,
		.len = sizeof(recovery_dacl),
		.count = 3,
		.facts = KACS_ACL_OWNER_RIGHTS,
	},
};

static const struct kacs_policy recovery_policy = { .rules = &recovery_rule, .count = 1 };

/* An ACL section; exactly as long as its AclSize says, or absent. */
static int read_acl(struct pkm_cursor *c, struct kacs_acl *acl)
{
	u32 len = pkm_cursor_le32(c);
	const u8 *p = pkm_cursor_bytes(c, len);

	memset(acl, 0, sizeof(*acl));
	if (!pkm_cursor_ok(c) || len > U16_MAX)
		return -EINVAL;
	if (len && (kacs_acl_parse(acl, p, len) || acl->len != len))
		return -EINVAL;
	return 0;
}

static int read_rule(struct pkm_cursor *c, struct kacs_policy_rule *rule)
{
	rule->applies_to_len = pkm_cursor_le32(c);
	rule->applies_to = pkm_cursor_bytes(c, rule->applies_to_len);
	if (!pkm_cursor_ok(c) || rule->applies_to_len > KACS_POLICY_COND_MAX)
		return -EINVAL;
	if (!rule->applies_to_len)
		rule->applies_to = NULL;
	else if (!kacs_cond_valid(rule->applies_to, rule->applies_to_len))
		return -EINVAL;
	if (read_acl(c, &rule->dacl) || read_acl(c, &rule->sacl) || read_acl(c, &rule->staged_dacl) ||
	    read_acl(c, &rule->staged_sacl))
		return -EINVAL;
	return rule->dacl.data ? 0 : -EINVAL;
}

/**
 * kacs_policy_rules() - how many rules a specification announces
 * @spec: bytes
 * @len: how many
 *
 * Context: Any. For the caller that has to find room before parsing.
 * Return: 0 to 256, or -EINVAL.
 */
int kacs_policy_rules(const void *spec, u32 len)
{
	const u8 *p = spec;
	u32 count;

	if (len < 5 || len > KACS_POLICY_SPEC_MAX || p[0] != 1)
		return -EINVAL;
	count = pkm_get_le32(p + 1);
	return count <= KACS_POLICY_RULES_MAX ? (int)count : -EINVAL;
}

/**
 * kacs_policy_parse() - validate a policy specification
 * @policy: filled on success; refers to @rules
 * @rules: filled; refer to @spec
 * @room: places at @rules
 * @spec: bytes
 * @len: how many
 *
 * Context: Any. KACS-AC-146 to KACS-AC-153.
 * Return: 0, or -EINVAL.
 */
int kacs_policy_parse(struct kacs_policy *policy, struct kacs_policy_rule *rules, u32 room, const void *spec,
		      u32 len)
{
	int count = kacs_policy_rules(spec, len), i;
	struct pkm_cursor c;

	if (count < 0 || (u32)count > room)
		return -EINVAL;
	pkm_cursor_init(&c, spec, len);
	pkm_cursor_bytes(&c, 5);
	for (i = 0; i < count; i++)
		if (read_rule(&c, &rules[i]))
			return -EINVAL;
	if (!pkm_cursor_done(&c))
		return -EINVAL;
	policy->rules = rules;
	policy->count = count;
	return 0;
}

static bool live_policy(const u8 *ace)
{
	return ace[0] == KACS_ACE_SCOPED_POLICY && !(ace[1] & KACS_ACE_INHERIT_ONLY);
}

/*
 * Was this policy named by an earlier ACE? Its rules only ever take away, so
 * a second run changes nothing and a list of three thousand equal names must
 * not cost three thousand runs.
 */
static bool seen_before(const struct kacs_acl *sacl, const u8 *ace)
{
	const u8 *p = sacl->data + KACS_ACL_HEADER;

	for (; p < ace; p += pkm_get_le16(p + 2))
		if (live_policy(p) && sid_equal(p + 8, ace + 8))
			return true;
	return false;
}

static const struct kacs_policy *find_policy(const struct check *ck, const u8 *sid)
{
	const struct kacs_request *req = ck->req;
	const struct kacs_policy *found = NULL;

	if (req->find_policy)
		found = req->find_policy(req->find_ctx, sid, kacs_sid_len(sid));
	return found ? found : &recovery_policy;
}

/* Advance to the next policy of the object, KACS-AC-070, KACS-AC-120. */
static bool next_policy(struct check *ck, struct caap_iter *it)
{
	const struct kacs_acl *sacl = &ck->sd->sacl;
	const u8 *ace;

	if (!it->pos)
		it->pos = KACS_ACL_HEADER;
	while (it->pos < sacl->len) {
		ace = sacl->data + it->pos;
		it->pos += pkm_get_le16(ace + 2);
		if (!live_policy(ace))
			continue;
		it->index = it->next_index++;
		it->policy = find_policy(ck, ace + 8);
		it->rule = 0;
		if (it->policy != &recovery_policy) {
			if (!seen_before(sacl, ace))
				return true;
		} else if (!it->recovered) {
			/* It does not matter either how many policies are unknown. */
			it->recovered = true;
			return true;
		}
	}
	it->policy = NULL;
	return false;
}

static bool applies(struct check *ck, const struct kacs_policy_rule *rule)
{
	/* KACS-AC-122, KACS-AC-123. */
	return !rule->applies_to || kacs_cond_eval(&ck->cond, NULL, VIEW_DENY, rule->applies_to,
						   rule->applies_to_len) == COND_TRUE;
}

/**
 * kacs_caap_next() - the next rule that applies
 * @ck: check
 * @it: iterator, zeroed to start; says which policy and rule it was
 *
 * Context: Any.
 * Return: the rule, whose number is @it->rule - 1, or NULL.
 */
const struct kacs_policy_rule *kacs_caap_next(struct check *ck, struct caap_iter *it)
{
	const struct kacs_policy_rule *rule;

	for (;;) {
		while (it->policy && it->rule < it->policy->count) {
			rule = &it->policy->rules[it->rule++];
			if (applies(ck, rule))
				return rule;
		}
		if (!next_policy(ck, it))
			return NULL;
	}
}

/* From the first rule on that has something staged, both totals are kept. */
static void stage(struct check *ck, const struct kacs_policy_rule *rule, const struct unit_seed *seed)
{
	struct nodes run = { .granted = ck->rule, .decided = ck->final.decided };
	u32 i;

	if (rule->staged_sacl.data)
		ck->staged_sacls = true;
	if (!rule->staged_dacl.data)
		return;
	if (!ck->staging)
		memcpy(ck->staged, ck->final.granted, ck->count * sizeof(u32));
	ck->staging = true;
	kacs_unit_run(ck, &rule->staged_dacl, seed, &run, NULL);
	for (i = 0; i < ck->count; i++)
		ck->staged[i] &= run.granted[i];
}

/**
 * kacs_caap_apply() - step 13: AND the object's masks with every rule's
 * @ck: check after step 12
 *
 * A rule is the object's descriptor with another DACL, evaluated by steps 4 to
 * 12 without intents. Nothing in it can fail: its ACLs were validated when it
 * was installed.
 *
 * Context: Any. KACS-AC-120 to KACS-AC-128, KACS-AC-135, KACS-AC-136.
 */
void kacs_caap_apply(struct check *ck)
{
	struct nodes run = { .granted = ck->rule, .decided = ck->final.decided };
	const struct kacs_policy_rule *rule;
	struct caap_iter it = { 0 };
	struct unit_seed seed;
	u32 before, i;

	kacs_privs_seed(ck, 0, &seed, NULL);
	kacs_prescan(ck, &seed, NULL);
	while ((rule = kacs_caap_next(ck, &it))) {
		stage(ck, rule, &seed);
		kacs_unit_run(ck, &rule->dacl, &seed, &run, NULL);
		before = ck->final.granted[0];
		for (i = 0; i < ck->count; i++) {
			if (ck->staging && !rule->staged_dacl.data)
				ck->staged[i] &= ck->rule[i];
			ck->final.granted[i] &= ck->rule[i];
		}
		trace_add(&ck->log, before & ~ck->final.granted[0], KACS_STEP_CENTRAL_POLICY, it.index,
			  it.rule - 1);
		if (rule->sacl.data)
			ck->policy_sacls = true;
	}
}
