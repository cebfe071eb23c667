// SPDX-License-Identifier: MIT
/*
 * SIDs, ACLs and descriptors on honest and on hostile bytes.
 */
#include "harness.h"
#include "support/build.h"

#include <stdlib.h>

static const struct {
	const char *why;
	u8 bytes[12];
	u32 len;
	bool valid;
} sids[] = {
	{ "S-1-1-0", { 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 }, 12, true },
	{ "no sub-authority", { 1, 0, 0, 0, 0, 0, 0, 5 }, 8, true },
	{ "revision 2", { 2, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 }, 12, false },
	{ "revision 0", { 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 }, 12, false },
	{ "16 sub-authorities", { 1, 16, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 }, 12, false },
	{ "255 sub-authorities", { 1, 255, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 }, 12, false },
	{ "cut short", { 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 }, 11, false },
	{ "a byte too many", { 1, 0, 0, 0, 0, 0, 0, 1, 0 }, 9, false },
	{ "shorter than a header", { 1, 0 }, 2, false },
	{ "nothing", { 0 }, 0, false },
};

/* KACS-FMT-015, KACS-FMT-016 */
TEST(Sid_Table_IsJudgedAsListed)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sids); i++)
		if (kacs_sid_valid(sids[i].bytes, sids[i].len) != sids[i].valid)
			test_fail(__FILE__, __LINE__, "%s", sids[i].why);
}

/* KACS-FMT-020 */
TEST(Sid_Equality_IsOfAllBytes)
{
	u8 a[KACS_SID_MAX], b[KACS_SID_MAX];
	u32 subs[15] = { 0 }, n, i;

	for (n = 0; n <= 15; n++) {
		kacs_sid_make(a, 5, n, subs);
		kacs_sid_make(b, 5, n, subs);
		EXPECT(kacs_sid_equal(a, b));
		for (i = 0; i < 8 + 4 * n; i++) {
			if (i == 1)
				continue; /* the count */
			b[i] ^= 0x80;
			EXPECT(!kacs_sid_equal(a, b));
			b[i] ^= 0x80;
		}
	}
	EXPECT_EQ(kacs_sid_make(a, 1ULL << 48, 1, subs), 0);
	EXPECT_EQ(kacs_sid_make(a, 5, 16, subs), 0);
}

/* KACS-FMT-001, KACS-FMT-028, KACS-FMT-029 */
TEST(Sid_LogonAndIntegrity_AreBuilt)
{
	const u8 logon[20] = { 1, 3, 0, 0, 0, 0, 0, 5, 5, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0 };
	const u8 high[12] = { 1, 1, 0, 0, 0, 0, 0, 16, 0, 0x30, 0, 0 };
	u8 out[KACS_SID_MAX];

	EXPECT_EQ(kacs_sid_logon(out, 0x200000001ULL), 20);
	EXPECT_BYTES(out, logon, 20);
	EXPECT_EQ(kacs_sid_integrity(out, 12288), 12);
	EXPECT_BYTES(out, high, 12);
}

/* KACS-TOK-047 */
TEST(SidList_WrongCountOrBytes_IsInvalid)
{
	u8 room[1024];
	struct kacs_sid_list list = list_of(room, "U G WD", 7);
	struct kacs_sid_attr entry;

	EXPECT(kacs_sid_list_valid(&list));
	EXPECT(kacs_sid_list_get(&list, 2, &entry) && entry.attributes == 7);
	EXPECT(!kacs_sid_list_get(&list, 3, &entry));
	list.count = 4;
	EXPECT(!kacs_sid_list_valid(&list));
	list.count = 2;
	EXPECT(!kacs_sid_list_valid(&list));
	list.count = 3;
	list.len--;
	EXPECT(!kacs_sid_list_valid(&list));
	list.len++;
	pkm_put_le32(room, 0xfffffffc);
	EXPECT(!kacs_sid_list_valid(&list));
}

