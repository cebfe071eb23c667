// SPDX-License-Identifier: MIT
/* ACCESS_CHECK: its argument block, its order of errors, and whom it judges. */
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kacs.h"

#define READ_CONTROL    0x00020000
#define MAXIMUM_ALLOWED 0x02000000
#define GENERIC_READ    0x80000000

struct sd {
	uint8_t bytes[256];
	uint32_t len;
};

/* Owner SYSTEM, DACL of one allow ACE. */
static struct sd sd_for(const uint8_t *sid, uint32_t mask)
{
	uint8_t sid_len = 8 + 4 * sid[1];
	uint16_t acl_len = 8 + 8 + sid_len, ace_len = 8 + sid_len;
	struct sd sd = { .bytes = { 1, 0, 0x04, 0x80, 20 } };

	sd.bytes[16] = 32;
	memcpy(sd.bytes + 20, SID_SYSTEM, 12);
	sd.bytes[32] = 2;
	memcpy(sd.bytes + 34, &acl_len, 2);
	sd.bytes[36] = 1;
	memcpy(sd.bytes + 42, &ace_len, 2);
	memcpy(sd.bytes + 44, &mask, 4);
	memcpy(sd.bytes + 48, sid, sid_len);
	sd.len = 32 + acl_len;
	return sd;
}

static struct kacs_access_check_args args_for(const struct sd *sd, int token, uint32_t desired)
{
	return (struct kacs_access_check_args){
		.size = sizeof(struct kacs_access_check_args),
		.token_fd = token,
		.sd_ptr = (uintptr_t)sd->bytes,
		.sd_len = sd->len,
		.desired_access = desired,
		.generic_read = 0x20019,
		.generic_write = 0x20006,
		.generic_all = 0xf003f,
	};
}

static int check(struct kacs_access_check_args *args)
{
	return ioctl(dev, KACS_IOC_ACCESS_CHECK, args);
}

static void test_verdicts(int token)
{
	struct sd mine = sd_for(SID_LOCAL_SERVICE, 0x20019), other = sd_for(SID_NETWORK_SERVICE, 0x20019);
	uint32_t granted = 7, alarm = 7, staging = 7;
	struct kacs_access_check_args args = args_for(&mine, token, 1);

	args.granted_out_ptr = (uintptr_t)&granted;
	args.continuous_audit_out_ptr = (uintptr_t)&alarm;
	args.staging_mismatch_out_ptr = (uintptr_t)&staging;
	ok(check(&args) == 0x20019 && granted == 0x20019, "Check_Allowed_ReturnsMask"); /* KACS-AC-001 */
	ok(!alarm && !staging, "Check_Allowed_WritesOtherWords");                       /* KACS-AC-014 */
	args.desired_access = GENERIC_READ;
	ok(check(&args) == 0x20019, "Check_Generic_IsMapped");
	args.desired_access = 2;
	fails(check(&args), EACCES, "Check_Missing_Eacces");
	ok(granted == 0x20019, "Check_Denied_StillTellsMask"); /* KACS-AC-013 */
	args = args_for(&other, token, 1);
	args.granted_out_ptr = (uintptr_t)&granted;
	fails(check(&args), EACCES, "Check_OtherUser_Eacces");
	ok(granted == 0, "Check_OtherUser_GrantsNothing");
	args.desired_access = MAXIMUM_ALLOWED;
	ok(check(&args) == 0, "Check_MaximumAllowed_Succeeds"); /* KACS-AC-028 */
	args = args_for(&mine, -1, 1);
	fails(check(&args), EACCES, "Check_OwnToken_IsSystem"); /* only LOCAL SERVICE is granted */
	args.desired_access = READ_CONTROL;
	works(check(&args), "Check_Owner_HasReadControl");
}

