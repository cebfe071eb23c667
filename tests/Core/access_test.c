// SPDX-License-Identifier: MIT
/*
 * The decision beyond the worked examples: gates and inputs, trees, views.
 */
#include "harness.h"
#include "support/run.h"

#include <stdlib.h>

/* KACS-AC-021, KACS-AC-052, KACS-AC-053 */
TEST(Gate_ComesBeforeEveryInputCheck)
{
	struct token token = { .dead = true, .level = 2 };

	setup(&token, "O:UG:SY", 1);
	r.sd_len = 3;
	r.req.tree_count = KACS_TREE_MAX + 1;
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.trace[0].step, KACS_STEP_SESSION);
	token.dead = false;
	setup(&token, "O:UG:SY", 1);
	r.sd_len = 3;
	EXPECT_EQ(check(), -EACCES);
	EXPECT_EQ(r.trace[0].step, KACS_STEP_LEVEL);
	EXPECT_EQ(r.trace[1].step, KACS_STEP_NONE);
	token.level = 1; /* Anonymous is evaluated */
	setup(&token, "O:UG:SY", 1);
	EXPECT_EQ(check(), 0);
}

/*
 * KACS-AC-022, KACS-AC-026, KACS-AC-054, KACS-AC-055, KACS-AC-056,
 * KACS-AC-057, KACS-AC-017
 */
TEST(Inputs_Malformed_AreRefusedSilently)
{
	struct kacs_generic_map map = kacs_map_file;
	u32 bad;

	for (bad = 0; bad < 9; bad++) {
		setup(&plain, "O:UG:SYD:S:(AU;SAFA;FA;;;WD)", 1);
		r.req.self_sid = bad == 0 ? (u8 *)"\2\0\0\0\0\0\0\5" : NULL;
		r.req.self_sid_len = 8;
		map.all = 0x1f01ff | (bad == 1 ? KACS_GENERIC_ALL : 0);
		r.req.map = &map;
		r.req.desired = bad == 2 ? 0x00200000 : bad == 3 ? 0x08000000 : 1;
		r.req.intent = bad == 4 ? 4 : 0;
		r.req.local_claims = (u8 *)"\1\0\0\0";
		r.req.local_claims_len = bad == 5 ? 4 : 0;
		if (bad == 6)
			pkm_put_le32(r.sd + 4, 0); /* no owner */
		if (bad == 7)
			r.sd_len = 0;
		if (bad == 8)
			r.req.results = r.results; /* list without a tree */
		if (check() != -EINVAL || r.res.granted || r.audit_count || r.res.used ||
		    r.trace[0].step != (bad == 2 || bad == 3 ? 0 : KACS_STEP_INVALID))
			test_fail(__FILE__, __LINE__, "input %u", bad);
	}
}

/* KACS-AC-058 */
TEST(Tree_OfAnotherShape_IsRefused)
{
	static const struct {
		const char *why;
		u8 levels[5];
		const char *names;
		u32 count;
		int rv;
	} trees[] = {
		{ "root alone", { 0 }, "P", 1, 0 },
		{ "two levels", { 0, 1, 2, 1, 2 }, "Pabcd", 5, 0 },
		{ "first is no root", { 1 }, "P", 1, -EINVAL },
		{ "two roots", { 0, 0 }, "Pa", 2, -EINVAL },
		{ "level jumps", { 0, 2 }, "Pa", 2, -EINVAL },
		{ "level jumps later", { 0, 1, 1, 3 }, "Pabc", 4, -EINVAL },
		{ "same GUID twice", { 0, 1, 1 }, "Paa", 3, -EINVAL },
		{ "root's GUID again", { 0, 1, 2 }, "PaP", 3, -EINVAL },
	};
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(trees); i++) {
		setup(&plain, "O:UG:SY", 1);
		for (n = 0; n < trees[i].count; n++)
			node(n, trees[i].levels[n], trees[i].names[n]);
		if (check() != trees[i].rv)
			test_fail(__FILE__, __LINE__, "%s", trees[i].why);
	}
	setup(&plain, "O:UG:SY", 1);
	node(0, 0, 'P');
	node(1, 1, 'a');
	r.tree[1]._reserved = 1;
	EXPECT_EQ(check(), -EINVAL);
	r.req.tree_count = KACS_TREE_MAX + 1;
	EXPECT_EQ(check(), -EINVAL);
	r.req.tree_count = 0; /* supplied, and empty */
	EXPECT_EQ(check(), -EINVAL);
}

