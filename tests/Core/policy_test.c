// SPDX-License-Identifier: MIT
/*
 * Central policies: rules, recovery, their SACLs, staging, hostile specs.
 */
#include "harness.h"
#include "support/run.h"

static struct kacs_policy policies[2];
static struct kacs_policy_rule rules[2][4];
static u8 specs[2][16384];

/* A rule of a policy: DACL, SACL, staged DACL and SACL as descriptors. */
struct rule_text {
	const char *condition_of; /* an XA ACE whose condition is taken, or NULL */
	const char *dacl, *sacl, *staged_dacl, *staged_sacl;
};

static void put_acl(struct pkm_writer *w, const char *text, bool dacl)
{
	u8 bytes[2048];
	struct kacs_sd sd;
	const struct kacs_acl *acl = dacl ? &sd.dacl : &sd.sacl;

	if (!text) {
		pkm_writer_le32(w, 0);
		return;
	}
	EXPECT_EQ(kacs_sd_parse(&sd, bytes, sddl(text, bytes, sizeof(bytes))), 0);
	pkm_writer_le32(w, acl->len);
	pkm_writer_bytes(w, acl->data, acl->len);
}

static void put_condition(struct pkm_writer *w, const char *text)
{
	u8 bytes[2048];
	struct kacs_ace ace;
	struct kacs_sd sd;
	u32 pos = 0;

	if (!text) {
		pkm_writer_le32(w, 0);
		return;
	}
	EXPECT_EQ(kacs_sd_parse(&sd, bytes, sddl(text, bytes, sizeof(bytes))), 0);
	EXPECT(kacs_acl_next(&sd.dacl, &pos, &ace) && ace.app);
	pkm_writer_le32(w, ace.app_len);
	pkm_writer_bytes(w, ace.app, ace.app_len);
}

static void install(u32 which, const struct rule_text *texts, u32 count)
{
	struct pkm_writer w;
	u32 i;

	pkm_writer_init(&w, specs[which], sizeof(specs[which]));
	pkm_writer_u8(&w, 1);
	pkm_writer_le32(&w, count);
	for (i = 0; i < count; i++) {
		put_condition(&w, texts[i].condition_of);
		put_acl(&w, texts[i].dacl, true);
		put_acl(&w, texts[i].sacl, false);
		put_acl(&w, texts[i].staged_dacl, true);
		put_acl(&w, texts[i].staged_sacl, false);
	}
	EXPECT(pkm_writer_ok(&w));
	EXPECT_EQ(kacs_policy_parse(&policies[which], rules[which], 4, specs[which], w.len), 0);
}

static const struct kacs_policy *find(void *ctx, const u8 *sid, u32 len)
{
	(void)ctx;
	EXPECT_EQ(len, kacs_sid_len(sid));
	if (kacs_sid_equal(sid, sid_named("POL", 3)))
		return &policies[0];
	return kacs_sid_equal(sid, sid_named("POL2", 4)) ? &policies[1] : NULL;
}

#define OPEN_SD "O:SYG:SYD:(A;;FA;;;U)S:(SP;;;;;POL)"

/* KACS-AC-122, KACS-AC-124, KACS-AC-127, KACS-AC-152, KACS-FMT-141 */
TEST(Policy_Rules_OnlyTakeAway)
{
	static const struct rule_text none[] = { { .dacl = "O:SYG:SYD:(A;;FA;;;WD)" } };
	static const struct rule_text two[] = {
		{ .dacl = "O:SYG:SYD:(A;;0x3;;;WD)" },
		{ .dacl = "O:SYG:SYD:(A;;0x6;;;WD)" },
	};
	static const struct rule_text skipped[] = {
		{ "O:SYG:SYD:(XA;;FR;;;WD;(@User.nope == 1))", "O:SYG:SYD:" },
	};

	setup(&plain, OPEN_SD, KACS_MAXIMUM_ALLOWED);
	r.req.find_policy = find;
	install(0, none, 1);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.granted, 0x1f01ff);
	install(0, two, 2);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.granted, 0x2);
	EXPECT_EQ(r.trace[0].step, KACS_STEP_CENTRAL_POLICY);
	EXPECT_EQ(r.trace[0].policy_index, 0);
	EXPECT_EQ(r.trace[0].rule_index, 1);
	EXPECT_EQ(r.trace[5].rule_index, 0);
	EXPECT_EQ(r.trace[1].step, KACS_STEP_DACL_ACE);
	install(0, skipped, 1);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.granted, 0x1f01ff);
	install(0, none, 0);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.granted, 0x1f01ff);
}

