// SPDX-License-Identifier: MIT
/* What may change on a token, what its descriptors keep, and the shapes the kernel gives. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kacs.h"

/* Attributes of a group, KACS-FMT-021. */
#define ENABLED_BY_DEFAULT 0x02
#define ENABLED            0x04
#define OWNER              0x08

static const uint8_t SID_DEVS[28] = { 1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0,    1,
				      0, 0, 0, 2, 0, 0, 0, 3, 0,  0, 0, 0xd1, 7 };
static const uint8_t SID_ANONYMOUS[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 7 };

/* Groups: Everyone (mandatory), devs (optional, owner), Local Service again (the user). */
static int rich_token(uint64_t privileges)
{
	uint64_t session;

	if (create_session(SID_LOCAL_SERVICE, &session))
		return -1;
	token_spec(&spec, SID_LOCAL_SERVICE, session, 201, privileges);
	add_group(&spec, SID_DEVS, ENABLED_BY_DEFAULT | ENABLED | OWNER);
	add_group(&spec, SID_LOCAL_SERVICE, ENABLED);
	put32(&spec, 96, 3);
	return create_token(&spec);
}

static uint32_t word_of(int token, uint32_t class)
{
	uint32_t word = ~0U;

	query(token, class, &word, 4);
	return word;
}

/* --- privileges ------------------------------------------------------------------ */

static int adjust(int token, const struct kacs_priv_entry *entries, uint32_t count, uint64_t *previous)
{
	struct kacs_adjust_privs_args args = { .count = count, .data_ptr = (uintptr_t)entries };
	int result = ioctl(token, KACS_IOC_ADJUST_PRIVS, &args);

	*previous = args.previous_enabled;
	return result;
}

static void test_privileges(void)
{
	int token = rich_token(PRIV(8) | PRIV(23) | PRIV(35));
	const struct kacs_priv_entry two[] = { { 8, 0 }, { 23, KACS_PRIV_REMOVED } };
	const struct kacs_priv_entry half[] = { { 35, 0 }, { 40, KACS_PRIV_ENABLED } };
	const struct kacs_priv_entry twice[] = { { 35, 0 }, { 35, 0 } };
	const struct kacs_priv_entry absent[] = { { 40, 0 }, { 41, KACS_PRIV_REMOVED } };
	const struct kacs_priv_entry reset[] = { { 0, KACS_PRIV_RESET_ALL_DEFAULTS } };
	uint64_t masks[4], previous;

	ok(!adjust(token, two, 2, &previous) && previous == (PRIV(8) | PRIV(23) | PRIV(35)),
	   "AdjustPrivs_Two_TellsEnabledBefore"); /* KACS-TOK-067 */
	privileges_of(token, masks);
	ok(masks[0] == (PRIV(8) | PRIV(35)) && masks[1] == PRIV(35) && masks[2] == (PRIV(8) | PRIV(35)),
	   "AdjustPrivs_Removed_LeavesThreeMasks");                         /* KACS-TOK-022 */
	ok(!(masks[1] & ~masks[0]), "AdjustPrivs_Enabled_IsPartOfPresent"); /* KACS-TOK-021 */
	fails(adjust(token, half, 2, &previous), EINVAL, "AdjustPrivs_OneBad_Einval");
	fails(adjust(token, twice, 2, &previous), EINVAL, "AdjustPrivs_SameTwice_Einval"); /* KACS-TOK-069 */
	ok(!adjust(token, absent, 2, &previous) && modified_id_of(token) == 2,
	   "AdjustPrivs_Absent_IsNothing");
	privileges_of(token, masks);
	ok(masks[1] == PRIV(35), "AdjustPrivs_OneBad_ChangesNothing"); /* KACS-TOK-066 */
	ok(!adjust(token, reset, 1, &previous) && previous == PRIV(35) && !privileges_of(token, masks) &&
		   masks[1] == (PRIV(8) | PRIV(35)),
	   "AdjustPrivs_Reset_LeavesRemovedOut"); /* KACS-TOK-068 */
	close(token);
}

/* --- groups ---------------------------------------------------------------------- */

static int adjust_group(int token, uint32_t index, uint32_t enable, uint64_t *previous)
{
	struct kacs_group_entry entry = { index, enable };
	struct kacs_adjust_groups_args args = { .count = 1, .data_ptr = (uintptr_t)&entry };
	int result = ioctl(token, KACS_IOC_ADJUST_GROUPS, &args);

	*previous = args.previous_state;
	return result;
}

