// SPDX-License-Identifier: MIT
/*
 * A process with the crash guard, for CrashGuardTests: crash_probe HOW prints one line
 * per life. The child it forks first must still be its child in every later life.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../shim.h"

#define LEAK_FD 100

struct state {
	char how[16];
	int child;
};

/* Ends by the stack, not by the limit, which only keeps the compiler from calling it endless. */
static int recurse(int depth)
{
	volatile char room[4096];

	room[0] = (char)depth;
	return depth == 1 << 30 ? room[0] : recurse(depth + 1) + room[0];
}

static void fail_as_told(const char *how)
{
	if (!strcmp(how, "segv") || !strcmp(how, "loop"))
		peios_crash_fault();
	else if (!strcmp(how, "abort"))
		abort();
	else if (!strcmp(how, "stack"))
		recurse(0);
	else if (!strcmp(how, "now"))
		peios_crash_now(SIGABRT);
}

static int first_life(const char *self, const char *how)
{
	struct peios_crash_info info;
	struct state state = { .child = 0 };
	int fd = memfd_create("probe", MFD_CLOEXEC);

	snprintf(state.how, sizeof(state.how), "%s", how);
	state.child = fork();
	if (state.child == 0) {
		pause();
		_exit(0);
	}
	if (write(fd, &state, sizeof(state)) != sizeof(state) || dup3(fd, LEAK_FD, O_CLOEXEC) < 0 ||
	    peios_crash_arm(self, fd, &info) < 0)
		exit(2);
	printf("first count=%d signal=%d state=%d\n", info.count, info.signal, info.state_fd);
	fflush(stdout);
	return state.child;
}

/* The sender of a queued signal writes the siginfo, si_pid included. */
static void queue_as_victim(int victim)
{
	siginfo_t forged = { .si_signo = SIGILL, .si_code = SI_QUEUE };

	forged.si_pid = victim;
	syscall(SYS_rt_sigqueueinfo, victim, SIGILL, &forged);
}

/* A signal from somebody else says nothing about this process. */
static void survive_foreign_signal(void)
{
	int pid = fork();

	if (pid == 0) {
		kill(getppid(), SIGABRT);
		kill(getppid(), SIGSEGV);
		queue_as_victim(getppid());
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	puts("survived");
}

static void later_life(const char *self)
{
	struct peios_crash_info info;
	struct state state;
	int status = 0;

	if (peios_crash_arm(self, -1, &info) < 0 || info.state_fd < 0 ||
	    pread(info.state_fd, &state, sizeof(state), 0) != sizeof(state))
		exit(3);
	printf("later count=%d signal=%d cloexec=%d leak=%d alive=%d\n", info.count, info.signal,
	       fcntl(info.state_fd, F_GETFD) == FD_CLOEXEC, fcntl(LEAK_FD, F_GETFD) >= 0,
	       kill(state.child, 0) == 0);
	fflush(stdout);
	if (!strcmp(state.how, "loop")) {
		if (info.count == PEIOS_CRASH_LIMIT)
			kill(state.child, SIGKILL);
		fail_as_told("loop");
	}
	kill(state.child, SIGKILL);
	printf("reaped=%d\n", waitpid(state.child, &status, 0) == state.child && WIFSIGNALED(status));
}

int main(int argc, char **argv)
{
	char self[256];
	int child;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return 2;
	self[n] = '\0';
	if (getenv("PEIOS_CRASH_COUNT")) {
		later_life(self);
		return 0;
	}
	if (argc < 2)
		return 64;
	child = first_life(self, argv[1]);
	if (!strcmp(argv[1], "foreign")) {
		survive_foreign_signal();
		kill(child, SIGKILL);
	} else {
		fail_as_told(argv[1]);
	}
	return 0;
}
