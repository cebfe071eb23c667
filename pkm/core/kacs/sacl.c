// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Step 15: which audit ACEs report the decision, which alarm ACEs will report
 * every use of the handle, and what the token's own policy adds.
 */
#include "private.h"

/* Whose SACLs are walked after the object's. */
enum sacl_set {
	EFFECTIVE,
	STAGED,
};

/* One walk over the SACLs of a check. */
struct sacl_walk {
	struct check *ck;
	bool success;
	u32 alarms;
};

/* Does an audit or alarm ACE speak about this subject and object? */
static bool concerns(struct check *ck, const u8 *p)
{
	struct kacs_ace ace;

	if (ACE_BIT(p[0]) & ACE_SINGLE_TYPES)
		return view_match(&ck->normal, p + 8, VIEW_DENY);
	kacs_ace_decode(p, &ace);
	if (!view_match(&ck->normal, ace.sid, VIEW_DENY))
		return false;
	/* KACS-AC-167. */
	if (ace.object_type && ck->tree.count && kacs_tree_find(&ck->tree, ace.object_type) < 0)
		return false;
	return !ace.app ||
	       kacs_cond_eval(&ck->cond, &ck->normal, VIEW_DENY, ace.app, ace.app_len) != COND_FALSE;
}

/* Masks of audit and alarm ACEs may speak of ACCESS_SYSTEM_SECURITY as well. */
static u32 sacl_mask(const struct check *ck, const u8 *ace)
{
	u32 mask = pkm_get_le32(ace + 4);

	if (unlikely(mask & KACS_GENERIC_BITS))
		mask = kacs_map_generic(mask, ck->map);
	return mask & ~(KACS_RESERVED_BITS | KACS_MAXIMUM_ALLOWED);
}

/* An alarm ACE: KACS-AC-170. */
static void raise_alarm(struct sacl_walk *w, const u8 *p)
{
	u32 mask = sacl_mask(w->ck, p) & ~w->alarms;

	if (mask && concerns(w->ck, p))
		w->alarms |= mask;
}

/* The next audit ACE that fires, or NULL; alarm ACEs on the way are collected. */
static const u8 *next_fired(struct sacl_walk *w, const struct kacs_acl *acl, u32 *pos)
{
	u32 flag = w->success ? KACS_ACE_SUCCESSFUL_ACCESS : KACS_ACE_FAILED_ACCESS;
	u32 at = *pos ?: KACS_ACL_HEADER;

	/* No ACL has no bytes. */
	while (at < acl->len) {
		const u8 *p = acl->data + at;
		u32 head = pkm_get_le32(p), type = head & 0xff;

		at += head >> 16;
		if (type > KACS_ACE_ALARM_CALLBACK_OBJECT || head & KACS_ACE_INHERIT_ONLY << 8)
			continue;
		if (ACE_BIT(type) & ACE_ALARM_TYPES)
			raise_alarm(w, p);
		else if (ACE_BIT(type) & ACE_AUDIT_TYPES && head & flag << 8 &&
			 sacl_mask(w->ck, p) & w->ck->want && concerns(w->ck, p)) {
			*pos = at;
			return p; /* KACS-AC-166, KACS-AC-168 */
		}
	}
	*pos = at;
	return NULL;
}

/* KACS-AC-138: without a staged SACL the effective one stands in. */
static const struct kacs_acl *rule_sacl(const struct kacs_policy_rule *rule, enum sacl_set set)
{
	return set == STAGED && rule->staged_sacl.data ? &rule->staged_sacl : &rule->sacl;
}

/* KACS-AC-206: of the bits refused, which step decided each one last. */
static u16 denied_by(const struct check *ck, u32 steps[KACS_STEP_COUNT])
{
	u32 left = ck->want & ~ck->final.granted[0], i, bits;
	u16 first = KACS_TRACE_NO_INDEX;

	memset(steps, 0, KACS_STEP_COUNT * sizeof(*steps));
	for (i = ck->log.count; i-- && left;) {
		const struct trace_event *e = &ck->log.events[i];

		bits = left & e->bits;
		if (!bits)
			continue;
		steps[e->step] |= bits;
		left &= ~bits;
		if (e->step == KACS_STEP_DACL_ACE)
			first = e->index; /* from the end, so the last one seen is the first */
	}
	steps[KACS_STEP_NONE] = left;
	return first;
}

static int emit(const struct sacl_walk *w, const u8 *ace)
{
	const struct kacs_request *req = w->ck->req;
	u32 steps[KACS_STEP_COUNT];
	struct kacs_audit_event event = {
		.ace = ace,
		.ace_len = ace ? pkm_get_le16(ace + 2) : 0,
		.requested = w->ck->want,
		.granted = w->ck->final.granted[0],
		.denied_ace = KACS_TRACE_NO_INDEX,
		.success = w->success,
	};

	if (!req->sink)
		return 0;
	if (!w->success) {
		event.denied_ace = denied_by(w->ck, steps);
		event.denied_by = steps;
	}
	return req->sink->audit(req->sink_ctx, &event);
}

