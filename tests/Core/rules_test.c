// SPDX-License-Identifier: MIT
/*
 * Rules of the decision that the worked examples do not reach, one row each.
 */
#include "harness.h"
#include "support/run.h"

struct row {
	const char *why;
	struct token token;
	const char *sd;
	u32 desired;
	const char *self;
	u32 pip_type, pip_trust;
	u32 granted; /* of the bits asked for; all under MAXIMUM_ALLOWED */
};

#define MAX KACS_MAXIMUM_ALLOWED

static void run_rows(const struct row *rows, u32 count)
{
	u32 i, cut;

	for (i = 0; i < count; i++) {
		const u8 *self = rows[i].self ? sid_named(rows[i].self, strlen(rows[i].self)) : NULL;
		u8 before[512];
		int rv;

		setup(&rows[i].token, rows[i].sd, rows[i].desired);
		memcpy(before, r.sd, sizeof(before));
		r.req.self_sid = self;
		r.req.self_sid_len = self ? kacs_sid_len(self) : 0;
		r.req.pip_type = rows[i].pip_type;
		r.req.pip_trust = rows[i].pip_trust;
		rv = check();
		cut = rows[i].desired & MAX ? U32_MAX : r.res.want;
		if ((r.res.granted & cut) != rows[i].granted ||
		    rv != (r.res.want & ~r.res.granted ? -EACCES : 0))
			test_fail(__FILE__, __LINE__, "%s: rv %d granted 0x%x", rows[i].why, rv,
				  r.res.granted);
		/* KACS-AC-024: evaluation never touches the stored ACEs */
		EXPECT_BYTES(r.sd, before, sizeof(before));
	}
}

/*
 * KACS-AC-023, KACS-AC-024, KACS-AC-029, KACS-AC-030, KACS-FMT-055,
 * KACS-FMT-056, KACS-FMT-058
 */
TEST(Rules_MasksAndMaximum)
{
	static const struct row rows[] = {
		{ "generic request", {}, "O:SYG:SYD:(A;;FR;;;U)", 0x80000000, .granted = 0x120089 },
		{ "generic ACE", {}, "O:SYG:SYD:(A;;GWGX;;;U)", MAX, .granted = 0x1201b6 },
		{ "MAXIMUM_ALLOWED in an ACE", {}, "O:SYG:SYD:(A;;0x02000001;;;U)", MAX, .granted = 1 },
		{ "reserved bits in an ACE", {}, "O:SYG:SYD:(A;;0x0ce00001;;;U)", MAX, .granted = 1 },
		{ "first writer under MAX", {}, "O:SYG:SYD:(D;;0x1;;;U)(A;;0x3;;;U)", MAX, .granted = 2 },
		{ "later deny under MAX", {}, "O:SYG:SYD:(A;;0x3;;;U)(D;;0x1;;;U)", MAX, .granted = 3 },
	};

	run_rows(rows, ARRAY_SIZE(rows));
}

/*
 * KACS-AC-032, KACS-AC-033, KACS-AC-034, KACS-AC-035, KACS-AC-095,
 * KACS-AC-096, KACS-FMT-022, KACS-FMT-097, KACS-FMT-100
 */
TEST(Rules_NormalView)
{
	static const struct row rows[] = {
		{ "deny-only user, deny ACE",
		  { .user_deny_only = true },
		  "O:SYG:SYD:(D;;0x1;;;U)(A;;0x1;;;WD)",
		  1,
		  .granted = 0 },
		{ "deny-only and disabled group",
		  { .devs = 0x10 },
		  "O:SYG:SYD:(D;;0x1;;;G)(A;;0x1;;;U)",
		  1,
		  .granted = 0 },
		{ "enabled and deny-only group", { .devs = 0x14 }, "O:SYG:SYD:(A;;0x1;;;G)", 1, .granted = 0 },
		{ "group of no flag", { .devs = 0x8 }, "O:SYG:SYD:(D;;0x1;;;G)(A;;0x1;;;U)", 1, .granted = 1 },
		{ "owner rights deny", {}, "O:UG:SYD:(D;;0x1;;;OW)(A;;FA;;;U)", MAX, .granted = 0x1f01fe },
		{ "other ACEs apply to the owner too",
		  {},
		  "O:UG:SYD:(A;;0x1;;;OW)(A;;0x2;;;U)",
		  MAX,
		  .granted = 3 },
		{ "creator owner is nobody", {}, "O:UG:SYD:(A;;0x1;;;CO)(A;;0x2;;;CG)", 3, .granted = 0 },
		{ "self denies", {}, "O:SYG:SYD:(D;;0x1;;;PS)(A;;0x1;;;U)", 1, .self = "U", .granted = 0 },
		{ "self is another", {}, "O:SYG:SYD:(A;;0x1;;;PS)", 1, .self = "V", .granted = 0 },
		{ "owner by disabled group", { .devs = 0x1 }, "O:GG:SYD:", 0x60000, .granted = 0x60000 },
	};

	run_rows(rows, ARRAY_SIZE(rows));
}

