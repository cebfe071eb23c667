// SPDX-License-Identifier: MIT
/*
 * Identity under load: tokens made and copied, forks, execs, threads, connects, kills at once.  ktest: -c 2 -t 300
 * -DSECONDS=60 at build time makes it long; with the test build of the module allocations fail all along.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kacs.h"

#define WORKERS 6
#ifndef SECONDS
#define SECONDS 8
#endif
#define SWITCH "/sys/module/pkm/parameters/fail_nth"

static struct spec spec;
static uint64_t session;
static int token, imp, listener;
static volatile int *shared_stop;
static long *errors;

static void wrong(int what)
{
	__atomic_add_fetch(&errors[what], 1, __ATOMIC_RELAXED);
}

static int switch_fd;

/* One of the caller's next allocations fails, where the module can do that: what then fails does not count. */
static void trip(void)
{
	static unsigned int seed;
	char text[16];
	int len;

	if (switch_fd < 0)
		return;
	seed = (seed ?: (unsigned int)getpid()) * 1664525 + 1013904223;
	len = snprintf(text, sizeof(text), "%u", 1 + (seed >> 16) % 24);
	if (pwrite(switch_fd, text, len, 0) != len)
		wrong(0);
}

static void *thread_body(void *arg)
{
	if (!self_is(arg))
		wrong(1); /* a thread starts from its process's token */
	return NULL;
}

/* A fork that failed is wrong, and kill(-1) would be worse. */
static void reap(pid_t pid, int what)
{
	int status;

	if (pid < 0) {
		wrong(what);
		return;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status))
		wrong(what);
}

/* fork, install, fork, thread, exec: the grandchild must be the service everywhere. */
static void do_service(void)
{
	char number[16];
	pid_t pid = fork();

	if (pid) {
		reap(pid, 2);
		return;
	}
	pthread_t thread;

	trip();
	if (ioctl(token, KACS_IOC_INSTALL) || !self_is(SID_LOCAL_SERVICE))
		_exit(1);
	if (!pthread_create(&thread, NULL, thread_body, (void *)SID_LOCAL_SERVICE))
		pthread_join(thread, NULL);
	pid = fork();
	if (!pid) {
		fcntl(dev, F_SETFD, 0);
		snprintf(number, sizeof(number), "%d", dev);
		execl("/proc/self/exe", "stress", number, NULL);
		_exit(3);
	}
	reap(pid, 3);
	_exit(0);
}

static void do_impersonate(void)
{
	pthread_t thread;

	trip();
	if (ioctl(imp, KACS_IOC_IMPERSONATE) || !self_is(SID_LOCAL_SERVICE))
		wrong(4);
	if (!pthread_create(&thread, NULL, thread_body, (void *)SID_SYSTEM))
		pthread_join(thread, NULL);
	if (ioctl(dev, KACS_IOC_REVERT) || !self_is(SID_SYSTEM))
		wrong(5);
}

static void do_connect(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = "\0stress" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), conn, peer;

	trip();
	if (!connect(fd, (struct sockaddr *)&addr, offsetof(struct sockaddr_un, sun_path) + 7)) {
		conn = accept(listener, NULL, NULL);
		if (conn >= 0) {
			struct kacs_open_peer_token_args args = { conn };

			peer = ioctl(dev, KACS_IOC_OPEN_PEER_TOKEN, &args);
			if (peer < 0)
				wrong(6);
			else
				close(peer);
			close(conn);
		}
	}
	close(fd);
}

/* Tokens of the session minted, copied, filtered, adjusted and dropped. */
static void do_tokens(void)
{
	struct kacs_restrict_args restrict_args = { .privs_to_delete = PRIV(3) };
	int made, copy;

	trip();
	made = create_token(&spec);
	copy = duplicate(made, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);
	if (made < 0 || copy < 0 || ioctl(made, KACS_IOC_RESTRICT, &restrict_args) ||
	    adjust_privilege(restrict_args.result_fd, 7, KACS_PRIV_REMOVED))
		wrong(8);
	close(restrict_args.result_fd > 2 ? restrict_args.result_fd : -1);
	close(copy);
	close(made);
}

/* A process with threads that is killed while it clones and installs. */
static void *churn(void *arg)
{
	for (;;) {
		pthread_t thread;

		if (!pthread_create(&thread, NULL, thread_body, arg))
			pthread_join(thread, NULL);
	}
	return NULL;
}

