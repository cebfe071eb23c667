// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The access decision, step by step (KACS-AC-045). Steps 4 to 12 are one unit
 * that also evaluates the rules of central policies; the rest runs once.
 */
#include "private.h"

#define COND_STACK_BYTES (KACS_COND_DEPTH * (u32)sizeof(struct cond_value))

/* Step 10, KACS-AC-107 to KACS-AC-109. */
static void take_ownership(struct check *ck, const struct unit_seed *seed, struct nodes *n,
			   struct trace_log *log)
{
	u32 i;

	if (!check_privileged(ck, KACS_PRIV_TAKE_OWNERSHIP) ||
	    !(ck->maximum || ck->want & KACS_WRITE_OWNER) || seed->mandatory & KACS_WRITE_OWNER)
		return;
	if (!(n->granted[0] & KACS_WRITE_OWNER))
		trace_add(log, KACS_WRITE_OWNER, KACS_STEP_TAKE_OWNERSHIP, KACS_TRACE_NO_INDEX, 1);
	for (i = 0; i < ck->count; i++) {
		if (n->granted[i] & KACS_WRITE_OWNER)
			continue;
		n->decided[i] |= KACS_WRITE_OWNER;
		n->granted[i] |= KACS_WRITE_OWNER;
		ck->priv[i] |= KACS_WRITE_OWNER;
		if (log)
			ck->provenance[USE_TAKE_OWNERSHIP] = KACS_WRITE_OWNER;
	}
}

static void pass_walk(struct check *ck, const struct kacs_acl *dacl, const struct kacs_view *view)
{
	u32 i;

	for (i = 0; i < ck->count; i++) {
		ck->pass.granted[i] = 0;
		ck->pass.decided[i] = 0;
	}
	kacs_dacl_walk(ck, dacl, view, &ck->pass, NULL);
}

/* Step 11, KACS-AC-110 to KACS-AC-115. */
static void restricted_pass(struct check *ck, const struct kacs_acl *dacl, struct nodes *n,
			    struct trace_log *log)
{
	u32 before = n->granted[0], spared = 0, i;

	if (ck->req->subject->flags & KACS_SUBJECT_WRITE_RESTRICTED)
		spared = ~ck->map->write;
	pass_walk(ck, dacl, &ck->restricted);
	for (i = 0; i < ck->count; i++)
		n->granted[i] = (n->granted[i] & (ck->pass.granted[i] | spared)) | ck->priv[i];
	trace_add(log, before & ~n->granted[0], KACS_STEP_RESTRICTED, KACS_TRACE_NO_INDEX, 0);
}

/* Step 12, KACS-AC-116 to KACS-AC-119: no privilege comes back. */
static void confinement_pass(struct check *ck, const struct kacs_acl *dacl, struct nodes *n,
			     struct trace_log *log)
{
	u32 before = n->granted[0], i;

	pass_walk(ck, dacl, &ck->confined);
	for (i = 0; i < ck->count; i++)
		n->granted[i] &= ck->pass.granted[i];
	trace_add(log, before & ~n->granted[0], KACS_STEP_CONFINEMENT, KACS_TRACE_NO_INDEX, 0);
}

/* Steps 11 and 12. */
static __always_inline void run_passes(struct check *ck, const struct kacs_acl *dacl, struct nodes *n,
				       struct trace_log *log)
{
	u32 flags = ck->req->subject->flags;

	if (flags & KACS_SUBJECT_RESTRICTED)
		restricted_pass(ck, dacl, n, log);
	if (flags & KACS_SUBJECT_CONFINED)
		confinement_pass(ck, dacl, n, log);
}

/**
 * kacs_unit_run() - steps 8 to 12 for the object's DACL or a policy rule's
 * @ck: check
 * @dacl: whose DACL
 * @seed: state after step 6
 * @out: masks, filled
 * @log: trace of the object's own evaluation, NULL for a policy rule
 *
 * Context: Any. KACS-AC-046 to KACS-AC-049.
 */
void kacs_unit_run(struct check *ck, const struct kacs_acl *dacl, const struct unit_seed *seed,
		   struct nodes *out, struct trace_log *log)
{
	u32 i;

