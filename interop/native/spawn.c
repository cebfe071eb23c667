// SPDX-License-Identifier: MIT
/*
 * Starts children with a plain clone3: no CLONE_VM, so whoever can write a child's
 * memory cannot write PID 1's, and no CLONE_VFORK, so a child that hangs in its setup
 * (frozen cgroup, dead disk) hangs alone (HAZ-035).
 *
 * Between the clone and execve only this file runs (PEINIT-011).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "shim.h"

#define REPORT_FD      3 /* where the child keeps its end of the report pipe */
#define KERNEL_SIGNALS 64
#define CLOSE_USEC     5000 /* how long the child's descriptors may take to close */

struct kernel_sigaction {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

/*
 * Bounds of the managed heap, kept by the runtime for its write barrier; absent where
 * this file is linked without one (tests).
 */
extern uint8_t *g_lowest_address __attribute__((weak));
extern uint8_t *g_highest_address __attribute__((weak));

/*
 * The child runs only this file, on the stack and on memory of the C library. Without
 * the heap there is less to copy at the fork, nothing to copy at the parent's next
 * write, and no trace of other services' data in a child that a service may soon
 * inspect. The flag does not survive a decommit, so it is set again each time.
 */
static void keep_heap_out(void)
{
	uintptr_t low, high;

	if (!&g_lowest_address || !&g_highest_address)
		return;
	low = ((uintptr_t)g_lowest_address + 4095) & ~4095UL;
	high = (uintptr_t)g_highest_address & ~4095UL;
	/* Failure costs time, nothing else. */
	if (low && low < high)
		madvise((void *)low, high - low, MADV_DONTFORK);
}

static void report(int fd, enum peios_step step, int error)
{
	struct peios_report record = { .step = step, .error = error };
	ssize_t n;

	do
		n = write(fd, &record, sizeof(record));
	while (n < 0 && errno == EINTR);
}

__attribute__((noreturn)) static void fail(int fd, enum peios_step step, int error)
{
	report(fd, step, error);
	_exit(step == PEIOS_STEP_EXEC ? PEIOS_EXIT_EXEC : PEIOS_EXIT_SETUP);
}

/* Raw, because the C library hides signals 32 and 33 from its own sigprocmask. */
static void set_raw_mask(const uint64_t *mask, uint64_t *old)
{
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, old, sizeof(*mask));
}

static int open_terminal(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (ioctl(fd, TIOCSCTTY, 1) < 0)
		return -1;
	for (int i = 0; i < 3; i++) {
		if (dup2(fd, i) < 0)
			return -1;
	}
	if (fd > 2)
		close(fd);
	return 0;
}

static int place_stdio(const int32_t wanted[3])
{
	int source[3];

	/* Lift sources out of 0-2 first: they may overlap with the targets. */
	for (int i = 0; i < 3; i++) {
		source[i] = wanted[i];
		if (source[i] < 3) {
			source[i] = fcntl(wanted[i], F_DUPFD_CLOEXEC, 3);
			if (source[i] < 0)
				return -1;
		}
	}
	for (int i = 0; i < 3; i++) {
		if (dup2(source[i], i) < 0)
			return -1;
	}
	return 0;
}

static int write_oom_score(int32_t value)
{
	char text[12];
	char *p = text + sizeof(text);
	uint32_t rest = value < 0 ? -(uint32_t)value : (uint32_t)value;
	int fd, n, saved;

	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--p = '-';
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = (int)write(fd, p, (size_t)(text + sizeof(text) - p));
	saved = errno;
	close(fd);
	errno = saved;
	return n < 0 ? -1 : 0;
}

static int set_limit(int resource, uint64_t value)
{
	struct rlimit limit = { .rlim_cur = value, .rlim_max = value };

	return setrlimit(resource, &limit);
}

/* PID 1 has more descriptors than a program expects: select() and a loop up to the limit still exist. */
static int set_default_nofile(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -1;
	if (limit.rlim_max > PEIOS_NOFILE_HARD)
		limit.rlim_max = PEIOS_NOFILE_HARD;
	if (limit.rlim_cur > PEIOS_NOFILE_SOFT)
		limit.rlim_cur = PEIOS_NOFILE_SOFT;
	return setrlimit(RLIMIT_NOFILE, &limit);
}