static void do_kill(void)
{
	struct timespec pause = { 0, 1000000 };
	pid_t pid = fork();

	if (!pid) {
		pthread_t thread;

		errors += 16; /* what a dying process sees does not count */
		trip();
		pthread_create(&thread, NULL, churn, (void *)SID_SYSTEM);
		pthread_create(&thread, NULL, churn, (void *)SID_SYSTEM);
		for (;;)
			ioctl(token, KACS_IOC_INSTALL);
	}
	nanosleep(&pause, NULL);
	if (pid > 0)
		kill(pid, SIGKILL);
	reap(pid, 7);
}

static void worker(int seed)
{
	static void (*const jobs[])(void) = { do_service, do_impersonate, do_connect, do_kill, do_tokens };

	if (switch_fd >= 0)
		errors += 16;
	for (unsigned int i = seed; !*shared_stop; i++)
		jobs[i % 5]();
	_exit(0);
}

static int session_ends(void)
{
	for (int tries = 0; tries < 500; tries++) {
		struct kacs_session_info info = { .auth_id = session };

		if (ioctl(dev, KACS_IOC_GET_LOGON_SESSION, &info) && errno == ENOENT)
			return 1;
		usleep(10000);
	}
	return 0;
}

#define OBJECTS "/sys/kernel/security/kacs/objects"

#define KINDS     5
#define PROCESSES 3

/* The kernel makes and ends threads of its own, each of them a process. */
static long running(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	long n = 0;

	while (proc && (entry = readdir(proc)))
		n += isdigit((unsigned char)entry->d_name[0]) != 0;
	if (proc)
		closedir(proc);
	return n;
}

/* How many objects there are of each kind; of processes, beyond those that run. */
static int count_objects(long counts[KINDS])
{
	FILE *file = fopen(OBJECTS, "re");
	long processes = running();
	int kind = 0;

	while (file && kind < KINDS && fscanf(file, "%*[^=]=%ld\n", &counts[kind]) == 1)
		kind++;
	if (file)
		fclose(file);
	counts[PROCESSES] -= processes;
	return kind == KINDS && processes;
}

/* Some are freed after a grace period; what a program before this one left may go as well. */
static int counts_return(const long before[KINDS])
{
	long now[KINDS];
	int kind = 0;

	for (int tries = 0; tries < 500; tries++) {
		if (!count_objects(now))
			return 0;
		for (kind = 0; kind < KINDS && now[kind] <= before[kind]; kind++)
			;
		if (kind == KINDS)
			return 1;
		usleep(10000);
	}
	printf("# kind %d: %ld before, %ld now\n", kind, before[kind], now[kind]);
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = "\0stress" };
	pid_t workers[WORKERS];
	long objects[KINDS];
	int i;

	if (argc == 2) {
		dev = atoi(argv[1]);
		return !self_is(SID_LOCAL_SERVICE);
	}
	open_dev();
	switch_fd = open(SWITCH, O_RDWR | O_CLOEXEC);
	errors = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	shared_stop = (int *)(errors + 64);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(listener, (struct sockaddr *)&addr, offsetof(struct sockaddr_un, sun_path) + 7) ||
	    listen(listener, 64))
		return 1;
	ok(count_objects(objects), "Objects_EveryKind_IsCounted");
	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 0, PRIV(3) | PRIV(7));
	token = create_token(&spec);
	imp = duplicate(token, KACS_TOKEN_ALL_ACCESS, 2, 2);
	works(ioctl(dev, KACS_IOC_ARM), "Arm_System_Works");
	for (i = 0; i < WORKERS; i++) {
		workers[i] = fork();
		if (!workers[i])
			worker(i);
	}
	sleep(SECONDS);
	*shared_stop = 1;
	for (i = 0; i < WORKERS; i++)
		reap(workers[i], 0);
	static const char *const names[] = {
		"Worker_AllAlong_Lives",      "Thread_Start_IsProcessIdentity", "Service_Fork_HasItsToken",
		"Service_Exec_KeepsItsToken", "Impersonate_UnderLoad_Works",    "Revert_UnderLoad_Works",
		"Peer_UnderLoad_IsCaptured",  "Kill_UnderLoad_IsClean",         "Tokens_UnderLoad_Work",
	};
	for (i = 0; i < 9; i++)
		ok(!errors[i], "%s", names[i]);
	close(token);
	close(imp);
	close(listener);
	ok(session_ends(), "Tokens_AfterAll_NoneLeaked");
	ok(counts_return(objects), "Objects_AfterAll_AreAsManyAsBefore");
	return plan();
}
