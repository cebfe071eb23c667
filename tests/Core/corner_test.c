// SPDX-License-Identifier: MIT
/*
 * The rare branches of the engine: limits, sinks that fail, inputs that only a
 * hostile caller has.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "support/run.h"

#include "../../pkm/core/kacs/private.h"

#include <stdlib.h>

/* KACS-TOK-048: an impersonation token may have a level, up to Delegation */
TEST(TokenSpec_ImpersonationLevels_UpToDelegation)
{
	u8 bytes[192 + 28] = { 2, 0, 0, 0, KACS_TOKEN_TYPE_IMPERSONATION };
	const u8 *user = sid_named("U", 1);
	struct kacs_token_spec spec;
	u32 level;

	pkm_put_le32(bytes + 88, 192);
	memcpy(bytes + 192, user, kacs_sid_len(user));
	for (level = 0; level < 6; level++) {
		bytes[5] = level;
		EXPECT_EQ(kacs_token_spec_parse(&spec, bytes, 192 + kacs_sid_len(user)),
			  level > 3 ? -EINVAL : 0);
	}
	/* KACS-TOK-048: a boundary needs a confinement SID */
	bytes[5] = 0;
	bytes[159] = 1;
	EXPECT_EQ(kacs_token_spec_parse(&spec, bytes, 192 + kacs_sid_len(user)), -EINVAL);
	/* write-restricted with the user deny-only is the allowed combination */
	bytes[159] = 0;
	bytes[157] = 1;
	bytes[158] = 1;
	EXPECT_EQ(kacs_token_spec_parse(&spec, bytes, 192 + kacs_sid_len(user)), 0);
}

/* KACS-TOK-084 */
TEST(SessionSpec_LengthsAtTheLimits_AreJudged)
{
	static u8 bytes[KACS_SESSION_SPEC_MAX + 1] = { 2, 0, 0, 8, 0, 0, 0, 1 };
	struct kacs_session_spec spec;

	EXPECT_EQ(kacs_session_spec_parse(&spec, bytes, 15), 0);
	EXPECT_EQ(kacs_session_spec_parse(&spec, bytes, 14), -EINVAL);
	EXPECT_EQ(kacs_session_spec_parse(&spec, bytes, 0), -EINVAL);
	EXPECT_EQ(kacs_session_spec_parse(&spec, bytes, sizeof(bytes)), -EINVAL);
	bytes[8] = 1; /* a SID with a sub-authority that is not there */
	EXPECT_EQ(kacs_session_spec_parse(&spec, bytes, 15), -EINVAL);
	bytes[8] = 0;
	bytes[7] = 2; /* revision */
	EXPECT_EQ(kacs_session_spec_parse(&spec, bytes, 15), -EINVAL);
	bytes[7] = 1;
}

/* What a table of SIDs can hold, and one more: refused, not cut. */
TEST(Subject_ListsBeyondTheTable_AreRefused)
{
	static u8 room[4096 * 76], claims[4] = { 1 };
	struct kacs_subject_input in = { .user = sid_named("U", 1) };
	struct kacs_subject subject;
	u8 sid[KACS_SID_MAX], *mem;
	struct pkm_writer w;
	u32 subs[15] = { 0 }, size, i;

	pkm_writer_init(&w, room, sizeof(room));
	for (i = 0; i < 4000; i++) { /* 4,000 SIDs of 68 bytes are more than the arena counts */
		subs[14] = i;
		kacs_sid_make(sid, 5, 15, subs);
		pkm_writer_le32(&w, 68);
		pkm_writer_bytes(&w, sid, 68);
		pkm_writer_le32(&w, 7);
	}
	in.device_groups = (struct kacs_sid_list){ room, w.len, 4000 };
	EXPECT_EQ(kacs_subject_size(&in), 0);
	in.device_groups = (struct kacs_sid_list){ room, 76 * 3000, 3000 };
	EXPECT(kacs_subject_size(&in));
	in.device_groups.len--; /* malformed */
	EXPECT_EQ(kacs_subject_size(&in), 0);

	pkm_writer_init(&w, room, sizeof(room));
	for (i = 0; i < KACS_SET_MAX; i++) {
		pkm_writer_le32(&w, 12);
		kacs_sid_make(sid, 5, 1, &i);
		pkm_writer_bytes(&w, sid, 12);
		pkm_writer_le32(&w, 7);
	}
	in.device_groups = (struct kacs_sid_list){ room, w.len, KACS_SET_MAX };
	EXPECT_EQ(kacs_subject_size(&in), 0);
	in.device_groups = (struct kacs_sid_list){ room, 20 * (KACS_SET_MAX - 1), KACS_SET_MAX - 1 };
	size = kacs_subject_size(&in);
	EXPECT(size);
	mem = malloc(size);
	EXPECT_EQ(kacs_subject_init(&subject, mem, size - 1, &in), -EINVAL);
	EXPECT_EQ(kacs_subject_init(&subject, mem, size, &in), 0);
	in.write_restricted = true; /* without a deny-only user */
	EXPECT_EQ(kacs_subject_init(&subject, mem, size, &in), -EINVAL);
	in.write_restricted = false;
	in.user_claims = in.device_claims = claims;
	in.user_claims_len = sizeof(claims);
	EXPECT_EQ(kacs_subject_init(&subject, mem, size, &in), -EINVAL);
	in.user_claims_len = 0;
	in.device_claims_len = sizeof(claims);
	EXPECT_EQ(kacs_subject_init(&subject, mem, size, &in), -EINVAL);
	free(mem);
}

