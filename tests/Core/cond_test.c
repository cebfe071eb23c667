// SPDX-License-Identifier: MIT
/*
 * Conditional expressions: three-valued logic, operands, operators, and the
 * two grades of not knowing.
 */
#include "harness.h"
#include "support/build.h"

#include "../../pkm/core/kacs/private.h"

#include <stdlib.h>

/* A program written token by token. */
struct program {
	u8 bytes[8192];
	struct pkm_writer w;
};

static struct cond_value stack[KACS_COND_DEPTH];
static u8 claim_bytes[3][8192];
static struct pkm_writer claims[3]; /* local, user, device */

static void begin(struct program *p)
{
	pkm_writer_init(&p->w, p->bytes, sizeof(p->bytes));
	pkm_writer_bytes(&p->w, "artx", 4);
}

static void utf16(struct pkm_writer *w, const char *text)
{
	for (; *text; text++)
		pkm_writer_le16(w, (u8)*text);
}

static void sized(struct program *p, u8 op, const char *text)
{
	pkm_writer_u8(&p->w, op);
	pkm_writer_le32(&p->w, 2 * strlen(text));
	utf16(&p->w, text);
}

static void integer(struct program *p, u8 op, s64 value, u8 sign)
{
	pkm_writer_u8(&p->w, op);
	pkm_writer_le64(&p->w, value);
	pkm_writer_u8(&p->w, sign);
	pkm_writer_u8(&p->w, 2);
}

/*
 * A small language for tests, one word a token: @U.x @D.x @R.x @L.x, 5 -5 for
 * int64, "text" in quotes, #hex, SID names in <>, { ... } for lists, operators
 * as hex bytes %80.
 */
static void compile(struct program *p, const char *text)
{
	const char *end;
	char word[64];
	u32 list = 0;

	for (; *text; text = *end ? end + 1 : end) {
		end = text + strcspn(text, " ");
		snprintf(word, sizeof(word), "%.*s", (int)(end - text), text);
		switch (*word) {
		case '@':
			sized(p,
			      word[1] == 'L'   ? 0xf8
			      : word[1] == 'U' ? 0xf9
			      : word[1] == 'R' ? 0xfa
					       : 0xfb,
			      word + 3);
			break;
		case '"':
			word[strlen(word) - 1] = 0;
			sized(p, 0x10, word + 1);
			break;
		case '<':
			pkm_writer_u8(&p->w, 0x51);
			pkm_writer_le32(&p->w, kacs_sid_len(sid_named(word + 1, strlen(word) - 2)));
			pkm_writer_bytes(&p->w, sid_named(word + 1, strlen(word) - 2),
					 kacs_sid_len(sid_named(word + 1, strlen(word) - 2)));
			break;
		case '#':
			pkm_writer_u8(&p->w, 0x18);
			pkm_writer_le32(&p->w, strlen(word) - 1);
			pkm_writer_bytes(&p->w, word + 1, strlen(word) - 1);
			break;
		case '{':
			pkm_writer_u8(&p->w, 0x50);
			list = p->w.len;
			pkm_writer_le32(&p->w, 0);
			break;
		case '}':
			pkm_writer_patch_le32(&p->w, list, p->w.len - list - 4);
			break;
		case '%':
			pkm_writer_u8(&p->w, strtoul(word + 1, NULL, 16));
			break;
		default:
			integer(p, 4, atoll(word), *word == '-' ? 2 : 3);
		}
	}
}

/* One claim of up to 4 values; type 1, 2, 6 from integers, 3 from text. */
static void claim(u32 source, const char *name, u16 type, u32 flags, u32 count, const char **text,
		  const s64 *values)
{
	struct pkm_writer *w = &claims[source];
	u32 start = w->len + 4, i;

	pkm_writer_le32(w, 0);
	pkm_writer_le32(w, 16 + 4 * count);
	pkm_writer_le16(w, type);
	pkm_writer_le16(w, 0);
	pkm_writer_le32(w, flags);
	pkm_writer_le32(w, count);
	pkm_writer_zero(w, 4 * count);
	utf16(w, name);
	pkm_writer_le16(w, 0);
	for (i = 0; i < count; i++) {
		pkm_writer_patch_le32(w, start + 16 + 4 * i, w->len - start);
		if (!text) {
			pkm_writer_le64(w, values[i]);
			continue;
		}
		pkm_writer_le32(w, w->len - start + 4);
		utf16(w, text[i]);
		pkm_writer_le16(w, 0);
	}
	pkm_writer_patch_le32(w, start - 4, w->len - start);
}

