// SPDX-License-Identifier: MIT
/* Tokens on processes and threads: install, fork, exec, threads, peers.  ktest: -c 2 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kacs.h"

static struct spec spec;

/* A fresh token of @user in a session of its own. */
static int make_token(const uint8_t *user, uint32_t uid, uint64_t privileges)
{
	uint64_t session;

	if (create_session(user, &session))
		return -1;
	token_spec(&spec, user, session, uid, privileges);
	return create_token(&spec);
}

/* Runs @body in a child; its result, or -1 when it died. */
static int in_child(int (*body)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(body());
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static int self_is(const uint8_t *sid)
{
	int token = open_self(0, KACS_TOKEN_QUERY);
	int is = token >= 0 && user_is(token, sid);

	close(token);
	return is;
}

/* --- install ------------------------------------------------------------------ */

static int child_installs(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 201, PRIV(23));

	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	if (!self_is(SID_LOCAL_SERVICE))
		return 2;
	if (getuid() != 201 || geteuid() != 201 || getgid() != 201 || getegid() != 201) /* KACS-TOK-105 */
		return 3;
	/* The new identity lacks SeCreateToken and SeAssignPrimaryToken. */
	if (create_token(&spec) >= 0 || errno != EPERM)
		return 4;
	if (!ioctl(token, KACS_IOC_INSTALL) || errno != EPERM)
		return 5;
	return 0;
}

static int grandchild_inherits(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 201, PRIV(23));
	uint8_t before[16], after[16];
	int status, mine;
	pid_t pid;

	ioctl(token, KACS_IOC_INSTALL);
	mine = open_self(0, KACS_TOKEN_QUERY | KACS_TOKEN_ADJUST_PRIVILEGES);
	guid_of(mine, before);
	pid = fork();
	if (!pid) {
		int own = open_self(0, KACS_TOKEN_QUERY | KACS_TOKEN_ADJUST_PRIVILEGES);

		guid_of(own, after);
		if (memcmp(before, after, 16)) /* KACS-TOK-098: the copy keeps its GUID */
			_exit(1);
		_exit(adjust_privilege(own, 23, KACS_PRIV_REMOVED) ? 2 : 0);
	}
	waitpid(pid, &status, 0);
	if (WEXITSTATUS(status))
		return 10 + WEXITSTATUS(status);
	uint64_t privs[4];

	return privileges_of(mine, privs) || privs[0] != PRIV(23); /* the child changed its copy only */
}

static int exec_keeps(void)
{
	int token = make_token(SID_NETWORK_SERVICE, 202, 0);

	ioctl(token, KACS_IOC_INSTALL);
	fcntl(dev, F_SETFD, 0);
	char number[16];

	snprintf(number, sizeof(number), "%d", dev);
	execl("/proc/self/exe", "kacs_process", "after-exec", number, NULL);
	return 99;
}

static int after_exec(const char *number)
{
	dev = atoi(number);
	if (!self_is(SID_NETWORK_SERVICE)) /* KACS-TOK-100 */
		return 1;
	return getuid() != 202;
}

static void test_install(void)
{
	int token;

	ok(in_child(child_installs) == 0, "Install_InChild_ChangesIdentity");
	ok(self_is(SID_SYSTEM), "Install_InChild_LeavesParent");
	ok(in_child(grandchild_inherits) == 0, "Fork_Installed_CopiesToken");
	ok(in_child(exec_keeps) == 0, "Exec_Installed_KeepsToken");
	token = make_token(SID_LOCAL_SERVICE, 201, 0);
	int imp = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);

	fails(ioctl(imp, KACS_IOC_INSTALL), EINVAL, "Install_ImpersonationToken_Einval"); /* KACS-TOK-102 */
	fails(ioctl(token, KACS_IOC_IMPERSONATE), EINVAL, "Impersonate_PrimaryToken_Einval"); /* KACS-TOK-111 */
	close(imp);
	close(token);
}

/* --- threads -------------------------------------------------------------------- */

static pthread_barrier_t barrier;
static int stop, seen_new;

static void *waiting_thread(void *arg)
{
	int round;

	pthread_barrier_wait(&barrier);
	for (round = 0; round < 2000 && !self_is(SID_LOCAL_SERVICE); round++)
		usleep(1000);
	if (self_is(SID_LOCAL_SERVICE))
		__atomic_add_fetch(&seen_new, 1, __ATOMIC_SEQ_CST);
	return arg;
}

