// SPDX-License-Identifier: MIT
/* In which contexts hooks are called: as pkm/lsm/hooks.h says.  ktest: -m out/pkm-fault/pkm.ko -p mode=enforce */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>

#include "kacs.h"
#include "module.h"

#define NODE "/sys/module/pkm/parameters/"

/* The line of a hook: name, what the table says, what was seen. */
static int line_of(const char *hook, char *table, char *seen)
{
	char text[4096], name[32], *line;
	int fd = open(NODE "hook_contexts", O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[len < 0 ? 0 : len] = '\0';
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (sscanf(line, "%31s %7s %7s", name, table, seen) == 3 && !strcmp(name, hook))
			return 1;
	return 0;
}

/* Does not look how it went: what was called is asked of the module. */
static void child(int (*run)(void))
{
	pid_t pid = fork();

	if (!pid)
		_exit(run());
	waitpid(pid, NULL, 0);
}

/* --- what makes the kernel call each ------------------------------------------- */

static int leave(void)
{
	return 0;
}

static void do_fork(void)
{
	child(leave);
}

static int exec_this(void)
{
	execl("/proc/self/exe", "kacs_hooks", "leave", NULL);
	return 1;
}

static void do_exec(void)
{
	child(exec_this);
}

static int share_session(void)
{
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	return syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT) != 0;
}

static void do_session_to_parent(void)
{
	child(share_session);
}

static void do_map(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(page, 4096, PROT_READ);
	munmap(page, 4096);
}

static int traced(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0;
}

static void do_traceme(void)
{
	child(traced);
}

/* A tracer with less capabilities than its tracee needs one more, asked for under the lock of the hook above. */
static int traced_by_less(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct caps[2];
	int go[2];
	char c;
	pid_t pid;

	if (pipe(go))
		return 1;
	pid = fork();
	if (!pid)
		_exit(read(go[0], &c, 1) != 1 || traced());
	syscall(SYS_capget, &head, caps);
	caps[0].effective = caps[0].permitted &= ~(1u << CAP_SYS_BOOT);
	if (syscall(SYS_capset, &head, caps) || write(go[1], "x", 1) != 1)
		return 1;
	waitpid(pid, NULL, 0);
	return 0;
}

static void do_traceme_by_less(void)
{
	child(traced_by_less);
}

static void do_look(void)
{
	pid_t pid = fork();
	char path[64];

	if (!pid)
		for (;;)
			pause();
	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	close(open(path, O_RDONLY | O_CLOEXEC));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int change_ids(void)
{
	gid_t group = 1;

	return setgroups(1, &group) || setgid(1) || setuid(1);
}

static void do_setids(void)
{
	child(change_ids);
}

static void do_connect(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = "\0hooks" };
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + 6;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);

	if (bind(listener, (struct sockaddr *)&addr, len) || listen(listener, 1) ||
	    connect(client, (struct sockaddr *)&addr, len))
		perror("connect");
	close(client);
	close(listener);
}

/* A bound UDP socket is freed by an RCU callback. */
static void do_datagram(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		perror("bind");
	close(fd);
}

static int unshare_user(void)
{
	return unshare(CLONE_NEWUSER) != 0;
}

static void do_unshare(void)
{
	child(unshare_user);
}

/* Who calls it, and the worst of it that can be brought about for certain. */
static const struct {
	const char *hook;
	void (*call)(void);
	const char *worst;
} provoked[] = {
	{ "cred_alloc_blank", do_session_to_parent, "" },
	{ "cred_free", do_fork, "s" },
	{ "cred_prepare", do_fork, "" },
	{ "cred_transfer", do_session_to_parent, "" },
	{ "task_alloc", do_fork, "" },
	{ "task_free", do_fork, "s" },
	{ "bprm_check_security", do_exec, "" },
	{ "bprm_committed_creds", do_exec, "" },
	{ "bprm_creds_for_exec", do_exec, "" },
	{ "capable", do_traceme_by_less, "ai" },
	{ "file_mprotect", do_map, "m" },
	{ "mmap_addr", do_map, "m" },
	{ "mmap_file", do_map, "" },
	{ "ptrace_access_check", do_look, "a" },
	{ "ptrace_traceme", do_traceme, "ai" },
	{ "sk_free_security", do_datagram, "s" },
	{ "task_fix_setgid", do_setids, "" },
	{ "task_fix_setgroups", do_setids, "" },
	{ "task_fix_setuid", do_setids, "" },
	{ "unix_stream_connect", do_connect, "a" },
	{ "userns_create", do_unshare, "" },
};

/* Calls it until all of the wanted contexts were seen: RCU takes its time. */
static int comes(size_t i)
{
	char table[8], seen[8] = "";
	int tries;

	for (tries = 0; tries < 300; tries++) {
		provoked[i].call();
		if (!line_of(provoked[i].hook, table, seen))
			return 0;
		if (strcmp(seen, "never") && strspn(provoked[i].worst, seen) == strlen(provoked[i].worst))
			return 1;
		usleep(10000);
	}
	printf("# %s: seen %s\n", provoked[i].hook, seen);
	return 0;
}

static void every_hook_where_the_table_says(void)
{
	size_t i;

	for (i = 0; i < sizeof(provoked) / sizeof(*provoked); i++)
		ok(comes(i), "Hook_%s_CalledInItsWorstContext", provoked[i].hook); /* HAZ-007 */
	ok(!log_says("called in context"), "Table_AllHooksCalled_TellsTheTruth");  /* HAZ-007 */
}

/* --- and when the table is wrong? ---------------------------------------------- */

static int lie_about(const char *hook)
{
	int fd = open(NODE "hook_lie", O_WRONLY | O_CLOEXEC);
	int len = strlen(hook), wrote = write(fd, hook, len);

	close(fd);
	return wrote == len;
}

/* The complaint is expected: it leaves the log, and with it nothing else that tells of a mistake. */
static int complains(size_t i)
{
	char text[64];
	int tries, said = 0;

	if (log_says("WARNING:") || log_says("BUG:") || !lie_about(provoked[i].hook))
		return 0;
	snprintf(text, sizeof(text), "hook %s called in context ", provoked[i].hook);
	for (tries = 0; tries < 300 && !said; tries++) {
		provoked[i].call();
		usleep(10000);
		said = log_says(text);
	}
	clear_log();
	provoked[i].call();
	usleep(10000);
	return said && !log_says("called in context");
}

static void a_wrong_table_is_found(void)
{
	size_t i;

	for (i = 0; i < sizeof(provoked) / sizeof(*provoked); i++)
		if (*provoked[i].worst)
			ok(complains(i), "Hook_%s_SaidToSleepWarnsOnce", provoked[i].hook); /* HAZ-007 */
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return leave();
	open_dev();
	every_hook_where_the_table_says();
	a_wrong_table_is_found();
	return plan();
}