/*
 * KACS-AC-039, KACS-AC-040, KACS-AC-044, KACS-AC-047, KACS-AC-110,
 * KACS-AC-111, KACS-AC-112, KACS-AC-114
 */
TEST(Rules_RestrictedPass)
{
	static const struct row rows[] = {
		{ "owner among the restricting",
		  { .restricted = "U" },
		  "O:UG:SYD:(A;;0x1;;;OW)",
		  1,
		  .granted = 1 },
		{ "owner not among them", { .restricted = "G" }, "O:UG:SYD:(A;;0x1;;;OW)", 1, .granted = 0 },
		{ "self among them",
		  { .restricted = "U" },
		  "O:SYG:SYD:(A;;0x1;;;PS)",
		  1,
		  .self = "U",
		  .granted = 1 },
		{ "self not among them",
		  { .restricted = "G" },
		  "O:SYG:SYD:(A;;0x1;;;PS)",
		  1,
		  .self = "U",
		  .granted = 0 },
		{ "deny by a restricting SID",
		  { .restricted = "V" },
		  "O:SYG:SYD:(D;;0x1;;;V)(A;;0x3;;;U)(A;;0x3;;;V)",
		  3,
		  .granted = 2 },
		{ "what only a restricting SID gets",
		  { .restricted = "V" },
		  "O:SYG:SYD:(A;;0x1;;;U)(A;;0x3;;;V)",
		  3,
		  .granted = 1 },
		{ "fresh state: MIC does not reach it",
		  { .restricted = "G", .low = true, .no_mandatory_policy = true },
		  "O:SYG:SYD:(A;;0x3;;;U)(A;;0x3;;;G)",
		  3,
		  .granted = 3 },
		{ "privilege restored",
		  { .restricted = "G", .privileges = KACS_PRIV_MASK(KACS_PRIV_TAKE_OWNERSHIP) },
		  "O:SYG:SYD:",
		  0x80000,
		  .granted = 0x80000 },
		{ "condition sees the restricting SIDs",
		  { .restricted = "G" },
		  "O:SYG:SYD:(XA;;0x1;;;WD;(Member_of{SID(G)}))(A;;0x1;;;G)",
		  1,
		  .granted = 1 },
	};

	run_rows(rows, ARRAY_SIZE(rows));
}

/* KACS-AC-110, KACS-AC-113, KACS-AC-115 */
TEST(Rules_RestrictedPassOfDevices)
{
	static const struct row rows[] = {
		{ "only device groups",
		  { .restricted_devices = "H" },
		  "O:SYG:SYD:(A;;FA;;;U)",
		  1,
		  .granted = 0 },
		{ "only device groups, null DACL",
		  { .restricted_devices = "H" },
		  "O:SYG:SY",
		  1,
		  .granted = 1 },
		{ "only device groups, write-restricted",
		  { .restricted_devices = "H", .write_restricted = true, .user_deny_only = true },
		  "O:SYG:SYD:(A;;0x3;;;WD)",
		  3,
		  .granted = 1 },
	};

	run_rows(rows, ARRAY_SIZE(rows));
}

