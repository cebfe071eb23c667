// SPDX-License-Identifier: MIT
/* Every allocation of every call fails once.  ktest: -m out/pkm-fault/pkm.ko -p mode=enforce */
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kacs.h"

#define SWITCH "/sys/module/pkm/parameters/fail_nth"

static struct spec spec;
static uint64_t session;
static int token, switch_fd, listener;

static void arm_switch(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(switch_fd, text, len, 0) != len)
		exit(2);
}

/* Allocations still to come before one would fail; 0: it has failed. */
static int countdown(void)
{
	char text[16] = "";

	return pread(switch_fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : -1;
}

static int op_create_token(void)
{
	int fd = create_token(&spec);

	if (fd >= 0)
		close(fd);
	return fd;
}

static int op_create_session(void)
{
	struct kacs_logon_session_args args;
	uint64_t id;

	if (create_session(SID_LOCAL_SERVICE, &id))
		return -1;
	args.auth_id = id;
	return ioctl(dev, KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, &args);
}

static int op_duplicate(void)
{
	int fd = duplicate(token, KACS_TOKEN_QUERY, 1, 0);

	if (fd >= 0)
		close(fd);
	return fd;
}

static int op_duplicate_anonymous(void)
{
	int fd = duplicate(token, 0, 2, 0);

	if (fd >= 0)
		close(fd);
	return fd;
}

static int op_restrict(void)
{
	uint8_t payload[16] = { 0 };
	struct kacs_restrict_args args = {
		.num_deny_indices = 1,
		.num_restrict_sids = 1,
		.data_len = 16,
		.data_ptr = (uintptr_t)payload,
	};

	memcpy(payload + 4, SID_EVERYONE, 12);
	if (ioctl(token, KACS_IOC_RESTRICT, &args))
		return -1;
	return close(args.result_fd);
}

static int op_open_self(void)
{
	int fd = open_self(0, KACS_TOKEN_QUERY);

	if (fd >= 0)
		close(fd);
	return fd;
}

static int op_query(void)
{
	uint8_t buf[256];

	return query(token, KACS_TOKEN_CLASS_GROUPS, buf, sizeof(buf));
}

static int op_adjust_default(void)
{
	uint8_t acl[8] = { 2, 0, 8, 0 };
	struct kacs_adjust_default_args args = { (uintptr_t)acl, 8, 0xffff, 0xffff };

	return ioctl(token, KACS_IOC_ADJUST_DEFAULT, &args);
}

static int op_impersonate(void)
{
	int imp = duplicate(token, KACS_TOKEN_ALL_ACCESS, 2, 2), err;

	if (imp < 0)
		return -1;
	err = ioctl(imp, KACS_IOC_IMPERSONATE);
	close(imp);
	if (err)
		return -1;
	while (ioctl(dev, KACS_IOC_REVERT))
		;
	return 0;
}

static int op_connect(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = "\0fault" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), conn, err;

	err = connect(fd, (struct sockaddr *)&addr, offsetof(struct sockaddr_un, sun_path) + 6);
	if (!err) {
		struct kacs_open_peer_token_args args = { conn = accept(listener, NULL, NULL) };
		int peer = ioctl(dev, KACS_IOC_OPEN_PEER_TOKEN, &args), why = errno;

		err = peer < 0 ? -1 : 0;
		if (peer >= 0)
			close(peer);
		close(conn);
		errno = why;
	}
	int saved = errno;

	close(fd);
	errno = saved;
	return err;
}

static int op_fork(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(0);
	if (pid < 0)
		return -1;
	waitpid(pid, &status, 0);
	return status ? -1 : 0;
}

