// SPDX-License-Identifier: MIT
/*
 * What a decision leaves behind: privilege use, audit events, traces, bodies.
 */
#include "harness.h"
#include "support/run.h"

#include <pkm/core/msgpack.h>

/*
 * KACS-AC-156, KACS-AC-157, KACS-AC-158, KACS-AC-160, KACS-AC-161,
 * KACS-AC-162, KACS-TOK-024
 */
TEST(PrivilegeUse_OnlyWhatWasWanted_IsMarkedAndReported)
{
	struct token token = { .privileges = ALL_PRIVS, .audit = 0xc };

	setup(&token, "O:SYG:SYD:", KACS_ACCESS_SYSTEM_SECURITY);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.used, KACS_PRIV_MASK(KACS_PRIV_SECURITY));
	EXPECT_EQ(r.privilege_count, 1);
	EXPECT_EQ(r.privileges[0].privilege, KACS_PRIV_SECURITY);
	EXPECT(r.privileges[0].success);
	/* granted by the DACL: the override was not needed */
	setup(&token, "O:SYG:SYD:(A;;WO;;;U)", 0x80000);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.used, 0);
	EXPECT_EQ(r.privilege_count, 0);
	setup(&token, "O:SYG:SYD:", 0x80000);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.used, KACS_PRIV_MASK(KACS_PRIV_TAKE_OWNERSHIP));
	/* probing marks nothing; explicit bits beside it do */
	setup(&token, "O:SYG:SYD:", KACS_MAXIMUM_ALLOWED);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.used, 0);
	EXPECT_EQ(r.privilege_count, 0);
	setup(&token, "O:SYG:SYD:", KACS_MAXIMUM_ALLOWED | 0x80000);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.used, KACS_PRIV_MASK(KACS_PRIV_TAKE_OWNERSHIP));
	/* stripped by process trust: reported as a failure, not marked */
	setup(&token, "O:SYG:SYD:S:(TL;;0x0;;;S-1-19-512-8192)", KACS_ACCESS_SYSTEM_SECURITY);
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.res.used, 0);
	EXPECT_EQ(r.privilege_count, 1);
	EXPECT(!r.privileges[0].success);
	EXPECT_EQ(r.privileges[0].surviving, 0);
}

/* KACS-AC-156: backup and restore report what they contributed */
TEST(PrivilegeUse_Intent_IsReportedPerPrivilege)
{
	struct token token = { .privileges = ALL_PRIVS, .audit = 0x4 };

	setup(&token, "O:SYG:SYD:", 0x3);
	r.req.intent = KACS_BACKUP_INTENT | KACS_RESTORE_INTENT;
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.privilege_count, 2);
	EXPECT_EQ(r.privileges[0].privilege, KACS_PRIV_BACKUP);
	EXPECT_EQ(r.privileges[0].requested, 1);
	EXPECT_EQ(r.privileges[0].granted, 0x120089);
	EXPECT_EQ(r.privileges[1].privilege, KACS_PRIV_RESTORE);
	EXPECT_EQ(r.privileges[1].requested, 2);
	EXPECT_EQ(r.res.used, KACS_PRIV_MASK(KACS_PRIV_BACKUP) | KACS_PRIV_MASK(KACS_PRIV_RESTORE));
	/* KACS-AC-160: the events are asked for by the token's policy */
	token.audit = 0x8;
	setup(&token, "O:SYG:SYD:", 0x3);
	r.req.intent = 3;
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.privilege_count, 0);
	EXPECT(r.res.used);
}

