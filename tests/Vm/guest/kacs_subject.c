// SPDX-License-Identifier: MIT
/* What of a token decides, and what is only carried; whose token a thread is judged by. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kacs.h"

#define ENABLED 0x04

static const uint8_t SID_PACKAGES[16] = { 1, 2, 0, 0, 0, 0, 0, 15, 2, 0, 0, 0, 1 };
static const uint8_t SID_APP[16] = { 1, 2, 0, 0, 0, 0, 0, 15, 2, 0, 0, 0, 77 };
static const uint8_t SID_ADMINISTRATORS[16] = { 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2 };
/* Of no account anywhere. */
static const uint8_t SID_NOBODY[28] = { 1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0,    9,
					0, 0, 0, 9, 0, 0, 0, 9, 0,  0, 0, 0xff, 0xff };

/* The caller's or @token's access to an object of SYSTEM that gives two SIDs, or one, 0x3. */
static int check_as(int token, const uint8_t *first, const uint8_t *second, uint32_t desired)
{
	uint8_t sd[160] = { 1, 0, 0x04, 0x80, 20 };
	const uint8_t *sids[2] = { first, second };
	uint16_t size = 8, count = 0;
	struct kacs_access_check_args args = {
		.size = sizeof(args),
		.token_fd = token,
		.sd_ptr = (uintptr_t)sd,
		.desired_access = desired,
		.generic_read = 1,
		.generic_write = 2,
		.generic_all = 0x1f0003,
	};

	sd[16] = 32;
	memcpy(sd + 20, SID_SYSTEM, 12);
	for (; count < 2 && sids[count]; count++) {
		uint8_t *ace = sd + 32 + size, sid_len = 8 + 4 * sids[count][1];

		ace[2] = 8 + sid_len;
		ace[4] = 3;
		memcpy(ace + 8, sids[count], sid_len);
		size += 8 + sid_len;
	}
	sd[32] = 2;
	memcpy(sd + 34, &size, 2);
	sd[36] = count;
	args.sd_len = 32 + size;
	return ioctl(dev, KACS_IOC_ACCESS_CHECK, &args);
}

/* KACS-AC-050, KACS-TOK-052, KACS-TOK-091: expiration, scope and session decide nothing, nor does an account. */
static void test_carried(void)
{
	uint64_t session;
	int token;

	create_session(SID_LOCAL_SERVICE, &session); /* another user's */
	token_spec(&spec, SID_NOBODY, session, 0, 0);
	put64(&spec, 48, 1); /* expired in 1970 */
	put32(&spec, 184, 7);
	token = create_token(&spec);
	works(token, "CreateToken_UserOfNoAccount_Works");
	ok(check_as(token, SID_NOBODY, NULL, 3) == 3, "Check_ExpiredToken_IsDecidedByTheDacl");
	fails(check_as(token, SID_LOCAL_SERVICE, NULL, 3), EACCES, "Check_UserOfItsSession_IsNobody");
	close(token);
}

/* A token confined to APP, with ALL_APPLICATION_PACKAGES or without (KACS-TOK-016). */
static int confined(int packages)
{
	uint64_t session;

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 0, 0);
	put32(&spec, 140, add_bytes(&spec, SID_APP, 16));
	put32(&spec, 144, 16);
	if (packages) {
		put32(&spec, 148, add_group(&spec, SID_PACKAGES, ENABLED));
		put32(&spec, 152, 1);
	}
	return create_token(&spec);
}

static void test_confined(void)
{
	int strict = confined(0), usual = confined(1);

	works(usual, "CreateToken_ConfinedWithPackages_Works");
	ok(check_as(usual, SID_LOCAL_SERVICE, SID_PACKAGES, 3) == 3, "Check_PackagesListed_Match");
	fails(check_as(strict, SID_LOCAL_SERVICE, SID_PACKAGES, 3), EACCES,
	      "Check_PackagesUnlisted_DoNotMatch");
	ok(check_as(strict, SID_LOCAL_SERVICE, SID_APP, 3) == 3, "Check_OwnPackage_Matches");
	close(strict);
	close(usual);
}

/* KACS-TOK-026: an Administrator without privileges has none. */
static int administrator_without_privileges(void)
{
	uint32_t bit = 8;
	struct kacs_privilege_check_args args = { (uintptr_t)&bit, 1, 0 };
	uint64_t session;
	int token;

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 0, 0);
	add_group(&spec, SID_ADMINISTRATORS, 7);
	put32(&spec, 96, 2);
	token = create_token(&spec);
	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	for (bit = 0; bit < 64; bit++)
		if (ioctl(dev, KACS_IOC_PRIVILEGE_CHECK, &args) != -1 || errno != EPERM)
			return 2;
	return 0;
}