/* An ACL of one ACE whose bytes a case then spoils: offset, value. */
static const struct {
	const char *why;
	const char *sd;
	u32 at;
	u8 value;
	bool valid;
} spoiled[] = {
	{ "untouched", "O:SYD:(A;;FR;;;WD)", 0, 1, true },
	/* ACL header at 32: revision, size, count */
	{ "any revision", "O:SYD:(A;;FR;;;WD)", 32, 9, true },
	{ "AclSize below header", "O:SYD:(A;;FR;;;WD)", 34, 7, false },
	{ "AclSize beyond buffer", "O:SYD:(A;;FR;;;WD)", 35, 1, false },
	{ "AclSize short of ACE", "O:SYD:(A;;FR;;;WD)", 34, 24, false },
	{ "count too high", "O:SYD:(A;;FR;;;WD)", 36, 2, false },
	{ "count too low", "O:SYD:(A;;FR;;;WD)", 36, 0, false },
	{ "Sbz2 kept", "O:SYD:(A;;FR;;;WD)", 38, 5, true },
	/* ACE at 40: type, flags, size; SID at 48 */
	{ "AceSize not of 4", "O:SYD:(A;;FR;;;WD)", 42, 19, false },
	{ "AceSize zero", "O:SYD:(A;;FR;;;WD)", 42, 0, false },
	{ "AceSize beyond ACL", "O:SYD:(A;;FR;;;WD)", 42, 24, false },
	{ "SID ends early", "O:SYD:(A;;FR;;;WD)", 49, 0, false },
	{ "SID ends late", "O:SYD:(A;;FR;;;WD)", 49, 2, false },
	{ "SID revision", "O:SYD:(A;;FR;;;WD)", 48, 3, false },
	{ "unknown type", "O:SYD:(A;;FR;;;WD)", 40, 0x15, true },
	{ "type 4 is opaque", "O:SYD:(A;;FR;;;WD)", 40, 0x04, true },
	{ "type 255 is opaque", "O:SYD:(A;;FR;;;WD)", 40, 0xff, true },
	{ "object ACE too short", "O:SYD:(A;;FR;;;WD)", 40, 0x05, false },
	{ "reserved mask bits", "O:SYD:(A;;FR;;;WD)", 46, 0xe0, true },
	{ "SACL type in a DACL", "O:SYD:(A;;FR;;;WD)", 40, 0x02, true },
	{ "attribute without claim", "O:SYD:(A;;FR;;;WD)", 40, 0x12, false },
	/* object ACE at 40: flags at 48, GUID at 52, SID at 68 */
	{ "object ACE", "O:SYD:(OA;;FR;a;;WD)", 48, 1, true },
	{ "second GUID missing", "O:SYD:(OA;;FR;a;;WD)", 48, 3, false },
	{ "other object flags", "O:SYD:(OA;;FR;a;;WD)", 48, 0xf9, true },
	{ "object ACE of its header alone", "O:SYD:(OA;;FR;a;;WD)", 42, 8, false },
	{ "callback with junk", "O:SYD:(XA;;FR;;;WD;(junk))", 60, 0, true },
	/* header */
	{ "descriptor revision", "O:SYD:(A;;FR;;;WD)", 0, 2, false },
	{ "Sbz1 kept", "O:SYD:(A;;FR;;;WD)", 1, 0x55, true },
	{ "not self-relative", "O:SYD:(A;;FR;;;WD)", 3, 0, false },
	{ "DACL bit without DACL", "O:SY", 2, 4, false },
	{ "DACL without its bit", "O:SYD:(A;;FR;;;WD)", 2, 0, false },
	{ "SACL bit without SACL", "O:SYD:(A;;FR;;;WD)", 2, 0x14, false },
	{ "owner inside header", "O:SYD:(A;;FR;;;WD)", 4, 16, false },
	{ "owner beyond end", "O:SYD:(A;;FR;;;WD)", 5, 1, false },
	{ "owner absent", "O:SYD:(A;;FR;;;WD)", 4, 0, true },
	{ "group over owner", "O:SYD:(A;;FR;;;WD)", 8, 20, false },
	{ "group inside the DACL", "O:SYD:(A;;FR;;;WD)", 8, 48, false },
	{ "DACL inside header", "O:SYD:(A;;FR;;;WD)", 16, 16, false },
	{ "DACL over owner", "O:SYD:(A;;FR;;;WD)", 16, 24, false },
	{ "DACL at the end", "O:SYD:(A;;FR;;;WD)", 16, 60, false },
};

