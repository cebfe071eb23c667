// SPDX-License-Identifier: MIT
/* core/lcs and case folding: paths, resolution, source frames, watch records. */
#include <errno.h>
#include <stdlib.h>

#include <pkm/core/casefold.h>
#include <pkm/core/lcs.h>
#include <linux/pkm/registry.h>
#include <linux/pkm/rsi.h>

#include "harness.h"

static struct lcs_bytes text(const char *s)
{
	return (struct lcs_bytes){ (const u8 *)s, strlen(s) };
}

static bool same(const char *a, const char *b)
{
	return pkm_fold_equal((const u8 *)a, strlen(a), (const u8 *)b, strlen(b));
}

/* LCS-009 LCS-011 */
TEST(Fold_Pairs_CompareAsUnicodeSays)
{
	EXPECT(same("Software", "sOFTWARE"));
	EXPECT(same("\xc3\x84pfel", "\xc3\xa4PFEL"));         /* A umlaut */
	EXPECT(same("\xe2\x84\xaa", "k"));                    /* Kelvin sign: three bytes to one */
	EXPECT(same("\xc8\xba", "\xe2\xb1\xa5"));             /* U+023A: two bytes to three */
	EXPECT(same("\xe1\xba\x9e", "\xc3\x9f"));             /* capital sharp s, status S */
	EXPECT(!same("\xc3\x9f", "ss"));                      /* status F is not simple */
	EXPECT(same("\xce\xa3", "\xcf\x82"));                 /* both sigmas */
	EXPECT(!same("\xc4\xb0", "i"));                       /* status T: no locale */
	EXPECT(!same("\xc3\xa9", "e\xcc\x81"));               /* no normalisation */
	EXPECT(same("\xf0\x90\x90\x80", "\xf0\x90\x90\xa8")); /* Deseret, beyond the BMP */
	EXPECT(!same("a", "ab") && !same("", "a"));
	EXPECT_EQ(pkm_fold_char(0x16EA0), 0x16EA0); /* new only in Unicode 17 */
	EXPECT_EQ(pkm_fold_char(0x1C89), 0x1C8A);   /* new in Unicode 16 */
}

/* LCS-009 */
TEST(Fold_EveryCodePoint_IsStable)
{
	u32 cp;

	for (cp = 0; cp <= 0x10ffff; cp++)
		if (pkm_fold_char(pkm_fold_char(cp)) != pkm_fold_char(cp))
			EXPECT_EQ(cp, 0);
}

TEST(Fold_EqualNames_HashAlike)
{
	EXPECT(pkm_fold_hash((const u8 *)"K", 1) == pkm_fold_hash((const u8 *)"\xe2\x84\xaa", 3));
	EXPECT(pkm_fold_hash((const u8 *)"a", 1) != pkm_fold_hash((const u8 *)"b", 1));
}

static int check_path(const char *path, u32 *components)
{
	struct lcs_limits limits;
	u32 len = strlen(path);
	u8 *copy = malloc(len + 1);
	int err;

	lcs_limits_init(&limits);
	memcpy(copy, path, len);
	err = lcs_path_check(copy, len, &limits, components);
	free(copy);
	return err;
}

/* LCS-002 LCS-007 LCS-040 LCS-042 */
TEST(Path_Forms_AreJudged)
{
	static const struct {
		const char *path;
		int err;
		u32 components;
	} rows[] = {
		{ "Machine", 0, 1 },
		{ "Machine\\System/Boot", 0, 3 },
		{ "a b\\ ", 0, 2 },
		{ "", -EINVAL, 0 },
		{ "\\", -EINVAL, 0 },
		{ "\\a", -EINVAL, 0 },
		{ "a\\", -EINVAL, 0 },
		{ "a\\\\b", -EINVAL, 0 },
		{ "a/\\b", -EINVAL, 0 },
		{ "a\\\xc3", -EINVAL, 0 },
		{ "\xed\xa0\x80", -EINVAL, 0 },
	};
	u32 components;

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		EXPECT_EQ(check_path(rows[i].path, &components), rows[i].err);
		EXPECT_EQ(components, rows[i].components);
	}
}

