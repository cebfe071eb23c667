// SPDX-License-Identifier: MIT
/*
 * The numbers of /dev/kacs, against the tables of the sheets: whoever changes
 * one breaks every program that was ever built.
 */
#include "harness.h"

#include <pkm/core/kacs.h>
#include <sys/ioctl.h>

/* KACS-TOK-002 */
TEST(Abi_TokenCommands_HaveTheSheetsCodes)
{
	EXPECT_EQ(KACS_IOC_QUERY, 0xC0104B00);
	EXPECT_EQ(KACS_IOC_ADJUST_PRIVS, 0x40184B01);
	EXPECT_EQ(KACS_IOC_DUPLICATE, 0xC0104B02);
	EXPECT_EQ(KACS_IOC_INSTALL, 0x00004B03);
	EXPECT_EQ(KACS_IOC_RESTRICT, 0xC0284B04);
	EXPECT_EQ(KACS_IOC_LINK_TOKENS, 0x40104B05);
	EXPECT_EQ(KACS_IOC_GET_LINKED_TOKEN, 0xC0044B06);
	EXPECT_EQ(KACS_IOC_ADJUST_GROUPS, 0x40184B07);
	EXPECT_EQ(KACS_IOC_IMPERSONATE, 0x00004B08);
	EXPECT_EQ(KACS_IOC_ADJUST_DEFAULT, 0x40104B09);
	EXPECT_EQ(KACS_IOC_ADJUST_INTERACTIVITY_SCOPE, 0x40044B0A);
}

#define AT(type, field, where) EXPECT_EQ(offsetof(struct type, field), where)

/* KACS-TOK-054, KACS-TOK-060, KACS-TOK-067, KACS-TOK-070, KACS-TOK-073 */
TEST(Abi_TokenArguments_LieAsInTheSheet)
{
	EXPECT_EQ(sizeof(struct kacs_duplicate_args), 16);
	AT(kacs_duplicate_args, access_mask, 0);
	AT(kacs_duplicate_args, token_type, 4);
	AT(kacs_duplicate_args, impersonation_level, 8);
	AT(kacs_duplicate_args, result_fd, 12);
	EXPECT_EQ(sizeof(struct kacs_restrict_args), 40);
	AT(kacs_restrict_args, privs_to_delete, 0);
	AT(kacs_restrict_args, num_deny_indices, 8);
	AT(kacs_restrict_args, num_restrict_sids, 12);
	AT(kacs_restrict_args, data_len, 16);
	AT(kacs_restrict_args, flags, 20);
	AT(kacs_restrict_args, data_ptr, 24);
	AT(kacs_restrict_args, result_fd, 32);
	AT(kacs_restrict_args, pad, 36);
	EXPECT_EQ(sizeof(struct kacs_adjust_privs_args), 24);
	AT(kacs_adjust_privs_args, data_ptr, 8);
	AT(kacs_adjust_privs_args, previous_enabled, 16);
	EXPECT_EQ(sizeof(struct kacs_priv_entry), 8);
	EXPECT_EQ(sizeof(struct kacs_adjust_groups_args), 24);
	AT(kacs_adjust_groups_args, data_ptr, 8);
	AT(kacs_adjust_groups_args, previous_state, 16);
	EXPECT_EQ(sizeof(struct kacs_group_entry), 8);
	EXPECT_EQ(sizeof(struct kacs_adjust_default_args), 16);
	AT(kacs_adjust_default_args, dacl_len, 8);
	AT(kacs_adjust_default_args, owner_index, 12);
	AT(kacs_adjust_default_args, group_index, 14);
}

/* KACS-TOK-076, KACS-TOK-080, KACS-TOK-093 */
TEST(Abi_LinkAndQueryArguments_LieAsInTheSheet)
{
	EXPECT_EQ(sizeof(struct kacs_link_tokens_args), 16);
	AT(kacs_link_tokens_args, elevated_fd, 0);
	AT(kacs_link_tokens_args, filtered_fd, 4);
	AT(kacs_link_tokens_args, logon_session_id, 8);
	EXPECT_EQ(sizeof(struct kacs_get_linked_token_args), 4);
	EXPECT_EQ(sizeof(struct kacs_query_args), 16);
	AT(kacs_query_args, token_class, 0);
	AT(kacs_query_args, buf_len, 4);
	AT(kacs_query_args, buf_ptr, 8);
}