/*
 * KACS-AC-099, KACS-AC-100, KACS-AC-101, KACS-AC-102, KACS-AC-103, KACS-AC-104
 * on a tree of three levels
 */
TEST(Tree_ThreeLevels_PropagatesUpAndDown)
{
	static const struct {
		const char *sd;
		const char *granted; /* nodes P a b c d that get 0x10 */
	} cases[] = {
		/* P(a(b c) d) */
		{ "O:SYG:SYD:(OA;;0x10;b;;U)", "b" },
		{ "O:SYG:SYD:(OA;;0x10;b;;U)(OA;;0x10;c;;U)", "abc" },
		{ "O:SYG:SYD:(OA;;0x10;b;;U)(OA;;0x10;c;;U)(OA;;0x10;d;;U)", "Pabcd" },
		{ "O:SYG:SYD:(OA;;0x10;a;;U)", "abc" },
		{ "O:SYG:SYD:(OD;;0x10;b;;U)(A;;0x10;;;U)", "cd" },
		{ "O:SYG:SYD:(OD;;0x10;a;;U)(A;;0x10;;;U)", "d" },
		{ "O:SYG:SYD:(OA;;0x10;a;;U)(OD;;0x10;b;;U)(A;;0x10;;;U)", "abcd" },
		{ "O:SYG:SYD:(OA;;0x10;e;;U)", "" },
		{ "O:SYG:SYD:(OA;;0x10;;;U)", "Pabcd" },
		{ "O:SYG:SYD:(D;;0x10;;;U)(OA;;0x10;b;;U)", "" },
		{ "O:SYG:SY", "Pabcd" },
	};
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(&plain, cases[i].sd, 0x10);
		node(0, 0, 'P');
		node(1, 1, 'a');
		node(2, 2, 'b');
		node(3, 2, 'c');
		node(4, 1, 'd');
		r.req.results = r.results;
		EXPECT_EQ(check(), 0);
		for (n = 0; n < 5; n++) {
			bool want = strchr(cases[i].granted, "Pabcd"[n]);

			if (!r.results[n].status != want || !!(r.results[n].granted & 0x10) != want)
				test_fail(__FILE__, __LINE__, "%s: node %c", cases[i].sd, "Pabcd"[n]);
		}
		/* KACS-AC-006: the scalar call answers for the root */
		r.req.results = NULL;
		EXPECT_EQ(check(), strchr(cases[i].granted, 'P') ? 0 : -EACCES);
	}
}

/* A tree and conditions may not fit: no answer is better than a wrong one. */
TEST(Scratch_TooSmall_IsNoMemory)
{
	struct kacs_sd sd;

	setup(&plain, "O:SYG:SYD:(XA;;FR;;;WD;(@User.x == 1))", 1);
	EXPECT_EQ(kacs_sd_parse(&sd, r.sd, r.sd_len), 0);
	r.req.scratch_len = kacs_scratch_size(&sd, 0) - 1;
	EXPECT_EQ(check(), -ENOMEM);
	setup(&plain, "O:SYG:SYD:(A;;FR;;;WD)", 1);
	EXPECT_EQ(kacs_sd_parse(&sd, r.sd, r.sd_len), 0);
	EXPECT_EQ(kacs_scratch_size(&sd, 0), 0);
	r.req.scratch = NULL;
	r.req.scratch_len = 0;
	EXPECT_EQ(check(), 0);
	node(0, 0, 'P');
	EXPECT_EQ(check(), -ENOMEM);
	EXPECT(kacs_scratch_size(NULL, 5) >= kacs_scratch_size(&sd, 5));
	EXPECT_EQ(kacs_scratch_size(NULL, KACS_TREE_MAX), kacs_scratch_size(NULL, U32_MAX));
}