/* KACS-AC-166, KACS-AC-167, KACS-AC-168, KACS-AC-169, KACS-AC-170 */
TEST(Audit_Table_FiresAsListed)
{
	static const struct {
		const char *sd;
		u32 desired, events, alarms;
	} cases[] = {
		{ "O:SYG:SYD:(A;;FA;;;U)S:(AU;SA;FR;;;WD)", 1, 1, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(AU;FA;FR;;;WD)", 1, 0, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(AU;SAFA;FR;;;WD)(AU;SA;0x1;;;U)", 1, 2, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(AU;;FR;;;WD)", 1, 0, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(AU;SA;FR;;;V)", 1, 0, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(AU;SA;0x2;;;WD)", 1, 0, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(AU;SAIO;FR;;;WD)", 1, 0, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(AU;SA;GR;;;WD)", 1, 1, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(AU;SA;FA;;;WD)", 0, 0, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(OU;SA;FR;a;;WD)", 1, 1, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(XU;SA;FR;;;WD;(Member_of{SID(BA)}))", 1, 0, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(XU;SA;FR;;;WD;(@User.nope == 1))", 1, 1, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(XU;SA;FR;;;WD;(junk))", 1, 1, 0 },
		{ "O:SYG:SYD:(A;;FA;;;U)S:(AL;;0x6;;;WD)(AL;;0x1;;;U)(AL;;0x8;;;V)", 0, 0, 7 },
		{ "O:SYG:SYD:S:(AL;;GW;;;WD)(AL;IO;0x1;;;WD)", 1, 0, 0x120116 },
		{ "O:SYG:SYD:S:(XL;;0x2;;;WD;(Member_of{SID(BA)}))", 1, 0, 0 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(&plain, cases[i].sd, cases[i].desired);
		check();
		if (r.audit_count != cases[i].events || r.res.continuous_audit != cases[i].alarms)
			test_fail(__FILE__, __LINE__, "%s: %u events, alarms 0x%x", cases[i].sd,
				  r.audit_count, r.res.continuous_audit);
	}
}

/* KACS-AC-167: with a tree an audit ACE for a GUID outside it stays silent */
TEST(Audit_ObjectOutsideTheTree_IsSilent)
{
	setup(&plain, "O:SYG:SYD:(A;;FA;;;U)S:(OU;SA;FR;a;;WD)(OU;SA;FR;b;;WD)", 1);
	node(0, 0, 'P');
	node(1, 1, 'a');
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.audit_count, 1);
}

/* KACS-AC-164: deny polarity, so a deny-only group is audited */
TEST(Audit_DenyOnlyGroup_IsHeard)
{
	struct token token = { .devs = KACS_GROUP_DENY_ONLY };

	setup(&token, "O:SYG:SYD:S:(AU;FA;FR;;;G)", 1);
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.audit_count, 1);
}

/*
 * KACS-AC-172, KACS-AC-173, KACS-AC-174, KACS-AC-175: the token's own policy
 * adds one event
 */
TEST(Audit_Forced_IsOneMore)
{
	struct token token = { .audit = KACS_AUDIT_OBJECT_FAILURE };

	setup(&token, "O:SYG:SYD:(A;;FR;;;U)S:(AU;SAFA;FR;;;WD)", 1);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.audit_count, 1);
	setup(&token, "O:SYG:SYD:(A;;FR;;;U)S:(AU;SAFA;FR;;;WD)", 3);
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.audit_count, 2);
	EXPECT(r.audits[0].ace && !r.audits[1].ace);
	EXPECT(!r.audits[1].success);
	token.audit = KACS_AUDIT_OBJECT_SUCCESS;
	setup(&token, "O:SYG:SY", 0);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.audit_count, 1);
	EXPECT(r.audits[0].success && !r.audits[0].denied_by);
}

/* An event that cannot be delivered fails the check closed. */
TEST(Audit_SinkFails_CheckFailsClosed)
{
	struct token token = { .audit = 0xf, .privileges = ALL_PRIVS };
	u32 desired;

	for (desired = 0; desired < 2; desired++) {
		setup(&token, "O:SYG:SY", desired ? KACS_ACCESS_SYSTEM_SECURITY : 1);
		r.sink_error = -ENOMEM;
		EXPECT_EQ(check(), -ENOMEM);
		EXPECT_EQ(r.res.granted, 0);
		EXPECT_EQ(r.res.used, 0);
	}
}