/* KACS-TOK-001: arguments in the sheet's order, commands of type K from 0x20 */
TEST(Abi_CallArguments_LieAsInTheSheet)
{
	static const struct {
		u32 command, nr, size;
	} calls[] = {
		{ KACS_IOC_OPEN_SELF_TOKEN, 0x21, 8 },
		{ KACS_IOC_OPEN_PROCESS_TOKEN, 0x22, 8 },
		{ KACS_IOC_OPEN_THREAD_TOKEN, 0x23, 12 },
		{ KACS_IOC_OPEN_PEER_TOKEN, 0x24, 4 },
		{ KACS_IOC_CREATE_TOKEN, 0x25, 16 },
		{ KACS_IOC_CREATE_LOGON_SESSION, 0x26, 24 },
		{ KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, 0x27, 8 },
		{ KACS_IOC_INVALIDATE_LOGON_SESSION, 0x28, 8 },
		{ KACS_IOC_IMPERSONATE_PEER, 0x29, 4 },
		{ KACS_IOC_REVERT, 0x2a, 0 },
		{ KACS_IOC_SET_IMPERSONATION_LEVEL, 0x2b, 8 },
		{ KACS_IOC_PRIVILEGE_CHECK, 0x2c, 16 },
		{ KACS_IOC_SET_PSB, 0x2d, 8 },
		{ KACS_IOC_SET_ANONYMOUS_POLICY, 0x2e, 4 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		EXPECT_EQ(_IOC_TYPE(calls[i].command), 'K');
		EXPECT_EQ(_IOC_NR(calls[i].command), calls[i].nr);
		EXPECT_EQ(_IOC_SIZE(calls[i].command), calls[i].size);
	}
	AT(kacs_open_self_token_args, flags, 0);
	AT(kacs_open_self_token_args, access_mask, 4);
	AT(kacs_open_process_token_args, pidfd, 0);
	AT(kacs_open_process_token_args, access_mask, 4);
	AT(kacs_open_thread_token_args, pidfd, 0);
	AT(kacs_open_thread_token_args, tid, 4);
	AT(kacs_open_thread_token_args, access_mask, 8);
	AT(kacs_create_token_args, spec_ptr, 0);
	AT(kacs_create_token_args, spec_len, 8);
	AT(kacs_create_logon_session_args, spec_ptr, 0);
	AT(kacs_create_logon_session_args, spec_len, 8);
	AT(kacs_create_logon_session_args, session_id, 16);
	AT(kacs_set_impersonation_level_args, sock_fd, 0);
	AT(kacs_set_impersonation_level_args, level, 4);
	AT(kacs_privilege_check_args, privileges_ptr, 0);
	AT(kacs_privilege_check_args, count, 8);
	AT(kacs_privilege_check_args, flags, 12);
	AT(kacs_set_psb_args, pidfd, 0);
	AT(kacs_set_psb_args, mitigations, 4);
}

/* KACS-AC-007 */
TEST(Abi_AccessCheckArguments_LieAsInTheSheet)
{
	EXPECT_EQ(sizeof(struct kacs_access_check_args), 136);
	AT(kacs_access_check_args, size, 0);
	AT(kacs_access_check_args, token_fd, 4);
	AT(kacs_access_check_args, sd_ptr, 8);
	AT(kacs_access_check_args, sd_len, 16);
	AT(kacs_access_check_args, desired_access, 20);
	AT(kacs_access_check_args, generic_read, 24);
	AT(kacs_access_check_args, generic_write, 28);
	AT(kacs_access_check_args, generic_execute, 32);
	AT(kacs_access_check_args, generic_all, 36);
	AT(kacs_access_check_args, self_sid_ptr, 40);
	AT(kacs_access_check_args, self_sid_len, 48);
	AT(kacs_access_check_args, privilege_intent, 52);
	AT(kacs_access_check_args, object_tree_ptr, 56);
	AT(kacs_access_check_args, object_tree_count, 64);
	AT(kacs_access_check_args, _pad0, 68);
	AT(kacs_access_check_args, local_claims_ptr, 72);
	AT(kacs_access_check_args, local_claims_len, 80);
	AT(kacs_access_check_args, _pad1, 84);
	AT(kacs_access_check_args, granted_out_ptr, 88);
	AT(kacs_access_check_args, pip_type, 96);
	AT(kacs_access_check_args, pip_trust, 100);
	AT(kacs_access_check_args, audit_context_ptr, 104);
	AT(kacs_access_check_args, audit_context_len, 112);
	AT(kacs_access_check_args, _pad2, 116);
	AT(kacs_access_check_args, continuous_audit_out_ptr, 120);
	AT(kacs_access_check_args, staging_mismatch_out_ptr, 128);
}

/* KACS-AC-003, KACS-AC-020, KACS-AC-205 */
TEST(Abi_TreesResultsAndTraces_LieAsInTheSheet)
{
	EXPECT_EQ(sizeof(struct kacs_object_type_entry), 20);
	AT(kacs_object_type_entry, level, 0);
	AT(kacs_object_type_entry, _reserved, 2);
	AT(kacs_object_type_entry, guid, 4);
	EXPECT_EQ(sizeof(struct kacs_node_result), 8);
	AT(kacs_node_result, status, 4);
	EXPECT_EQ(sizeof(struct kacs_trace_entry), 8);
	AT(kacs_trace_entry, granted, 1);
	AT(kacs_trace_entry, ace_index, 2);
	AT(kacs_trace_entry, policy_index, 4);
	AT(kacs_trace_entry, rule_index, 6);
}

/* KACS-TOK-020, KACS-TOK-028, KACS-TOK-032, KACS-TOK-127, KACS-TOK-152 */
TEST(Abi_Bits_AreTheSheets)
{
	u64 defined = 0;
	unsigned int bit;

	for (bit = 0; bit < 64; bit++)
		if (kacs_privilege_name(bit))
			defined |= KACS_PRIV_MASK(bit);
	/* 24 is defined, 0, 1 and 36 to 61 are not */
	EXPECT_EQ(defined, 0xC000000FFFFFFFFC);
	EXPECT_EQ(KACS_TOKEN_ASSIGN_PRIMARY | KACS_TOKEN_DUPLICATE << 4, 0x21);
	EXPECT_EQ(KACS_TOKEN_IMPERSONATE | KACS_TOKEN_QUERY, 0xc);
	EXPECT_EQ(KACS_TOKEN_ADJUST_PRIVILEGES | KACS_TOKEN_ADJUST_GROUPS << 4, 0x420);
	EXPECT_EQ(KACS_TOKEN_ADJUST_DEFAULT | KACS_TOKEN_ADJUST_INTERACTIVITY_SCOPE, 0x180);
	EXPECT_EQ(KACS_TOKEN_ALL_ACCESS, kacs_map_token.all);
	EXPECT_EQ(KACS_AUDIT_OBJECT_SUCCESS | KACS_AUDIT_OBJECT_FAILURE << 4, 0x21);
	EXPECT_EQ(KACS_AUDIT_PRIVILEGE_SUCCESS | KACS_AUDIT_PRIVILEGE_FAILURE << 4, 0x84);
	EXPECT_EQ(KACS_MIT_WXP | KACS_MIT_TLP << 4 | KACS_MIT_LSV << 8 | KACS_MIT_CFI << 12, 0x8421);
	EXPECT_EQ(KACS_MIT_UI_ACCESS | KACS_MIT_NO_CHILD << 4, 0x210);
	EXPECT_EQ(KACS_MIT_CFIF | KACS_MIT_CFIB << 4, 0x840);
	EXPECT_EQ(KACS_MIT_PIE | KACS_MIT_SML << 4, 0x2100);
	EXPECT_EQ(KACS_SD_OWNER | KACS_SD_GROUP << 4 | KACS_SD_DACL << 8 | KACS_SD_SACL << 12, 0x8421);
	EXPECT_EQ(KACS_SD_LABEL, 0x10);
}