/* KACS-AC-041, KACS-AC-042, KACS-AC-047, KACS-AC-116, KACS-AC-117, KACS-AC-118, KACS-AC-119 */
TEST(Rules_ConfinementPass)
{
	static const struct row rows[] = {
		{ "capability by presence",
		  { .confined = true },
		  "O:SYG:SYD:(A;;0x1;;;U)(A;;0x1;;;AC)",
		  1,
		  .granted = 1 },
		{ "package", { .confined = true }, "O:SYG:SYD:(A;;0x1;;;U)(A;;0x1;;;APP)", 1, .granted = 1 },
		{ "user alone", { .confined = true }, "O:SYG:SYD:(A;;0x1;;;U)", 1, .granted = 0 },
		{ "owner is the package",
		  { .confined = true },
		  "O:APPG:SYD:(A;;0x1;;;U)(A;;0x1;;;OW)",
		  1,
		  .granted = 1 },
		{ "owner is the user",
		  { .confined = true },
		  "O:UG:SYD:(A;;0x1;;;U)(A;;0x1;;;OW)",
		  1,
		  .granted = 0 },
		{ "self is the package",
		  { .confined = true },
		  "O:SYG:SYD:(A;;0x1;;;U)(A;;0x1;;;PS)",
		  1,
		  .self = "APP",
		  .granted = 1 },
		{ "no owner rights, even of the package",
		  { .confined = true },
		  "O:APPG:SYD:(A;;FA;;;U)",
		  0x20000,
		  .granted = 0 },
		{ "no privilege",
		  { .confined = true, .privileges = KACS_PRIV_MASK(KACS_PRIV_TAKE_OWNERSHIP) },
		  "O:SYG:SYD:",
		  0x80000,
		  .granted = 0 },
		{ "what only the package gets",
		  { .confined = true },
		  "O:SYG:SYD:(A;;0x1;;;U)(A;;0x3;;;APP)",
		  3,
		  .granted = 1 },
		{ "after the restricted pass",
		  { .confined = true, .restricted = "G" },
		  "O:SYG:SYD:(A;;0x3;;;U)(A;;0x1;;;G)(A;;0x3;;;AC)",
		  3,
		  .granted = 1 },
	};

	run_rows(rows, ARRAY_SIZE(rows));
}

/*
 * KACS-AC-048, KACS-AC-065, KACS-AC-072, KACS-AC-073, KACS-AC-074,
 * KACS-AC-077, KACS-AC-079, KACS-AC-080, KACS-AC-081, KACS-AC-083,
 * KACS-FMT-023, KACS-FMT-030, KACS-FMT-071, KACS-FMT-073, KACS-FMT-081
 */
TEST(Rules_Labels)
{
	static const struct row rows[] = {
		{ "no-execute-up", {}, "O:SYG:SYD:(A;;FA;;;U)S:(ML;;NX;;;HI)", MAX, .granted = 0x120009 },
		{ "no-read-up", {}, "O:SYG:SYD:(A;;FA;;;U)S:(ML;;NR;;;HI)", MAX, .granted = 0x120020 },
		{ "no policy bit: only what the mapping lacks",
		  {},
		  "O:SYG:SYD:(A;;FA;;;U)S:(ML;;0x0;;;HI)",
		  MAX,
		  .granted = 0x1200a9 },
		{ "other policy bits",
		  {},
		  "O:SYG:SYD:(A;;FA;;;U)S:(ML;;0xfff8;;;HI)",
		  MAX,
		  .granted = 0x1200a9 },
		{ "equal level", {}, "O:SYG:SYD:(A;;FA;;;U)S:(ML;;NWNR;;;ME)", MAX, .granted = 0x1f01ff },
		{ "level between the named",
		  {},
		  "O:SYG:SYD:(A;;FA;;;U)S:(ML;;NW;;;S-1-16-8193)",
		  2,
		  .granted = 0 },
		{ "inherit-only label", {}, "O:SYG:SYD:(A;;FA;;;U)S:(ML;IO;NW;;;HI)", 2, .granted = 2 },
		{ "label behind an audit ACE",
		  {},
		  "O:SYG:SYD:(A;;FA;;;U)S:(AU;SA;FA;;;V)(ML;;NW;;;HI)",
		  2,
		  .granted = 0 },
		{ "second label", {}, "O:SYG:SYD:(A;;FA;;;U)S:(ML;;NW;;;LW)(ML;;NW;;;HI)", 2, .granted = 2 },
		{ "null DACL under a label", {}, "O:SYG:SYS:(ML;;NW;;;HI)", 2, .granted = 0 },
		{ "owner's rights under a label", { .low = true }, "O:UG:SYD:", 0x40000, .granted = 0 },
		{ "level in a group",
		  { .low = true, .devs = 0x64 },
		  "O:SYG:SYD:(A;;FA;;;U)",
		  2,
		  .granted = 0 },
	};

	run_rows(rows, ARRAY_SIZE(rows));
}