/* KACS-AC-070, KACS-AC-120, KACS-AC-121 */
TEST(Policy_SeveralAndUnknown_AllApply)
{
	static const struct rule_text a[] = { { .dacl = "O:SYG:SYD:(A;;0x3;;;WD)" } };
	static const struct rule_text b[] = { { .dacl = "O:SYG:SYD:(A;;0x6;;;WD)" } };

	install(0, a, 1);
	install(1, b, 1);
	setup(&plain, "O:SYG:SYD:(A;;FA;;;U)S:(SP;;;;;POL)(SP;IO;;;;V)(SP;IO;;;;CO)(SP;;;;;POL2)", 2);
	r.req.find_policy = find;
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.granted, 2);
	/* an unknown policy is the recovery policy: not for alice */
	setup(&plain, "O:SYG:SYD:(A;;FA;;;U)S:(SP;;;;;POL)(SP;;;;;V)", 2);
	r.req.find_policy = find;
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.trace[1].step, KACS_STEP_CENTRAL_POLICY);
	EXPECT_EQ(r.trace[1].policy_index, 1);
}

static u32 lookups;

static const struct kacs_policy *count_find(void *ctx, const u8 *sid, u32 len)
{
	lookups++;
	return find(ctx, sid, len);
}

/* A SACL full of policy names costs a look at each and a run of each policy. */
TEST(Policy_ThousandsOfNames_AreRunOnce)
{
	static const struct rule_text rule[] = { { .dacl = "O:SYG:SYD:(A;;FA;;;WD)",
						   .sacl = "O:SYG:SYS:(AU;SAFA;FA;;;WD)" } };
	static u8 sacl[KACS_SD_MAX], sd[KACS_SD_MAX];
	struct kacs_sd_parts parts = { .owner = sid_named("SY", 2), .sacl = sacl };
	struct pkm_writer w;
	u32 n;

	install(0, rule, 1);
	setup(&plain, "O:SYG:SYD:", 1);
	pkm_writer_init(&w, sacl, sizeof(sacl));
	kacs_acl_begin(&w, 2);
	for (n = 0; n < 3000; n++)
		kacs_ace_write(&w, KACS_ACE_SCOPED_POLICY, 0, 0,
			       sid_named(n % 2 ? "POL" : "WD", n % 2 ? 3 : 2));
	EXPECT_EQ(kacs_acl_end(&w, 0, n), 0);
	parts.sacl_len = w.len;
	pkm_writer_init(&w, sd, sizeof(sd));
	EXPECT_EQ(kacs_sd_write(&parts, &w), 0);
	r.req.find_policy = count_find;
	lookups = 0;
	EXPECT_EQ(kacs_access_check_raw(&r.req, sd, w.len, &r.res), -EACCES);
	EXPECT_EQ(r.audit_count, 1); /* KACS-AC-130: by one run */
	EXPECT_EQ(lookups, 2 * n);   /* for the decision, and for the audit */
}

/*
 * KACS-AC-046, KACS-AC-125, KACS-AC-126: labels and restricting SIDs apply in a rule as well, intents do not
 */