static uint32_t devs_attributes(int token)
{
	uint8_t buf[256];
	uint32_t attributes;

	query(token, KACS_TOKEN_CLASS_GROUPS, buf, sizeof(buf));
	memcpy(&attributes, buf + 4 + 20 + 4 + 28, 4);
	return attributes;
}

static void test_groups(void)
{
	int token = rich_token(0);
	const struct kacs_group_entry both[] = { { 1, 0 }, { 1, 1 } };
	struct kacs_adjust_groups_args args = { .count = 2, .data_ptr = (uintptr_t)both };
	uint64_t before;

	ok(!adjust_group(token, 1, 0, &before) && before == 0xf,
	   "AdjustGroups_Disable_TellsBefore");                                  /* KACS-TOK-070 */
	ok(!(devs_attributes(token) & ENABLED), "AdjustGroups_Disabled_IsSeen"); /* KACS-TOK-008 */
	ok(!adjust_group(token, 1, 1, &before) && before == 0xd && devs_attributes(token) & ENABLED,
	   "AdjustGroups_Enable_IsSeen");
	adjust_group(token, 1, 0, &before);
	ok(!adjust_group(token, KACS_GROUPS_RESET_INDEX, 0, &before) && devs_attributes(token) & ENABLED,
	   "AdjustGroups_Reset_EnablesAsMade"); /* KACS-TOK-072 */
	fails(ioctl(token, KACS_IOC_ADJUST_GROUPS, &args), EINVAL, "AdjustGroups_SameTwice_Einval");
	fails(adjust_group(token, 2, 0, &before), EINVAL, "AdjustGroups_TheUser_Einval"); /* KACS-TOK-071 */
	fails(adjust_group(token, 1, 2, &before), EINVAL, "AdjustGroups_EnableTwo_Einval");
	ok(modified_id_of(token) == 4, "AdjustGroups_OnlySuccess_Counts"); /* KACS-TOK-018 */
	close(token);
}

/* --- defaults -------------------------------------------------------------------- */

static int adjust_default(int token, const void *dacl, uint32_t len, uint16_t owner, uint16_t group)
{
	struct kacs_adjust_default_args args = { (uintptr_t)dacl, len, owner, group };

	return ioctl(token, KACS_IOC_ADJUST_DEFAULT, &args);
}

static void test_defaults(void)
{
	static const uint8_t dacl[28] = { 2, 0, 28,   0, 1, 0, 0, 0, 0, 0, 20, 0, 0,
					  0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0, 5,  18 };
	int token = rich_token(0);
	const uint16_t keep = KACS_DEFAULT_KEEP_INDEX;
	uint8_t buf[64];

	works(adjust_default(token, dacl, sizeof(dacl), 2, 1), "AdjustDefault_All_Works");
	ok(query(token, KACS_TOKEN_CLASS_OWNER, buf, 64) == 28 && !memcmp(buf, SID_DEVS, 28),
	   "AdjustDefault_Owner_IsGroup");
	ok(query(token, KACS_TOKEN_CLASS_PRIMARY_GROUP, buf, 64) == 12 && !memcmp(buf, SID_EVERYONE, 12),
	   "AdjustDefault_PrimaryGroup_IsGroup");
	ok(query(token, KACS_TOKEN_CLASS_DEFAULT_DACL, buf, 64) == 28 && !memcmp(buf, dacl, 28),
	   "AdjustDefault_Dacl_IsThere");
	works(adjust_default(token, NULL, 0, keep, keep), "AdjustDefault_Nothing_Works");
	ok(query(token, KACS_TOKEN_CLASS_DEFAULT_DACL, buf, 64) == 28 &&
		   query(token, KACS_TOKEN_CLASS_OWNER, buf, 64) == 28,
	   "AdjustDefault_Nothing_KeepsAll"); /* KACS-TOK-073 */
	fails(adjust_default(token, dacl, sizeof(dacl), 1, keep), EINVAL,
	      "AdjustDefault_NotOwnerGroup_Einval"); /* KACS-TOK-074 */
	fails(adjust_default(token, NULL, 0, 5, keep), EINVAL, "AdjustDefault_OwnerRange_Einval");
	fails(adjust_default(token, NULL, 0, keep, 5), EINVAL, "AdjustDefault_GroupRange_Einval");
	fails(adjust_default(token, dacl, 27, keep, keep), EINVAL, "AdjustDefault_DaclCut_Einval");
	fails(adjust_default(token, dacl, 65537, keep, keep), EINVAL, "AdjustDefault_DaclTooLong_Einval");
	fails(adjust_default(token, (void *)1, 28, keep, keep), EFAULT, "AdjustDefault_Unmapped_Efault");
	fails(adjust_default(token, NULL, 28, keep, keep), EFAULT, "AdjustDefault_NullWithLength_Efault");
	ok(query(token, KACS_TOKEN_CLASS_OWNER, buf, 64) == 28, "AdjustDefault_Refused_ChangesNothing");
	works(adjust_default(token, dacl, 0, 0, 0), "AdjustDefault_Clear_Works");
	ok(!query(token, KACS_TOKEN_CLASS_DEFAULT_DACL, buf, 64) &&
		   query(token, KACS_TOKEN_CLASS_OWNER, buf, 64) == 12,
	   "AdjustDefault_Cleared_IsUserAgain");
	close(token);
}

