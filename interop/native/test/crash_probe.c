// SPDX-License-Identifier: MIT
/*
 * A process with the crash guard, for CrashGuardTests: crash_probe HOW prints one line
 * per life. The child it forks first must still be its child in every later life.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
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

/* A TCP socket with bytes nobody reads, whose last close takes an hour. */
static int lingering(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct linger linger = { .l_onoff = 1, .l_linger = 3600 };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	static char block[65536];

	if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) < 0 ||
	    connect(fd, (struct sockaddr *)&address, length) < 0)
		exit(4);
	while (send(fd, block, sizeof(block), MSG_DONTWAIT) > 0)
		;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	return fd;
}

/* Leaves it in the queue of a close-on-exec socket, as a stranger would. */
static void receive_lingering(void)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec text = { "x", 1 };
	struct msghdr message = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int pair[2], fd = lingering();

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0 || sendmsg(pair[0], &message, 0) < 0)
		exit(4);
	close(pair[0]);
	close(fd);
}

static void fail_as_told(const char *how)
{
	if (!strcmp(how, "linger"))
		receive_lingering();
	if (!strcmp(how, "segv") || !strcmp(how, "linger") || !strcmp(how, "loop"))
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