static void build_claims(void)
{
	u32 i;

	for (i = 0; i < 3; i++)
		pkm_writer_init(&claims[i], claim_bytes[i], sizeof(claim_bytes[i]));
	claim(1, "num", 1, 0, 1, NULL, (s64[]){ 5 });
	claim(1, "neg", 1, 0, 1, NULL, (s64[]){ -5 });
	claim(1, "zero", 1, 0, 1, NULL, (s64[]){ 0 });
	claim(1, "big", 2, 0, 1, NULL, (s64[]){ -1 });
	claim(1, "yes", 6, 0, 1, NULL, (s64[]){ 99 });
	claim(1, "none", 1, 0, 0, NULL, NULL);
	claim(1, "off", 1, 0x10, 1, NULL, (s64[]){ 5 });
	claim(1, "shy", 1, 0x4, 1, NULL, (s64[]){ 5 });
	claim(1, "odd", 1, ~0x37U, 1, NULL, (s64[]){ 5 });
	claim(1, "list", 1, 0, 3, NULL, (s64[]){ 1, 2, 3 });
	claim(1, "name", 3, 0, 1, (const char *[]){ "Apollo" }, NULL);
	claim(1, "empty", 3, 0, 1, (const char *[]){ "" }, NULL);
	claim(1, "Exact", 3, 0x2, 1, (const char *[]){ "Apollo" }, NULL);
	claim(1, "words", 3, 0, 2, (const char *[]){ "red", "GREEN" }, NULL);
	claim(1, "num", 1, 0, 1, NULL, (s64[]){ 6 }); /* the first one wins */
	claim(2, "num", 1, 0, 1, NULL, (s64[]){ 7 });
	claim(0, "num", 1, 0, 1, NULL, (s64[]){ 8 });
	for (i = 0; i < 3; i++)
		EXPECT_EQ(kacs_claims_validate(claims[i].data, claims[i].len), 0);
}

static struct kacs_cond cond_with_claims(void)
{
	static const struct kacs_acl none;
	struct kacs_cond cond = { .stack = stack, .sacl = &none, .budget = COND_BUDGET };
	u32 i;

	for (i = 0; i < 3; i++) {
		cond.claims[i] = claims[i].data;
		cond.claims_len[i] = claims[i].len;
	}
	return cond;
}

static enum cond_result eval(const char *text, u32 polarity)
{
	static struct prepared who;
	struct token token = { .devices = "H PS" };
	struct kacs_cond cond;
	struct kacs_view view;
	struct program p;

	build_claims();
	prepare(&who, &token);
	cond = cond_with_claims();
	view_normal(&view, &who.subject, &who.state, sid_named("U", 1), sid_named("V", 1));
	begin(&p);
	compile(&p, text);
	return kacs_cond_eval(&cond, &view, polarity, p.bytes, p.w.len);
}