static int install_reaches_threads(void)
{
	pthread_t threads[8];
	int i, token = make_token(SID_LOCAL_SERVICE, 0, 0);

	pthread_barrier_init(&barrier, NULL, 9);
	for (i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, waiting_thread, NULL);
	pthread_barrier_wait(&barrier);
	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	for (i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	return seen_new != 8; /* KACS-TOK-103 */
}

static void *report_identity(void *arg)
{
	*(int *)arg = self_is(SID_SYSTEM);
	return NULL;
}

/* Threads that clone while another installs must all end up with the new token. */
static void *cloning_thread(void *arg)
{
	int last;

	do { /* the last round starts after the installing thread has said stop */
		pthread_t one;

		last = __atomic_load_n(&stop, __ATOMIC_ACQUIRE);
		if (!pthread_create(&one, NULL, report_identity, arg))
			pthread_join(one, NULL);
	} while (!last);
	return NULL;
}

static int install_races_clone(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 0, 0), system[4], i, last;
	pthread_t threads[4], one;

	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, cloning_thread, &system[i]);
	usleep(20000);
	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	usleep(20000);
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < 4; i++)
		if (system[i])
			return 2 + i;
	pthread_create(&one, NULL, report_identity, &last);
	pthread_join(one, NULL);
	return last ? 9 : 0;
}

static int thread_of_impersonator(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 201, 0), system = 0;
	int imp = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);
	pthread_t one;

	if (ioctl(imp, KACS_IOC_IMPERSONATE) || !self_is(SID_LOCAL_SERVICE))
		return 1;
	pthread_create(&one, NULL, report_identity, &system);
	pthread_join(one, NULL);
	if (!system)
		return 2; /* KACS-TOK-099 */
	if (geteuid() != 201 || getuid() != 0) /* KACS-ENF-191 */
		return 3;
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(self_is(SID_SYSTEM) && !geteuid() ? 0 : 1);
	waitpid(pid, &status, 0);
	if (status)
		return 4; /* KACS-TOK-098 */
	if (ioctl(dev, KACS_IOC_REVERT) || !self_is(SID_SYSTEM) || geteuid())
		return 5; /* KACS-TOK-118 */
	return ioctl(dev, KACS_IOC_REVERT) ? 6 : 0;
}

static int exec_reverts(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 201, 0);
	int imp = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);
	char number[16];

	ioctl(imp, KACS_IOC_IMPERSONATE);
	fcntl(dev, F_SETFD, 0);
	snprintf(number, sizeof(number), "%d", dev);
	execl("/proc/self/exe", "kacs_process", "after-revert", number, NULL);
	return 99;
}

static int after_revert(const char *number)
{
	dev = atoi(number);
	return !self_is(SID_SYSTEM) || geteuid(); /* KACS-TOK-100 */
}

static int install_while_impersonating(void)
{
	int service = make_token(SID_NETWORK_SERVICE, 202, PRIV(29));
	int client = make_token(SID_LOCAL_SERVICE, 201, 0);
	int imp = duplicate(client, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);

	if (ioctl(imp, KACS_IOC_IMPERSONATE) || ioctl(service, KACS_IOC_INSTALL))
		return 1;
	if (!self_is(SID_LOCAL_SERVICE) || geteuid() != 201 || getuid() != 202)
		return 2; /* KACS-TOK-103 */
	if (ioctl(dev, KACS_IOC_REVERT) || !self_is(SID_NETWORK_SERVICE) || geteuid() != 202)
		return 3;
	return 0;
}

static void test_threads(void)
{
	int round, bad = 0;

	ok(in_child(install_reaches_threads) == 0, "Install_Threads_AllSwitch");
	for (round = 0; round < 10; round++)
		bad += in_child(install_races_clone) != 0;
	ok(!bad, "Install_WhileCloning_NoneKeepsTheOld");
	ok(in_child(thread_of_impersonator) == 0, "Impersonation_NewTasks_StartFromPrimary");
	ok(in_child(exec_reverts) == 0, "Exec_Impersonating_Reverts");
	ok(in_child(install_while_impersonating) == 0, "Install_Impersonating_RevertsToNew");
}

/* --- peers ------------------------------------------------------------------------ */

static int listener(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(addr.sun_path + 1, name);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 8))
		return -1;
	return fd;
}

static int client(const char *name, int level)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (level >= 0) {
		struct kacs_set_impersonation_level_args args = { fd, level };

		if (ioctl(dev, KACS_IOC_SET_IMPERSONATION_LEVEL, &args))
			return -1;
	}
	strcpy(addr.sun_path + 1, name);
	return connect(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -1 : fd;
}

static int peer_token(int fd)
{
	struct kacs_open_peer_token_args args = { fd };

	return ioctl(dev, KACS_IOC_OPEN_PEER_TOKEN, &args);
}

