// SPDX-License-Identifier: MIT
/*
 * See run.h.
 */
#include "run.h"

#include "harness.h"

struct run r;
const struct token plain;

static int on_audit(void *ctx, const struct kacs_audit_event *event)
{
	struct run *run = ctx;
	u32 n = run->audit_count++ % EVENTS;

	run->audits[n] = *event;
	if (event->denied_by) {
		memcpy(run->denied[n], event->denied_by, sizeof(run->denied[n]));
		run->audits[n].denied_by = run->denied[n];
	}
	return run->sink_error;
}

static int on_privilege(void *ctx, const struct kacs_privilege_event *event)
{
	struct run *run = ctx;

	run->privileges[run->privilege_count++ % EVENTS] = *event;
	return run->sink_error;
}

static int on_policy(void *ctx, const struct kacs_policy_event *event)
{
	struct run *run = ctx;

	run->policies[run->policy_count++ % EVENTS] = *event;
	return run->policy_error;
}

static const struct kacs_sink sink = { on_audit, on_privilege, on_policy };

void setup(const struct token *token, const char *sd, u32 desired)
{
	memset(&r, 0, sizeof(r));
	prepare(&r.who, token);
	r.sd_len = sddl(sd, r.sd, sizeof(r.sd));
	r.req = (struct kacs_request){
		.subject = &r.who.subject,
		.state = &r.who.state,
		.desired = desired,
		.map = &kacs_map_file,
		.sink = &sink,
		.sink_ctx = &r,
		.trace = r.trace,
		.scratch = r.scratch,
		.scratch_len = sizeof(r.scratch),
	};
}

/* Without a trace most checks take a shorter way, which has to say the same. */
static void check_without_trace(int rv)
{
	static struct run shorter;
	struct kacs_request req = r.req;
	u32 i;

	shorter.audit_count = 0;
	shorter.privilege_count = 0;
	shorter.policy_count = 0;
	shorter.sink_error = r.sink_error;
	shorter.policy_error = r.policy_error;
	req.trace = NULL;
	if (req.sink_ctx == &r)
		req.sink_ctx = &shorter;
	EXPECT_EQ(kacs_access_check_raw(&req, r.sd, r.sd_len, &shorter.res), rv);
	EXPECT_EQ(shorter.res.granted, r.res.granted);
	EXPECT_EQ(shorter.res.continuous_audit, r.res.continuous_audit);
	EXPECT_EQ(shorter.res.used, r.res.used);
	if (req.sink_ctx != &shorter)
		return;
	EXPECT_EQ(shorter.audit_count, r.audit_count);
	EXPECT_EQ(shorter.privilege_count, r.privilege_count);
	EXPECT_EQ(shorter.policy_count, r.policy_count);
	for (i = 0; i < r.audit_count && i < EVENTS; i++) {
		EXPECT(shorter.audits[i].ace == r.audits[i].ace);
		EXPECT_EQ(shorter.audits[i].granted, r.audits[i].granted);
		EXPECT_EQ(shorter.audits[i].success, r.audits[i].success);
		EXPECT_EQ(shorter.audits[i].denied_ace, r.audits[i].denied_ace);
		EXPECT_EQ(!shorter.audits[i].denied_by, !r.audits[i].denied_by);
		if (r.audits[i].denied_by)
			EXPECT_BYTES(shorter.denied[i], r.denied[i], sizeof(r.denied[i]));
	}
}

int check(void)
{
	int rv;

	r.audit_count = 0;
	r.privilege_count = 0;
	r.policy_count = 0;
	rv = kacs_access_check_raw(&r.req, r.sd, r.sd_len, &r.res);
	check_without_trace(rv);
	return rv;
}

void node(u32 i, u32 level, char name)
{
	r.tree[i].level = level;
	r.tree[i]._reserved = 0;
	memcpy(r.tree[i].guid, guid_named(name), 16);
	r.req.tree = r.tree;
	r.req.tree_count = i + 1;
}