#define T COND_TRUE
#define F COND_FALSE
#define U COND_UNKNOWN
static const struct {
	const char *text;
	enum cond_result result;
} cases[] = {
	/* logic: known true, known false, local unknown; KACS-FMT-116 */
	{ "@U.num %87", T },
	{ "@U.nope %87", F },
	{ "@U.num 5 %80", T },
	{ "@U.num %87 @U.nope 1 %80 %A0", U },
	{ "@U.nope %87 @U.nope 1 %80 %A0", F },
	{ "@U.num %87 @U.nope 1 %80 %A1", T },
	{ "@U.nope %87 @U.nope 1 %80 %A1", U },
	{ "@U.num %87 @U.nope %87 %A0", F },
	{ "@U.num %87 @U.num %87 %A0", T },
	{ "@U.nope %87 @U.nope %87 %A1", F },
	{ "@U.nope 1 %80 %A2", U },
	{ "@U.nope %87 %A2", T },
	/* logical value of attributes; KACS-FMT-120 */
	{ "@U.num @U.num %A0", T },
	{ "@U.zero %A2", T },
	{ "@U.name %A2", F },
	{ "@U.empty %A2", T },
	{ "@U.nope %A2", U },
	{ "@U.list %A2", U },
	{ "@U.yes @U.num %A0", T },
	/* aborts swallow what else would be true; KACS-FMT-118 */
	{ "@U.num %87 5 %A1", U },
	{ "@U.num %87 5 %87 %A1", U },
	{ "@U.num %87 @U.num \"x\" %80 %A1", U },
	{ "@U.num %87 @U.num %89 %A1", U },
	{ "@U.num %87 { <U> 5 } %89 %A1", U },
	{ "@U.num %87 %ff %A1", U },
	{ "%A0", U },
	{ "@U.num %80", U },
	{ "@U.num %87 @U.num %87 5 %80 %A1", U },
	/* an unknown result may stand as an operand, a known one may not; KACS-FMT-119 */
	{ "@U.num %87 @U.nope 1 %80 1 %80 %A1", T },
	{ "@U.num %87 @U.num %87 1 %80 %A1", U },
	{ "@U.nope @U.nope %80", U },
	{ "@U.nope @U.nope %81", U },
	{ "@U.nope 1 %80 @U.nope 1 %80 %80", U },
	{ "1 @U.nope 1 %80 %80 @U.num %87 %A1", T },
	{ "1 @U.num %87 %80 @U.num %87 %A1", U },
	{ "@U.nope 1 %80 @U.num %87 %80 @U.num %87 %A1", U },
	/* final stack; KACS-FMT-121 */
	{ "", U },
	{ "@U.num", U },
	{ "5", U },
	{ "@U.num %87 @U.num %87", U },
	/* integers; KACS-FMT-125, KACS-FMT-136 */
	{ "@U.num 4 %84", T },
	{ "@U.num 5 %84", F },
	{ "@U.num 5 %85", T },
	{ "@U.num 6 %82", T },
	{ "@U.num 5 %83", T },
	{ "@U.num 5 %81", F },
	{ "@U.neg -5 %80", T },
	{ "@U.neg 0 %82", T },
	{ "@U.big 0 %84", T },
	{ "@U.neg @U.big %82", T },
	{ "@U.big @U.neg %82", F },
	{ "@U.big -1 %80", F },
	{ "@U.yes 1 %80", T }, /* KACS-FMT-113 */
	{ "@U.odd 5 %80", T }, /* KACS-FMT-105: flags without a meaning */
	{ "@U.num 5 %80 @U.num %87 %A0", T },
	/* namespaces, first entry, names by any case; KACS-FMT-122 */
	{ "@D.num 7 %80", T },
	{ "@L.num 8 %80", T },
	{ "@U.NUM 5 %80", T },
	{ "@R.num %87", F },
	{ "@D.name %87", F },
	{ "@U.numb %87", F },
	/* strings; KACS-FMT-126 */
	{ "@U.name \"aPOLLO\" %80", T },
	{ "@U.Exact \"apollo\" %80", F },
	{ "@U.Exact \"Apollo\" %80", T },
	{ "@U.name @U.Exact %80", T },
	{ "@U.name \"b\" %82", T },
	{ "@U.name \"Apoll\" %84", T },
	{ "@U.name \"_\" %82", T },
	/* absent ones; KACS-FMT-108, KACS-FMT-123, KACS-FMT-129 */
	{ "@U.none %87", F },
	{ "@U.none %8d", T },
	{ "@U.off %87", F },
	{ "@U.none 1 %80", U },
	/* lists; KACS-FMT-124, KACS-FMT-127, KACS-FMT-128 */
	{ "@U.list { 1 2 3 } %80", T },
	{ "@U.list { 3 2 1 } %80", F },
	{ "@U.list { 1 2 } %80", F },
	{ "@U.list { 1 2 } %81", T },
	{ "@U.list { 1 \"x\" 3 } %80", U },
	{ "@U.list 1 %84", U },
	{ "@U.num { 5 } %80", T },
	{ "@U.list 2 %86", T },
	{ "@U.list { 3 1 } %86", T },
	{ "@U.list { 3 4 } %86", F },
	{ "@U.list { } %86", T },
	{ "@U.list { 9 3 } %88", T },
	{ "@U.list { 9 8 } %88", F },
	{ "@U.list { } %88", F },
	{ "@U.list { 3 4 } %8e", T },
	{ "@U.list { 9 3 } %8f", F },
	{ "@U.list \"x\" %86", U },
	{ "@U.nope { 1 } %86", U },
	{ "@U.nope { 1 } %8f", U },
	{ "@U.words { \"green\" \"RED\" } %86", T },
	{ "@U.list { 1 \"x\" } %86", U },
	/* octets and SIDs */
	{ "#ab #AB %80", T },
	{ "#ab #ac %82", T },
	{ "#abc #ab %84", T },
	{ "#ab #abc %82", T },
	{ "<U> <U> %80", T },
	{ "<U> <V> %80", F },
	/* membership; KACS-FMT-130, KACS-FMT-131, KACS-FMT-139 */
	{ "<U> %89", T },
	{ "<G> %89", T },
	{ "<V> %89", F },
	{ "{ <U> <WD> } %89", T },
	{ "{ <U> <V> } %89", F },
	{ "{ <U> <V> } %8b", T },
	{ "{ <V> } %8b", F },
	{ "{ } %89", T },
	{ "{ } %8b", F },
	{ "<V> %90", T },
	{ "{ <U> <V> } %92", F },
	{ "{ } %90", F },
	{ "<H> %8a", T },
	{ "<G> %8a", F },
	{ "<H> %89", F },
	{ "{ <H> <G> } %8c", T },
	{ "<G> %91", T },
	{ "{ <H> <G> } %93", F },
	{ "{ } %8a", T },
	{ "{ } %8c", F },
	/* virtual SIDs: the caller owns the object, self is somebody else; KACS-FMT-132 */
	{ "<OW> %89", T },
	{ "<PS> %89", F },
	/* device groups are what their list says, KACS-AC-044: here H and, by name, PRINCIPAL_SELF */
	{ "<OW> %8a", F },
	{ "<PS> %8a", T },
};

