// SPDX-License-Identifier: MIT
/* Tokens on processes and threads: install, fork, exec, threads.  ktest: -c 2 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>

#include "kacs.h"

/* --- install ------------------------------------------------------------------ */

static int child_installs(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 201, PRIV(23));

	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	if (!self_is(SID_LOCAL_SERVICE))
		return 2;
	if (getuid() != 201 || geteuid() != 201 || getgid() != 201 || getegid() != 201) /* KACS-TOK-105 */
		return 3;
	/* The new identity lacks SeCreateToken and SeAssignPrimaryToken. */
	if (create_token(&spec) >= 0 || errno != EPERM)
		return 4;
	if (!ioctl(token, KACS_IOC_INSTALL) || errno != EPERM)
		return 5;
	return 0;
}

static int grandchild_inherits(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 201, PRIV(23));
	uint8_t before[16], after[16];
	int status, mine;
	pid_t pid;

	ioctl(token, KACS_IOC_INSTALL);
	mine = open_self(0, KACS_TOKEN_QUERY | KACS_TOKEN_ADJUST_PRIVILEGES);
	guid_of(mine, before);
	pid = fork();
	if (!pid) {
		int own = open_self(0, KACS_TOKEN_QUERY | KACS_TOKEN_ADJUST_PRIVILEGES);

		guid_of(own, after);
		if (memcmp(before, after, 16)) /* KACS-TOK-098: the copy keeps its GUID */
			_exit(1);
		_exit(adjust_privilege(own, 23, KACS_PRIV_REMOVED) ? 2 : 0);
	}
	waitpid(pid, &status, 0);
	if (WEXITSTATUS(status))
		return 10 + WEXITSTATUS(status);
	uint64_t privs[4];

	return privileges_of(mine, privs) || privs[0] != PRIV(23); /* the child changed its copy only */
}

static int exec_keeps(void)
{
	int token = make_token(SID_NETWORK_SERVICE, 202, 0);

	ioctl(token, KACS_IOC_INSTALL);
	fcntl(dev, F_SETFD, 0);
	char number[16];

	snprintf(number, sizeof(number), "%d", dev);
	execl("/proc/self/exe", "kacs_process", "after-exec", number, NULL);
	return 99;
}

/* The low word: nothing above it alone lets a program do what its token may not. */
static unsigned int effective_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { 0 };

	return syscall(SYS_capget, &header, data) ? ~0U : data[0].effective;
}

static int after_exec(const char *number)
{
	dev = atoi(number);
	if (!self_is(SID_NETWORK_SERVICE)) /* KACS-TOK-100 */
		return 1;
	return getuid() != 202 || effective_capabilities(); /* HAZ-023 */
}

static void test_install(void)
{
	int token;

	ok(in_child(child_installs) == 0, "Install_InChild_ChangesIdentity");
	ok(self_is(SID_SYSTEM), "Install_InChild_LeavesParent");
	ok(in_child(grandchild_inherits) == 0, "Fork_Installed_CopiesToken");
	ok(in_child(exec_keeps) == 0, "Exec_Installed_KeepsToken");
	token = make_token(SID_LOCAL_SERVICE, 201, 0);
	int imp = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);

	fails(ioctl(imp, KACS_IOC_INSTALL), EINVAL, "Install_ImpersonationToken_Einval"); /* KACS-TOK-102 */
	fails(ioctl(token, KACS_IOC_IMPERSONATE), EINVAL,
	      "Impersonate_PrimaryToken_Einval"); /* KACS-TOK-111 */
	close(imp);
	close(token);
}

/* --- threads -------------------------------------------------------------------- */

static pthread_barrier_t barrier;
static int stop, seen_new;

static void *waiting_thread(void *arg)
{
	int round;

	pthread_barrier_wait(&barrier);
	for (round = 0; round < 2000 && !self_is(SID_LOCAL_SERVICE); round++)
		usleep(1000);
	if (self_is(SID_LOCAL_SERVICE))
		__atomic_add_fetch(&seen_new, 1, __ATOMIC_SEQ_CST);
	return arg;
}

static int install_reaches_threads(void)
{
	pthread_t threads[8];
	int i, token = make_token(SID_LOCAL_SERVICE, 0, 0);

	pthread_barrier_init(&barrier, NULL, 9);
	for (i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, waiting_thread, NULL);
	pthread_barrier_wait(&barrier);
	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	for (i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	return seen_new != 8; /* KACS-TOK-103 */
}

static void *report_identity(void *arg)
{
	*(int *)arg = self_is(SID_SYSTEM);
	return NULL;
}

/* Threads that clone while another installs must all end up with the new token. */
static void *cloning_thread(void *arg)
{
	int last;

	do { /* the last round starts after the installing thread has said stop */
		pthread_t one;

		last = __atomic_load_n(&stop, __ATOMIC_ACQUIRE);
		if (!pthread_create(&one, NULL, report_identity, arg))
			pthread_join(one, NULL);
	} while (!last);
	return NULL;
}

static int install_races_clone(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 0, 0), system[4], i, last;
	pthread_t threads[4], one;

	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, cloning_thread, &system[i]);
	usleep(20000);
	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	usleep(20000);
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < 4; i++)
		if (system[i])
			return 2 + i;
	pthread_create(&one, NULL, report_identity, &last);
	pthread_join(one, NULL);
	return last ? 9 : 0;
}