TEST(Policy_Rule_IsEvaluatedAsAWhole)
{
	static const struct rule_text open[] = { { .dacl = "O:SYG:SYD:(A;;FA;;;WD)" } };
	static const struct rule_text half[] = { { .dacl = "O:SYG:SYD:(A;;0x3;;;U)(A;;0x1;;;G)" } };
	struct token low = { .low = true, .privileges = KACS_PRIV_MASK(KACS_PRIV_RESTORE) };
	struct token restricted = { .restricted = "G" };

	/* Restoring writes up on the object; the rule does not know the intent and sees the label. */
	install(0, open, 1);
	setup(&low, OPEN_SD, 2);
	r.req.find_policy = find;
	r.req.intent = KACS_RESTORE_INTENT;
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.trace[1].step, KACS_STEP_CENTRAL_POLICY);
	install(0, half, 1);
	setup(&restricted, "O:SYG:SYD:(A;;FA;;;U)(A;;FA;;;G)S:(SP;;;;;POL)", KACS_MAXIMUM_ALLOWED);
	r.req.find_policy = find;
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.granted, 1);
}

/* KACS-AC-130, KACS-AC-133, KACS-AC-171: SACLs of applicable rules, after the object's */
TEST(Policy_Sacls_AuditOnce)
{
	static const struct rule_text audited[] = {
		{ .dacl = "O:SYG:SYD:(A;;FA;;;WD)",
		  .sacl = "O:SYG:SYS:(AU;SA;0x1;;;WD)(AL;;0x4;;;WD)(ML;;NR;;;HI)" },
	};
	struct token token = { .audit = 0xf, .privileges = ALL_PRIVS };

	install(0, audited, 1);
	setup(&token, "O:SYG:SYD:(A;;FA;;;U)S:(SP;;;;;POL)(SP;;;;;POL)(AU;SA;0x1;;;U)", 1);
	r.req.find_policy = find;
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.audit_count, 3); /* object, policy once, forced */
	EXPECT_EQ(r.audits[0].ace_len, 36);
	EXPECT_EQ(r.audits[1].ace_len, 20);
	EXPECT_EQ(r.res.continuous_audit, 4);
	EXPECT_EQ(r.privilege_count, 0);
}

/*
 * KACS-AC-135, KACS-AC-136, KACS-AC-137, KACS-AC-138, KACS-AC-139,
 * KACS-AC-140, KACS-AC-192
 */
TEST(Policy_Staging_ReportsDifferencesAndChangesNothing)
{
	static const struct {
		const char *why;
		struct rule_text rule;
		bool mismatch;
	} cases[] = {
		{ "same staged DACL",
		  { NULL, "O:SYG:SYD:(A;;FA;;;WD)", NULL, "O:SYG:SYD:(A;;FA;;;WD)" },
		  false },
		{ "narrower staged DACL",
		  { NULL, "O:SYG:SYD:(A;;FA;;;WD)", NULL, "O:SYG:SYD:(A;;FR;;;WD)" },
		  true },
		{ "wider staged DACL",
		  { NULL, "O:SYG:SYD:(A;;FR;;;WD)", NULL, "O:SYG:SYD:(A;;FA;;;WD)" },
		  true },
		{ "same staged SACL",
		  { NULL, "O:SYG:SYD:(A;;FA;;;WD)", "O:SYG:SYS:(AU;SA;0x1;;;WD)", NULL,
		    "O:SYG:SYS:(AU;SA;0x1;;;WD)" },
		  false },
		{ "another staged SACL",
		  { NULL, "O:SYG:SYD:(A;;FA;;;WD)", "O:SYG:SYS:(AU;SA;0x1;;;WD)", NULL,
		    "O:SYG:SYS:(AU;SA;0x1;;;U)" },
		  true },
		{ "staged SACL that is silent",
		  { NULL, "O:SYG:SYD:(A;;FA;;;WD)", NULL, NULL, "O:SYG:SYS:(AU;FA;0x1;;;WD)" },
		  false },
		{ "staged SACL like the object's",
		  { NULL, "O:SYG:SYD:(A;;FA;;;WD)", NULL, NULL, "O:SYG:SYS:(AU;SA;0x2;;;WD)" },
		  false },
		{ "staged alarm",
		  { NULL, "O:SYG:SYD:(A;;FA;;;WD)", NULL, NULL, "O:SYG:SYS:(AL;;0x8;;;WD)" },
		  true },
		{ "rule that does not apply",
		  { "O:SYG:SYD:(XA;;FR;;;WD;(@User.nope == 1))", "O:SYG:SYD:(A;;FA;;;WD)", NULL,
		    "O:SYG:SYD:" },
		  false },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		install(0, &cases[i].rule, 1);
		setup(&plain, "O:SYG:SYD:(A;;FA;;;U)S:(SP;;;;;POL)(AU;SA;0x2;;;WD)", 3);
		r.req.find_policy = find;
		check();
		if (r.res.staging_mismatch != cases[i].mismatch || r.policy_count != cases[i].mismatch)
			test_fail(__FILE__, __LINE__, "%s", cases[i].why);
		r.policy_error = -ENOMEM;
		if (r.res.staging_mismatch)
			EXPECT_EQ(check(), -ENOMEM); /* KACS-AC-193 */
	}
}

