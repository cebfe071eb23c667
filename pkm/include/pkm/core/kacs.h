/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * core/kacs: the access decision and the formats it reads.
 *
 * The usual order of calls:
 *
 *	kacs_subject_init(&subject, mem, ...);	once per token
 *	kacs_sd_parse(&sd, bytes, len);		once per descriptor
 *	kacs_access_check(&request, &result);	per decision
 *
 * Nothing here allocates, locks, sleeps or recurses; every buffer is the
 * caller's and must stay unchanged while a prepared object refers to it.
 * Prepared objects are only read by a check, so any number may run at once.
 */
#ifndef _PKM_CORE_KACS_H
#define _PKM_CORE_KACS_H

#include <pkm/core/base.h>
#include <pkm/core/kacs_bits.h>
#include <linux/pkm/kacs.h>

/* --- SIDs (sid.c) ------------------------------------------------------- */

/* Bytes of the well-formed SID at @sid. */
static inline u32 kacs_sid_len(const u8 *sid)
{
	return 8 + 4 * (u32)sid[1];
}

bool kacs_sid_valid(const void *sid, u32 len);
u32 kacs_sid_prefix(const void *p, u32 room);
bool kacs_sid_equal(const u8 *a, const u8 *b);
u32 kacs_sid_make(u8 out[KACS_SID_MAX], u64 authority, u32 count, const u32 *subs);
u32 kacs_sid_logon(u8 out[KACS_SID_MAX], u64 session_id);
u32 kacs_sid_integrity(u8 out[KACS_SID_MAX], u32 level);

/**
 * struct kacs_sid_list - packed SIDs with attributes, as token specs carry them
 * @data: @count times sid_len u32, SID, attributes u32, without padding
 * @len: bytes at @data
 * @count: entries; 0 is an absent list
 */
struct kacs_sid_list {
	const u8 *data;
	u32 len;
	u32 count;
};

/**
 * struct kacs_sid_attr - one entry of a list
 * @sid: points into the list
 * @len: bytes of the SID
 * @attributes: KACS_GROUP_...
 */
struct kacs_sid_attr {
	const u8 *sid;
	u32 len;
	u32 attributes;
};

bool kacs_sid_list_valid(const struct kacs_sid_list *list);
bool kacs_sid_list_next(const struct kacs_sid_list *list, u32 *pos, struct kacs_sid_attr *out);
bool kacs_sid_list_get(const struct kacs_sid_list *list, u32 index, struct kacs_sid_attr *out);

/* --- Descriptors (acl.c, sd.c) ------------------------------------------ */

/* What validation noticed about an ACL, so that checks need not look. */
#define KACS_ACL_OWNER_RIGHTS 0x0001 /* live access ACE for S-1-3-4 */
#define KACS_ACL_CONDITIONS   0x0002 /* callback ACEs */
#define KACS_ACL_AUDIT        0x0004 /* audit or alarm ACEs */
#define KACS_ACL_ATTRIBUTES   0x0008 /* live resource attributes */
#define KACS_ACL_POLICIES     0x0010 /* live scoped policies */
#define KACS_ACL_LABELS       0x0020 /* live mandatory or trust labels */

/**
 * struct kacs_acl - a validated ACL
 * @data: ACL header, NULL when there is no ACL
 * @len: AclSize
 * @count: AceCount
 * @facts: KACS_ACL_...
 */
struct kacs_acl {
	const u8 *data;
	u32 len;
	u16 count;
	u16 facts;
};

/**
 * struct kacs_sd - a validated self-relative descriptor
 * @data: its bytes, borrowed
 * @len: how many
 * @control: KACS_SE_...
 * @owner: owner SID, NULL when absent
 * @group: group SID, NULL when absent
 * @dacl: @dacl.data NULL: null DACL, everything is granted
 * @sacl: @sacl.data NULL: no SACL
 * @label: first live mandatory label ACE, NULL when there is none
 * @trust: first live process trust label ACE, NULL when there is none
 */
struct kacs_sd {
	const u8 *data;
	u32 len;
	u16 control;
	const u8 *owner;
	const u8 *group;
	struct kacs_acl dacl;
	struct kacs_acl sacl;
	const u8 *label;
	const u8 *trust;
};