static int op_access_check(void)
{
	/* clang-format off */
	static const uint8_t sd[] = {
		1, 0, 0x14, 0x80, 20, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0, 60, 0, 0, 0,
		1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
		/* SACL: audit success and failure of everything for Everyone */
		2, 0, 28, 0, 1, 0, 0, 0, 2, 0xc0, 20, 0, 0xff, 0xff, 0x1f, 0,
		1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
		/* DACL: all to Everyone */
		2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 0xff, 0xff, 0x1f, 0,
		1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
	};
	/* clang-format on */
	struct kacs_access_check_args args = {
		.size = sizeof(args),
		.token_fd = token,
		.sd_ptr = (uintptr_t)sd,
		.sd_len = sizeof(sd),
		.desired_access = 1,
		.generic_all = 0x1f01ff,
		.audit_context_ptr = (uintptr_t) "object",
		.audit_context_len = 6,
	};

	return ioctl(dev, KACS_IOC_ACCESS_CHECK, &args);
}

static int child_install(void)
{
	if (ioctl(token, KACS_IOC_INSTALL))
		return -1;
	return 0;
}

/* In a child, since it cannot be undone; the child sets the switch for itself. */
static int op_install(int n)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		arm_switch(n);
		if (child_install())
			_exit(errno == ENOMEM && !countdown() ? 1 : 3);
		_exit(countdown() ? 0 : 4); /* it worked: then nothing may have failed */
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static const struct {
	const char *name;
	int (*run)(void);
} operations[] = {
	{ "CreateToken", op_create_token },
	{ "CreateSession", op_create_session },
	{ "Duplicate", op_duplicate },
	{ "DuplicateAnonymous", op_duplicate_anonymous },
	{ "Restrict", op_restrict },
	{ "OpenSelf", op_open_self },
	{ "Query", op_query },
	{ "AdjustDefault", op_adjust_default },
	{ "Impersonate", op_impersonate },
	{ "Connect", op_connect },
	{ "Fork", op_fork },
	{ "AccessCheck", op_access_check },
};

/* Fails the first, second, ... allocation until the operation needs no more. */
static void test_operation(const char *name, int (*run)(void))
{
	int n, bad = 0, failures = 0;

	for (n = 1; n < 200; n++) {
		int ret, failed;

		arm_switch(n);
		errno = 0;
		ret = run();
		failed = !countdown();
		if (!failed)
			break;
		failures++;
		/* A failed allocation may be survived (the retry of revert), never lied about. */
		if (ret < 0 && errno != ENOMEM)
			bad++;
	}
	arm_switch(0);
	ok(!bad && failures && n < 200, "%s_EveryAllocationFails_Enomem", name);
	printf("# %s: %d allocations failed, %d wrong answers\n", name, failures, bad);
	ok(run() >= 0, "%s_Afterwards_Works", name);
}

static void test_install(void)
{
	int n, status = 1;

	for (n = 1; n < 100 && status == 1; n++)
		status = op_install(n);
	ok(n > 2 && !status, "Install_EveryAllocationFails_ThenWorks");
}

/* A session ends with its last token: if it does not, something still holds one. */
static int session_ends(void)
{
	int tries;

	for (tries = 0; tries < 500; tries++) {
		struct kacs_session_info info = { .auth_id = session };

		if (ioctl(dev, KACS_IOC_GET_LOGON_SESSION, &info) && errno == ENOENT)
			return 1;
		usleep(10000); /* credentials are freed by RCU */
	}
	return 0;
}

int main(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = "\0fault" };
	int first, last;
	size_t i;

	open_dev();
	switch_fd = open(SWITCH, O_RDWR | O_CLOEXEC);
	ok(switch_fd >= 0, "Switch_TestBuild_IsThere");
	if (switch_fd < 0)
		return plan();
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&addr, offsetof(struct sockaddr_un, sun_path) + 6) ||
	    listen(listener, 16))
		return 1;
	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 201, PRIV(23));
	token = create_token(&spec);
	first = dup(dev);
	close(first);
	for (i = 0; i < sizeof(operations) / sizeof(*operations); i++)
		test_operation(operations[i].name, operations[i].run);
	test_install();
	last = dup(dev);
	close(last);
	close(token);
	ok(session_ends(), "Tokens_AfterAll_NoneLeaked");
	ok(first == last, "Descriptors_AfterAll_NoneLeaked");
	return plan();
}
