// SPDX-License-Identifier: MIT
/* Who pays for queued watch records: the watcher, not the process that changes the key. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lcs_source.h"
#include "tap.h"

#define WATCHES 256
#define WRITES  128
#define GROUPS  "/tmp/groups"

static struct source source;
static int dev;

static int put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	int done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return done;
}

static long charged_to(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	return n > 0 ? atol(text) : -1;
}

static int open_root(uint32_t rights)
{
	struct reg_open_key_args args = { .parent_fd = -1,
					  .path_ptr = (uintptr_t) "Machine",
					  .desired_access = rights };

	return ioctl(dev, REG_OPEN_KEY, &args);
}

/* Arms its watches in the group of watchers, says so, and reads nothing. */
static void watch(int ready)
{
	struct reg_notify_args notify = { .filter = REG_NOTIFY_ALL };
	int i;

	if (!put_text(GROUPS "/watcher/cgroup.procs", "0"))
		_exit(1);
	for (i = 0; i < WATCHES; i++)
		if (ioctl(open_root(KEY_NOTIFY), REG_IOC_NOTIFY, &notify))
			_exit(2);
	if (write(ready, "x", 1) != 1)
		_exit(3);
	for (;;)
		pause();
}

static int set_value(int key, int n)
{
	struct reg_set_value_args args = { .name_ptr = (uintptr_t) "counter",
					   .name_len = 7,
					   .type = REG_DWORD,
					   .data_ptr = (uintptr_t)&n,
					   .data_len = 4,
					   .txn_fd = -1 };

	return ioctl(key, REG_IOC_SET_VALUE, &args);
}

int main(void)
{
	long before, grown;
	int ready[2], key, i, err = 0;
	pid_t watcher;
	char c;

	dev = open("/dev/registry", O_RDWR | O_CLOEXEC);
	mkdir(GROUPS, 0755);
	if (mount("none", GROUPS, "cgroup2", 0, NULL) ||
	    !put_text(GROUPS "/cgroup.subtree_control", "+memory") || mkdir(GROUPS "/watcher", 0755) ||
	    mkdir(GROUPS "/writer", 0755) || pipe(ready))
		return 1;
	if (source_start(&source, "Machine"))
		return 1;
	watcher = fork();
	if (!watcher)
		watch(ready[1]);
	close(ready[1]);
	ok(read(ready[0], &c, 1) == 1 && put_text(GROUPS "/writer/cgroup.procs", "0"), "Groups_Two_AreThere");

	before = charged_to(GROUPS "/watcher/memory.current");
	key = open_root(KEY_SET_VALUE);
	for (i = 0; i < WRITES; i++)
		err |= set_value(key, i);
	works(err, "SetValue_Watched_Works");
	grown = charged_to(GROUPS "/watcher/memory.current") - before;
	printf("# %d records: %ld kB\n", WATCHES * WRITES, grown / 1024);
	ok(before > 0 && grown > 32L * WATCHES * WRITES, "Watch_Records_ChargedToWatcher");
	kill(watcher, SIGKILL);
	waitpid(watcher, NULL, 0);
	return plan();
}