/**
 * struct kacs_ace - one ACE of a validated ACL
 * @data: its header
 * @size: AceSize
 * @type: KACS_ACE_...
 * @flags: inheritance and audit flags
 * @mask: stored access mask, unmapped; 0 for unknown types
 * @object_flags: of object ACEs, else 0
 * @object_type: GUID, NULL when absent
 * @inherited_type: GUID, NULL when absent
 * @sid: NULL for unknown types
 * @app: ApplicationData or resource attribute, NULL when the type has none
 * @app_len: bytes at @app
 */
struct kacs_ace {
	const u8 *data;
	u32 size;
	u8 type;
	u8 flags;
	u32 mask;
	u32 object_flags;
	const u8 *object_type;
	const u8 *inherited_type;
	const u8 *sid;
	const u8 *app;
	u32 app_len;
};

int kacs_acl_parse(struct kacs_acl *acl, const void *data, u32 len);
bool kacs_acl_next(const struct kacs_acl *acl, u32 *pos, struct kacs_ace *ace);
int kacs_sd_parse(struct kacs_sd *sd, const void *data, u32 len);

/**
 * struct kacs_sd_parts - what kacs_sd_write() assembles
 * @control: control bits; SELF_RELATIVE and the PRESENT bits are its own
 * @rm_control: the Sbz1 byte
 * @owner: SID or NULL
 * @group: SID or NULL
 * @sacl: ACL bytes, NULL: none
 * @sacl_len: bytes at @sacl
 * @dacl: ACL bytes, NULL: null DACL
 * @dacl_len: bytes at @dacl
 */
struct kacs_sd_parts {
	u16 control;
	u8 rm_control;
	const u8 *owner;
	const u8 *group;
	const u8 *sacl;
	u32 sacl_len;
	const u8 *dacl;
	u32 dacl_len;
};

void kacs_sd_parts_of(const struct kacs_sd *sd, struct kacs_sd_parts *parts);
int kacs_sd_write(const struct kacs_sd_parts *parts, struct pkm_writer *w);
void kacs_acl_begin(struct pkm_writer *w, u8 revision);
void kacs_ace_write(struct pkm_writer *w, u8 type, u8 flags, u32 mask, const u8 *sid);
int kacs_acl_end(struct pkm_writer *w, u32 start, u16 count);

/* --- Claims (claim.c) --------------------------------------------------- */

int kacs_claim_validate(const u8 *entry, u32 len);
int kacs_claims_validate(const u8 *data, u32 len);
bool kacs_claim_same_name(const u8 *a, const u8 *b);

/* --- Rights (rights.c) -------------------------------------------------- */

/**
 * struct kacs_generic_map - what the four generic rights mean for an object type
 * @read: rights of GENERIC_READ
 * @write: rights of GENERIC_WRITE
 * @execute: rights of GENERIC_EXECUTE
 * @all: rights of GENERIC_ALL
 *
 * None may hold a bit above 20 (KACS-AC-022).
 */
struct kacs_generic_map {
	u32 read, write, execute, all;
};

extern const struct kacs_generic_map kacs_map_file;
extern const struct kacs_generic_map kacs_map_process;
extern const struct kacs_generic_map kacs_map_token;
extern const struct kacs_generic_map kacs_map_ipc;
extern const struct kacs_generic_map kacs_map_key;

u32 kacs_map_generic(u32 mask, const struct kacs_generic_map *map);
const char *kacs_privilege_name(unsigned int bit);

/* --- Subjects (view.c) -------------------------------------------------- */

/**
 * struct kacs_sid_slot - one place of a SID table
 * @tag: the SID's hash
 * @ref: bits 0-11 index in the list, 12-14 kind, 15 the search goes on behind
 *       this place; a free place has no kind
 * @at: where the SID is in the arena, in units of 4 bytes
 */
struct kacs_sid_slot {
	u32 tag;
	u16 ref;
	u16 at;
};

/**
 * struct kacs_sid_set - open-addressed table of SIDs
 * @slots: @mask + 1 places, a power of two, at most a quarter of them used
 * @sids: the SIDs in their list's order, each a multiple of 4 bytes
 * @mask: hash bits that choose a place
 * @count: SIDs in @sids
 */
struct kacs_sid_set {
	const struct kacs_sid_slot *slots;
	const u8 *sids;
	u32 mask;
	u32 count;
};

/* Facts about a subject that never change. */
#define KACS_SUBJECT_USER_DENY_ONLY   0x01
#define KACS_SUBJECT_WRITE_RESTRICTED 0x02
#define KACS_SUBJECT_RESTRICTED       0x04 /* the restricted pass runs */
#define KACS_SUBJECT_CONFINED         0x08 /* the confinement pass runs */

