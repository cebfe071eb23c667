// SPDX-License-Identifier: MIT
/*
 * The worked examples of kacs-accesscheck.md, section 23, row by row.
 */
#include "harness.h"
#include "support/build.h"

#define R          0x120089
#define W          0x120116
#define MAX        KACS_MAXIMUM_ALLOWED
#define ASS        KACS_ACCESS_SYSTEM_SECURITY
#define UNKEPT     0xffffffff /* the sheet does not say the mask */
#define PRIV(name) .privileges = KACS_PRIV_MASK(KACS_PRIV_##name)

struct row {
	int number;
	struct token token;
	const char *sd;
	u32 desired;
	u32 intent;
	u32 pip_type, pip_trust;
	bool self;        /* self_sid is U */
	const char *rule; /* DACL of the one rule of POL, when cached */
	int rv;           /* 0, -EACCES */
	u32 granted;
	u32 alarms;
	u32 events;
};

#define SEC 0x80
static const struct row rows[] = {
	{ 1, {}, "O:SYG:SYD:(A;;FR;;;U)", R, .granted = R },
	{ 2, {}, "O:SYG:SYD:(A;;FR;;;U)", R | 2, .rv = -EACCES, .granted = R },
	{ 3, {}, "O:SYG:SYD:(A;;FR;;;WD)(D;;FR;;;U)", R, .granted = R },
	{ 4, {}, "O:SYG:SYD:(D;;0x2;;;G)(A;;FW;;;U)", W, .rv = -EACCES, .granted = 0x120114 },
	{ 5, {}, "O:SYG:SYD:(D;;0x2;;;G)(A;;FW;;;U)", MAX, .granted = 0x120114 },
	{ 6, {}, "O:SYG:SYD:(D;;0x2;;;G)(A;;FW;;;U)", MAX | 2, .rv = -EACCES, .granted = 0x120114 },
	{ 7, {}, "O:SYG:SYD:(A;;FR;;;V)", 0, .granted = 0 },
	{ 8, {}, "O:SYG:SYD:(A;;GR;;;U)", 1, .granted = R },
	{ 9, {}, "O:SYG:SYD:(A;OICIIO;FA;;;U)", 1, .rv = -EACCES, .granted = 0 },
	{ 10, { .devs = 0x10 }, "O:SYG:SYD:(A;;FR;;;G)", 1, .rv = -EACCES, .granted = 0 },
	{ 11, { .devs = 0x10 }, "O:SYG:SYD:(D;;0x1;;;G)(A;;FR;;;WD)", 1, .rv = -EACCES, .granted = UNKEPT },
	{ 12, { .devs = 0x1 }, "O:SYG:SYD:(D;;0x1;;;G)(A;;FR;;;WD)", 1, .granted = R },
	{ 13, { .user_deny_only = true }, "O:SYG:SYD:(A;;FR;;;U)", 1, .rv = -EACCES, .granted = 0 },
	{ 14, {}, "O:UG:SYD:", 0x60000, .granted = 0x60000 },
	{ 15, {}, "O:UG:SYD:(D;;0x60000;;;WD)", 0x60000, .granted = 0x60000 },
	{ 16, {}, "O:UG:SYD:(A;;RC;;;OW)", 0x40000, .rv = -EACCES, .granted = 0x20000 },
	{ 17, {}, "O:UG:SYD:(XA;;WD;;;OW;(@User.x == 1))", 0x20000, .rv = -EACCES, .granted = 0 },
	{ 18, {}, "O:UG:SYD:(A;CIIO;RC;;;OW)", 0x40000, .granted = 0x60000 },
	{ 19, {}, "O:SYG:SY", 0x10000000, .granted = 0x1f01ff },
	{ 20, {}, "O:SYG:SY", ASS, .rv = -EACCES, .granted = 0x1f01ff },
	{ 21, { .low = true }, "O:SYG:SYD:(A;;FA;;;U)", 2, .rv = -EACCES, .granted = UNKEPT },
	{ 22, { .low = true }, "O:SYG:SYD:(A;;FA;;;U)", R, .granted = 0x1200a9 },
	{ 23, {}, "O:SYG:SYD:(A;;FA;;;U)S:(ML;;NWNR;;;HI)", 1, .rv = -EACCES, .granted = UNKEPT },
	{ 24, {}, "O:SYG:SYD:(A;;FA;;;U)S:(ML;;NWNR;;;HI)", 0x20, .granted = 0x120020 },
	{ 25, { .low = true, .no_mandatory_policy = true }, "O:SYG:SYD:(A;;FA;;;U)", 2, .granted = 0x1f01ff },
	{ 26, { .low = true }, "O:SYG:SYD:(A;;WO;;;U)", 0x80000, .rv = -EACCES, .granted = 0 },
	{ 27, { .low = true, PRIV(RELABEL) }, "O:SYG:SYD:(A;;WO;;;U)", 0x80000, .granted = 0x80000 },
	{ 28, { .low = true, PRIV(RESTORE) }, "O:SYG:SYD:", W, .intent = 2, .granted = 0x11f0116 },
	{ 29, { .low = true, PRIV(RESTORE) }, "O:SYG:SYD:", W, .rv = -EACCES, .granted = 0 },
	{ 30,
	  { PRIV(BACKUP) },
	  "O:SYG:SYD:S:(TL;;0x80;;;S-1-19-512-8192)",
	  1,
	  .intent = 1,
	  .rv = -EACCES,
	  .granted = SEC },
	{ 31, { PRIV(BACKUP) }, "O:SYG:SYD:S:(TL;;0x80;;;S-1-19-512-8192)", SEC, .intent = 1, .granted = SEC },
	{ 32,
	  { PRIV(SECURITY) },
	  "O:SYG:SYD:S:(TL;;0x80;;;S-1-19-512-8192)",
	  ASS,
	  .rv = -EACCES,
	  .granted = 0 },
	{ 33,
	  { PRIV(SECURITY) },
	  "O:SYG:SYD:S:(TL;;0x80;;;S-1-19-512-8192)",
	  ASS,
	  .pip_type = 512,
	  .pip_trust = 8192,
	  .granted = ASS },
	{ 34,
	  { PRIV(SECURITY) },
	  "O:SYG:SYD:S:(TL;;0x80;;;S-1-19-512-8192)",
	  ASS,
	  .pip_type = 1024,
	  .pip_trust = 4096,
	  .rv = -EACCES,
	  .granted = 0 },
	{ 35, { PRIV(TAKE_OWNERSHIP) }, "O:SYG:SYD:(D;;WO;;;WD)", 0x80000, .granted = 0x80000 },
	{ 36,
	  { PRIV(TAKE_OWNERSHIP) },
	  "O:SYG:SYD:(A;;FA;;;U)S:(ML;;NW;;;HI)",
	  0x80000,
	  .rv = -EACCES,
	  .granted = UNKEPT },
	{ 37,
	  { .low = true,
	    .privileges = KACS_PRIV_MASK(KACS_PRIV_RELABEL) | KACS_PRIV_MASK(KACS_PRIV_TAKE_OWNERSHIP) },
	  "O:SYG:SYD:",
	  0x80000,
	  .granted = 0x80000 },
	{ 38, { .restricted = "G" }, "O:SYG:SYD:(A;;FR;;;U)", 1, .rv = -EACCES, .granted = 0 },
	{ 39, { .restricted = "G" }, "O:SYG:SYD:(A;;FA;;;U)(A;;FR;;;G)", 2, .rv = -EACCES, .granted = R },
	{ 40, { .restricted = "G", PRIV(SECURITY) }, "O:SYG:SYD:", ASS, .granted = ASS },
	{ 41, { .restricted = "U" }, "O:UG:SYD:", 0x60000, .granted = 0x60000 },
	{ 42,
	  { .restricted = "G", .write_restricted = true, .user_deny_only = true },
	  "O:SYG:SYD:(A;;FA;;;WD)",
	  1,
	  .granted = 0xd00e9 },
	{ 43,
	  { .restricted = "G", .write_restricted = true, .user_deny_only = true },
	  "O:SYG:SYD:(A;;FA;;;WD)",
	  2,
	  .rv = -EACCES,
	  .granted = 0xd00e9 },
	{ 44,
	  { .restricted = "G", .write_restricted = true, .user_deny_only = true },
	  "O:SYG:SYD:(A;;FA;;;WD)(A;;0x2;;;G)",
	  2,
	  .granted = 0xd00eb },
	{ 45,
	  { .restricted = "G", .write_restricted = true, .user_deny_only = true },
	  "O:SYG:SYD:(A;;FA;;;WD)",
	  R,
	  .rv = -EACCES,
	  .granted = 0xd00e9 },
	{ 46, { .restricted = "G" }, "O:SYG:SY", 0x10000000, .granted = 0x1f01ff },
	{ 47, { .confined = true }, "O:SYG:SYD:(A;;FA;;;U)", 1, .rv = -EACCES, .granted = 0 },
	{ 48, { .confined = true }, "O:SYG:SYD:(A;;FA;;;U)(A;;FR;;;AC)", MAX, .granted = R },
	{ 49,
	  { .confined = true, PRIV(SECURITY) },
	  "O:SYG:SYD:(A;;FA;;;APP)(A;;FA;;;U)",
	  ASS,
	  .rv = -EACCES,
	  .granted = UNKEPT },
	{ 50,
	  { .confined = true },
	  "O:UG:SYD:(A;;FR;;;APP)(A;;FR;;;U)",
	  0x40000,
	  .rv = -EACCES,
	  .granted = UNKEPT },
	{ 51, { .confined = true }, "O:SYG:SY", 0x10000000, .granted = 0x1f01ff },
	{ 52, { .confined = true, .exempt = true }, "O:SYG:SYD:(A;;FA;;;U)", 1, .granted = 0x1f01ff },
	{ 53, {}, "O:SYG:SYD:(A;;FR;;;PS)", 1, .self = true, .granted = R },
	{ 54, {}, "O:SYG:SYD:(A;;FR;;;PS)", 1, .rv = -EACCES, .granted = 0 },
	{ 55, {}, "O:SYG:SYD:(XA;;FR;;;WD;(Member_of{SID(BA)}))", 1, .rv = -EACCES, .granted = 0 },
	{ 56,
	  {},
	  "O:SYG:SYD:(XD;;0x1;;;WD;(@User.nope == 1))(A;;FR;;;WD)",
	  1,
	  .rv = -EACCES,
	  .granted = UNKEPT },
	{ 57, {}, "O:SYG:SYD:(XA;;FR;;;WD;(@User.nope == 1))", 1, .rv = -EACCES, .granted = 0 },
	{ 62, {}, "O:SYG:SYD:(OA;;0x10;a;;U)", 0x10, .granted = 0x10 },
	{ 63, {}, "O:SYG:SYD:(A;;FA;;;U)S:(SP;;;;;POL)", 1, .rv = -EACCES, .granted = 0 },
	{ 64, {}, "O:UG:SYD:(A;;FR;;;U)S:(SP;;;;;POL)", 1, .granted = 0x160089 },
	{ 65,
	  {},
	  "O:SYG:SYD:(A;;FA;;;U)S:(SP;;;;;POL)",
	  2,
	  .rule = "O:SYG:SYD:(A;;FR;;;WD)",
	  .rv = -EACCES,
	  .granted = R },
	{ 66,
	  { PRIV(BACKUP) },
	  "O:SYG:SYD:S:(SP;;;;;POL)",
	  1,
	  .intent = 1,
	  .rule = "O:SYG:SYD:(A;;FW;;;WD)",
	  .rv = -EACCES,
	  .granted = 0x120000 },
	{ 67, { PRIV(SECURITY) }, "O:SYG:SYD:S:(SP;;;;;POL)", ASS, .rule = "O:SYG:SYD:", .granted = ASS },
	{ 68, {}, "O:SYG:SYD:S:(AU;FA;FR;;;WD)", 1, .rv = -EACCES, .granted = 0, .events = 1 },
	{ 69, {}, "O:SYG:SYD:S:(AU;SA;FR;;;WD)", 1, .rv = -EACCES, .granted = 0 },
	{ 70, {}, "O:SYG:SYD:(A;;FA;;;U)S:(AL;;0x2;;;WD)", 1, .granted = 0x1f01ff, .alarms = 2 },
	{ 71, { .level = 2 }, "O:SYG:SY", 1, .rv = -EACCES, .granted = 0 },
	{ 72, { .dead = true }, "O:SYG:SY", 1, .rv = -EACCES, .granted = 0 },
};

