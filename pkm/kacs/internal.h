/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of kacs/ share with each other: the objects. Sections are in
 * the order of the files that own them.
 */
#ifndef _KACS_INTERNAL_H
#define _KACS_INTERNAL_H

#include <linux/atomic.h>
#include <linux/percpu.h>
#include <linux/refcount.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <pkm/core/base.h>
#include <pkm/core/kacs.h>
#include <pkm/core/kmes.h>
#include <pkm/kacs.h>
#include <pkm/lsm.h>
#include <pkm/module.h>
#include <pkm/token.h>

struct file;
struct task_struct;

/* Well-known SIDs that the module itself needs (boot.c). */
extern const u8 kacs_sid_system[12];         /* S-1-5-18 */
extern const u8 kacs_sid_administrators[16]; /* S-1-5-32-544 */
extern const u8 kacs_sid_everyone[12];       /* S-1-1-0 */
extern const u8 kacs_sid_authenticated[12];  /* S-1-5-11 */
extern const u8 kacs_sid_local[12];          /* S-1-2-0 */
extern const u8 kacs_sid_anonymous[12];      /* S-1-5-7 */
extern const u8 kacs_sid_owner_rights[12];   /* S-1-3-4 */

#define KACS_SESSION_SYSTEM        0
#define KACS_SESSION_ANONYMOUS     998
#define KACS_SESSION_FIRST_DYNAMIC 1000

/* Mask bit of a mandatory label, KACS-FMT-071. */
#define KACS_LABEL_NO_WRITE_UP 0x2

#define KACS_INTEGRITY_SYSTEM 16384

/* --- secfs.c: how many there are --------------------------------------------- */

enum kacs_kind {
	KACS_TOKENS,
	KACS_SUBJECTS,
	KACS_SESSIONS,
	KACS_PROCESSES,
	KACS_DESCRIPTORS,
	KACS_KINDS,
};

DECLARE_PER_CPU(long[KACS_KINDS], kacs_objects);

/* An object was made or freed. Any context. */
static inline void kacs_count(enum kacs_kind kind, long by)
{
	this_cpu_add(kacs_objects[kind], by);
}

/* --- blob.c: immutable shared bytes -------------------------------------- */

/**
 * struct kacs_blob - immutable bytes with a reference count
 * @refs: holders; freed after an RCU grace period
 * @rcu: deferred freeing
 * @len: bytes at @data
 * @data: the bytes
 */
struct kacs_blob {
	refcount_t refs;
	struct rcu_head rcu;
	u32 len;
	u8 data[] __aligned(8);
};

struct kacs_blob *kacs_blob_alloc(u32 len, gfp_t gfp);
struct kacs_blob *kacs_blob_copy(const void *data, u32 len, gfp_t gfp);
void kacs_blob_put(struct kacs_blob *blob);

static inline struct kacs_blob *kacs_blob_get(struct kacs_blob *blob)
{
	if (blob)
		refcount_inc(&blob->refs);
	return blob;
}

/* The blob at @place with a reference of the caller's; NULL when there is none. Lock-free. */
static inline struct kacs_blob *kacs_blob_get_rcu(struct kacs_blob __rcu **place)
{
	struct kacs_blob *blob;

	rcu_read_lock();
	do
		blob = rcu_dereference(*place);
	while (blob && !refcount_inc_not_zero(&blob->refs));
	rcu_read_unlock();
	return blob;
}

/* --- session.c ----------------------------------------------------------- */

/**
 * struct kacs_session - one logon session (KACS-TOK-083)
 * @refs: tokens' fixed parts, running calls, and the table while published
 * @node: place in the id tree; table lock
 * @id: auth_id
 * @tokens: token objects somebody outside the linked pair refers to, KACS-TOK-087
 * @had_token: somebody got a token of it; only such sessions end by themselves; one-way
 * @published: found by id; table lock
 * @dead: invalidated, one-way; read without lock
 * @lock: guards the pair; irqsave, nests inside nothing but the token's put
 * @elevated: one half of the linked pair, kept alive by it; @lock
 * @filtered: the other half; @lock
 * @logon_type: KACS_LOGON_...
 * @created_at: nanoseconds since the epoch
 * @user_len: bytes of @user
 * @user: user SID
 * @package: UTF-8 bytes of the authentication package's name
 * @package_len: how many
 * @end_event: body of the event that its end emits, made while memory could
 *             still be had: the end may come in softirq
 * @end_event_len: bytes at @end_event
 * @budget: bytes of events that its processes may cause by checks of their own; @lock
 */