	for (i = 0; i < ck->count; i++) {
		out->granted[i] = seed->granted;
		out->decided[i] = seed->decided;
		ck->priv[i] = seed->priv;
	}
	kacs_dacl_walk(ck, dacl, &ck->normal, out, log);
	if (privs_matter(ck))
		take_ownership(ck, seed, out, log);
	run_passes(ck, dacl, out, log);
}

/* The request as far as it can be understood, for results without a decision. */
static u32 requested(const struct kacs_request *req)
{
	u32 desired = req->desired;

	if (unlikely(desired & KACS_GENERIC_BITS))
		desired = kacs_map_generic(desired, req->map);
	return desired & ~KACS_MAXIMUM_ALLOWED;
}

static void trace_clear(struct kacs_trace_entry *trace, u32 granted)
{
	u32 i;

	for (i = 0; i < KACS_TRACE_ENTRIES; i++) {
		trace[i].step = KACS_STEP_NONE;
		trace[i].granted = granted >> i & 1;
		trace[i].ace_index = KACS_TRACE_NO_INDEX;
		trace[i].policy_index = KACS_TRACE_NO_INDEX;
		trace[i].rule_index = KACS_TRACE_NO_INDEX;
	}
}

/* A check that ends before it decides: nothing is granted, one step says why. */
static int stop(const struct kacs_request *req, struct kacs_result *res, u32 step, int err)
{
	u32 i;

	memset(res, 0, sizeof(*res));
	res->want = requested(req);
	if (req->trace) {
		trace_clear(req->trace, 0);
		for (i = 0; i < KACS_TRACE_ENTRIES; i++)
			if (res->want >> i & 1)
				req->trace[i].step = step;
	}
	return err;
}

/* KACS-AC-203, KACS-AC-204: the last step that decided each requested bit. */
static void trace_fill(const struct check *ck)
{
	u32 left = ck->want | (ck->maximum ? U32_MAX : 0), i, bits;
	struct kacs_trace_entry *trace = ck->req->trace, *t;

	trace_clear(trace, ck->final.granted[0]);
	for (i = ck->log.count; i-- && left;) {
		const struct trace_event *e = &ck->log.events[i];

		for (bits = left & e->bits; bits; bits &= bits - 1) {
			t = &trace[__builtin_ctz(bits)];
			t->step = e->step;
			if (e->step == KACS_STEP_DACL_ACE)
				t->ace_index = e->index;
			if (e->step != KACS_STEP_CENTRAL_POLICY)
				continue;
			t->policy_index = e->index;
			t->rule_index = e->detail;
		}
		left &= ~e->bits;
	}
}

/* Steps 0 and 1. */
static u32 gate(const struct kacs_request *req)
{
	if (req->state->session_dead)
		return KACS_STEP_SESSION; /* KACS-AC-052 */
	if (req->subject->identification)
		return KACS_STEP_LEVEL; /* KACS-AC-053 */
	return 0;
}

/* The rarer inputs of step 2. */
static noinline bool extras_valid(const struct kacs_request *req)
{
	if (req->self_sid && !kacs_sid_valid(req->self_sid, req->self_sid_len))
		return false;
	if (req->intent & ~(u32)(KACS_BACKUP_INTENT | KACS_RESTORE_INTENT))
		return false;
	return !req->local_claims_len || (req->local_claims_len <= KACS_CLAIMS_MAX &&
					  !kacs_claims_validate(req->local_claims, req->local_claims_len));
}

/* Step 2, without the tree; KACS-AC-022, KACS-AC-026, KACS-AC-055, KACS-AC-057. */
static __always_inline bool inputs_valid(const struct kacs_request *req, const struct kacs_sd *sd)
{
	const struct kacs_generic_map *map = req->map;
	u32 bad = (map->read | map->write | map->execute | map->all) & 0xffe00000U;

	if (bad | (req->desired & KACS_RESERVED_BITS) || !sd->owner)
		return false;
	if ((req->results || req->tree) && !req->tree_count)
		return false; /* KACS-AC-004, KACS-AC-058 */
	if (likely(!req->self_sid && !(req->intent | req->local_claims_len)))
		return true;
	return extras_valid(req);
}

