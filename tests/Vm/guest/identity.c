// SPDX-License-Identifier: MIT
/* lpsd and authd against the real kernel: tokens minted, callers refused, hostile requests, restarts.
 * ktest: -f out/bin/lpsd -f out/bin/authd */
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kacs.h"

#define LPSD  "/run/lpsd/lpsd.sock"
#define AUTHD "/run/authd/authd.sock"

/* Vectors of AUTH-049: the SID of service jellyfin, and the default DACL of its token. */
/* clang-format off */
static const uint8_t SERVICE_SID[32] = {
	1, 6, 0, 0, 0, 0, 0, 5, 0x50, 0, 0, 0, 0xbd, 0xb4, 0x90, 0x65, 0xbc, 0x80, 0x0a, 0x6d,
	0x1f, 0x20, 0x6a, 0xd6, 0x23, 0x8e, 0x77, 0x8e, 0x6d, 0x87, 0xbd, 0xbc,
};
/* clang-format on */
/* clang-format off */
static const uint8_t SERVICE_DACL[68] = {
	0x02, 0x00, 0x44, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x28, 0x00, 0x00, 0x00, 0x00, 0x10, 0x01,
	0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x50, 0x00, 0x00, 0x00, 0xbd, 0xb4, 0x90, 0x65, 0xbc, 0x80,
	0x0a, 0x6d, 0x1f, 0x20, 0x6a, 0xd6, 0x23, 0x8e, 0x77, 0x8e, 0x6d, 0x87, 0xbd, 0xbc, 0x00, 0x00, 0x14,
	0x00, 0x00, 0x00, 0x00, 0x10, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x12, 0x00, 0x00, 0x00,
};
/* clang-format on */

static char answer[70000];

static int dial(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Reads one line into answer; a descriptor that comes with it goes to *passed. */
static int read_line(int fd, int *passed)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	size_t used = 0;

	*passed = -1;
	while (used < sizeof(answer) - 1) {
		struct iovec part = { answer + used, sizeof(answer) - 1 - used };
		struct msghdr message = { .msg_iov = &part,
					  .msg_iovlen = 1,
					  .msg_control = &control,
					  .msg_controllen = sizeof(control) };
		ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);

		if (header && header->cmsg_type == SCM_RIGHTS)
			memcpy(passed, CMSG_DATA(header), sizeof(int));
		if (n <= 0)
			break;
		used += n;
		if (memchr(answer, '\n', used))
			break;
	}
	answer[used] = 0;
	return used > 0;
}

static int ask_on(int fd, const char *request, int *passed)
{
	size_t length = strlen(request);

	answer[0] = 0;
	return send(fd, request, length, MSG_NOSIGNAL) == (ssize_t)length && read_line(fd, passed);
}

/* One request on a connection of its own; true if the answer holds @want. */
static int asks(const char *path, const char *request, const char *want)
{
	int passed, fd = dial(path), good;

	good = fd >= 0 && ask_on(fd, request, &passed) && strstr(answer, want);
	if (!good)
		printf("# %s -> %s\n", request, answer);
	close(fd);
	return good;
}

static int mint(const char *request)
{
	int passed = -1, fd = dial(AUTHD);

	if (fd < 0 || !ask_on(fd, request, &passed) || !strstr(answer, "\"status\":\"ok\""))
		printf("# %s", answer);
	close(fd);
	return passed;
}

static pid_t start(const char *program, const char *socket_path)
{
	pid_t child;

	unlink(socket_path);
	child = fork();
	if (!child) {
		execl(program, program, NULL);
		_exit(127);
	}
	for (int i = 0; i < 600; i++) {
		int fd = dial(socket_path);

		if (fd >= 0) {
			close(fd);
			return child;
		}
		usleep(50000);
	}
	printf("# %s does not answer\n", program);
	return child;
}

static void end(pid_t child, int signal)
{
	kill(child, signal);
	waitpid(child, NULL, 0);
}

