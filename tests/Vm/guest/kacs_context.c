// SPDX-License-Identifier: MIT
/* Whose identity it is: of one thread beside others, of what the kernel starts by itself; and how hooks are held. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/capability.h>

#include "kacs.h"

#define HELPER_SAYS "/tmp/helper-says"

/* --- one thread beside others --------------------------------------------------- */

static pthread_barrier_t impersonating, looked_at;
static int client_tid;

static void *impersonate(void *arg)
{
	int *failed = arg,
	    token = duplicate(make_token(SID_LOCAL_SERVICE, 0, 0), KACS_TOKEN_ALL_ACCESS, 2, 2);

	client_tid = gettid();
	*failed = ioctl(token, KACS_IOC_IMPERSONATE) || !self_is(SID_LOCAL_SERVICE);
	pthread_barrier_wait(&impersonating);
	pthread_barrier_wait(&looked_at);
	return NULL;
}

/* KACS-TOK-009 */
static void test_threads(void)
{
	int pidfd = syscall(SYS_pidfd_open, getpid(), 0), failed = 1;
	struct kacs_open_process_token_args process = { pidfd, KACS_TOKEN_QUERY };
	struct kacs_open_thread_token_args thread = { pidfd, 0, KACS_TOKEN_QUERY };
	pthread_t other;

	pthread_barrier_init(&impersonating, NULL, 2);
	pthread_barrier_init(&looked_at, NULL, 2);
	pthread_create(&other, NULL, impersonate, &failed);
	pthread_barrier_wait(&impersonating);
	ok(!failed && self_is(SID_SYSTEM), "Impersonation_OneThread_LeavesTheOthers");
	ok(user_is(ioctl(dev, KACS_IOC_OPEN_PROCESS_TOKEN, &process), SID_SYSTEM),
	   "Impersonation_OneThread_OthersSeeThePrimary");
	thread.tid = client_tid;
	ok(user_is(ioctl(dev, KACS_IOC_OPEN_THREAD_TOKEN, &thread), SID_LOCAL_SERVICE),
	   "Impersonation_OneThread_ItsTokenIsTheClients");
	pthread_barrier_wait(&looked_at);
	pthread_join(other, NULL);
}

/* --- what the kernel starts ------------------------------------------------------- */

/* Runs as the kernel's helper for dead processes. */
static int helper(void)
{
	int fd = open(HELPER_SAYS ".new", O_CREAT | O_WRONLY, 0600);

	open_dev();
	if (write(fd, self_is(SID_SYSTEM) ? "S" : "?", 1) != 1)
		return 1;
	return rename(HELPER_SAYS ".new", HELPER_SAYS);
}

static int dies(void)
{
	struct rlimit any = { RLIM_INFINITY, RLIM_INFINITY };

	if (ioctl(make_token(SID_LOCAL_SERVICE, 201, 0), KACS_IOC_INSTALL) || !self_is(SID_LOCAL_SERVICE))
		return 1;
	setrlimit(RLIMIT_CORE, &any);
	prctl(PR_SET_DUMPABLE, 1);
	abort();
}

/* KACS-TOK-011: the kernel's own work is SYSTEM's, on whose behalf it may be. */
static void test_kernel_helper(void)
{
	int fd = open("/proc/sys/kernel/core_pattern", O_WRONLY), i;
	char program[256] = "", line[300], says = 0;

	if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
		return;
	snprintf(line, sizeof(line), "|%s helper", program);
	ok(write(fd, line, strlen(line)) > 0 && !close(fd), "Helper_IsSet");
	ok(in_child(dies) == -1, "Process_OfAService_Dies");
	for (i = 0; i < 1000 && (fd = open(HELPER_SAYS, O_RDONLY)) < 0; i++)
		usleep(10000);
	ok(read(fd, &says, 1) == 1 && says == 'S', "Helper_OfTheKernel_IsSystem");
}

/* KACS-TOK-149 */
static int system_has_its_capabilities(void)
{
	static const int kept[] = { CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER,
				    CAP_SETGID, CAP_SETUID,       CAP_SETPCAP };
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { 0 };
	size_t i;
	int fd;

	if (syscall(SYS_capget, &header, data))
		return 1;
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (!(data[0].effective & 1U << kept[i]))
			return 2;
	fd = open("/tmp/nobodys", O_CREAT | O_WRONLY, 0);
	if (fd < 0 || fchown(fd, 201, 201) || fchmod(fd, 0))
		return 3;
	if (open("/tmp/nobodys", O_RDWR) < 0)
		return 4;
	return setresgid(201, 202, 203) || setresuid(201, 202, 203) ? 5 : 0;
}

/* --- the hooks ------------------------------------------------------------------------ */

/*
 * One line of the list of functions that somebody listens at; NULL at the end.
 * @trampoline tells by which of its listeners it was attached.
 */
static char *next_stub(FILE *list, char *line, size_t size, char **trampoline)
{
	while (fgets(line, size, list)) {
		*trampoline = strstr(line, "tramp: ");
		if (!strncmp(line, "bpf_lsm_", 8))
			return line;
	}
	return NULL;
}

/* HAZ-010: all life-cycle hooks by one listener, all checks by another, nothing else of ours. */
static void test_listeners(void)
{
	struct kacs_state state = { 0 };
	char line[512], seen[8][64] = { "" }, *tramp;
	unsigned int stubs = 0, listeners = 0, others = 0, i;
	FILE *list;

	mount("none", "/sys/kernel/tracing", "tracefs", 0, NULL);
	list = fopen("/sys/kernel/tracing/enabled_functions", "r");
	ok(list != NULL, "EnabledFunctions_AreListed");
	while (list && next_stub(list, line, sizeof(line), &tramp)) {
		stubs++;
		others += !strstr(line, " (1)") || !strstr(line, " I") || !tramp;
		if (!tramp)
			continue;
		tramp[7 + strcspn(tramp + 7, " \t\n(")] = 0;
		for (i = 0; i < listeners && strcmp(seen[i], tramp + 7); i++)
			;
		if (i == listeners && listeners < 8)
			snprintf(seen[listeners++], sizeof(*seen), "%s", tramp + 7);
	}
	ioctl(dev, KACS_IOC_GET_STATE, &state);
	ok(stubs == state.hooks && !others, "Hooks_Attached_EachByOneListener");
	ok(listeners == 2, "Hooks_Attached_ByTwoListeners");
	printf("# %u stubs, %u hooks, %u others, %u listeners\n", stubs, state.hooks, others, listeners);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "helper"))
		return helper();
	open_dev();
	test_threads();
	test_kernel_helper();
	test_listeners();
	works(ioctl(dev, KACS_IOC_ARM), "Arm_Works");
	ok(in_child(system_has_its_capabilities) == 0, "System_Armed_KeepsItsCapabilities");
	return plan();
}
