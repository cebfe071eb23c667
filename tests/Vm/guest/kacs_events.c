// SPDX-License-Identifier: MIT
/* What KACS leaves in the event rings: tokens, sessions, audited and denied checks. */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define dev kmes_dev
#include "kmes.h"
#undef dev
#include "kacs.h"

static struct consumer ring;
static struct spec spec;

struct event {
	char type[64];
	uint8_t payload[4096];
	uint32_t len;
	uint8_t effective[16], primary[16], process[16];
};

/* The next event of @type since the last call; 0 when there is none. */
static int take(const char *type, struct event *out)
{
	const uint8_t *e;

	while ((e = next(&ring))) {
		uint32_t size = get(e, 0, 4), header = get(e, KMES_OFF_HEADER_SIZE, 4);
		uint32_t type_len = header - KMES_HEADER_SIZE;

		if (type_len != strlen(type) || memcmp(e + KMES_OFF_TYPE, type, type_len))
			continue;
		out->len = size - header < sizeof(out->payload) ? size - header : sizeof(out->payload);
		memcpy(out->payload, e + header, out->len);
		memcpy(out->effective, e + KMES_OFF_EFFECTIVE, 16);
		memcpy(out->primary, e + KMES_OFF_TRUE, 16);
		memcpy(out->process, e + KMES_OFF_PROCESS, 16);
		return 1;
	}
	return 0;
}

static int holds(const struct event *e, const void *bytes, size_t len)
{
	return memmem(e->payload, e->len, bytes, len) != NULL;
}

static int says(const struct event *e, const char *text)
{
	return holds(e, text, strlen(text));
}

static void test_tokens(void)
{
	struct event e;
	uint8_t guid[16], source[16];
	uint64_t session = 0;
	int token, copy;

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 201, 0);
	token = create_token(&spec);
	guid_of(token, source);
	ok(take("token-create", &e) && says(&e, "mint") && holds(&e, source, 16) &&
		   holds(&e, SID_LOCAL_SERVICE, 12),
	   "TokenCreate_Mint_NamesToken"); /* KACS-TOK-053 */
	ok(memcmp(e.process, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16) && !memcmp(e.effective, e.primary, 16),
	   "Event_Stamps_NameCaller"); /* KACS-TOK-138 */
	copy = duplicate(token, KACS_TOKEN_QUERY, 1, 0);
	guid_of(copy, guid);
	ok(take("token-create", &e) && says(&e, "duplicate") && holds(&e, guid, 16) && holds(&e, source, 16),
	   "TokenCreate_Duplicate_NamesSource"); /* KACS-AC-197 */
	close(copy);
	ok(!take("logon-session-destroyed", &e), "SessionEnd_TokenLeft_None");
	close(token);
	ok(take("logon-session-destroyed", &e) && says(&e, "test") && holds(&e, SID_LOCAL_SERVICE, 12),
	   "SessionEnd_LastToken_OneEvent"); /* KACS-AC-194 */
	ok(!take("logon-session-destroyed", &e), "SessionEnd_LastToken_OnlyOne");
}

/* Once, however often it is asked for (KACS-AC-195, KACS-TOK-089). */
static void test_invalidation(void)
{
	struct kacs_logon_session_args args;
	struct event e;
	uint64_t session = 0;

	create_session(SID_NETWORK_SERVICE, &session);
	args.auth_id = session;
	works(ioctl(dev, KACS_IOC_INVALIDATE_LOGON_SESSION, &args), "Invalidate_Session_Works");
	ok(take("logon-session-invalidated", &e) && holds(&e, SID_NETWORK_SERVICE, 12),
	   "Invalidate_Session_IsReported");
	ioctl(dev, KACS_IOC_INVALIDATE_LOGON_SESSION, &args);
	ok(!take("logon-session-invalidated", &e), "Invalidate_Again_IsNotReported");
	ioctl(dev, KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, &args);
}

/* Owner SYSTEM; SACL: failed 0x2 for Everyone; DACL: 0x1 to Everyone. */
/* clang-format off */
static const uint8_t AUDITED[] = {
	1, 0, 0x14, 0x80, 20, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0, 60, 0, 0, 0,
	1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	2, 0, 28, 0, 1, 0, 0, 0, 2, 0x80, 20, 0, 2, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
	2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
};
/* clang-format on */

#define CONTEXT "service:redis operation:start"

static struct kacs_access_check_args args_for(int token, uint32_t desired)
{
	return (struct kacs_access_check_args){
		.size = sizeof(struct kacs_access_check_args),
		.token_fd = token,
		.sd_ptr = (uintptr_t)AUDITED,
		.sd_len = sizeof(AUDITED),
		.desired_access = desired,
		.generic_all = 0xf003f,
		.audit_context_ptr = (uintptr_t)CONTEXT,
		.audit_context_len = sizeof(CONTEXT) - 1,
	};
}

static int check_as(int token, uint32_t desired)
{
	struct kacs_access_check_args args = args_for(token, desired);

	return ioctl(dev, KACS_IOC_ACCESS_CHECK, &args);
}

static int check_list_as(int token, uint32_t desired)
{
	struct kacs_object_type_entry root = { 0 };
	struct kacs_node_result result;
	struct kacs_access_check_args args = args_for(token, desired);
	struct kacs_access_check_list_args list = { (uintptr_t)&args, (uintptr_t)&result, 1, 0 };

	args.object_tree_ptr = (uintptr_t)&root;
	args.object_tree_count = 1;
	return ioctl(dev, KACS_IOC_ACCESS_CHECK_LIST, &list);
}

