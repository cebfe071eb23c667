// SPDX-License-Identifier: MIT
/*
 * The workload of the boot benchmark, one static program:
 *   bench daemon NAME   notes its pid and start time in /run/bench/NAME, then waits for a signal
 *   bench ready VICTIM DAEMONS PROGRAM [ARGUMENT...]
 *                       runs when everything has been started: waits for the notes of DAEMONS daemons,
 *                       reports, kills VICTIM a few times, then shuts the system down with PROGRAM
 *   bench poweroff      the end of a system whose init leaves it to a script
 * What it reports goes to the kernel log, whose timestamps count instructions under -icount shift=0.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
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

static int count_notes(void)
{
	DIR *d = opendir("/run/bench");
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.' && !strchr(e->d_name, '.');
	if (d)
		closedir(d);
	return n;
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

static long long field_kb(const char *path, const char *format)
{
	char line[256];
	long long kb = 0;
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, format, &kb);
	if (f)
		fclose(f);
	return kb;
}

/* Everything but this program: what the system needs for itself. */
static long long system_kb(void)
{
	char path[300], program[64];
	long long kb = 0;
	DIR *d = opendir("/proc");
	struct dirent *e;
	int n;

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "/proc/%s/exe", e->d_name);
		n = e->d_name[0] >= '1' && e->d_name[0] <= '9'
			    ? (int)readlink(path, program, sizeof(program) - 1)
			    : 0;
		if (n <= 0)
			continue;
		program[n] = 0;
		snprintf(path, sizeof(path), "/proc/%s/smaps_rollup", e->d_name);
		if (strcmp(program, "/usr/libexec/bench"))
			kb += field_kb(path, "Pss: %lld");
	}
	if (d)
		closedir(d);
	return kb;
}

static int run_ready(char **argv)
{
	struct timespec pause_between = { 0, 100000 }, settled = { 1, 100000000 };
	int i;

	while (count_notes() < atoi(argv[3]))
		nanosleep(&pause_between, NULL);
	report("all services ready at %lld", now_ns());
	report("pid1 resident %lld kB", field_kb("/proc/1/status", "VmRSS: %lld"));
	report("system proportional %lld kB", system_kb());
	/* Some supervisors delay the restart of what has run for less than a second. */
	for (i = 0; i < KILLS; i++) {
		nanosleep(&settled, NULL);
		report("restart latency %lld ns", restart_latency(argv[2]));
	}
	report("shutdown begins at %lld", now_ns());
	execv(argv[4], argv + 4);
	return 1;
}

int main(int argc, char **argv)
{
	long long started = now_ns();

	if (argc == 3 && !strcmp(argv[1], "daemon"))
		return run_daemon(argv[2], started);
	if (argc >= 5 && !strcmp(argv[1], "ready"))
		return run_ready(argv);
	if (argc == 2 && !strcmp(argv[1], "poweroff"))
		return reboot(RB_POWER_OFF);
	return 64;
}