/* KACS-TOK-019: a group that is switched off leaves the ids alone. */
static int ids_stay(void)
{
	struct kacs_group_entry off = { 1, 0 };
	struct kacs_adjust_groups_args args = { .count = 1, .data_ptr = (uintptr_t)&off };
	uint32_t gid = 4711;
	gid_t gids[2] = { 0 };
	uint64_t session;
	int token;

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 201, 0);
	add_group(&spec, SID_NOBODY, ENABLED);
	put32(&spec, 96, 2);
	put32(&spec, 160, add_bytes(&spec, &gid, 4));
	put32(&spec, 164, 1);
	token = create_token(&spec);
	if (ioctl(token, KACS_IOC_INSTALL) || ioctl(token, KACS_IOC_ADJUST_GROUPS, &args))
		return 1;
	return getuid() != 201 || getgid() != 201 || getgroups(2, gids) != 1 || gids[0] != gid;
}

/* --- whose token ---------------------------------------------------------------- */

/* KACS-TOK-112: who is impersonated already has no say in whether another may be. */
static int gates_ask_the_primary(void)
{
	int service = make_token(SID_LOCAL_SERVICE, 0, PRIV(29));
	int first = duplicate(make_token(SID_NETWORK_SERVICE, 0, 0), KACS_TOKEN_ALL_ACCESS, 2, 2);
	int second = duplicate(make_token(SID_NOBODY, 0, 0), KACS_TOKEN_ALL_ACCESS, 2, 2), self;
	uint32_t level = 99;

	if (ioctl(service, KACS_IOC_INSTALL) || ioctl(first, KACS_IOC_IMPERSONATE) ||
	    ioctl(second, KACS_IOC_IMPERSONATE))
		return 1;
	self = open("/sys/kernel/security/kacs/self", O_RDONLY);
	if (!user_is(self, SID_NOBODY))
		return 2;
	return query(self, KACS_TOKEN_CLASS_IMPERSONATION_LEVEL, &level, 4) != 4 || level != 2;
}

/* KACS-TOK-119: integrity is that of the token in force. */
static int integrity_follows(void)
{
	int high = make_token(SID_LOCAL_SERVICE, 0, 0), low;

	put32(&spec, 8, 4096);
	low = duplicate(create_token(&spec), KACS_TOKEN_ALL_ACCESS, 2, 2);
	if (ioctl(high, KACS_IOC_INSTALL) || check_as(-1, SID_LOCAL_SERVICE, NULL, 2) < 0)
		return 1;
	if (ioctl(low, KACS_IOC_IMPERSONATE))
		return 2;
	if (check_as(-1, SID_LOCAL_SERVICE, NULL, 2) != -1 || errno != EACCES)
		return 3;
	if (check_as(-1, SID_LOCAL_SERVICE, NULL, 1) < 0)
		return 4;
	return ioctl(dev, KACS_IOC_REVERT) || check_as(-1, SID_LOCAL_SERVICE, NULL, 2) < 0;
}

/* --- revocation -------------------------------------------------------------------- */

/* Kills every process whose token is of @session; how many. */
static int kill_session(uint64_t session)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int killed = 0;

	while ((entry = readdir(proc))) {
		int pid = atoi(entry->d_name), pidfd = pid ? syscall(SYS_pidfd_open, pid, 0) : -1, token;
		struct kacs_inspect_token_args args = { pidfd, 0 };
		uint64_t stats[6] = { 0 };

		if (pidfd < 0)
			continue;
		token = ioctl(dev, KACS_IOC_INSPECT_TOKEN, &args);
		if (token >= 0 && query(token, KACS_TOKEN_CLASS_STATISTICS, stats, 48) == 48 &&
		    stats[2] == session)
			killed += !syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		close(token);
		close(pidfd);
	}
	closedir(proc);
	return killed;
}

