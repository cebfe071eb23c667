// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access decisions: gather the subject, ask core, account for privileges.
 * Events leave through audit.c while the decision runs.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"

/**
 * kacs_gate_pip() - the calling process's trust, where none was given
 * @gate: its PIP values that are 0 are filled
 *
 * Context: process context.
 */
void kacs_gate_pip(struct kacs_gate *gate)
{
	struct kacs_psb *psb;

	rcu_read_lock();
	psb = pkm_task_psb(current);
	if (psb && !gate->pip_type)
		gate->pip_type = READ_ONCE(psb->pip_type);
	if (psb && !gate->pip_trust)
		gate->pip_trust = READ_ONCE(psb->pip_trust);
	rcu_read_unlock();
}

/* @sd is NULL for a descriptor that is malformed: gates still come first (KACS-AC-021). */
static int decide(struct kacs_gate *gate, const struct kacs_sd *sd, void *scratch, u32 scratch_len)
{
	bool governed = sd && sd->sacl.facts & KACS_ACL_POLICIES;
	struct kacs_caap_view policies = { 0 };
	struct kacs_subject_state state;
	struct kacs_request req = {
		.subject = kacs_token_subject(gate->token),
		.state = &state,
		.desired = gate->desired,
		.map = gate->map,
		.intent = gate->intent,
		.pip_type = gate->pip_type,
		.pip_trust = gate->pip_trust,
		.self_sid = gate->self_sid,
		.self_sid_len = gate->self_sid_len,
		.local_claims = gate->local_claims,
		.local_claims_len = gate->local_claims_len,
		.tree = gate->tree,
		.tree_count = gate->tree_count,
		.results = gate->results,
		.find_policy = kacs_caap_find,
		.find_ctx = &policies,
		.sink = gate->silent ? NULL : &kacs_audit_sink,
		.sink_ctx = gate,
		.trace = gate->trace,
		.scratch = scratch,
		.scratch_len = scratch_len,
	};
	u64 groups;
	int err;

	if (governed)
		kacs_caap_begin(&policies);
	kacs_token_state(gate->token, &state, &groups);
	if (sd)
		err = kacs_access_check(&req, sd, &gate->result);
	else
		err = kacs_access_check_raw(&req, gate->sd, gate->sd_len, &gate->result);
	if (governed)
		kacs_caap_end(&policies);
	if (gate->result.used)
		atomic64_or(gate->result.used, &gate->token->privs_used);
	return err;
}

/**
 * kacs_gate() - take one access decision
 * @gate: request; its result is filled
 *
 * Conditions and central policies may take a millisecond, which whoever wrote
 * the descriptor chooses: an atomic gate denies instead of looking at them.
 *
 * Context: process context, may sleep; any but NMI with @gate->atomic.
 * Return: 0; -EACCES; -EINVAL when the descriptor or an input is malformed;
 * -ENOMEM.
 */
int kacs_gate(struct kacs_gate *gate)
{
	struct kacs_sd sd;
	void *scratch = NULL;
	u32 need;
	int err;

	memset(&gate->result, 0, sizeof(gate->result));
	gate->sacl_matched = 0;
	if (!gate->atomic)
		kacs_gate_pip(gate);
	if (kacs_sd_parse(&sd, gate->sd, gate->sd_len))
		return decide(gate, NULL, NULL, 0);
	need = kacs_scratch_size(&sd, gate->tree_count); /* 0 without conditions or a tree */
	if (need && gate->atomic)
		return -EACCES;
	if (need) {
		scratch = kvmalloc(need, GFP_KERNEL);
		if (!scratch)
			return -ENOMEM;
	}
	err = decide(gate, &sd, scratch, need);
	kvfree(scratch);
	return err;
}

