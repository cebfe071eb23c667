/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
/*
 * The KACS interface: /dev/kacs and token descriptors.
 *
 *	int dev = open("/dev/kacs", O_RDWR | O_CLOEXEC);
 *	struct kacs_open_self_token_args self = { .access_mask = KACS_TOKEN_QUERY };
 *	int token = ioctl(dev, KACS_IOC_OPEN_SELF_TOKEN, &self);
 *	struct kacs_query_args query = {
 *		.token_class = KACS_TOKEN_CLASS_USER,
 *		.buf_len = sizeof(sid), .buf_ptr = (__u64)sid,
 *	};
 *	ioctl(token, KACS_IOC_QUERY, &query);
 *
 * Calls that make a token return its descriptor (always close-on-exec). All
 * failures are -1 with errno. Inputs named pad or reserved must be zero.
 * Rule numbers (KACS-...) are those of docs/spec.
 */
#ifndef _UAPI_LINUX_PKM_KACS_H
#define _UAPI_LINUX_PKM_KACS_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define KACS_ABI_VERSION 1

/* Access rights on a token, KACS-FMT-059. */
#define KACS_TOKEN_ASSIGN_PRIMARY             0x00000001
#define KACS_TOKEN_DUPLICATE                  0x00000002
#define KACS_TOKEN_IMPERSONATE                0x00000004
#define KACS_TOKEN_QUERY                      0x00000008
#define KACS_TOKEN_ADJUST_PRIVILEGES          0x00000020
#define KACS_TOKEN_ADJUST_GROUPS              0x00000040
#define KACS_TOKEN_ADJUST_DEFAULT             0x00000080
#define KACS_TOKEN_ADJUST_INTERACTIVITY_SCOPE 0x00000100
#define KACS_TOKEN_ALL_ACCESS                 0x000f01ff

/* Token types and impersonation levels, KACS-TOK-013. */
#define KACS_TOKEN_TYPE_PRIMARY       1
#define KACS_TOKEN_TYPE_IMPERSONATION 2
#define KACS_LEVEL_ANONYMOUS          0
#define KACS_LEVEL_IDENTIFICATION     1
#define KACS_LEVEL_IMPERSONATION      2
#define KACS_LEVEL_DELEGATION         3

/* Query classes, KACS-TOK-097. */
#define KACS_TOKEN_CLASS_USER                         1
#define KACS_TOKEN_CLASS_GROUPS                       2
#define KACS_TOKEN_CLASS_PRIVILEGES                   3
#define KACS_TOKEN_CLASS_TYPE                         4
#define KACS_TOKEN_CLASS_INTEGRITY_LEVEL              5
#define KACS_TOKEN_CLASS_OWNER                        6
#define KACS_TOKEN_CLASS_PRIMARY_GROUP                7
#define KACS_TOKEN_CLASS_INTERACTIVITY_SCOPE          8
#define KACS_TOKEN_CLASS_RESTRICTED_SIDS              9
#define KACS_TOKEN_CLASS_SOURCE                       10
#define KACS_TOKEN_CLASS_STATISTICS                   11
#define KACS_TOKEN_CLASS_ORIGIN                       12
#define KACS_TOKEN_CLASS_ELEVATION_TYPE               13
#define KACS_TOKEN_CLASS_DEVICE_GROUPS                14
#define KACS_TOKEN_CLASS_APPCONTAINER_SID             15
#define KACS_TOKEN_CLASS_CAPABILITIES                 16
#define KACS_TOKEN_CLASS_MANDATORY_POLICY             17
#define KACS_TOKEN_CLASS_LOGON_TYPE                   18
#define KACS_TOKEN_CLASS_LOGON_SID                    19
#define KACS_TOKEN_CLASS_DEFAULT_DACL                 20
#define KACS_TOKEN_CLASS_IMPERSONATION_LEVEL          21
#define KACS_TOKEN_CLASS_USER_CLAIMS                  22
#define KACS_TOKEN_CLASS_DEVICE_CLAIMS                23
#define KACS_TOKEN_CLASS_PROJECTED_SUPPLEMENTARY_GIDS 24