/* KACS-AC-149, KACS-AC-150 */
TEST(PolicySpec_LengthsAtTheLimits_AreJudged)
{
	static u8 spec[KACS_POLICY_SPEC_MAX + 1] = { 1 };
	struct kacs_policy_rule rules[1];
	struct kacs_policy policy;

	EXPECT_EQ(kacs_policy_parse(&policy, rules, 1, spec, 5), 0); /* no rules: KACS-AC-152 */
	EXPECT_EQ(kacs_policy_parse(&policy, rules, 1, spec, 4), -EINVAL);
	EXPECT_EQ(kacs_policy_parse(&policy, rules, 1, spec, sizeof(spec)), -EINVAL);
	pkm_put_le32(spec + 1, 1);
	EXPECT_EQ(kacs_policy_parse(&policy, rules, 1, spec, 5), -EINVAL);
	pkm_put_le32(spec + 5, 65537); /* a condition over the limit, all of it there */
	EXPECT_EQ(kacs_policy_parse(&policy, rules, 1, spec, sizeof(spec) - 1), -EINVAL);
	pkm_put_le32(spec + 5, 0);
	pkm_put_le32(spec + 9, 65536); /* an ACL over the limit */
	EXPECT_EQ(kacs_policy_parse(&policy, rules, 1, spec, sizeof(spec) - 1), -EINVAL);
	pkm_put_le32(spec + 9, 0); /* no effective DACL: KACS-AC-147 */
	EXPECT_EQ(kacs_policy_parse(&policy, rules, 1, spec, 25), -EINVAL);
}

/* KACS-AC-057: more claims than a call may carry */
TEST(Check_LocalClaimsTooLong_Einval)
{
	static u8 claims[KACS_CLAIMS_MAX + 1];

	setup(&plain, "O:SYG:SYD:(A;;FR;;;U)", 1);
	r.req.local_claims = claims;
	r.req.local_claims_len = sizeof(claims);
	EXPECT_EQ(check(), -EINVAL);
}

/* KACS-AC-058: bounds of a tree */
TEST(Check_TreeOutOfBounds_Einval)
{
	setup(&plain, "O:SYG:SYD:(A;;FR;;;U)", 1);
	node(0, 0, 'a');
	r.req.tree_count = KACS_TREE_MAX + 1;
	EXPECT_EQ(check(), -EINVAL);
	EXPECT_EQ(kacs_access_check_raw(&r.req, r.sd, r.sd_len, &r.res), -EINVAL);
	r.req.tree_count = 1;
	r.tree[0].level = 1;
	EXPECT_EQ(check(), -EINVAL);
	r.tree[0].level = 0;
	r.tree[0]._reserved = 1;
	EXPECT_EQ(check(), -EINVAL);
	r.tree[0]._reserved = 0;
	EXPECT_EQ(check(), 0);
}

/* Nobody listens: the same decision, nothing called. */
TEST(Audit_WithoutSink_DecidesAlike)
{
	struct token token = { .privileges = ALL_PRIVS, .audit = 0xf };

	setup(&token, "O:SYG:SYD:(A;;FR;;;U)S:(AU;SAFA;FA;;;WD)(AL;;0x2;;;WD)", 0x01000001);
	r.req.sink = NULL;
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.continuous_audit, 2);
	EXPECT_EQ(r.res.used, KACS_PRIV_MASK(KACS_PRIV_SECURITY));
	EXPECT_EQ(r.audit_count + r.privilege_count, 0);
}