/*
 * KACS-FMT-115, KACS-FMT-116, KACS-FMT-117, KACS-FMT-118, KACS-FMT-119,
 * KACS-FMT-120, KACS-FMT-121, KACS-FMT-122, KACS-FMT-123, KACS-FMT-124,
 * KACS-FMT-125, KACS-FMT-126, KACS-FMT-127, KACS-FMT-128, KACS-FMT-129,
 * KACS-FMT-130, KACS-FMT-131, KACS-FMT-132
 */
TEST(Condition_Table_IsAnsweredAsListed)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (eval(cases[i].text, VIEW_ALLOW) != cases[i].result)
			test_fail(__FILE__, __LINE__, "%s", cases[i].text);
}

/* KACS-FMT-123 */
TEST(Condition_DenyOnlyAttribute_IsSeenByDenyOnly)
{
	EXPECT_EQ(eval("@U.shy %87", VIEW_ALLOW), F);
	EXPECT_EQ(eval("@U.shy %87", VIEW_DENY), T);
	EXPECT_EQ(eval("@U.shy 5 %80", VIEW_ALLOW), U);
}

static enum cond_result eval_bytes(const void *code, u32 len)
{
	struct kacs_cond cond;
	u8 *copy = malloc(len ? len : 1);
	enum cond_result r;

	build_claims();
	cond = cond_with_claims();
	memcpy(copy, code, len);
	r = kacs_cond_eval(&cond, NULL, VIEW_DENY, copy, len);
	free(copy);
	return r;
}

/*
 * KACS-FMT-118, KACS-FMT-133, KACS-FMT-134, KACS-FMT-135, KACS-FMT-136,
 * KACS-FMT-137
 */