static int impersonate_peer(int fd)
{
	struct kacs_impersonate_peer_args args = { fd };

	return ioctl(dev, KACS_IOC_IMPERSONATE_PEER, &args);
}

/* The client keeps its connection until the server has looked. */
static pid_t client_process(const char *name, int level, const int gate[2])
{
	pid_t pid = fork();
	char byte;

	if (pid)
		return pid;
	int token = make_token(SID_LOCAL_SERVICE, 201, PRIV(23));

	ioctl(token, KACS_IOC_INSTALL);
	int fd = client(name, level);

	close(gate[1]);
	_exit(fd < 0 || read(gate[0], &byte, 1) < 0);
}

static void test_peer(void)
{
	int server = listener("peer"), gate[2], conn, token, mine, pair[2];
	uint32_t level, type;
	pid_t pid;

	works(server, "Listen_Works");
	if (pipe(gate))
		return;
	pid = client_process("peer", -1, gate);
	conn = accept(server, NULL, NULL);
	token = peer_token(conn);
	works(token, "OpenPeer_Accepted_Works"); /* KACS-TOK-043 */
	ok(user_is(token, SID_LOCAL_SERVICE), "OpenPeer_Client_IsItsUser"); /* KACS-TOK-109 */
	ok(query(token, KACS_TOKEN_CLASS_TYPE, &type, 4) == 4 && type == 2 &&
	   query(token, KACS_TOKEN_CLASS_IMPERSONATION_LEVEL, &level, 4) == 4 && level == 2,
	   "OpenPeer_Snapshot_IsImpersonation");
	fails(duplicate(token, 8, 2, 1), EACCES, "OpenPeer_Duplicate_Eacces");
	ok(impersonate_peer(conn) == 2 && self_is(SID_LOCAL_SERVICE), "ImpersonatePeer_Privileged_IsClient");
	works(ioctl(dev, KACS_IOC_REVERT), "Revert_Works");
	works(ioctl(token, KACS_IOC_IMPERSONATE), "Impersonate_PeerToken_Works");
	mine = open_self(KACS_REAL_TOKEN, KACS_TOKEN_QUERY);
	ok(mine < 0 || user_is(mine, SID_SYSTEM), "OpenSelf_Real_IsPrimary"); /* KACS-TOK-040 */
	close(mine);
	ioctl(dev, KACS_IOC_REVERT);
	close(conn);
	ok(user_is(token, SID_LOCAL_SERVICE), "PeerToken_SocketClosed_Lives");
	close(token);
	close(gate[1]);
	waitpid(pid, NULL, 0);
	close(gate[0]);

	if (pipe(gate))
		return;
	pid = client_process("peer", KACS_LEVEL_ANONYMOUS, gate);
	conn = accept(server, NULL, NULL);
	token = peer_token(conn);
	ok(token >= 0 && !user_is(token, SID_LOCAL_SERVICE), "OpenPeer_AnonymousClient_IsNotTold");
	close(token);
	close(conn);
	close(gate[1]);
	waitpid(pid, NULL, 0);
	close(gate[0]);

	if (pipe(gate))
		return;
	pid = client_process("peer", KACS_LEVEL_IDENTIFICATION, gate);
	conn = accept(server, NULL, NULL);
	ok(impersonate_peer(conn) == 1, "ImpersonatePeer_IdentificationClient_IsCapped"); /* KACS-TOK-116 */
	ioctl(dev, KACS_IOC_REVERT);
	close(gate[1]);
	waitpid(pid, NULL, 0);

	struct kacs_set_impersonation_level_args args = { conn, 1 };

	fails(ioctl(dev, KACS_IOC_SET_IMPERSONATION_LEVEL, &args), EINVAL, "SetLevel_Connected_Einval"); /* KACS-TOK-108 */
	close(conn);
	args = (struct kacs_set_impersonation_level_args){ gate[0], 1 };
	fails(ioctl(dev, KACS_IOC_SET_IMPERSONATION_LEVEL, &args), EINVAL, "SetLevel_Pipe_Einval");
	args.sock_fd = 777;
	fails(ioctl(dev, KACS_IOC_SET_IMPERSONATION_LEVEL, &args), EBADF, "SetLevel_BadFd_Ebadf");
	args = (struct kacs_set_impersonation_level_args){ server, 4 };
	fails(ioctl(dev, KACS_IOC_SET_IMPERSONATION_LEVEL, &args), EINVAL, "SetLevel_Unknown_Einval");
	fails(peer_token(server), EACCES, "OpenPeer_Listener_Eacces");
	fails(peer_token(777), EBADF, "OpenPeer_BadFd_Ebadf");
	if (!socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		fails(peer_token(pair[0]), EACCES, "OpenPeer_Socketpair_Eacces"); /* KACS-TOK-110 */
	close(server);
}

static int unprivileged_server_is_capped(void)
{
	int server = listener("capped"), token = make_token(SID_NETWORK_SERVICE, 202, 0), gate[2], conn;
	pid_t pid;

	if (pipe(gate))
		return 1;
	pid = client_process("capped", -1, gate);
	conn = accept(server, NULL, NULL);
	ioctl(token, KACS_IOC_INSTALL);
	if (impersonate_peer(conn) != 1) /* KACS-TOK-113 */
		return 2;
	close(gate[1]);
	waitpid(pid, NULL, 0);
	return 0;
}

/* Connects to a listener of its own while acting as @imp; the level the server sees, or -1. */
static int cascaded_level(const char *name, int imp)
{
	int server = listener(name), fd, token;
	uint32_t level = 99;

	if (ioctl(imp, KACS_IOC_IMPERSONATE))
		return -1;
	fd = client(name, -1);
	ioctl(dev, KACS_IOC_REVERT);
	token = peer_token(accept(server, NULL, NULL));
	close(fd);
	if (!user_is(token, SID_LOCAL_SERVICE))
		return -2;
	return query(token, KACS_TOKEN_CLASS_IMPERSONATION_LEVEL, &level, 4) == 4 ? (int)level : -3;
}

static int identity_cascades(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 0, 0);
	int full = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 3);
	int half = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 1);

	if (cascaded_level("cascade2", full) != 2) /* the socket's default is the limit */
		return 1;
	return cascaded_level("cascade1", half) != 1; /* and never more than the client has */
}