static struct kacs_policy policy;

static const struct kacs_policy *find(void *ctx, const u8 *sid, u32 len)
{
	(void)sid;
	(void)len;
	return ctx;
}

static int count_event(void *ctx, const struct kacs_audit_event *event)
{
	(void)event;
	*(u32 *)ctx += 1;
	return 0;
}

static const struct kacs_sink counting = { .audit = count_event };

/* One rule with the DACL of a descriptor; no condition, SACL or staging. */
static void cache_rule(const char *text)
{
	static u8 spec[4096];
	static struct kacs_policy_rule rule;
	u8 bytes[2048];
	struct pkm_writer w;
	struct kacs_sd sd;

	EXPECT_EQ(kacs_sd_parse(&sd, bytes, sddl(text, bytes, sizeof(bytes))), 0);
	pkm_writer_init(&w, spec, sizeof(spec));
	pkm_writer_u8(&w, 1);
	pkm_writer_le32(&w, 1);
	pkm_writer_le32(&w, 0);
	pkm_writer_le32(&w, sd.dacl.len);
	pkm_writer_bytes(&w, sd.dacl.data, sd.dacl.len);
	pkm_writer_zero(&w, 12);
	EXPECT_EQ(kacs_policy_parse(&policy, &rule, 1, spec, w.len), 0);
}