/*
 * KACS-FMT-038, KACS-FMT-039, KACS-FMT-040, KACS-FMT-041, KACS-FMT-042,
 * KACS-FMT-043, KACS-FMT-050, KACS-FMT-051, KACS-FMT-052, KACS-FMT-061,
 * KACS-FMT-062, KACS-FMT-063, KACS-FMT-064, KACS-FMT-065, KACS-FMT-066,
 * KACS-FMT-067, KACS-FMT-068, KACS-FMT-069, KACS-FMT-074, KACS-FMT-075
 */
TEST(Descriptor_SpoiledByte_IsJudgedAsListed)
{
	struct kacs_sd sd;
	u32 i, len;
	u8 *copy, bytes[512];

	for (i = 0; i < ARRAY_SIZE(spoiled); i++) {
		len = sddl(spoiled[i].sd, bytes, sizeof(bytes));
		bytes[spoiled[i].at] = spoiled[i].value;
		copy = malloc(len);
		memcpy(copy, bytes, len);
		if (!kacs_sd_parse(&sd, copy, len) != spoiled[i].valid)
			test_fail(__FILE__, __LINE__, "%s", spoiled[i].why);
		free(copy);
	}
}

/* KACS-FMT-003: every prefix of a descriptor is refused or complete */
TEST(Descriptor_CutAnywhere_IsRefused)
{
	const char *text = "O:UG:SYD:(A;;FR;;;U)(OA;;FW;a;;G)(XA;;FA;;;WD;(@User.x == 1))"
			   "S:(ML;;NW;;;HI)(AU;SA;FA;;;WD)";
	struct kacs_sd sd;
	u8 bytes[1024];
	u32 len = sddl(text, bytes, sizeof(bytes)), i;

	for (i = 0; i < len; i++) {
		u8 *copy = malloc(i ? i : 1);

		memcpy(copy, bytes, i);
		EXPECT_EQ(kacs_sd_parse(&sd, copy, i), -EINVAL);
		free(copy);
	}
	EXPECT_EQ(kacs_sd_parse(&sd, bytes, len), 0);
}

/* KACS-FMT-002: offsets are bytes, also odd ones; the highest bit of a mask is a right like any other */
TEST(Descriptor_OddOffsetsAndHighMask_MeanBytesAndBits)
{
	u8 sd[512], moved[512];
	struct kacs_ace ace;
	struct kacs_sd parsed;
	u32 len = sddl("O:UG:SYD:(A;;GR;;;U)", sd, sizeof(sd)), by, at, pos;

	for (by = 1; by < 4; by++) {
		memset(moved, 0, sizeof(moved));
		memcpy(moved, sd, KACS_SD_HEADER);
		memcpy(moved + KACS_SD_HEADER + by, sd + KACS_SD_HEADER, len - KACS_SD_HEADER);
		for (at = 4; at < KACS_SD_HEADER; at += 4)
			if (pkm_get_le32(moved + at))
				pkm_put_le32(moved + at, pkm_get_le32(moved + at) + by);
		EXPECT_EQ(kacs_sd_parse(&parsed, moved, len + by), 0);
		EXPECT(kacs_sid_equal(parsed.owner, sid_named("U", 1)));
		pos = 0;
		EXPECT(kacs_acl_next(&parsed.dacl, &pos, &ace));
		EXPECT_EQ(ace.mask, 0x80000000U);
		EXPECT_EQ(kacs_map_generic(ace.mask, &kacs_map_file), 0x120089);
	}
}

/* KACS-FMT-042 */
TEST(Descriptor_Over65535Bytes_IsRefused)
{
	static u8 bytes[KACS_SD_MAX + 1];
	struct kacs_sd sd;

	sddl("O:SYG:SYD:(A;;FR;;;WD)", bytes, 512);
	EXPECT_EQ(kacs_sd_parse(&sd, bytes, KACS_SD_MAX), 0);
	EXPECT_EQ(kacs_sd_parse(&sd, bytes, KACS_SD_MAX + 1), -EINVAL);
}