/* KACS-FMT-074: an ACE of four bytes at the very end has no mask to be read */
TEST(Ace_OpaqueAtTheEnd_IsNotReadBeyond)
{
	u32 len, tree;
	u8 *copy;

	for (tree = 0; tree < 2; tree++) {
		setup(&plain, "O:SYG:SYD:(A;;0x1;;;U)S:", 3);
		/* SACL first, so the DACL ends the descriptor; append the ACE to it. */
		len = r.sd_len;
		pkm_put_le32(r.sd + len, 0x00040077);
		pkm_put_le16(r.sd + pkm_get_le32(r.sd + 16) + 2, 8 + 36 + 4);
		pkm_put_le16(r.sd + pkm_get_le32(r.sd + 16) + 4, 2);
		copy = malloc(len + 4);
		memcpy(copy, r.sd, len + 4);
		if (tree)
			node(0, 0, 'P');
		EXPECT_EQ(kacs_access_check_raw(&r.req, copy, len + 4, &r.res), -EACCES);
		EXPECT_EQ(r.res.granted, 1);
		free(copy);
	}
}

/* KACS-AC-025: what no ACE can grant, and what does not spoil one */
TEST(Ace_ReservedBits_AreWithoutEffect)
{
	setup(&plain, "O:SYG:SYD:(A;;0x0fe00001;;;U)", KACS_MAXIMUM_ALLOWED);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.granted, 1);
	setup(&plain, "O:SYG:SYD:(A;;0x0fe00001;;;U)", KACS_ACCESS_SYSTEM_SECURITY);
	EXPECT_EQ(check(), -EACCES);
}

/* KACS-AC-034, KACS-AC-035, KACS-AC-038 */
TEST(View_SelfByDenyOnlyGroup_IsDenyOnly)
{
	struct token token = { .devs = KACS_GROUP_DENY_ONLY };
	const u8 *self = sid_named("G", 1);

	setup(&token, "O:SYG:SYD:(A;;0x1;;;PS)", 1);
	r.req.self_sid = self;
	r.req.self_sid_len = kacs_sid_len(self);
	EXPECT_EQ(check(), -EACCES);
	setup(&token, "O:SYG:SYD:(D;;0x1;;;PS)(A;;0x1;;;U)", 1);
	r.req.self_sid = self;
	r.req.self_sid_len = kacs_sid_len(self);
	EXPECT_EQ(check(), -EACCES);
	r.req.self_sid = NULL;
	EXPECT_EQ(check(), 0);
}

/* KACS-AC-037, KACS-AC-093: implicit rights by presence, S-1-3-4 by polarity */
TEST(View_OwnerByDenyOnlyGroup_HasImplicitRightsOnly)
{
	struct token token = { .devs = KACS_GROUP_DENY_ONLY };

	setup(&token, "O:GG:SYD:", 0x60000);
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.trace[17].step, KACS_STEP_OWNER);
	setup(&token, "O:GG:SYD:(A;;0x1;;;OW)", 1);
	EXPECT_EQ(check(), -EACCES);
}

/* A token that lists OWNER RIGHTS as a group owns nothing by that. */
TEST(View_VirtualSidAsGroup_MatchesNothing)
{
	struct kacs_subject_input in = {
		.user = sid_named("U", 1),
		.integrity = 8192,
		.token_type = KACS_TOKEN_TYPE_PRIMARY,
	};
	u64 enabled = 3;

	setup(&plain, "O:SYG:SYD:(A;;0x1;;;OW)(A;;0x1;;;PS)", 1);
	in.groups = list_of(r.who.lists, "OW PS", KACS_GROUP_ENABLED);
	EXPECT_EQ(kacs_subject_init(&r.who.subject, r.who.tables, sizeof(r.who.tables), &in), 0);
	r.who.state.groups_enabled = &enabled;
	EXPECT_EQ(check(), -EACCES);
	EXPECT(kacs_subject_holds(&r.who.subject, sid_named("OW", 2)));
	EXPECT(kacs_subject_holds(&r.who.subject, sid_named("PS", 2)));
	EXPECT(!kacs_subject_is_member(&r.who.subject, &r.who.state, sid_named("OW", 2)));
}

/* A deny-only user does not come back as a group of the same SID. */
TEST(View_DenyOnlyUserAsGroup_StaysDenyOnly)
{
	struct kacs_subject_input in = {
		.user = sid_named("U", 1),
		.user_deny_only = true,
		.token_type = KACS_TOKEN_TYPE_PRIMARY,
	};
	u64 enabled = 1;

	setup(&plain, "O:SYG:SYD:(A;;0x1;;;U)", 1);
	in.groups = list_of(r.who.lists, "U", KACS_GROUP_ENABLED);
	EXPECT_EQ(kacs_subject_init(&r.who.subject, r.who.tables, sizeof(r.who.tables), &in), 0);
	r.who.state.groups_enabled = &enabled;
	EXPECT_EQ(check(), -EACCES);
}

