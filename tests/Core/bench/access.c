// SPDX-License-Identifier: MIT
/*
 * Nanoseconds of CPU time per access check, one thread, native. Prints one
 * JSON object a line: case, unit, value.
 *
 *	access.prepared.*	validated descriptor, prepared token
 *	access.raw.*		bytes of the descriptor, prepared token
 */
#include <pkm/core/kacs.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MIX	   1024
#define MAX_GROUPS 512
#define ROUNDS	   9
#define MASK_READ  0x120089

/* One measured situation. */
struct bench {
	const char *name;
	u8 sd[65536];
	u32 sd_len;
	struct kacs_sd parsed;
	struct kacs_request req;
	int expect;
};

static u8 lists[4][65536];
static u8 tables[4][1 << 18] __attribute__((aligned(8)));
static u64 enabled[4][MAX_GROUPS / 64];
static u8 scratch[1 << 16] __attribute__((aligned(8)));
static u32 events;
static const char *only;

/* Below 1000 well-known SIDs of one and two sub-authorities, above of a domain. */
static u8 *domain_sid(u8 *out, u32 rid)
{
	u32 subs[5] = { 21, 1001, 2002, 3003, rid }, builtin[2] = { 32, rid };

	if (rid < 500)
		kacs_sid_make(out, 5, 1, &rid);
	else if (rid < 1000)
		kacs_sid_make(out, 5, 2, builtin);
	else
		kacs_sid_make(out, 5, 5, subs);
	return out;
}

static struct kacs_sid_list groups(u8 *room, u32 first, u32 count)
{
	struct kacs_sid_list list = { .data = room, .count = count };
	u8 sid[KACS_SID_MAX];
	struct pkm_writer w;
	u32 i;

	pkm_writer_init(&w, room, 65536);
	for (i = 0; i < count; i++) {
		domain_sid(sid, first + i);
		pkm_writer_le32(&w, kacs_sid_len(sid));
		pkm_writer_bytes(&w, sid, kacs_sid_len(sid));
		pkm_writer_le32(&w, KACS_GROUP_ENABLED);
	}
	list.len = w.len;
	return list;
}

/* A token of user 1000 with groups from 2000 on, optionally restricted. */
static void token(u32 which, u32 count, u32 restricted, struct kacs_subject *subject,
		  struct kacs_subject_state *state)
{
	u8 user[KACS_SID_MAX];
	struct kacs_subject_input in = {
		.user = domain_sid(user, 1000),
		.groups = groups(lists[which], 2000, count),
		.integrity = 8192,
		.mandatory_policy = KACS_MANDATORY_NO_WRITE_UP,
		.token_type = KACS_TOKEN_TYPE_PRIMARY,
	};
	static u8 more[65536];

	if (restricted)
		in.restricted = groups(more, 2000, restricted);
	kacs_enabled_bits(&in.groups, enabled[which]);
	*state = (struct kacs_subject_state){ .groups_enabled = enabled[which] };
	if (kacs_subject_init(subject, tables[which], sizeof(tables[which]), &in))
		exit(2);
}

struct descriptor {
	u8 sacl[65536], dacl[65536];
	struct pkm_writer s, d;
	u32 s_count, d_count;
};

static void begin(struct descriptor *d)
{
	pkm_writer_init(&d->s, d->sacl, sizeof(d->sacl));
	pkm_writer_init(&d->d, d->dacl, sizeof(d->dacl));
	kacs_acl_begin(&d->s, 2);
	kacs_acl_begin(&d->d, 2);
	d->s_count = 0;
	d->d_count = 0;
}

static void ace(struct descriptor *d, u8 type, u8 flags, u32 mask, u32 rid)
{
	u8 sid[KACS_SID_MAX];
	bool dacl = type < 2;

	kacs_ace_write(dacl ? &d->d : &d->s, type, flags, mask, domain_sid(sid, rid));
	*(dacl ? &d->d_count : &d->s_count) += 1;
}

