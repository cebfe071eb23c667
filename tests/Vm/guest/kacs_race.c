// SPDX-License-Identifier: MIT
/*
 * What a check sees is one moment of a token and of the policies, whatever changes beside it.  ktest: -c 2 -M -p mode=off
 * Two real processors, so without hooks (HAZ-046): mode=off checks with the same code.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>

#include "kacs.h"

#define ROUNDS     150000
#define MAX        0x02000000u
#define POLICY_ACE 0x13
#define ALARM_ACE  0x03

static const uint8_t SID_RESTRICTED[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 12 };
static const uint8_t SID_POLICY[16] = { 1, 2, 0, 0, 0, 0, 0, 17, 1, 0, 0, 0, 2 };

static int token;
static volatile int stop;

/* --- descriptors and policies ------------------------------------------------- */

static uint32_t put_ace(uint8_t *to, uint8_t type, uint32_t mask, const uint8_t *sid)
{
	uint16_t size = 16 + 4 * sid[1];

	memset(to, 0, 4);
	to[0] = type;
	memcpy(to + 2, &size, 2);
	memcpy(to + 4, &mask, 4);
	memcpy(to + 8, sid, size - 8);
	return size;
}

/* Around @count ACEs of @bytes that stand behind the header already. */
static uint32_t put_acl(uint8_t *to, uint16_t count, uint16_t bytes)
{
	uint16_t size = 8 + bytes;

	memset(to, 0, 8);
	to[0] = 2;
	memcpy(to + 2, &size, 2);
	memcpy(to + 4, &count, 2);
	return size;
}

/* SYSTEM's, with a SACL of @sacl_len bytes and a DACL at @dacl. */
static uint32_t put_sd(uint8_t *to, const uint8_t *sacl, uint32_t sacl_len, const uint8_t *dacl,
		       uint32_t dacl_len)
{
	uint32_t offsets[4] = { 20, 0, sacl_len ? 32 : 0, 32 + sacl_len };
	uint16_t control = 0x8004 | (sacl_len ? 0x10 : 0);

	memset(to, 0, 20);
	to[0] = 1;
	memcpy(to + 2, &control, 2);
	memcpy(to + 4, offsets, 16);
	memcpy(to + 20, SID_SYSTEM, 12);
	memcpy(to + 32, sacl, sacl_len);
	memcpy(to + 32 + sacl_len, dacl, dacl_len);
	return 32 + sacl_len + dacl_len;
}

/* A policy of one rule: everybody gets @mask, and alarms of @mask. */
static uint32_t put_policy(uint8_t *to, uint32_t mask)
{
	uint8_t type[2] = { 0, ALARM_ACE };
	uint32_t one = 1, at = 5 + 4, len, i;

	memset(to, 0, 128);
	to[0] = 1;
	memcpy(to + 1, &one, 4);
	for (i = 0; i < 2; i++) {
		len = put_acl(to + at + 4, 1, put_ace(to + at + 12, type[i], mask, SID_EVERYONE));
		memcpy(to + at, &len, 4);
		at += 4 + len;
	}
	return at + 8; /* nothing staged */
}

static int set_policy(const uint8_t *spec, uint32_t len)
{
	struct kacs_set_caap_args args = { (uintptr_t)SID_POLICY, (uintptr_t)spec, sizeof(SID_POLICY), len };

	return ioctl(dev, KACS_IOC_SET_CAAP, &args);
}

/* --- who changes --------------------------------------------------------------- */

static void *change_groups(void *arg)
{
	for (uint32_t on = 0; !stop; on ^= 1) {
		struct kacs_group_entry pair[2] = { { 1, on }, { 2, !on } };
		struct kacs_adjust_groups_args args = { .count = 2, .data_ptr = (uintptr_t)pair };

		if (ioctl(token, KACS_IOC_ADJUST_GROUPS, &args))
			return arg;
	}
	return NULL;
}

/* The pair first and last of 64: what is applied entry by entry shows for long. */
static void *change_privileges(void *arg)
{
	struct kacs_priv_entry all[64] = { { 8, 0 } };
	struct kacs_adjust_privs_args args = { .count = 64, .data_ptr = (uintptr_t)all };
	uint32_t on, i;

	for (i = 1; i < 63; i++)
		all[i].luid = i < 9 ? i - 1 : i + 1; /* none that the token has */
	all[63].luid = 9;
	for (on = 0; !stop; on ^= KACS_PRIV_ENABLED) {
		all[0].attributes = on;
		all[63].attributes = on ^ KACS_PRIV_ENABLED;
		if (ioctl(token, KACS_IOC_ADJUST_PRIVS, &args))
			return arg;
	}
	return NULL;
}

