// SPDX-License-Identifier: GPL-2.0-only
/*
 * KACS events: bodies are assembled here, transport is KMES's.
 *
 * Each body is measured, then written into memory of exactly that size. Where
 * there is none the event is lost, except those of an access check: there
 * core fails the check closed.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <pkm/core/msgpack.h>
#include <pkm/kmes.h>

#include "internal.h"

static void emit(const char *type, const void *body, u32 len)
{
	kmes_emit(KMES_ORIGIN_KACS, type, strlen(type), body, len);
}

/* --- events of an access check ------------------------------------------- */

/**
 * struct who_memory - what the process map of an event points at
 * @path_room: d_path() builds from its end
 * @name: task name
 */
struct who_memory {
	char path_room[PATH_MAX];
	char name[TASK_COMM_LEN];
};

/* Names are bytes to the kernel, UTF-8 to events. */
static void make_text(char *text)
{
	if (pkm_utf8_valid((u8 *)text, strlen(text)))
		return;
	for (; *text; text++)
		if (*text & 0x80)
			*text = '?';
}

static char *executable_path(struct who_memory *mem)
{
	struct mm_struct *mm = current->mm;
	struct file *exe = NULL;
	char *path = "";

	if (!mm)
		return path;
	rcu_read_lock();
	exe = rcu_dereference(mm->exe_file);
	if (exe && !get_file_rcu(exe))
		exe = NULL;
	rcu_read_unlock();
	if (!exe)
		return path;
	path = file_path(exe, mem->path_room, sizeof(mem->path_room));
	fput(exe);
	if (IS_ERR(path))
		return "";
	make_text(path);
	return path;
}

static void describe(const struct kacs_gate *gate, struct who_memory *mem,
		     struct kacs_event_who *who)
{
	const char *path = executable_path(mem);

	get_task_comm(mem->name, current);
	make_text(mem->name);
	*who = (struct kacs_event_who){
		.subject = kacs_token_subject(gate->token),
		.pip_type = gate->pip_type,
		.pip_trust = gate->pip_trust,
		.object_context = gate->audit_context,
		.object_context_len = gate->audit_context_len,
		.pid = task_tgid_nr(current),
		.name = (const u8 *)mem->name,
		.name_len = strlen(mem->name),
		.path = (const u8 *)path,
		.path_len = strlen(path),
	};
}

/* Returns the bytes needed, having written them when they fit in @cap. */
typedef u32 write_fn(void *buf, u32 cap, const struct kacs_event_who *who, const void *event);

static int emit_check_event(const struct kacs_gate *gate, const char *type, write_fn *write,
			    const void *event)
{
	struct who_memory *mem = kmalloc(sizeof(*mem), GFP_KERNEL);
	struct kacs_event_who who;
	u8 *body;
	u32 len;

	if (!mem)
		return -ENOMEM;
	describe(gate, mem, &who);
	len = write(NULL, 0, &who, event);
	body = kvmalloc(len, GFP_KERNEL);
	if (body) {
		write(body, len, &who, event);
		emit(type, body, len);
		kvfree(body);
	}
	kfree(mem);
	return body ? 0 : -ENOMEM;
}

static u32 write_audit(void *buf, u32 cap, const struct kacs_event_who *who, const void *event)
{
	return kacs_payload_audit(buf, cap, who, event);
}

static u32 write_privilege(void *buf, u32 cap, const struct kacs_event_who *who, const void *event)
{
	return kacs_payload_privilege(buf, cap, who, event);
}

static u32 write_policy(void *buf, u32 cap, const struct kacs_event_who *who, const void *event)
{
	return kacs_payload_policy(buf, cap, who, event);
}

static int sink_audit(void *ctx, const struct kacs_audit_event *event)
{
	return emit_check_event(ctx, "access-audit", write_audit, event);
}

static int sink_privilege(void *ctx, const struct kacs_privilege_event *event)
{
	return emit_check_event(ctx, "privilege-use", write_privilege, event);
}

static int sink_policy(void *ctx, const struct kacs_policy_event *event)
{
	return emit_check_event(ctx, "caap-policy-diagnostic", write_policy, event);
}

/* Takes the events of a check; its context is the struct kacs_gate. */
const struct kacs_sink kacs_audit_sink = {
	.audit = sink_audit,
	.privilege = sink_privilege,
	.policy = sink_policy,
};

/**
 * kacs_audit_privilege_check() - events of an explicit privilege check
 * @tok: token tested
 * @asked: privileges asked for
 * @missing: those not held or disabled; 0: the check passed
 *
 * One event per privilege, as the token's audit policy asks (KACS-TOK-031).
 *
 * Context: process context. May sleep.
 */
void kacs_audit_privilege_check(struct kacs_token *tok, u64 asked, u64 missing)
{
	u32 policy = kacs_token_subject(tok)->audit_policy;
	u64 report = missing ?: asked;
	struct kacs_gate gate = { .token = tok };
	unsigned int bit;

	if (!(policy & (missing ? KACS_AUDIT_PRIVILEGE_FAILURE : KACS_AUDIT_PRIVILEGE_SUCCESS)))
		return;
	for (bit = 0; bit < 64; bit++) {
		struct kacs_privilege_event event = { .privilege = bit, .success = !missing };

		if (report & KACS_PRIV_MASK(bit))
			sink_privilege(&gate, &event);
	}
}