struct kacs_session {
	refcount_t refs;
	struct rb_node node;
	u64 id;
	atomic_t tokens;
	bool had_token;
	bool published;
	bool dead;
	spinlock_t lock;
	struct kacs_token *elevated;
	struct kacs_token *filtered;
	u8 logon_type;
	u64 created_at;
	u32 user_len;
	u8 user[KACS_SID_MAX];
	u8 *package;
	u32 package_len;
	u8 *end_event;
	u32 end_event_len;
	struct kmes_bucket budget;
};

int kacs_session_init(void);
void kacs_session_exit(void);
int kacs_session_create(const struct kacs_session_spec *spec, u64 *id);
struct kacs_session *kacs_session_find_get(u64 id);
struct kacs_session *kacs_session_from_get(u64 id);
void kacs_session_put(struct kacs_session *session);
bool kacs_session_charge(struct kacs_session *session, u32 bytes);
int kacs_session_destroy_empty(u64 id);
int kacs_session_invalidate(u64 id);
bool kacs_session_token_born(struct kacs_session *session);
void kacs_session_token_given(struct kacs_session *session);
void kacs_session_token_gone(struct kacs_session *session);
bool kacs_session_drop_token(struct kacs_session *session, struct kacs_token *tok);
int kacs_session_link(struct kacs_session *session, struct kacs_token *elevated, struct kacs_token *filtered);
struct kacs_token *kacs_session_partner_get(struct kacs_session *session, const struct kacs_token *tok);

static inline bool kacs_session_is_dead(const struct kacs_session *session)
{
	return READ_ONCE(session->dead);
}

/* --- token.c -------------------------------------------------------------- */

/**
 * struct kacs_fixed - what never changes about a token, shared by its copies
 * @refs: tokens
 * @session: owns a reference
 * @subject: prepared for checks; [1] is the same at level Identification
 * @spec: all values, pointing into @data
 * @logon: logon SID, the last of the groups
 * @device_enabled: bitmap of device groups
 * @restricted_device_enabled: bitmap of restricting device groups
 * @created_at: original mint time, nanoseconds since the epoch
 * @data: copies of all variable-length parts, then the subject's tables
 */
struct kacs_fixed {
	refcount_t refs;
	struct kacs_session *session;
	struct kacs_subject subject[2];
	struct kacs_token_spec spec;
	const u8 *logon;
	const u64 *device_enabled;
	const u64 *restricted_device_enabled;
	u64 created_at;
	u8 data[] __aligned(8);
};

/**
 * struct kacs_token - a token (KACS-TOK-008)
 * @refs: credentials, descriptors, sockets and running calls; not the pair
 * @fixed: owns a reference
 * @guid: constant
 * @type: KACS_TOKEN_TYPE_..., constant
 * @level: KACS_LEVEL_..., constant
 * @elevation: 1 default, 2 full, 3 limited; session lock, one-way
 * @retained: nobody refers to it but its pair; session lock
 * @lock: guards adjustments; irqsave
 * @privs_present: under @lock; readers take one word
 * @privs_enabled: the same
 * @privs_default: the same
 * @privs_used: only grows
 * @groups_enabled: one bit per group; under @lock; readers take one word
 * @groups_default: creation-time state, constant
 * @modified_id: under @lock
 * @owner_index: under @lock
 * @group_index: under @lock
 * @scope: interactivity scope; under @lock
 * @default_dacl: for new objects, NULL: none; RCU, written under @lock
 * @sd: the token's own descriptor; RCU, written under @lock
 * @process_sd: default descriptor of its processes, made on demand, dropped
 *              when the primary group changes; RCU, written under @lock
 */
struct kacs_token {
	refcount_t refs;
	struct kacs_fixed *fixed;
	u8 guid[KACS_GUID_LEN];
	u8 type;
	u8 level;
	u8 elevation;
	bool retained;
	spinlock_t lock;
	u64 privs_present;
	u64 privs_enabled;
	u64 privs_default;
	atomic64_t privs_used;
	u64 groups_enabled;
	u64 groups_default;
	u64 modified_id;
	u32 owner_index;
	u32 group_index;
	u32 scope;
	struct kacs_blob __rcu *default_dacl;
	struct kacs_blob __rcu *sd;
	struct kacs_blob __rcu *process_sd;
};

#define KACS_ELEVATION_DEFAULT 1
#define KACS_ELEVATION_FULL    2
#define KACS_ELEVATION_LIMITED 3

struct kacs_token *kacs_token_create(const struct kacs_token_spec *spec, struct kacs_session *session,
				     u64 created_at, struct kacs_blob *sd);
struct kacs_token *kacs_token_duplicate(struct kacs_token *source, u8 type, u8 level, struct kacs_blob *sd,
					gfp_t gfp);
struct kacs_token *kacs_token_filter(struct kacs_token *source, const struct kacs_token_spec *spec,
				     u64 delete_privs, struct kacs_blob *sd);
void kacs_token_free(struct kacs_token *tok);