/* KACS-AC-203, KACS-AC-204: who decided what */
TEST(Trace_Table_NamesTheStep)
{
	static const struct {
		struct token token;
		const char *sd;
		u32 desired, bit, step, ace;
		bool granted;
	} cases[] = {
		{ {}, "O:SYG:SYD:(D;;0x2;;;V)(A;;0x1;;;U)", 1, 0, KACS_STEP_DACL_ACE, 1, true },
		{ {}, "O:SYG:SYD:(A;;0x4;;;U)(D;;0x1;;;G)", 5, 0, KACS_STEP_DACL_ACE, 1, false },
		{ {}, "O:SYG:SYD:(A;;0x4;;;U)", 5, 0, KACS_STEP_DACL_END, 0xffff, false },
		{ {}, "O:SYG:SYD:(A;;0x4;;;U)", 4, 0, KACS_STEP_NONE, 0xffff, false },
		{ {}, "O:SYG:SY", 1, 0, KACS_STEP_NULL_DACL, 0xffff, true },
		{ {}, "O:UG:SYD:", 0x20000, 17, KACS_STEP_OWNER, 0xffff, true },
		{ { .low = true }, "O:SYG:SYD:(A;;FA;;;U)", 2, 1, KACS_STEP_MIC, 0xffff, false },
		{ {}, "O:SYG:SYD:(A;;FA;;;U)S:(TL;;0x1;;;S-1-19-1-1)", 2, 1, KACS_STEP_PIP, 0xffff, false },
		{ { .privileges = ALL_PRIVS },
		  "O:SYG:SYD:",
		  0x01000000,
		  24,
		  KACS_STEP_PRIVILEGE,
		  0xffff,
		  true },
		{ {}, "O:SYG:SYD:", 0x01000000, 24, KACS_STEP_PRIVILEGE, 0xffff, false },
		{ { .privileges = ALL_PRIVS },
		  "O:SYG:SYD:",
		  0x80000,
		  19,
		  KACS_STEP_TAKE_OWNERSHIP,
		  0xffff,
		  true },
		{ { .restricted = "G" }, "O:SYG:SYD:(A;;FA;;;U)", 1, 0, KACS_STEP_RESTRICTED, 0xffff, false },
		{ { .confined = true }, "O:SYG:SYD:(A;;FA;;;U)", 1, 0, KACS_STEP_CONFINEMENT, 0xffff, false },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct kacs_trace_entry *t = &r.trace[cases[i].bit];

		setup(&cases[i].token, cases[i].sd, cases[i].desired);
		check();
		if (t->step != cases[i].step || t->ace_index != cases[i].ace ||
		    t->granted != cases[i].granted)
			test_fail(__FILE__, __LINE__, "case %u: step %u ace %u granted %u", i, t->step,
				  t->ace_index, t->granted);
	}
}

/* KACS-AC-206 */
TEST(Audit_Failure_SaysWhichStepsDenied)
{
	struct token token = { .low = true, .audit = KACS_AUDIT_OBJECT_FAILURE };

	setup(&token, "O:SYG:SYD:(D;;0x1;;;G)(D;;0x20;;;U)(A;;FR;;;U)", 0x1a3);
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.audit_count, 1);
	EXPECT_EQ(r.audits[0].denied_by[KACS_STEP_MIC], 0x102);
	EXPECT_EQ(r.audits[0].denied_by[KACS_STEP_DACL_ACE], 0x21);
	EXPECT_EQ(r.audits[0].denied_ace, 0);
	EXPECT_EQ(r.audits[0].denied_by[KACS_STEP_DACL_END], 0);
}

static u32 opened[64];

static bool holds_text(const u8 *body, u32 len, const char *text)
{
	u32 n = strlen(text), i;

	for (i = 0; i + n <= len; i++)
		if (!memcmp(body + i, text, n))
			return true;
	return false;
}

/*
 * KACS-AC-180, KACS-AC-181, KACS-AC-182, KACS-AC-183, KACS-AC-184,
 * KACS-AC-185, KACS-AC-190, KACS-AC-191, KACS-AC-206
 */