TEST(Condition_MalformedBytes_AreUnknown)
{
	static const struct {
		const char *why, *code;
		u32 len;
		enum cond_result result;
	} bytes[] = {
#define CODE(why, code, r) { why, code, sizeof(code) - 1, r }
		CODE("no magic", "\xf9\6\0\0\0n\0u\0m\0\x87", U),
		CODE("half a magic", "art", U),
		CODE("whole", "artx\xf9\6\0\0\0n\0u\0m\0\x87", T),
		CODE("padding behind", "artx\xf9\6\0\0\0n\0u\0m\0\x87\0\0\0", T),
		CODE("something behind padding", "artx\xf9\6\0\0\0n\0u\0m\0\x87\0\0\1", U),
		CODE("only padding", "artx\0\0\0\0", U),
		CODE("name past the end", "artx\xf9\x99\0\0\0n\0u\0m\0\x87", U),
		CODE("name of odd length", "artx\xf9\5\0\0\0n\0u\0m\x87", U),
		CODE("length cut", "artx\xf9\6\0", U),
		CODE("length wraps", "artx\xf9\xff\xff\xff\xffn\0u\0m\0\x87", U),
		CODE("sign 0", "artx\xf9\6\0\0\0n\0u\0m\0\4\5\0\0\0\0\0\0\0\0\2\x80", U),
		CODE("sign 3", "artx\xf9\6\0\0\0n\0u\0m\0\4\5\0\0\0\0\0\0\0\3\2\x80", T),
		CODE("sign 4", "artx\xf9\6\0\0\0n\0u\0m\0\4\5\0\0\0\0\0\0\0\4\2\x80", U),
		CODE("int8 127", "artx\xf9\6\0\0\0n\0u\0m\0\1\x7f\0\0\0\0\0\0\0\3\2\x80", F),
		CODE("int8 128", "artx\xf9\6\0\0\0n\0u\0m\0\1\x80\0\0\0\0\0\0\0\3\2\x80", U),
		CODE("int8 -128", "artx\xf9\6\0\0\0n\0u\0m\0\1\x80\0\0\0\0\0\0\0\2\2\x80", F),
		CODE("magnitude of a negative",
		     "artx\xf9\6\0\0\0n\0u\0m\0\4\xfb\xff\xff\xff\xff\xff\xff"
		     "\xff\1\2\x80",
		     T),
		CODE("2^63", "artx\xf9\6\0\0\0n\0u\0m\0\4\0\0\0\0\0\0\0\x80\3\2\x80", U),
		CODE("-2^63", "artx\xf9\6\0\0\0n\0u\0m\0\4\0\0\0\0\0\0\0\x80\2\2\x80", F),
		CODE("nested list", "artx\xf9\6\0\0\0n\0u\0m\0\x50\5\0\0\0\x50\0\0\0\0\x86", U),
		CODE("element past its list", "artx\xf9\6\0\0\0n\0u\0m\0\x50\3\0\0\0\4\5\0\x86", U),
		CODE("odd string", "artx\x10\1\0\0\0a\x10\1\0\0\0a\x80", U),
		CODE("malformed SID", "artx\x51\4\0\0\0\1\1\0\0\x89", U),
		CODE("SID of another length", "artx\x51\xd\0\0\0\1\1\0\0\0\0\0\5\x12\0\0\0\0\x89", U),
#undef CODE
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bytes); i++)
		if (eval_bytes(bytes[i].code, bytes[i].len) != bytes[i].result)
			test_fail(__FILE__, __LINE__, "%s", bytes[i].why);
}

/* KACS-FMT-140 */
TEST(Condition_StackOver1024_IsUnknown)
{
	struct program p;
	u32 depth, i;

	for (depth = KACS_COND_DEPTH; depth <= KACS_COND_DEPTH + 1; depth++) {
		begin(&p);
		for (i = 0; i < depth; i++)
			pkm_writer_bytes(&p.w, "\xf9\0\0\0\0", 5);
		for (i = 0; i < depth - 1; i++)
			pkm_writer_u8(&p.w, 0xa1);
		pkm_writer_bytes(&p.w, "\xf9\6\0\0\0n\0u\0m\0\x87\xa1", 13);
		EXPECT(pkm_writer_ok(&p.w));
		EXPECT_EQ(eval_bytes(p.bytes, p.w.len), depth == KACS_COND_DEPTH ? T : U);
		EXPECT_EQ(kacs_cond_valid(p.bytes, p.w.len), depth == KACS_COND_DEPTH);
	}
}

/* Without claims of a kind every name of it is absent. */
TEST(Condition_NoClaims_IsAbsent)
{
	struct kacs_acl none = { 0 };
	struct kacs_cond cond = { .stack = stack, .sacl = &none, .budget = COND_BUDGET };
	struct program p;

	begin(&p);
	compile(&p, "@U.num %8d @D.num %8d %A0 @L.num %8d %A0 @R.num %8d %A0");
	EXPECT_EQ(kacs_cond_eval(&cond, NULL, VIEW_DENY, p.bytes, p.w.len), T);
}

/* KACS-FMT-112, KACS-FMT-122: whether one name stands for both */
TEST(ClaimNames_OfAnyCase_AreOne)
{
	const u8 *first, *second;

	build_claims();
	pkm_writer_init(&claims[2], claim_bytes[2], sizeof(claim_bytes[2]));
	claim(2, "NUM", 1, 0, 1, NULL, (s64[]){ 7 });
	claim(2, "numb", 1, 0, 1, NULL, (s64[]){ 7 });
	first = claims[2].data + 4;
	second = first + pkm_get_le32(claims[2].data) + 4;
	EXPECT(kacs_claim_same_name(claims[0].data + 4, first));
	EXPECT(!kacs_claim_same_name(first, second));
	EXPECT(!kacs_claim_same_name(second, first));
}

