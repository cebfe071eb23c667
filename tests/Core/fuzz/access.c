// SPDX-License-Identifier: MIT
/*
 * The whole decision, and what must hold of it whatever the input:
 *
 *  - a parsed descriptor and its bytes get one answer;
 *  - the trace says of every bit what the mask says, and names a step and an ACE that can say so;
 *  - MAXIMUM_ALLOWED is the set of bits that are granted one by one;
 *  - a deny ACE put in front never grants more;
 *  - without deny ACEs, a group disabled never grants more;
 *  - the body of every event is one well-formed MessagePack value.
 *
 * Input: 16 bytes of set-up, then parts: descriptor, user claims, local
 * claims, policy, self SID. The first part is taken as a descriptor, and again
 * as what to compose one of.
 */
#include "fuzz.h"

#include <pkm/core/msgpack.h>

#define POOL   14
#define NODES  8
#define RIGHTS (0x1fffffU | KACS_ACCESS_SYSTEM_SECURITY)

struct world {
	const u8 *setup;
	u8 *parts[5];
	u32 lens[5];
	u8 lists[4][2048];
	u8 tables[32768] __attribute__((aligned(8)));
	u8 scratch[40960] __attribute__((aligned(8)));
	struct kacs_subject subject;
	struct kacs_subject_state state;
	u64 enabled, devices, restricted_devices;
	struct kacs_object_type_entry tree[NODES];
	struct kacs_policy_rule rules[8];
	struct kacs_policy policy;
	bool has_policy;
	struct kacs_request req;
	u32 events;
};

static struct world world;

/* SIDs that tokens, descriptors and expressions can have in common. */
static const u8 *pool_sid(u32 i)
{
	static const struct {
		u8 authority;
		u32 count, subs[5];
	} pool[POOL] = {
		{ 5, 1, { 18 } },
		{ 5, 1, { 11 } },
		{ 1, 1, { 0 } },
		{ 5, 2, { 32, 544 } },
		{ 5, 2, { 32, 545 } },
		{ 5, 5, { 21, 1, 2, 3, 1001 } },
		{ 5, 5, { 21, 1, 2, 3, 2001 } },
		{ 5, 5, { 21, 1, 2, 3, 2002 } },
		{ 3, 1, { 4 } },
		{ 5, 1, { 10 } },
		{ 15, 2, { 2, 1 } },
		{ 15, 4, { 2, 7, 8, 9 } },
		{ 5, 1, { 7 } },
		{ 5, 0, { 0 } },
	};
	static u8 sids[POOL][KACS_SID_MAX];

	i %= POOL;
	kacs_sid_make(sids[i], pool[i].authority, pool[i].count, pool[i].subs);
	return sids[i];
}

static struct kacs_sid_list choose(u8 *room, u32 bits, u8 attributes)
{
	struct kacs_sid_list list = { .data = room };
	struct pkm_writer w;
	u32 i;

	pkm_writer_init(&w, room, 2048);
	for (i = 0; i < POOL; i++) {
		if (!(bits >> i & 1))
			continue;
		pkm_writer_le32(&w, kacs_sid_len(pool_sid(i)));
		pkm_writer_bytes(&w, pool_sid(i), kacs_sid_len(pool_sid(i)));
		pkm_writer_le32(&w, attributes >> (i % 4) & 0x14);
		list.count++;
	}
	list.len = w.len;
	return list;
}