/**
 * kacs_check() - scalar access check for the rest of the module
 * @tok: subject
 * @sd: self-relative descriptor
 * @sd_len: bytes at @sd
 * @desired: may hold generic bits and MAXIMUM_ALLOWED
 * @map: generic mapping of the object's type
 * @audit_context: names object and operation for events, may be NULL
 * @granted: mapped result; 0 when there is none
 *
 * Context: process context. May sleep.
 * Return: 0, -EACCES, -EINVAL (descriptor malformed), -ENOMEM.
 */
int kacs_check(struct kacs_token *tok, const void *sd, u32 sd_len, u32 desired,
	       const struct kacs_generic_map *map, const char *audit_context, u32 *granted)
{
	u32 matched;

	return kacs_check_matched(tok, sd, sd_len, desired, map, audit_context, granted, &matched);
}

/**
 * kacs_check_matched() - the same for objects that report opens themselves
 * @tok: subject
 * @sd: self-relative descriptor
 * @sd_len: bytes at @sd
 * @desired: may hold generic bits and MAXIMUM_ALLOWED
 * @map: generic mapping of the object's type
 * @audit_context: names object and operation for events, may be NULL
 * @granted: mapped result; 0 when there is none
 * @matched: KACS_MATCHED_..., which kinds of audit ACE fired
 *
 * Context: process context. May sleep.
 * Return: as kacs_check().
 */
int kacs_check_matched(struct kacs_token *tok, const void *sd, u32 sd_len, u32 desired,
		       const struct kacs_generic_map *map, const char *audit_context, u32 *granted,
		       u32 *matched)
{
	struct kacs_gate gate = {
		.token = tok,
		.sd = sd,
		.sd_len = sd_len,
		.desired = desired,
		.map = map,
		.audit_context = audit_context,
		.audit_context_len = audit_context ? strlen(audit_context) : 0,
	};
	int err = kacs_gate(&gate);

	*granted = gate.result.granted;
	*matched = gate.sacl_matched;
	return err;
}

/* A check of the caller against an object of ours: a bad stored descriptor denies (KACS-AC-202). */
static int check_caller(struct kacs_blob *sd, u32 desired, const struct kacs_generic_map *map,
			const char *context, u32 *granted)
{
	struct kacs_token *caller = kacs_effective_token_get();
	int err;

	if (!caller)
		return -EACCES;
	err = kacs_check(caller, sd->data, sd->len, desired, map, context, granted);
	kacs_token_put(caller);
	return err == -EINVAL ? -EACCES : err;
}

/**
 * kacs_gate_token() - may the caller have a handle on a token
 * @tok: the token
 * @mask: rights asked for, generic bits and MAXIMUM_ALLOWED allowed
 * @granted: rights that the handle gets (KACS-TOK-039)
 *
 * Context: process context. May sleep.
 * Return: 0, -EACCES, -EINVAL for reserved bits, -ENOMEM.
 */
int kacs_gate_token(struct kacs_token *tok, u32 mask, u32 *granted)
{
	struct kacs_blob *sd;
	u32 full;
	int err;

	if (mask & KACS_RESERVED_BITS)
		return -EINVAL;
	sd = kacs_token_sd_get(tok);
	err = check_caller(sd, mask, &kacs_map_token, "token", &full);
	kacs_blob_put(sd);
	if (err)
		return err;
	*granted = mask & KACS_MAXIMUM_ALLOWED ? full : kacs_map_generic(mask, &kacs_map_token);
	return 0;
}

/**
 * kacs_gate_process() - may the caller do something to another process
 * @target: its block
 * @right: process right
 *
 * Descriptor first, which SeDebugPrivilege replaces, then dominance, which
 * nothing does (KACS-ENF-022, KACS-ENF-024). One's own process is exempt.
 *
 * Context: process context. May sleep.
 * Return: 0; -EACCES by descriptor; -EPERM by dominance; -ENOMEM.
 */
