/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Numbers of the KACS formats: masks, ACE types and flags, control bits,
 * attributes, privileges, limits.
 */
#ifndef _PKM_CORE_KACS_BITS_H
#define _PKM_CORE_KACS_BITS_H

/* Access mask bits, KACS-FMT-054. */
#define KACS_DELETE                 0x00010000U
#define KACS_READ_CONTROL           0x00020000U
#define KACS_WRITE_DAC              0x00040000U
#define KACS_WRITE_OWNER            0x00080000U
#define KACS_SYNCHRONIZE            0x00100000U
#define KACS_ACCESS_SYSTEM_SECURITY 0x01000000U
#define KACS_MAXIMUM_ALLOWED        0x02000000U
#define KACS_GENERIC_ALL            0x10000000U
#define KACS_GENERIC_EXECUTE        0x20000000U
#define KACS_GENERIC_WRITE          0x40000000U
#define KACS_GENERIC_READ           0x80000000U
#define KACS_GENERIC_BITS           0xf0000000U
/* Bits 21-23, 26, 27: refused in requests, without effect in ACEs. */
#define KACS_RESERVED_BITS 0x0ce00000U

/* ACE types, KACS-FMT-062. */
#define KACS_ACE_ALLOWED                 0x00
#define KACS_ACE_DENIED                  0x01
#define KACS_ACE_AUDIT                   0x02
#define KACS_ACE_ALARM                   0x03
#define KACS_ACE_ALLOWED_OBJECT          0x05
#define KACS_ACE_DENIED_OBJECT           0x06
#define KACS_ACE_AUDIT_OBJECT            0x07
#define KACS_ACE_ALARM_OBJECT            0x08
#define KACS_ACE_ALLOWED_CALLBACK        0x09
#define KACS_ACE_DENIED_CALLBACK         0x0a
#define KACS_ACE_ALLOWED_CALLBACK_OBJECT 0x0b
#define KACS_ACE_DENIED_CALLBACK_OBJECT  0x0c
#define KACS_ACE_AUDIT_CALLBACK          0x0d
#define KACS_ACE_ALARM_CALLBACK          0x0e
#define KACS_ACE_AUDIT_CALLBACK_OBJECT   0x0f
#define KACS_ACE_ALARM_CALLBACK_OBJECT   0x10
#define KACS_ACE_MANDATORY_LABEL         0x11
#define KACS_ACE_RESOURCE_ATTRIBUTE      0x12
#define KACS_ACE_SCOPED_POLICY           0x13
#define KACS_ACE_TRUST_LABEL             0x14

/* ACE flags, KACS-FMT-063. */
#define KACS_ACE_OBJECT_INHERIT       0x01
#define KACS_ACE_CONTAINER_INHERIT    0x02
#define KACS_ACE_NO_PROPAGATE_INHERIT 0x04
#define KACS_ACE_INHERIT_ONLY         0x08
#define KACS_ACE_INHERITED            0x10
#define KACS_ACE_SUCCESSFUL_ACCESS    0x40
#define KACS_ACE_FAILED_ACCESS        0x80

/* Object flags of an object ACE, KACS-FMT-065. */
#define KACS_ACE_OBJECT_TYPE_PRESENT           0x1
#define KACS_ACE_INHERITED_OBJECT_TYPE_PRESENT 0x2

/* Descriptor control bits, KACS-FMT-040. */
#define KACS_SE_OWNER_DEFAULTED       0x0001
#define KACS_SE_GROUP_DEFAULTED       0x0002
#define KACS_SE_DACL_PRESENT          0x0004
#define KACS_SE_DACL_DEFAULTED        0x0008
#define KACS_SE_SACL_PRESENT          0x0010
#define KACS_SE_SACL_DEFAULTED        0x0020
#define KACS_SE_DACL_TRUSTED          0x0040
#define KACS_SE_SERVER_SECURITY       0x0080
#define KACS_SE_DACL_AUTO_INHERIT_REQ 0x0100
#define KACS_SE_SACL_AUTO_INHERIT_REQ 0x0200
#define KACS_SE_DACL_AUTO_INHERITED   0x0400
#define KACS_SE_SACL_AUTO_INHERITED   0x0800
#define KACS_SE_DACL_PROTECTED        0x1000
#define KACS_SE_SACL_PROTECTED        0x2000
#define KACS_SE_RM_CONTROL_VALID      0x4000
#define KACS_SE_SELF_RELATIVE         0x8000

