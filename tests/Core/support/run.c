// SPDX-License-Identifier: MIT
/*
 * See run.h.
 */
#include "run.h"

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

int check(void)
{
	r.audit_count = 0;
	r.privilege_count = 0;
	r.policy_count = 0;
	return kacs_access_check_raw(&r.req, r.sd, r.sd_len, &r.res);
}

void node(u32 i, u32 level, char name)
{
	r.tree[i].level = level;
	r.tree[i]._reserved = 0;
	memcpy(r.tree[i].guid, guid_named(name), 16);
	r.req.tree = r.tree;
	r.req.tree_count = i + 1;
}