static void run_row(const struct row *row, bool raw)
{
	static struct prepared who;
	static u8 scratch[65536] __attribute__((aligned(8)));
	struct kacs_trace_entry trace[KACS_TRACE_ENTRIES];
	u8 bytes[4096];
	u32 len = sddl(row->sd, bytes, sizeof(bytes)), events = 0, i;
	const u8 *self = sid_named("U", 1);
	struct kacs_result res;
	struct kacs_sd sd;
	int rv;

	prepare(&who, &row->token);
	if (row->rule)
		cache_rule(row->rule);
	struct kacs_request req = {
		.subject = &who.subject,
		.state = &who.state,
		.desired = row->desired,
		.map = &kacs_map_file,
		.intent = row->intent,
		.pip_type = row->pip_type,
		.pip_trust = row->pip_trust,
		.self_sid = row->self ? self : NULL,
		.self_sid_len = row->self ? kacs_sid_len(self) : 0,
		.find_policy = row->rule ? find : NULL,
		.find_ctx = &policy,
		.sink = &counting,
		.sink_ctx = &events,
		.trace = trace,
		.scratch = scratch,
		.scratch_len = sizeof(scratch),
	};

	if (raw)
		rv = kacs_access_check_raw(&req, bytes, len, &res);
	else
		rv = kacs_sd_parse(&sd, bytes, len) ?: kacs_access_check(&req, &sd, &res);
	if (rv != row->rv || (row->granted != UNKEPT && res.granted != row->granted) ||
	    res.continuous_audit != row->alarms || events != row->events)
		test_fail(__FILE__, __LINE__, "example %d: rv %d granted 0x%x alarms 0x%x events %u",
			  row->number, rv, res.granted, res.continuous_audit, events);
	/* KACS-AC-207 */
	for (i = 0; i < KACS_TRACE_ENTRIES; i++)
		if (trace[i].granted != (res.granted >> i & 1))
			test_fail(__FILE__, __LINE__, "example %d: trace of bit %u", row->number, i);
}

