// SPDX-License-Identifier: MIT
/*
 * CreateToken and CreateLogonSession specifications.
 */
#include "harness.h"
#include "support/build.h"

/* A whole specification: user, two groups, DACL, restricted SIDs, gids. */
struct spec {
	u8 bytes[1024];
	u32 len;
};

static u32 section(struct spec *s, const void *data, u32 len)
{
	u32 at = s->len;

	memcpy(s->bytes + at, data, len);
	s->len += len;
	return at;
}

static void build(struct spec *s)
{
	/* clang-format off */
	static const u8 dacl[28] = { 2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0x10,
				     1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
	/* clang-format on */
	const u8 *user = sid_named("U", 1), *app = sid_named("APP", 3);
	struct kacs_sid_list list;
	u8 room[1024];
	u32 gids[2] = { 100, 200 };

	memset(s, 0, sizeof(*s));
	s->len = 192;
	pkm_put_le32(s->bytes, 2);
	s->bytes[4] = KACS_TOKEN_TYPE_PRIMARY;
	pkm_put_le32(s->bytes + 8, 8192);
	pkm_put_le32(s->bytes + 12, 3);
	pkm_put_le64(s->bytes + 16, 0x800100);
	pkm_put_le64(s->bytes + 24, 0x800000);
	pkm_put_le32(s->bytes + 36, 1000);
	pkm_put_le32(s->bytes + 40, 1001);
	pkm_put_le32(s->bytes + 44, 0xf);
	pkm_put_le64(s->bytes + 48, 77);
	pkm_put_le64(s->bytes + 56, 1000);
	pkm_put_le32(s->bytes + 64, 1);
	pkm_put_le32(s->bytes + 68, 2);
	memcpy(s->bytes + 72, "authd\0\0\0", 8);
	pkm_put_le64(s->bytes + 80, 5);
	pkm_put_le32(s->bytes + 88, section(s, user, kacs_sid_len(user)));
	list = list_of(room, "G WD", 0xf);
	pkm_put_le32(s->bytes + 92, section(s, room, list.len));
	pkm_put_le32(s->bytes + 96, list.count);
	pkm_put_le32(s->bytes + 100, section(s, dacl, sizeof(dacl)));
	pkm_put_le32(s->bytes + 104, sizeof(dacl));
	list = list_of(room, "G", 7);
	pkm_put_le32(s->bytes + 132, section(s, room, list.len));
	pkm_put_le32(s->bytes + 136, list.count);
	pkm_put_le32(s->bytes + 140, section(s, app, kacs_sid_len(app)));
	pkm_put_le32(s->bytes + 144, kacs_sid_len(app));
	pkm_put_le32(s->bytes + 160, section(s, gids, sizeof(gids)));
	pkm_put_le32(s->bytes + 164, 2);
	pkm_put_le64(s->bytes + 176, 9);
	pkm_put_le32(s->bytes + 184, 1);
}

/* KACS-TOK-045, KACS-TOK-046, KACS-TOK-047, KACS-TOK-048, KACS-TOK-049, KACS-FMT-011 */
TEST(TokenSpec_WellFormed_IsReadCompletely)
{
	struct kacs_token_spec spec;
	struct spec s;

	build(&s);
	memcpy(s.bytes + 176, "\1\2\3\4\5\6\7\10", 8);
	EXPECT_EQ(kacs_token_spec_parse(&spec, s.bytes, s.len), 0);
	EXPECT(kacs_sid_equal(spec.subject.user, sid_named("U", 1)));
	EXPECT_EQ(spec.subject.groups.count, 2);
	EXPECT_EQ(spec.subject.restricted.count, 1);
	EXPECT(kacs_sid_equal(spec.subject.confinement, sid_named("APP", 3)));
	EXPECT_EQ(spec.subject.integrity, 8192);
	EXPECT_EQ(spec.subject.audit_policy, 0xf);
	EXPECT_EQ(spec.subject.auth_id, 1000);
	EXPECT_EQ(spec.privs_present, 0x800100);
	EXPECT_EQ(spec.privs_enabled, 0x800000);
	EXPECT_EQ(spec.default_dacl_len, 28);
	EXPECT_EQ(spec.projected_uid, 1000);
	EXPECT_EQ(spec.projected_gid, 1001);
	EXPECT_EQ(spec.owner_index, 1);
	EXPECT_EQ(spec.primary_group_index, 2);
	EXPECT_EQ(spec.expiration, 77);
	EXPECT_EQ(spec.source_id, 5);
	EXPECT_EQ(spec.origin, 0x0807060504030201);
	EXPECT_EQ(spec.interactivity_scope, 1);
	EXPECT_EQ(spec.supplementary_gid_count, 2);
	EXPECT_EQ(pkm_get_le32(spec.supplementary_gids + 4), 200);
	EXPECT_BYTES(spec.source_name, "authd\0\0\0", 8);
}

static const struct {
	const char *why;
	u32 at, value, bytes;
	int rv;
} spoiled[] = {
	{ "version 1", 0, 1, 4, -EINVAL },
	{ "version 3", 0, 3, 4, -EINVAL },
	{ "token type 0", 4, 0, 1, -EINVAL },
	{ "token type 3", 4, 3, 1, -EINVAL },
	{ "primary with a level", 5, 1, 1, -EINVAL },
	{ "reserved bytes", 6, 1, 2, -EINVAL },
	{ "unknown mandatory policy", 12, 4, 4, -EINVAL },
	{ "enabled but not present", 24, 4, 4, -EINVAL },
	{ "elevation", 32, 1, 4, -EINVAL },
	{ "unknown audit policy", 44, 16, 4, -EINVAL },
	{ "owner is the user", 64, 0, 4, 0 },
	{ "owner out of range", 64, 3, 4, -EINVAL },
	{ "primary group out of range", 68, 3, 4, -EINVAL },
	{ "user inside the header", 88, 191, 4, -EINVAL },
	{ "user beyond the end", 88, 0xffffffff, 4, -EINVAL },
	{ "user absent", 88, 0, 4, -EINVAL },
	{ "groups over the user", 92, 192, 4, -EINVAL },
	{ "more groups than bytes", 96, 3, 4, -EINVAL },
	{ "count without offset", 128, 1, 4, -EINVAL },
	{ "offset without count", 124, 400, 4, -EINVAL },
	{ "DACL too short", 104, 27, 4, -EINVAL },
	{ "DACL too long", 104, 29, 4, -EINVAL },
	{ "DACL length without offset", 100, 0, 4, -EINVAL },
	{ "claims over the user", 108, 192, 4, -EINVAL },
	{ "confinement length", 144, 20, 4, -EINVAL },
	{ "too many gids", 164, 0x40000001, 4, -EINVAL },
	{ "confinement_exempt 2", 156, 2, 1, -EINVAL },
	{ "write_restricted without deny-only user", 157, 1, 1, -EINVAL },
	{ "user_deny_only", 158, 1, 1, 0 },
	{ "user_deny_only 255", 158, 255, 1, -EINVAL },
	{ "isolation_boundary of a confined token", 159, 1, 1, 0 },
	{ "DACL that is no ACL", 192 + 28 + 36 + 20 + 2, 200, 1, -EINVAL },
	{ "reserved tail", 188, 1, 4, -EINVAL },
	{ "primary with level 4", 5, 4, 1, -EINVAL },
	{ "groups beyond the end", 92, 0xfffffff0, 4, -EINVAL },
};

/*
 * KACS-TOK-044, KACS-TOK-045, KACS-TOK-046, KACS-TOK-047, KACS-TOK-048,
 * KACS-TOK-049
 */
TEST(TokenSpec_SpoiledField_IsJudgedAsListed)
{
	struct kacs_token_spec spec;
	struct spec s;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(spoiled); i++) {
		build(&s);
		memcpy(s.bytes + spoiled[i].at, &spoiled[i].value, spoiled[i].bytes);
		if (kacs_token_spec_parse(&spec, s.bytes, s.len) != spoiled[i].rv)
			test_fail(__FILE__, __LINE__, "%s", spoiled[i].why);
	}
}

