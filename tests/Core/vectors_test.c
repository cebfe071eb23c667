// SPDX-License-Identifier: MIT
/*
 * Decisions of an independent implementation: $PEIOS_VECTORS/access, by
 * default ../shared/vectors beside the project. Each case runs on the raw
 * descriptor and on the parsed one; both must say what the other side says.
 */
#include "harness.h"
#include "support/classes.h"
#include "support/json.h"

#include <pkm/core/kacs.h>

#include <dirent.h>
#include <stdlib.h>

#define EVENTS   256
#define SHOWN    20
#define POLICIES 32 /* a case says by bits which it refused */
#define ENTRIES  4096

/* Everything one case needs, so that nothing points into freed memory. */
struct fixture {
	u8 bytes[1 << 22]; /* as many as a line has */
	size_t used;
	u8 tables[1 << 20] __attribute__((aligned(8)));
	u8 scratch[1 << 17] __attribute__((aligned(8)));
	struct kacs_subject_input input;
	struct kacs_subject subject;
	struct kacs_subject_state state;
	u64 enabled[3][ENTRIES / 64];
	struct kacs_object_type_entry tree[KACS_TREE_MAX];
	struct kacs_node_result results[KACS_TREE_MAX];
	struct kacs_policy_rule rules[POLICIES][KACS_POLICY_RULES_MAX];
	struct kacs_policy policies[POLICIES];
	const u8 *policy_sids[POLICIES];
	u32 policy_count;
	u32 rejected;
	struct kacs_generic_map map;
	const u8 *sd;
	u32 sd_len;
};

/* What a check said, in the vectors' terms. */
struct answer {
	int rv;
	u32 granted;
	struct kacs_result result;
	struct kacs_audit_event audit[EVENTS];
	struct kacs_privilege_event privilege[EVENTS];
	struct kacs_policy_event policy[EVENTS];
	u32 audits, privileges, policies;
	struct kacs_node_result results[KACS_TREE_MAX];
};

static struct fixture fx;
static struct answer answers[2];
static u32 shown, agreed, disagreed, skipped, by_class[CLASS_COUNT];

static u8 *take(size_t n)
{
	u8 *p = fx.bytes + fx.used;

	fx.used += n;
	return p;
}

static const u8 *hex(const struct json *v, u32 *len)
{
	u8 *p = take(0);
	long n = json_hex(v, p, sizeof(fx.bytes) - fx.used);

	*len = n < 0 ? 0 : n;
	take(*len);
	return v ? p : NULL;
}

static struct kacs_sid_list sid_list(const struct json *array)
{
	struct kacs_sid_list list = { .data = take(0) };
	const struct json *v;
	u32 n;

	for (v = array ? array->first : NULL; v; v = v->next) {
		u8 *at = take(4);

		hex(json_at(v, 0), &n);
		pkm_put_le32(at, n);
		pkm_put_le32(take(4), json_at(v, 1)->number);
		list.len += 8 + n;
		list.count++;
	}
	return list;
}

static int build_subject(const struct json *tok)
{
	struct kacs_subject_input *in = &fx.input;
	u32 n, confinement_len;

	memset(in, 0, sizeof(*in));
	in->user = hex(json_get(tok, "u"), &n);
	in->groups = sid_list(json_get(tok, "g"));
	in->restricted = sid_list(json_get(tok, "rs"));
	in->restricted_device_groups = sid_list(json_get(tok, "rdg"));
	in->device_groups = sid_list(json_get(tok, "dg"));
	in->capabilities = sid_list(json_get(tok, "cc"));
	in->confinement = hex(json_get(tok, "cs"), &confinement_len);
	if (!kacs_sid_valid(in->user, n) ||
	    (in->confinement && !kacs_sid_valid(in->confinement, confinement_len)))
		return -EINVAL;
	in->confinement_exempt = json_number(tok, "cx", 0);
	in->user_claims = hex(json_get(tok, "uc"), &in->user_claims_len);
	in->device_claims = hex(json_get(tok, "dc"), &in->device_claims_len);
	in->integrity = json_number(tok, "int", 8192);
	in->mandatory_policy = json_number(tok, "mp", 1);
	in->audit_policy = json_number(tok, "ap", 0);
	in->user_deny_only = json_number(tok, "udo", 0);
	in->write_restricted = json_number(tok, "wr", 0);
	in->token_type = json_number(tok, "tt", 0) ? KACS_TOKEN_TYPE_IMPERSONATION : KACS_TOKEN_TYPE_PRIMARY;
	in->level = json_number(tok, "il", 2);
	kacs_enabled_bits(&in->groups, fx.enabled[0]);
	kacs_enabled_bits(&in->device_groups, fx.enabled[1]);
	kacs_enabled_bits(&in->restricted_device_groups, fx.enabled[2]);
	fx.state = (struct kacs_subject_state){
		.privileges = json_number(tok, "pp", 0) & json_number(tok, "pe", 0),
		.groups_enabled = fx.enabled[0],
		.device_enabled = fx.enabled[1],
		.restricted_device_enabled = fx.enabled[2],
	};
	return kacs_subject_init(&fx.subject, fx.tables, sizeof(fx.tables), in);
}