int kacs_gate_process(struct kacs_psb *target, u32 right)
{
	struct kacs_psb *caller = kacs_psb_of_get(current);
	struct kacs_blob *sd;
	u32 granted;
	int err = 0;

	if (caller == target)
		goto put_caller;
	if (kacs_require_privilege(KACS_PRIV_DEBUG)) {
		sd = kacs_psb_sd_get(target);
		err = check_caller(sd, right, &kacs_map_process, "process", &granted);
		kacs_blob_put(sd);
	}
	if (!err && !kacs_psb_dominates(caller, target))
		err = -EPERM;
put_caller:
	if (caller)
		kacs_psb_put(caller);
	return err;
}

/**
 * kacs_gate_process_atomic() - the same for hooks that may not sleep
 * @subject: token that acts, kept alive by the caller
 * @caller: block of the acting process, NULL: none
 * @target: block of the other process
 * @right: process right
 * @audit: events are wanted
 *
 * Context: any but NMI, IRQs off too.
 * Return: 0 or -EPERM (KACS-ENF-030).
 */
int kacs_gate_process_atomic(struct kacs_token *subject, const struct kacs_psb *caller,
			     struct kacs_psb *target, u32 right, bool audit)
{
	struct kacs_gate gate = {
		.token = subject,
		.desired = right,
		.map = &kacs_map_process,
		.pip_type = caller ? READ_ONCE(caller->pip_type) : 0,
		.pip_trust = caller ? READ_ONCE(caller->pip_trust) : 0,
		.audit_context = "process",
		.audit_context_len = 7,
		.atomic = true,
		.silent = !audit,
	};
	struct kacs_blob *sd;
	int err = 0;

	if (!kacs_psb_dominates(caller, target))
		return -EPERM;
	if (!kacs_token_privileged(subject, KACS_PRIV_DEBUG)) {
		sd = kacs_psb_sd_get(target);
		gate.sd = sd->data;
		gate.sd_len = sd->len;
		err = kacs_gate(&gate);
		kacs_blob_put(sd);
	}
	return err ? -EPERM : 0;
}

/**
 * kacs_inherit() - descriptor of a new object below a parent
 * @creator: token of whoever creates it
 * @parent_sd: the container's descriptor
 * @parent_len: bytes at @parent_sd
 * @container: the child can have children
 * @map: generic mapping of the object's type
 * @out: kmalloc'ed result, for the caller to kfree
 * @out_len: its length
 *
 * Context: process context. May sleep.
 * Return: 0; -EINVAL when the parent's descriptor is malformed or the result
 * would be too large; -ENOMEM.
 */
int kacs_inherit(struct kacs_token *creator, const void *parent_sd, u32 parent_len, bool container,
		 const struct kacs_generic_map *map, void **out, u32 *out_len)
{
	struct kacs_blob *dacl = kacs_token_dacl_get(creator);
	struct kacs_inherit in = {
		.owner = kacs_token_indexed_sid(creator, READ_ONCE(creator->owner_index)),
		.group = kacs_token_indexed_sid(creator, READ_ONCE(creator->group_index)),
		.default_dacl = dacl ? dacl->data : NULL,
		.default_dacl_len = dacl ? dacl->len : 0,
		.map = map,
		.container = container,
	};
	struct kacs_sd parent;
	struct pkm_writer w;
	u8 *buf = NULL;
	int err;

	err = kacs_sd_parse(&parent, parent_sd, parent_len);
	if (err)
		goto put_dacl;
	in.parent = &parent;
	pkm_writer_init(&w, NULL, 0);
	err = kacs_inherit_sd(&in, &w);
	if (err)
		goto put_dacl;
	err = -ENOMEM;
	buf = kmalloc(w.len, GFP_KERNEL);
	if (!buf)
		goto put_dacl;
	pkm_writer_init(&w, buf, w.len);
	err = kacs_inherit_sd(&in, &w);
	if (!err && !pkm_writer_ok(&w))
		err = -EINVAL;
	if (err) {
		kfree(buf);
		goto put_dacl;
	}
	*out = buf;
	*out_len = w.len;
put_dacl:
	kacs_blob_put(dacl);
	return err;
}