/* KACS-TOK-092: invalidate, find the holders by their tokens, end them; then the session is gone. */
static void test_revocation(void)
{
	struct kacs_logon_session_args args;
	struct kacs_session_info info;
	int gate[2], token, status, i;
	uint64_t session;
	pid_t pids[3];
	char byte;

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 0, 0);
	token = create_token(&spec);
	if (pipe(gate))
		return;
	for (i = 0; i < 3; i++) {
		pids[i] = fork();
		if (!pids[i])
			_exit((i && ioctl(token, KACS_IOC_INSTALL)) || write(gate[1], "x", 1) != 1 ||
			      pause());
	}
	for (i = 0; i < 3; i++)
		if (read(gate[0], &byte, 1) != 1)
			return;
	close(token);
	args.auth_id = info.auth_id = session;
	works(ioctl(dev, KACS_IOC_INVALIDATE_LOGON_SESSION, &args), "Revoke_Session_Invalidated");
	ok(kill_session(session) == 2, "Revoke_Holders_AreFound");
	for (i = 0; i < 3; i++) {
		if (!i)
			kill(pids[0], SIGKILL); /* no holder, but it has a copy of the descriptor */
		waitpid(pids[i], &status, 0);
	}
	for (i = 0; i < 500; i++) {
		info = (struct kacs_session_info){ .auth_id = session };
		if (ioctl(dev, KACS_IOC_GET_LOGON_SESSION, &info) && errno == ENOENT)
			break;
		usleep(10000);
	}
	ok(i < 500, "Revoke_Afterwards_TheSessionIsGone");
}

/* --- policies and handles ------------------------------------------------------------- */

/* KACS-TOK-007, HAZ-008: also who was there before the module. */
static void test_everybody_has_a_token(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int seen = 0, without = 0;

	while ((entry = readdir(proc))) {
		int pid = atoi(entry->d_name), pidfd = pid ? syscall(SYS_pidfd_open, pid, 0) : -1, token;
		struct kacs_inspect_token_args args = { pidfd, 0 };

		if (pidfd < 0)
			continue;
		token = ioctl(dev, KACS_IOC_INSPECT_TOKEN, &args);
		seen++;
		without += token < 0 || !user_is(token, SID_SYSTEM);
		close(token);
		close(pidfd);
	}
	closedir(proc);
	ok(seen > 2 && !without, "Inspect_EveryTask_IsSystem");
}

/* KACS-AC-134: a policy that comes later does not reach rights that a descriptor has. */
static void test_later_policy(void)
{
	/* clang-format off */
	static const uint8_t sacl[] = { 1, 0, 0x10, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0,
		2, 0, 32, 0, 1, 0, 0, 0, 0x13, 0, 24, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 17, 1, 0, 0, 0, 9, 0, 0, 0 };
	static const uint8_t open_policy[5] = { 1 };
	static const uint8_t shut_policy[5 + 4 + 4 + 8 + 12] = { 1, 1, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 2, 0, 8 };
	/* clang-format on */
	struct kacs_set_caap_args policy = { (uintptr_t)(sacl + 36), (uintptr_t)open_policy, 16, 5 };
	int self = open_self(0, KACS_TOKEN_QUERY), before;
	struct kacs_sd_args args = {
		.dirfd = self,
		.security_info = KACS_SD_SACL,
		.buf_ptr = (uintptr_t)sacl,
		.buf_len = sizeof(sacl),
		.flags = AT_EMPTY_PATH,
	};
	uint8_t buf[68];

	works(ioctl(dev, KACS_IOC_SET_CAAP, &policy), "SetCaap_NoRules_Works");
	works(ioctl(dev, KACS_IOC_SET_SD, &args), "SetSd_PolicyOnToken_Works");
	before = open_self(0, KACS_TOKEN_QUERY);
	works(before, "OpenSelf_PolicyWithoutRules_Works");
	policy.spec_ptr = (uintptr_t)shut_policy;
	policy.spec_len = sizeof(shut_policy);
	works(ioctl(dev, KACS_IOC_SET_CAAP, &policy), "SetCaap_ClosedRule_Works");
	fails(open_self(0, KACS_TOKEN_QUERY), EACCES, "OpenSelf_ClosedPolicy_Eacces");
	ok(query(before, KACS_TOKEN_CLASS_USER, buf, sizeof(buf)) == 12, "TokenFd_PolicyChanged_KeepsRights");
	close(before);
	close(self);
}

int main(void)
{
	int step;

	open_dev();
	test_everybody_has_a_token();
	test_carried();
	test_confined();
	ok(in_child(administrator_without_privileges) == 0, "Administrator_WithoutPrivileges_HasNone");
	ok(in_child(ids_stay) == 0, "AdjustGroups_Off_KeepsTheIds");
	ok(in_child(gates_ask_the_primary) == 0, "Impersonate_WhileImpersonating_AsksThePrimary");
	step = in_child(integrity_follows);
	if (!ok(!step, "Integrity_Impersonating_IsTheClients"))
		printf("# step %d\n", step);
	test_revocation();
	test_later_policy();
	return plan();
}