static void test_block(int token)
{
	static const size_t pads[] = {
		offsetof(struct kacs_access_check_args, _pad0),
		offsetof(struct kacs_access_check_args, _pad1),
		offsetof(struct kacs_access_check_args, _pad2),
	};
	struct sd sd = sd_for(SID_LOCAL_SERVICE, 0x20019);
	struct kacs_access_check_args args = args_for(&sd, token, 1), bad;
	uint8_t large[200];
	size_t i;

	args.size = 40;
	works(check(&args), "Check_Size40_Works"); /* KACS-AC-008 */
	args.size = 39;
	fails(check(&args), EINVAL, "Check_Size39_Einval");
	args.size = 0;
	fails(check(&args), EINVAL, "Check_Size0_Einval");
	args.size = 200;
	memset(large, 0xff, sizeof(large));
	memcpy(large, &args, sizeof(args));
	works(ioctl(dev, KACS_IOC_ACCESS_CHECK, large), "Check_Size200_IgnoresTail"); /* KACS-AC-009 */
	args.size = sizeof(args);
	for (i = 0; i < 3; i++) {
		bad = args;
		((uint8_t *)&bad)[pads[i]] = 1;
		fails(check(&bad), EINVAL, "Check_Pad_Einval"); /* KACS-AC-010 */
	}
	bad = args;
	bad._pad2 = 1;
	bad.size = 116;
	works(check(&bad), "Check_PadBeyondSize_Unread");
	bad = args;
	bad.privilege_intent = 4;
	fails(check(&bad), EINVAL, "Check_UnknownIntent_Einval"); /* KACS-AC-017 */
	bad = args;
	bad.audit_context_len = 4097;
	fails(check(&bad), EINVAL, "Check_LongContext_Einval"); /* KACS-AC-012 */
	bad = args;
	bad.object_tree_count = 1025;
	fails(check(&bad), EINVAL, "Check_LargeTree_Einval");
	bad = args;
	bad.desired_access = 0x00200000;
	fails(check(&bad), EINVAL, "Check_ReservedRight_Einval"); /* KACS-AC-026 */
	bad = args;
	bad.generic_read = 0x80000000;
	fails(check(&bad), EINVAL, "Check_MappingWithHighBit_Einval"); /* KACS-AC-022 */
}

static void test_token_fd(int token)
{
	struct sd sd = sd_for(SID_LOCAL_SERVICE, 0x20019);
	struct kacs_access_check_args args = args_for(&sd, 777, 1);
	int blind;

	fails(check(&args), EBADF, "Check_TokenNotOpen_Ebadf"); /* KACS-AC-019, KACS-AC-201 */
	args.token_fd = dev;
	fails(check(&args), EINVAL, "Check_TokenFdIsDevice_Einval");
	args.token_fd = -2;
	fails(check(&args), EBADF, "Check_TokenFdNegative_Ebadf");
	blind = duplicate(token, KACS_TOKEN_DUPLICATE, 1, 0);
	args.token_fd = blind;
	fails(check(&args), EACCES, "Check_TokenWithoutQuery_Eacces"); /* KACS-AC-018 */
	close(blind);
}