/* KACS-FMT-042, KACS-FMT-050: what we assemble stays within the limits as well */
TEST(Descriptor_AssembledTooLong_IsRefused)
{
	static u8 acl[KACS_SD_MAX], out[KACS_SD_MAX + 64];
	struct kacs_sd_parts parts = { .owner = sid_named("SY", 2), .dacl = acl, .dacl_len = 65504 };
	struct pkm_writer w;

	pkm_writer_init(&w, out, sizeof(out));
	EXPECT_EQ(kacs_sd_write(&parts, &w), -EINVAL);
	parts.dacl_len = 65500;
	pkm_writer_init(&w, out, sizeof(out));
	EXPECT_EQ(kacs_sd_write(&parts, &w), 0);
	pkm_writer_init(&w, out, sizeof(out));
	kacs_acl_begin(&w, 2);
	pkm_writer_zero(&w, 65528);
	EXPECT_EQ(kacs_acl_end(&w, 0, 1), -EINVAL);
}

/* KACS-FMT-044: no component is needed by the format */
TEST(Descriptor_OfNothing_IsAHeader)
{
	static const u8 header[20] = { 1, 0, 0, 0x80 };
	struct kacs_sd_parts none = { 0 };
	struct pkm_writer w;
	struct kacs_sd sd;
	u8 out[32];

	pkm_writer_init(&w, out, sizeof(out));
	EXPECT_EQ(kacs_sd_write(&none, &w), 0);
	EXPECT_EQ(w.len, 20);
	EXPECT_BYTES(out, header, 20);
	EXPECT_EQ(kacs_sd_parse(&sd, out, w.len), 0);
	EXPECT(!sd.owner && !sd.group && !sd.dacl.data && !sd.sacl.data);
}

/* KACS-FMT-046 */
TEST(Descriptor_NullAndEmptyDacl_StayApart)
{
	u8 bytes[128], again[128];
	struct kacs_sd_parts parts;
	struct kacs_sd sd;
	struct pkm_writer w;
	u32 i;

	for (i = 0; i < 2; i++) {
		const char *text = i ? "O:SYG:SYD:" : "O:SYG:SY";
		u32 len = sddl(text, bytes, sizeof(bytes));

		EXPECT_EQ(kacs_sd_parse(&sd, bytes, len), 0);
		EXPECT_EQ(!sd.dacl.data, !i);
		kacs_sd_parts_of(&sd, &parts);
		pkm_writer_init(&w, again, sizeof(again));
		EXPECT_EQ(kacs_sd_write(&parts, &w), 0);
		EXPECT_EQ(w.len, len);
		EXPECT_BYTES(again, bytes, len);
	}
}

/* KACS-AC-066, KACS-AC-067, KACS-AC-068, KACS-FMT-070, KACS-FMT-072 */
TEST(Labels_OnlyTheFirstLiveOne_MustHaveItsShape)
{
	static const struct {
		const char *sd;
		bool valid;
	} cases[] = {
		{ "O:SYG:SYS:(ML;;NW;;;HI)", true },
		{ "O:SYG:SYS:(ML;;NW;;;S-1-16-77)", true },
		{ "O:SYG:SYS:(ML;;NW;;;S-1-16-1-2)", false },
		{ "O:SYG:SYS:(ML;;NW;;;WD)", false },
		{ "O:SYG:SYS:(ML;IO;NW;;;WD)", true },
		{ "O:SYG:SYS:(ML;;NW;;;HI)(ML;;NW;;;WD)", true },
		{ "O:SYG:SYS:(TL;;0x80;;;S-1-19-5-6)", true },
		{ "O:SYG:SYS:(TL;;0x80;;;S-1-19-5)", false },
		{ "O:SYG:SYS:(TL;IO;0x80;;;S-1-19-5)", true },
		{ "O:SYG:SYS:(TL;;0x80;;;S-1-19-5-6)(TL;;0x80;;;S-1-16-5-6)", true },
	};
	struct kacs_sd sd;
	u8 bytes[256];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (!kacs_sd_parse(&sd, bytes, sddl(cases[i].sd, bytes, sizeof(bytes))) != cases[i].valid)
			test_fail(__FILE__, __LINE__, "%s", cases[i].sd);
}

