// SPDX-License-Identifier: MIT
/*
 * A check of raw bytes validates plain DACLs while it walks them: the same
 * answer as with a validated descriptor, and malformed ones are refused whole.
 */
#include "harness.h"
#include "support/run.h"

#include <stdlib.h>

/* Asks both ways; the raw answer, or 1 when they differ. */
static int agreed(u32 *granted)
{
	struct kacs_result raw, prepared;
	struct kacs_sd sd;
	int rv;

	r.req.trace = NULL; /* who asks for one takes the long way */
	rv = kacs_access_check_raw(&r.req, r.sd, r.sd_len, &raw);
	if (kacs_sd_parse(&sd, r.sd, r.sd_len))
		return rv == -EINVAL && !raw.granted ? -EINVAL : 1;
	if (kacs_access_check(&r.req, &sd, &prepared) != rv || prepared.granted != raw.granted ||
	    prepared.want != raw.want || prepared.used != raw.used)
		return 1;
	*granted = raw.granted;
	return rv;
}

/* KACS-AC-084, KACS-AC-086, KACS-AC-092, KACS-AC-094, KACS-AC-087 */
TEST(Raw_DaclsPlainAndOdd_AnswerAsPrepared)
{
	static const struct {
		const char *sd;
		u32 desired;
		int rv;
		u32 granted;
	} cases[] = {
		{ "O:SYG:SYD:(A;;FR;;;U)", 1, 0, 0x120089 },
		{ "O:SYG:SYD:(D;;0x2;;;G)(A;;FW;;;U)", 6, -EACCES, 0x120114 },
		/* inherit-only ones are stepped over, before and behind the deciding one */
		{ "O:SYG:SYD:(A;OICIIO;FA;;;U)(A;;0x1;;;U)(D;CIIO;FA;;;U)", 1, 0, 1 },
		{ "O:SYG:SYD:(A;OICIIO;FA;;;U)", 1, -EACCES, 0 },
		/* odd before anything matched, behind it, and in between */
		{ "O:SYG:SYD:(OA;;0x1;a;;U)(A;;0x2;;;U)", 3, 0, 3 },
		{ "O:SYG:SYD:(A;;0x2;;;U)(OD;;0x1;a;;U)(A;;0x1;;;U)", 3, -EACCES, 2 },
		{ "O:SYG:SYD:(A;;0x1;;;U)(XA;;0x2;;;U;(@User.nope == 1))", 3, -EACCES, 1 },
		{ "O:SYG:SYD:(A;;0x1;;;U)(XA;;0x2;;;U;(@User.nope == 1))", 1, 0, 1 },
		/* an owner's rights, and an ACE for S-1-3-4 anywhere that ends them */
		{ "O:UG:SYD:(D;;0x60000;;;WD)", 0x60000, 0, 0x60000 },
		{ "O:UG:SYD:(A;;RC;;;OW)", 0x40000, -EACCES, 0x20000 },
		{ "O:UG:SYD:(A;;0x1;;;U)(A;;RC;;;OW)", 0x40000, -EACCES, 0x20001 },
		{ "O:UG:SYD:(A;;0x40001;;;U)(A;CIIO;RC;;;OW)", 0x40001, 0, 0x60001 },
		{ "O:UG:SYD:(A;;0x1;;;U)(D;;WD;;;OW)", 1, 0, 1 },
		{ "O:SYG:SYD:(A;;0x1;;;OW)(A;;0x2;;;U)", 2, 0, 2 },
		/* a walk ends early, and the mask says so */
		{ "O:SYG:SYD:(A;;0x1;;;U)(A;;0x2;;;U)", 1, 0, 1 },
		{ "O:SYG:SYD:(A;;0x1;;;U)(A;;0x2;;;U)", KACS_MAXIMUM_ALLOWED, 0, 3 },
		{ "O:SYG:SYD:", 1, -EACCES, 0 },
		{ "O:SYG:SY", 1, 0, 0x1f01ff },
	};
	u32 i, granted;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(&plain, cases[i].sd, cases[i].desired);
		granted = U32_MAX;
		EXPECT_EQ(agreed(&granted), cases[i].rv);
		if (granted != cases[i].granted)
			test_fail(__FILE__, __LINE__, "case %u: granted 0x%x, not 0x%x", i, granted,
				  cases[i].granted);
	}
}