static int emit_fired(struct sacl_walk *w, const struct kacs_acl *acl)
{
	const u8 *ace;
	u32 pos = 0;
	int err = 0;

	while (!err && (ace = next_fired(w, acl, &pos)))
		err = emit(w, ace);
	return err;
}

/* Is there an event with these ACE bytes in the object's SACL or in a set? */
static bool fires_in(struct sacl_walk *w, const u8 *event, enum sacl_set set)
{
	const struct kacs_acl *acl = &w->ck->sd->sacl;
	const struct kacs_policy_rule *rule;
	u32 pos, size = pkm_get_le16(event + 2);
	struct caap_iter it = { 0 };
	const u8 *ace;

	for (;;) {
		pos = 0;
		while ((ace = next_fired(w, acl, &pos)))
			if (pkm_get_le16(ace + 2) == size && !memcmp(ace, event, size))
				return true;
		rule = kacs_caap_next(w->ck, &it);
		if (!rule)
			return false;
		acl = rule_sacl(rule, set);
	}
}

/* Does every event of one set fire in the other as well? */
static bool events_within(struct sacl_walk *w, enum sacl_set set, enum sacl_set other)
{
	struct sacl_walk look = { .ck = w->ck, .success = w->success };
	const struct kacs_policy_rule *rule;
	struct caap_iter it = { 0 };
	const u8 *ace;
	u32 pos;

	while ((rule = kacs_caap_next(w->ck, &it))) {
		pos = 0;
		while ((ace = next_fired(w, rule_sacl(rule, set), &pos)))
			if (!fires_in(&look, ace, other))
				return false;
	}
	return true;
}

/* KACS-AC-139, the part about auditing. */
static bool auditing_differs(struct check *ck, bool success)
{
	struct sacl_walk effective = { .ck = ck, .success = success };
	struct sacl_walk staged = effective;
	u32 pos = 0;

	if (!ck->staged_sacls)
		return false;
	while (next_fired(&effective, &ck->sd->sacl, &pos))
		;
	staged.alarms = effective.alarms;
	return !events_within(&effective, EFFECTIVE, STAGED) || !events_within(&staged, STAGED, EFFECTIVE) ||
	       effective.alarms != staged.alarms;
}

static int report_staging(struct check *ck, bool success, struct kacs_result *res)
{
	const struct kacs_request *req = ck->req;
	struct kacs_policy_event event = {
		.requested = ck->want,
		.granted = ck->final.granted[0],
		.staged = ck->staging ? ck->staged[0] : ck->final.granted[0],
	};
	u32 i;

	for (i = 0; ck->staging && i < ck->count; i++)
		if (ck->staged[i] != ck->final.granted[i])
			res->staging_mismatch = true;
	event.nodes_differ = ck->tree.count && res->staging_mismatch;
	if (!res->staging_mismatch)
		res->staging_mismatch = auditing_differs(ck, success);
	if (!res->staging_mismatch || !req->sink)
		return 0;
	return req->sink->policy(req->sink_ctx, &event); /* KACS-AC-192, KACS-AC-193 */
}

/* KACS-AC-174. */
static int forced(const struct sacl_walk *w)
{
	u32 bit = w->success ? KACS_AUDIT_OBJECT_SUCCESS : KACS_AUDIT_OBJECT_FAILURE;

	return w->ck->req->subject->audit_policy & bit ? emit(w, NULL) : 0;
}

/**
 * kacs_sacl_run() - step 15: audit and alarm walk, staged comparison, step 15b
 * @ck: check with its final masks
 * @res: continuous-audit mask and staging mismatch are filled
 *
 * Context: Any. KACS-AC-130, KACS-AC-139, KACS-AC-164 to KACS-AC-175.
 * Return: 0, or the sink's error.
 */
int kacs_sacl_run(struct check *ck, struct kacs_result *res)
{
	struct sacl_walk w = {
		.ck = ck,
		.success = !(ck->want & ~ck->final.granted[0]),
	};
	const struct kacs_policy_rule *rule;
	struct caap_iter it = { 0 };
	int err = 0;

	/* Conditions that spent the budget on the decision do not go unaudited. */
	ck->cond.budget = COND_BUDGET;
	if (ck->sd->sacl.facts & KACS_ACL_AUDIT)
		err = emit_fired(&w, &ck->sd->sacl);
	while (!err && ck->policy_sacls && (rule = kacs_caap_next(ck, &it)))
		err = emit_fired(&w, &rule->sacl);
	if (err)
		return err;
	res->continuous_audit = w.alarms;
	if (ck->staging || ck->staged_sacls)
		err = report_staging(ck, w.success, res);
	return err ? err : forced(&w);
}