/*
 * KACS-AC-027, KACS-AC-028, KACS-AC-029, KACS-AC-030, KACS-AC-031,
 * KACS-AC-061, KACS-AC-062, KACS-AC-063, KACS-AC-064, KACS-AC-071,
 * KACS-AC-072, KACS-AC-073, KACS-AC-074, KACS-AC-075, KACS-AC-076,
 * KACS-AC-077, KACS-AC-078, KACS-AC-082, KACS-AC-084, KACS-AC-085,
 * KACS-AC-086, KACS-AC-087, KACS-AC-088, KACS-AC-089, KACS-AC-090,
 * KACS-AC-091, KACS-AC-092, KACS-AC-093, KACS-AC-094, KACS-AC-107,
 * KACS-AC-108, KACS-AC-109, KACS-AC-110, KACS-AC-111, KACS-AC-112,
 * KACS-AC-113, KACS-AC-114, KACS-AC-115, KACS-AC-116, KACS-AC-117,
 * KACS-AC-118, KACS-AC-119, KACS-AC-120, KACS-AC-121, KACS-AC-166,
 * KACS-AC-170, KACS-AC-207, KACS-TOK-025
 */
TEST(WorkedExamples_Scalar_AsInTheSheet)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		run_row(&rows[i], true);
		run_row(&rows[i], false);
	}
}

