// SPDX-License-Identifier: GPL-2.0-only
/*
 * KACS events: bodies are assembled here, transport is KMES's.
 *
 * Each body is measured, then written into memory of exactly that size. Where
 * there is none the event is lost, except those of an access check: there
 * core fails the check closed.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

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

static const char *path_text(struct file *file, struct who_memory *mem)
{
	char *path = file_path(file, mem->path_room, sizeof(mem->path_room));

	if (IS_ERR(path))
		return "";
	make_text(path);
	return path;
}

static const char *executable_path(struct who_memory *mem)
{
	struct mm_struct *mm = current->mm;
	struct file *exe = NULL;
	const char *path = "";

	if (!mm)
		return path;
	rcu_read_lock();
	exe = rcu_dereference(mm->exe_file);
	if (exe && !get_file_rcu(exe))
		exe = NULL;
	rcu_read_unlock();
	if (!exe)
		return path;
	path = path_text(exe, mem);
	fput(exe);
	return path;
}

static void describe(const struct kacs_gate *gate, struct who_memory *mem, struct kacs_event_who *who)
{
	/* An atomic gate may hold locks that inside those of a path or a name would deadlock. */
	const char *path = gate->atomic ? "" : executable_path(mem);

	if (gate->atomic)
		strscpy(mem->name, current->comm, sizeof(mem->name));
	else
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

/* Holders of SeAuditPrivilege may emit anyway; others pay, and without budget the call fails. */
static bool pays(struct kacs_token *tok, u32 bytes)
{
	return READ_ONCE(tok->privs_enabled) & KACS_PRIV_MASK(KACS_PRIV_AUDIT) ||
	       kacs_session_charge(tok->fixed->session, bytes);
}

static bool caller_pays(u32 bytes)
{
	struct kacs_token *primary = kacs_primary_token_get();
	bool paid;

	if (!primary)
		return false;
	paid = pays(primary, bytes);
	kacs_token_put(primary);
	return paid;
}