/* KACS-TOK-044: every shorter length is refused */
TEST(TokenSpec_CutAnywhere_IsRefused)
{
	struct kacs_token_spec spec;
	struct spec s;
	u32 i;

	build(&s);
	for (i = 0; i < s.len; i++)
		EXPECT_EQ(kacs_token_spec_parse(&spec, s.bytes, i), -EINVAL);
}

/* KACS-TOK-048: the owner must carry SE_GROUP_OWNER; the logon SID is the kernel's */
TEST(TokenSpec_GroupsThatMayNotBe_AreRefused)
{
	struct kacs_token_spec spec;
	struct kacs_sid_list list;
	struct spec s;
	u8 room[4096];
	u32 at;

	build(&s);
	at = pkm_get_le32(s.bytes + 92);
	list = list_of(room, "G WD", 7);
	memcpy(s.bytes + at, room, list.len);
	EXPECT_EQ(kacs_token_spec_parse(&spec, s.bytes, s.len), -EINVAL);

	build(&s);
	list = list_of(room, "G S-1-5-5-0-1000", 0xf);
	pkm_put_le32(s.bytes + 92, section(&s, room, list.len));
	EXPECT_EQ(kacs_token_spec_parse(&spec, s.bytes, s.len), -EINVAL);
	pkm_put_le64(s.bytes + 56, 1001);
	EXPECT_EQ(kacs_token_spec_parse(&spec, s.bytes, s.len), 0);
}