/* Process trust: the rules named above, without repeating them. */
TEST(Rules_TrustLabels)
{
	static const struct row rows[] = {
		{ "trust label", {}, "O:SYG:SYD:(A;;FA;;;U)S:(TL;;0x1;;;S-1-19-512-1024)", MAX, .granted = 1 },
		{ "trust label, generic mask",
		  {},
		  "O:SYG:SYD:(A;;FA;;;U)S:(TL;;GR;;;S-1-19-512-1024)",
		  MAX,
		  .granted = 0x120089 },
		{ "dominated",
		  {},
		  "O:SYG:SYD:(A;;FA;;;U)S:(TL;;0x1;;;S-1-19-512-1024)",
		  MAX,
		  .pip_type = 512,
		  .pip_trust = 1024,
		  .granted = 0x1f01ff },
		{ "type too low",
		  {},
		  "O:SYG:SYD:(A;;FA;;;U)S:(TL;;0x1;;;S-1-19-512-1024)",
		  MAX,
		  .pip_type = 511,
		  .pip_trust = 9999,
		  .granted = 1 },
		{ "every privilege, no dominance",
		  { .privileges = ALL_PRIVS },
		  "O:SYG:SYD:S:(TL;;0x0;;;S-1-19-512-1024)",
		  MAX,
		  .granted = 0 },
		{ "inherit-only trust label",
		  {},
		  "O:SYG:SYD:(A;;0x3;;;U)S:(TL;IO;0x1;;;S-1-19-512-1024)",
		  3,
		  .granted = 3 },
		{ "second trust label",
		  {},
		  "O:SYG:SYD:(A;;0x3;;;U)S:(TL;;0x3;;;S-1-19-512-1024)(TL;;0x0;;;S-1-19-512-1024)",
		  3,
		  .granted = 3 },
	};

	run_rows(rows, ARRAY_SIZE(rows));
}

/* KACS-AC-060, KACS-AC-061, KACS-AC-064, KACS-FMT-049, KACS-FMT-101 */
TEST(Rules_Privileges)
{
	static const struct row rows[] = {
		{ "SACL by no DACL", {}, "O:UG:SYD:(A;;0x01000000;;;U)", 0x01000000, .granted = 0 },
		{ "backup without intent", { .privileges = ALL_PRIVS }, "O:SYG:SYD:", 1, .granted = 0 },
		{ "deny cannot take a privilege's bit",
		  { .privileges = ALL_PRIVS },
		  "O:SYG:SYD:(D;;0x01000000;;;WD)",
		  0x01000000,
		  .granted = 0x01000000 },
		{ "take ownership over an owner rights deny",
		  { .privileges = ALL_PRIVS },
		  "O:UG:SYD:(D;;WO;;;OW)",
		  0x80000,
		  .granted = 0x80000 },
	};

	run_rows(rows, ARRAY_SIZE(rows));
}

/* KACS-AC-051, KACS-AC-059, KACS-FMT-044, KACS-FMT-052, KACS-FMT-079 */
TEST(Rules_WhatDoesNotMatter)
{
	static const struct row rows[] = {
		{ "no group SID", {}, "O:SYD:(A;;0x1;;;U)", 1, .granted = 1 },
		{ "group SID is the user", {}, "O:SYG:UD:", 0x20000, .granted = 0 },
		{ "order as stored", {}, "O:SYG:SYD:(A;;0x1;;;WD)(D;;0x1;;;U)", 1, .granted = 1 },
		{ "SACL types in a DACL",
		  {},
		  "O:SYG:SYD:(AU;SA;0x1;;;U)(ML;;NW;;;HI)(A;;0x1;;;U)",
		  1,
		  .granted = 1 },
		{ "DACL types in a SACL", {}, "O:SYG:SYD:(A;;0x1;;;U)S:(D;;0x1;;;U)", 1, .granted = 1 },
	};

	run_rows(rows, ARRAY_SIZE(rows));
}