static int emit_check_event(const struct kacs_gate *gate, const char *type, write_fn *write,
			    const void *event)
{
	gfp_t gfp = gate->atomic ? GFP_ATOMIC : GFP_KERNEL;
	struct who_memory *mem = kmalloc(sizeof(*mem), gfp);
	struct kacs_event_who who;
	u8 *body = NULL;
	int err = -ENOMEM;
	u32 len;

	if (!mem)
		return err;
	describe(gate, mem, &who);
	len = write(NULL, 0, &who, event);
	if (gate->charged && !caller_pays(len))
		err = -EAGAIN;
	else
		body = kvmalloc(len, gfp); /* kmalloc alone when it may not sleep */
	if (body) {
		write(body, len, &who, event);
		emit(type, body, len);
		kvfree(body);
		err = 0;
	}
	kfree(mem);
	return err;
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
	struct kacs_gate *gate = ctx;

	if (event->ace)
		gate->sacl_matched |= event->success ? KACS_MATCHED_SUCCESS : KACS_MATCHED_FAILURE;
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
 * One event per privilege, as the token's audit policy asks (KACS-TOK-031). One
 * call can ask for 64 of them, so the caller pays.
 *
 * Context: process context. May sleep.
 * Return: 0; -EAGAIN when the caller's budget of audit events is spent;
 * -ENOMEM. Then events are missing, and the check fails.
 */
int kacs_audit_privilege_check(struct kacs_token *tok, u64 asked, u64 missing)
{
	u32 policy = kacs_token_subject(tok)->audit_policy;
	u64 report = missing ?: asked;
	struct kacs_gate gate = { .token = tok, .charged = true };
	unsigned int bit;
	int err = 0;

	if (!(policy & (missing ? KACS_AUDIT_PRIVILEGE_FAILURE : KACS_AUDIT_PRIVILEGE_SUCCESS)))
		return 0;
	kacs_gate_pip(&gate);
	for (bit = 0; bit < 64 && !err; bit++) {
		struct kacs_privilege_event event = { .privilege = bit, .success = !missing };

		if (report & KACS_PRIV_MASK(bit))
			err = sink_privilege(&gate, &event);
	}
	return err;
}

/* --- tokens, sessions, processes --------------------------------------------- */

static void describe_token(const char *mode, const struct kacs_token *tok, const struct kacs_token *source,
			   struct kacs_token_event *event)
{
	*event = (struct kacs_token_event){
		.mode = mode,
		.guid = tok->guid,
		.source_guid = source ? source->guid : NULL,
		.spec = &tok->fixed->spec,
		.privs_present = READ_ONCE(tok->privs_present),
		.privs_enabled = READ_ONCE(tok->privs_enabled),
		.auth_id = tok->fixed->session->id,
		.token_type = tok->type,
		.level = tok->level,
		.scope = READ_ONCE(tok->scope),
	};
}

/**
 * kacs_audit_token_charge() - can the event of a new token be paid for?
 * @tok: the token, which nobody has yet
 * @source: what it was made from
 * @payer: whose session pays; NULL: the caller's
 *
 * The event holds all groups and restricting SIDs, and a copy is made in no
 * time: without a bound copies push everything else out of the ring.
 *
 * Context: process context. Does not sleep.
 * Return: 0, -EAGAIN.
 */
int kacs_audit_token_charge(const struct kacs_token *tok, const struct kacs_token *source,
			    struct kacs_token *payer)
{
	struct kacs_token_event event;
	u32 len;

	describe_token("duplicate", tok, source, &event);
	len = kacs_payload_token(NULL, 0, &event);
	return (payer ? pays(payer, len) : caller_pays(len)) ? 0 : -EAGAIN;
}

/**
 * kacs_audit_token_create() - a token was made by a call
 * @mode: "mint", "duplicate" or "filter"
 * @tok: the new token in its final state
 * @source: what it was made from; NULL for mint
 *
 * Context: process context. May sleep. KACS-TOK-053.
 */
void kacs_audit_token_create(const char *mode, const struct kacs_token *tok, const struct kacs_token *source)
{
	struct kacs_token_event event;
	u8 *body;
	u32 len;

	describe_token(mode, tok, source, &event);
	len = kacs_payload_token(NULL, 0, &event);
	body = kvmalloc(len, GFP_KERNEL);
	if (!body)
		return;
	kacs_payload_token(body, len, &event);
	emit("token-create", body, len);
	kvfree(body);
}

/**
 * kacs_audit_session_event() - body of a session's events
 * @session: the session, complete
 * @out: where to, may be NULL when @room is 0
 * @room: bytes at @out
 *
 * Context: any.
 * Return: its length, whether or not it fits.
 */
u32 kacs_audit_session_event(const struct kacs_session *session, u8 *out, u32 room)
{
	const struct kacs_session_event event = {
		.id = session->id,
		.created_at = session->created_at,
		.user = session->user,
		.auth_package = session->package,
		.auth_package_len = session->package_len,
		.logon_type = session->logon_type,
	};

	return kacs_payload_session(out, room, &event);
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

/* GUID of a process's primary token as its credential has it; 16 zero bytes without one. */
static const u8 *primary_guid(const struct task_struct *task)
{
	static const u8 none[16];
	const struct pkm_identity *identity = pkm_cred_identity(__task_cred(task));

	return identity && identity->primary ? identity->primary->guid : none;
}

/**
 * kacs_audit_process_create() - a process was made and will run soon
 * @parent: the forking task
 * @child: the new one, which has its block and its pid
 *
 * Nothing is allocated: the event of a fork is as certain as the ring.
 *
 * Context: any but NMI. KACS-AC-199.
 */
void kacs_audit_process_create(struct task_struct *parent, struct task_struct *child)
{
	struct kacs_process_event event = {
		.pid = task_tgid_nr(child),
		.parent_pid = task_tgid_nr(parent),
	};
	const struct kacs_psb *psb, *parent_psb;
	u8 body[KACS_PROCESS_CREATE_MAX];
	static const u8 none[16];

	rcu_read_lock();
	psb = pkm_task_psb(child);
	parent_psb = pkm_task_psb(parent);
	if (psb) {
		event.process_guid = psb->guid;
		event.parent_guid = parent_psb ? parent_psb->guid : none;
		event.token_guid = primary_guid(child);
		emit("process-create", body, kacs_payload_process_create(body, sizeof(body), &event));
	}
	rcu_read_unlock();
}

/**
 * kacs_audit_process_exec() - the calling process runs another program
 * @psb: its block
 * @file: the program
 *
 * Context: process context, the new program's credential is in force. May
 * sleep. KACS-AC-200.
 */
void kacs_audit_process_exec(const struct kacs_psb *psb, struct file *file)
{
	struct who_memory *mem = kmalloc(sizeof(*mem), GFP_KERNEL);
	struct kacs_token *tok = kacs_primary_token_get();
	struct kacs_process_event event;
	const char *path;
	u8 *body = NULL;
	u32 len;

	if (!mem || !tok)
		goto out;
	path = path_text(file, mem);
	event = (struct kacs_process_event){
		.process_guid = psb->guid,
		.token_guid = tok->guid,
		.pid = task_tgid_nr(current),
		.pip_type = psb->pip_type,
		.pip_trust = psb->pip_trust,
		.path = (const u8 *)path,
		.path_len = strlen(path),
	};
	len = kacs_payload_process_exec(NULL, 0, &event);
	body = kvmalloc(len, GFP_KERNEL);
	if (!body)
		goto out;
	kacs_payload_process_exec(body, len, &event);
	emit("process-exec", body, len);
out:
	kvfree(body);
	if (tok)
		kacs_token_put(tok);
	kfree(mem);
}