/**
 * struct kacs_subject_input - what a subject is made from
 * @user: user SID
 * @groups: with the logon SID last
 * @restricted: restricting SIDs
 * @capabilities: confinement capabilities
 * @device_groups: device groups
 * @restricted_device_groups: restricting device groups
 * @confinement: confinement SID, NULL: not confined
 * @user_claims: claim array, borrowed
 * @user_claims_len: bytes at @user_claims
 * @device_claims: claim array, borrowed
 * @device_claims_len: bytes at @device_claims
 * @auth_id: logon session, for events only
 * @integrity: integrity level
 * @mandatory_policy: KACS_MANDATORY_...
 * @audit_policy: KACS_AUDIT_...
 * @token_type: KACS_TOKEN_TYPE_...
 * @level: KACS_LEVEL_..., of impersonation tokens
 * @user_deny_only: the user SID matches deny ACEs only
 * @write_restricted: needs @user_deny_only
 * @confinement_exempt: skips the confinement pass
 */
struct kacs_subject_input {
	const u8 *user;
	struct kacs_sid_list groups;
	struct kacs_sid_list restricted;
	struct kacs_sid_list capabilities;
	struct kacs_sid_list device_groups;
	struct kacs_sid_list restricted_device_groups;
	const u8 *confinement;
	const u8 *user_claims;
	u32 user_claims_len;
	const u8 *device_claims;
	u32 device_claims_len;
	u64 auth_id;
	u32 integrity;
	u32 mandatory_policy;
	u32 audit_policy;
	u8 token_type;
	u8 level;
	bool user_deny_only;
	bool write_restricted;
	bool confinement_exempt;
};

/**
 * struct kacs_subject - the fixed part of a token, prepared for checks
 * @ids: user, then groups
 * @restricted: restricting SIDs
 * @confined: confinement SID, then capabilities
 * @device: device groups
 * @restricted_device: restricting device groups
 * @user_claims: claim array
 * @user_claims_len: bytes at @user_claims
 * @device_claims: claim array
 * @device_claims_len: bytes at @device_claims
 * @auth_id: logon session
 * @integrity: integrity level
 * @mandatory_policy: KACS_MANDATORY_...
 * @audit_policy: KACS_AUDIT_...
 * @flags: KACS_SUBJECT_...
 * @identification: a check stops at once (KACS-AC-053)
 *
 * Immutable after kacs_subject_init(). Tables live in the caller's memory.
 * What can change (privileges, enabled groups, the session's end) is in
 * struct kacs_subject_state, so that one subject serves a token and every
 * snapshot taken of it.
 */
struct kacs_subject {
	struct kacs_sid_set ids;
	struct kacs_sid_set restricted;
	struct kacs_sid_set confined;
	struct kacs_sid_set device;
	struct kacs_sid_set restricted_device;
	const u8 *user_claims;
	u32 user_claims_len;
	u32 device_claims_len;
	const u8 *device_claims;
	u64 auth_id;
	u32 integrity;
	u32 mandatory_policy;
	u32 audit_policy;
	u8 flags;
	bool identification;
};

/**
 * struct kacs_subject_state - the adjustable part, a snapshot per check
 * @privileges: present and enabled, one bit per KACS_PRIV_...
 * @groups_enabled: one bit per group in list order; (groups + 63) / 64 words
 * @device_enabled: the same for device groups
 * @restricted_device_enabled: the same for restricting device groups
 * @session_dead: the logon session was invalidated
 *
 * A list without entries may have a NULL bitmap. With up to 64 groups a
 * bitmap is one word, so one load or store of it is an atomic snapshot or
 * adjustment.
 */
struct kacs_subject_state {
	u64 privileges;
	const u64 *groups_enabled;
	const u64 *device_enabled;
	const u64 *restricted_device_enabled;
	bool session_dead;
};

u32 kacs_subject_size(const struct kacs_subject_input *in);
int kacs_subject_init(struct kacs_subject *subject, void *mem, u32 size, const struct kacs_subject_input *in);
void kacs_enabled_bits(const struct kacs_sid_list *list, u64 *words);
const u8 *kacs_subject_user(const struct kacs_subject *subject);
bool kacs_subject_is_member(const struct kacs_subject *subject, const struct kacs_subject_state *state,
			    const u8 *sid);
bool kacs_subject_holds(const struct kacs_subject *subject, const u8 *sid);