static bool needs_stack(const struct kacs_sd *sd)
{
	return ((sd->dacl.facts | sd->sacl.facts) & KACS_ACL_CONDITIONS) ||
	       sd->sacl.facts & KACS_ACL_POLICIES;
}

static u32 tree_bytes(u32 tree_count)
{
	return tree_count ? 4 * NODE_ARRAYS * tree_count + kacs_tree_size(tree_count) : 0;
}

/**
 * kacs_scratch_size() - working memory a check needs
 * @sd: its descriptor, NULL: any
 * @tree_count: nodes of its tree
 *
 * Context: Any.
 * Return: bytes, often 0.
 */
u32 kacs_scratch_size(const struct kacs_sd *sd, u32 tree_count)
{
	if (tree_count > KACS_TREE_MAX)
		tree_count = KACS_TREE_MAX;
	return (!sd || needs_stack(sd) ? COND_STACK_BYTES : 0) + tree_bytes(tree_count);
}

/* Lay out node masks and the tree's index in @mem, or masks in @ck itself. */
static int setup_nodes(struct check *ck, u8 *mem)
{
	const struct kacs_request *req = ck->req;
	u32 n = req->tree_count ? req->tree_count : 1;
	u32 *arrays = ck->local;

	ck->count = n;
	ck->tree.count = 0;
	if (req->tree_count) {
		arrays = (u32 *)mem;
		if (kacs_tree_init(&ck->tree, req->tree, n, arrays + NODE_ARRAYS * n))
			return -EINVAL;
	}
	ck->final.granted = arrays;
	ck->final.decided = arrays + n;
	ck->priv = arrays + 2 * n;
	ck->pass.granted = arrays + 3 * n;
	ck->pass.decided = arrays + 4 * n;
	ck->rule = arrays + 5 * n;
	ck->staged = arrays + 6 * n;
	return 0;
}

/* The views of the passes that this subject has. */
static void setup_passes(struct check *ck)
{
	const struct kacs_request *req = ck->req;
	const struct kacs_subject *subject = req->subject;

	if (subject->flags & KACS_SUBJECT_RESTRICTED)
		kacs_view_restricted(&ck->restricted, subject, req->state, ck->sd->owner, ck->self);
	if (subject->flags & KACS_SUBJECT_CONFINED)
		kacs_view_confined(&ck->confined, subject, ck->sd->owner, ck->self);
}

static void setup_cond(struct check *ck, u8 *stack)
{
	const struct kacs_request *req = ck->req;

	ck->cond.stack = (struct cond_value *)stack;
	ck->cond.sacl = &ck->sd->sacl;
	ck->cond.claims[COND_LOCAL] = req->local_claims;
	ck->cond.claims_len[COND_LOCAL] = req->local_claims_len;
	ck->cond.claims[COND_USER] = req->subject->user_claims;
	ck->cond.claims_len[COND_USER] = req->subject->user_claims_len;
	ck->cond.claims[COND_DEVICE] = req->subject->device_claims;
	ck->cond.claims_len[COND_DEVICE] = req->subject->device_claims_len;
	ck->cond.budget = COND_BUDGET;
}

/* Steps 3 to 13. */
static void decide(struct check *ck)
{
	struct unit_seed seed;

	view_normal(&ck->normal, ck->req->subject, ck->req->state, ck->sd->owner, ck->self);
	setup_passes(ck);
	kacs_privs_seed(ck, ck->req->intent, &seed, &ck->log);
	kacs_prescan(ck, &seed, &ck->log);
	kacs_unit_run(ck, &ck->sd->dacl, &seed, &ck->final, &ck->log);
	if (ck->sd->sacl.facts & KACS_ACL_POLICIES)
		kacs_caap_apply(ck);
}

/*
 * Nothing but labels and walks can matter, and nobody wants to know more than
 * the mask: no privilege of steps 5, 6 and 10, no tree, no condition, no
 * policy, no report but by audit ACEs. Most checks are so.
 */