static bool build_subject(struct world *v)
{
	const u8 *s = v->setup;
	struct kacs_subject_input in = {
		.user = pool_sid(s[0]),
		.groups = choose(v->lists[0], pkm_get_le16(s + 1), s[3]),
		.restricted = choose(v->lists[1], s[4] & 1 ? s[5] * 3 : 0, 0),
		.restricted_device_groups = choose(v->lists[2], s[4] & 2 ? s[5] : 0, s[3]),
		.device_groups = choose(v->lists[3], s[6], 0x14),
		.confinement = s[4] & 4 ? pool_sid(11) : NULL,
		.confinement_exempt = s[4] & 8,
		.user_deny_only = s[4] & 0x30,
		.write_restricted = s[4] & 0x20,
		.integrity = (u32)(s[7] & 3) * 4096,
		.mandatory_policy = s[7] >> 2 & 3,
		.audit_policy = s[7] >> 4,
		.token_type = KACS_TOKEN_TYPE_PRIMARY,
	};

	if (!kacs_claims_validate(v->parts[1], v->lens[1])) {
		in.user_claims = v->parts[1];
		in.user_claims_len = v->lens[1];
	}
	kacs_enabled_bits(&in.groups, &v->enabled);
	kacs_enabled_bits(&in.device_groups, &v->devices);
	kacs_enabled_bits(&in.restricted_device_groups, &v->restricted_devices);
	v->state = (struct kacs_subject_state){
		.privileges = (u64)(s[8] & 3) << KACS_PRIV_SECURITY |
			      (u64)(s[8] >> 2 & 3) << KACS_PRIV_BACKUP |
			      (u64)(s[8] >> 4 & 1) << KACS_PRIV_RELABEL,
		.groups_enabled = &v->enabled,
		.device_enabled = &v->devices,
		.restricted_device_enabled = &v->restricted_devices,
	};
	return !kacs_subject_init(&v->subject, v->tables, sizeof(v->tables), &in);
}

static const struct kacs_policy *find(void *ctx, const u8 *sid, u32 len)
{
	struct world *v = ctx;

	HOLDS(kacs_sid_valid(sid, len));
	return v->has_policy ? &v->policy : NULL;
}

/* Measuring says what writing takes, and what is written can be read. */
#define CHECK_BODY(fill, v, event)                                      \
	do {                                                            \
		static u8 body[1 << 17];                                \
		u32 open[16], len = fill(NULL, 0, who(v), event);       \
		HOLDS(len &&len <= sizeof(body));                       \
		HOLDS(fill(body, len, who(v), event) == len);           \
		HOLDS(pkm_mp_valid(body, len, open, ARRAY_SIZE(open))); \
	} while (0)

static const struct kacs_event_who *who(const struct world *v)
{
	static struct kacs_event_who who;

	who = (struct kacs_event_who){
		.subject = &v->subject,
		.pip_type = v->req.pip_type,
		.pip_trust = v->req.pip_trust,
		.object_context = v->lens[2] ? v->parts[2] : NULL,
		.object_context_len = v->lens[2],
		.pid = 1,
		.name = (const u8 *)"fuzz",
		.name_len = 4,
		.path = (const u8 *)"/fuzz",
		.path_len = 5,
	};
	return &who;
}

static int on_audit(void *ctx, const struct kacs_audit_event *event)
{
	u32 denied = 0, i;

	for (i = 0; event->denied_by && i < KACS_STEP_COUNT; i++) {
		HOLDS(!(denied & event->denied_by[i]));
		denied |= event->denied_by[i];
	}
	HOLDS(event->success == !event->denied_by);
	HOLDS(event->success || denied == (event->requested & ~event->granted));
	CHECK_BODY(kacs_payload_audit, ctx, event);
	((struct world *)ctx)->events++;
	return 0;
}

static int on_privilege(void *ctx, const struct kacs_privilege_event *event)
{
	HOLDS(event->requested && !(event->requested & ~event->granted));
	CHECK_BODY(kacs_payload_privilege, ctx, event);
	return 0;
}

static int on_policy(void *ctx, const struct kacs_policy_event *event)
{
	CHECK_BODY(kacs_payload_policy, ctx, event);
	return 0;
}

static const struct kacs_sink sink = { on_audit, on_privilege, on_policy };