/* --- Token specifications (spec.c) -------------------------------------- */

/**
 * struct kacs_token_spec - a validated CreateToken specification
 * @subject: what the subject is made from
 * @privs_present: privileges present
 * @privs_enabled: privileges enabled, a part of @privs_present
 * @expiration: informational
 * @session_id: logon session, not looked up yet
 * @source_id: minting component
 * @origin: originating session
 * @source_name: minting component
 * @projected_uid: Linux user id
 * @projected_gid: Linux group id
 * @owner_index: default owner
 * @primary_group_index: default primary group
 * @interactivity_scope: metadata
 * @isolation_boundary: stored, not enforced
 * @default_dacl: ACL, NULL: none
 * @default_dacl_len: bytes at @default_dacl
 * @supplementary_gids: little-endian u32s, unaligned, NULL: none
 * @supplementary_gid_count: how many
 *
 * Pointers lead into the specification, which the caller keeps as long as it
 * uses them. @subject.groups does not hold the logon SID yet and
 * @subject.level is 0 for primary tokens. Indices count as on the wire: 0 is
 * the user, N is group N - 1.
 */
struct kacs_token_spec {
	struct kacs_subject_input subject;
	u64 privs_present;
	u64 privs_enabled;
	u64 expiration;
	u64 session_id;
	u64 source_id;
	u64 origin;
	u8 source_name[8];
	u32 projected_uid;
	u32 projected_gid;
	u32 owner_index;
	u32 primary_group_index;
	u32 interactivity_scope;
	bool isolation_boundary;
	const u8 *default_dacl;
	u32 default_dacl_len;
	const u8 *supplementary_gids;
	u32 supplementary_gid_count;
};

int kacs_token_spec_parse(struct kacs_token_spec *spec, const void *data, u32 len);

/**
 * struct kacs_session_spec - a validated logon session specification
 * @logon_type: KACS_LOGON_...
 * @auth_package: UTF-8, not terminated, may be empty
 * @auth_package_len: bytes at @auth_package
 * @user: user SID
 * @user_len: bytes at @user
 */
struct kacs_session_spec {
	u8 logon_type;
	const u8 *auth_package;
	u32 auth_package_len;
	const u8 *user;
	u32 user_len;
};

int kacs_session_spec_parse(struct kacs_session_spec *spec, const void *data, u32 len);

/* --- Central policies (caap.c) ------------------------------------------ */

/**
 * struct kacs_policy_rule - one rule of a central policy
 * @applies_to: condition byte-code, NULL: always
 * @applies_to_len: bytes at @applies_to
 * @dacl: effective DACL, always there
 * @sacl: effective SACL, may be absent
 * @staged_dacl: may be absent
 * @staged_sacl: may be absent
 */
struct kacs_policy_rule {
	const u8 *applies_to;
	u32 applies_to_len;
	struct kacs_acl dacl;
	struct kacs_acl sacl;
	struct kacs_acl staged_dacl;
	struct kacs_acl staged_sacl;
};

/**
 * struct kacs_policy - a validated central policy
 * @rules: the rules, pointing into the specification's bytes
 * @count: how many; 0 is legal and changes nothing
 */
struct kacs_policy {
	const struct kacs_policy_rule *rules;
	u32 count;
};

int kacs_policy_rules(const void *spec, u32 len);
int kacs_policy_parse(struct kacs_policy *policy, struct kacs_policy_rule *rules, u32 room, const void *spec,
		      u32 len);

/* --- The decision (access.c) -------------------------------------------- */

#define KACS_STEP_COUNT 15

/**
 * struct kacs_audit_event - body of one access-audit event
 * @ace: the audit ACE that fired, NULL: forced by the token's audit policy
 * @ace_len: bytes at @ace
 * @requested: mapped request
 * @granted: final mask
 * @denied_by: requested bits that each step denied, KACS-AC-206
 * @denied_ace: index of the first ACE that denied, KACS_TRACE_NO_INDEX: none
 * @success: every requested bit was granted
 */
struct kacs_audit_event {
	const u8 *ace;
	u32 ace_len;
	u32 requested;
	u32 granted;
	const u32 *denied_by;
	u16 denied_ace;
	bool success;
};

/**
 * struct kacs_privilege_event - body of one privilege-use event
 * @privilege: KACS_PRIV_... bit number
 * @requested: bits the privilege contributed that were asked for
 * @granted: bits the privilege contributed
 * @surviving: bits of @granted in the final mask
 * @success: a requested one survived
 */