/* A token like @token, restricted to Everyone. */
static int restricted(int token)
{
	struct kacs_restrict_args args = {
		.num_restrict_sids = 1, .data_len = 12, .data_ptr = (uintptr_t)SID_EVERYONE,
	};

	return ioctl(token, KACS_IOC_RESTRICT, &args) ? -1 : args.result_fd;
}

/* Installs @server, then acts as @imp: the level in force, or -errno. */
static int level_of(int server, int imp)
{
	int self;
	uint32_t level = 99;

	if (ioctl(server, KACS_IOC_INSTALL))
		return -1000;
	if (ioctl(imp, KACS_IOC_IMPERSONATE))
		return -errno;
	/* At Identification every check denies, so look through the node that makes none. */
	self = open("/sys/kernel/security/kacs/self", O_RDONLY); /* KACS-TOK-141 */
	query(self, KACS_TOKEN_CLASS_IMPERSONATION_LEVEL, &level, 4);
	if (level == 1 && open_self(0, KACS_TOKEN_QUERY) >= 0)
		return -2000; /* KACS-TOK-107 */
	return level;
}

static int impersonation(int token)
{
	return duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);
}

static int restricted_server(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 0, PRIV(29));

	return level_of(restricted(token), impersonation(token)) != -EPERM; /* KACS-TOK-114 */
}

static int restricted_client(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 0, 0);

	return level_of(token, impersonation(restricted(token))) != 1; /* KACS-TOK-113 */
}

static int same_user(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 0, 0);

	return level_of(token, impersonation(token)) != 2;
}

static int lower_server(void)
{
	int client_token = make_token(SID_LOCAL_SERVICE, 0, 0), server;

	put32(&spec, 8, 8192);
	put64(&spec, 16, PRIV(29));
	put64(&spec, 24, PRIV(29));
	server = create_token(&spec);
	return level_of(server, impersonation(client_token)) != 1; /* KACS-TOK-115 */
}

static int anonymous_client(void)
{
	int server = make_token(SID_LOCAL_SERVICE, 0, 0);
	int client_token = make_token(SID_NETWORK_SERVICE, 0, 0);
	int none = duplicate(client_token, KACS_TOKEN_IMPERSONATE, KACS_TOKEN_TYPE_IMPERSONATION, 0);

	if (ioctl(server, KACS_IOC_INSTALL) || ioctl(none, KACS_IOC_IMPERSONATE))
		return 1; /* KACS-TOK-117: both gates are skipped */
	return self_is(SID_LOCAL_SERVICE) || self_is(SID_NETWORK_SERVICE);
}