static void build_request(struct world *v)
{
	const u8 *s = v->setup;
	u32 n = s[9] % (NODES + 1), i;

	for (i = 0; i < n; i++) {
		v->tree[i].level = i ? 1 + (s[10] >> i & 1 && i > 1) : 0;
		memset(v->tree[i].guid, 'a' + i, 16);
	}
	v->has_policy =
		!kacs_policy_parse(&v->policy, v->rules, ARRAY_SIZE(v->rules), v->parts[3], v->lens[3]);
	v->req = (struct kacs_request){
		.subject = &v->subject,
		.state = &v->state,
		.desired = pkm_get_le32(s + 11) & ~KACS_RESERVED_BITS,
		.map = s[15] & 1 ? &kacs_map_file : &kacs_map_key,
		.intent = s[15] >> 1 & 3,
		.pip_type = s[15] & 8 ? 512 : 0,
		.pip_trust = s[15] & 16 ? 8192 : 0,
		.tree = n ? v->tree : NULL,
		.tree_count = n,
		.find_policy = find,
		.find_ctx = v,
		.sink = &sink,
		.sink_ctx = v,
		.scratch = v->scratch,
		.scratch_len = sizeof(v->scratch),
		.self_sid = v->lens[4] ? v->parts[4] : NULL,
		.self_sid_len = v->lens[4],
		.local_claims = v->parts[2],
		.local_claims_len = v->lens[2],
	};
}

static int ask(struct world *v, const struct kacs_sd *sd, u32 desired, struct kacs_result *res)
{
	struct kacs_request req = v->req;

	req.desired = desired;
	return kacs_access_check(&req, sd, res);
}

/* Has the ACE that a trace names this bit, and its kind of answer? */
static bool ace_says(const struct world *v, const struct kacs_sd *sd, const struct kacs_trace_entry *t,
		     u32 bit)
{
	struct kacs_ace ace;
	u32 pos = 0, i;

	for (i = 0; kacs_acl_next(&sd->dacl, &pos, &ace); i++)
		if (i == t->ace_index)
			return !(ace.flags & KACS_ACE_INHERIT_ONLY) &&
			       kacs_map_generic(ace.mask, v->req.map) & bit &&
			       (1U << ace.type & (t->granted ? 0xa21U : 0x1442U)); /* KACS-AC-087 */
	return false;
}

/* Can this step have given a requested bit this answer? KACS-AC-204. */
static bool step_says(const struct world *v, const struct kacs_sd *sd, const struct kacs_trace_entry *t,
		      u32 bit)
{
	switch (t->step) {
	case KACS_STEP_DACL_ACE:
		return ace_says(v, sd, t, bit);
	case KACS_STEP_PRIVILEGE: /* nothing else grants it: who lacks it was denied by that */
		return t->granted || bit == KACS_ACCESS_SYSTEM_SECURITY;
	case KACS_STEP_OWNER:
	case KACS_STEP_NULL_DACL:
	case KACS_STEP_TAKE_OWNERSHIP:
		return t->granted;
	case KACS_STEP_MIC:
	case KACS_STEP_PIP:
	case KACS_STEP_DACL_END:
	case KACS_STEP_RESTRICTED:
	case KACS_STEP_CONFINEMENT:
	case KACS_STEP_CENTRAL_POLICY:
		return !t->granted;
	default:
		return false;
	}
}

static void check_trace(struct world *v, const struct kacs_sd *sd)
{
	struct kacs_trace_entry trace[KACS_TRACE_ENTRIES];
	struct kacs_request req = v->req;
	struct kacs_result res, plain;
	u32 before = v->events, reported, i;
	int rv;

	req.trace = trace;
	rv = kacs_access_check(&req, sd, &res);
	reported = v->events - before;
	HOLDS(rv == ask(v, sd, req.desired, &plain) && res.granted == plain.granted);
	/* With a trace it always goes the long way: what is reported is the same. */
	HOLDS(res.continuous_audit == plain.continuous_audit && v->events - before == 2 * reported);
	for (i = 0; i < KACS_TRACE_ENTRIES; i++) {
		HOLDS(trace[i].step < KACS_STEP_COUNT);
		HOLDS(trace[i].granted == (res.granted >> i & 1));
		HOLDS((trace[i].step == KACS_STEP_DACL_ACE) == (trace[i].ace_index != KACS_TRACE_NO_INDEX));
		HOLDS(!(res.want >> i & 1) || step_says(v, sd, &trace[i], 1U << i));
	}
}