static void finish(struct descriptor *d, struct bench *b)
{
	u32 subs[1] = { 18 };
	u8 owner[KACS_SID_MAX];
	struct kacs_sd_parts parts = { .owner = owner, .dacl = d->dacl };
	struct pkm_writer w;

	kacs_sid_make(owner, 5, 1, subs);
	kacs_acl_end(&d->d, 0, d->d_count);
	kacs_acl_end(&d->s, 0, d->s_count);
	parts.dacl_len = d->d.len;
	if (d->s_count) {
		parts.sacl = d->sacl;
		parts.sacl_len = d->s.len;
	}
	pkm_writer_init(&w, b->sd, sizeof(b->sd));
	if (kacs_sd_write(&parts, &w) || !pkm_writer_ok(&w))
		exit(2);
	b->sd_len = w.len;
	if (kacs_sd_parse(&b->parsed, b->sd, b->sd_len))
		exit(2);
}

static void four_aces(struct descriptor *d)
{
	begin(d);
	ace(d, KACS_ACE_DENIED, 0, 0x2, 9001);
	ace(d, KACS_ACE_ALLOWED, 0, 0x1f01ff, 9002);
	ace(d, KACS_ACE_ALLOWED, 0, 0x100000, 2003);
	ace(d, KACS_ACE_ALLOWED, 0, MASK_READ, 2007);
}

static int on_event(void *ctx, const struct kacs_audit_event *event)
{
	(void)ctx;
	events += event->success;
	return 0;
}