/* KACS-FMT-057, KACS-FMT-059 */
TEST(MapGeneric_EachBit_IsTestedAlone)
{
	EXPECT_EQ(kacs_map_generic(0x80000001, &kacs_map_file), 0x120089);
	EXPECT_EQ(kacs_map_generic(0x40000000, &kacs_map_process), 0x40220);
	EXPECT_EQ(kacs_map_generic(0x20000000, &kacs_map_ipc), 0x120004);
	EXPECT_EQ(kacs_map_generic(0xf0000000, &kacs_map_token), 0xf01ff);
	EXPECT_EQ(kacs_map_generic(0x60000000, &kacs_map_key), 0x20006);
	EXPECT_EQ(kacs_map_generic(0x03e10000, &kacs_map_key), 0x03e10000);
}

/* KACS-TOK-027, KACS-TOK-028 */
TEST(Privileges_AllDefined_HaveNames)
{
	u32 bit;

	for (bit = 0; bit < 70; bit++)
		EXPECT_EQ(!!kacs_privilege_name(bit), bit < 64 && KACS_PRIV_ALL >> bit & 1);
	EXPECT(!strcmp(kacs_privilege_name(KACS_PRIV_TCB), "SeTcbPrivilege"));
}

static u32 claim_entry(u8 *out, u16 type, u32 flags, const void *value, u32 len)
{
	struct pkm_writer w;
	bool direct = type == 1 || type == 2 || type == 6;

	pkm_writer_init(&w, out, 512);
	pkm_writer_le32(&w, 20);
	pkm_writer_le16(&w, type);
	pkm_writer_le16(&w, 0);
	pkm_writer_le32(&w, flags);
	pkm_writer_le32(&w, 1);
	pkm_writer_le32(&w, 24);
	pkm_writer_le32(&w, 'x'); /* the name and its end */
	if (!direct)
		pkm_writer_le32(&w, 28);
	pkm_writer_bytes(&w, value, len);
	return w.len;
}

/* KACS-FMT-104, KACS-FMT-106, KACS-FMT-108 */
TEST(Claim_Table_IsJudgedAsListed)
{
	static const struct {
		const char *why;
		u16 type;
		const char *value;
		u32 len;
		bool valid;
	} cases[] = {
		{ "INT64", 1, "\1\0\0\0\0\0\0\0", 8, true },
		{ "INT64 cut", 1, "\1\0\0\0\0\0\0", 7, false },
		{ "UINT64", 2, "\1\0\0\0\0\0\0\0", 8, true },
		{ "STRING", 3, "a\0\0\0", 4, true },
		{ "STRING without end", 3, "a\0b\0", 4, false },
		{ "STRING of odd end", 3, "a\0\0", 3, false },
		{ "FQBN", 4, "a\0\0\0", 4, false },
		{ "SID", 5, "\1\1\0\0\0\0\0\5\22\0\0\0", 12, true },
		{ "SID cut", 5, "\1\1\0\0\0\0\0\5\22\0\0", 11, false },
		{ "BOOLEAN", 6, "\0\0\0\0\0\0\0\2", 8, true },
		{ "OCTET", 16, "\2\0\0\0ab", 6, true },
		{ "OCTET cut", 16, "\3\0\0\0ab", 6, false },
		{ "OCTET huge", 16, "\xff\xff\xff\xff", 4, false },
		{ "type 7", 7, "\1\0\0\0\0\0\0\0", 8, false },
		{ "STRING at the end", 3, "", 0, false },
		{ "OCTET at the end", 16, "\2\0\0", 3, false },
	};
	u8 entry[512];
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		len = claim_entry(entry, cases[i].type, 0, cases[i].value, cases[i].len);
		if (!kacs_claim_validate(entry, len) != cases[i].valid)
			test_fail(__FILE__, __LINE__, "%s", cases[i].why);
	}
}