/* LCS-003 LCS-004 */
TEST(Path_NulInside_IsRefused)
{
	struct lcs_limits limits;
	u8 path[] = "a\0b";
	u32 components;

	lcs_limits_init(&limits);
	EXPECT_EQ(lcs_path_check(path, 3, &limits, &components), -EINVAL);
	EXPECT_EQ(lcs_path_check(path, 2, &limits, &components), -EINVAL);
}

/* LCS-005 LCS-228 LCS-229 */
TEST(Path_Limits_AreExact)
{
	struct lcs_limits limits;
	u8 path[1100];
	u32 components, i;

	lcs_limits_init(&limits);
	memset(path, 'a', sizeof(path));
	EXPECT_EQ(lcs_path_check(path, 255, &limits, &components), 0);
	EXPECT_EQ(lcs_path_check(path, 256, &limits, &components), -ENAMETOOLONG);
	limits.max_path_len = 10;
	path[5] = '\\';
	EXPECT_EQ(lcs_path_check(path, 10, &limits, &components), 0);
	EXPECT_EQ(lcs_path_check(path, 11, &limits, &components), -ENAMETOOLONG);
	lcs_limits_init(&limits);
	for (i = 1; i < sizeof(path); i += 2)
		path[i] = '\\';
	EXPECT_EQ(lcs_path_check(path, 2 * 512 - 1, &limits, &components), 0);
	EXPECT_EQ(components, 512);
	EXPECT_EQ(lcs_path_check(path, 2 * 513 - 1, &limits, &components), -EINVAL);
}

/* LCS-008 LCS-041 LCS-077 */
TEST(Names_EachKind_HasItsRules)
{
	struct lcs_limits limits;

	lcs_limits_init(&limits);
	EXPECT_EQ(lcs_value_name_check(text(""), &limits), 0);
	EXPECT_EQ(lcs_value_name_check(text("a\\b/c"), &limits), 0);
	EXPECT_EQ(lcs_value_name_check((struct lcs_bytes){ (const u8 *)"a\0", 2 }, &limits), -EINVAL);
	EXPECT_EQ(lcs_component_check(text("a\\b"), &limits), -EINVAL);
	EXPECT_EQ(lcs_component_check(text("a/b"), &limits), -EINVAL);
	EXPECT_EQ(lcs_component_check(text(""), &limits), -EINVAL);
	EXPECT_EQ(lcs_layer_name_check(text(""), &limits), -EINVAL);
	EXPECT(lcs_is_current_user(text("cURRENTuSER")));
	EXPECT(!lcs_is_current_user(text("CurrentUser2")));
}