static void install_policy(const struct json *pair, u32 index)
{
	u32 sid_len, len, i;
	const u8 *sid = hex(json_at(pair, 0), &sid_len), *spec = hex(json_at(pair, 1), &len);

	for (i = 0; i < fx.policy_count; i++)
		if (kacs_sid_equal(fx.policy_sids[i], sid))
			break;
	if (!len) {
		if (i < fx.policy_count)
			fx.policy_sids[i] = fx.policy_sids[--fx.policy_count],
			fx.policies[i] = fx.policies[fx.policy_count];
		return;
	}
	struct kacs_policy parsed;

	if (!kacs_sid_valid(sid, sid_len) ||
	    kacs_policy_parse(&parsed, fx.rules[index], KACS_POLICY_RULES_MAX, spec, len)) {
		fx.rejected |= 1U << index;
		return;
	}
	fx.policy_sids[i] = sid;
	fx.policies[i] = parsed;
	if (i == fx.policy_count)
		fx.policy_count++;
}

static const struct kacs_policy *find_policy(void *ctx, const u8 *sid, u32 sid_len)
{
	u32 i;

	(void)ctx;
	(void)sid_len;
	for (i = 0; i < fx.policy_count; i++)
		if (kacs_sid_equal(fx.policy_sids[i], sid))
			return &fx.policies[i];
	return NULL;
}

static int on_audit(void *ctx, const struct kacs_audit_event *event)
{
	struct answer *a = ctx;

	if (a->audits < EVENTS)
		a->audit[a->audits++] = *event;
	return 0;
}

static int on_privilege(void *ctx, const struct kacs_privilege_event *event)
{
	struct answer *a = ctx;

	if (a->privileges < EVENTS)
		a->privilege[a->privileges++] = *event;
	return 0;
}

static int on_policy(void *ctx, const struct kacs_policy_event *event)
{
	struct answer *a = ctx;

	if (a->policies < EVENTS)
		a->policy[a->policies++] = *event;
	return 0;
}

static const struct kacs_sink sink = { on_audit, on_privilege, on_policy };

static void build_request(const struct json *c, struct kacs_request *req)
{
	const struct json *gm = json_get(c, "gm"), *pip = json_get(c, "pip");
	const struct json *own = json_get(c, "ppip"), *ot = json_get(c, "ot"), *v;
	u32 n = 0, len;

	fx.map = (struct kacs_generic_map){ json_at(gm, 0)->number, json_at(gm, 1)->number,
					    json_at(gm, 2)->number, json_at(gm, 3)->number };
	for (v = ot ? ot->first : NULL; v; v = v->next) {
		const u8 *guid = hex(json_at(v, 1), &len);

		fx.tree[n].level = json_at(v, 0)->number;
		fx.tree[n]._reserved = 0;
		memcpy(fx.tree[n++].guid, guid, 16);
	}
	*req = (struct kacs_request){
		.subject = &fx.subject,
		.state = &fx.state,
		.desired = json_number(c, "da", 0),
		.map = &fx.map,
		.intent = json_number(c, "pi", 0) & 3,
		.pip_type = pip ? json_at(pip, 0)->number : 0,
		.pip_trust = pip ? json_at(pip, 1)->number : 0,
		.tree = ot ? fx.tree : NULL,
		.tree_count = n,
		.results = json_number(c, "list", 0) ? fx.results : NULL,
		.find_policy = find_policy,
		.sink = &sink,
		.scratch = fx.scratch,
		.scratch_len = sizeof(fx.scratch),
	};
	req->self_sid = hex(json_get(c, "ss"), &req->self_sid_len);
	req->local_claims = hex(json_get(c, "lc"), &req->local_claims_len);
	if (!req->pip_type && own)
		req->pip_type = json_at(own, 0)->number;
	if (!req->pip_trust && own)
		req->pip_trust = json_at(own, 1)->number;
}

static void run_case(const struct json *c, struct answer *a, bool raw)
{
	const struct json *pol = json_get(c, "pol"), *v;
	struct kacs_request req;
	struct kacs_sd sd;
	u32 i = 0;

	memset(a, 0, sizeof(*a));
	fx.used = 0;
	fx.policy_count = 0;
	fx.rejected = 0;
	a->rv = build_subject(json_get(c, "tok"));
	if (a->rv)
		return;
	for (v = pol ? pol->first : NULL; v; v = v->next)
		install_policy(v, i++);
	build_request(c, &req);
	req.sink_ctx = a;
	fx.sd = hex(json_get(c, "sd"), &fx.sd_len);
	if (raw)
		a->rv = kacs_access_check_raw(&req, fx.sd, fx.sd_len, &a->result);
	else
		a->rv = kacs_sd_parse(&sd, fx.sd, fx.sd_len) ?: kacs_access_check(&req, &sd, &a->result);
	memcpy(a->results, fx.results, sizeof(*a->results) * req.tree_count);
}