/* --- interactivity scope, links: who may ------------------------------------------- */

static int scoped_token = -1;

static int scope_without_tcb(void)
{
	int mine = make_token(SID_NETWORK_SERVICE, 0, PRIV(29));
	struct kacs_link_tokens_args link = { scoped_token, scoped_token, 0 };
	uint32_t scope = 9;

	if (ioctl(mine, KACS_IOC_INSTALL))
		return 1;
	if (ioctl(scoped_token, KACS_IOC_ADJUST_INTERACTIVITY_SCOPE, &scope) != -1 || errno != EPERM)
		return 2; /* KACS-TOK-075 */
	/* EPERM although the descriptors are good and the pair is not (KACS-TOK-076, KACS-TOK-004). */
	return ioctl(scoped_token, KACS_IOC_LINK_TOKENS, &link) != -1 || errno != EPERM ? 3 : 0;
}

static void test_scope(void)
{
	uint32_t scope = 7;
	int low;

	scoped_token = rich_token(0);
	works(ioctl(scoped_token, KACS_IOC_ADJUST_INTERACTIVITY_SCOPE, &scope), "AdjustScope_Tcb_Works");
	ok(word_of(scoped_token, KACS_TOKEN_CLASS_INTERACTIVITY_SCOPE) == 7 &&
		   modified_id_of(scoped_token) == 1,
	   "AdjustScope_Value_IsSeen"); /* KACS-TOK-075 */
	fails(ioctl(scoped_token, KACS_IOC_ADJUST_INTERACTIVITY_SCOPE, (void *)1), EFAULT,
	      "AdjustScope_Unmapped_Efault");
	ok(in_child(scope_without_tcb) == 0, "AdjustScope_WithoutTcb_Eperm");
	low = duplicate(scoped_token, KACS_TOKEN_QUERY, KACS_TOKEN_TYPE_PRIMARY, 0);
	struct kacs_link_tokens_args link = { scoped_token, low, 0 };

	fails(ioctl(scoped_token, KACS_IOC_LINK_TOKENS, &link), EACCES,
	      "Link_WithoutDuplicate_Eacces"); /* KACS-TOK-076 */
	ok(word_of(low, KACS_TOKEN_CLASS_INTERACTIVITY_SCOPE) == 7,
	   "Duplicate_Scope_IsCopied"); /* KACS-TOK-058 */
	close(low);
	close(scoped_token);
}

/* --- descriptors ------------------------------------------------------------------- */

static int get_sd(int fd, uint32_t info, void *buf, uint32_t len)
{
	struct kacs_sd_args args = { fd, info, 0, (uintptr_t)buf, len, 0x1000 };

	return ioctl(dev, KACS_IOC_GET_SD, &args);
}

static int set_dacl(int fd, const uint8_t *sd, uint32_t len)
{
	struct kacs_sd_args args = { fd, KACS_SD_DACL, 0, (uintptr_t)sd, len, 0x1000 };

	return ioctl(dev, KACS_IOC_SET_SD, &args);
}

