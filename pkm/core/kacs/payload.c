// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Bodies of events: one MessagePack map each (KACS-AC-180 to KACS-AC-200,
 * KACS-AC-206).
 */
#include "private.h"
#include <pkm/core/msgpack.h>

static const char *const step_names[KACS_STEP_COUNT] = {
	"none",       "session",     "level",          "invalid",  "privilege", "mic",
	"pip",        "owner",       "dacl-ace",       "dacl-end", "null-dacl", "take-ownership",
	"restricted", "confinement", "central-policy",
};

static void put_sid(struct pkm_mp *m, const u8 *sid)
{
	pkm_mp_bin(m, sid, kacs_sid_len(sid));
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

static void put_guid(struct pkm_mp *m, const char *key, const u8 *guid)
{
	pkm_mp_key(m, key);
	if (guid)
		pkm_mp_bin(m, guid, 16);
	else
		pkm_mp_nil(m);
}

static void put_sid_or_nil(struct pkm_mp *m, const char *key, const u8 *sid)
{
	pkm_mp_key(m, key);
	if (sid)
		put_sid(m, sid);
	else
		pkm_mp_nil(m);
}

static void put_sids(struct pkm_mp *m, const struct kacs_sid_list *list)
{
	struct kacs_sid_attr entry;
	u32 pos = 0;

	pkm_mp_array(m, list->count);
	while (kacs_sid_list_next(list, &pos, &entry))
		pkm_mp_bin(m, entry.sid, entry.len);
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
	pkm_mp_text(&m, event->nodes_differ || event->granted != event->staged ? "staged_access_differs"
									       : "staged_auditing_differs");
	put_uint(&m, "requested_access", event->requested);
	put_uint(&m, "effective_granted_access", event->granted);
	put_uint(&m, "staged_granted_access", event->staged);
	put_bool(&m, "object_results_differ", event->nodes_differ);
	return m.w.len;
}

/**
 * kacs_payload_token() - body of a token-create event
 * @buf: room, may be NULL with @cap 0 to measure
 * @cap: bytes at @buf
 * @event: the new token in its final state
 *
 * Context: Any. KACS-AC-197, KACS-AC-198.
 * Return: bytes needed; the body is whole iff they fit in @cap.
 */
u32 kacs_payload_token(void *buf, u32 cap, const struct kacs_token_event *event)
{
	const struct kacs_subject_input *subject = &event->spec->subject;
	struct pkm_mp m;

	pkm_mp_init(&m, buf, cap);
	pkm_mp_map(&m, 18);
	pkm_mp_key(&m, "mode");
	pkm_mp_text(&m, event->mode);
	put_guid(&m, "token_guid", event->guid);
	put_guid(&m, "source_token_guid", event->source_guid);
	put_sid_or_nil(&m, "user_sid", subject->user);
	put_bool(&m, "user_deny_only", subject->user_deny_only);
	pkm_mp_key(&m, "group_sids");
	put_sids(&m, &subject->groups);
	pkm_mp_key(&m, "restricted_sids");
	if (subject->restricted.count)
		put_sids(&m, &subject->restricted);
	else
		pkm_mp_nil(&m);
	put_bool(&m, "write_restricted", subject->write_restricted);
	put_uint(&m, "privileges_present", event->privs_present);
	put_uint(&m, "privileges_enabled", event->privs_enabled);
	put_uint(&m, "integrity_level", subject->integrity);
	put_uint(&m, "token_type", event->token_type);
	put_uint(&m, "impersonation_level", event->level);
	put_uint(&m, "auth_id", event->auth_id);
	put_sid_or_nil(&m, "confinement_sid", subject->confinement);
	put_uint(&m, "interactivity_scope", event->scope);
	put_uint(&m, "projected_uid", event->spec->projected_uid);
	put_uint(&m, "projected_gid", event->spec->projected_gid);
	return m.w.len;
}

/**
 * kacs_payload_session() - body of a session's events
 * @buf: room, may be NULL with @cap 0 to measure
 * @cap: bytes at @buf
 * @event: the session
 *
 * Context: Any. KACS-AC-194, KACS-AC-195.
 * Return: bytes needed; the body is whole iff they fit in @cap.
 */
u32 kacs_payload_session(void *buf, u32 cap, const struct kacs_session_event *event)
{
	struct pkm_mp m;

	pkm_mp_init(&m, buf, cap);
	pkm_mp_map(&m, 5);
	put_uint(&m, "session_id", event->id);
	put_sid_or_nil(&m, "user_sid", event->user);
	put_uint(&m, "logon_type", event->logon_type);
	pkm_mp_key(&m, "auth_package");
	pkm_mp_str(&m, event->auth_package, event->auth_package_len);
	put_uint(&m, "created_at", event->created_at);
	return m.w.len;
}

/**
 * kacs_payload_process_create() - body of a process-create event
 * @buf: room
 * @cap: bytes at @buf; KACS_PROCESS_CREATE_MAX is always enough
 * @event: the new process
 *
 * Context: Any. KACS-AC-199.
 * Return: bytes needed; the body is whole iff they fit in @cap.
 */
u32 kacs_payload_process_create(void *buf, u32 cap, const struct kacs_process_event *event)
{
	struct pkm_mp m;

	pkm_mp_init(&m, buf, cap);
	pkm_mp_map(&m, 5);
	put_guid(&m, "process_guid", event->process_guid);
	put_guid(&m, "parent_process_guid", event->parent_guid);
	put_guid(&m, "token_guid", event->token_guid);
	put_uint(&m, "pid", event->pid);
	put_uint(&m, "parent_pid", event->parent_pid);
	return m.w.len;
}

/**
 * kacs_payload_process_exec() - body of a process-exec event
 * @buf: room, may be NULL with @cap 0 to measure
 * @cap: bytes at @buf
 * @event: the process and its new program
 *
 * Context: Any. KACS-AC-200.
 * Return: bytes needed; the body is whole iff they fit in @cap.
 */
u32 kacs_payload_process_exec(void *buf, u32 cap, const struct kacs_process_event *event)
{
	struct pkm_mp m;

	pkm_mp_init(&m, buf, cap);
	pkm_mp_map(&m, 6);
	put_guid(&m, "process_guid", event->process_guid);
	put_guid(&m, "token_guid", event->token_guid);
	pkm_mp_key(&m, "executable_path");
	pkm_mp_str(&m, event->path, event->path_len);
	put_uint(&m, "pip_type", event->pip_type);
	put_uint(&m, "pip_trust", event->pip_trust);
	put_uint(&m, "pid", event->pid);
	return m.w.len;
}