static bool same_nodes(const struct json *out, const struct answer *a, u32 cut)
{
	const struct json *v;
	u32 i = 0;

	for (v = json_get(out, "n") ? json_get(out, "n")->first : NULL; v; v = v->next, i++)
		if (((a->results[i].granted ^ json_at(v, 0)->number) & cut) ||
		    a->results[i].status != json_at(v, 1)->number)
			return false;
	return true;
}

static bool same_audit(const struct json *out, const struct answer *a, u32 cut)
{
	const struct json *list = json_get(out, "au"), *v;
	u8 ace[65536];
	u32 i = 0;
	long n;

	if (json_count(list) != a->audits)
		return false;
	for (v = list ? list->first : NULL; v; v = v->next, i++) {
		const struct kacs_audit_event *e = &a->audit[i];

		n = json_hex(json_at(v, 0), ace, sizeof(ace));
		if (n >= 0 ? !e->ace || e->ace_len != n || memcmp(e->ace, ace, n) : !!e->ace)
			return false;
		if (e->requested != (u32)json_at(v, 1)->number ||
		    ((e->granted ^ json_at(v, 2)->number) & cut) || e->success != json_at(v, 3)->number ||
		    (e->ace ? 0 : 1) != json_at(v, 4)->number)
			return false;
	}
	return true;
}

static bool same_privileges(const struct json *out, const struct answer *a)
{
	const struct json *list = json_get(out, "pu"), *v;
	u32 i = 0;

	if (json_count(list) != a->privileges)
		return false;
	for (v = list ? list->first : NULL; v; v = v->next, i++) {
		const struct kacs_privilege_event *e = &a->privilege[i];

		if (KACS_PRIV_MASK(e->privilege) != (u64)json_at(v, 0)->number ||
		    e->requested != (u32)json_at(v, 1)->number ||
		    (e->surviving & e->requested) != (u32)json_at(v, 2)->number ||
		    e->success != json_at(v, 3)->number)
			return false;
	}
	return true;
}

static bool same_policies(const struct json *out, const struct answer *a, u32 cut)
{
	const struct json *list = json_get(out, "cd"), *pe = json_get(out, "pe"), *v;
	u32 rejected = 0;

	for (v = pe ? pe->first : NULL; v; v = v->next)
		rejected |= 1U << v->number;
	if (json_count(list) != a->policies || rejected != fx.rejected)
		return false;
	v = json_at(list, 0);
	return !json_count(list) || (!((a->policy[0].granted ^ json_at(v, 4)->number) & cut) &&
				     !((a->policy[0].staged ^ json_at(v, 5)->number) & cut) &&
				     a->policy[0].nodes_differ == json_at(v, 6)->number);
}

/* Is there room for everything that a case brings? What there is no room for must not pass as read. */
static bool case_fits(const struct json *c)
{
	static const char *const lists[] = { "g", "rs", "rdg", "dg", "cc" };
	const struct json *out = json_get(c, "out"), *tok = json_get(c, "tok");
	u32 i;

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		if (json_count(json_get(tok, lists[i])) > ENTRIES)
			return false;
	return json_count(json_get(c, "pol")) <= POLICIES && json_count(json_get(c, "ot")) <= KACS_TREE_MAX &&
	       json_count(json_get(out, "n")) <= KACS_TREE_MAX && json_count(json_get(out, "au")) < EVENTS &&
	       json_count(json_get(out, "pu")) < EVENTS;
}

/* What differs, or NULL. */
static const char *compare(const struct json *c, const struct answer *a)
{
	const struct json *out = json_get(c, "out");
	s64 rv = json_number(out, "rv", 0);
	u64 before = json_number(json_get(c, "tok"), "pu", 0);
	u32 cut = json_number(c, "da", 0) & KACS_MAXIMUM_ALLOWED ? U32_MAX : a->result.want;

	if (rv < 0 ? a->rv != rv : a->rv)
		return "rv";
	if (json_get(out, "err"))
		return NULL;
	if ((a->result.granted ^ json_number(out, "gr", 0)) & cut)
		return "granted";
	if (!same_nodes(out, a, cut))
		return "nodes";
	if (!same_audit(out, a, cut))
		return "audit";
	if (!same_privileges(out, a))
		return "privileges";
	if (!same_policies(out, a, cut))
		return "policies";
	if (a->result.continuous_audit != json_number(out, "ca", 0))
		return "alarms";
	if (a->result.staging_mismatch != json_number(out, "sm", 0))
		return "staging";
	if ((a->result.used & ~before) != (u64)json_number(out, "used", 0))
		return "used";
	return NULL;
}