TEST(Payload_OfEveryEvent_IsOneWholeMap)
{
	static const char *const keys[] = { "user_sid",  "group_sids",      "integrity_level", "pip_type",
					    "pip_trust", "auth_id",         "object_context",  "pid",
					    "name",      "executable_path", "requested_access" };
	struct token token = { .privileges = ALL_PRIVS, .audit = 0xf, .low = true };
	struct kacs_event_who who = { .subject = &r.who.subject,
				      .pid = 7,
				      .name = (u8 *)"init",
				      .name_len = 4,
				      .path = (u8 *)"/sbin/init",
				      .path_len = 10 };
	u8 body[3][1024], small[16];
	u32 len[3], i, k;

	setup(&token, "O:SYG:SYD:(D;;0x1;;;U)", 0x01000001);
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.audit_count, 1);
	EXPECT_EQ(r.privilege_count, 1);
	len[0] = kacs_payload_audit(body[0], sizeof(body[0]), &who, &r.audits[0]);
	len[1] = kacs_payload_privilege(body[1], sizeof(body[1]), &who, &r.privileges[0]);
	len[2] = kacs_payload_policy(body[2], sizeof(body[2]), &who, &r.policies[0]);
	for (i = 0; i < 3; i++) {
		EXPECT(len[i] && len[i] <= sizeof(body[i]));
		EXPECT(pkm_mp_valid(body[i], len[i], opened, ARRAY_SIZE(opened)));
		for (k = 0; k < ARRAY_SIZE(keys); k++)
			if (!holds_text(body[i], len[i], keys[k]))
				test_fail(__FILE__, __LINE__, "body %u has no %s", i, keys[k]);
	}
	EXPECT(holds_text(body[0], len[0], "denied_by"));
	EXPECT(holds_text(body[0], len[0], "dacl-ace"));
	EXPECT(holds_text(body[1], len[1], "SeSecurityPrivilege"));
	EXPECT(holds_text(body[2], len[2], "staging-mismatch"));
	/* measuring and too little room say the same length */
	EXPECT_EQ(kacs_payload_audit(NULL, 0, &who, &r.audits[0]), len[0]);
	EXPECT_EQ(kacs_payload_audit(small, sizeof(small), &who, &r.audits[0]), len[0]);
	who.object_context = (u8 *)"ctx";
	who.object_context_len = 3;
	len[0] = kacs_payload_audit(body[0], sizeof(body[0]), &who, &r.audits[0]);
	EXPECT(pkm_mp_valid(body[0], len[0], opened, ARRAY_SIZE(opened)));
	EXPECT(holds_text(body[0], len[0], "ctx"));
}

/* The bytes of a body, found by the key in front of them. */
static bool holds_after(const u8 *body, u32 len, const char *key, const void *bytes, u32 n)
{
	u32 k = strlen(key), i;

	for (i = 0; i + k + n <= len; i++)
		if (!memcmp(body + i, key, k) && !memcmp(body + i + k, bytes, n))
			return true;
	return false;
}

#define AFTER(key, bytes) EXPECT(holds_after(body, len, key, bytes, sizeof(bytes) - 1))