static int thread_of_impersonator(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 201, 0), system = 0;
	int imp = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);
	pthread_t one;

	if (ioctl(imp, KACS_IOC_IMPERSONATE) || !self_is(SID_LOCAL_SERVICE))
		return 1;
	pthread_create(&one, NULL, report_identity, &system);
	pthread_join(one, NULL);
	if (!system)
		return 2;                      /* KACS-TOK-099, HAZ-003 */
	if (geteuid() != 201 || getuid() != 0) /* KACS-ENF-191 */
		return 3;
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(self_is(SID_SYSTEM) && !geteuid() ? 0 : 1);
	waitpid(pid, &status, 0);
	if (status)
		return 4; /* KACS-TOK-098, HAZ-003 */
	if (ioctl(dev, KACS_IOC_REVERT) || !self_is(SID_SYSTEM) || geteuid())
		return 5; /* KACS-TOK-118 */
	if (ioctl(dev, KACS_IOC_REVERT))
		return 6;
	/* HAZ-002: with an override left over the kernel dies here. */
	return setresuid(0, 0, 0) ? 7 : 0;
}

static int exec_reverts(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 201, 0);
	int imp = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);
	char number[16];

	ioctl(imp, KACS_IOC_IMPERSONATE);
	fcntl(dev, F_SETFD, 0);
	snprintf(number, sizeof(number), "%d", dev);
	execl("/proc/self/exe", "kacs_process", "after-revert", number, NULL);
	return 99;
}

static int after_revert(const char *number)
{
	dev = atoi(number);
	return !self_is(SID_SYSTEM) || geteuid(); /* KACS-TOK-100 */
}

static int install_while_impersonating(void)
{
	int service = make_token(SID_NETWORK_SERVICE, 202, PRIV(29));
	int client = make_token(SID_LOCAL_SERVICE, 201, 0);
	int imp = duplicate(client, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);

	if (ioctl(imp, KACS_IOC_IMPERSONATE) || ioctl(service, KACS_IOC_INSTALL))
		return 1;
	if (!self_is(SID_LOCAL_SERVICE) || geteuid() != 201 || getuid() != 202)
		return 2; /* KACS-TOK-103 */
	if (ioctl(dev, KACS_IOC_REVERT) || !self_is(SID_NETWORK_SERVICE) || geteuid() != 202)
		return 3;
	return 0;
}

static void test_threads(void)
{
	int round, bad = 0;

	ok(in_child(install_reaches_threads) == 0, "Install_Threads_AllSwitch");
	for (round = 0; round < 10; round++)
		bad += in_child(install_races_clone) != 0;
	ok(!bad, "Install_WhileCloning_NoneKeepsTheOld");
	ok(in_child(thread_of_impersonator) == 0, "Impersonation_NewTasks_StartFromPrimary");
	ok(in_child(exec_reverts) == 0, "Exec_Impersonating_Reverts");
	ok(in_child(install_while_impersonating) == 0, "Install_Impersonating_RevertsToNew");
}

/* --- other processes' tokens --------------------------------------------------------- */

static int open_process(int pidfd, uint32_t access)
{
	struct kacs_open_process_token_args args = { pidfd, access };

	return ioctl(dev, KACS_IOC_OPEN_PROCESS_TOKEN, &args);
}

static int stranger_may_not_look(void)
{
	int pidfd = syscall(SYS_pidfd_open, getppid(), 0);
	int token = make_token(SID_LOCAL_SERVICE, 201, 0);
	struct kacs_inspect_token_args inspect = { pidfd, 0 };

	ioctl(token, KACS_IOC_INSTALL);
	if (open_process(pidfd, KACS_TOKEN_QUERY) >= 0 || errno != EACCES)
		return 1;
	return ioctl(dev, KACS_IOC_INSPECT_TOKEN, &inspect) >= 0 || errno != EACCES;
}

