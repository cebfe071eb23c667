// SPDX-License-Identifier: MIT
/*
 * The floor of the boot benchmark: an init that can do nothing but the workload. `init ONESHOTS` comes from the kernel
 * command line as bench.oneshots=N; it forks 20 daemons, runs N times /bin/true in chains of five, starts the reporter,
 * restarts what dies, and powers off on SIGTERM.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAEMONS 20
#define CHAIN   5
#define MOST    1000

static char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
static pid_t daemons[DAEMONS + 1], oneshots[MOST + 1];

static pid_t start(char *const argv[])
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	execve(argv[0], argv, environment);
	_exit(127);
}

static void start_daemon(int number)
{
	char name[16];
	char *argv[] = { "/usr/libexec/bench", "daemon", name, NULL };

	snprintf(name, sizeof(name), "d%d", number);
	daemons[number] = start(argv);
}

static void start_oneshot(int number)
{
	char *argv[] = { "/bin/true", NULL };

	oneshots[number] = start(argv);
}

static void start_ready(void)
{
	char *argv[] = { "/usr/libexec/bench", "ready", "d19", "20", "/bin/kill", "-TERM", "1", NULL };

	start(argv);
}

static void end(int signal)
{
	(void)signal;
	kill(-1, SIGTERM);
	while (wait(NULL) > 0)
		;
	reboot(RB_POWER_OFF);
}

static int wanted(void)
{
	char line[4096] = "";
	FILE *f = fopen("/proc/cmdline", "r");
	char *word = f && fgets(line, sizeof(line), f) ? strstr(line, "bench.oneshots=") : NULL;
	int n = word ? atoi(word + strlen("bench.oneshots=")) : 0;

	if (f)
		fclose(f);
	return n < MOST ? n : MOST;
}

int main(void)
{
	int count = wanted(), left = count, i;
	pid_t pid;

	signal(SIGTERM, end);
	for (i = 1; i <= DAEMONS; i++)
		start_daemon(i);
	for (i = 1; i <= count; i += CHAIN)
		start_oneshot(i);
	if (!left)
		start_ready();
	for (;;) {
		pid = wait(NULL);
		for (i = 1; i <= DAEMONS; i++)
			if (daemons[i] == pid)
				start_daemon(i);
		for (i = 1; i <= count; i++) {
			if (oneshots[i] != pid)
				continue;
			oneshots[i] = 0;
			if (i % CHAIN && i < count)
				start_oneshot(i + 1);
			if (!--left)
				start_ready();
		}
	}
}