static void test_service_token(void)
{
	int token = mint(
		"{\"command\":\"service-token\",\"identity\":\"LocalService\",\"service\":\"jellyfin\"}\n");
	struct kacs_session_info info = { 0 };
	uint64_t privs[4], stats[6];
	uint8_t buf[512];
	int len, result, tries = 500;

	ok(strstr(answer, "\"user_sid\":\"S-1-5-19\"") && strstr(answer, "\"fds\":[\"token\"]"),
	   "ServiceToken_Answer_HasItsFields");                                    /* AUTH-056 */
	ok(user_is(token, SID_LOCAL_SERVICE), "ServiceToken_User_IsLocalService"); /* AUTH-027 */
	ok(!privileges_of(token, privs) && privs[0] == 0x820a00000ULL && privs[1] == 0x820800000ULL,
	   "ServiceToken_Privileges_AreTheVector"); /* AUTH-049 */
	len = query(token, KACS_TOKEN_CLASS_GROUPS, buf, sizeof(buf));
	ok(buf[0] == 7 && len == 4 + 24 + 4 * 20 + 40 + 28,
	   "ServiceToken_Groups_AreSevenWithTheLogonSid"); /* AUTH-042 */
	ok(!memcmp(buf + 4 + 24 + 4 * 20 + 4, SERVICE_SID, 32) && buf[4 + 24 + 4 * 20 + 36] == 0xf,
	   "ServiceToken_ServiceSid_MayOwn"); /* AUTH-044 */
	ok(query(token, KACS_TOKEN_CLASS_DEFAULT_DACL, buf, sizeof(buf)) == 68 &&
		   !memcmp(buf, SERVICE_DACL, 68),
	   "ServiceToken_DefaultDacl_IsTheVector");
	ok(query(token, KACS_TOKEN_CLASS_OWNER, buf, sizeof(buf)) == 32 && !memcmp(buf, SERVICE_SID, 32),
	   "ServiceToken_Owner_IsTheServiceSid"); /* AUTH-048 */
	ok(query(token, KACS_TOKEN_CLASS_LOGON_TYPE, buf, sizeof(buf)) == 4 && buf[0] == KACS_LOGON_SERVICE,
	   "ServiceToken_Session_IsService"); /* AUTH-041 */
	ok(query(token, KACS_TOKEN_CLASS_PROJECTED_SUPPLEMENTARY_GIDS, buf, sizeof(buf)) == 8 &&
		   buf[4] == 0x21 && buf[5] == 2,
	   "ServiceToken_Gids_AreUsers");
	ok(query(token, KACS_TOKEN_CLASS_STATISTICS, stats, sizeof(stats)) == 48,
	   "ServiceToken_Statistics_Work");
	info.auth_id = stats[2];
	works(ioctl(dev, KACS_IOC_GET_LOGON_SESSION, &info), "ServiceToken_Session_Lives");
	close(token);
	/* authd may still hold the descriptor that it has just sent. */
	do {
		usleep(10000);
		info = (struct kacs_session_info){ .auth_id = stats[2] };
		result = ioctl(dev, KACS_IOC_GET_LOGON_SESSION, &info);
	} while (!result && --tries);
	fails(result, ENOENT, "ServiceToken_Closed_EndsItsSession"); /* AUTH-018 */
}