/* Group attributes, KACS-FMT-021. */
#define KACS_GROUP_MANDATORY          0x00000001U
#define KACS_GROUP_ENABLED_BY_DEFAULT 0x00000002U
#define KACS_GROUP_ENABLED            0x00000004U
#define KACS_GROUP_OWNER              0x00000008U
#define KACS_GROUP_DENY_ONLY          0x00000010U
#define KACS_GROUP_RESOURCE           0x20000000U
#define KACS_GROUP_LOGON_ID           0xc0000000U

/* Token policies, KACS-TOK-013, KACS-TOK-020. */
#define KACS_MANDATORY_NO_WRITE_UP     0x1
#define KACS_MANDATORY_NEW_PROCESS_MIN 0x2
#define KACS_AUDIT_OBJECT_SUCCESS      0x1
#define KACS_AUDIT_OBJECT_FAILURE      0x2
#define KACS_AUDIT_PRIVILEGE_SUCCESS   0x4
#define KACS_AUDIT_PRIVILEGE_FAILURE   0x8

/* Privilege bit numbers, KACS-TOK-027. */
#define KACS_PRIV_CREATE_TOKEN            2
#define KACS_PRIV_ASSIGN_PRIMARY          3
#define KACS_PRIV_LOCK_MEMORY             4
#define KACS_PRIV_INCREASE_QUOTA          5
#define KACS_PRIV_MACHINE_ACCOUNT         6
#define KACS_PRIV_TCB                     7
#define KACS_PRIV_SECURITY                8
#define KACS_PRIV_TAKE_OWNERSHIP          9
#define KACS_PRIV_LOAD_DRIVER             10
#define KACS_PRIV_SYSTEM_PROFILE          11
#define KACS_PRIV_SYSTEMTIME              12
#define KACS_PRIV_PROFILE_SINGLE_PROCESS  13
#define KACS_PRIV_INCREASE_BASE_PRIORITY  14
#define KACS_PRIV_CREATE_PAGEFILE         15
#define KACS_PRIV_CREATE_PERMANENT        16
#define KACS_PRIV_BACKUP                  17
#define KACS_PRIV_RESTORE                 18
#define KACS_PRIV_SHUTDOWN                19
#define KACS_PRIV_DEBUG                   20
#define KACS_PRIV_AUDIT                   21
#define KACS_PRIV_SYSTEM_ENVIRONMENT      22
#define KACS_PRIV_CHANGE_NOTIFY           23
#define KACS_PRIV_REMOTE_SHUTDOWN         24
#define KACS_PRIV_UNDOCK                  25
#define KACS_PRIV_SYNC_AGENT              26
#define KACS_PRIV_ENABLE_DELEGATION       27
#define KACS_PRIV_MANAGE_VOLUME           28
#define KACS_PRIV_IMPERSONATE             29
#define KACS_PRIV_CREATE_GLOBAL           30
#define KACS_PRIV_TRUSTED_CRED_MAN_ACCESS 31
#define KACS_PRIV_RELABEL                 32
#define KACS_PRIV_INCREASE_WORKING_SET    33
#define KACS_PRIV_TIME_ZONE               34
#define KACS_PRIV_CREATE_SYMBOLIC_LINK    35
#define KACS_PRIV_CREATE_JOB              62
#define KACS_PRIV_BIND_PRIVILEGED_PORT    63
#define KACS_PRIV_ALL                     0xc000000ffffffffcULL
#define KACS_PRIV_MASK(bit)               (1ULL << (bit))

/* Limits. */
#define KACS_SID_MAX          68
#define KACS_SD_MAX           65535
#define KACS_SD_HEADER        20
#define KACS_ACL_HEADER       8
#define KACS_CLAIMS_MAX       65536
#define KACS_CLAIM_NAME_MAX   256
#define KACS_CLAIM_VALUES_MAX 1024
#define KACS_TREE_MAX         1024
#define KACS_COND_DEPTH       1024
#define KACS_SET_MAX          4095
#define KACS_TOKEN_GROUPS_MAX 64
#define KACS_POLICY_SPEC_MAX  262144
#define KACS_POLICY_RULES_MAX 256
#define KACS_POLICY_COND_MAX  65536

#endif