static void *change_policy(void *arg)
{
	uint8_t first[128], second[128];
	uint32_t len = put_policy(first, 1);

	put_policy(second, 2);
	for (uint32_t on = 0; !stop; on ^= 1)
		if (set_policy(on ? second : first, len))
			return arg;
	return set_policy(NULL, 0) ? arg : NULL;
}

static void *end_session(void *arg)
{
	struct kacs_logon_session_args args = { *(uint64_t *)arg };

	usleep(20000);
	return ioctl(dev, KACS_IOC_INVALIDATE_LOGON_SESSION, &args) ? arg : NULL;
}

/* --- who checks ------------------------------------------------------------------ */

static uint8_t sd[512];
static struct kacs_access_check_args check = {
	.size = sizeof(check),
	.sd_ptr = (uintptr_t)sd,
	.desired_access = MAX,
	.generic_all = 0x1f01ff,
};

/* Checks while @change runs; whether every answer was one of the two, and both came. */
static int only(void *(*change)(void *), uint32_t first, uint32_t second, uint32_t *alarms)
{
	uint32_t granted, seen = 0, i;
	pthread_t thread;
	void *failed;

	check.granted_out_ptr = (uintptr_t)&granted;
	check.continuous_audit_out_ptr = (uintptr_t)alarms;
	stop = 0;
	pthread_create(&thread, NULL, change, &check);
	for (i = 0; i < ROUNDS || (seen != 3 && i < 20 * ROUNDS); i++) {
		if (ioctl(dev, KACS_IOC_ACCESS_CHECK, &check) < 0)
			break;
		if (granted != first && granted != second)
			break;
		if (alarms && *alarms != granted)
			break;
		seen |= granted == first ? 1 : 2;
	}
	stop = 1;
	pthread_join(thread, &failed);
	if (seen != 3 || i < ROUNDS)
		printf("# round %u: granted %x, alarms %x, seen %u\n", i, granted, alarms ? *alarms : 0,
		       seen);
	return !failed && seen == 3 && i >= ROUNDS;
}

/* KACS-TOK-090: once denied, denied for good. */
static int dies_once(uint64_t *session)
{
	int denied = 0, i;
	pthread_t thread;
	void *failed;

	pthread_create(&thread, NULL, end_session, session);
	for (i = 0; i < 20 * ROUNDS && denied < 1000; i++) {
		if (ioctl(dev, KACS_IOC_ACCESS_CHECK, &check) >= 0 && denied)
			break;
		denied += errno == EACCES;
		errno = 0;
	}
	pthread_join(thread, &failed);
	return !failed && denied == 1000;
}

int main(void)
{
	uint8_t dacl[128], sacl[64];
	uint32_t at, alarms;
	uint64_t session;

	open_dev();
	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 0, PRIV(8));
	put64(&spec, 16, PRIV(8) | PRIV(9));
	add_group(&spec, SID_NETWORK_SERVICE, 6);
	add_group(&spec, SID_RESTRICTED, 0);
	put32(&spec, 96, 3);
	token = create_token(&spec);
	works(token, "Token_OfThePair_IsMade");
	check.token_fd = token;

	at = put_ace(dacl + 8, 0, 1, SID_NETWORK_SERVICE);
	at += put_ace(dacl + 8 + at, 0, 2, SID_RESTRICTED);
	check.sd_len = put_sd(sd, NULL, 0, dacl, put_acl(dacl, 2, at));
	adjust_privilege(token, 8, 0);
	ok(only(change_groups, 1, 2, NULL),
	   "Check_GroupsChange_SeesOneMoment"); /* KACS-TOK-008, KACS-TOK-066 */

	check.sd_len = put_sd(sd, NULL, 0, dacl, put_acl(dacl, 0, 0));
	adjust_privilege(token, 8, KACS_PRIV_ENABLED);
	ok(only(change_privileges, 0x01000000, 0x00080000, NULL), "Check_PrivilegesChange_SeesOneMoment");
	adjust_privilege(token, 8, 0);
	adjust_privilege(token, 9, 0);

	at = put_acl(sacl, 1, put_ace(sacl + 8, POLICY_ACE, 0, SID_POLICY));
	check.sd_len = put_sd(sd, sacl, at, dacl, put_acl(dacl, 1, put_ace(dacl + 8, 0, 3, SID_EVERYONE)));
	at = put_policy(sacl, 1);
	works(set_policy(sacl, at), "Policy_First_IsSet");
	ok(only(change_policy, 1, 2, &alarms), "Check_PolicyChanges_SeesTheWholeOldOrNew"); /* KACS-AC-154 */

	check.sd_len = put_sd(sd, NULL, 0, dacl, put_acl(dacl, 1, put_ace(dacl + 8, 0, 3, SID_EVERYONE)));
	ok(dies_once(&session), "Check_SessionDies_IsDeniedForGood");
	return plan();
}