static void test_refusals(void)
{
	static const struct {
		const char *request, *want, *name;
	} table[] = {
		{ "{\"command\":\"service-token\",\"identity\":\"SYSTEM\",\"service\":\"a\"}\n",
		  "NOT_ALLOWED", "ServiceToken_System_NotAllowed" }, /* AUTH-026 */
		{ "{\"command\":\"service-token\",\"identity\":\"BUILTIN\\\\Administrators\",\"service\":"
		  "\"a\"}\n",
		  "NOT_ALLOWED", "ServiceToken_Alias_NotAllowed" },
		{ "{\"command\":\"service-token\",\"identity\":\"CORP\\\\x\",\"service\":\"a\"}\n",
		  "NO_SUCH_SOURCE", "ServiceToken_Domain_NoSuchSource" }, /* AUTH-029 */
		{ "{\"command\":\"service-token\",\"identity\":\"nosuch\",\"service\":\"a\"}\n", "NOT_FOUND",
		  "ServiceToken_UnknownName_NotFound" },
		{ "{\"command\":\"service-token\",\"identity\":\"Administrator\",\"service\":\"a\"}\n",
		  "LOGON_TYPE_DENIED", "ServiceToken_OfAUser_Denied" }, /* AUTH-036 */
		{ "{\"command\":\"service-token\",\"identity\":\"\",\"service\":\"a\\\\b\"}\n",
		  "INVALID_NAME", "ServiceToken_BadService_InvalidName" }, /* AUTH-044 */
		{ "{\"command\":\"service-token\",\"identity\":\"\"}\n", "INVALID_REQUEST",
		  "ServiceToken_WithoutService_InvalidRequest" },
		{ "{\"command\":\"service-token\",\"identity\":1,\"service\":\"a\"}\n", "INVALID_REQUEST",
		  "ServiceToken_WrongType_InvalidRequest" },
		{ "{\"command\":\"logon\",\"user\":\"x\"}\n", "UNSUPPORTED",
		  "Logon_InThisVersion_Unsupported" },
		{ "{\"command\":\"frobnicate\"}\n", "UNKNOWN_COMMAND", "Unknown_Command_SaysSo" },
		{ "{\"command\":\"status\",\"command\":\"status\"}\n", "INVALID_REQUEST",
		  "Request_WithADoubleKey_Invalid" }, /* AUTH-005 */
		{ "{\"command\":\"lookup\",\"sids\":[\"S-1-5-18\",\"S-1-5-32-544\"]}\n", "Administrators",
		  "Lookup_Alias_IsAnsweredByLpsd" },                                          /* AUTH-028 */
		{ "{\"command\":\"status\",\"id\":7}\n", "\"id\":7", "Request_Id_IsEchoed" }, /* AUTH-003 */
		{ "{\"command\":\"status\"}\n", "{\"name\":\"local\",\"state\":\"up\"}",
		  "Status_Local_IsUp" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		ok(asks(AUTHD, table[i].request, table[i].want), "%s", table[i].name);
}

static void test_hostile(const char *path, const char *who)
{
	static char huge[70000];
	int passed, fd = dial(path);

	ok(ask_on(fd, "this is no JSON\n", &passed) && strstr(answer, "INVALID_REQUEST") &&
		   ask_on(fd, "{\"command\":\"status\"}\n", &passed) && strstr(answer, "\"ok\""),
	   "%s_Garbage_KeepsTheConnection", who); /* AUTH-005 */
	ok(ask_on(fd, "{\"command\":\"\xff\xfe\"}\n", &passed) && strstr(answer, "INVALID_REQUEST"),
	   "%s_InvalidUtf8_IsRefused", who);
	close(fd);
	memset(huge, 'x', sizeof(huge) - 1);
	fd = dial(path);
	ok(ask_on(fd, huge, &passed) && strstr(answer, "REQUEST_TOO_LARGE") && !read_line(fd, &passed),
	   "%s_SeventyKilobytes_Closes", who); /* AUTH-002 */
	close(fd);
	memset(huge, '[', 200);
	strcpy(huge + 200, "\n");
	memcpy(huge, "{\"command\":\"status\",\"a\":", 24);
	fd = dial(path);
	ok(ask_on(fd, huge, &passed) && !strstr(answer, "\"ok\""), "%s_DeepNesting_IsRefused", who);
	close(fd);
	fd = dial(path);
	ok(send(fd, "{\"comm", 6, MSG_NOSIGNAL) == 6, "%s_HalfALine_IsTaken", who);
	close(fd);
	ok(asks(path, "{\"command\":\"status\"}\n", "\"ok\""), "%s_AfterAllThat_Answers", who);
}

static void test_limits(void)
{
	int held[80], passed, n = 0;

	/* SYSTEM has all 64; one more is told so and closed (AUTH-012). */
	while (n < 64 && (held[n] = dial(AUTHD)) >= 0)
		n++;
	ok(n == 64 && ask_on(held[63], "{\"command\":\"status\"}\n", &passed),
	   "Authd_SixtyFourConnections_Work");
	held[64] = dial(AUTHD);
	ok(read_line(held[64], &passed) && strstr(answer, "TOO_MANY_CONNECTIONS") &&
		   !read_line(held[64], &passed),
	   "Authd_OneMore_IsRefused");
	for (int i = 0; i <= 64; i++)
		close(held[i]);
	for (int i = 0; i < 200; i++) {
		int fd = dial(AUTHD), served;

		served = fd >= 0 && ask_on(fd, "{\"command\":\"status\"}\n", &passed) &&
			 strstr(answer, "\"ok\"");
		close(fd);
		if (served)
			return;
		usleep(20000);
	}
}

/* As LocalService: what an ordinary caller may do, and what not (AUTH-019, LPS-046). */
static int as_local_service(void)
{
	int token = mint(
		"{\"command\":\"service-token\",\"identity\":\"LocalService\",\"service\":\"visitor\"}\n");
	int bad = 0;

	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	bad |= !asks(AUTHD,
		     "{\"command\":\"service-token\",\"identity\":\"NetworkService\",\"service\":\"a\"}\n",
		     "ACCESS_DENIED")
	       << 1;
	bad |= !asks(AUTHD, "{\"command\":\"lookup\",\"names\":[\"LocalService\"]}\n", "S-1-5-19") << 2;
	bad |= !asks(LPSD, "{\"command\":\"list\",\"kind\":\"alias\"}\n", "Administrators") << 3;
	bad |= !asks(LPSD, "{\"command\":\"add\",\"name\":\"eve\",\"kind\":\"user\"}\n", "ACCESS_DENIED")
	       << 4;
	bad |= !asks(LPSD, "{\"command\":\"resolve\",\"name\":\"Administrator\"}\n", "ACCESS_DENIED") << 5;
	bad |= !asks(LPSD,
		     "{\"command\":\"group-add\",\"group\":\"Administrators\",\"member\":\"S-1-5-19\"}\n",
		     "ACCESS_DENIED")
	       << 6;
	return bad;
}

static void test_callers(void)
{
	pid_t child = fork();
	int status = 0;

	if (!child)
		_exit(as_local_service());
	waitpid(child, &status, 0);
	ok(WIFEXITED(status) && !WEXITSTATUS(status), "Caller_LocalService_GetsWhatItMay");
	if (status)
		printf("# exit status 0x%x\n", status);
}

/* A positive answer is durable, and authd lives without lpsd (LPS-009, AUTH-068). */
static pid_t test_restart(pid_t lpsd)
{
	ok(asks(LPSD,
		"{\"command\":\"add\",\"name\":\"alice\",\"kind\":\"user\",\"flags\":[\"NO_PASSWORD\"]}\n",
		"-1000\""),
	   "Add_First_IsRid1000"); /* LPS-020 */
	ok(asks(LPSD, "{\"command\":\"add\",\"name\":\"ALICE\",\"kind\":\"user\"}\n", "ALREADY_EXISTS"),
	   "Add_TakenName_IsRefused");
	ok(asks(LPSD, "{\"command\":\"add\",\"name\":\"media\",\"kind\":\"service\"}\n", "-1001\""),
	   "Add_ServiceAccount_Works");
	end(lpsd, SIGKILL);
	ok(mint("{\"command\":\"service-token\",\"identity\":\"\",\"service\":\"jellyfin\"}\n") >= 0,
	   "ServiceToken_WithoutLpsd_Works");
	ok(asks(AUTHD, "{\"command\":\"status\"}\n", "{\"name\":\"local\",\"state\":\"down\"}"),
	   "Status_WithoutLpsd_SaysDown");
	lpsd = start("/lpsd", LPSD);
	ok(asks(LPSD, "{\"command\":\"show\",\"name\":\"Alice\"}\n", "\"name\":\"alice\""),
	   "Show_AfterKill_FindsTheAccount");
	ok(asks(AUTHD, "{\"command\":\"service-token\",\"identity\":\"media\",\"service\":\"films\"}\n",
		"\"uid\":1001"),
	   "ServiceToken_OfALocalAccount_Works");
	return lpsd;
}

int main(void)
{
	pid_t lpsd, authd;
	int status;

	/* As under peinit: the shim blocks signals before the runtime makes threads. */
	setenv("PEIOS_SERVICE", "1", 1);
	open_dev();
	mkdir("/run", 0755);
	mkdir("/etc", 0755);
	mkdir("/var", 0755);
	mkdir("/var/lib", 0755);
	lpsd = start("/lpsd", LPSD);
	authd = start("/authd", AUTHD);
	test_service_token();
	test_refusals();
	test_hostile(AUTHD, "Authd");
	test_hostile(LPSD, "Lpsd");
	test_limits();
	test_callers();
	lpsd = test_restart(lpsd);
	kill(authd, SIGTERM);
	waitpid(authd, &status, 0);
	ok(WIFEXITED(status) && !WEXITSTATUS(status), "Authd_Sigterm_Exits0");
	kill(lpsd, SIGTERM);
	waitpid(lpsd, &status, 0);
	ok(WIFEXITED(status) && !WEXITSTATUS(status), "Lpsd_Sigterm_Exits0"); /* LPS-017 */
	return plan();
}