/* --- tokens ----------------------------------------------------------------- */

static void put_sids(struct pkm_mp *m, const struct kacs_sid_list *list)
{
	struct kacs_sid_attr entry;
	u32 pos = 0;

	pkm_mp_array(m, list->count);
	while (kacs_sid_list_next(list, &pos, &entry))
		pkm_mp_bin(m, entry.sid, entry.len);
}

static void put_key_uint(struct pkm_mp *m, const char *key, u64 value)
{
	pkm_mp_key(m, key);
	pkm_mp_uint(m, value);
}

static void put_key_guid(struct pkm_mp *m, const char *key, const struct kacs_token *tok)
{
	pkm_mp_key(m, key);
	if (tok)
		pkm_mp_bin(m, tok->guid, sizeof(tok->guid));
	else
		pkm_mp_nil(m);
}

static void put_key_sid(struct pkm_mp *m, const char *key, const u8 *sid)
{
	pkm_mp_key(m, key);
	if (sid)
		pkm_mp_bin(m, sid, kacs_sid_len(sid));
	else
		pkm_mp_nil(m);
}

/* KACS-AC-197. */
static void put_token_create(struct pkm_mp *m, const char *mode, const struct kacs_token *tok,
			     const struct kacs_token *source)
{
	const struct kacs_token_spec *spec = &tok->fixed->spec;

	pkm_mp_map(m, 18);
	pkm_mp_key(m, "mode");
	pkm_mp_text(m, mode);
	put_key_guid(m, "token_guid", tok);
	put_key_guid(m, "source_token_guid", source);
	put_key_sid(m, "user_sid", spec->subject.user);
	pkm_mp_key(m, "user_deny_only");
	pkm_mp_bool(m, spec->subject.user_deny_only);
	pkm_mp_key(m, "group_sids");
	put_sids(m, &spec->subject.groups);
	pkm_mp_key(m, "restricted_sids");
	if (spec->subject.restricted.count)
		put_sids(m, &spec->subject.restricted);
	else
		pkm_mp_nil(m);
	pkm_mp_key(m, "write_restricted");
	pkm_mp_bool(m, spec->subject.write_restricted);
	put_key_uint(m, "privileges_present", READ_ONCE(tok->privs_present));
	put_key_uint(m, "privileges_enabled", READ_ONCE(tok->privs_enabled));
	put_key_uint(m, "integrity_level", spec->subject.integrity);
	put_key_uint(m, "token_type", tok->type);
	put_key_uint(m, "impersonation_level", tok->level);
	put_key_uint(m, "auth_id", tok->fixed->session->id);
	put_key_sid(m, "confinement_sid", spec->subject.confinement);
	put_key_uint(m, "interactivity_scope", READ_ONCE(tok->scope));
	put_key_uint(m, "projected_uid", spec->projected_uid);
	put_key_uint(m, "projected_gid", spec->projected_gid);
}

/**
 * kacs_audit_token_create() - a token was made by a call
 * @mode: "mint", "duplicate" or "filter"
 * @tok: the new token in its final state
 * @source: what it was made from; NULL for mint
 *
 * Context: process context. May sleep. KACS-TOK-053.
 */
void kacs_audit_token_create(const char *mode, const struct kacs_token *tok,
			     const struct kacs_token *source)
{
	struct pkm_mp m;
	u8 *body;

	pkm_mp_init(&m, NULL, 0);
	put_token_create(&m, mode, tok, source);
	body = kvmalloc(m.w.len, GFP_KERNEL);
	if (!body)
		return;
	pkm_mp_init(&m, body, m.w.len);
	put_token_create(&m, mode, tok, source);
	emit("token-create", body, pkm_mp_finish(&m));
	kvfree(body);
}

/* --- sessions ----------------------------------------------------------------- */

/**
 * kacs_audit_session_event() - body of a session's events
 * @session: the session, complete
 * @out: where to, may be NULL when @room is 0
 * @room: bytes at @out
 *
 * Context: any. KACS-AC-194.
 * Return: its length, whether or not it fits.
 */
u32 kacs_audit_session_event(const struct kacs_session *session, u8 *out, u32 room)
{
	struct pkm_mp m;

	pkm_mp_init(&m, out, room);
	pkm_mp_map(&m, 5);
	put_key_uint(&m, "session_id", session->id);
	put_key_sid(&m, "user_sid", session->user);
	put_key_uint(&m, "logon_type", session->logon_type);
	pkm_mp_key(&m, "auth_package");
	pkm_mp_str(&m, session->package, session->package_len);
	put_key_uint(&m, "created_at", session->created_at);
	return m.w.len;
}

/**
 * kacs_audit_session_end() - a session ended and can no longer be found
 * @session: the session
 *
 * Context: any but NMI.
 */
void kacs_audit_session_end(const struct kacs_session *session)
{
	emit("logon-session-destroyed", session->end_event, session->end_event_len);
}

/**
 * kacs_audit_session_invalidated() - a session was marked dead
 * @session: the session; the body is the same as that of its end (KACS-AC-195)
 *
 * Context: any but NMI.
 */
void kacs_audit_session_invalidated(const struct kacs_session *session)
{
	emit("logon-session-invalidated", session->end_event, session->end_event_len);
}