static const struct kacs_sink sink = { .audit = on_event };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int check(struct bench *b, bool raw)
{
	struct kacs_result res;

	return raw ? kacs_access_check_raw(&b->req, b->sd, b->sd_len, &res)
		   : kacs_access_check(&b->req, &b->parsed, &res);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Median of rounds, each of enough checks to be far above the clock's step. */
static void measure(struct bench *b, u32 count, bool raw)
{
	double rounds[ROUNDS], start;
	u32 i, r, n, reps = 1;

	for (i = 0; i < count; i++) {
		if (check(&b[i], raw) != b[i].expect && count == 1) {
			fprintf(stderr, "bench %s: unexpected answer %d\n", b->name,
				check(&b[i], raw));
			exit(1);
		}
	}
	for (;;) {
		start = now();
		for (n = 0; n < reps; n++)
			for (i = 0; i < count; i++)
				check(&b[i], raw);
		if (now() - start > 5e6)
			break;
		reps *= 2;
	}
	for (r = 0; r < ROUNDS; r++) {
		start = now();
		for (n = 0; n < reps; n++)
			for (i = 0; i < count; i++)
				check(&b[i], raw);
		rounds[r] = (now() - start) / reps / count;
	}
	qsort(rounds, ROUNDS, sizeof(*rounds), by_value);
	printf("{\"case\":\"access.%s.%s\",\"unit\":\"ns\",\"value\":%.1f}\n",
	       raw ? "raw" : "prepared", b->name, rounds[getenv("MIN") ? 0 : ROUNDS / 2]);
	fflush(stdout);
}

static void both(struct bench *b, u32 count)
{
	if (only && strcmp(only, b->name))
		return;
	measure(b, count, false);
	measure(b, count, true);
}

static void request(struct bench *b, const char *name, const struct kacs_subject *subject,
		    const struct kacs_subject_state *state, int expect)
{
	b->name = name;
	b->expect = expect;
	b->req = (struct kacs_request){
		.subject = subject,
		.state = state,
		.desired = MASK_READ,
		.map = &kacs_map_file,
		.scratch = scratch,
		.scratch_len = sizeof(scratch),
	};
}

static struct kacs_subject subjects[4];
static struct kacs_subject_state states[4];
static struct descriptor d;
static struct bench one, *mix;

static void plain_cases(void)
{
	u32 i;

	begin(&d);
	ace(&d, KACS_ACE_ALLOWED, 0, 0x1f01ff, 2005);
	finish(&d, &one);
	request(&one, "a", &subjects[0], &states[0], 0);
	both(&one, 1);

	four_aces(&d);
	finish(&d, &one);
	request(&one, "b", &subjects[0], &states[0], 0);
	both(&one, 1);

	begin(&d);
	for (i = 0; i < 19; i++)
		ace(&d, KACS_ACE_ALLOWED, 0, MASK_READ, 9000 + i);
	ace(&d, KACS_ACE_ALLOWED, 0, MASK_READ, 2042);
	finish(&d, &one);
	request(&one, "c", &subjects[1], &states[1], 0);
	both(&one, 1);

	begin(&d);
	for (i = 0; i < 100; i++)
		ace(&d, KACS_ACE_ALLOWED, 0, MASK_READ, 9000 + i);
	finish(&d, &one);
	request(&one, "d", &subjects[2], &states[2], -EACCES);
	both(&one, 1);
}

/* 1,024 descriptors of 1 to 8 ACEs, half of them for a SID of the token. */
static void mixed_case(void)
{
	static const u32 rids[16] = { 2000, 2001, 2002, 2003, 2004, 2005, 11, 4,
				      9000, 9001, 9002, 9003, 18, 544, 545, 551 };
	u32 seed = 12345, i, n;

	mix = calloc(MIX, sizeof(*mix));
	if (!mix)
		exit(2);
	for (i = 0; i < MIX; i++) {
		begin(&d);
		seed = seed * 1664525 + 1013904223;
		for (n = 1 + (seed >> 24) % 8; n; n--) {
			seed = seed * 1664525 + 1013904223;
			ace(&d, seed >> 28 == 0, 0, 1U << (seed >> 10) % 9 | MASK_READ,
			    rids[seed >> 18 & 15]);
		}
		finish(&d, &mix[i]);
		request(&mix[i], "mix", &subjects[0], &states[0], 0);
	}
	both(mix, MIX);
	free(mix);
}

/* (XA;;FA;;;WD;(@Resource.level >= 3)) with an attribute level = 4. */
static void conditional_case(void)
{
	static const u8 code[] = "artx\xfa\xa\0\0\0l\0e\0v\0e\0l\0\4\3\0\0\0\0\0\0\0\3\2\x85";
	static const u8 claim[] = "\x14\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\x20\0\0\0"
				  "l\0e\0v\0e\0l\0\0\0\4\0\0\0\0\0\0\0";
	u8 everyone[KACS_SID_MAX], sid[KACS_SID_MAX];
	u32 zero[1] = { 0 }, len, code_len = ALIGN(sizeof(code) - 1, 4);

	kacs_sid_make(everyone, 1, 1, zero);
	domain_sid(sid, 2005);
	begin(&d);
	len = 8 + kacs_sid_len(sid) + code_len;
	pkm_writer_u8(&d.d, KACS_ACE_ALLOWED_CALLBACK);
	pkm_writer_u8(&d.d, 0);
	pkm_writer_le16(&d.d, len);
	pkm_writer_le32(&d.d, 0x1f01ff);
	pkm_writer_bytes(&d.d, sid, kacs_sid_len(sid));
	pkm_writer_bytes(&d.d, code, sizeof(code) - 1);
	pkm_writer_zero(&d.d, code_len - (sizeof(code) - 1));
	d.d_count = 1;
	pkm_writer_u8(&d.s, KACS_ACE_RESOURCE_ATTRIBUTE);
	pkm_writer_u8(&d.s, 0);
	pkm_writer_le16(&d.s, 20 + sizeof(claim) - 1);
	pkm_writer_le32(&d.s, 0);
	pkm_writer_bytes(&d.s, everyone, 12);
	pkm_writer_bytes(&d.s, claim, sizeof(claim) - 1);
	d.s_count = 1;
	finish(&d, &one);
	request(&one, "e", &subjects[0], &states[0], 0);
	both(&one, 1);
}

/* Root with three children of four leaves each; two object ACEs and a plain one. */
static void tree_case(void)
{
	static struct kacs_object_type_entry tree[16];
	static struct kacs_node_result results[16];
	u8 sid[KACS_SID_MAX];
	u32 i;

	for (i = 0; i < 16; i++) {
		tree[i].level = !i ? 0 : i % 5 == 1 ? 1 : 2;
		memset(tree[i].guid, i + 1, 16);
	}
	begin(&d);
	for (i = 0; i < 2; i++) {
		domain_sid(sid, 2003 + i);
		pkm_writer_u8(&d.d, KACS_ACE_ALLOWED_OBJECT);
		pkm_writer_u8(&d.d, 0);
		pkm_writer_le16(&d.d, 28 + kacs_sid_len(sid));
		pkm_writer_le32(&d.d, MASK_READ);
		pkm_writer_le32(&d.d, KACS_ACE_OBJECT_TYPE_PRESENT);
		pkm_writer_bytes(&d.d, tree[1 + 5 * i].guid, 16);
		pkm_writer_bytes(&d.d, sid, kacs_sid_len(sid));
		d.d_count++;
	}
	ace(&d, KACS_ACE_ALLOWED, 0, 0x20000, 2007);
	finish(&d, &one);
	request(&one, "f", &subjects[0], &states[0], 0);
	one.req.tree = tree;
	one.req.tree_count = 16;
	one.req.results = results;
	both(&one, 1);
}

/* Label, three audit ACEs of which one fires. */
static void audit_case(void)
{
	u8 label[KACS_SID_MAX];

	four_aces(&d);
	kacs_sid_integrity(label, 4096);
	kacs_ace_write(&d.s, KACS_ACE_MANDATORY_LABEL, 0, 2, label);
	d.s_count++;
	ace(&d, KACS_ACE_AUDIT, KACS_ACE_FAILED_ACCESS, 0x1f01ff, 2001);
	ace(&d, KACS_ACE_AUDIT, KACS_ACE_SUCCESSFUL_ACCESS, 0x1f01ff, 9003);
	ace(&d, KACS_ACE_AUDIT, KACS_ACE_SUCCESSFUL_ACCESS, MASK_READ, 2002);
	finish(&d, &one);
	request(&one, "g", &subjects[0], &states[0], 0);
	one.req.sink = &sink;
	both(&one, 1);
}

static struct kacs_policy policy;

static const struct kacs_policy *find(void *ctx, const u8 *sid, u32 len)
{
	(void)ctx;
	(void)sid;
	(void)len;
	return &policy;
}

static void restricted_and_policy_cases(void)
{
	static struct kacs_policy_rule rules[2];
	static u8 spec[4096];
	struct pkm_writer w;
	u32 i;

	four_aces(&d);
	finish(&d, &one);
	request(&one, "h", &subjects[3], &states[3], 0);
	both(&one, 1);

	pkm_writer_init(&w, spec, sizeof(spec));
	pkm_writer_u8(&w, 1);
	pkm_writer_le32(&w, 2);
	for (i = 0; i < 2; i++) {
		pkm_writer_le32(&w, 0);
		pkm_writer_le32(&w, one.parsed.dacl.len);
		pkm_writer_bytes(&w, one.parsed.dacl.data, one.parsed.dacl.len);
		pkm_writer_zero(&w, 12);
	}
	if (kacs_policy_parse(&policy, rules, 2, spec, w.len))
		exit(2);
	four_aces(&d);
	ace(&d, KACS_ACE_SCOPED_POLICY, 0, 0, 7777);
	finish(&d, &one);
	request(&one, "i", &subjects[0], &states[0], 0);
	one.req.find_policy = find;
	both(&one, 1);
}

int main(int argc, char **argv)
{
	only = argc > 1 ? argv[1] : NULL;
	token(0, 12, 0, &subjects[0], &states[0]);
	token(1, 100, 0, &subjects[1], &states[1]);
	token(2, 500, 0, &subjects[2], &states[2]);
	token(3, 12, 12, &subjects[3], &states[3]);
	plain_cases();
	mixed_case();
	conditional_case();
	tree_case();
	audit_case();
	restricted_and_policy_cases();
	return 0;
}