static void test_memory(int token)
{
	struct sd sd = sd_for(SID_LOCAL_SERVICE, 0x20019);
	struct kacs_access_check_args args = args_for(&sd, token, 1), bad;
	uint8_t *hole = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(hole + 4096, 4096, PROT_NONE);
	bad = args;
	bad.sd_ptr = 1;
	fails(check(&bad), EFAULT, "Check_SdUnmapped_Efault"); /* KACS-AC-015, KACS-AC-201 */
	memcpy(hole + 4096 - sd.len + 1, sd.bytes, sd.len - 1);
	bad.sd_ptr = (uintptr_t)hole + 4096 - sd.len + 1;
	fails(check(&bad), EFAULT, "Check_SdHalfMapped_Efault");
	bad = args;
	bad.granted_out_ptr = 1;
	fails(check(&bad), EFAULT, "Check_ResultUnmapped_Efault");
	bad = args;
	bad.self_sid_ptr = 1;
	bad.self_sid_len = 12;
	fails(check(&bad), EFAULT, "Check_SelfSidUnmapped_Efault");
	bad = args;
	bad.audit_context_ptr = 1;
	bad.audit_context_len = 4;
	fails(check(&bad), EFAULT, "Check_ContextUnmapped_Efault");
	bad = args;
	bad.object_tree_ptr = 1;
	bad.object_tree_count = 1;
	fails(check(&bad), EFAULT, "Check_TreeUnmapped_Efault");
	bad = args;
	bad.local_claims_ptr = 1;
	bad.local_claims_len = 4;
	fails(check(&bad), EFAULT, "Check_ClaimsUnmapped_Efault");
	bad = args;
	bad.sd_ptr = 0;
	fails(check(&bad), EINVAL, "Check_NullSd_Einval"); /* KACS-AC-054 */
	bad = args;
	bad.sd_len = 0;
	fails(check(&bad), EINVAL, "Check_EmptySd_Einval");
	bad = args;
	bad.sd_len = 19;
	fails(check(&bad), EINVAL, "Check_TruncatedSd_Einval"); /* KACS-AC-056 */
	bad = args;
	bad.self_sid_ptr = (uintptr_t)SID_SYSTEM;
	bad.self_sid_len = 11;
	fails(check(&bad), EINVAL, "Check_SelfSidShort_Einval"); /* KACS-AC-057 */
}

/* The gates come before a malformed descriptor (KACS-AC-021). */
static void test_gates(uint64_t session, int token)
{
	struct kacs_logon_session_args dead = { session };
	struct sd sd = sd_for(SID_LOCAL_SERVICE, 0x20019);
	struct kacs_access_check_args args;
	int identification = duplicate(token, KACS_TOKEN_QUERY, 2, 1);

	uint32_t words[3] = { 7, 7, 7 };

	args = args_for(&sd, identification, 1);
	args.granted_out_ptr = (uintptr_t)&words[0];
	args.continuous_audit_out_ptr = (uintptr_t)&words[1];
	args.staging_mismatch_out_ptr = (uintptr_t)&words[2];
	fails(check(&args), EACCES, "Check_IdentificationToken_Eacces");   /* KACS-AC-053 */
	ok(!words[0] && !words[1] && !words[2], "Check_Gate_WritesZeros"); /* KACS-AC-016 */
	args.sd_len = 19;
	fails(check(&args), EACCES, "Check_IdentificationBeforeSd_Eacces");
	ioctl(dev, KACS_IOC_INVALIDATE_LOGON_SESSION, &dead);
	args = args_for(&sd, token, 1);
	fails(check(&args), EACCES, "Check_DeadSession_Eacces"); /* KACS-AC-052 */
	args.desired_access = MAXIMUM_ALLOWED;
	fails(check(&args), EACCES, "Check_DeadSessionMaximum_Eacces");
}

/* A disabled privilege and a used one, as checks and queries see them. */
static void test_privileges(int token)
{
	struct sd sd = sd_for(SID_NETWORK_SERVICE, 1);
	struct kacs_access_check_args args = args_for(&sd, token, 0x01000000);
	uint64_t privs[4];

	works(check(&args), "Check_SeSecurity_GrantsSaclAccess"); /* KACS-AC-061 */
	ok(!privileges_of(token, privs) && privs[3] & PRIV(8),
	   "Check_SeSecurity_IsMarkedUsed"); /* KACS-AC-160 */
	adjust_privilege(token, 8, 0);
	fails(check(&args), EACCES, "Check_SeSecurityDisabled_Eacces"); /* KACS-TOK-023 */
	adjust_privilege(token, 8, KACS_PRIV_ENABLED);
	works(check(&args), "Check_SeSecurityEnabledAgain_Works");
}