/* Token specification, KACS-TOK-045; its byte layout is in docs/abi/kacs.md. */
#define KACS_TOKEN_SPEC_VERSION 2
#define KACS_TOKEN_SPEC_MIN     192
#define KACS_TOKEN_SPEC_MAX     65536

/* Session specification and logon types, KACS-TOK-084, KACS-TOK-085. */
#define KACS_SESSION_SPEC_MIN        15
#define KACS_SESSION_SPEC_MAX        4096
#define KACS_LOGON_INTERACTIVE       2
#define KACS_LOGON_NETWORK           3
#define KACS_LOGON_BATCH             4
#define KACS_LOGON_SERVICE           5
#define KACS_LOGON_NETWORK_CLEARTEXT 8
#define KACS_LOGON_NEW_CREDENTIALS   9

/* Privilege adjustment attributes, KACS-TOK-068. */
#define KACS_PRIV_ENABLED            0x00000002
#define KACS_PRIV_REMOVED            0x00000004
#define KACS_PRIV_RESET_ALL_DEFAULTS 0x80000000

/* Group adjustment: the index that resets all, KACS-TOK-072. */
#define KACS_GROUPS_RESET_INDEX 0xffffffff

/* Default adjustment: keep the index, KACS-TOK-073. */
#define KACS_DEFAULT_KEEP_INDEX 0xffff

/* Filter flags, KACS-TOK-062. */
#define KACS_RESTRICT_WRITE_RESTRICTED 0x01

/* Flags of OPEN_SELF_TOKEN, KACS-TOK-040. */
#define KACS_REAL_TOKEN 0x01

/* Flags of PRIVILEGE_CHECK, KACS-TOK-030. */
#define KACS_PRIVCHECK_ALL_REQUIRED 0x01

/* Intents of an access check, KACS-TOK-025. */
#define KACS_BACKUP_INTENT  0x01
#define KACS_RESTORE_INTENT 0x02

/* Process mitigations, KACS-TOK-127. */
#define KACS_MIT_WXP       0x001
#define KACS_MIT_TLP       0x002
#define KACS_MIT_LSV       0x004
#define KACS_MIT_CFI       0x008
#define KACS_MIT_UI_ACCESS 0x010
#define KACS_MIT_NO_CHILD  0x020
#define KACS_MIT_CFIF      0x040
#define KACS_MIT_CFIB      0x080
#define KACS_MIT_PIE       0x100
#define KACS_MIT_SML       0x200
#define KACS_MIT_ALL       0x3ff

/* Security information bits, KACS-TOK-152. */
#define KACS_SD_OWNER 0x01
#define KACS_SD_GROUP 0x02
#define KACS_SD_DACL  0x04
#define KACS_SD_SACL  0x08
#define KACS_SD_LABEL 0x10

/* Module modes and state, as KACS_IOC_GET_STATE tells them. */
#define KACS_MODE_OFF     0
#define KACS_MODE_AUDIT   1
#define KACS_MODE_ENFORCE 2

/* Flags of struct kacs_session_info. */
#define KACS_SESSION_DEAD 0x01

/* Reports of KACS_IOC_GET_STATE. */
#define KACS_STATE_ATTACHED 0x01 /* hooks are attached */
#define KACS_STATE_ARMED    0x02 /* checks are armed */
#define KACS_STATE_FAILED   0x04 /* the watchdog found hooks missing */

/* Steps that decide an access bit, KACS-AC-204. */
#define KACS_STEP_NONE           0
#define KACS_STEP_SESSION        1
#define KACS_STEP_LEVEL          2
#define KACS_STEP_INVALID        3
#define KACS_STEP_PRIVILEGE      4
#define KACS_STEP_MIC            5
#define KACS_STEP_PIP            6
#define KACS_STEP_OWNER          7
#define KACS_STEP_DACL_ACE       8
#define KACS_STEP_DACL_END       9
#define KACS_STEP_NULL_DACL      10
#define KACS_STEP_TAKE_OWNERSHIP 11
#define KACS_STEP_RESTRICTED     12
#define KACS_STEP_CONFINEMENT    13
#define KACS_STEP_CENTRAL_POLICY 14