static void test_gates(void)
{
	ok(in_child(identity_cascades) == 0, "Connect_Impersonating_Cascades"); /* KACS-TOK-109 */
	ok(in_child(same_user) == 0, "Impersonate_SameUser_FullLevel");
	ok(in_child(restricted_server) == 0, "Impersonate_RestrictedServer_Eperm");
	ok(in_child(restricted_client) == 0, "Impersonate_RestrictedClient_IsCapped");
	ok(in_child(lower_server) == 0, "Impersonate_HigherClient_IsCapped");
	ok(in_child(anonymous_client) == 0, "Impersonate_Anonymous_SkipsGates");
}

/* --- other processes' tokens --------------------------------------------------------- */

static int open_process(int pidfd, uint32_t access)
{
	struct kacs_open_process_token_args args = { pidfd, access };

	return ioctl(dev, KACS_IOC_OPEN_PROCESS_TOKEN, &args);
}

static int stranger_may_not_look(void)
{
	int pidfd = syscall(SYS_pidfd_open, getppid(), 0);
	int token = make_token(SID_LOCAL_SERVICE, 201, 0);
	struct kacs_inspect_token_args inspect = { pidfd, 0 };

	ioctl(token, KACS_IOC_INSTALL);
	if (open_process(pidfd, KACS_TOKEN_QUERY) >= 0 || errno != EACCES)
		return 1;
	return ioctl(dev, KACS_IOC_INSPECT_TOKEN, &inspect) >= 0 || errno != EACCES;
}

static void test_others(void)
{
	int gate[2], pidfd, token;
	struct kacs_open_thread_token_args thread = { 0 };
	pid_t pid;
	char byte;

	if (pipe(gate))
		return;
	pid = fork();
	if (!pid) {
		int mine = make_token(SID_LOCAL_SERVICE, 201, 0);

		_exit(ioctl(mine, KACS_IOC_INSTALL) || write(gate[1], "x", 1) != 1 || pause());
	}
	if (read(gate[0], &byte, 1) != 1)
		return;
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	token = open_process(pidfd, KACS_TOKEN_QUERY);
	ok(token >= 0 && user_is(token, SID_LOCAL_SERVICE), "OpenProcess_System_SeesToken"); /* KACS-TOK-041 */
	close(token);
	thread.pidfd = pidfd;
	thread.tid = pid;
	thread.access_mask = KACS_TOKEN_QUERY;
	works(ioctl(dev, KACS_IOC_OPEN_THREAD_TOKEN, &thread), "OpenThread_Leader_Works");
	thread.tid = getpid();
	fails(ioctl(dev, KACS_IOC_OPEN_THREAD_TOKEN, &thread), ESRCH, "OpenThread_OtherProcess_Esrch"); /* KACS-TOK-042 */
	fails(open_process(pidfd, 0x00200000), EINVAL, "OpenProcess_ReservedRight_Einval"); /* KACS-TOK-039 */
	fails(open_process(gate[0], 8), EBADF, "OpenProcess_NotAPidfd_Ebadf");
	fails(open_process(-1, 8), EBADF, "OpenProcess_BadFd_Ebadf");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fails(open_process(pidfd, 8), ESRCH, "OpenProcess_Exited_Esrch");
	ok(in_child(stranger_may_not_look) == 0, "OpenProcess_Stranger_Eacces");
	ok(in_child(unprivileged_server_is_capped) == 0, "ImpersonatePeer_Unprivileged_IsCapped");
}

static int no_child(void)
{
	struct kacs_set_psb_args args = { -1, KACS_MIT_NO_CHILD };
	pthread_t one;
	int system;
	pid_t pid;

	if (ioctl(dev, KACS_IOC_SET_PSB, &args))
		return 1;
	pid = fork();
	if (!pid)
		_exit(0);
	if (pid > 0 || errno != EPERM)
		return 2; /* KACS-TOK-133 */
	return pthread_create(&one, NULL, report_identity, &system) || pthread_join(one, NULL) ? 3 : 0;
}

static int load_driver_needed(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 0, PRIV(23));

	if (ioctl(dev, KACS_IOC_ARM) || ioctl(token, KACS_IOC_INSTALL))
		return 1;
	/* Still uid 0 with all capabilities; the token decides (KACS-ENF-196). */
	if (syscall(SYS_init_module, NULL, 0, "") != -1 || errno != EPERM)
		return 2;
	return syscall(SYS_delete_module, "x", O_NONBLOCK) != -1 || errno != EPERM ? 3 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return !strcmp(argv[1], "after-exec") ? after_exec(argv[2]) : after_revert(argv[2]);
	open_dev();
	test_install();
	test_threads();
	test_peer();
	test_gates();
	test_others();
	ok(in_child(no_child) == 0, "SetPsb_NoChild_ForbidsForkOnly");
	ok(in_child(load_driver_needed) == 0, "Modules_WithoutLoadDriver_Eperm");
	return plan();
}