/* Each bit's last word: granted by the ACE, or denied by the DACL's end (KACS-AC-205). */
static void test_explain(int token)
{
	struct sd sd = sd_for(SID_LOCAL_SERVICE, 0x20019);
	struct kacs_access_check_args args = args_for(&sd, token, 3);
	struct kacs_trace_entry trace[KACS_TRACE_ENTRIES];
	struct kacs_explain_args explain = { (uintptr_t)&args, (uintptr_t)trace };

	memset(trace, 0xee, sizeof(trace));
	fails(ioctl(dev, KACS_IOC_EXPLAIN, &explain), EACCES, "Explain_Denied_SameResult");
	ok(trace[0].granted == 1 && trace[0].step == KACS_STEP_DACL_ACE && trace[0].ace_index == 0,
	   "Explain_GrantedBit_NamesAce"); /* KACS-AC-203 */
	ok(trace[1].granted == 0 && trace[1].step == KACS_STEP_DACL_END &&
		   trace[1].ace_index == KACS_TRACE_NO_INDEX,
	   "Explain_DeniedBit_NamesStep"); /* KACS-AC-204 */
	args.desired_access = 1;
	works(ioctl(dev, KACS_IOC_EXPLAIN, &explain), "Explain_Allowed_ReturnsMask");
	explain.trace_ptr = 1;
	fails(ioctl(dev, KACS_IOC_EXPLAIN, &explain), EFAULT, "Explain_TraceUnmapped_Efault");
	explain.args_ptr = 1;
	fails(ioctl(dev, KACS_IOC_EXPLAIN, &explain), EFAULT, "Explain_ArgsUnmapped_Efault");
}

static void test_list(int token)
{
	struct kacs_object_type_entry tree[3] = { { 0, 0, { 1 } }, { 1, 0, { 2 } }, { 1, 0, { 3 } } };
	struct sd sd = sd_for(SID_LOCAL_SERVICE, 0x20019);
	struct kacs_access_check_args args = args_for(&sd, token, 3);
	struct kacs_node_result results[3];
	struct kacs_access_check_list_args list = { (uintptr_t)&args, (uintptr_t)results, 3, 0 };

	args.object_tree_ptr = (uintptr_t)tree;
	args.object_tree_count = 3;
	memset(results, 0xee, sizeof(results));
	works(ioctl(dev, KACS_IOC_ACCESS_CHECK_LIST, &list), "List_AllDenied_Works"); /* KACS-AC-003 */
	ok(results[0].status == -EACCES && results[2].status == -EACCES && results[1].granted == 0x20019,
	   "List_EveryNode_HasVerdict");
	args.desired_access = 1;
	ok(!ioctl(dev, KACS_IOC_ACCESS_CHECK_LIST, &list) && !results[0].status && !results[2].status,
	   "List_Granted_StatusIsZero");
	list.results_count = 2;
	fails(ioctl(dev, KACS_IOC_ACCESS_CHECK_LIST, &list), EINVAL,
	      "List_OtherCount_Einval"); /* KACS-AC-004 */
	list.results_count = 3;
	list.pad = 1;
	fails(ioctl(dev, KACS_IOC_ACCESS_CHECK_LIST, &list), EINVAL, "List_Pad_Einval");
	list.pad = 0;
	list.results_ptr = 1;
	fails(ioctl(dev, KACS_IOC_ACCESS_CHECK_LIST, &list), EFAULT, "List_ResultsUnmapped_Efault");
	args.object_tree_ptr = 0;
	fails(ioctl(dev, KACS_IOC_ACCESS_CHECK_LIST, &list), EINVAL, "List_NoTree_Einval");
	tree[1].level = 2;
	args.object_tree_ptr = (uintptr_t)tree;
	list.results_ptr = (uintptr_t)results;
	fails(ioctl(dev, KACS_IOC_ACCESS_CHECK_LIST, &list), EINVAL,
	      "List_LevelSkipped_Einval"); /* KACS-AC-058 */
	args.object_tree_count = 0;
	fails(ioctl(dev, KACS_IOC_ACCESS_CHECK, &args), EINVAL, "Check_EmptyTree_Einval");
}