static void test_others(void)
{
	int gate[2], pidfd, token;
	struct kacs_open_thread_token_args thread = { 0 };
	pid_t pid;
	char byte;

	if (pipe(gate))
		return;
	pid = fork();
	if (!pid) {
		int mine = make_token(SID_LOCAL_SERVICE, 201, 0);

		_exit(ioctl(mine, KACS_IOC_INSTALL) || write(gate[1], "x", 1) != 1 || pause());
	}
	if (read(gate[0], &byte, 1) != 1)
		return;
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	token = open_process(pidfd, KACS_TOKEN_QUERY);
	ok(token >= 0 && user_is(token, SID_LOCAL_SERVICE),
	   "OpenProcess_System_SeesToken"); /* KACS-TOK-041 */
	close(token);
	thread.pidfd = pidfd;
	thread.tid = pid;
	thread.access_mask = KACS_TOKEN_QUERY;
	works(ioctl(dev, KACS_IOC_OPEN_THREAD_TOKEN, &thread), "OpenThread_Leader_Works");
	thread.tid = getpid();
	fails(ioctl(dev, KACS_IOC_OPEN_THREAD_TOKEN, &thread), ESRCH,
	      "OpenThread_OtherProcess_Esrch");                                             /* KACS-TOK-042 */
	fails(open_process(pidfd, 0x00200000), EINVAL, "OpenProcess_ReservedRight_Einval"); /* KACS-TOK-039 */
	fails(open_process(gate[0], 8), EBADF, "OpenProcess_NotAPidfd_Ebadf");
	fails(open_process(-1, 8), EBADF, "OpenProcess_BadFd_Ebadf");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fails(open_process(pidfd, 8), ESRCH, "OpenProcess_Exited_Esrch");
	ok(in_child(stranger_may_not_look) == 0, "OpenProcess_Stranger_Eacces");
}

/* What is left of a process whose first thread has ended: asked for the result of a fork. */
static int asked[2], told[2];

static void *last_thread(void *arg)
{
	char byte;
	pid_t pid;

	if (write(told[1], "x", 1) != 1 || read(asked[0], &byte, 1) != 1)
		_exit(1);
	pid = fork();
	if (!pid)
		_exit(0);
	_exit(pid < 0 && errno == EPERM ? 42 : 2);
	return arg;
}

/* It is still whose it was, and can be bound as before (KACS-TOK-041, KACS-TOK-092, HAZ-004). */
static void test_without_leader(void)
{
	struct kacs_set_psb_args args = { .mitigations = KACS_MIT_NO_CHILD };
	int token, status = 0;
	char byte, path[64];
	struct stat st;
	pid_t pid;

	if (pipe(asked) || pipe(told))
		return;
	pid = fork();
	if (!pid) {
		pthread_t thread;

		ioctl(make_token(SID_LOCAL_SERVICE, 0, 0), KACS_IOC_INSTALL);
		pthread_create(&thread, NULL, last_thread, NULL);
		pthread_exit(NULL);
	}
	if (read(told[0], &byte, 1) != 1)
		return;
	/* The first thread has ended when its memory is gone from /proc. */
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	for (int i = 0; i < 500 && !stat(path, &st); i++)
		usleep(10000);
	args.pidfd = syscall(SYS_pidfd_open, pid, 0);
	token = open_process(args.pidfd, KACS_TOKEN_QUERY);
	ok(token >= 0 && user_is(token, SID_LOCAL_SERVICE), "OpenProcess_FirstThreadGone_SeesToken");
	works(ioctl(dev, KACS_IOC_SET_PSB, &args), "SetPsb_FirstThreadGone_Works");
	if (write(asked[1], "x", 1) != 1)
		return;
	waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 42, "SetPsb_FirstThreadGone_BindsTheRest");
	close(token);
}

static int no_child(void)
{
	struct kacs_set_psb_args args = { -1, KACS_MIT_NO_CHILD };
	pthread_t one;
	int system;
	pid_t pid;

	if (ioctl(dev, KACS_IOC_SET_PSB, &args))
		return 1;
	pid = fork();
	if (!pid)
		_exit(0);
	if (pid > 0 || errno != EPERM)
		return 2; /* KACS-TOK-133 */
	return pthread_create(&one, NULL, report_identity, &system) || pthread_join(one, NULL) ? 3 : 0;
}

static int load_driver_needed(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 0, PRIV(23));

	if (ioctl(dev, KACS_IOC_ARM) || ioctl(token, KACS_IOC_INSTALL))
		return 1;
	/* Still uid 0 with all capabilities; the token decides (KACS-ENF-196). */
	if (syscall(SYS_init_module, NULL, 0, "") != -1 || errno != EPERM)
		return 2;
	return syscall(SYS_delete_module, "x", O_NONBLOCK) != -1 || errno != EPERM ? 3 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return !strcmp(argv[1], "after-exec") ? after_exec(argv[2]) : after_revert(argv[2]);
	open_dev();
	test_install();
	test_threads();
	test_others();
	test_without_leader();
	ok(in_child(no_child) == 0, "SetPsb_NoChild_ForbidsForkOnly");
	ok(in_child(load_driver_needed) == 0, "Modules_WithoutLoadDriver_Eperm");
	return plan();
}