/* Looking for an attribute is work as well. */
TEST(Condition_BudgetSpentOnAttributes_IsUnknown)
{
	/* clang-format off */
	static const u8 sacl[60] = { 2, 0, 60, 0, 1, 0, 0, 0,
		KACS_ACE_RESOURCE_ATTRIBUTE, 0, 52, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
		20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 24, 0, 0, 0, 'x', 0, 0, 0, 7 };
	/* clang-format on */
	struct kacs_cond cond = cond_with_claims();
	struct kacs_acl acl;
	struct program p;

	EXPECT_EQ(kacs_acl_parse(&acl, sacl, sizeof(sacl)), 0);
	cond.sacl = &acl;
	begin(&p);
	compile(&p, "@R.X 7 %80");
	EXPECT_EQ(kacs_cond_eval(&cond, NULL, VIEW_DENY, p.bytes, p.w.len), T);
	cond.budget = 0;
	EXPECT_EQ(kacs_cond_eval(&cond, NULL, VIEW_DENY, p.bytes, p.w.len), U);
}

/* A spent budget ends in UNKNOWN, and stays there. */
TEST(Condition_BudgetSpent_IsUnknown)
{
	struct kacs_cond cond;
	struct program p;

	build_claims();
	cond = cond_with_claims();
	begin(&p);
	compile(&p, "@U.num %87");
	EXPECT_EQ(kacs_cond_eval(&cond, NULL, VIEW_DENY, p.bytes, p.w.len), T);
	cond.budget = 4;
	EXPECT_EQ(kacs_cond_eval(&cond, NULL, VIEW_DENY, p.bytes, p.w.len), T);
	EXPECT_EQ(kacs_cond_eval(&cond, NULL, VIEW_DENY, p.bytes, p.w.len), U);
}

/* However little work is allowed: the answer of all of it, or UNKNOWN. */
TEST(Condition_AnyBudget_NeverTurnsTheAnswer)
{
	static const struct kacs_acl none;
	struct kacs_cond cond = { .stack = stack, .sacl = &none };
	struct program p;
	enum cond_result r;
	u32 i, budget, k;

	build_claims();
	for (k = 0; k < 3; k++) {
		cond.claims[k] = claims[k].data;
		cond.claims_len[k] = claims[k].len;
	}
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(&p);
		compile(&p, cases[i].text);
		if (eval_bytes(p.bytes, p.w.len) != cases[i].result)
			continue; /* about membership: there is no view here */
		for (budget = 0; budget < 48; budget++) {
			cond.budget = budget;
			r = kacs_cond_eval(&cond, NULL, VIEW_ALLOW, p.bytes, p.w.len);
			if (r != U && r != cases[i].result)
				test_fail(__FILE__, __LINE__, "%s with a budget of %u", cases[i].text,
					  budget);
		}
	}
}

/* KACS-FMT-133, KACS-AC-151: padding is zeros behind one result */
TEST(ConditionValid_Padding_OnlyBehindOneResult)
{
	static const struct {
		const char *code;
		u32 len;
		bool valid;
	} programs[] = {
		{ "artx\xf9\2\0\0\0x\0\x87", 12, true },
		{ "artx\xf9\2\0\0\0x\0\x87\0\0\0", 15, true },
		{ "artx\xf9\2\0\0\0x\0\x87\0\1", 14, false },
		{ "artx\0\0", 6, false },
		{ "artx\xf9\2\0\0\0x\0\0", 12, false },
		{ "artx\xf9\2\0\0\0x\0", 11, false },
		{ "artx\xf9\2\0\0\0x\0\x87\xf9\2\0\0\0x\0\x87", 20, false },
		{ "artx\xf9\2\0\0\0x\0\x87\xf9\2\0\0\0x\0\x87\0", 21, false },
		{ "artx\xf9\1\0\0\0x\x87", 11, false },
		{ "artx\xf9\xff\xff\xff\xffx\0\x87", 12, false },
		{ "artx", 4, false },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(programs); i++)
		if (kacs_cond_valid((const u8 *)programs[i].code, programs[i].len) != programs[i].valid)
			test_fail(__FILE__, __LINE__, "program %u", i);
}

/* KACS-AC-123: without a view membership is a local UNKNOWN */
TEST(Condition_MembershipInPolicies_IsUnknown)
{
	struct program p;

	begin(&p);
	compile(&p, "<U> %89 @U.num %87 %A1");
	EXPECT_EQ(eval_bytes(p.bytes, p.w.len), T);
	begin(&p);
	compile(&p, "<U> %89");
	EXPECT_EQ(eval_bytes(p.bytes, p.w.len), U);
	begin(&p);
	compile(&p, "<U> %90");
	EXPECT_EQ(eval_bytes(p.bytes, p.w.len), U);
}