static int set_policy(const void *spec, uint32_t len)
{
	static const uint8_t sid[16] = { 1, 2, 0, 0, 0, 0, 0, 17, 1, 0, 0, 0, 2 };
	struct kacs_set_caap_args args = { (uintptr_t)sid, (uintptr_t)spec, 16, len };

	return ioctl(dev, KACS_IOC_SET_CAAP, &args);
}

/* A policy that grants everybody 0x1 bounds what the DACL gives (KACS-AC-127). */
static void test_policy(int token)
{
	/* clang-format off */
	static uint8_t policy[5 + 4 + 4 + 28 + 12] = { 1, 1, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0,
		2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1 };
	/* clang-format on */
	/* clang-format off */
	static const uint8_t sacl[] = { 2, 0, 32, 0, 1, 0, 0, 0, 0x13, 0, 24, 0, 0, 0, 0, 0,
		1, 2, 0, 0, 0, 0, 0, 17, 1, 0, 0, 0, 2, 0, 0, 0 };
	/* clang-format on */
	struct sd sd = sd_for(SID_LOCAL_SERVICE, 0x20019);
	struct kacs_access_check_args args;

	sd.bytes[2] |= 0x10; /* SACL present */
	sd.bytes[12] = sd.len;
	memcpy(sd.bytes + sd.len, sacl, sizeof(sacl));
	sd.len += sizeof(sacl);
	args = args_for(&sd, token, 1);
	fails(check(&args), EACCES, "Policy_Unknown_RecoveryDenies"); /* KACS-AC-120 */
	works(set_policy(policy, sizeof(policy)), "SetCaap_Good_Works");
	works(check(&args), "Policy_Grants_Allowed");
	args.desired_access = 8;
	fails(check(&args), EACCES, "Policy_Withholds_Denied");
	fails(set_policy(policy, sizeof(policy) - 1), EINVAL, "SetCaap_Truncated_Einval"); /* KACS-AC-150 */
	policy[0] = 2;
	fails(set_policy(policy, sizeof(policy)), EINVAL, "SetCaap_Version_Einval"); /* KACS-AC-148 */
	args.desired_access = 1;
	works(check(&args), "SetCaap_Refused_OldPolicyStays"); /* KACS-AC-144 */
	works(set_policy(NULL, 0), "SetCaap_Remove_Works");    /* KACS-AC-143 */
	works(set_policy(NULL, 0), "SetCaap_RemoveTwice_Works");
	fails(check(&args), EACCES, "Policy_Removed_RecoveryDenies");
	fails(set_policy((void *)1, 20), EFAULT, "SetCaap_Unmapped_Efault");
	fails(set_policy(policy, 262145), EINVAL, "SetCaap_TooLong_Einval"); /* KACS-AC-149 */
}

static int set_policy_of(const void *sid, uint32_t sid_len, const void *spec_bytes, uint32_t len)
{
	struct kacs_set_caap_args args = { (uintptr_t)sid, (uintptr_t)spec_bytes, sid_len, len };

	return ioctl(dev, KACS_IOC_SET_CAAP, &args);
}

/* Without SeTcb nothing is looked at, not even the pointers; a check asks for no privilege at all. */
static int unprivileged(void)
{
	struct sd sd = sd_for(SID_LOCAL_SERVICE, 0x20019);
	struct kacs_access_check_args args = args_for(&sd, -1, 1);
	int token = make_token(SID_LOCAL_SERVICE, 0, 0);

	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	if (set_policy_of((void *)1, ~0U, (void *)1, ~0U) != -1 || errno != EPERM)
		return 2;                       /* KACS-AC-142 */
	return check(&args) != 0x20019 ? 3 : 0; /* KACS-AC-002 */
}

