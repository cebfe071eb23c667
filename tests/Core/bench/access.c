// SPDX-License-Identifier: MIT
/*
 * Nanoseconds of CPU time per access check, one thread, native. An argument
 * names the only case wanted.
 *
 *	access.prepared.*	validated descriptor, prepared token
 *	access.raw.*		bytes of the descriptor, prepared token
 */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>

#define MIX        1024
#define MAX_GROUPS 512

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

static void done(struct descriptor *d, struct bench *b)
{
	b->sd_len = finish(d, b->sd);
	if (kacs_sd_parse(&b->parsed, b->sd, b->sd_len))
		exit(2);
}

static int on_event(void *ctx, const struct kacs_audit_event *event)
{
	(void)ctx;
	events += event->success;
	return 0;
}

static const struct kacs_sink sink = { .audit = on_event };

static int check(struct bench *b, bool raw)
{
	struct kacs_result res;

	return raw ? kacs_access_check_raw(&b->req, b->sd, b->sd_len, &res)
		   : kacs_access_check(&b->req, &b->parsed, &res);
}

/* What is measured: the checks of one or many descriptors. */
struct batch {
	struct bench *b;
	u32 count;
	bool raw;
};

static void run_batch(void *ctx)
{
	const struct batch *batch = ctx;
	u32 i;

	for (i = 0; i < batch->count; i++)
		check(&batch->b[i], batch->raw);
}

static void both(struct bench *b, u32 count)
{
	struct batch batch = { .b = b, .count = count };
	char name[64];

	if (only && strcmp(only, b->name))
		return;
	do {
		if (count == 1 && check(b, batch.raw) != b->expect) {
			fprintf(stderr, "bench %s: unexpected answer\n", b->name);
			exit(1);
		}
		snprintf(name, sizeof(name), "access.%s.%s", batch.raw ? "raw" : "prepared", b->name);
		measure(name, run_batch, &batch, count);
		batch.raw = !batch.raw;
	} while (batch.raw);
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
	static const char *const names[] = { "a", "b", "c", "d" };
	u32 i, token;
	int expect;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		expect = plain_case(&d, names[i][0]);
		token = i < 2 ? 0 : i - 1;
		done(&d, &one);
		request(&one, names[i], &subjects[token], &states[token], expect);
		both(&one, 1);
	}
}

/* 1,024 descriptors of 1 to 8 ACEs, half of them for a SID of the token. */
static void mixed_case(void)
{
	/* clang-format off */
	static const u32 rids[16] = { 2000, 2001, 2002, 2003, 2004, 2005, 11, 4,
				      9000, 9001, 9002, 9003, 18, 544, 545, 551 };
	/* clang-format on */
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
		done(&d, &mix[i]);
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
	done(&d, &one);
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
	done(&d, &one);
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

	plain_case(&d, 'b');
	kacs_sid_integrity(label, 4096);
	kacs_ace_write(&d.s, KACS_ACE_MANDATORY_LABEL, 0, 2, label);
	d.s_count++;
	ace(&d, KACS_ACE_AUDIT, KACS_ACE_FAILED_ACCESS, 0x1f01ff, 2001);
	ace(&d, KACS_ACE_AUDIT, KACS_ACE_SUCCESSFUL_ACCESS, 0x1f01ff, 9003);
	ace(&d, KACS_ACE_AUDIT, KACS_ACE_SUCCESSFUL_ACCESS, MASK_READ, 2002);
	done(&d, &one);
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

	plain_case(&d, 'b');
	done(&d, &one);
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
	plain_case(&d, 'b');
	ace(&d, KACS_ACE_SCOPED_POLICY, 0, 0, 7777);
	done(&d, &one);
	request(&one, "i", &subjects[0], &states[0], 0);
	one.req.find_policy = find;
	both(&one, 1);
}

int main(int argc, char **argv)
{
	only = argc > 1 ? argv[1] : NULL;
	token(0, plain_groups('a'), 0, &subjects[0], &states[0]);
	token(1, plain_groups('c'), 0, &subjects[1], &states[1]);
	token(2, plain_groups('d'), 0, &subjects[2], &states[2]);
	token(3, 12, 12, &subjects[3], &states[3]);
	plain_cases();
	mixed_case();
	conditional_case();
	tree_case();
	audit_case();
	restricted_and_policy_cases();
	return 0;
}