static void check_maximum(struct world *v, const struct kacs_sd *sd)
{
	struct kacs_result all, one;
	u32 bit;

	HOLDS(!ask(v, sd, KACS_MAXIMUM_ALLOWED, &all));
	for (bit = 1; bit; bit <<= 1)
		if (bit & RIGHTS)
			HOLDS(!ask(v, sd, bit, &one) == !!(all.granted & bit));
}

/*
 * KACS-AC-107: SeTakeOwnershipPrivilege fires only where the DACL did not grant, and what it grants
 * survives the restricted pass (decisions.md, KACS core). So a restricted token may win that one bit
 * by losing another.
 */
static void check_no_more(const struct world *v, const struct kacs_result *before,
			  const struct kacs_result *after)
{
	u32 allowed = before->granted;

	if (v->subject.flags & KACS_SUBJECT_RESTRICTED &&
	    v->state.privileges & KACS_PRIV_MASK(KACS_PRIV_TAKE_OWNERSHIP))
		allowed |= KACS_WRITE_OWNER;
	HOLDS(!(after->granted & ~allowed));
}

/* The same DACL behind a deny ACE for Everyone. */
static void check_deny_first(struct world *v, const struct kacs_sd *sd)
{
	static u8 dacl[KACS_SD_MAX + 1024];
	struct kacs_result before, after;
	struct kacs_sd more = *sd;
	struct pkm_writer w;

	if (!sd->dacl.data || sd->dacl.len > 65000)
		return;
	pkm_writer_init(&w, dacl, sizeof(dacl));
	kacs_acl_begin(&w, 4);
	kacs_ace_write(&w, KACS_ACE_DENIED, 0, 1U << (v->setup[14] % 21), pool_sid(v->setup[13]));
	pkm_writer_bytes(&w, sd->dacl.data + KACS_ACL_HEADER, sd->dacl.len - KACS_ACL_HEADER);
	HOLDS(!kacs_acl_end(&w, 0, sd->dacl.count + 1));
	HOLDS(!kacs_acl_parse(&more.dacl, dacl, w.len));
	ask(v, sd, KACS_MAXIMUM_ALLOWED, &before);
	ask(v, &more, KACS_MAXIMUM_ALLOWED, &after);
	check_no_more(v, &before, &after);
}

static bool only_allows(const struct kacs_acl *acl)
{
	struct kacs_ace ace;
	u32 pos = 0;

	while (kacs_acl_next(acl, &pos, &ace))
		if (ace.type && ace.type != KACS_ACE_ALLOWED_OBJECT)
			return false;
	return acl->data;
}

static void check_group_removed(struct world *v, const struct kacs_sd *sd)
{
	u64 kept = v->enabled;
	struct kacs_result before, after;

	/* A policy's rules may deny, or ask for the absence of a group. */
	if (!only_allows(&sd->dacl) || sd->sacl.facts & KACS_ACL_POLICIES)
		return;
	ask(v, sd, KACS_MAXIMUM_ALLOWED, &before);
	v->enabled &= ~(1ULL << (v->setup[12] % 16));
	ask(v, sd, KACS_MAXIMUM_ALLOWED, &after);
	v->enabled = kept;
	check_no_more(v, &before, &after);
}

static void check_one(struct world *v)
{
	struct kacs_result raw, parsed;
	struct kacs_sd sd;
	int rv = kacs_access_check_raw(&v->req, v->parts[0], v->lens[0], &raw);

	if (kacs_sd_parse(&sd, v->parts[0], v->lens[0])) {
		HOLDS(rv == -EINVAL && !raw.granted);
		return;
	}
	HOLDS(rv == kacs_access_check(&v->req, &sd, &parsed));
	HOLDS(raw.granted == parsed.granted && raw.used == parsed.used &&
	      raw.continuous_audit == parsed.continuous_audit);
	if (rv == -EINVAL) {
		HOLDS(!raw.granted && !v->events);
		return;
	}
	HOLDS(rv == (raw.want & ~raw.granted ? -EACCES : 0));
	check_trace(v, &sd);
	/* Work spent on one bit's conditions must not decide another's. */
	if (v->lens[0] > 4096)
		return;
	check_maximum(v, &sd);
	check_deny_first(v, &sd);
	check_group_removed(v, &sd);
}