#define KACS_TRACE_ENTRIES  32
#define KACS_TRACE_NO_INDEX 0xffff

/* Token descriptor arguments. */

struct kacs_query_args {
	__u32 token_class;
	__u32 buf_len; /* in: room; out: payload size */
	__u64 buf_ptr;
};

struct kacs_adjust_privs_args {
	__u32 count; /* 1..64 */
	__u32 pad;
	__u64 data_ptr;         /* struct kacs_priv_entry[count] */
	__u64 previous_enabled; /* out */
};

struct kacs_priv_entry {
	__u32 luid; /* bit number */
	__u32 attributes;
};

struct kacs_duplicate_args {
	__u32 access_mask;
	__u32 token_type;
	__u32 impersonation_level;
	__s32 result_fd; /* out */
};

struct kacs_restrict_args {
	__u64 privs_to_delete;
	__u32 num_deny_indices;
	__u32 num_restrict_sids;
	__u32 data_len;
	__u32 flags;
	__u64 data_ptr;  /* u32[num_deny_indices], then packed SIDs */
	__s32 result_fd; /* out */
	__u32 pad;
};

struct kacs_link_tokens_args {
	__s32 elevated_fd;
	__s32 filtered_fd;
	__u64 logon_session_id;
};

struct kacs_get_linked_token_args {
	__s32 result_fd; /* out */
};

struct kacs_adjust_groups_args {
	__u32 count; /* 1..64 */
	__u32 pad;
	__u64 data_ptr;       /* struct kacs_group_entry[count] */
	__u64 previous_state; /* out */
};

struct kacs_group_entry {
	__u32 index;
	__u32 enable; /* 0 or 1 */
};

struct kacs_adjust_default_args {
	__u64 dacl_ptr;
	__u32 dacl_len;
	__u16 owner_index;
	__u16 group_index;
};

/* Device arguments. */

struct kacs_open_self_token_args {
	__u32 flags;
	__u32 access_mask;
};

struct kacs_open_process_token_args {
	__s32 pidfd;
	__u32 access_mask;
};

struct kacs_open_thread_token_args {
	__s32 pidfd;
	__s32 tid;
	__u32 access_mask;
};

struct kacs_open_peer_token_args {
	__s32 conn_fd;
};

struct kacs_create_token_args {
	__u64 spec_ptr;
	__u64 spec_len;
};

struct kacs_create_logon_session_args {
	__u64 spec_ptr;
	__u64 spec_len;
	__u64 session_id; /* out */
};

struct kacs_logon_session_args {
	__u64 auth_id;
};

/*
 * Logon session look-up: needs read access under the sessions descriptor
 * (KACS-TOK-142) or membership of the session asked for.
 */
struct kacs_session_info {
	__u64 auth_id;          /* in */
	__u64 created_at;       /* out, ns since the epoch */
	__u64 auth_package_ptr; /* in, may be 0 */
	__u32 auth_package_len; /* in: room; out: its length */
	__u32 logon_type;       /* out */
	__u32 flags;            /* out, KACS_SESSION_... */
	__u32 user_sid_len;     /* out */
	__u8 user_sid[72];      /* out; a SID is at most 68 bytes */
};

struct kacs_impersonate_peer_args {
	__s32 conn_fd;
};

struct kacs_set_impersonation_level_args {
	__s32 sock_fd;
	__u32 level;
};

struct kacs_privilege_check_args {
	__u64 privileges_ptr; /* u32[count], bit numbers */
	__u32 count;
	__u32 flags;
};

struct kacs_set_psb_args {
	__s32 pidfd; /* -1: the caller */
	__u32 mitigations;
};

struct kacs_set_anonymous_policy_args {
	__u32 include_everyone; /* 0 or 1 */
};

/* Query-only handle on a process's or thread's token, KACS-TOK-140. */
struct kacs_inspect_token_args {
	__s32 pidfd;
	__s32 tid; /* 0: the process's primary token */
};