/* Bits in which the masks of the two sides differ. */
static u32 granted_differ(const struct json *out, const struct answer *a)
{
	const struct json *v;
	u32 i = 0, bits = a->result.granted ^ (u32)json_number(out, "gr", 0);

	for (v = json_get(out, "n") ? json_get(out, "n")->first : NULL; v; v = v->next, i++)
		bits |= a->results[i].granted ^ (u32)json_at(v, 0)->number;
	return bits;
}

static enum vector_class classify(const struct json *c, const struct answer *a, const char *why)
{
	struct vector_facts facts = {
		.subject = &fx.subject,
		.state = &fx.state,
		.map = &fx.map,
		.policies = fx.policies,
		.policy_count = fx.policy_count,
		.desired = json_number(c, "da", 0),
		.want = a->result.want,
		.rv = a->rv,
		.what = why,
	};
	struct kacs_sd sd;

	facts.granted_differ = granted_differ(json_get(c, "out"), a);
	if (!(facts.desired & KACS_MAXIMUM_ALLOWED))
		facts.granted_differ &= facts.want;
	if (!kacs_sd_parse(&sd, fx.sd, fx.sd_len))
		facts.sd = &sd;
	return vector_classify(c, &facts);
}

/* A parsed descriptor and its bytes must get one answer. */
static void same_both_ways(const struct json *c)
{
	if (answers[0].rv != answers[1].rv || answers[0].result.granted != answers[1].result.granted ||
	    answers[0].audits != answers[1].audits)
		/* Only a gate may come before the descriptor is looked at. */
		if (answers[1].rv != -EACCES || !fx.subject.identification)
			test_fail(__FILE__, __LINE__, "case %lld: parsed and raw differ",
				  (long long)json_number(c, "id", 0));
}

static void judge(const char *file, const struct json *c)
{
	const struct json *out = json_get(c, "out"), *err = json_get(out, "err");
	enum vector_class class;
	const char *why;

	run_case(c, &answers[0], false);
	run_case(c, &answers[1], true);
	same_both_ways(c);
	why = compare(c, &answers[1]);
	if (!why) {
		agreed++;
		return;
	}
	class = classify(c, &answers[1], why);
	by_class[class]++;
	if (class != CLASS_NONE) {
		skipped++;
		return;
	}
	disagreed++;
	if (shown++ < SHOWN)
		printf("  %s id %lld: %s; ours rv %d granted %x, theirs rv %lld granted %llx %.*s\n", file,
		       (long long)json_number(c, "id", 0), why, answers[1].rv, answers[1].result.granted,
		       (long long)json_number(out, "rv", 0), (long long)json_number(out, "gr", 0),
		       err ? (int)err->len : 0, err ? err->text : "");
}

static void run_file(const char *folder, const char *name)
{
	static char line[1 << 22];
	char command[4096];
	FILE *in;

	/* Also files that are not packed. */
	snprintf(command, sizeof(command), "gzip -dcf '%s/%s'", folder, name);
	in = popen(command, "r");
	while (in && fgets(line, sizeof(line), in)) {
		const struct json *c = json_parse(line);

		if (c && json_get(c, "out") && json_get(c, "tok") && case_fits(c))
			judge(name, c);
		else
			test_fail(__FILE__, __LINE__, "%s: line not understood: %.60s", name, line);
	}
	if (!in || pclose(in))
		test_fail(__FILE__, __LINE__, "%s: cannot be read", name);
}

/* KACS-AC-045 and nearly every rule below it, against other eyes. */
TEST(Vectors_IndependentDecisions_Agree)
{
	const char *root = getenv("PEIOS_VECTORS");
	char folder[2048];
	struct dirent *entry;
	DIR *dir;
	int i;

	snprintf(folder, sizeof(folder), "%s/access", root ? root : "../../../shared/vectors");
	dir = opendir(folder);
	if (!dir) {
		test_not_run("no vectors");
		return;
	}
	while ((entry = readdir(dir)))
		if (strstr(entry->d_name, ".jsonl"))
			run_file(folder, entry->d_name);
	closedir(dir);
	if (!(agreed + disagreed + skipped))
		test_fail(__FILE__, __LINE__, "%s holds no vectors", folder);
	printf("  vectors: %u agree, %u disagree, %u skipped by class\n", agreed, disagreed, skipped);
	for (i = 1; i < CLASS_COUNT; i++)
		printf("  skipped, %s: %u\n", vector_class_names[i], by_class[i]);
	EXPECT_EQ(disagreed, 0);
}
