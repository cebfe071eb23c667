// SPDX-License-Identifier: MIT
/*
 * PID 1 outlives a fault that its runtime cannot survive: handlers on an alternate
 * stack, installed before the runtime starts, execute the same binary in the same
 * process. Children, cgroups and a state memfd survive; every other descriptor is
 * close-on-exec (HAZ-036). Only async-signal-safe calls below die().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shim.h"

#define STACK_BYTES (64 * 1024)

static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS };

/* The digits are overwritten in place: no formatting in a signal handler. */
static char env_count[] = "PEIOS_CRASH_COUNT=00";
static char env_signal[] = "PEIOS_CRASH_SIGNAL=00";
static char env_state[] = "PEIOS_STATE_FD=0000000000";
static char env_path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
static char *const next_env[] = { env_count, env_signal, env_state, env_path, NULL };
static char *const shell_env[] = { env_path, NULL };
static char *const shell_argv[] = { "/bin/sh", NULL };

static char next_path[256] = "/sbin/peinit";
static char *const next_argv[] = { next_path, NULL };

static const struct rlimit descriptors = { PEIOS_NOFILE_INIT, PEIOS_NOFILE_INIT };
static int inherited_fd = -1;
static int inherited_signal;
static int state = -1;
static int crashes;
static int armed;
static int dying;

static void put_digits(char *end, unsigned int value, int digits)
{
	while (digits-- > 0) {
		*--end = (char)('0' + value % 10);
		value /= 10;
	}
}

static void say(const char *text)
{
	int fd = open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return;
	n = write(fd, text, strlen(text));
	(void)n;
	close(fd);
}

/* Closes nothing and unblocks everything: the shell is for a person. */
static void last_resort(void)
{
	sigset_t none;
	int console;

	say("peinit: too many crashes, starting a shell\r\n");
	/* Any other process (tests) has a terminal of its own. */
	console = getpid() == 1 ? open("/dev/console", O_RDWR | O_CLOEXEC) : -1;
	for (int i = 0; console >= 0 && i < 3; i++)
		dup2(console, i);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(shell_argv[0], shell_argv, shell_env);
	say("peinit: no shell; the system stays up without a manager\r\n");
	for (;;) {
		if (waitpid(-1, NULL, 0) < 0)
			pause();
	}
}

/*
 * execve closes what is close-on-exec, strangers' sockets among it, and a last close may
 * last as long as its sender likes (discard.c). So a child has the last copies until the
 * new image runs, and the kernel lets no exiting task linger. Raw, because handlers of
 * the C library's fork() have no place here; failure costs at most that wait.
 */
static void leave_copies(void)
{
	int running[2];
	char byte;

	if (pipe2(running, O_CLOEXEC) < 0)
		return;
	if (syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) == 0) {
		close(running[1]);
		while (read(running[0], &byte, 1) < 0 && errno == EINTR)
			;
		_exit(0);
	}
	close(running[0]);
}

__attribute__((noreturn)) static void die(int signal)
{
	static char message[] = "peinit: fatal signal 00, re-executing\r\n";
	sigset_t all;

	/* A second thread may fault while the first one executes: it waits for its end. */
	if (__atomic_exchange_n(&dying, 1, __ATOMIC_ACQ_REL)) {
		for (;;)
			pause();
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	put_digits(message + 23, (unsigned int)signal, 2);
	say(message);
	leave_copies();
	if (++crashes <= PEIOS_CRASH_LIMIT) {
		put_digits(env_count + sizeof(env_count) - 1, (unsigned int)crashes, 2);
		put_digits(env_signal + sizeof(env_signal) - 1, (unsigned int)signal, 2);
		put_digits(env_state + sizeof(env_state) - 1, state < 0 ? 0 : (unsigned int)state, 10);
		if (state >= 0)
			fcntl(state, F_SETFD, 0);
		execve("/proc/self/exe", next_argv, next_env);
		execve(next_path, next_argv, next_env);
		if (state >= 0)
			fcntl(state, F_SETFD, FD_CLOEXEC);
	}
	last_resort();
	__builtin_unreachable();
}

/*
 * A signal that another process sent says nothing about this one: without this test
 * six kill(1, SIGABRT) would open a shell on the console. sigqueue() lets its caller
 * write any si_pid; only the pair of SI_TKILL and si_pid is the kernel's own word.
 */
static void on_fatal(int signal, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code <= 0 && (info->si_code != SI_TKILL || info->si_pid != getpid()))
		return;
	die(signal);
}

static int install(void)
{
	struct sigaction action = { .sa_sigaction = on_fatal, .sa_flags = SA_ONSTACK | SA_SIGINFO };
	sigset_t open_set;

	if (armed)
		return 0;
	sigfillset(&action.sa_mask);
	/* The previous life executed this one from a handler: everything was blocked. */
	sigemptyset(&open_set);
	if (peios_crash_thread() < 0)
		return -ENOMEM;
	for (unsigned int i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
		if (sigaction(fatal[i], &action, NULL) < 0)
			return -errno;
		sigaddset(&open_set, fatal[i]);
	}
	sigprocmask(SIG_UNBLOCK, &open_set, NULL);
	armed = 1;
	return 0;
}

static int env_number(const char *name, int fallback)
{
	const char *text = getenv(name);

	return text ? (int)strtol(text, NULL, 10) : fallback;
}

/* What die() wrote; a descriptor 0 means that there was none to hand over. */
static void collect(void)
{
	crashes = env_number("PEIOS_CRASH_COUNT", 0);
	inherited_signal = env_number("PEIOS_CRASH_SIGNAL", 0);
	inherited_fd = env_number("PEIOS_STATE_FD", 0);
	if (inherited_fd <= 2 || fcntl(inherited_fd, F_SETFD, FD_CLOEXEC) < 0)
		inherited_fd = -1;
	unsetenv("PEIOS_CRASH_COUNT");
	unsetenv("PEIOS_CRASH_SIGNAL");
	unsetenv("PEIOS_STATE_FD");
	state = inherited_fd;
}

__attribute__((constructor(102))) static void guard_before_runtime(void)
{
	if (getpid() != 1)
		return;
	/* After an exec of /proc/self/exe the kernel would call us "exe". */
	prctl(PR_SET_NAME, "peinit");
	/* Out of descriptors PID 1 could start nothing and hear nobody; the default is 1024. */
	setrlimit(RLIMIT_NOFILE, &descriptors);
	collect();
	install();
}

int peios_crash_arm(const char *path, int state_fd, struct peios_crash_info *info)
{
	int r;

	if (strlen(path) >= sizeof(next_path))
		return -ENAMETOOLONG;
	if (getpid() != 1 && !armed)
		collect();
	r = install();
	if (r < 0)
		return r;
	strcpy(next_path, path);
	if (state_fd >= 0)
		state = state_fd;
	info->state_fd = inherited_fd;
	info->count = crashes;
	info->signal = inherited_signal;
	return 0;
}

void peios_crash_stable(void)
{
	crashes = 0;
}

int peios_crash_thread(void)
{
	stack_t stack = { .ss_size = STACK_BYTES };

	stack.ss_sp = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack.ss_sp == MAP_FAILED)
		return -errno;
	return sigaltstack(&stack, NULL) < 0 ? -errno : 0;
}

void peios_crash_now(int signal)
{
	die(signal);
}

void peios_crash_fault(void)
{
	int *volatile nowhere = NULL;

	*(volatile int *)nowhere = 1;
}