/* The same with the passes behind the normal one: KACS-AC-110, KACS-AC-113, KACS-AC-116 */
TEST(Raw_RestrictedAndConfined_AnswerAsPrepared)
{
	static const struct {
		struct token token;
		const char *sd;
		u32 desired;
		int rv;
		u32 granted;
	} cases[] = {
		{ { .restricted = "G" }, "O:SYG:SYD:(A;;FA;;;U)(A;;FR;;;G)", 2, -EACCES, 0x120089 },
		{ { .restricted = "U" }, "O:UG:SYD:", 0x60000, 0, 0x60000 },
		{ { .restricted = "G" }, "O:SYG:SY", 1, 0, 0x1f01ff },
		{ { .restricted = "G", .write_restricted = true, .user_deny_only = true },
		  "O:SYG:SYD:(A;;FA;;;WD)",
		  1,
		  0,
		  0xd00e9 },
		{ { .confined = true },
		  "O:SYG:SYD:(A;;FA;;;U)(A;;FR;;;AC)",
		  KACS_MAXIMUM_ALLOWED,
		  0,
		  0x120089 },
		{ { .confined = true, .restricted = "U" },
		  "O:SYG:SYD:(A;;FA;;;U)(A;;FR;;;AC)",
		  KACS_MAXIMUM_ALLOWED,
		  0,
		  0x120089 },
		{ { .confined = true }, "O:UG:SYD:(A;;FR;;;APP)(A;;FR;;;U)", 0x40000, -EACCES, 0x120089 },
	};
	u32 i, granted;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(&cases[i].token, cases[i].sd, cases[i].desired);
		granted = U32_MAX;
		EXPECT_EQ(agreed(&granted), cases[i].rv);
		if (granted != cases[i].granted)
			test_fail(__FILE__, __LINE__, "case %u: granted 0x%x, not 0x%x", i, granted,
				  cases[i].granted);
	}
}

/* KACS-AC-056, KACS-FMT-051, KACS-FMT-061: whatever the ACE in front decided */
TEST(Raw_MalformedBehindDecidingAce_Einval)
{
	static const struct {
		u32 at; /* in the DACL */
		u8 value;
	} damage[] = {
		{ 4, 1 },     { 4, 3 },     { 4, 0 },                /* AceCount */
		{ 2, 63 },    { 2, 65 },    { 2, 4 },                /* AclSize */
		{ 10, 0 },    { 10, 35 },   { 10, 32 }, { 10, 255 }, /* AceSize of the first */
		{ 46, 0 },    { 46, 27 },   { 46, 12 }, { 46, 255 }, /* of the second */
		{ 16, 2 },    { 17, 16 },   { 17, 4 },  { 17, 6 },   /* SID of the first */
		{ 52, 2 },    { 53, 16 },   { 53, 0 },  { 53, 2 },   /* of the second */
		{ 44, 0x12 }, { 44, 0x05 },                          /* type of the second */
	};
	u32 dacl, i, granted;
	u8 kept;

	setup(&plain, "O:SYG:SYD:(A;;0x1;;;U)(A;;0x1;;;WD)", 1);
	dacl = pkm_get_le32(r.sd + 16);
	EXPECT_EQ(agreed(&granted), 0);
	EXPECT_EQ(r.sd_len - dacl, 8 + 36 + 20);
	for (i = 0; i < ARRAY_SIZE(damage); i++) {
		kept = r.sd[dacl + damage[i].at];
		r.sd[dacl + damage[i].at] = damage[i].value;
		if (agreed(&granted) != -EINVAL)
			test_fail(__FILE__, __LINE__, "damage %u was not refused", i);
		r.sd[dacl + damage[i].at] = kept;
	}
	r.req.desired = KACS_MAXIMUM_ALLOWED; /* walks to the end, past the announced count */
	r.sd[dacl + 4] = 1;
	EXPECT_EQ(agreed(&granted), -EINVAL);
	r.sd[dacl + 4] = 2;
	EXPECT_EQ(agreed(&granted), 0);
	r.sd[dacl + 45] = KACS_ACE_INHERIT_ONLY; /* and longer than what is left */
	r.sd[dacl + 46] = 24;
	r.sd[dacl + 53] = 2;
	EXPECT_EQ(agreed(&granted), -EINVAL);
}