/* KACS-AC-139, KACS-AC-178: a node may differ where the root does not */
TEST(Policy_StagingWithTree_ComparesEveryNode)
{
	static const struct rule_text rule[] = {
		{ .dacl = "O:SYG:SYD:(A;;0x10;;;WD)", .staged_dacl = "O:SYG:SYD:(OA;;0x10;a;;WD)" },
	};
	static const struct rule_text same[] = {
		{ .dacl = "O:SYG:SYD:(A;;0x10;;;WD)",
		  .staged_dacl = "O:SYG:SYD:(A;;0x10;;;AU)(A;;0x10;;;WD)" },
	};

	install(0, rule, 1);
	setup(&plain, "O:SYG:SYD:(OA;;0x10;a;;U)(OA;;0x10;b;;U)S:(SP;;;;;POL)", 0x10);
	r.req.find_policy = find;
	node(0, 0, 'P');
	node(1, 1, 'a');
	node(2, 1, 'b');
	EXPECT_EQ(check(), 0);
	EXPECT(r.res.staging_mismatch);
	EXPECT(r.policies[0].nodes_differ);
	EXPECT_EQ(r.policies[0].staged & 0x10, 0);
	r.req.sink = NULL; /* nobody to tell, the caller knows it all the same */
	EXPECT_EQ(check(), 0);
	EXPECT(r.res.staging_mismatch);
	install(0, same, 1);
	EXPECT_EQ(check(), 0);
	EXPECT(!r.res.staging_mismatch);
}