/* Rows 58 to 61: tree P with the children a and b. */
static const struct {
	int number;
	const char *sd;
	int root, a, b;
} trees[] = {
	{ 58, "O:SYG:SYD:(OA;;0x10;a;;U)", -EACCES, 0, -EACCES },
	{ 59, "O:SYG:SYD:(OA;;0x10;a;;U)(OA;;0x10;b;;U)", 0, 0, 0 },
	{ 60, "O:SYG:SYD:(OD;;0x10;a;;U)(A;;0x10;;;U)", -EACCES, -EACCES, 0 },
	{ 61, "O:SYG:SYD:(OA;;0x10;P;;U)", 0, 0, 0 },
};

/*
 * KACS-AC-097, KACS-AC-098, KACS-AC-099, KACS-AC-100, KACS-AC-101,
 * KACS-AC-102, KACS-AC-103, KACS-AC-177
 */
TEST(WorkedExamples_List_AsInTheSheet)
{
	static struct prepared who;
	static u8 scratch[4096] __attribute__((aligned(8)));
	struct kacs_object_type_entry tree[3] = { { .level = 0 }, { .level = 1 }, { .level = 1 } };
	struct kacs_node_result results[3];
	const struct token plain = { 0 };
	struct kacs_result res;
	u8 bytes[1024];
	u32 i;

	memcpy(tree[0].guid, guid_named('P'), 16);
	memcpy(tree[1].guid, guid_named('a'), 16);
	memcpy(tree[2].guid, guid_named('b'), 16);
	prepare(&who, &plain);
	for (i = 0; i < ARRAY_SIZE(trees); i++) {
		struct kacs_request req = {
			.subject = &who.subject,
			.state = &who.state,
			.desired = 0x10,
			.map = &kacs_map_file,
			.tree = tree,
			.tree_count = 3,
			.results = results,
			.scratch = scratch,
			.scratch_len = sizeof(scratch),
		};

		EXPECT_EQ(kacs_access_check_raw(&req, bytes, sddl(trees[i].sd, bytes, sizeof(bytes)), &res),
			  0);
		if (results[0].status != trees[i].root || results[1].status != trees[i].a ||
		    results[2].status != trees[i].b)
			test_fail(__FILE__, __LINE__, "example %d", trees[i].number);
	}
}
