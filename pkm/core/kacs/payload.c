// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Bodies of the events a check emits: one MessagePack map each (KACS-AC-180 to
 * KACS-AC-193, KACS-AC-206).
 */
#include "private.h"
#include <pkm/core/msgpack.h>

static const char *const step_names[KACS_STEP_COUNT] = {
	"none",	   "session",	    "level",	  "invalid",	   "privilege",
	"mic",	   "pip",	    "owner",	  "dacl-ace",	   "dacl-end",
	"null-dacl", "take-ownership", "restricted", "confinement", "central-policy",
};

static void put_sid(struct pkm_mp *m, const u8 *sid)
{
	pkm_mp_bin(m, sid, kacs_sid_len(sid));
}

/* KACS-AC-183: all groups in token order, whatever their state. */
static void put_subject(struct pkm_mp *m, const struct kacs_event_who *who)
{
	const struct kacs_subject *subject = who->subject;
	const u8 *sid = kacs_subject_user(subject);
	u32 i;

	pkm_mp_key(m, "subject");
	pkm_mp_map(m, 6);
	pkm_mp_key(m, "user_sid");
	put_sid(m, sid);
	pkm_mp_key(m, "group_sids");
	pkm_mp_array(m, subject->ids.count - 1);
	for (i = 1; i < subject->ids.count; i++) {
		sid += kacs_sid_len(sid);
		put_sid(m, sid);
	}
	pkm_mp_key(m, "integrity_level");
	pkm_mp_uint(m, subject->integrity);
	pkm_mp_key(m, "pip_type");
	pkm_mp_uint(m, who->pip_type);
	pkm_mp_key(m, "pip_trust");
	pkm_mp_uint(m, who->pip_trust);
	pkm_mp_key(m, "auth_id");
	pkm_mp_uint(m, subject->auth_id);
}

/* KACS-AC-182, KACS-AC-184. */
static void put_place(struct pkm_mp *m, const struct kacs_event_who *who)
{
	pkm_mp_key(m, "object_context");
	if (who->object_context)
		pkm_mp_bin(m, who->object_context, who->object_context_len);
	else
		pkm_mp_nil(m);
	pkm_mp_key(m, "process");
	pkm_mp_map(m, 3);
	pkm_mp_key(m, "pid");
	pkm_mp_uint(m, who->pid);
	pkm_mp_key(m, "name");
	pkm_mp_str(m, who->name, who->name_len);
	pkm_mp_key(m, "executable_path");
	pkm_mp_str(m, who->path, who->path_len);
}

static void put_uint(struct pkm_mp *m, const char *key, u64 value)
{
	pkm_mp_key(m, key);
	pkm_mp_uint(m, value);
}

static void put_bool(struct pkm_mp *m, const char *key, bool value)
{
	pkm_mp_key(m, key);
	pkm_mp_bool(m, value);
}

/* KACS-AC-206. */
static void put_denied_by(struct pkm_mp *m, const struct kacs_audit_event *event)
{
	u32 count = event->denied_ace != KACS_TRACE_NO_INDEX, i;

	for (i = 0; i < KACS_STEP_COUNT; i++)
		count += !!event->denied_by[i];
	pkm_mp_key(m, "denied_by");
	pkm_mp_map(m, count);
	for (i = 0; i < KACS_STEP_COUNT; i++)
		if (event->denied_by[i])
			put_uint(m, step_names[i], event->denied_by[i]);
	if (event->denied_ace != KACS_TRACE_NO_INDEX)
		put_uint(m, "ace", event->denied_ace);
}

/**
 * kacs_payload_audit() - body of an access-audit event
 * @buf: room, may be NULL with @cap 0 to measure
 * @cap: bytes at @buf
 * @who: subject, object and process
 * @event: what the check said
 *
 * Context: Any. KACS-AC-185, KACS-AC-206.
 * Return: bytes needed; the body is whole iff they fit in @cap.
 */
u32 kacs_payload_audit(void *buf, u32 cap, const struct kacs_event_who *who,
		       const struct kacs_audit_event *event)
{
	struct pkm_mp m;

	pkm_mp_init(&m, buf, cap);
	pkm_mp_map(&m, event->denied_by ? 8 : 7);
	put_subject(&m, who);
	put_place(&m, who);
	put_uint(&m, "requested_access", event->requested);
	put_uint(&m, "granted_access", event->granted);
	put_bool(&m, "success", event->success);
	pkm_mp_key(&m, "trigger");
	pkm_mp_map(&m, 2);
	pkm_mp_key(&m, "kind");
	pkm_mp_text(&m, event->ace ? "sacl" : "policy");
	pkm_mp_key(&m, "ace");
	if (event->ace)
		pkm_mp_bin(&m, event->ace, event->ace_len);
	else
		pkm_mp_nil(&m);
	if (event->denied_by)
		put_denied_by(&m, event);
	return m.w.len;
}

/**
 * kacs_payload_privilege() - body of a privilege-use event
 * @buf: room, may be NULL with @cap 0 to measure
 * @cap: bytes at @buf
 * @who: subject, object and process
 * @event: what the check said
 *
 * Context: Any. KACS-AC-190.
 * Return: bytes needed; the body is whole iff they fit in @cap.
 */
u32 kacs_payload_privilege(void *buf, u32 cap, const struct kacs_event_who *who,
			   const struct kacs_privilege_event *event)
{
	const char *name = kacs_privilege_name(event->privilege);
	struct pkm_mp m;

	pkm_mp_init(&m, buf, cap);
	pkm_mp_map(&m, 8);
	put_subject(&m, who);
	put_place(&m, who);
	pkm_mp_key(&m, "privilege");
	pkm_mp_text(&m, name ? name : "");
	put_uint(&m, "requested_access", event->requested);
	put_uint(&m, "granted_access", event->granted);
	put_uint(&m, "surviving_access", event->surviving);
	put_bool(&m, "success", event->success);
	return m.w.len;
}

/**
 * kacs_payload_policy() - body of a caap-policy-diagnostic event
 * @buf: room, may be NULL with @cap 0 to measure
 * @cap: bytes at @buf
 * @who: subject, object and process
 * @event: what the check said
 *
 * Context: Any. KACS-AC-191.
 * Return: bytes needed; the body is whole iff they fit in @cap.
 */
u32 kacs_payload_policy(void *buf, u32 cap, const struct kacs_event_who *who,
			const struct kacs_policy_event *event)
{
	struct pkm_mp m;

	pkm_mp_init(&m, buf, cap);
	pkm_mp_map(&m, 12);
	put_subject(&m, who);
	put_place(&m, who);
	pkm_mp_key(&m, "kind");
	pkm_mp_text(&m, "staging-mismatch");
	pkm_mp_key(&m, "phase");
	pkm_mp_nil(&m);
	pkm_mp_key(&m, "policy_sid");
	pkm_mp_nil(&m);
	pkm_mp_key(&m, "rule_index");
	pkm_mp_nil(&m);
	pkm_mp_key(&m, "reason");
	pkm_mp_text(&m, event->nodes_differ || event->granted != event->staged
				? "staged_access_differs" : "staged_auditing_differs");
	put_uint(&m, "requested_access", event->requested);
	put_uint(&m, "effective_granted_access", event->granted);
	put_uint(&m, "staged_granted_access", event->staged);
	put_bool(&m, "object_results_differ", event->nodes_differ);
	return m.w.len;
}
