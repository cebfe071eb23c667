// SPDX-License-Identifier: MIT
/*
 * The signal mask before the managed runtime exists. Its threads inherit the mask
 * of the thread that creates them, so it has to be right before the first one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "shim.h"

/* Faults must reach the crash guard; the runtime suspends its threads with 34. */
static const int keep[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, 34 };

/* What a service gets from its manager, never asynchronously. What it does not ask for stays pending. */
static const int service[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE };

__attribute__((constructor(101))) static void block_before_runtime(void)
{
	sigset_t set;

	if (getpid() == 1) {
		sigfillset(&set);
		for (unsigned int i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
			sigdelset(&set, keep[i]);
		sigprocmask(SIG_SETMASK, &set, NULL);
	} else if (getenv("PEIOS_SERVICE")) {
		sigemptyset(&set);
		for (unsigned int i = 0; i < sizeof(service) / sizeof(service[0]); i++)
			sigaddset(&set, service[i]);
		sigprocmask(SIG_BLOCK, &set, NULL);
	}
}

void peios_signals_default(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (unsigned int i = 0; i < sizeof(service) / sizeof(service[0]); i++)
		sigaddset(&set, service[i]);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int peios_signals_open(uint64_t mask)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (int sig = 1; sig <= 64; sig++) {
		if (mask & (1ULL << (sig - 1)))
			sigaddset(&set, sig);
	}
	if (pthread_sigmask(SIG_BLOCK, &set, NULL))
		return -EINVAL;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}