/* --- token_view.c, token_sd.c ---------------------------------------------- */

const struct kacs_subject *kacs_token_subject(const struct kacs_token *tok);
void kacs_token_state(const struct kacs_token *tok, struct kacs_subject_state *state, u64 *groups_enabled);
const u8 *kacs_token_indexed_sid(const struct kacs_token *tok, u32 index);
struct kacs_blob *kacs_token_default_sd(const u8 *user, const u8 *creator, u32 integrity, gfp_t gfp);
struct kacs_blob *kacs_token_sd_get(struct kacs_token *tok);
struct kacs_blob *kacs_token_boot_sd(void);
struct kacs_blob *kacs_token_dacl_get(struct kacs_token *tok);
struct kacs_blob *kacs_token_process_sd_get(struct kacs_token *tok, gfp_t gfp);
bool kacs_token_privileges_use(struct kacs_token *tok, u64 mask);

/* --- token_query.c, token_adjust.c, token_copy.c --------------------------- */

int kacs_token_query(struct kacs_token *tok, u32 class, struct pkm_writer *w);
long kacs_ioc_query(struct kacs_token *tok, void __user *arg);
long kacs_ioc_adjust_privs(struct kacs_token *tok, void __user *arg);
long kacs_ioc_adjust_groups(struct kacs_token *tok, void __user *arg);
long kacs_ioc_adjust_default(struct kacs_token *tok, void __user *arg);
long kacs_ioc_adjust_scope(struct kacs_token *tok, void __user *arg);
long kacs_ioc_duplicate(struct kacs_token *tok, void __user *arg);
long kacs_ioc_restrict(struct kacs_token *tok, u32 access, void __user *arg);
long kacs_ioc_link_tokens(void __user *arg);
long kacs_ioc_get_linked_token(struct kacs_token *tok, void __user *arg);

/* --- token_fd.c ------------------------------------------------------------ */

int kacs_token_fd(struct kacs_token *tok, u32 access);
int kacs_token_fd_out(struct kacs_token *tok, u32 access, s32 __user *out);
struct kacs_token *kacs_token_from_fd(int fd, u32 *access);

/* --- psb.c ------------------------------------------------------------------ */

/**
 * struct kacs_psb - process security block (KACS-TOK-123)
 * @refs: the process's tasks and running calls
 * @guid: constant
 * @pip_type: constant until exec signs
 * @pip_trust: the same
 * @mitigations: KACS_MIT_..., only grows; changed under @lock
 * @mapping_both: calls that map memory to be written and executed; @lock
 * @lock: guards @sd, @installed and @mapping_both
 * @sd: process descriptor; RCU
 * @installed: latest token installed for the whole process, NULL: none
 */
struct kacs_psb {
	refcount_t refs;
	u8 guid[KACS_GUID_LEN];
	u32 pip_type;
	u32 pip_trust;
	atomic_t mitigations;
	u32 mapping_both;
	spinlock_t lock;
	struct kacs_blob __rcu *sd;
	struct kacs_token *installed;
};

struct kacs_psb *kacs_psb_of_get(const struct task_struct *task);
struct task_struct *kacs_task_of_get(int pidfd, int tid);
struct kacs_psb *kacs_psb_of_pidfd_get(int pidfd);
int kacs_psb_mitigate(struct kacs_psb *psb, u32 mitigations);
struct kacs_blob *kacs_psb_sd_get(struct kacs_psb *psb);
int kacs_psb_install(struct kacs_psb *psb, struct kacs_token *old, struct kacs_token *new);
struct kacs_token *kacs_psb_installed_get(struct kacs_psb *psb);
bool kacs_psb_dominates(const struct kacs_psb *caller, const struct kacs_psb *target);

/* --- ids.c -------------------------------------------------------------------- */

bool kacs_simple_is_system(void);
struct kacs_token *kacs_caller_token(void);
u64 kacs_now(void);
void kacs_guid_make(u8 out[KACS_GUID_LEN]);

/* --- impersonate.c -------------------------------------------------------------- */

long kacs_ioc_install(struct kacs_token *tok);
long kacs_ioc_impersonate(struct kacs_token *tok);
long kacs_ioc_impersonate_peer(void __user *arg);
long kacs_ioc_revert(void);

/* --- gate.c ------------------------------------------------------------------ */