/* KACS-AC-193: whichever event cannot be made, the check fails closed */
TEST(Audit_SinkFails_CheckFailsClosed)
{
	static const char *const sds[] = {
		"O:SYG:SYD:(A;;FR;;;U)S:(AU;SA;FR;;;WD)",
		"O:SYG:SYD:(A;;FR;;;U)S:(AU;SA;FR;;;WD)(AU;SA;FR;;;AU)",
		"O:SYG:SYD:(A;;FR;;;U)",
	};
	struct token token = { .audit = 0x3 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sds); i++) {
		setup(&token, sds[i], 1);
		r.sink_error = -ENOMEM;
		EXPECT_EQ(check(), -ENOMEM);
		EXPECT_EQ(r.res.granted, 0);
	}
}

/* KACS-AC-206: of several ACEs that denied, the first is named */
TEST(Denied_ByManyAces_NamesTheFirst)
{
	setup(&plain, "O:SYG:SYD:(A;;0x4;;;U)(D;;0x1;;;U)(D;;0x2;;;U)S:(AU;FA;FA;;;WD)", 3);
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.audits[0].denied_ace, 1);
	EXPECT_EQ(r.denied[0][KACS_STEP_DACL_ACE], 3);
}

/* KACS-AC-190: a privilege without a name is one, too */
TEST(Payload_UndefinedPrivilege_HasAnEmptyName)
{
	struct kacs_event_who who = { .subject = &r.who.subject, .name = (u8 *)"", .path = (u8 *)"" };
	struct kacs_privilege_event event = { .privilege = 40, .requested = 1, .granted = 1 };
	u8 body[512];
	u32 len, i, found = 0;

	setup(&plain, "O:SYG:SY", 1);
	len = kacs_payload_privilege(body, sizeof(body), &who, &event);
	EXPECT(len <= sizeof(body));
	for (i = 0; i + 11 <= len; i++)
		found += !memcmp(body + i, "privilege\xa0", 10);
	EXPECT_EQ(found, 1);
}

/* KACS-AC-185, KACS-AC-191: forced events have no ACE; the reason tells what differs */
TEST(Payload_ForcedAndStaged_SayWhy)
{
	struct kacs_event_who who = { .subject = &r.who.subject, .name = (u8 *)"", .path = (u8 *)"" };
	struct kacs_audit_event forced = {
		.requested = 1, .granted = 1, .success = true, .denied_ace = KACS_TRACE_NO_INDEX
	};
	static const u8 ace[4] = { 0xee, 0, 4, 0 };
	static const u32 steps[KACS_STEP_COUNT] = { [KACS_STEP_DACL_END] = 1 };
	struct kacs_audit_event denied = { .requested = 1,
					   .denied_ace = KACS_TRACE_NO_INDEX,
					   .denied_by = steps };
	struct kacs_audit_event fired = {
		.ace = ace, .ace_len = 4, .requested = 1, .denied_ace = KACS_TRACE_NO_INDEX, .success = true
	};
	struct kacs_policy_event staged[] = { { 1, 1, 1, false }, { 1, 1, 0, false }, { 1, 1, 1, true } };
	u8 body[1024];
	u32 len, i;

	setup(&plain, "O:SYG:SY", 1);
	len = kacs_payload_audit(body, sizeof(body), &who, &forced);
	EXPECT(memmem(body, len,
		      "kind\xa6policy\xa3"
		      "ace\xc0",
		      16));
	len = kacs_payload_audit(body, sizeof(body), &who, &fired);
	EXPECT(memmem(body, len,
		      "kind\xa4sacl\xa3"
		      "ace\xc4\4\xee",
		      16));
	len = kacs_payload_audit(body, sizeof(body), &who, &denied);
	EXPECT(memmem(body, len,
		      "denied_by\x81\xa8"
		      "dacl-end\1",
		      20)); /* KACS-AC-206: no ACE to name */
	for (i = 0; i < 3; i++) {
		len = kacs_payload_policy(body, sizeof(body), &who, &staged[i]);
		EXPECT(!memmem(body, len, "staged_auditing_differs", 23) == !!i);
	}
}