struct kacs_privilege_event {
	unsigned int privilege;
	u32 requested;
	u32 granted;
	u32 surviving;
	bool success;
};

/**
 * struct kacs_policy_event - body of one caap-policy-diagnostic event
 *
 * Its kind is always staging-mismatch: a policy's SACLs are validated when it
 * is installed, so none can turn out unusable in a check.
 *
 * @requested: mapped request
 * @granted: effective mask, the root's with a tree
 * @staged: staged mask, the root's with a tree
 * @nodes_differ: some node's effective and staged mask differ
 */
struct kacs_policy_event {
	u32 requested;
	u32 granted;
	u32 staged;
	bool nodes_differ;
};

/**
 * struct kacs_sink - where a check's events go, in the order of the sheet
 * @audit: access-audit
 * @privilege: privilege-use
 * @policy: caap-policy-diagnostic; an error fails the check (KACS-AC-193)
 *
 * Called after the decision is final, in the context of the check. Return 0
 * or a negative errno, with which the check then fails closed.
 */
struct kacs_sink {
	int (*audit)(void *ctx, const struct kacs_audit_event *event);
	int (*privilege)(void *ctx, const struct kacs_privilege_event *event);
	int (*policy)(void *ctx, const struct kacs_policy_event *event);
};

/**
 * struct kacs_request - one access decision to take
 * @subject: prepared token
 * @state: snapshot of its adjustable part
 * @desired: request, may hold generic bits and MAXIMUM_ALLOWED
 * @map: the object type's generic mapping
 * @intent: KACS_BACKUP_INTENT, KACS_RESTORE_INTENT
 * @pip_type: process integrity type of the caller's process
 * @pip_trust: its trust
 * @self_sid: PRINCIPAL_SELF, NULL: none; checked by the call
 * @self_sid_len: bytes at @self_sid
 * @local_claims: claim array, NULL: none; checked by the call
 * @local_claims_len: bytes at @local_claims
 * @tree: object-type entries, NULL: none; checked by the call
 * @tree_count: how many
 * @results: one per node for a list call, NULL: scalar call
 * @find_policy: central policy of a SID, NULL: none is cached. Asked more than
 *               once, it answers the same, valid until the check returns
 * @find_ctx: its first argument
 * @sink: takes the events, NULL: nobody wants them
 * @sink_ctx: its first argument
 * @trace: KACS_TRACE_ENTRIES entries to fill, NULL: no trace
 * @scratch: 8-byte aligned working memory
 * @scratch_len: at least kacs_scratch_size() bytes
 */
struct kacs_request {
	const struct kacs_subject *subject;
	const struct kacs_subject_state *state;
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
	const struct kacs_policy *(*find_policy)(void *ctx, const u8 *sid, u32 sid_len);
	void *find_ctx;
	const struct kacs_sink *sink;
	void *sink_ctx;
	struct kacs_trace_entry *trace;
	void *scratch;
	u32 scratch_len;
};

/**
 * struct kacs_result - what a decision said
 * @granted: final mask, the root's with a tree; 0 when a gate or an error
 *           ended the check
 * @want: mapped request without MAXIMUM_ALLOWED
 * @continuous_audit: alarm mask for the handle
 * @used: privileges to mark used, KACS-AC-160
 * @staging_mismatch: effective and staged policies differ
 */
struct kacs_result {
	u32 granted;
	u32 want;
	u32 continuous_audit;
	u64 used;
	bool staging_mismatch;
};

u32 kacs_scratch_size(const struct kacs_sd *sd, u32 tree_count);
int kacs_access_check(const struct kacs_request *req, const struct kacs_sd *sd, struct kacs_result *res);
int kacs_access_check_raw(const struct kacs_request *req, const void *sd, u32 sd_len,
			  struct kacs_result *res);

/* --- Inheritance (inherit.c) -------------------------------------------- */

/**
 * struct kacs_inherit - inputs of a new object's descriptor, KACS-FMT-083
 * @parent: the container's descriptor, NULL: no parent
 * @creator: explicit descriptor, NULL: none
 * @owner: token's default owner
 * @group: token's default primary group
 * @default_dacl: token's default DACL, NULL: none
 * @default_dacl_len: bytes at @default_dacl
 * @server_dacl: default DACL of the primary token, for SERVER_SECURITY
 * @server_dacl_len: bytes at @server_dacl
 * @map: the object type's generic mapping
 * @class_guid: the child's class, NULL: none
 * @container: the child can have children
 */