/**
 * struct kacs_gate - one access decision
 * @token: subject
 * @sd: self-relative descriptor
 * @sd_len: bytes at @sd
 * @desired: may hold generic bits and MAXIMUM_ALLOWED
 * @map: generic mapping of the object's type
 * @intent: KACS_BACKUP_INTENT, KACS_RESTORE_INTENT
 * @pip_type: 0: the calling process's
 * @pip_trust: 0: the calling process's
 * @self_sid: PRINCIPAL_SELF, may be NULL
 * @self_sid_len: bytes at @self_sid
 * @local_claims: claim array, may be NULL
 * @local_claims_len: bytes at @local_claims
 * @tree: object-type entries, may be NULL
 * @tree_count: how many
 * @results: one per node for a list call, else NULL
 * @trace: decision trace to fill, may be NULL
 * @audit_context: names object and operation in events, may be NULL
 * @audit_context_len: bytes at @audit_context
 * @atomic: nothing may sleep; the PIP values are given
 * @silent: no events
 * @charged: the caller chose the descriptor and pays for the events
 * @result: filled
 * @sacl_matched: KACS_MATCHED_..., filled: audit ACEs that fired
 */
struct kacs_gate {
	struct kacs_token *token;
	const void *sd;
	u32 sd_len;
	u32 desired;
	const struct kacs_generic_map *map;
	u32 intent;
	u32 pip_type;
	u32 pip_trust;
	const u8 *self_sid;
	u32 self_sid_len;
	const u8 *local_claims;
	u32 local_claims_len;
	const struct kacs_object_type_entry *tree;
	u32 tree_count;
	struct kacs_node_result *results;
	struct kacs_trace_entry *trace;
	const void *audit_context;
	u32 audit_context_len;
	bool atomic;
	bool silent;
	bool charged;
	struct kacs_result result;
	u32 sacl_matched;
};

void kacs_gate_pip(struct kacs_gate *gate);
int kacs_gate(struct kacs_gate *gate);
int kacs_gate_token(struct kacs_token *tok, u32 mask, u32 *granted);
int kacs_gate_process(struct kacs_psb *target, u32 right);

/* --- ioc_*.c -------------------------------------------------------------------- */

long kacs_ioc_open_self_token(void __user *arg);
long kacs_ioc_open_process_token(void __user *arg);
long kacs_ioc_open_thread_token(void __user *arg);
long kacs_ioc_open_peer_token(void __user *arg);
long kacs_ioc_inspect_token(void __user *arg);
long kacs_ioc_create_token(void __user *arg);
long kacs_ioc_create_logon_session(void __user *arg);
long kacs_ioc_destroy_empty_logon_session(void __user *arg);
long kacs_ioc_invalidate_logon_session(void __user *arg);
long kacs_ioc_get_logon_session(void __user *arg);
long kacs_ioc_set_impersonation_level(void __user *arg);
long kacs_ioc_privilege_check(void __user *arg);
long kacs_ioc_set_psb(void __user *arg);
long kacs_ioc_set_anonymous_policy(void __user *arg);
long kacs_ioc_access_check(void __user *arg);
long kacs_ioc_access_check_list(void __user *arg);
long kacs_ioc_explain(void __user *arg);
long kacs_ioc_set_caap(void __user *arg);
long kacs_ioc_get_sd(void __user *arg);
long kacs_ioc_set_sd(void __user *arg);

struct kacs_token *kacs_peer_token_get(int fd);

/* --- audit.c ---------------------------------------------------------------------- */

extern const struct kacs_sink kacs_audit_sink;
int kacs_audit_privilege_check(struct kacs_token *tok, u64 asked, u64 missing);
int kacs_audit_token_charge(const struct kacs_token *tok, const struct kacs_token *source,
			    struct kacs_token *payer);
void kacs_audit_token_create(const char *mode, const struct kacs_token *tok, const struct kacs_token *source);
u32 kacs_audit_session_event(const struct kacs_session *session, u8 *out, u32 room);
void kacs_audit_session_end(const struct kacs_session *session);
void kacs_audit_session_invalidated(const struct kacs_session *session);

/* --- boot.c ------------------------------------------------------------------------ */

struct kacs_token *kacs_anonymous_token(void);
struct kacs_token *kacs_anonymous_token_get(void);
struct kacs_token *kacs_anonymous_token_create(void);
void kacs_anonymous_set_policy(bool include_everyone);

/* --- caap_cache.c --------------------------------------------------------------------- */

/**
 * struct kacs_caap_view - the policies that one check sees
 * @set: all of them, NULL: none
 * @lock: of the reader
 */
struct kacs_caap_view {
	const struct kacs_policy_set *set;
	int lock;
};

void kacs_caap_begin(struct kacs_caap_view *view);
void kacs_caap_end(const struct kacs_caap_view *view);
const struct kacs_policy *kacs_caap_find(void *ctx, const u8 *sid, u32 sid_len);
void kacs_caap_exit(void);

/* --- secfs.c -------------------------------------------------------------------------- */

bool kacs_sessions_readable(struct kacs_token *tok);
int kacs_secfs_init(void);
void kacs_secfs_exit(void);

/* --- dev.c ---------------------------------------------------------------------- */

int kacs_dev_init(void);
void kacs_dev_exit(void);

#endif