/* An ACE of four bytes: form, SID, mask and its place. */
static void compose_ace(struct pkm_writer *w, u32 *count, u8 type, const u8 *in, bool objects)
{
	const u8 *sid = pool_sid(in[1]);
	u32 mask = (u32)in[2] << (in[3] % 22) & 0x1fffff;

	(*count)++;
	if (!objects || !(in[0] & 4)) {
		kacs_ace_write(w, type, in[0] & KACS_ACE_INHERIT_ONLY ? KACS_ACE_INHERIT_ONLY : in[0] & 0xc0,
			       mask, sid);
		return;
	}
	/* The same for one node of the tree. */
	pkm_writer_u8(w, type + KACS_ACE_ALLOWED_OBJECT);
	pkm_writer_u8(w, in[0] & 0xc0);
	pkm_writer_le16(w, 28 + kacs_sid_len(sid));
	pkm_writer_le32(w, mask);
	pkm_writer_le32(w, KACS_ACE_OBJECT_TYPE_PRESENT);
	for (mask = 0; mask < 16; mask++)
		pkm_writer_u8(w, 'a' + in[3] / 32);
	pkm_writer_bytes(w, sid, kacs_sid_len(sid));
}

/*
 * Random bytes are hardly ever a descriptor of several ACEs that concern the token, but every four
 * of them can be one: the properties need such descriptors more than they need malformed ones.
 */
static u32 compose(u8 *out, u32 room, const u8 *in, u32 len, bool objects)
{
	static u8 dacl[4096], sacl[4096];
	struct kacs_sd_parts parts = { .owner = pool_sid(len ? in[0] : 0), .dacl = dacl };
	u32 count[2] = { 0 }, i;
	struct pkm_writer d, s, w;

	pkm_writer_init(&d, dacl, sizeof(dacl));
	pkm_writer_init(&s, sacl, sizeof(sacl));
	kacs_acl_begin(&d, 4);
	kacs_acl_begin(&s, 4);
	for (i = 1; i + 4 <= len && count[0] + count[1] < 48; i += 4) {
		if (in[i] & 16)
			compose_ace(&s, &count[1], KACS_ACE_AUDIT + (in[i] & 1), in + i, objects);
		else
			compose_ace(&d, &count[0], in[i] & 1 && in[0] & 1, in + i, objects);
	}
	HOLDS(!kacs_acl_end(&d, 0, count[0]) && !kacs_acl_end(&s, 0, count[1]));
	parts.dacl_len = d.len;
	parts.sacl = count[1] ? sacl : NULL;
	parts.sacl_len = s.len;
	pkm_writer_init(&w, out, room);
	HOLDS(!kacs_sd_write(&parts, &w) && pkm_writer_ok(&w));
	return w.len;
}

static void check_composed(struct world *v, bool objects)
{
	static u8 composed[16384];
	u8 *given = v->parts[0];
	u32 len = v->lens[0];

	v->lens[0] = compose(composed, sizeof(composed), given, len, objects);
	v->parts[0] = composed;
	v->events = 0;
	check_one(v);
	v->parts[0] = given;
	v->lens[0] = len;
}

/*
 * Without anything that asks for the long way: most checks go the short ones, one of which reads
 * raw bytes only once, and few inputs find there by themselves.
 */
static void check_plain(struct world *v)
{
	v->req.tree = NULL;
	v->req.tree_count = 0;
	v->state.privileges = 0;
	v->subject.audit_policy = 0;
	check_composed(v, false);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static const u8 none[16];
	struct pkm_cursor c;
	u32 i;

	pkm_cursor_init(&c, data, size);
	world.setup = pkm_cursor_bytes(&c, 16) ?: none;
	world.events = 0;
	for (i = 0; i < 5; i++)
		world.parts[i] = take_part(&c, &world.lens[i]);
	if (build_subject(&world)) {
		build_request(&world);
		check_one(&world);
		check_composed(&world, true);
		check_plain(&world);
	}
	for (i = 0; i < 5; i++)
		free(world.parts[i]);
	return 0;
}