/* A string claim @name of 1,024 values: @first alone, the others one string as long as the entry. */
static u32 many_strings(u8 *p, char name, char first, u32 total)
{
	u8 *e = p + 4;
	u32 at = 16 + 4 * KACS_CLAIM_VALUES_MAX, i;

	memset(p, 0, total);
	pkm_put_le32(p, total - 4);
	pkm_put_le32(e, at);
	e[4] = 3;
	pkm_put_le32(e + 12, KACS_CLAIM_VALUES_MAX);
	e[at] = name;
	e[at + 4] = first;
	pkm_put_le32(e + at + 8, at + 4);
	pkm_put_le32(e + at + 12, at + 16);
	for (i = at + 16; i + 2 < total - 4; i += 2)
		e[i] = 'x';
	for (i = 0; i < KACS_CLAIM_VALUES_MAX; i++)
		pkm_put_le32(e + 16 + 4 * i, at + (i ? 12 : 8));
	return total;
}

/*
 * KACS-FMT-003, KACS-FMT-140: reading a string to its end is work. Two thousand long ones in each of
 * four thousand comparisons once took half a minute, and nothing was charged for them.
 */
TEST(Condition_LongStringsRead_SpendTheBudget)
{
	static const u8 attribute[2][7] = { { 0xf8, 2, 0, 0, 0, 'a' }, { 0xf8, 2, 0, 0, 0, 'b' } };
	static const u8 operators[] = { 0x80, 0x86, 0x88 };
	static struct cond_value stack[KACS_COND_DEPTH];
	static u8 claims[65536];
	u32 len = many_strings(claims, 'a', 'p', 32000), op;
	const struct kacs_acl none = { 0 };
	u8 program[32];

	len += many_strings(claims + len, 'b', 'q', 32000);
	EXPECT_EQ(kacs_claims_validate(claims, len), 0);
	for (op = 0; op < ARRAY_SIZE(operators); op++) {
		struct kacs_cond cond = { .stack = stack, .sacl = &none, .budget = COND_BUDGET };
		struct pkm_writer w;

		cond.claims[COND_LOCAL] = claims;
		cond.claims_len[COND_LOCAL] = len;
		pkm_writer_init(&w, program, sizeof(program));
		pkm_writer_bytes(&w, "artx", 4);
		pkm_writer_bytes(&w, attribute[0], 7);
		pkm_writer_bytes(&w, attribute[1], 7);
		pkm_writer_u8(&w, operators[op]);
		EXPECT_EQ(kacs_cond_eval(&cond, NULL, VIEW_DENY, program, w.len), COND_UNKNOWN);
		if (cond.budget)
			test_fail(__FILE__, __LINE__, "operator %02x left %u", operators[op], cond.budget);
	}
}

/*
 * KACS-FMT-003, KACS-FMT-051, KACS-FMT-074: as many ACEs as fit, each of 8 bytes. Of an unknown type they
 * are passed over, one by one, up to the last ACE; of a known one they have no room for a SID.
 */
TEST(Descriptor_OfEightByteAces_IsWalkedOrRefused)
{
	static u8 bytes[KACS_SD_MAX];
	const u8 types[] = { 0x20, 0x04, KACS_ACE_ALLOWED, KACS_ACE_ALLOWED_OBJECT,
			     KACS_ACE_ALLOWED_CALLBACK };
	struct kacs_result raw;
	struct kacs_sd parsed;
	struct pkm_writer w;
	u32 i, k;

	for (k = 0; k < ARRAY_SIZE(types); k++) {
		setup(&plain, "O:SYG:SYD:", 1);
		memcpy(bytes, r.sd, r.sd_len);
		pkm_writer_init(&w, bytes, sizeof(bytes));
		w.len = pkm_get_le32(r.sd + 16);
		i = w.len;
		kacs_acl_begin(&w, 4);
		for (; w.len + 8 + 36 <= sizeof(bytes);) {
			pkm_writer_le32(&w, types[k] | 8U << 16);
			pkm_writer_le32(&w, 1);
		}
		kacs_ace_write(&w, KACS_ACE_ALLOWED, 0, 1, sid_named("U", 1));
		EXPECT_EQ(kacs_acl_end(&w, i, (w.len - i - 8 - 36) / 8 + 1), 0);
		EXPECT(pkm_writer_ok(&w));
		EXPECT_EQ(kacs_access_check_raw(&r.req, bytes, w.len, &raw), k < 2 ? 0 : -EINVAL);
		EXPECT_EQ(raw.granted, k < 2);
		EXPECT_EQ(kacs_sd_parse(&parsed, bytes, w.len), k < 2 ? 0 : -EINVAL);
		if (k < 2) {
			EXPECT_EQ(parsed.dacl.count, (w.len - i - 8 - 36) / 8 + 1);
			EXPECT_EQ(kacs_access_check(&r.req, &parsed, &raw), 0);
			EXPECT_EQ(raw.granted, 1);
		}
	}
}