/* The descriptor of a right travels with it; the token's descriptor is asked when it is opened. */
static int rights_are_cached(void)
{
	/* A DACL without a single ACE. */
	static const uint8_t nobody[28] = { 1, 0, 4, 0x80, [16] = 20, [20] = 2, [22] = 8 };
	int mine = make_token(SID_LOCAL_SERVICE, 0, PRIV(23)), before, imp;
	uint8_t buf[68];

	if (ioctl(mine, KACS_IOC_INSTALL))
		return 1;
	before = open_self(0, KACS_TOKEN_QUERY);
	if (before < 0)
		return 2;
	/* KACS-TOK-034: its own user may neither duplicate nor impersonate it, nor change its DACL. */
	if (open_self(0, KACS_TOKEN_DUPLICATE) >= 0 || errno != EACCES)
		return 3;
	if (set_dacl(before, nobody, sizeof(nobody)) != -1 || errno != EACCES)
		return 4;
	/* The descriptor made by SYSTEM may not either: the caller is asked, not the handle (KACS-TOK-037). */
	if (set_dacl(mine, nobody, sizeof(nobody)) != -1 || errno != EACCES)
		return 5;
	imp = duplicate(mine, KACS_TOKEN_QUERY, KACS_TOKEN_TYPE_PRIMARY, 0);
	if (imp < 0) /* the copy's own default descriptor grants its user QUERY (KACS-TOK-057) */
		return 6;
	if (duplicate(mine, KACS_TOKEN_DUPLICATE, KACS_TOKEN_TYPE_PRIMARY, 0) != -1 || errno != EACCES)
		return 7;
	return query(before, KACS_TOKEN_CLASS_USER, buf, sizeof(buf)) == 12 ? 0 : 8;
}

static void test_handles(void)
{
	static const uint8_t nobody[28] = { 1, 0, 4, 0x80, [16] = 20, [20] = 2, [22] = 8 };
	struct kacs_restrict_args restrict_args = { 0 };
	int token = rich_token(0), weak, pair[2], flags;
	char path[64], name[64] = "";
	uint8_t buf[256];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", token);
	ok(readlink(path, name, sizeof(name) - 1) > 0 && strstr(name, "kacs-token"),
	   "TokenFd_Name_IsKacsToken"); /* KACS-TOK-038 */
	flags = fcntl(token, F_GETFD);
	ok(flags == FD_CLOEXEC, "TokenFd_Exec_Closes");
	weak = open_self(0, 0);
	ok(weak >= 0 && query(weak, KACS_TOKEN_CLASS_USER, buf, 68) == -1 && errno == EACCES,
	   "OpenSelf_ZeroMask_NoRights"); /* KACS-TOK-039 */
	close(weak);
	weak = open_self(0, 0x02000000);
	ok(weak >= 0 && query(weak, KACS_TOKEN_CLASS_USER, buf, 68) == 12,
	   "OpenSelf_MaximumAllowed_GivesAll");
	close(weak);
	fails(open_self(2, KACS_TOKEN_QUERY), EINVAL, "OpenSelf_UnknownFlag_Einval"); /* KACS-TOK-040 */

	weak = duplicate(token, KACS_TOKEN_QUERY | KACS_TOKEN_DUPLICATE, KACS_TOKEN_TYPE_PRIMARY, 0);
	ok(!ioctl(weak, KACS_IOC_RESTRICT, &restrict_args) &&
		   adjust_privilege(restrict_args.result_fd, 23, 0) == -1 && errno == EACCES &&
		   query(restrict_args.result_fd, KACS_TOKEN_CLASS_USER, buf, 68) == 12,
	   "Restrict_Descriptor_KeepsRights"); /* KACS-TOK-065 */
	close(restrict_args.result_fd);
	works(set_dacl(weak, nobody, sizeof(nobody)), "SetSd_Token_Works");
	ok(query(weak, KACS_TOKEN_CLASS_USER, buf, 68) == 12,
	   "TokenFd_SdChanged_KeepsRights"); /* KACS-TOK-035, KACS-TOK-012 */
	if (!socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) {
		char room[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 'x';
		struct iovec io = { &byte, 1 };
		struct msghdr msg = {
			.msg_iov = &io, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof(room)
		};
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		int got = -1;

		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &weak, sizeof(int));
		if (sendmsg(pair[0], &msg, 0) == 1 && recvmsg(pair[1], &msg, 0) == 1)
			memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
		ok(query(got, KACS_TOKEN_CLASS_USER, buf, 68) == 12 && adjust_privilege(got, 23, 0) == -1 &&
			   errno == EACCES,
		   "TokenFd_Passed_KeepsRights"); /* KACS-TOK-035 */
	}
	ok(in_child(rights_are_cached) == 0, "Token_OwnUser_HasOnlyDefaults"); /* KACS-TOK-036 */
	close(weak);
	close(token);
}

