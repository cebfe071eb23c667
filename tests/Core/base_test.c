// SPDX-License-Identifier: MIT
/*
 * Reading and writing never leave the buffer, whatever the numbers say.
 */
#include "harness.h"

#include <pkm/core/base.h>

TEST(Cursor_PastEnd_ReadsZerosAndStaysFailed)
{
	const u8 bytes[] = { 1, 2, 3 };
	struct pkm_cursor c;

	pkm_cursor_init(&c, bytes, sizeof(bytes));
	EXPECT_EQ(pkm_cursor_le16(&c), 0x0201);
	EXPECT(pkm_cursor_ok(&c) && !pkm_cursor_done(&c));
	EXPECT_EQ(pkm_cursor_le32(&c), 0);
	EXPECT(!pkm_cursor_ok(&c));
	EXPECT_EQ(pkm_cursor_u8(&c), 0);
	EXPECT_EQ(pkm_cursor_left(&c), 0);
}

TEST(Cursor_HugeCount_DoesNotWrap)
{
	const u8 bytes[8] = { 0 };
	struct pkm_cursor c, sub;

	pkm_cursor_init(&c, bytes, sizeof(bytes));
	pkm_cursor_u8(&c);
	EXPECT(!pkm_cursor_bytes(&c, U32_MAX));
	EXPECT(!pkm_cursor_ok(&c));
	pkm_cursor_sub(&c, 1, &sub);
	EXPECT(!pkm_cursor_ok(&sub));
	EXPECT_EQ(pkm_cursor_left(&sub), 0);
}

TEST(Cursor_Orders_AreBothRead)
{
	const u8 bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 };
	struct pkm_cursor c;

	pkm_cursor_init(&c, bytes, sizeof(bytes));
	EXPECT_EQ(pkm_cursor_le64(&c), 0x0807060504030201LL);
	EXPECT_EQ(pkm_cursor_be64(&c), 0x0102030405060708LL);
	EXPECT(pkm_cursor_done(&c));
	pkm_cursor_seek(&c, 2);
	EXPECT_EQ(pkm_cursor_be16(&c), 0x0304);
	EXPECT_EQ(pkm_cursor_be32(&c), 0x05060708);
	pkm_cursor_seek(&c, 17);
	EXPECT(!pkm_cursor_ok(&c));
}

TEST(Cursor_Copy_FillsZerosPastEnd)
{
	const u8 bytes[] = { 9 };
	u8 out[2] = { 7, 7 };
	struct pkm_cursor c;

	pkm_cursor_init(&c, bytes, 1);
	pkm_cursor_copy(&c, out, 2);
	EXPECT_EQ(out[0], 0);
	EXPECT_EQ(out[1], 0);
}

TEST(Writer_WithoutRoom_MeasuresAndWritesNothingMore)
{
	u8 buf[6] = { 0xee, 0xee, 0xee, 0xee, 0xee, 0xee };
	struct pkm_writer w;

	pkm_writer_init(&w, buf, 4);
	pkm_writer_le16(&w, 0x1122);
	pkm_writer_le32(&w, 0x33445566);
	pkm_writer_u8(&w, 1);
	EXPECT_EQ(w.len, 7);
	EXPECT(!pkm_writer_ok(&w));
	EXPECT_EQ(buf[0], 0x22);
	EXPECT_EQ(buf[2], 0xee);
	EXPECT_EQ(buf[4], 0xee);
}

TEST(Writer_Patch_OutsideWrittenFails)
{
	u8 buf[8];
	struct pkm_writer w;

	pkm_writer_init(&w, buf, sizeof(buf));
	pkm_writer_zero(&w, 4);
	pkm_writer_patch_le32(&w, 0, 0x01020304);
	EXPECT_EQ(buf[3], 1);
	EXPECT(pkm_writer_ok(&w));
	pkm_writer_patch_le16(&w, 3, 1);
	EXPECT(!pkm_writer_ok(&w));
}

TEST(Writer_LengthOverflow_Fails)
{
	struct pkm_writer w;

	pkm_writer_init(&w, NULL, 0);
	pkm_writer_bytes(&w, NULL, U32_MAX);
	pkm_writer_u8(&w, 0);
	EXPECT(w.failed);
	pkm_writer_be16(&w, 1);
	EXPECT(!pkm_writer_ok(&w));
}

TEST(Writer_BigEndian_RoundTrips)
{
	u8 buf[14];
	struct pkm_writer w;
	struct pkm_cursor c;

	pkm_writer_init(&w, buf, sizeof(buf));
	pkm_writer_be16(&w, 0x1234);
	pkm_writer_be32(&w, 0x56789abc);
	pkm_writer_be64(&w, 0x0102030405060708ULL);
	EXPECT(pkm_writer_ok(&w));
	pkm_cursor_init(&c, buf, w.len);
	EXPECT_EQ(pkm_cursor_be16(&c), 0x1234);
	EXPECT_EQ(pkm_cursor_be32(&c), 0x56789abc);
	EXPECT_EQ(pkm_cursor_be64(&c), 0x0102030405060708LL);
}

static const struct {
	const char *bytes;
	u32 len;
	bool valid;
} utf8_cases[] = {
	{ "", 0, true },
	{ "plain ascii text", 16, true },
	{ "a\0b", 3, true },
	{ "\xc3\xa9", 2, true },
	{ "\xe2\x82\xac", 3, true },
	{ "\xf0\x9f\x98\x80", 4, true },
	{ "\xf4\x8f\xbf\xbf", 4, true },
	{ "\x80", 1, false },              /* continuation alone */
	{ "\xc3", 1, false },              /* cut short */
	{ "12345678\xe2\x82", 10, false }, /* cut short behind a fast stretch */
	{ "\xc0\xaf", 2, false },          /* overlong */
	{ "\xe0\x80\xaf", 3, false },
	{ "\xf0\x80\x80\xaf", 4, false },
	{ "\xed\xa0\x80", 3, false },     /* surrogate */
	{ "\xf4\x90\x80\x80", 4, false }, /* above U+10FFFF */
	{ "\xff", 1, false },
	{ "\xc3\x28", 2, false },
};

TEST(Utf8_Table_IsJudgedAsListed)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(utf8_cases); i++)
		if (pkm_utf8_valid((const u8 *)utf8_cases[i].bytes, utf8_cases[i].len) != utf8_cases[i].valid)
			test_fail(__FILE__, __LINE__, "case %u", i);
}

TEST(Utf8_EveryScalar_RoundTrips)
{
	u32 cp, pos, n;
	u8 bytes[4];

	for (cp = 0; cp <= 0x110000; cp++) {
		n = pkm_utf8_put(cp, bytes);
		if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000)) {
			EXPECT_EQ(n, 0);
			continue;
		}
		pos = 0;
		EXPECT_EQ(pkm_utf8_next(bytes, n, &pos), cp);
		EXPECT_EQ(pos, n);
	}
}