struct kacs_inherit {
	const struct kacs_sd *parent;
	const struct kacs_sd *creator;
	const u8 *owner;
	const u8 *group;
	const u8 *default_dacl;
	u32 default_dacl_len;
	const u8 *server_dacl;
	u32 server_dacl_len;
	const struct kacs_generic_map *map;
	const u8 *class_guid;
	bool container;
};

int kacs_inherit_sd(const struct kacs_inherit *in, struct pkm_writer *w);

/* --- Event bodies (payload.c) ------------------------------------------- */

/**
 * struct kacs_event_who - the subject and process maps of every audit event
 * @subject: token of the decision
 * @pip_type: values used for the decision
 * @pip_trust: values used for the decision
 * @object_context: the caller's audit context, NULL: nil
 * @object_context_len: bytes at @object_context
 * @pid: process id
 * @name: task name, UTF-8
 * @name_len: bytes at @name
 * @path: executable path, UTF-8
 * @path_len: bytes at @path
 */
struct kacs_event_who {
	const struct kacs_subject *subject;
	u32 pip_type;
	u32 pip_trust;
	const u8 *object_context;
	u32 object_context_len;
	u32 pid;
	const u8 *name;
	u32 name_len;
	const u8 *path;
	u32 path_len;
};

/**
 * struct kacs_token_event - body of one token-create event
 * @mode: "mint", "duplicate" or "filter"
 * @guid: of the new token, 16 bytes
 * @source_guid: of what it was made from, NULL for mint
 * @spec: fixed part
 * @privs_present: final state
 * @privs_enabled: final state
 * @auth_id: logon session
 * @token_type: KACS_TOKEN_TYPE_..., of this copy
 * @level: KACS_LEVEL_..., of this copy
 * @scope: interactivity scope
 */
struct kacs_token_event {
	const char *mode;
	const u8 *guid;
	const u8 *source_guid;
	const struct kacs_token_spec *spec;
	u64 privs_present;
	u64 privs_enabled;
	u64 auth_id;
	u32 token_type;
	u32 level;
	u32 scope;
};

/**
 * struct kacs_session_event - body of the events of a logon session
 * @id: session
 * @created_at: nanoseconds since 1970
 * @user: user SID
 * @auth_package: UTF-8
 * @auth_package_len: bytes at @auth_package
 * @logon_type: KACS_LOGON_...
 */
struct kacs_session_event {
	u64 id;
	u64 created_at;
	const u8 *user;
	const u8 *auth_package;
	u32 auth_package_len;
	u32 logon_type;
};

/**
 * struct kacs_process_event - body of process-create and process-exec events
 * @process_guid: 16 bytes
 * @parent_guid: of the forking process, 16 bytes; process-create only
 * @token_guid: primary token, 16 bytes
 * @pid: process id
 * @parent_pid: of the forking process; process-create only
 * @pip_type: of the new program; process-exec only
 * @pip_trust: of the new program; process-exec only
 * @path: of the executable, UTF-8; process-exec only
 * @path_len: bytes at @path
 */
struct kacs_process_event {
	const u8 *process_guid;
	const u8 *parent_guid;
	const u8 *token_guid;
	u32 pid;
	u32 parent_pid;
	u32 pip_type;
	u32 pip_trust;
	const u8 *path;
	u32 path_len;
};

/* Bytes that any process-create body fits in. */
#define KACS_PROCESS_CREATE_MAX 160

/* Each returns the bytes needed; the body is whole iff they fit in @cap. */
u32 kacs_payload_audit(void *buf, u32 cap, const struct kacs_event_who *who,
		       const struct kacs_audit_event *event);
u32 kacs_payload_privilege(void *buf, u32 cap, const struct kacs_event_who *who,
			   const struct kacs_privilege_event *event);
u32 kacs_payload_policy(void *buf, u32 cap, const struct kacs_event_who *who,
			const struct kacs_policy_event *event);
u32 kacs_payload_token(void *buf, u32 cap, const struct kacs_token_event *event);
u32 kacs_payload_session(void *buf, u32 cap, const struct kacs_session_event *event);
u32 kacs_payload_process_create(void *buf, u32 cap, const struct kacs_process_event *event);
u32 kacs_payload_process_exec(void *buf, u32 cap, const struct kacs_process_event *event);

#endif