/* LCS-035 */
TEST(SidText_Forms_AreWritten)
{
	static const u8 system[] = { 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
	static const u8 wide[] = { 1, 1, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff };
	struct pkm_writer w;
	u8 buf[64];

	pkm_writer_init(&w, buf, sizeof(buf));
	lcs_sid_text(&w, system, sizeof(system));
	EXPECT(pkm_writer_ok(&w) && w.len == 8 && !memcmp(buf, "S-1-5-18", 8));
	pkm_writer_init(&w, buf, sizeof(buf));
	lcs_sid_text(&w, wide, sizeof(wide));
	EXPECT(w.len == 29 && !memcmp(buf, "S-1-0x000100000000-4294967295", 29));
	pkm_writer_init(&w, buf, sizeof(buf));
	lcs_sid_text(&w, system, sizeof(system) - 1);
	EXPECT(!pkm_writer_ok(&w));
}

/* LCS-066 LCS-069 LCS-070 LCS-263 */
TEST(Value_TypesAndSizes_AreChecked)
{
	struct lcs_limits limits;

	lcs_limits_init(&limits);
	EXPECT_EQ(lcs_value_check(REG_QWORD, 3, &limits), 0);
	EXPECT_EQ(lcs_value_check(12, 0, &limits), -EINVAL);
	EXPECT_EQ(lcs_value_check(REG_TOMBSTONE, 0, &limits), 0);
	EXPECT_EQ(lcs_value_check(REG_TOMBSTONE, 1, &limits), -EINVAL);
	EXPECT_EQ(lcs_value_check(REG_SZ, 1048576, &limits), 0);
	EXPECT_EQ(lcs_value_check(REG_SZ, 1048577, &limits), -ENOSPC);
}

/* LCS-329 */
TEST(Limits_Defaults_AreTheTables)
{
	struct lcs_limits limits;

	lcs_limits_init(&limits);
	EXPECT_EQ(limits.request_timeout_ms, 30000);
	EXPECT_EQ(limits.notification_queue_size, 256);
	EXPECT_EQ(limits.max_path_len, 16383);
	EXPECT_EQ(limits.max_watch_burst, 4096);
	for (u32 i = 0; i < LCS_PARAMETERS; i++)
		EXPECT(lcs_parameters[i].min <= lcs_parameters[i].initial &&
		       lcs_parameters[i].initial <= lcs_parameters[i].max);
}

static const struct lcs_layer rows[] = {
	{ { (const u8 *)"base", 4 }, 0, true },
	{ { (const u8 *)"RoleA", 5 }, 10, true },
	{ { (const u8 *)"RoleB", 5 }, 10, true },
	{ { (const u8 *)"Off", 3 }, 99, false },
};
static const struct lcs_layers layers = { rows, ARRAY_SIZE(rows) };

struct candidate {
	const char *layer;
	u64 sequence;
};

static s64 contest(const struct candidate *c, u32 n, bool *tie)
{
	struct lcs_contest contest;

	lcs_contest_init(&contest);
	for (u32 i = 0; i < n; i++)
		lcs_contest_offer(&contest, &layers, text(c[i].layer), c[i].sequence, i);
	*tie = contest.tie;
	return contest.winner;
}

/* LCS-116 LCS-117 LCS-118 LCS-119 LCS-120 */
TEST(Contest_Candidates_BestWins)
{
	bool tie;

	EXPECT_EQ(contest((struct candidate[]){ { "base", 9 }, { "RoleA", 1 } }, 2, &tie), 1);
	EXPECT_EQ(contest((struct candidate[]){ { "RoleA", 5 }, { "RoleB", 6 } }, 2, &tie), 1);
	EXPECT_EQ(contest((struct candidate[]){ { "RoleB", 6 }, { "ROLEa", 5 } }, 2, &tie), 0);
	EXPECT_EQ(contest((struct candidate[]){ { "Off", 5 }, { "base", 1 } }, 2, &tie), 1);
	EXPECT_EQ(contest((struct candidate[]){ { "unknown", 5 } }, 1, &tie), -1);
	contest((struct candidate[]){ { "RoleA", 5 }, { "RoleB", 5 } }, 2, &tie);
	EXPECT(tie);
	/* A tie below the winner is harmless, in either order. */
	contest((struct candidate[]){ { "RoleA", 5 }, { "RoleB", 5 }, { "RoleA", 6 } }, 3, &tie);
	EXPECT(!tie);
	contest((struct candidate[]){ { "RoleA", 6 }, { "RoleA", 5 }, { "RoleB", 5 } }, 3, &tie);
	EXPECT(!tie);
	contest((struct candidate[]){ { "base", 5 }, { "Off", 5 } }, 2, &tie);
	EXPECT(!tie);
}

static struct lcs_value_entry value(const char *name, const char *layer, u32 type, u64 sequence)
{
	return (struct lcs_value_entry){
		.name = text(name), .layer = text(layer), .type = type, .sequence = sequence
	};
}

/* LCS-071 LCS-072 LCS-073 LCS-122 */
TEST(Values_Effective_AreWinnersOnly)
{
	struct lcs_value_entry e[] = {
		value("b", "base", REG_SZ, 1),     value("A", "base", REG_SZ, 2),
		value("a", "RoleA", REG_DWORD, 3), value("c", "RoleA", REG_TOMBSTONE, 4),
		value("C", "base", REG_SZ, 5),     value("d", "RoleB", REG_SZ, 9),
		value("x", "nobody", REG_SZ, 7),
	};
	struct lcs_blanket blanket = { text("RoleB"), 8 };
	struct lcs_values v = { e, ARRAY_SIZE(e), &blanket, 0 };

	EXPECT_EQ(lcs_effective_values(&layers, &v), LCS_FAULT_NONE);
	EXPECT_EQ(v.entry_count, 3);
	EXPECT(v.entries[0].type == REG_DWORD && v.entries[1].name.p[0] == 'b' &&
	       v.entries[2].name.p[0] == 'd');
	/* The blanket masks what is ranked lower and lets newer values of its layer through. */
	v.blanket_count = 1;
	EXPECT_EQ(lcs_effective_values(&layers, &v), LCS_FAULT_NONE);
	EXPECT_EQ(v.entry_count, 1);
	EXPECT(v.entries[0].name.p[0] == 'd');
}

/* LCS-062 LCS-064 LCS-122 */
TEST(Children_Effective_AreWinnersOnly)
{
	static const u8 one[16] = { 1 }, two[16] = { 2 }, nil[16];
	struct lcs_path_entry e[] = {
		{ text("Key"), text("base"), one, false, 1 }, { text("KEY"), text("RoleA"), two, false, 2 },
		{ text("hid"), text("base"), one, false, 3 }, { text("Hid"), text("RoleA"), nil, true, 4 },
		{ text("aaa"), text("base"), two, false, 5 },
	};
	struct lcs_children c = { .entries = e, .entry_count = ARRAY_SIZE(e) };

	EXPECT_EQ(lcs_effective_children(&layers, &c), LCS_FAULT_NONE);
	EXPECT_EQ(c.entry_count, 2);
	EXPECT(c.entries[0].child.p[0] == 'a' && c.entries[1].target == two);
}

TEST(Sort_ManyNames_AreInOrder)
{
	struct lcs_value_entry e[500];
	char names[500][8];
	u32 i, state = 7;

	for (i = 0; i < 500; i++) {
		state = state * 1103515245 + 12345;
		snprintf(names[i], sizeof(names[i]), "%c%u", state & 0x10000 ? 'A' : 'a', state >> 20);
		e[i] = value(names[i], "base", REG_SZ, i);
	}
	lcs_sort_values(e, 500);
	for (i = 1; i < 500; i++)
		EXPECT(pkm_fold_compare(e[i - 1].name.p, e[i - 1].name.len, e[i].name.p, e[i].name.len) <= 0);
}

/* A frame in the making. */
struct frame {
	u8 b[512];
	struct pkm_writer w;
};

static void begin(struct frame *f, u16 op, u32 status)
{
	pkm_writer_init(&f->w, f->b, sizeof(f->b));
	pkm_writer_le32(&f->w, 0);
	pkm_writer_le64(&f->w, 77);
	pkm_writer_le16(&f->w, op | RSI_RESPONSE_BIT);
	pkm_writer_le32(&f->w, status);
}

static u32 end(struct frame *f)
{
	pkm_writer_patch_le32(&f->w, 0, f->w.len);
	return f->w.len;
}

static const u8 guid[16] = { 0xaa, 1 };

static u32 lookup_frame(struct frame *f, u8 type, const u8 *target, u8 flag, u64 sequence)
{
	begin(f, RSI_LOOKUP, RSI_OK);
	pkm_writer_le32(&f->w, 1);
	lcs_rsi_put_bytes(&f->w, text("base"));
	pkm_writer_u8(&f->w, type);
	lcs_rsi_put_guid(&f->w, target);
	pkm_writer_le64(&f->w, sequence);
	pkm_writer_le32(&f->w, 1);
	lcs_rsi_put_guid(&f->w, guid);
	lcs_rsi_put_bytes(&f->w, text("SD"));
	pkm_writer_u8(&f->w, flag);
	pkm_writer_u8(&f->w, 1);
	pkm_writer_le64(&f->w, 0x1122334455667788ULL);
	return end(f);
}

/* RSI-017 */
TEST(Request_Frame_IsByteExact)
{
	/* clang-format off */
	static const u8 want[] = {
		0x2f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0, 5, 0, 0, 0, 0, 0, 0, 0,
		0xaa, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 'C', 'h', 'i', 'l', 'd',
	};
	/* clang-format on */
	struct pkm_writer w;
	u8 buf[64];

	pkm_writer_init(&w, buf, sizeof(buf));
	lcs_rsi_begin(&w, RSI_LOOKUP, 5);
	lcs_rsi_put_guid(&w, guid);
	lcs_rsi_put_bytes(&w, text("Child"));
	EXPECT(lcs_rsi_end(&w));
	EXPECT_EQ(w.len, sizeof(want));
	EXPECT_BYTES(buf, want, sizeof(want));
}

/* RSI-037 RSI-038 RSI-040 */
TEST(Lookup_Answer_IsDecoded)
{
	struct lcs_path_entry entries[1];
	struct lcs_meta metas[1];
	struct lcs_children c = { .entries = entries, .metas = metas };
	struct lcs_rsi_shape shape;
	struct frame f;
	u32 len = lookup_frame(&f, 0, guid, 0, 9);

	EXPECT_EQ(lcs_rsi_check(f.b, len, RSI_LOOKUP, &shape), 0);
	EXPECT(shape.entries == 1 && shape.others == 1 && shape.status == RSI_OK);
	EXPECT_EQ(lcs_rsi_children(f.b, len, RSI_LOOKUP, 10, &c), LCS_FAULT_NONE);
	EXPECT(c.entry_count == 1 && entries[0].sequence == 9 && !memcmp(entries[0].target, guid, 16));
	EXPECT(metas[0].symlink && !metas[0].volatile_key && metas[0].sd.len == 2);
	EXPECT(metas[0].last_write_time == 0x1122334455667788ULL);
	EXPECT(lcs_meta_find(&c, guid) == &metas[0]);
}

static enum lcs_fault lookup_fault(u8 type, const u8 *target, u8 flag, u64 sequence)
{
	struct lcs_path_entry entries[1];
	struct lcs_meta metas[1];
	struct lcs_children c = { .entries = entries, .metas = metas };
	struct frame f;
	u32 len = lookup_frame(&f, type, target, flag, sequence);

	return lcs_rsi_children(f.b, len, RSI_LOOKUP, 10, &c);
}

/* RSI-069 LCS-115 */
TEST(Lookup_ImpossibleContent_IsAFault)
{
	static const u8 nil[16];

	EXPECT_EQ(lookup_fault(0, guid, 0, 10), LCS_FAULT_FUTURE);
	EXPECT_EQ(lookup_fault(0, guid, 2, 9), LCS_FAULT_CONTENT);
	EXPECT_EQ(lookup_fault(2, guid, 0, 9), LCS_FAULT_CONTENT);
	EXPECT_EQ(lookup_fault(1, guid, 0, 9), LCS_FAULT_CONTENT);
	EXPECT_EQ(lookup_fault(0, nil, 0, 9), LCS_FAULT_CONTENT);
	EXPECT_EQ(lookup_fault(1, nil, 0, 9), LCS_FAULT_NONE);
}

/* RSI-008 RSI-009 */
TEST(Answer_EveryTruncation_IsRefused)
{
	struct lcs_rsi_shape shape;
	struct frame f;
	u32 len = lookup_frame(&f, 0, guid, 0, 9), cut;
	u8 *copy;

	for (cut = 0; cut < len; cut++) {
		/* A buffer of that size, so that the sanitizer sees a read beyond it. */
		copy = malloc(cut ? cut : 1);
		memcpy(copy, f.b, cut);
		if (cut >= 4)
			pkm_put_le32(copy, cut);
		EXPECT_EQ(lcs_rsi_check(copy, cut, RSI_LOOKUP, &shape), -EINVAL);
		free(copy);
	}
	EXPECT_EQ(lcs_rsi_check(f.b, len, RSI_ENUM_CHILDREN, &shape), -EINVAL);
	pkm_put_le32(f.b, len + 1);
	EXPECT_EQ(lcs_rsi_check(f.b, len, RSI_LOOKUP, &shape), -EINVAL);
}

/* RSI-018 */
TEST(Answer_BytesAfterTheFields_AreIgnored)
{
	struct lcs_rsi_shape shape;
	struct frame f;

	lookup_frame(&f, 0, guid, 0, 9);
	pkm_writer_le32(&f.w, 0xffffffff);
	EXPECT_EQ(lcs_rsi_check(f.b, end(&f), RSI_LOOKUP, &shape), 0);
	begin(&f, RSI_LOOKUP, RSI_NOT_FOUND);
	EXPECT_EQ(lcs_rsi_check(f.b, end(&f), RSI_LOOKUP, &shape), 0);
	EXPECT_EQ(shape.status, RSI_NOT_FOUND);
}

TEST(Answer_HugeCounts_EndWithTheFrame)
{
	static const u16 ops[] = { RSI_LOOKUP, RSI_ENUM_CHILDREN, RSI_QUERY_VALUES, RSI_DELETE_LAYER };
	struct lcs_rsi_shape shape;
	struct frame f;

	for (u32 i = 0; i < ARRAY_SIZE(ops); i++) {
		begin(&f, ops[i], RSI_OK);
		pkm_writer_le32(&f.w, 0xffffffff);
		EXPECT_EQ(lcs_rsi_check(f.b, end(&f), ops[i], &shape), -EINVAL);
	}
}

/* RSI-035 RSI-036 LCS-306 */
TEST(Status_Codes_BecomeErrnos)
{
	static const int want[] = { 0,      -ENOENT, -EEXIST, -EIO,        -ENOTEMPTY, -ENOSPC,
				    -EBUSY, -EINVAL, -EAGAIN, -EOPNOTSUPP, -EIO };

	for (u32 i = 0; i < ARRAY_SIZE(want); i++)
		EXPECT_EQ(lcs_rsi_status_errno(i), want[i]);
	EXPECT_EQ(lcs_rsi_status_errno(0xffffffff), -EIO);
}

/* LCS-174 LCS-175 */
TEST(Record_Forms_AreByteExact)
{
	static const u8 direct[] = { 9, 0, 0, 0, 1, 0, 1, 0, 'v' };
	static const u8 subtree[] = { 17, 0, 0, 0, 3, 0, 1, 0, 'c', 2, 0, 1, 0, 'A', 1, 0, 'B' };
	struct lcs_bytes path[2] = { text("A"), text("B") };
	struct pkm_writer w;
	u8 buf[64];

	pkm_writer_init(&w, buf, sizeof(buf));
	EXPECT_EQ(lcs_notify_record(&w, REG_EVENT_VALUE_SET, text("v"), false, path, 2), 0);
	EXPECT(w.len == sizeof(direct));
	EXPECT_BYTES(buf, direct, sizeof(direct));
	pkm_writer_init(&w, buf, sizeof(buf));
	EXPECT_EQ(lcs_notify_record(&w, REG_EVENT_SUBKEY_CREATED, text("c"), true, path, 2), 0);
	EXPECT(w.len == sizeof(subtree));
	EXPECT_BYTES(buf, subtree, sizeof(subtree));
}

/* LCS-177 */
TEST(Record_TooLongName_IsNoRecord)
{
	static u8 name[65536];
	struct lcs_bytes path = { name, sizeof(name) };
	struct pkm_writer w;

	pkm_writer_init(&w, NULL, 0);
	EXPECT_EQ(lcs_notify_record(&w, 1, path, false, NULL, 0), -EOVERFLOW);
	pkm_writer_init(&w, NULL, 0);
	EXPECT_EQ(lcs_notify_record(&w, 1, text("v"), true, &path, 1), -EOVERFLOW);
}

/* LCS-165 LCS-166 */
TEST(Filter_Events_PassAsSaid)
{
	EXPECT(lcs_notify_passes(REG_NOTIFY_VALUE, REG_EVENT_VALUE_DELETED));
	EXPECT(!lcs_notify_passes(REG_NOTIFY_VALUE, REG_EVENT_SUBKEY_CREATED));
	EXPECT(!lcs_notify_passes(REG_NOTIFY_SUBKEY, REG_EVENT_SD_CHANGED));
	EXPECT(lcs_notify_passes(REG_NOTIFY_SD, REG_EVENT_KEY_DELETED));
	EXPECT(lcs_notify_passes(REG_NOTIFY_SD, REG_EVENT_OVERFLOW));
}

/* LCS-311 LCS-312 */
TEST(Parameter_TakesOnlyADwordInRange)
{
	struct lcs_value_entry value = { .type = REG_DWORD, .data = { NULL, 4 } };
	u32 i, field, number;

	for (i = 0; i < LCS_PARAMETERS; i++) {
		const struct lcs_parameter *row = &lcs_parameters[i];
		const u32 tries[] = { row->min, row->max, row->min - 1, row->max + 1 };
		u32 k;

		for (k = 0; k < ARRAY_SIZE(tries); k++) {
			bool good = tries[k] >= row->min && tries[k] <= row->max;

			number = tries[k];
			value.data.p = (const u8 *)&number;
			field = 12345;
			EXPECT_EQ(lcs_parameter_take(row, &value, &field), good);
			EXPECT_EQ(field, good ? number : 12345);
		}
	}
	number = lcs_parameters[0].min;
	value.type = REG_QWORD;
	EXPECT(!lcs_parameter_take(&lcs_parameters[0], &value, &field));
	value.type = REG_DWORD;
	value.data.len = 3;
	EXPECT(!lcs_parameter_take(&lcs_parameters[0], &value, &field));
}