/* A refusal is found with caller, target and right (KACS-AC-185, KACS-AC-206). */
static void test_denied(void)
{
	struct event e;
	uint64_t session = 0;
	int token;

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 201, 0);
	token = create_token(&spec);
	works(check_as(token, 1), "Check_Granted_Works");
	ok(!take("access-audit", &e), "AccessAudit_SuccessNotAsked_None"); /* KACS-AC-166 */
	fails(check_as(token, 2), EACCES, "Check_Refused_Eacces");
	ok(take("access-audit", &e), "AccessAudit_Refused_IsThere");
	ok(holds(&e, SID_LOCAL_SERVICE, 12), "AccessAudit_Refused_NamesCaller");
	ok(says(&e, CONTEXT), "AccessAudit_Refused_NamesTarget");
	ok(holds(&e, "requested_access\x02", 17), "AccessAudit_Refused_NamesRight");
	ok(says(&e, "denied_by") && says(&e, "dacl-end"), "AccessAudit_Refused_NamesStep");
	ok(says(&e, "kacs_events"), "AccessAudit_Refused_NamesProcess"); /* KACS-AC-184 */
	ok(!take("access-audit", &e), "AccessAudit_Refused_OnlyOne");
	works(check_list_as(token, 2), "CheckList_Refused_Works");
	ok(take("access-audit", &e) && says(&e, CONTEXT) && says(&e, "dacl-end"),
	   "AccessAudit_List_IsTheSame"); /* KACS-AC-005 */
	close(token);
}

/* KACS-AC-005, KACS-AC-160: a privilege that mattered, in either call. */
static void test_privilege_use(void)
{
	struct event e;
	uint64_t session = 0;
	int token;

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 201, PRIV(8));
	put32(&spec, 44, 0x4);
	token = create_token(&spec);
	works(check_as(token, 0x01000000), "Check_SeSecurity_Works");
	ok(take("privilege-use", &e) && says(&e, "SeSecurityPrivilege") && says(&e, CONTEXT),
	   "PrivilegeUse_Check_IsReported");
	works(check_list_as(token, 0x01000000), "CheckList_SeSecurity_Works");
	ok(take("privilege-use", &e) && says(&e, "SeSecurityPrivilege") && says(&e, CONTEXT),
	   "PrivilegeUse_List_IsReported");
	close(token);
}

/* Without a SACL the token's own policy asks for the event (KACS-AC-174). */
static void test_policy(void)
{
	struct event e;
	uint64_t session = 0;
	uint32_t bit = 40;
	struct kacs_privilege_check_args args = { (uintptr_t)&bit, 1, 0 };
	int token, status;
	pid_t pid;

	create_session(SID_NETWORK_SERVICE, &session);
	token_spec(&spec, SID_NETWORK_SERVICE, session, 0, 0);
	put32(&spec, 44, 0xf);
	token = create_token(&spec);
	check_as(token, 1);
	ok(take("access-audit", &e) && says(&e, "policy"), "AccessAudit_TokenPolicy_Forced");
	pid = fork();
	if (!pid) {
		ioctl(token, KACS_IOC_INSTALL);
		_exit(!(ioctl(dev, KACS_IOC_PRIVILEGE_CHECK, &args) == -1 && errno == EPERM));
	}
	waitpid(pid, &status, 0);
	ok(!status && take("privilege-use", &e) && holds(&e, SID_NETWORK_SERVICE, 12),
	   "PrivilegeUse_Refused_IsThere"); /* KACS-TOK-031 */
	close(token);
}

/* A fork and an exec, each with the GUIDs that name process and token. */
static void test_processes(void)
{
	struct event made, ran;
	uint8_t guid[16];
	int token = open_self(0, KACS_TOKEN_QUERY), status;
	uint16_t number;
	uint8_t pid_bytes[2];
	pid_t pid;

	guid_of(token, guid);
	close(token);
	pid = fork();
	if (!pid) {
		execl("/bin/busybox", "true", NULL);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	number = htobe16(pid);
	memcpy(pid_bytes, &number, 2);
	ok(take("process-create", &made) && holds(&made, guid, 16),
	   "ProcessCreate_Fork_NamesToken"); /* KACS-AC-199 */
	ok(holds(&made, made.process, 16) && says(&made, "parent_process_guid"),
	   "ProcessCreate_Fork_NamesParent");
	ok(pid < 128 ? says(&made, "pid") : holds(&made, pid_bytes, 2), "ProcessCreate_Fork_NamesPid");
	ok(take("process-exec", &ran) && says(&ran, "/bin/busybox") && holds(&ran, guid, 16),
	   "ProcessExec_Program_NamesPathAndToken"); /* KACS-AC-200 */
	ok(holds(&made, ran.process, 16) && memcmp(ran.process, made.process, 16),
	   "ProcessExec_Program_IsTheNewProcess");
	ok(!status, "ProcessExec_Program_Ran");
}

static void *nothing(void *arg)
{
	return arg;
}

static void test_threads(void)
{
	struct event e;
	pthread_t thread;

	pthread_create(&thread, NULL, nothing, NULL);
	pthread_join(thread, NULL);
	ok(!take("process-create", &e), "ProcessCreate_Thread_None"); /* KACS-AC-199 */
}

int main(void)
{
	kmes_dev = open("/dev/kmes", O_RDWR | O_CLOEXEC);
	open_dev();
	if (consume(&ring, 0)) {
		perror("kmes");
		return 1;
	}
	test_processes();
	test_threads();
	test_tokens();
	test_invalidation();
	test_denied();
	test_privilege_use();
	test_policy();
	return plan();
}