/* KACS-AC-146, KACS-AC-147, KACS-AC-148, KACS-AC-150, KACS-AC-151, KACS-AC-152 */
TEST(Policy_HostileSpec_IsRefused)
{
	static const struct rule_text rule[] = {
		{ "O:SYG:SYD:(XA;;FR;;;WD;(@User.x == 1))", "O:SYG:SYD:(A;;FA;;;WD)" },
	};
	struct kacs_policy_rule room[4];
	struct kacs_policy policy;
	u8 copy[512];
	u32 len, i;

	install(0, rule, 1);
	len = 5 + 4 + pkm_get_le32(specs[0] + 5) + 4 + 28 + 12;
	memcpy(copy, specs[0], len);
	EXPECT_EQ(kacs_policy_parse(&policy, room, 4, copy, len), 0);
	for (i = 0; i < len; i++)
		EXPECT_EQ(kacs_policy_parse(&policy, room, 4, copy, i), -EINVAL);
	EXPECT_EQ(kacs_policy_parse(&policy, room, 4, copy, len + 1), -EINVAL);
	EXPECT_EQ(kacs_policy_parse(&policy, room, 0, copy, len), -EINVAL);
	copy[len - 12 - 28 + 2] = 24; /* an ACL shorter than its section */
	EXPECT_EQ(kacs_policy_parse(&policy, room, 4, copy, len), -EINVAL);
	copy[len - 12 - 28 + 2] = 8;
	copy[len - 12 - 28 + 4] = 0;
	EXPECT_EQ(kacs_policy_parse(&policy, room, 4, copy, len), -EINVAL);
	copy[len - 12 - 28 + 2] = 28;
	copy[len - 12 - 28 + 4] = 1;
	EXPECT_EQ(kacs_policy_parse(&policy, room, 4, copy, len), 0);
	copy[0] = 2;
	EXPECT_EQ(kacs_policy_parse(&policy, room, 4, copy, len), -EINVAL);
	copy[0] = 1;
	pkm_put_le32(copy + 1, 257);
	EXPECT_EQ(kacs_policy_rules(copy, len), -EINVAL);
	pkm_put_le32(copy + 1, 2);
	EXPECT_EQ(kacs_policy_parse(&policy, room, 4, copy, len), -EINVAL);
	pkm_put_le32(copy + 1, 1);
	copy[9] = 'b'; /* magic of the condition */
	EXPECT_EQ(kacs_policy_parse(&policy, room, 4, copy, len), -EINVAL);
	EXPECT_EQ(kacs_policy_parse(&policy, room, 4, "\1\0\0\0\0", 5), 0);
	EXPECT_EQ(policy.count, 0);
}

/* A policy may be named by any SID, one that looks like OWNER RIGHTS too. */
TEST(Policy_NamedByCreatorSid_IsFound)
{
	setup(&plain, "O:SYG:SYD:(A;;FA;;;U)S:(SP;;;;;CO)", 1);
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.trace[0].step, KACS_STEP_CENTRAL_POLICY);
}

/* KACS-AC-131, KACS-AC-153: what has no meaning in a policy's ACLs is carried and inert */
TEST(Policy_AcesWithoutMeaningThere_AreInert)
{
	static const struct rule_text odd[] = {
		{ .dacl = "O:SYG:SYD:(SP;;;;;POL2)(AU;SAFA;FA;;;WD)(A;;FA;;;WD)",
		  .sacl = "O:SYG:SYS:(ML;;NRNWNX;;;S-1-16-16384)(TL;;0x0;;;S-1-19-512-8192)(SP;;;;;POL2)"
			  "(D;;FA;;;WD)(AU;SA;FA;;;WD)" },
	};

	setup(&plain, OPEN_SD, KACS_MAXIMUM_ALLOWED | 1);
	r.req.find_policy = find;
	install(0, odd, 1);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.granted, 0x1f01ff);
	EXPECT_EQ(r.audit_count, 1);
}

/* KACS-AC-163, KACS-AC-157: what a policy took from a privilege is a use that failed */
TEST(Policy_TakesAPrivilegesBits_UseHasFailed)
{
	static const struct rule_text nothing[] = { { .dacl = "O:SYG:SYD:" } };
	struct token token = { .privileges = KACS_PRIV_MASK(KACS_PRIV_BACKUP), .audit = 0xc };

	setup(&token, "O:SYG:SYD:S:(SP;;;;;POL)", 1);
	r.req.find_policy = find;
	r.req.intent = KACS_BACKUP_INTENT;
	install(0, nothing, 0);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.used, KACS_PRIV_MASK(KACS_PRIV_BACKUP));
	EXPECT(r.privileges[0].success);
	setup(&token, "O:SYG:SYD:S:(SP;;;;;POL)", 1);
	r.req.find_policy = find;
	r.req.intent = KACS_BACKUP_INTENT;
	install(0, nothing, 1);
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.res.used, 0);
	EXPECT_EQ(r.privilege_count, 1);
	EXPECT(!r.privileges[0].success);
	EXPECT_EQ(r.privileges[0].granted, 0x120089);
	EXPECT_EQ(r.privileges[0].surviving, 0);
}