/* KACS-AC-043: a check leaves the prepared token as it was */
TEST(Rules_TokenIsOnlyRead)
{
	static u8 tables[sizeof(r.who.tables)];
	struct token token = { .restricted = "G", .confined = true, .audit = 0xf, .privileges = ALL_PRIVS };
	struct kacs_subject subject;

	setup(&token, "O:UG:SYD:(A;;FA;;;U)(XA;;FA;;;WD;(Member_of{SID(G)}))S:(AU;SAFA;FA;;;WD)", 3);
	memcpy(tables, r.who.tables, sizeof(tables));
	subject = r.who.subject;
	check();
	EXPECT_BYTES(r.who.tables, tables, sizeof(tables));
	EXPECT_BYTES(&r.who.subject, &subject, sizeof(subject));
}

/* KACS-AC-049: denied for certain, and still audited to the end */
TEST(Rules_PipelineRunsToTheEnd)
{
	struct token token = { .low = true, .audit = KACS_AUDIT_OBJECT_FAILURE };

	setup(&token, "O:SYG:SYD:S:(AU;FA;FA;;;WD)(AL;;0x4;;;WD)", 2);
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.audit_count, 2);
	EXPECT_EQ(r.res.continuous_audit, 4);
}

/* KACS-AC-128: what a rule's own run grants again survives it */
TEST(Rules_OwnershipSurvivesARule)
{
	struct token token = { .privileges = ALL_PRIVS };

	/* The unknown policy is the recovery policy, which alice is not in. */
	setup(&token, "O:SYG:SYD:S:(SP;;;;;POL)", 0x01080000);
	EXPECT_EQ(check(), 0);
	setup(&token, "O:SYG:SYD:S:(SP;;;;;POL)", 1);
	r.req.intent = KACS_BACKUP_INTENT;
	EXPECT_EQ(check(), -EACCES);
}

/* KACS-AC-168, KACS-FMT-076, KACS-FMT-077: ACCESS_SYSTEM_SECURITY can be audited */
TEST(Rules_SaclAccess_IsAudited)
{
	struct token token = { .privileges = ALL_PRIVS };

	setup(&token, "O:SYG:SYD:S:(AU;SA;0x01000000;;;WD)", 0x01000000);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.audit_count, 1);
}

/* KACS-AC-036, KACS-FMT-020: SIDs alike in their first and last words are others */
TEST(Rules_SidsThatHashAlike_AreApart)
{
	u32 dacl, i;

	for (i = 12; i < 20; i++) {
		setup(&plain, "O:SYG:SYD:(A;;FR;;;U)", 1);
		EXPECT_EQ(check(), 0);
		dacl = pkm_get_le32(r.sd + 16);
		r.sd[dacl + 16 + i] ^= 1; /* a sub-authority in the middle of S-1-5-21-a-b-c-rid */
		r.req.trace = NULL;
		EXPECT_EQ(check(), -EACCES);
	}
}

/* KACS-AC-006, KACS-AC-105, KACS-AC-176: a scalar call with a tree speaks of its root */
TEST(Rules_ScalarCallWithTree_IsTheRoots)
{
	setup(&plain, "O:SYG:SYD:(OA;;0x10;a;;U)(A;;0x1;;;U)", 0x11);
	node(0, 0, 'P');
	node(1, 1, 'a');
	node(2, 1, 'b');
	r.req.results = NULL;
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.res.granted, 1);
	r.req.desired = 1;
	EXPECT_EQ(check(), 0);
	r.req.desired = 0;
	EXPECT_EQ(check(), 0);
}

/* KACS-AC-106, KACS-FMT-007: GUIDs are bytes, and each of them counts */
TEST(Rules_GuidsOfATree_AreComparedBytewise)
{
	u32 i;

	setup(&plain, "O:SYG:SYD:(OA;;0x10;a;;U)", 0x10);
	node(0, 0, 'a');
	EXPECT_EQ(check(), 0);
	for (i = 0; i < 16; i++) {
		r.tree[0].guid[i] ^= 0x20;
		EXPECT_EQ(check(), -EACCES);
		r.tree[0].guid[i] ^= 0x20;
	}
}

