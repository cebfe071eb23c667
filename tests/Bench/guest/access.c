// SPDX-License-Identifier: MIT
/*
 * Instructions of one call, in a guest where a nanosecond is one instruction
 * (qemu/ktest.sh -i): ACCESS_CHECK of case b, a number that /dev/kacs does not
 * know, and faccessat on a file with a POSIX ACL of five entries.
 */
#define _GNU_SOURCE
#include "../../Vm/guest/kacs.h"
#include "../../Core/bench/common.h"

#include <sys/xattr.h>
#include <time.h>

#define CALLS  1000
#define ROUNDS 9

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* The fewest instructions of a round: interrupts only add some. */
static void count(const char *name, int (*call)(void), int expect)
{
	long long best = -1, start, took;
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		start = now();
		for (i = 0; i < CALLS; i++)
			if ((call() < 0 ? errno : 0) != expect) {
				printf("bench: %s failed: %s\n", name, strerror(errno));
				exit(1);
			}
		took = now() - start;
		if (best < 0 || took < best)
			best = took;
	}
	printf("bench: %s %lld\n", name, best / CALLS);
}

static struct kacs_access_check_args check_args;

static int check(void)
{
	return ioctl(dev, KACS_IOC_ACCESS_CHECK, &check_args);
}

static int empty(void)
{
	return ioctl(dev, _IO('K', 0x7f), NULL);
}

static int access_acl(void)
{
	return faccessat(AT_FDCWD, "/tmp/file", R_OK, 0);
}

/* Case b of the native benchmark, asked of the caller's own token or of @token. */
static void prepare_check(int token)
{
	static struct descriptor d;
	static u8 sd[KACS_SD_MAX];

	plain_case(&d, 'b');
	check_args = (struct kacs_access_check_args){
		.size = sizeof(check_args),
		.token_fd = token,
		.sd_ptr = (uintptr_t)sd,
		.sd_len = finish(&d, sd),
		.desired_access = MASK_READ,
		.generic_read = kacs_map_file.read,
		.generic_write = kacs_map_file.write,
		.generic_execute = kacs_map_file.execute,
		.generic_all = kacs_map_file.all,
	};
}

static int bench_token(void)
{
	u8 user[KACS_SID_MAX], sid[KACS_SID_MAX];
	uint64_t session;
	u32 i;

	domain_sid(user, 1000);
	if (create_session(user, &session))
		return -1;
	token_spec(&spec, user, session, 1000, 0);
	for (i = 0; i < plain_groups('b') - 1; i++)
		add_group(&spec, domain_sid(sid, 2000 + i), 7);
	put32(&spec, 96, plain_groups('b'));
	return create_token(&spec);
}

/* user::rw-, user:1000:r--, group::---, mask::r--, other::--- */
static void make_file(void)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} entries[5];
	} acl = { 2, { { 1, 6, -1 }, { 2, 4, 1000 }, { 4, 0, -1 }, { 16, 4, -1 }, { 32, 0, -1 } } };

	close(open("/tmp/file", O_CREAT | O_RDWR, 0600));
	if (setxattr("/tmp/file", "system.posix_acl_access", &acl, sizeof(acl), 0) ||
	    setresuid(1000, 1000, 1000)) {
		perror("bench: file with ACL");
		exit(1);
	}
}

int main(void)
{
	open_dev();
	prepare_check(bench_token());
	if (check_args.token_fd < 0) {
		perror("bench: token");
		return 1;
	}
	count("access.ioctl.b", check, 0);
	count("ioctl.empty", empty, ENOTTY);
	make_file();
	count("faccessat.acl", access_acl, 0);
	return 0;
}