/* KACS-AC-197, KACS-AC-198: every key of the table, values of the new token */
TEST(Payload_TokenCreate_TellsItsFinalState)
{
	static const u8 guid[16] = { 0xaa }, source[16] = { 0xbb };
	u8 lists[512], body[1024];
	struct kacs_token_spec spec = {
		.subject = { .user = sid_named("U", 1),
			     .groups = list_of(lists, "G WD", 7),
			     .integrity = 0x2000 },
		.projected_uid = 201,
		.projected_gid = 202,
	};
	struct kacs_token_event event = { .mode = "mint",
					  .guid = guid,
					  .spec = &spec,
					  .privs_present = 0x30,
					  .privs_enabled = 0x10,
					  .auth_id = 1000,
					  .token_type = 2,
					  .level = 3,
					  .scope = 5 };
	u32 len = kacs_payload_token(body, sizeof(body), &event);

	EXPECT(len <= sizeof(body) && pkm_mp_valid(body, len, opened, ARRAY_SIZE(opened)));
	EXPECT_EQ(body[0], 0xde); /* map 16, of 18 */
	EXPECT_EQ(body[2], 18);
	AFTER("mode", "\xa4mint");
	AFTER("\xaatoken_guid", "\xc4\x10\xaa");
	AFTER("source_token_guid", "\xc0");
	AFTER("user_deny_only", "\xc2");
	AFTER("group_sids", "\x92\xc4");
	AFTER("restricted_sids", "\xc0");
	AFTER("write_restricted", "\xc2");
	AFTER("privileges_present", "\x30");
	AFTER("privileges_enabled", "\x10");
	AFTER("integrity_level", "\xcd\x20\x00");
	AFTER("token_type", "\x02");
	AFTER("impersonation_level", "\x03");
	AFTER("auth_id", "\xcd\x03\xe8");
	AFTER("confinement_sid", "\xc0");
	AFTER("interactivity_scope", "\x05");
	AFTER("projected_uid", "\xcc\xc9");
	AFTER("projected_gid", "\xcc\xca");
	event.source_guid = source;
	spec.subject.restricted = list_of(lists + 256, "WD", 7);
	spec.subject.confinement = sid_named("APP", 3);
	len = kacs_payload_token(body, sizeof(body), &event);
	AFTER("source_token_guid", "\xc4\x10\xbb");
	AFTER("restricted_sids", "\x91\xc4");
	AFTER("confinement_sid", "\xc4");
	EXPECT_EQ(kacs_payload_token(NULL, 0, &event), len);
}

/* KACS-AC-194, KACS-AC-199, KACS-AC-200 */
TEST(Payload_SessionAndProcess_TellTheirKeys)
{
	static const u8 a[16] = { 0xaa }, b[16] = { 0xbb }, c[16] = { 0xcc };
	struct kacs_session_event session = { .id = 1000,
					      .created_at = 1,
					      .user = sid_named("U", 1),
					      .auth_package = (u8 *)"Negotiate",
					      .auth_package_len = 9,
					      .logon_type = 5 };
	struct kacs_process_event event = { .process_guid = a,
					    .parent_guid = b,
					    .token_guid = c,
					    .pid = U32_MAX,
					    .parent_pid = U32_MAX,
					    .pip_type = 512,
					    .pip_trust = 1024,
					    .path = (u8 *)"/bin/x",
					    .path_len = 6 };
	u8 body[KACS_PROCESS_CREATE_MAX];
	u32 len = kacs_payload_session(body, sizeof(body), &session);

	EXPECT(len <= sizeof(body) && pkm_mp_valid(body, len, opened, ARRAY_SIZE(opened)));
	AFTER("session_id", "\xcd\x03\xe8");
	AFTER("user_sid", "\xc4");
	AFTER("logon_type", "\x05");
	AFTER("auth_package", "\xa9Negotiate");
	AFTER("created_at", "\x01");
	/* the largest there can be fits the stack buffer of a fork */
	len = kacs_payload_process_create(body, sizeof(body), &event);
	EXPECT(len <= sizeof(body) && pkm_mp_valid(body, len, opened, ARRAY_SIZE(opened)));
	AFTER("\xacprocess_guid", "\xc4\x10\xaa");
	AFTER("parent_process_guid", "\xc4\x10\xbb");
	AFTER("token_guid", "\xc4\x10\xcc");
	AFTER("\xa3pid", "\xce\xff\xff\xff\xff");
	AFTER("parent_pid", "\xce");
	len = kacs_payload_process_exec(body, sizeof(body), &event);
	EXPECT(len <= sizeof(body) && pkm_mp_valid(body, len, opened, ARRAY_SIZE(opened)));
	AFTER("process_guid", "\xc4\x10\xaa");
	AFTER("token_guid", "\xc4\x10\xcc");
	AFTER("executable_path", "\xa6/bin/x");
	AFTER("pip_type", "\xcd\x02\x00");
	AFTER("pip_trust", "\xcd\x04\x00");
	AFTER("\xa3pid", "\xce\xff\xff\xff\xff");
}