struct kacs_state {
	__u32 abi_version;
	__u32 mode;  /* KACS_MODE_... */
	__u32 state; /* KACS_STATE_... */
	__u32 hooks; /* hooks attached */
};

/* KACS-AC-007. A caller may set a smaller size; the rest reads as zero. */
struct kacs_access_check_args {
	__u32 size;
	__s32 token_fd; /* -1: the caller's effective token */
	__u64 sd_ptr;
	__u32 sd_len;
	__u32 desired_access;
	__u32 generic_read;
	__u32 generic_write;
	__u32 generic_execute;
	__u32 generic_all;
	__u64 self_sid_ptr;
	__u32 self_sid_len;
	__u32 privilege_intent;
	__u64 object_tree_ptr;
	__u32 object_tree_count;
	__u32 _pad0;
	__u64 local_claims_ptr;
	__u32 local_claims_len;
	__u32 _pad1;
	__u64 granted_out_ptr;
	__u32 pip_type;
	__u32 pip_trust;
	__u64 audit_context_ptr;
	__u32 audit_context_len;
	__u32 _pad2;
	__u64 continuous_audit_out_ptr;
	__u64 staging_mismatch_out_ptr;
};

#define KACS_ACCESS_CHECK_ARGS_MIN 40
#define KACS_AUDIT_CONTEXT_MAX     4096

/* KACS-AC-020; 20 bytes, so the GUID is unaligned. */
struct kacs_object_type_entry {
	__u16 level;
	__u16 _reserved;
	__u8 guid[16];
};

struct kacs_node_result {
	__u32 granted;
	__s32 status; /* 0 or -EACCES */
};

struct kacs_access_check_list_args {
	__u64 args_ptr;    /* struct kacs_access_check_args */
	__u64 results_ptr; /* struct kacs_node_result[results_count] */
	__u32 results_count;
	__u32 pad;
};

struct kacs_trace_entry {
	__u8 step;
	__u8 granted;
	__u16 ace_index;
	__u16 policy_index;
	__u16 rule_index;
};

struct kacs_explain_args {
	__u64 args_ptr;  /* struct kacs_access_check_args */
	__u64 trace_ptr; /* struct kacs_trace_entry[KACS_TRACE_ENTRIES] */
};

struct kacs_set_caap_args {
	__u64 policy_sid_ptr;
	__u64 spec_ptr;
	__u32 policy_sid_len;
	__u32 spec_len;
};

/* KACS-ENF-156, KACS-ENF-157. */
struct kacs_sd_args {
	__s32 dirfd;
	__u32 security_info;
	__u64 path_ptr;
	__u64 buf_ptr;
	__u32 buf_len;
	__u32 flags;
};

#define KACS_IOC_MAGIC 'K'

/* On a token descriptor, KACS-TOK-002. */
#define KACS_IOC_QUERY                      _IOWR(KACS_IOC_MAGIC, 0x00, struct kacs_query_args)
#define KACS_IOC_ADJUST_PRIVS               _IOW(KACS_IOC_MAGIC, 0x01, struct kacs_adjust_privs_args)
#define KACS_IOC_DUPLICATE                  _IOWR(KACS_IOC_MAGIC, 0x02, struct kacs_duplicate_args)
#define KACS_IOC_INSTALL                    _IO(KACS_IOC_MAGIC, 0x03)
#define KACS_IOC_RESTRICT                   _IOWR(KACS_IOC_MAGIC, 0x04, struct kacs_restrict_args)
#define KACS_IOC_LINK_TOKENS                _IOW(KACS_IOC_MAGIC, 0x05, struct kacs_link_tokens_args)
#define KACS_IOC_GET_LINKED_TOKEN           _IOWR(KACS_IOC_MAGIC, 0x06, struct kacs_get_linked_token_args)
#define KACS_IOC_ADJUST_GROUPS              _IOW(KACS_IOC_MAGIC, 0x07, struct kacs_adjust_groups_args)
#define KACS_IOC_IMPERSONATE                _IO(KACS_IOC_MAGIC, 0x08)
#define KACS_IOC_ADJUST_DEFAULT             _IOW(KACS_IOC_MAGIC, 0x09, struct kacs_adjust_default_args)
#define KACS_IOC_ADJUST_INTERACTIVITY_SCOPE _IOW(KACS_IOC_MAGIC, 0x0a, __u32)