/* --- shapes the kernel gives ------------------------------------------------------- */

static void test_minted(void)
{
	int token = rich_token(PRIV(23));
	uint8_t stats[48], guid[16];
	uint64_t masks[4];

	query(token, KACS_TOKEN_CLASS_STATISTICS, stats, sizeof(stats));
	memcpy(guid, stats, 16);
	ok((guid[7] & 0xf0) == 0x40 && (guid[8] & 0xc0) == 0x80,
	   "Token_Guid_IsVersion4"); /* KACS-FMT-009, KACS-TOK-050 */
	ok(modified_id_of(token) == 0 && word_of(token, KACS_TOKEN_CLASS_ELEVATION_TYPE) == 1,
	   "Token_Fresh_IsUntouched");
	privileges_of(token, masks);
	ok(masks[1] == masks[2] && !masks[3], "Token_Fresh_DefaultsAreEnabled"); /* KACS-TOK-050 */

	/* An expiration long past is told, and asked by nobody. */
	put64(&spec, 48, 1);
	int old = token;

	token = create_token(&spec);
	close(old);
	query(token, KACS_TOKEN_CLASS_STATISTICS, stats, sizeof(stats));
	ok(stats[40] == 1 && !stats[41] && user_is(token, SID_LOCAL_SERVICE),
	   "Token_Expired_IsStillGood"); /* KACS-TOK-017 */
	close(token);
}

static int set_anonymous(uint32_t include)
{
	struct kacs_set_anonymous_policy_args args = { include };

	return ioctl(dev, KACS_IOC_SET_ANONYMOUS_POLICY, &args);
}

static int anonymous_without_tcb(void)
{
	int mine = make_token(SID_NETWORK_SERVICE, 0, 0);

	if (ioctl(mine, KACS_IOC_INSTALL))
		return 1;
	return set_anonymous(1) != -1 || errno != EPERM; /* KACS-TOK-121 */
}

static void test_anonymous(void)
{
	int source = rich_token(PRIV(23)), token, with;
	uint8_t buf[256];
	uint64_t masks[4], auth;

	token = duplicate(source, KACS_TOKEN_QUERY, KACS_TOKEN_TYPE_IMPERSONATION, 0);
	ok(user_is(token, SID_ANONYMOUS), "Anonymous_User_IsAnonymous"); /* KACS-TOK-120 */
	ok(query(token, KACS_TOKEN_CLASS_GROUPS, buf, sizeof(buf)) == 4 + 28 && buf[0] == 1 &&
		   buf[31] == 0xc0,
	   "Anonymous_Groups_LogonSidOnly");
	ok(query(token, KACS_TOKEN_CLASS_INTEGRITY_LEVEL, buf, sizeof(buf)) == 12 && !buf[8] && !buf[9],
	   "Anonymous_Integrity_Untrusted");
	ok(!privileges_of(token, masks) && !masks[0], "Anonymous_Privileges_None");
	query(token, KACS_TOKEN_CLASS_STATISTICS, buf, sizeof(buf));
	memcpy(&auth, buf + 16, 8);
	ok(auth == 998 && word_of(token, KACS_TOKEN_CLASS_TYPE) == 2 &&
		   !word_of(token, KACS_TOKEN_CLASS_IMPERSONATION_LEVEL),
	   "Anonymous_Session_Is998");
	ok(query(token, KACS_TOKEN_CLASS_SOURCE, buf, sizeof(buf)) == 16 && !memcmp(buf, "PeiosKrn", 8),
	   "Anonymous_Source_IsKernel");
	fails(set_anonymous(2), EINVAL, "AnonymousPolicy_Two_Einval");
	ok(in_child(anonymous_without_tcb) == 0, "AnonymousPolicy_WithoutTcb_Eperm");
	works(set_anonymous(1), "AnonymousPolicy_On_Works");
	with = duplicate(source, KACS_TOKEN_QUERY, KACS_TOKEN_TYPE_IMPERSONATION, 0);
	ok(query(with, KACS_TOKEN_CLASS_GROUPS, buf, sizeof(buf)) == 24 + 28 &&
		   !memcmp(buf + 8, SID_EVERYONE, 12) && buf[20] & 4,
	   "AnonymousPolicy_On_AddsEveryone"); /* KACS-TOK-121 */
	ok(query(token, KACS_TOKEN_CLASS_GROUPS, buf, sizeof(buf)) == 4 + 28,
	   "AnonymousPolicy_On_LeavesOldTokens");
	set_anonymous(0);
	close(token);
	close(with);
	close(source);
}