static __always_inline bool is_plain(const struct kacs_request *req, const struct kacs_sd *sd)
{
	u32 facts = sd->dacl.facts | sd->sacl.facts;

	return !(facts & (KACS_ACL_CONDITIONS | KACS_ACL_POLICIES)) && !sd->trust && !req->tree_count &&
	       !req->trace &&
	       !(req->subject->audit_policy & (KACS_AUDIT_OBJECT_SUCCESS | KACS_AUDIT_OBJECT_FAILURE)) &&
	       !(req->state->privileges & USE_PRIVILEGES);
}

/* Steps 3 to 8 of a plain check. */
static __always_inline void plain_begin(struct check *ck)
{
	const struct kacs_request *req = ck->req;

	ck->count = 1;
	ck->tree.count = 0;
	view_normal(&ck->normal, req->subject, req->state, ck->sd->owner, ck->self);
	ck->local[0] = 0;
	ck->local[1] = KACS_ACCESS_SYSTEM_SECURITY | mic_denied(req->subject, ck->sd, ck->map);
}

/* Steps 11 and 12 of a plain check: no privilege to put back, no node but one. */
static noinline u32 plain_passes(struct check *ck, u32 granted)
{
	const struct kacs_subject *subject = ck->req->subject;
	u32 spared = subject->flags & KACS_SUBJECT_WRITE_RESTRICTED ? ~ck->map->write : 0;

	ck->pass = (struct nodes){ &ck->local[2], &ck->local[3] };
	setup_passes(ck);
	if (subject->flags & KACS_SUBJECT_RESTRICTED) {
		pass_walk(ck, &ck->sd->dacl, &ck->restricted);
		granted &= ck->local[2] | spared;
	}
	if (subject->flags & KACS_SUBJECT_CONFINED) {
		pass_walk(ck, &ck->sd->dacl, &ck->confined);
		granted &= ck->local[2];
	}
	return granted;
}

static void fill_results(const struct check *ck)
{
	struct kacs_node_result *results = ck->req->results;
	u32 i;

	for (i = 0; i < ck->count; i++) {
		results[i].granted = ck->final.granted[i];
		results[i].status = ck->want & ~ck->final.granted[i] ? -EACCES : 0;
	}
}

/* Steps 14 to 16. */
static int conclude(struct check *ck, struct kacs_result *res)
{
	int err;

	err = privs_matter(ck) ? kacs_privs_account(ck, &res->used) : 0;
	if (!err && !sacl_silent(ck))
		err = kacs_sacl_run(ck, res);
	if (err)
		return stop(ck->req, res, KACS_STEP_INVALID, err);
	res->granted = ck->final.granted[0];
	if (ck->req->trace)
		trace_fill(ck);
	if (ck->req->results) {
		fill_results(ck);
		return 0;
	}
	return ck->want & ~res->granted ? -EACCES : 0; /* KACS-AC-176 */
}

/* Step 2 and the state of a check. */
static __always_inline int begin(struct check *ck, const struct kacs_request *req, const struct kacs_sd *sd,
				 struct kacs_result *res)
{
	if (req->tree_count > KACS_TREE_MAX || !inputs_valid(req, sd))
		return -EINVAL;
	ck->req = req;
	ck->sd = sd;
	ck->map = req->map;
	ck->maximum = req->desired & KACS_MAXIMUM_ALLOWED;
	ck->want = requested(req);
	ck->self = req->self_sid;
	memset(res, 0, sizeof(*res));
	res->want = ck->want;
	return 0;
}

/* Steps 3 to 16 of any check. */
static noinline int finish_full(struct check *ck, struct kacs_result *res)
{
	const struct kacs_request *req = ck->req;
	bool stack = needs_stack(ck->sd);
	u8 *mem = req->scratch;

	if ((stack ? COND_STACK_BYTES : 0) + tree_bytes(req->tree_count) > req->scratch_len)
		return stop(req, res, KACS_STEP_INVALID, -ENOMEM);
	ck->staging = false;
	ck->staged_sacls = false;
	ck->policy_sacls = false;
	ck->log.count = 0;
	if (stack) {
		setup_cond(ck, mem);
		mem += COND_STACK_BYTES;
	}
	if (setup_nodes(ck, mem))
		return stop(req, res, KACS_STEP_INVALID, -EINVAL);
	decide(ck);
	return conclude(ck, res);
}