/* On /dev/kacs. */
#define KACS_IOC_ABI_VERSION                 _IOR(KACS_IOC_MAGIC, 0x20, __u32)
#define KACS_IOC_OPEN_SELF_TOKEN             _IOW(KACS_IOC_MAGIC, 0x21, struct kacs_open_self_token_args)
#define KACS_IOC_OPEN_PROCESS_TOKEN          _IOW(KACS_IOC_MAGIC, 0x22, struct kacs_open_process_token_args)
#define KACS_IOC_OPEN_THREAD_TOKEN           _IOW(KACS_IOC_MAGIC, 0x23, struct kacs_open_thread_token_args)
#define KACS_IOC_OPEN_PEER_TOKEN             _IOW(KACS_IOC_MAGIC, 0x24, struct kacs_open_peer_token_args)
#define KACS_IOC_CREATE_TOKEN                _IOW(KACS_IOC_MAGIC, 0x25, struct kacs_create_token_args)
#define KACS_IOC_CREATE_LOGON_SESSION        _IOWR(KACS_IOC_MAGIC, 0x26, struct kacs_create_logon_session_args)
#define KACS_IOC_DESTROY_EMPTY_LOGON_SESSION _IOW(KACS_IOC_MAGIC, 0x27, struct kacs_logon_session_args)
#define KACS_IOC_INVALIDATE_LOGON_SESSION    _IOW(KACS_IOC_MAGIC, 0x28, struct kacs_logon_session_args)
#define KACS_IOC_IMPERSONATE_PEER            _IOW(KACS_IOC_MAGIC, 0x29, struct kacs_impersonate_peer_args)
#define KACS_IOC_REVERT                      _IO(KACS_IOC_MAGIC, 0x2a)
#define KACS_IOC_SET_IMPERSONATION_LEVEL     _IOW(KACS_IOC_MAGIC, 0x2b, struct kacs_set_impersonation_level_args)
#define KACS_IOC_PRIVILEGE_CHECK             _IOW(KACS_IOC_MAGIC, 0x2c, struct kacs_privilege_check_args)
#define KACS_IOC_SET_PSB                     _IOW(KACS_IOC_MAGIC, 0x2d, struct kacs_set_psb_args)
#define KACS_IOC_SET_ANONYMOUS_POLICY        _IOW(KACS_IOC_MAGIC, 0x2e, struct kacs_set_anonymous_policy_args)
#define KACS_IOC_ARM                         _IO(KACS_IOC_MAGIC, 0x2f)
#define KACS_IOC_ACCESS_CHECK                _IOWR(KACS_IOC_MAGIC, 0x30, struct kacs_access_check_args)
#define KACS_IOC_ACCESS_CHECK_LIST           _IOW(KACS_IOC_MAGIC, 0x31, struct kacs_access_check_list_args)
#define KACS_IOC_EXPLAIN                     _IOW(KACS_IOC_MAGIC, 0x32, struct kacs_explain_args)
#define KACS_IOC_SET_CAAP                    _IOW(KACS_IOC_MAGIC, 0x33, struct kacs_set_caap_args)
#define KACS_IOC_INSPECT_TOKEN               _IOW(KACS_IOC_MAGIC, 0x34, struct kacs_inspect_token_args)
#define KACS_IOC_GET_LOGON_SESSION           _IOWR(KACS_IOC_MAGIC, 0x35, struct kacs_session_info)
#define KACS_IOC_GET_SD                      _IOW(KACS_IOC_MAGIC, 0x36, struct kacs_sd_args)
#define KACS_IOC_SET_SD                      _IOW(KACS_IOC_MAGIC, 0x37, struct kacs_sd_args)
#define KACS_IOC_GET_STATE                   _IOR(KACS_IOC_MAGIC, 0x38, struct kacs_state)

#endif
