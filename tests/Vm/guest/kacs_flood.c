// SPDX-License-Identifier: MIT
/*
 * Whoever causes events by calls of his own, without the privilege to emit them, cannot push other
 * people's out of the ring: checks against descriptors of his own, privilege checks, new tokens.  ktest: -i
 * Time is counted in instructions: on a slow machine the budgets would grow as fast as the floods.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <time.h>
#include <linux/pkm/kmes.h>

#include "kacs.h"

#define SE_AUDIT         21
#define AUDIT_ACES       3000
#define BYTES_PER_SECOND (256 << 10) /* a session's budget for events */

static uint8_t sd[65535], context[KACS_AUDIT_CONTEXT_MAX];

static uint32_t add_ace(uint32_t at, uint8_t type, uint8_t flags)
{
	const uint8_t head[8] = { type, flags, 20, 0, 1, 0, 0, 0 };

	memcpy(sd + at, head, 8);
	memcpy(sd + at + 8, SID_EVERYONE, 12);
	return at + 20;
}

static uint32_t add_acl(uint32_t at, uint16_t count, uint8_t type, uint8_t flags)
{
	uint16_t size = 8 + 20 * count;

	memset(sd + at, 0, 8);
	sd[at] = 2;
	memcpy(sd + at + 2, &size, 2);
	memcpy(sd + at + 4, &count, 2);
	for (at += 8; count--;)
		at = add_ace(at, type, flags);
	return at;
}

/* One check that everybody passes, with @audits audit ACEs that all fire. */
static int check(uint16_t audits)
{
	struct kacs_access_check_args args = {
		.size = sizeof(args),
		.token_fd = -1,
		.sd_ptr = (uintptr_t)sd,
		.desired_access = 1,
		.generic_all = 1,
		.audit_context_ptr = (uintptr_t)context,
		.audit_context_len = sizeof(context),
	};
	uint32_t sacl = 32, dacl;

	memset(sd, 0, 32);
	sd[0] = 1;
	sd[2] = 0x14;
	sd[3] = 0x80;
	sd[4] = 20;
	memcpy(sd + 20, SID_SYSTEM, 12);
	memcpy(sd + 12, &sacl, 4);
	dacl = add_acl(sacl, audits, 2, 0xc0);
	memcpy(sd + 16, &dacl, 4);
	args.sd_len = add_acl(dacl, 1, 0, 0);
	return ioctl(dev, KACS_IOC_ACCESS_CHECK, &args);
}

static int unprivileged(void)
{
	if (ioctl(make_token(SID_LOCAL_SERVICE, 201, 0), KACS_IOC_INSTALL))
		return 1;
	if (check(8) != 1)
		return 2;
	if (check(AUDIT_ACES) != -1 || errno != EAGAIN)
		return 3;
	if (check(AUDIT_ACES) != -1 || errno != EAGAIN)
		return 4;
	return check(0) == 1 ? 0 : 5;
}

static int auditor(void)
{
	if (ioctl(make_token(SID_LOCAL_SERVICE, 201, PRIV(SE_AUDIT)), KACS_IOC_INSTALL))
		return 1;
	return check(AUDIT_ACES) != 1;
}

/* Calls until one fails with EAGAIN; -1: another errno, or none at all. */
static int until_refused(int (*call)(void))
{
	int i;

	for (i = 0; i < 5000; i++)
		if (call() < 0)
			return errno == EAGAIN ? i : -1;
	return -1;
}

/* Installs a token of LOCAL SERVICE that is audited for whatever it does. */
static int become_audited(uint64_t privileges)
{
	uint64_t session;

	if (create_session(SID_LOCAL_SERVICE, &session))
		return -1;
	token_spec(&spec, SID_LOCAL_SERVICE, session, 201, privileges);
	put32(&spec, 44, 0xf);
	return ioctl(create_token(&spec), KACS_IOC_INSTALL);
}

static int check_privileges(void)
{
	uint32_t bits[30];
	struct kacs_privilege_check_args args = { (uintptr_t)bits, 30, 0 };
	int i;

	for (i = 0; i < 30; i++)
		bits[i] = 2 + i;
	if (!ioctl(dev, KACS_IOC_PRIVILEGE_CHECK, &args))
		return 0;
	return errno == EPERM ? 0 : -1; /* refused, and heard */
}

static int privilege_checks(void)
{
	return become_audited(0) || until_refused(check_privileges) < 1;
}

static int privilege_checks_of_auditor(void)
{
	return become_audited(PRIV(SE_AUDIT)) || until_refused(check_privileges) != -1;
}

static int own = -1, client = -1;

static int copy_own(void)
{
	int copy = duplicate(own, KACS_TOKEN_QUERY, KACS_TOKEN_TYPE_IMPERSONATION, KACS_LEVEL_IMPERSONATION);

	return copy < 0 ? -1 : close(copy);
}

static int become_unprivileged(void)
{
	own = make_token(SID_LOCAL_SERVICE, 201, 0);
	return ioctl(own, KACS_IOC_INSTALL);
}

static int copies(void)
{
	return become_unprivileged() || until_refused(copy_own) < 10;
}

static int impersonate_client(void)
{
	int done = ioctl(client, KACS_IOC_IMPERSONATE), err = errno;

	ioctl(dev, KACS_IOC_REVERT);
	errno = err;
	return done;
}

/* Lowered to Identification each time: the client's session pays, and the server's own calls go on. */
static int lowered(void)
{
	int token = make_token(SID_NETWORK_SERVICE, 202, 0);

	client = duplicate(token, KACS_TOKEN_IMPERSONATE | KACS_TOKEN_QUERY, KACS_TOKEN_TYPE_IMPERSONATION,
			   KACS_LEVEL_IMPERSONATION);
	if (client < 0 || become_unprivileged())
		return 1;
	if (until_refused(impersonate_client) < 10)
		return 2;
	return copy_own() < 0 ? 3 : 0;
}

static uint64_t written(int kmes)
{
	struct kmes_stats stats = { .size = sizeof(stats) };

	return ioctl(kmes, KMES_IOC_STATS, &stats) ? 0 : stats.write_pos;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(void)
{
	int kmes = open("/dev/kmes", O_RDWR | O_CLOEXEC);
	double start;
	uint64_t before;

	open_dev();
	before = written(kmes);
	ok(in_child(unprivileged) == 0, "AccessCheck_FloodOfAudits_FailsClosed");
	ok(before && written(kmes) - before < KMES_CAPACITY_DEFAULT / 4,
	   "AccessCheck_FloodOfAudits_LeavesRing");
	ok(in_child(auditor) == 0, "AccessCheck_SeAudit_EmitsAll"); /* KACS-AC-169 */

	before = written(kmes);
	start = now();
	ok(in_child(privilege_checks) == 0, "PrivilegeCheck_Flood_FailsClosed");
	ok(in_child(copies) == 0, "Duplicate_Flood_IsRefused");
	ok(in_child(lowered) == 0, "Impersonate_Lowered_ClientPays");
	/* One at a time, each may use what its session has, and what it gets meanwhile. */
	ok(written(kmes) - before < KMES_CAPACITY_DEFAULT / 2 + (now() - start) * BYTES_PER_SECOND,
	   "Floods_Together_LeaveRing");
	printf("# %.1f KiB in %.2f s\n", (written(kmes) - before) / 1024.0, now() - start);
	ok(in_child(privilege_checks_of_auditor) == 0, "PrivilegeCheck_SeAudit_EmitsAll");
	return plan();
}
