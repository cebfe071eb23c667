// SPDX-License-Identifier: MIT
/* Every field of a token: as it was specified, and what adjusting reaches (KACS-TOK-013, KACS-TOK-015). */
#include "kacs.h"

#define CLASSES 24
#define ROOM    512

/* Attributes of a group, KACS-FMT-021. */
#define ENABLED 0x4

static const uint8_t SID_APP[24] = { 1, 4, 0, 0, 0, 0, 0, 15, 2, 0, 0, 0, 7 };
static const uint8_t SID_INTERNET[16] = { 1, 2, 0, 0, 0, 0, 0, 15, 3, 0, 0, 0, 1 };
static const uint8_t SID_BATCH[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 3 };
static const uint8_t SID_RESTRICTED[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 12 };
static const uint8_t DACL[8] = { 2, 0, 8 };

/* INT64 claims "A" and "B" of one value each. */
static const uint8_t CLAIM_A[36] = { 32, 0, 0, 0,  28, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,  1,
				     0,  0, 0, 20, 0,  0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 'A' };
static const uint8_t CLAIM_B[36] = { 32, 0, 0, 0,  28, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,  1,
				     0,  0, 0, 20, 0,  0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 'B' };

struct fields {
	uint8_t bytes[CLASSES + 1][ROOM];
	int len[CLASSES + 1];
};

static void section(uint32_t at, const void *bytes, uint32_t len)
{
	put32(&spec, at, add_bytes(&spec, bytes, len));
	put32(&spec, at + 4, len);
}

static void one_sid(uint32_t at, const uint8_t *sid)
{
	put32(&spec, at, add_group(&spec, sid, 7));
	put32(&spec, at + 4, 1);
}

static void specify(uint64_t session)
{
	static const uint32_t gids[2] = { 100, 4711 };

	token_spec(&spec, SID_LOCAL_SERVICE, session, 301, PRIV(8) | PRIV(17) | PRIV(23));
	spec.bytes[4] = KACS_TOKEN_TYPE_IMPERSONATION;
	spec.bytes[5] = KACS_LEVEL_DELEGATION;
	put32(&spec, 8, 12345);
	put32(&spec, 12, 3);
	put64(&spec, 24, PRIV(23));
	put64(&spec, 48, 77);
	put32(&spec, 64, 2);
	put32(&spec, 68, 1);
	put64(&spec, 80, 0x1122334455667788);
	add_group(&spec, SID_NETWORK_SERVICE, 0xe); /* behind Everyone */
	add_group(&spec, SID_BATCH, 0x16);
	put32(&spec, 96, 3);
	section(100, DACL, sizeof(DACL));
	section(108, CLAIM_A, sizeof(CLAIM_A));
	section(116, CLAIM_B, sizeof(CLAIM_B));
	one_sid(124, SID_BATCH);
	one_sid(132, SID_RESTRICTED);
	section(140, SID_APP, sizeof(SID_APP));
	one_sid(148, SID_INTERNET);
	memset(spec.bytes + 156, 1, 4);
	put32(&spec, 160, add_bytes(&spec, gids, sizeof(gids)));
	put32(&spec, 164, 2);
	one_sid(168, SID_BATCH);
	put64(&spec, 176, 999);
	put32(&spec, 184, 5);
}

static void read_all(int token, struct fields *f)
{
	for (uint32_t class = 1; class <= CLASSES; class ++)
		f->len[class] = query(token, class, f->bytes[class], ROOM);
}

static int is(const struct fields *f, int class, const void *bytes, int len)
{
	return f->len[class] == len && !memcmp(f->bytes[class], bytes, len);
}

static int is_word(const struct fields *f, int class, uint32_t value)
{
	return is(f, class, &value, 4);
}

/* A list of one SID with the attributes that one_sid() gives. */
static int is_one(const struct fields *f, int class, const uint8_t *sid)
{
	uint32_t len = 8 + 4 * sid[1], words[2] = { 1, len }, attributes = 7;
	uint8_t want[128];

	memcpy(want, words, 8);
	memcpy(want + 8, sid, len);
	memcpy(want + 8 + len, &attributes, 4);
	return is(f, class, want, 12 + len);
}