/* KACS-TOK-140, KACS-TOK-141: a descriptor to look with, whatever the token would allow */
static void test_inspection(void)
{
	struct kacs_inspect_token_args inspect = { syscall(SYS_pidfd_open, getpid(), 0), 0 };
	int fds[2] = { ioctl(dev, KACS_IOC_INSPECT_TOKEN, &inspect),
		       open("/sys/kernel/security/kacs/self", O_RDONLY) };
	const char *const names[2] = { "Inspect", "SelfNode" };
	int i;

	for (i = 0; i < 2; i++) {
		ok(user_is(fds[i], SID_SYSTEM), "%s_Query_Works", names[i]);
		ok(adjust_privilege(fds[i], 23, 0) == -1 && errno == EACCES, "%s_Adjust_Eacces", names[i]);
		ok(duplicate(fds[i], 8, 1, 0) == -1 && errno == EACCES, "%s_Duplicate_Eacces", names[i]);
		ok(ioctl(fds[i], KACS_IOC_INSTALL) == -1 && errno == EACCES, "%s_Install_Eacces", names[i]);
		close(fds[i]);
	}
}

static void test_system(void)
{
	/* Owner SYSTEM; SYSTEM 0xE8, SYSTEM and Administrators everything. */
	/* clang-format off */
	static const uint8_t sd[] = {
		1, 0, 4, 0x80, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0,
		1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 2, 0, 72, 0, 3, 0, 0, 0,
		0, 0, 20, 0, 0xe8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
		0, 0, 20, 0, 0xff, 1, 0x0f, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
		0, 0, 24, 0, 0xff, 1, 0x0f, 0, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0,
	};
	/* clang-format on */
	int token = open_self(KACS_REAL_TOKEN, KACS_TOKEN_QUERY);
	uint8_t buf[256];

	ok(get_sd(token, KACS_SD_OWNER | KACS_SD_DACL, buf, sizeof(buf)) == sizeof(sd) &&
		   !memcmp(buf, sd, sizeof(sd)),
	   "System_Descriptor_IsAsWritten"); /* KACS-TOK-147 */
	close(token);
}

/* Another user's install makes another process descriptor, the same user's keeps it. */
static int install_and_descriptor(void)
{
	int first = make_token(SID_LOCAL_SERVICE, 0, PRIV(3) | PRIV(7)), second,
	    self = syscall(SYS_pidfd_open, getpid(), 0);
	/* DACL: everything to Everyone. */
	static const uint8_t open_sd[48] = {
		1, 0, 4, 0x80, [16] = 20, [20] = 2, [22] = 28, [24] = 1, [30] = 20, [32] = 0xff, 0xff, 0x1f,
		0, 1, 1, 0,    0,         0,        0,         0,        1
	};
	uint8_t buf[256];

	if (get_sd(self, KACS_SD_OWNER, buf, sizeof(buf)) != 32 || memcmp(buf + 20, SID_SYSTEM, 12))
		return 1;
	second = create_token(&spec); /* of the same session */
	if (ioctl(first, KACS_IOC_INSTALL))
		return 2;
	if (get_sd(self, KACS_SD_OWNER, buf, sizeof(buf)) != 32 || memcmp(buf + 20, SID_LOCAL_SERVICE, 12))
		return 3; /* KACS-TOK-104 */
	if (set_dacl(self, open_sd, sizeof(open_sd)) || ioctl(second, KACS_IOC_INSTALL))
		return 4;
	return get_sd(self, KACS_SD_DACL, NULL, 0) == 48 ? 0 : 5;
}

int main(void)
{
	open_dev();
	test_system();
	test_inspection();
	test_minted();
	test_privileges();
	test_groups();
	test_defaults();
	test_scope();
	test_handles();
	test_anonymous();
	ok(in_child(install_and_descriptor) == 0, "Install_OtherUser_NewProcessDescriptor");
	return plan();
}