static int set_nofile(const struct peios_spawn_request *rq)
{
	return rq->flags & PEIOS_SPAWN_NOFILE ? set_limit(RLIMIT_NOFILE, rq->nofile) : set_default_nofile();
}

static void nothing(int signal)
{
	(void)signal;
}

/*
 * Among the parent's descriptors are those of strangers, who choose how long a last close
 * lasts (discard.c). The parent may have closed its copy in the meantime, and the last
 * one is here: a signal that is pending ends the wait, and all that would follow.
 */
static void hurry_closes(void)
{
	struct itimerval soon = { .it_interval.tv_usec = CLOSE_USEC, .it_value.tv_usec = CLOSE_USEC };
	struct sigaction action = { .sa_handler = nothing };
	uint64_t mask = ~(1ULL << (SIGALRM - 1));

	sigaction(SIGALRM, &action, NULL);
	set_raw_mask(&mask, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
}

/* The timer first: a signal that is left pending would meet the program's default action. */
static void stop_hurrying(void)
{
	struct itimerval never = { .it_value.tv_usec = 0 };
	uint64_t all = ~0ULL;

	setitimer(ITIMER_REAL, &never, NULL);
	set_raw_mask(&all, NULL);
}

/* Closes everything but stdio and the report pipe, which moves to REPORT_FD. */
static int keep_only_report(int fd)
{
	int r = 0;

	hurry_closes();
	if (fd != REPORT_FD)
		r = dup3(fd, REPORT_FD, O_CLOEXEC);
	if (r >= 0)
		r = (int)syscall(SYS_close_range, REPORT_FD + 1, ~0U, 0);
	stop_hurrying();
	return r;
}

/* CLONE_CLEAR_SIGHAND leaves ignored signals ignored, and SIGPIPE is one of them. */
static int reset_signals(void)
{
	struct kernel_sigaction dfl = { 0 };
	uint64_t none = 0;

	for (int sig = 1; sig <= KERNEL_SIGNALS; sig++) {
		if (sig == SIGKILL || sig == SIGSTOP)
			continue;
		if (syscall(SYS_rt_sigaction, sig, &dfl, NULL, sizeof(none)) < 0)
			return -1;
	}
	umask(022);
	set_raw_mask(&none, NULL);
	return 0;
}

/* Steps 20, 3, 4: what the new token may no longer be allowed to do (PEINIT-189). */
static void setup_as_parent(const struct peios_spawn_request *rq, int fd)
{
	if (setsid() < 0)
		fail(fd, PEIOS_STEP_STDIO, errno);
	if (rq->flags & PEIOS_SPAWN_TTY) {
		if (open_terminal(rq->tty) < 0)
			fail(fd, PEIOS_STEP_STDIO, errno);
	} else if (place_stdio(rq->stdio) < 0) {
		fail(fd, PEIOS_STEP_STDIO, errno);
	}
	if ((rq->flags & PEIOS_SPAWN_OOM) && write_oom_score(rq->oom_score_adj) < 0)
		fail(fd, PEIOS_STEP_OOM, errno);
	/* Last: the parent's descriptors may be more than the limit, and then open() fails. */
	if (set_nofile(rq) < 0)
		fail(fd, PEIOS_STEP_RLIMIT, errno);
	if ((rq->flags & PEIOS_SPAWN_CORE) && set_limit(RLIMIT_CORE, rq->core) < 0)
		fail(fd, PEIOS_STEP_RLIMIT, errno);
}

__attribute__((noreturn)) static void exec_child(const struct peios_spawn_request *rq, int fd)
{
	/* The pipe could sit on 0-2 only if the caller runs without stdio. */
	if (fd < REPORT_FD) {
		int high = fcntl(fd, F_DUPFD_CLOEXEC, REPORT_FD);

		if (high < 0)
			fail(fd, PEIOS_STEP_PIPE, errno);
		fd = high;
	}
	setup_as_parent(rq, fd);
	if (rq->token_fd >= 0 && ioctl(rq->token_fd, rq->install_request) < 0)
		fail(fd, PEIOS_STEP_TOKEN, errno);
	if (rq->psb_fd >= 0 && ioctl(rq->psb_fd, rq->psb_request, rq->psb_arg) < 0)
		fail(fd, PEIOS_STEP_PSB, errno);
	if (rq->cwd && chdir(rq->cwd) < 0)
		fail(fd, PEIOS_STEP_CHDIR, errno);
	if (keep_only_report(fd) < 0)
		fail(fd, PEIOS_STEP_PIPE, errno);
	if (reset_signals() < 0)
		fail(REPORT_FD, PEIOS_STEP_SIGNALS, errno);
	report(REPORT_FD, PEIOS_STEP_EXEC, 0);
	execve(rq->path, rq->argv, rq->envp);
	fail(REPORT_FD, PEIOS_STEP_EXEC, errno);
}

static int look_at(const char *path, uint64_t type)
{
	struct stat found;

	if (stat(path, &found) < 0)
		return -1;
	errno = EINVAL;
	return type && (found.st_mode & S_IFMT) != type ? -1 : 0;
}

__attribute__((noreturn)) static void call_child(const struct peios_call_request *rq, int fd)
{
	int r;

	/* It may hang for ever: it keeps nothing open that somebody waits to see closed. */
	if (keep_only_report(fd) < 0)
		fail(fd, PEIOS_STEP_PIPE, errno);
	fd = REPORT_FD;
	switch (rq->call) {
	case PEIOS_CALL_SYNC:
		sync();
		r = 0;
		break;
	case PEIOS_CALL_UMOUNT:
		r = umount2(rq->target, (int)rq->flags);
		break;
	case PEIOS_CALL_MOUNT:
		r = mount(rq->source, rq->target, rq->type, rq->flags, rq->data);
		break;
	case PEIOS_CALL_STAT:
		r = look_at(rq->target, rq->flags);
		break;
	default:
		errno = EINVAL;
		r = -1;
	}
	if (r < 0)
		fail(fd, PEIOS_STEP_CALL, errno);
	report(fd, PEIOS_STEP_CALL, 0);
	_exit(0);
}

/* Return: 0 in the child, its pid in the parent, or a negative errno. */
static int start(int cgroup_fd, int report_pipe[2], int *pidfd)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
	};
	uint64_t all = ~0ULL, old;
	long pid;

	if (pipe2(report_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	if (cgroup_fd >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup_fd;
	}
	keep_heap_out();
	set_raw_mask(&all, &old);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		return 0;
	if (pid < 0)
		pid = -errno;
	set_raw_mask(&old, NULL);
	close(report_pipe[1]);
	if (pid < 0)
		close(report_pipe[0]);
	return (int)pid;
}

static int started(int pid, int pidfd, int error_fd, struct peios_spawn_result *result)
{
	if (pid < 0)
		return pid;
	result->pid = pid;
	result->pidfd = pidfd;
	result->error_fd = error_fd;
	return 0;
}

int peios_spawn(const struct peios_spawn_request *request, struct peios_spawn_result *result)
{
	int report_pipe[2], pidfd = -1, pid;

	if (request->size != sizeof(*request) || request->reserved || !request->path ||
	    ((request->flags & PEIOS_SPAWN_TTY) && !request->tty))
		return -EINVAL;
	pid = start(request->cgroup_fd, report_pipe, &pidfd);
	if (pid == 0)
		exec_child(request, report_pipe[1]);
	return started(pid, pidfd, report_pipe[0], result);
}

int peios_call(const struct peios_call_request *request, struct peios_spawn_result *result)
{
	int report_pipe[2], pidfd = -1, pid;

	if (request->size != sizeof(*request) || request->reserved)
		return -EINVAL;
	pid = start(request->cgroup_fd, report_pipe, &pidfd);
	if (pid == 0)
		call_child(request, report_pipe[1]);
	return started(pid, pidfd, report_pipe[0], result);
}