/* KACS-FMT-051, KACS-FMT-061: nothing behind the descriptor is read, where the DACL ends in the middle of an ACE */
TEST(Raw_DaclEndsInsideAnAce_ReadsNoFurther)
{
	struct kacs_result res;
	u32 dacl, cut;
	u8 *exact;

	setup(&plain, "O:SYG:SYD:(A;CIIO;0x1;;;WD)(A;CIIO;0x1;;;WD)", KACS_MAXIMUM_ALLOWED);
	dacl = pkm_get_le32(r.sd + 16);
	r.req.trace = NULL;
	for (cut = 1; cut < 20; cut++) {
		exact = malloc(dacl + 28 + cut);
		EXPECT(exact);
		memcpy(exact, r.sd, dacl + 28 + cut);
		pkm_put_le16(exact + dacl + 2, 28 + cut);
		EXPECT_EQ(kacs_access_check_raw(&r.req, exact, dacl + 28 + cut, &res), -EINVAL);
		free(exact);
	}
}

/* KACS-FMT-015, KACS-FMT-016: sizes agree, but 16 sub-authorities are one too many */
TEST(Raw_SidTooLong_Einval)
{
	u32 dacl, granted;

	setup(&plain, "O:SYG:SYD:(A;;0x1;;;V)", 0);
	dacl = pkm_get_le32(r.sd + 16);
	memset(r.sd + dacl + 44, 1, 44);
	pkm_put_le16(r.sd + dacl + 2, 8 + 80);
	pkm_put_le16(r.sd + dacl + 10, 80);
	r.sd[dacl + 17] = 16;
	r.sd_len = dacl + 88;
	EXPECT_EQ(agreed(&granted), -EINVAL);
	pkm_put_le16(r.sd + dacl + 2, 8 + 76);
	pkm_put_le16(r.sd + dacl + 10, 76);
	r.sd[dacl + 17] = 15;
	EXPECT_EQ(agreed(&granted), 0);
}

/* KACS-FMT-043: components in any order, apart from each other */
TEST(Raw_ComponentsInAnyOrder_Accepted)
{
	u8 copy[512];
	u32 dacl, granted;

	setup(&plain, "O:SYG:SYD:(A;;0x1;;;U)", 1);
	dacl = pkm_get_le32(r.sd + 16);
	/* DACL first, owner and group behind it */
	memcpy(copy, r.sd, r.sd_len);
	memcpy(r.sd + 20, copy + dacl, r.sd_len - dacl);
	memcpy(r.sd + 20 + r.sd_len - dacl, copy + 20, dacl - 20);
	pkm_put_le32(r.sd + 4, 20 + r.sd_len - dacl);
	pkm_put_le32(r.sd + 8, 20 + r.sd_len - dacl + 12);
	pkm_put_le32(r.sd + 16, 20);
	EXPECT_EQ(agreed(&granted), 0);
	EXPECT_EQ(granted, 1);
	/* the owner inside the ACE of the DACL */
	pkm_put_le32(r.sd + 4, 20 + 8 + 8);
	EXPECT_EQ(agreed(&granted), -EINVAL);
}
