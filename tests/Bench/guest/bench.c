// SPDX-License-Identifier: MIT
/*
 * The workload of the boot benchmark, one static program:
 *   bench daemon NAME   notes its pid and start time in /run/bench/NAME, then waits for a signal
 *   bench ready VICTIM  runs when everything has started: reports, kills VICTIM a few times,
 *                       then shuts the system down
 * What it reports goes to the kernel log, whose timestamps count instructions under -icount shift=0.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KILLS 5

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void report(const char *format, long long value)
{
	char line[160];
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	int n = snprintf(line, sizeof(line), "<5>bench: ");

	n += snprintf(line + n, sizeof(line) - n, format, value);
	if (fd < 0 || write(fd, line, n) != n)
		_exit(1);
	close(fd);
}

static int run_daemon(const char *name, long long started)
{
	char path[96], new[96];
	FILE *f;

	mkdir("/run/bench", 0755);
	snprintf(path, sizeof(path), "/run/bench/%s", name);
	snprintf(new, sizeof(new), "/run/bench/%s.new", name);
	f = fopen(new, "w");
	if (!f || fprintf(f, "%d %lld\n", getpid(), started) < 0 || fclose(f) || rename(new, path))
		return 1;
	for (;;)
		pause();
}

static int read_note(const char *name, int *pid, long long *started)
{
	char path[96];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/run/bench/%s", name);
	f = fopen(path, "r");
	if (f) {
		n = fscanf(f, "%d %lld", pid, started);
		fclose(f);
	}
	return n == 2;
}

/* From the kill to the first instruction of the new process's main. */
static long long restart_latency(const char *victim)
{
	struct timespec pause_between = { 0, 1000000 };
	long long killed, started;
	int pid, fresh;

	if (!read_note(victim, &pid, &started))
		_exit(1);
	killed = now_ns();
	if (kill(pid, SIGKILL))
		_exit(1);
	do
		nanosleep(&pause_between, NULL);
	while (!read_note(victim, &fresh, &started) || fresh == pid);
	return started - killed;
}

static long long resident_kb(void)
{
	char line[256];
	long long kb = -1;
	FILE *f = fopen("/proc/1/status", "r");

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "VmRSS: %lld", &kb);
	if (f)
		fclose(f);
	return kb;
}

int main(int argc, char **argv)
{
	long long started = now_ns();
	int i;

	if (argc == 3 && !strcmp(argv[1], "daemon"))
		return run_daemon(argv[2], started);
	if (argc != 3 || strcmp(argv[1], "ready"))
		return 64;
	report("all services ready at %lld", started);
	report("pid1 resident %lld kB", resident_kb());
	for (i = 0; i < KILLS; i++)
		report("restart latency %lld ns", restart_latency(argv[2]));
	report("shutdown begins at %lld", now_ns());
	execl("/bin/svctl", "svctl", "shutdown", "poweroff", (char *)NULL);
	return 1;
}