/* KACS-FMT-107, KACS-TOK-048 */
TEST(TokenSpec_MalformedClaims_AreRefused)
{
	static const u8 claims[8] = { 4, 0, 0, 0, 1, 2, 3, 4 };
	struct kacs_token_spec spec;
	struct spec s;
	u32 field;

	for (field = 108; field <= 116; field += 8) {
		build(&s);
		pkm_put_le32(s.bytes + field, section(&s, claims, sizeof(claims)));
		pkm_put_le32(s.bytes + field + 4, sizeof(claims));
		EXPECT_EQ(kacs_token_spec_parse(&spec, s.bytes, s.len), -EINVAL);
	}
}

/* KACS-TOK-014 */
TEST(TokenSpec_64Groups_AreTooMany)
{
	struct kacs_token_spec spec;
	u8 bytes[4096];
	struct spec s;
	u32 i, n;

	build(&s);
	for (n = 63; n <= 64; n++) {
		u32 at = s.len;

		memcpy(bytes, s.bytes, s.len);
		pkm_put_le32(bytes + 92, at);
		pkm_put_le32(bytes + 96, n);
		for (i = 0; i < n; i++, at += 20) {
			u8 sid[KACS_SID_MAX];

			kacs_sid_make(sid, 5, 1, (u32[]){ 1000 + i });
			pkm_put_le32(bytes + at, 12);
			memcpy(bytes + at + 4, sid, 12);
			pkm_put_le32(bytes + at + 16, 0xf);
		}
		EXPECT_EQ(kacs_token_spec_parse(&spec, bytes, at), n == 63 ? 0 : -EINVAL);
	}
}

/* KACS-TOK-084, KACS-TOK-085 */
TEST(SessionSpec_Table_IsJudgedAsListed)
{
	static const struct {
		const char *why;
		u8 type;
		const char *package;
		u32 extra;
		int rv;
	} cases[] = {
		{ "interactive", 2, "Negotiate", 0, 0 },
		{ "network", 3, "", 0, 0 },
		{ "new credentials", 9, "x", 0, 0 },
		{ "type 0", 0, "x", 0, -EINVAL },
		{ "type 6", 6, "x", 0, -EINVAL },
		{ "type 10", 10, "x", 0, -EINVAL },
		{ "package not UTF-8", 2, "\xff", 0, -EINVAL },
		{ "byte behind the SID", 2, "x", 1, -EINVAL },
	};
	struct kacs_session_spec spec;
	struct pkm_writer w;
	u8 bytes[256];
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		n = strlen(cases[i].package);
		pkm_writer_init(&w, bytes, sizeof(bytes));
		pkm_writer_u8(&w, cases[i].type);
		pkm_writer_le16(&w, n);
		pkm_writer_bytes(&w, cases[i].package, n);
		pkm_writer_le32(&w, 12);
		pkm_writer_bytes(&w, sid_named("SY", 2), 12);
		pkm_writer_zero(&w, cases[i].extra);
		if (kacs_session_spec_parse(&spec, bytes, w.len) != cases[i].rv)
			test_fail(__FILE__, __LINE__, "%s", cases[i].why);
	}
	pkm_put_le16(bytes + 1, 0xffff);
	EXPECT_EQ(kacs_session_spec_parse(&spec, bytes, w.len), -EINVAL);
}