/* KACS-FMT-003, KACS-FMT-106: offsets and offsets of offsets that leave the entry */
TEST(Claim_OffsetOutside_IsRefused)
{
	static const u16 types[] = { 1, 2, 3, 5, 6, 16 };
	static const u32 outside[] = { 60, 61, 1000, 0x7fffffff, 0xfffffffc, 0xffffffff };
	u8 entry[512];
	u32 i, k, len;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		len = claim_entry(entry, types[i], 0, "\1\1\0\0\0\0\0\5\22\0\0\0", 12);
		pkm_put_le32(entry + 16, len - 2); /* inside, but not all of it */
		EXPECT_EQ(kacs_claim_validate(entry, len), -EINVAL);
		for (k = 0; k < ARRAY_SIZE(outside); k++) {
			len = claim_entry(entry, types[i], 0, "\1\1\0\0\0\0\0\5\22\0\0\0", 12);
			pkm_put_le32(entry + 16, outside[k]);
			EXPECT_EQ(kacs_claim_validate(entry, len), -EINVAL);
			len = claim_entry(entry, types[i], 0, "\1\1\0\0\0\0\0\5\22\0\0\0", 12);
			pkm_put_le32(entry + 24, outside[k]);
			if (types[i] == 3 || types[i] == 5 || types[i] == 16)
				EXPECT_EQ(kacs_claim_validate(entry, len), -EINVAL);
			pkm_put_le32(entry, outside[k]);
			EXPECT_EQ(kacs_claim_validate(entry, len), -EINVAL);
		}
	}
}

/* KACS-FMT-103, KACS-FMT-106, KACS-FMT-109 */
TEST(Claim_HostileHeader_IsRefused)
{
	u8 entry[512], array[1024], name[1024];
	u32 len = claim_entry(entry, 1, 0, "\1\0\0\0\0\0\0\0", 8), i;

	pkm_put_le32(entry + 12, 0);
	EXPECT_EQ(kacs_claim_validate(entry, len), 0);
	for (i = 2; i; i <<= 1) {
		pkm_put_le32(entry + 12, i);
		EXPECT_EQ(kacs_claim_validate(entry, len), -EINVAL);
	}
	pkm_put_le32(entry + 12, 1);
	pkm_put_le32(entry + 16, U32_MAX);
	EXPECT_EQ(kacs_claim_validate(entry, len), -EINVAL);
	pkm_put_le32(entry + 16, 24);
	pkm_put_le32(entry, len - 1);
	EXPECT_EQ(kacs_claim_validate(entry, len), -EINVAL);
	EXPECT_EQ(kacs_claim_validate(entry, 15), -EINVAL);

	/* A name of 255 units and its end fits, one more does not. */
	memset(name, 'n', sizeof(name));
	memset(name, 0, 16);
	pkm_put_le32(name, 16);
	pkm_put_le16(name + 4, 1);
	pkm_put_le16(name + 16 + 510, 0);
	EXPECT_EQ(kacs_claim_validate(name, 16 + 512), 0);
	pkm_put_le16(name + 16 + 510, 'n');
	pkm_put_le16(name + 16 + 512, 0);
	EXPECT_EQ(kacs_claim_validate(name, 16 + 514), -EINVAL);

	len = claim_entry(array + 4, 1, 0, "\1\0\0\0\0\0\0\0", 8);
	pkm_put_le32(array, len);
	EXPECT_EQ(kacs_claims_validate(array, 4 + len), 0);
	EXPECT_EQ(kacs_claims_validate(array, 3 + len), -EINVAL);
	EXPECT_EQ(kacs_claims_validate(array, 6 + len), -EINVAL);
	EXPECT_EQ(kacs_claims_validate(NULL, 0), 0);
	memset(array + 4 + len, 0, 4);
	EXPECT_EQ(kacs_claims_validate(array, 8 + len), -EINVAL);
}