/*
 * Step 15 of a plain check. A refusal goes the long way: its events name the
 * step that denied (KACS-AC-206).
 */
static noinline int plain_audit(struct check *ck, struct kacs_result *res)
{
	int err;

	if (ck->want & ~res->granted)
		return finish_full(ck, res);
	ck->local[0] = res->granted;
	ck->final = (struct nodes){ &ck->local[0], &ck->local[1] };
	ck->staging = false;
	ck->staged_sacls = false;
	ck->policy_sacls = false;
	err = kacs_sacl_run(ck, res);
	return err ? stop(ck->req, res, KACS_STEP_INVALID, err) : 0;
}

/* Steps 11 to 16 of a plain check. */
static __always_inline int plain_end(struct check *ck, struct kacs_result *res)
{
	u32 granted = ck->local[0];

	if (unlikely(ck->req->subject->flags & (KACS_SUBJECT_RESTRICTED | KACS_SUBJECT_CONFINED)))
		granted = plain_passes(ck, granted);
	res->granted = granted;
	if (unlikely(ck->sd->sacl.facts & KACS_ACL_AUDIT))
		return plain_audit(ck, res);
	return ck->want & ~granted ? -EACCES : 0;
}

/* Steps 3 to 16 where the descriptor is validated. */
static int finish(struct check *ck, struct kacs_result *res)
{
	if (!is_plain(ck->req, ck->sd))
		return finish_full(ck, res);
	plain_begin(ck);
	ck->final = (struct nodes){ &ck->local[0], &ck->local[1] };
	kacs_dacl_walk(ck, &ck->sd->dacl, &ck->normal, &ck->final, NULL);
	return plain_end(ck, res);
}

/**
 * kacs_access_check() - take an access decision
 * @req: what is asked
 * @sd: validated descriptor of the object
 * @res: always filled
 *
 * Context: Any; calls @req->sink and @req->find_policy. Bounded by the product
 * of the stated limits.
 * Return: 0 granted, or list filled; -EACCES denied, or a gate of section 5;
 * -EINVAL inputs malformed; -ENOMEM scratch too small; the sink's error.
 */
int kacs_access_check(const struct kacs_request *req, const struct kacs_sd *sd, struct kacs_result *res)
{
	u32 closed = gate(req);
	struct check ck;

	if (closed)
		return stop(req, res, closed, -EACCES);
	if (begin(&ck, req, sd, res))
		return stop(req, res, KACS_STEP_INVALID, -EINVAL);
	return finish(&ck, res);
}

/**
 * kacs_access_check_raw() - the same from the bytes of a descriptor
 * @req: what is asked
 * @sd: bytes
 * @sd_len: how many
 * @res: always filled
 *
 * The gates come before a malformed descriptor (KACS-AC-021). Whatever the
 * walk says, a descriptor that is malformed anywhere is refused whole.
 *
 * Context: as kacs_access_check().
 * Return: as kacs_access_check().
 */
int kacs_access_check_raw(const struct kacs_request *req, const void *sd, u32 sd_len, struct kacs_result *res)
{
	u32 closed = gate(req);
	struct kacs_sd parsed;
	struct check ck;

	if (closed)
		return stop(req, res, closed, -EACCES);
	if (kacs_sd_frame(&parsed, sd, sd_len) || begin(&ck, req, &parsed, res))
		return stop(req, res, KACS_STEP_INVALID, -EINVAL);
	/* Where there are attributes, there will be conditions. */
	if (likely(parsed.dacl.data && is_plain(req, &parsed)) &&
	    !(parsed.sacl.facts & KACS_ACL_ATTRIBUTES)) {
		plain_begin(&ck);
		if (kacs_dacl_walk_raw(&ck, &parsed.dacl))
			return plain_end(&ck, res);
	}
	if (kacs_sd_dacl(&parsed))
		return stop(req, res, KACS_STEP_INVALID, -EINVAL);
	return finish(&ck, res);
}