/* What cannot be a token makes no subject. */
TEST(Subject_Malformed_IsRefused)
{
	static u8 tables[65536] __attribute__((aligned(8))), list[8];
	struct kacs_subject_input in = { .user = sid_named("U", 1) };
	struct kacs_subject subject;
	u32 need = kacs_subject_size(&in);

	EXPECT(need);
	EXPECT_EQ(kacs_subject_init(&subject, tables, need - 1, &in), -EINVAL);
	EXPECT_EQ(kacs_subject_init(&subject, tables, need, &in), 0);
	in.write_restricted = true;
	EXPECT_EQ(kacs_subject_init(&subject, tables, need, &in), -EINVAL);
	in.write_restricted = false;
	in.user_claims = list;
	in.user_claims_len = 3;
	EXPECT_EQ(kacs_subject_init(&subject, tables, need, &in), -EINVAL);
	in.user_claims_len = 0;
	in.groups = (struct kacs_sid_list){ list, sizeof(list), 1 };
	EXPECT_EQ(kacs_subject_size(&in), 0);
}

/* KACS-AC-159: on a tree a privilege's use succeeds if its bit survives anywhere */
TEST(PrivilegeUse_OnATree_CountsAnyNode)
{
	struct token token = { .privileges = ALL_PRIVS, .audit = 0xc };

	setup(&token, "O:SYG:SYD:(OA;;WO;a;;U)", 0x80000);
	node(0, 0, 'P');
	node(1, 1, 'a');
	node(2, 1, 'b');
	r.req.results = r.results;
	EXPECT_EQ(check(), 0);
	EXPECT_EQ(r.res.used, KACS_PRIV_MASK(KACS_PRIV_TAKE_OWNERSHIP));
	EXPECT_EQ(r.privilege_count, 1);
	EXPECT(!r.results[0].status && !r.results[1].status && !r.results[2].status);
}

/* Every entry of a group counts: one enabled entry is enough. */
TEST(View_GroupTwice_MatchesByEitherEntry)
{
	struct kacs_subject_input in = { .user = sid_named("V", 1), .token_type = KACS_TOKEN_TYPE_PRIMARY };
	u64 enabled = 2;

	setup(&plain, "O:SYG:SYD:(A;;0x1;;;G)", 1);
	in.groups = list_of(r.who.lists, "G G", KACS_GROUP_ENABLED);
	EXPECT_EQ(kacs_subject_init(&r.who.subject, r.who.tables, sizeof(r.who.tables), &in), 0);
	r.who.state.groups_enabled = &enabled;
	EXPECT_EQ(check(), 0);
	enabled = 0;
	EXPECT_EQ(check(), -EACCES);
}

/* KACS-AC-039: SIDs that hash alike are still told apart, in tables of any size */
TEST(View_ManySids_AreAllFoundAndNoOther)
{
	static u8 lists[65536], tables[262144] __attribute__((aligned(8)));
	struct kacs_subject_input in = { .user = sid_named("U", 1), .token_type = KACS_TOKEN_TYPE_PRIMARY };
	u32 subs[5] = { 21, 0, 2, 3, 4 }, count, i;
	struct kacs_subject subject;
	struct pkm_writer w;
	u8 sid[KACS_SID_MAX];

	for (count = 1; count < 1500; count = count * 3 + 1) {
		pkm_writer_init(&w, lists, sizeof(lists));
		for (i = 0; i < count; i++) {
			subs[1] = i; /* in the middle: one hash for all */
			kacs_sid_make(sid, 5, 5, subs);
			pkm_writer_le32(&w, kacs_sid_len(sid));
			pkm_writer_bytes(&w, sid, kacs_sid_len(sid));
			pkm_writer_le32(&w, 0);
		}
		in.groups = (struct kacs_sid_list){ lists, w.len, count };
		EXPECT(pkm_writer_ok(&w) && kacs_subject_size(&in) <= sizeof(tables));
		EXPECT_EQ(kacs_subject_init(&subject, tables, sizeof(tables), &in), 0);
		for (i = 0; i < count + 3; i++) {
			subs[1] = i;
			kacs_sid_make(sid, 5, 5, subs);
			EXPECT_EQ(kacs_subject_holds(&subject, sid), i < count);
		}
	}
}
