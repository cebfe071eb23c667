// SPDX-License-Identifier: MIT
/* Who connected, and acting as them: capture, levels, gates. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "kacs.h"

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

/* What a server may do with a client that allows everything. */
static void test_peer(int server)
{
	int gate[2], conn, token, mine;
	uint32_t level, type;
	pid_t pid;

	if (pipe(gate))
		return;
	pid = client_process("peer", -1, gate);
	conn = accept(server, NULL, NULL);
	token = peer_token(conn);
	works(token, "OpenPeer_Accepted_Works");                            /* KACS-TOK-043 */
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
}

static void test_anonymous_peer(int server)
{
	int gate[2], conn, token;
	pid_t pid;

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
}

static void test_identification_peer(int server)
{
	int gate[2], conn, pair[2];
	pid_t pid;

	if (pipe(gate))
		return;
	pid = client_process("peer", KACS_LEVEL_IDENTIFICATION, gate);
	conn = accept(server, NULL, NULL);
	ok(impersonate_peer(conn) == 1, "ImpersonatePeer_IdentificationClient_IsCapped"); /* KACS-TOK-116 */
	ioctl(dev, KACS_IOC_REVERT);
	close(gate[1]);
	waitpid(pid, NULL, 0);

	struct kacs_set_impersonation_level_args args = { conn, 1 };

	fails(ioctl(dev, KACS_IOC_SET_IMPERSONATION_LEVEL, &args), EINVAL,
	      "SetLevel_Connected_Einval"); /* KACS-TOK-108 */
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
		.num_restrict_sids = 1,
		.data_len = 12,
		.data_ptr = (uintptr_t)SID_EVERYONE,
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
	ok(in_child(unprivileged_server_is_capped) == 0, "ImpersonatePeer_Unprivileged_IsCapped");
	ok(in_child(identity_cascades) == 0, "Connect_Impersonating_Cascades"); /* KACS-TOK-109 */
	ok(in_child(same_user) == 0, "Impersonate_SameUser_FullLevel");
	ok(in_child(restricted_server) == 0, "Impersonate_RestrictedServer_Eperm");
	ok(in_child(restricted_client) == 0, "Impersonate_RestrictedClient_IsCapped");
	ok(in_child(lower_server) == 0, "Impersonate_HigherClient_IsCapped");
	ok(in_child(anonymous_client) == 0, "Impersonate_Anonymous_SkipsGates");
}

int main(void)
{
	open_dev();
	int server = listener("peer");

	works(server, "Listen_Works");
	test_peer(server);
	test_anonymous_peer(server);
	test_identification_peer(server);
	close(server);
	test_gates();
	return plan();
}
