// SPDX-License-Identifier: MIT
/* One process reaching into another: memory, descriptors, debugging; and user namespaces. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kacs.h"

#define UID      1001
#define MEDIUM   8192
#define HIGH     12288
#define SE_TCB   7
#define SE_DEBUG 20

static volatile long word = 4711;

/* What an attempt could do. */
enum { READ = 1, WRITE = 2, ATTACH = 4, GETFD = 8, ALL = 15 };

/* INSTALL keeps the capabilities until exec: whatever is refused here is refused by us. */
static int become(const uint8_t *user, uint32_t integrity, uint64_t privileges)
{
	uint64_t session;
	int token;

	if (create_session(user, &session))
		return -1;
	token_spec(&spec, user, session, UID, privileges);
	put32(&spec, 8, integrity);
	token = create_token(&spec);
	return token < 0 ? -1 : ioctl(token, KACS_IOC_INSTALL);
}

/* A process of that identity that waits to be attacked. */
static pid_t victim(const uint8_t *user, uint32_t integrity)
{
	int ready[2];
	pid_t pid;
	char c;

	if (pipe(ready))
		return -1;
	pid = fork();
	if (!pid) {
		if (!user || !become(user, integrity, 0))
			c = write(ready[1], "x", 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		return -1;
	close(ready[0]);
	return pid;
}

static int try_all(pid_t pid)
{
	long copy = 0;
	struct iovec mine = { &copy, sizeof(copy) }, theirs = { (void *)&word, sizeof(word) };
	int can = 0, pidfd = syscall(SYS_pidfd_open, pid, 0), fd;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	fd = open(path, O_RDONLY);
	if (fd >= 0)
		can |= READ;
	else if (errno != EACCES)
		return -1;
	close(fd);
	if (process_vm_writev(pid, &mine, 1, &theirs, 1, 0) == sizeof(copy))
		can |= WRITE;
	else if (errno != EPERM)
		return -2;
	if (syscall(SYS_pidfd_getfd, pidfd, 0, 0) >= 0)
		can |= GETFD;
	else if (errno != EPERM)
		return -3;
	if (!ptrace(PTRACE_SEIZE, pid, 0, 0))
		can |= ATTACH;
	else if (errno != EPERM)
		return -4;
	return can;
}

static pid_t target;

static int as_medium(void)
{
	return become(SID_LOCAL_SERVICE, MEDIUM, 0) ? 99 : try_all(target);
}

static int as_high(void)
{
	return become(SID_LOCAL_SERVICE, HIGH, 0) ? 99 : try_all(target);
}

static int as_other(void)
{
	return become(SID_NETWORK_SERVICE, HIGH, 0) ? 99 : try_all(target);
}

static int as_other_debugger(void)
{
	return become(SID_NETWORK_SERVICE, HIGH, PRIV(SE_DEBUG)) ? 99 : try_all(target);
}

static int as_myself(void)
{
	return try_all(target);
}

static int attack(int (*body)(void), const uint8_t *user, uint32_t integrity)
{
	int can;

	target = victim(user, integrity);
	can = target < 0 ? -1 : in_child(body);
	kill(target, SIGKILL);
	waitpid(target, NULL, 0);
	return can;
}

/* The tracer that a process nominates must have the right, not the process. */
static int traceme(int weak)
{
	int go[2], status;
	pid_t pid;
	char c;

	if (pipe(go))
		return 1;
	pid = fork();
	if (!pid) {
		close(go[1]);
		if (read(go[0], &c, 1) != 1)
			_exit(2);
		_exit(ptrace(PTRACE_TRACEME, 0, 0, 0) ? errno : 0);
	}
	close(go[0]);
	if (weak && become(SID_LOCAL_SERVICE, HIGH, 0))
		return 3;
	if (write(go[1], "x", 1) != 1 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 4;
	return WEXITSTATUS(status) == EPERM ? 50 : WEXITSTATUS(status);
}

static int traceme_weak(void)
{
	return traceme(1);
}

static int traceme_same(void)
{
	return traceme(0);
}

static int own_memory_works(void)
{
	int fd, ok;
	long copy;

	if (become(SID_LOCAL_SERVICE, MEDIUM, 0))
		return 1;
	prctl(PR_SET_DUMPABLE, 1);
	fd = open("/proc/self/mem", O_RDWR);
	ok = fd >= 0 && pread(fd, &copy, sizeof(copy), (off_t)&word) == sizeof(copy) && copy == 4711;
	return ok ? 0 : 2;
}

/* Three calls make user namespaces. */
static int namespace(void)
{
	uint64_t args[8] = { CLONE_NEWUSER, 0, 0, 0, SIGCHLD };
	long pid = syscall(SYS_clone3, args, 64);

	if (!pid)
		_exit(0);
	if (pid > 0)
		return 1;
	if (errno != EPERM)
		return 2;
	pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);
	if (!pid)
		_exit(0);
	if (pid > 0 || errno != EPERM)
		return 3;
	return !unshare(CLONE_NEWUSER) ? 4 : errno == EPERM ? 50 : 5;
}

static int namespace_weak(void)
{
	return become(SID_LOCAL_SERVICE, HIGH, PRIV(SE_DEBUG)) ? 99 : namespace();
}

static int namespace_tcb(void)
{
	return become(SID_LOCAL_SERVICE, HIGH, PRIV(SE_TCB)) ? 99 : unshare(CLONE_NEWUSER);
}

/* The token of a stronger process may be looked at by its user's weaker ones, not changed. */
static int token_of_target(void)
{
	struct kacs_open_process_token_args args = { .pidfd = syscall(SYS_pidfd_open, target, 0) };
	int token;

	if (become(SID_LOCAL_SERVICE, MEDIUM, 0))
		return 1;
	args.access_mask = KACS_TOKEN_QUERY;
	token = ioctl(dev, KACS_IOC_OPEN_PROCESS_TOKEN, &args);
	if (token < 0 || !user_is(token, SID_LOCAL_SERVICE))
		return 2;
	args.access_mask = KACS_TOKEN_ADJUST_DEFAULT;
	if (ioctl(dev, KACS_IOC_OPEN_PROCESS_TOKEN, &args) >= 0 || errno != EACCES)
		return 3;
	args.access_mask = KACS_TOKEN_ADJUST_PRIVILEGES;
	if (ioctl(dev, KACS_IOC_OPEN_PROCESS_TOKEN, &args) >= 0 || errno != EACCES)
		return 4;
	return open_self(0, KACS_TOKEN_QUERY | KACS_TOKEN_ADJUST_DEFAULT) < 0 ? 5 : 0;
}

int main(void)
{
	open_dev();
	if (ioctl(dev, KACS_IOC_ARM))
		return 1;
	ok(attack(as_medium, SID_LOCAL_SERVICE, HIGH) == READ,
	   "Ptrace_LowerLevelSameUser_OnlyReads"); /* KACS-ENF-013 */
	ok(attack(as_high, SID_LOCAL_SERVICE, HIGH) == ALL, "Ptrace_SameUserSameLevel_Works");
	ok(attack(as_high, SID_LOCAL_SERVICE, MEDIUM) == ALL, "Ptrace_HigherLevel_Works");
	ok(attack(as_other, SID_LOCAL_SERVICE, MEDIUM) == 0,
	   "Ptrace_OtherUserSameUid_Eperm"); /* KACS-ENF-022 */
	ok(attack(as_other, NULL, 0) == 0, "Ptrace_OfSystem_Eperm");
	ok(attack(as_other_debugger, SID_LOCAL_SERVICE, HIGH) == ALL,
	   "Ptrace_SeDebug_Works"); /* KACS-ENF-024 */
	ok(attack(as_myself, SID_LOCAL_SERVICE, HIGH) == ALL, "Ptrace_System_Works");
	ok(attack(token_of_target, SID_LOCAL_SERVICE, HIGH) == 0, "OpenProcessToken_LowerLevel_OnlyLooks");
	ok(in_child(traceme_weak) == 50, "Traceme_WeakerTracer_Eperm"); /* KACS-ENF-028 */
	ok(in_child(traceme_same) == 0, "Traceme_SameIdentity_Works");
	ok(in_child(own_memory_works) == 0, "ProcMem_OwnProcess_Works"); /* KACS-ENF-025 */
	ok(in_child(namespace_weak) == 50, "UserNamespace_WithoutTcb_Eperm");
	ok(in_child(namespace_tcb) == 0, "UserNamespace_WithTcb_Works");
	return plan();
}