static void test_policy_names(void)
{
	static const uint8_t spec_bytes[5] = { 1 };
	static const uint8_t sid[17] = { 1, 2, 0, 0, 0, 0, 0, 17, 1, 0, 0, 0, 3 };

	fails(set_policy_of(sid, 15, spec_bytes, 5), EINVAL, "SetCaap_SidCut_Einval"); /* KACS-AC-145 */
	fails(set_policy_of(sid, 17, spec_bytes, 5), EINVAL, "SetCaap_SidWithTail_Einval");
	fails(set_policy_of(sid, 0, spec_bytes, 5), EINVAL, "SetCaap_NoSid_Einval");
	fails(set_policy_of(NULL, 16, spec_bytes, 5), EFAULT, "SetCaap_NullSid_Efault");
	works(set_policy_of(sid, 16, spec_bytes, 5), "SetCaap_NoRules_Works"); /* KACS-AC-141, KACS-AC-152 */
	works(set_policy_of(sid, 16, NULL, 0), "SetCaap_NoRules_Removed");
	ok(in_child(unprivileged) == 0, "SetCaap_WithoutTcb_EpermFirst");
}

/* A trust label leaves 0x8 to callers whose process does not dominate it. */
static void test_pip(int token)
{
	/* clang-format off */
	static const uint8_t sacl[] = { 2, 0, 32, 0, 1, 0, 0, 0, 0x14, 0, 24, 0, 8, 0, 0, 0,
		1, 2, 0, 0, 0, 0, 0, 19, 0, 2, 0, 0, 0, 0x20, 0, 0 };
	/* clang-format on */
	struct sd sd = sd_for(SID_LOCAL_SERVICE, 0x20019);
	struct kacs_access_check_args args;

	sd.bytes[2] |= 0x10;
	sd.bytes[12] = sd.len;
	memcpy(sd.bytes + sd.len, sacl, sizeof(sacl));
	sd.len += sizeof(sacl);
	args = args_for(&sd, token, 1);
	fails(check(&args), EACCES, "Check_PipOfCaller_IsNone"); /* KACS-AC-011 */
	args.pip_type = 512;
	fails(check(&args), EACCES, "Check_PipTypeAlone_IsNotEnough");
	args.pip_trust = 8192;
	works(check(&args), "Check_PipGiven_IsUsed"); /* KACS-TOK-137 */
	args.pip_type = 0;
	fails(check(&args), EACCES, "Check_PipTrustAlone_IsNotEnough");
	args.desired_access = 8;
	works(check(&args), "Check_PipLabelMask_IsLeft");
}

static int privilege_check(uint32_t bit)
{
	struct kacs_privilege_check_args args = { (uintptr_t)&bit, 1, 0 };

	return ioctl(dev, KACS_IOC_PRIVILEGE_CHECK, &args);
}

static void test_privilege_check(void)
{
	uint32_t bits[2] = { 7, 64 };
	struct kacs_privilege_check_args args = { (uintptr_t)bits, 1, 0 };

	works(privilege_check(7), "PrivilegeCheck_Held_Works"); /* KACS-TOK-030 */
	fails(privilege_check(40), EPERM, "PrivilegeCheck_NotHeld_Eperm");
	args.count = 2;
	fails(ioctl(dev, KACS_IOC_PRIVILEGE_CHECK, &args), EINVAL, "PrivilegeCheck_Bit64_Einval");
	args.count = 0;
	fails(ioctl(dev, KACS_IOC_PRIVILEGE_CHECK, &args), EINVAL, "PrivilegeCheck_None_Einval");
	args = (struct kacs_privilege_check_args){ (uintptr_t)bits, 1, 2 };
	fails(ioctl(dev, KACS_IOC_PRIVILEGE_CHECK, &args), EINVAL, "PrivilegeCheck_UnknownFlag_Einval");
}

int main(void)
{
	uint64_t session = 0;
	int token, plain;

	open_dev();
	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 201, 0);
	plain = create_token(&spec);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 201, PRIV(8));
	token = create_token(&spec);
	test_verdicts(plain);
	test_block(token);
	test_token_fd(token);
	test_memory(token);
	test_privileges(token);
	test_privilege_check();
	test_explain(plain);
	test_list(plain);
	test_policy(plain);
	test_policy_names();
	test_pip(plain);
	test_gates(session, token);
	return plan();
}