/* KACS-AC-165: inherit-only audit ACEs are silent, generic masks are mapped */
TEST(Rules_AuditMasksAndFlags)
{
	setup(&plain, "O:SYG:SYD:(A;;FA;;;U)S:(AU;OICIIOSA;FA;;;WD)", 1);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.audit_count, 0);
	setup(&plain, "O:SYG:SYD:(A;;FA;;;U)S:(AU;SA;GR;;;WD)", 1);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.audit_count, 1);
	setup(&plain, "O:SYG:SYD:(A;;FA;;;U)S:(AU;SA;GW;;;WD)", 1);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.audit_count, 0);
}

/* An attribute of name x with one INT64, as an ACE behind those there are. */
static void add_attribute(u8 name, u8 flags, u64 value, bool everyone)
{
	static u8 sacl[1024];
	struct pkm_writer w;
	struct kacs_sd sd;
	u32 at = r.sd_len;

	EXPECT_EQ(kacs_sd_parse(&sd, r.sd, r.sd_len), 0);
	pkm_writer_init(&w, sacl, sizeof(sacl));
	kacs_acl_begin(&w, 2);
	if (sd.sacl.data)
		pkm_writer_bytes(&w, sd.sacl.data + 8, sd.sacl.len - 8);
	pkm_writer_u8(&w, KACS_ACE_RESOURCE_ATTRIBUTE);
	pkm_writer_u8(&w, flags);
	pkm_writer_le16(&w, 52);
	pkm_writer_le32(&w, 0);
	pkm_writer_bytes(&w, sid_named(everyone ? "WD" : "AU", 2), 12);
	pkm_writer_le32(&w, 20);
	pkm_writer_le32(&w, 1);
	pkm_writer_le32(&w, 0);
	pkm_writer_le32(&w, 1);
	pkm_writer_le32(&w, 24);
	pkm_writer_le32(&w, name);
	pkm_writer_le64(&w, value);
	EXPECT_EQ(kacs_acl_end(&w, 0, sd.sacl.count + 1), 0);
	memcpy(r.sd + at, sacl, w.len);
	r.sd_len = at + w.len;
	pkm_put_le32(r.sd + 12, at);
	pkm_put_le16(r.sd + 2, pkm_get_le16(r.sd + 2) | KACS_SE_SACL_PRESENT);
}

/* KACS-AC-069, KACS-FMT-069, KACS-FMT-110, KACS-FMT-111, KACS-FMT-112 */
TEST(Rules_ResourceAttributes_FirstLiveOfANameCounts)
{
	static const char sd[] = "O:SYG:SYD:(XA;;0x1;;;U;(@Resource.x == 1))";

	setup(&plain, sd, 1);
	add_attribute('x', 0, 1, true);
	EXPECT_EQ(check(), 0);
	add_attribute('X', 0, 2, true); /* the same name, later */
	EXPECT_EQ(check(), 0);
	setup(&plain, sd, 1);
	add_attribute('X', 0, 2, true);
	add_attribute('x', 0, 1, true);
	EXPECT_EQ(check(), -EACCES);
	setup(&plain, sd, 1);
	add_attribute('x', KACS_ACE_INHERIT_ONLY, 2, true);
	add_attribute('x', 0, 1, true);
	EXPECT_EQ(check(), 0);
	/* the attribute alone grants nothing, and of another SID it is malformed */
	setup(&plain, "O:SYG:SYD:", 1);
	add_attribute('x', 0, 1, true);
	EXPECT_EQ(check(), -EACCES);
	setup(&plain, "O:SYG:SYD:(A;;FA;;;U)", 1);
	add_attribute('x', 0, 1, false);
	EXPECT_EQ(check(), -EINVAL);
}

/* KACS-FMT-024, KACS-FMT-026, KACS-FMT-021: a resource group is a group like any other */
TEST(Rules_GroupAttributesWithoutMeaning_ChangeNothing)
{
	struct token token = { .devs = 0x20000000 | 0x20 | 0x40 | KACS_GROUP_ENABLED };

	setup(&token, "O:SYG:SYD:(A;;FR;;;G)", 1);
	EXPECT_EQ(check(), 0);
	token.devs &= ~KACS_GROUP_ENABLED;
	setup(&token, "O:SYG:SYD:(A;;FR;;;G)", 1);
	EXPECT_EQ(check(), -EACCES);
}