static void test_as_specified(const struct fields *f, uint64_t session)
{
	static const uint8_t level[12] = { 1, 1, 0, 0, 0, 0, 0, 16, 0x39, 0x30 };
	uint64_t origin = 999, source = 0x1122334455667788, stats[6];
	uint32_t gids[3] = { 2, 100, 4711 };

	memcpy(stats, f->bytes[11], 48);
	ok(is(f, 1, SID_LOCAL_SERVICE, 12), "Field_User_IsAsSpecified");
	ok(is_word(f, 4, 2) && is_word(f, 21, 3), "Field_TypeAndLevel_AreAsSpecified");
	ok(is(f, 5, level, 12) && is_word(f, 17, 3), "Field_IntegrityAndPolicy_AreAsSpecified");
	ok(is(f, 6, SID_NETWORK_SERVICE, 12) && is(f, 7, SID_EVERYONE, 12), "Field_Owners_AreAsSpecified");
	ok(is_word(f, 8, 5) && is(f, 12, &origin, 8), "Field_ScopeAndOrigin_AreAsSpecified");
	ok(is_one(f, 9, SID_RESTRICTED), "Field_RestrictedSids_AreAsSpecified");
	ok(f->len[10] == 16 && !memcmp(f->bytes[10], "guest-ts", 8) && !memcmp(f->bytes[10] + 8, &source, 8),
	   "Field_Source_IsAsSpecified");
	ok(stats[2] == session && !stats[3] && (uint32_t)stats[4] == 2 && stats[5] == 77,
	   "Field_Statistics_AreAsSpecified");
	ok(is_word(f, 13, 1) && is_word(f, 18, KACS_LOGON_SERVICE), "Field_ElevationAndLogon_AreTheKernels");
	ok(is_one(f, 14, SID_BATCH), "Field_DeviceGroups_AreAsSpecified");
	ok(is(f, 15, SID_APP, 24) && is_one(f, 16, SID_INTERNET), "Field_Confinement_IsAsSpecified");
	ok(is(f, 20, DACL, 8), "Field_DefaultDacl_IsAsSpecified");
	ok(is(f, 22, CLAIM_A, 36) && is(f, 23, CLAIM_B, 36), "Field_Claims_AreAsSpecified");
	ok(is(f, 24, gids, 12), "Field_Gids_AreAsSpecified");
}

/* Everything that can be adjusted, at once. */
static int adjust_all(int token)
{
	struct kacs_priv_entry privs[3] = { { 8, KACS_PRIV_ENABLED }, { 23, 0 }, { 17, KACS_PRIV_REMOVED } };
	struct kacs_adjust_privs_args p = { .count = 3, .data_ptr = (uintptr_t)privs };
	struct kacs_group_entry group = { 1, 0 };
	struct kacs_adjust_groups_args g = { .count = 1, .data_ptr = (uintptr_t)&group };
	struct kacs_adjust_default_args d = { .dacl_ptr = (uintptr_t)DACL };
	uint32_t scope = 9;

	return ioctl(token, KACS_IOC_ADJUST_PRIVS, &p) || ioctl(token, KACS_IOC_ADJUST_GROUPS, &g) ||
	       ioctl(token, KACS_IOC_ADJUST_DEFAULT, &d) ||
	       ioctl(token, KACS_IOC_ADJUST_INTERACTIVITY_SCOPE, &scope);
}

/* The same groups in the same order; nothing but ENABLED may differ. */
static int same_groups(const struct fields *a, const struct fields *b)
{
	uint32_t at = 4, len, i;

	if (a->len[2] != b->len[2] || memcmp(a->bytes[2], b->bytes[2], 4))
		return 0;
	for (i = 0; i < a->bytes[2][0]; i++) {
		memcpy(&len, a->bytes[2] + at, 4);
		if (memcmp(a->bytes[2] + at, b->bytes[2] + at, 4 + len))
			return 0;
		at += 4 + len;
		if ((a->bytes[2][at] ^ b->bytes[2][at]) & ~ENABLED)
			return 0;
		if (memcmp(a->bytes[2] + at + 1, b->bytes[2] + at + 1, 3))
			return 0;
		at += 4;
	}
	return (int)at == a->len[2];
}

static void test_adjusted(const struct fields *before, const struct fields *after)
{
	/* User, type, level, lists, source, claims, linux ids: F in the sheet's table. */
	static const uint8_t fixed[] = { 1, 4, 5, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 24 };
	uint64_t privs[4], modified;
	size_t i, changed = 0;

	for (i = 0; i < sizeof(fixed); i++)
		changed += before->len[fixed[i]] < 0 ||
			   !is(after, fixed[i], before->bytes[fixed[i]], before->len[fixed[i]]);
	ok(!changed, "Adjusted_FixedFields_StayAsTheyWere");
	ok(same_groups(before, after), "Adjusted_Groups_OnlyTheirStateChanges");
	memcpy(privs, after->bytes[3], 32);
	ok(privs[0] == (PRIV(8) | PRIV(23)) && privs[1] == PRIV(8) && privs[2] == PRIV(23),
	   "Adjusted_Privileges_Changed");
	ok(is(after, 6, SID_LOCAL_SERVICE, 12) && is(after, 7, SID_LOCAL_SERVICE, 12) && !after->len[20] &&
		   is_word(after, 8, 9),
	   "Adjusted_Defaults_Changed");
	memcpy(&modified, after->bytes[11] + 24, 8);
	ok(modified == 4 && !memcmp(before->bytes[11], after->bytes[11], 24) &&
		   !memcmp(before->bytes[11] + 32, after->bytes[11] + 32, 16),
	   "Adjusted_Statistics_OnlyTheCountChanges");
}

int main(void)
{
	static struct fields before, after;
	uint64_t session = 0;
	int token;

	open_dev();
	create_session(SID_LOCAL_SERVICE, &session);
	specify(session);
	token = create_token(&spec);
	works(token, "CreateToken_EveryField_Works");
	read_all(token, &before);
	test_as_specified(&before, session);
	works(adjust_all(token) ? -1 : 0, "Adjust_EveryPart_Works");
	read_all(token, &after);
	test_adjusted(&before, &after);
	return plan();
}
