// SPDX-License-Identifier: MIT
/* Every field of every event of KACS, decoded: which keys, of which type, with which value. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define dev kmes_dev
#include "kmes.h"
#undef dev
#include "body.h"
#include "kacs.h"

static const uint8_t SID_POLICY[16] = { 1, 2, 0, 0, 0, 0, 0, 17, 1, 0, 0, 0, 7 };
static const uint8_t SID_BATCH[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 3 };
static const uint8_t SID_APP[24] = { 1, 4, 0, 0, 0, 0, 0, 15, 2, 0, 0, 0, 7 };
static const uint8_t NULL_GUID[16];

static struct consumer ring;
static struct spec spec;

/* Body of the event that take() found; it stays where it is in the ring. */
static const uint8_t *body;
static uint32_t body_len;

/* The next event of @type, passing others; 0 when there is none. */
static int take(const char *type)
{
	const uint8_t *e;

	while ((e = next(&ring))) {
		uint32_t header = get(e, KMES_OFF_HEADER_SIZE, 4), type_len = header - KMES_HEADER_SIZE;

		body = e + header;
		body_len = get(e, 0, 4) - header;
		if (type_len == strlen(type) && !memcmp(e + KMES_OFF_TYPE, type, type_len))
			return 1;
	}
	body_len = 0;
	return 0;
}

static int keys(const char *path, const char *names)
{
	return body_keys(body, body_len, path, names);
}

static int is_uint(const char *path, uint64_t want)
{
	struct value v = body_at(body, body_len, path);

	return v.kind == 'u' && v.u == want;
}

static int is_bool(const char *path, int want)
{
	struct value v = body_at(body, body_len, path);

	return v.kind == 'b' && v.u == (uint64_t)want;
}

static int is_nil(const char *path)
{
	return body_at(body, body_len, path).kind == 'n';
}

static int is_bytes(const char *path, char kind, const void *bytes, uint32_t len)
{
	struct value v = body_at(body, body_len, path);

	return v.kind == kind && v.u == len && !memcmp(v.p, bytes, len);
}

static int is_bin(const char *path, const void *bytes, uint32_t len)
{
	return is_bytes(path, 'x', bytes, len);
}

static int is_sid(const char *path, const uint8_t *sid)
{
	return is_bin(path, sid, 8 + 4 * sid[1]);
}

static int is_str(const char *path, const char *text)
{
	return is_bytes(path, 's', text, strlen(text));
}

/* An array with the SIDs of a QUERY class, in its order. */
static int is_list(const char *path, int token, uint32_t class)
{
	struct value v = body_at(body, body_len, path), entry;
	uint8_t list[4096];
	uint32_t count, len, at = 4;
	const uint8_t *p = v.p;

	if (query(token, class, list, sizeof(list)) < 4)
		return 0;
	memcpy(&count, list, 4);
	if (v.kind != 'a' || v.u != count)
		return 0;
	while (count--) {
		memcpy(&len, list + at, 4);
		entry = body_value(p, body + body_len);
		if (entry.kind != 'x' || entry.u != len || memcmp(entry.p, list + at + 4, len))
			return 0;
		at += 8 + len;
		p = entry.end;
	}
	return 1;
}

static int is_guid_of(const char *path, int token)
{
	uint8_t guid[16];

	return !guid_of(token, guid) && is_bin(path, guid, 16);
}

/* Groups in every state: on, off, deny-only; the logon SID comes last. */
static int audited_token(uint64_t *session, uint32_t policy, uint64_t privileges)
{
	create_session(SID_LOCAL_SERVICE, session);
	token_spec(&spec, SID_LOCAL_SERVICE, *session, 201, privileges);
	put32(&spec, 8, 12288);
	put32(&spec, 40, 202);
	put32(&spec, 44, policy);
	add_group(&spec, SID_NETWORK_SERVICE, 0);
	add_group(&spec, SID_BATCH, 0x10);
	put32(&spec, 96, 3);
	return create_token(&spec);
}

/* KACS-AC-183 */
static int subject_is(int token, uint64_t session, uint32_t pip_type, uint32_t pip_trust)
{
	return keys("subject", "user_sid group_sids integrity_level pip_type pip_trust auth_id") &&
	       is_sid("subject.user_sid", SID_LOCAL_SERVICE) &&
	       is_list("subject.group_sids", token, KACS_TOKEN_CLASS_GROUPS) &&
	       is_uint("subject.integrity_level", 12288) && is_uint("subject.pip_type", pip_type) &&
	       is_uint("subject.pip_trust", pip_trust) && is_uint("subject.auth_id", session);
}

/* KACS-AC-184: the task that emits, not the subject. */
static int process_is_me(const char *name)
{
	char path[256];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[n > 0 ? n : 0] = 0;
	return keys("process", "pid name executable_path") && is_uint("process.pid", getpid()) &&
	       is_str("process.name", name) && is_str("process.executable_path", path);
}

/* --- checks ------------------------------------------------------------------------ */

#define CONTEXT "service:redis operation:start"

/* Owner SYSTEM; SACL: @ace; DACL: 0x1 to Everyone. */
static uint32_t make_sd(uint8_t *sd, const uint8_t *ace, uint16_t ace_len)
{
	static const uint8_t dacl[28] = { 2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 1, 0,
					  0, 0, 1,  1, 0, 0, 0, 0, 0, 0, 1,  0, 0, 0 };
	uint16_t sacl_len = 8 + ace_len;
	uint32_t at[4] = { 20, 0, 32, 32 + sacl_len };
	uint8_t sacl[8] = { 4, 0, sacl_len & 0xff, sacl_len >> 8, 1 };

	memcpy(sd, "\x01\x00\x14\x80", 4);
	memcpy(sd + 4, at, 16);
	memcpy(sd + 20, SID_SYSTEM, 12);
	memcpy(sd + 32, sacl, 8);
	memcpy(sd + 40, ace, ace_len);
	memcpy(sd + 40 + ace_len, dacl, sizeof(dacl));
	/* The SID of the ACE is S-1-1-0. */
	memcpy(sd + 40 + ace_len + 16, SID_EVERYONE, 12);
	return 40 + ace_len + sizeof(dacl);
}

static uint8_t sd[65535], audit_ace[65000];

static struct kacs_access_check_args args_for(int token, uint32_t sd_len, uint32_t desired)
{
	return (struct kacs_access_check_args){
		.size = sizeof(struct kacs_access_check_args),
		.token_fd = token,
		.sd_ptr = (uintptr_t)sd,
		.sd_len = sd_len,
		.desired_access = desired,
		.generic_read = 0x3,
		.generic_all = 0xf003f,
		.pip_type = 512,
		.pip_trust = 0x12345,
		.audit_context_ptr = (uintptr_t)CONTEXT,
		.audit_context_len = sizeof(CONTEXT) - 1,
	};
}

static uint32_t make_audit_ace(uint8_t type, uint16_t len)
{
	uint8_t head[8] = { type, 0xc0, len & 0xff, len >> 8, 0x3f };

	memcpy(audit_ace, head, 8);
	memcpy(audit_ace + 8, SID_EVERYONE, 12);
	memset(audit_ace + 20, 'x', len - 20);
	return make_sd(sd, audit_ace, len);
}

#define AUDIT_KEYS "subject object_context requested_access granted_access success trigger process"

static void test_access_audit(void)
{
	uint32_t sd_len = make_audit_ace(2, 20);
	uint64_t session = 0;
	int token = audited_token(&session, 0, 0);
	struct kacs_access_check_args args = args_for(token, sd_len, 0x80000000);

	fails(ioctl(dev, KACS_IOC_ACCESS_CHECK, &args), EACCES, "Check_Refused_Eacces");
	ok(take("access-audit") && keys("", AUDIT_KEYS " denied_by"),
	   "AccessAudit_Refused_HasItsKeys"); /* KACS-AC-180, KACS-AC-185, KACS-AC-206 */
	ok(subject_is(token, session, 512, 0x12345), "AccessAudit_Subject_IsWhole"); /* KACS-AC-183 */
	ok(process_is_me("kacs_payload"), "AccessAudit_Process_IsTheCaller");        /* KACS-AC-184 */
	ok(is_bin("object_context", CONTEXT, sizeof(CONTEXT) - 1),
	   "AccessAudit_Context_IsBytes"); /* KACS-AC-182 */
	/* The request as it was mapped. */
	ok(is_uint("requested_access", 3) && is_uint("granted_access", 1) && is_bool("success", 0),
	   "AccessAudit_Refused_SaysWhat");
	ok(keys("trigger", "kind ace") && is_str("trigger.kind", "sacl") &&
		   is_bin("trigger.ace", audit_ace, 20),
	   "AccessAudit_Trigger_IsTheAce"); /* KACS-AC-181, KACS-AC-185 */
	ok(keys("denied_by", "dacl-end") && is_uint("denied_by.dacl-end", 2),
	   "AccessAudit_Refused_NamesStep"); /* KACS-AC-206 */
	args.desired_access = 1;
	args.audit_context_ptr = 0;
	works(ioctl(dev, KACS_IOC_ACCESS_CHECK, &args), "Check_Granted_Works");
	ok(take("access-audit") && keys("", AUDIT_KEYS) && is_bool("success", 1) && is_nil("object_context"),
	   "AccessAudit_Granted_NobodyDenied"); /* KACS-AC-182, KACS-AC-206 */
	close(token);
}

/* The token's own policy: no ACE fired (KACS-AC-174, KACS-AC-185). */
static void test_forced(void)
{
	uint32_t sd_len = make_audit_ace(2, 20);
	uint64_t session = 0;
	int token = audited_token(&session, 1, 0);
	struct kacs_access_check_args args = args_for(token, sd_len, 1);

	sd[41] = 0; /* the ACE asks for nothing */
	works(ioctl(dev, KACS_IOC_ACCESS_CHECK, &args), "Check_Forced_Works");
	ok(take("access-audit") && keys("", AUDIT_KEYS) && keys("trigger", "kind ace") &&
		   is_str("trigger.kind", "policy") && is_nil("trigger.ace"),
	   "AccessAudit_Policy_HasNoAce");
	close(token);
}

/* A name that is no text, and the largest ACE there is: neither cut nor lost. */
static void test_extremes(void)
{
	uint32_t sd_len = make_audit_ace(0xd, 64996);
	struct kacs_access_check_args args = args_for(-1, sd_len, 1);

	prctl(PR_SET_NAME, "a\xff\xfe");
	works(ioctl(dev, KACS_IOC_ACCESS_CHECK, &args), "Check_LargeAce_Works");
	prctl(PR_SET_NAME, "kacs_payload");
	ok(take("access-audit") && keys("", AUDIT_KEYS) && is_bin("trigger.ace", audit_ace, 64996),
	   "AccessAudit_LargestAce_IsWhole");                                /* KACS-AC-181 */
	ok(is_str("process.name", "a??"), "AccessAudit_NameOfBytes_IsText"); /* KACS-AC-180 */
}

#define PRIVILEGE_KEYS \
	"subject object_context privilege requested_access granted_access surviving_access success process"

/* KACS-AC-190 */
static void test_privilege_use(void)
{
	uint32_t sd_len = make_audit_ace(2, 20), bit = 19;
	struct kacs_privilege_check_args asked = { (uintptr_t)&bit, 1, 0 };
	uint64_t session = 0;
	int token = audited_token(&session, 0xc, PRIV(8)), status;
	struct kacs_access_check_args args = args_for(token, sd_len, 0x01000001);
	pid_t pid;

	works(ioctl(dev, KACS_IOC_ACCESS_CHECK, &args), "Check_SeSecurity_Works");
	ok(take("privilege-use") && keys("", PRIVILEGE_KEYS) && subject_is(token, session, 512, 0x12345) &&
		   process_is_me("kacs_payload") && is_bin("object_context", CONTEXT, sizeof(CONTEXT) - 1) &&
		   is_str("privilege", "SeSecurityPrivilege") && is_uint("requested_access", 0x01000000) &&
		   is_uint("granted_access", 0x01000000) && is_uint("surviving_access", 0x01000000) &&
		   is_bool("success", 1),
	   "PrivilegeUse_OfACheck_IsWhole");
	/* Explicitly: no object, no access (KACS-TOK-031). */
	pid = fork();
	if (!pid) {
		ioctl(token, KACS_IOC_INSTALL);
		_exit(!(ioctl(dev, KACS_IOC_PRIVILEGE_CHECK, &asked) == -1 && errno == EPERM));
	}
	waitpid(pid, &status, 0);
	ok(!status && take("privilege-use") && keys("", PRIVILEGE_KEYS) && subject_is(token, session, 0, 0) &&
		   is_uint("process.pid", pid) && is_nil("object_context") &&
		   is_str("privilege", "SeShutdownPrivilege") && is_uint("requested_access", 0) &&
		   is_uint("granted_access", 0) && is_uint("surviving_access", 0) && is_bool("success", 0),
	   "PrivilegeUse_Explicit_IsWhole");
	close(token);
}

/* One rule: Everyone 0x3f, staged: nobody anything. */
static int set_policy(int set)
{
	static const uint8_t rule[] = {
		1, 1, 0,  0, 0,    0, 0, 0, 0, 28, 0, 0, 0, 2, 0, 28, 0, 1, 0, 0, 0,
		0, 0, 20, 0, 0x3f, 0, 0, 0, 1, 1,  0, 0, 0, 0, 0, 1,  0, 0, 0, 0, 0,
		0, 0, 0,  8, 0,    0, 0, 2, 0, 8,  0, 0, 0, 0, 0, 0,  0, 0, 0,
	};
	struct kacs_set_caap_args args = { .policy_sid_ptr = (uintptr_t)SID_POLICY,
					   .policy_sid_len = sizeof(SID_POLICY),
					   .spec_ptr = set ? (uintptr_t)rule : 0,
					   .spec_len = set ? sizeof(rule) : 0 };

	return ioctl(dev, KACS_IOC_SET_CAAP, &args);
}

/* KACS-AC-191, KACS-AC-192 */
static void test_policy_diagnostic(void)
{
	uint8_t ace[24] = { 0x13, 0, 24 };
	uint64_t session = 0;
	int token = audited_token(&session, 0, 0);
	struct kacs_access_check_args args;
	uint32_t differs = 0;

	memcpy(ace + 8, SID_POLICY, sizeof(SID_POLICY));
	args = args_for(token, make_sd(sd, ace, sizeof(ace)), 1);
	args.staging_mismatch_out_ptr = (uintptr_t)&differs;
	works(set_policy(1), "Policy_Set_Works");
	works(ioctl(dev, KACS_IOC_ACCESS_CHECK, &args), "Check_Governed_Works");
	ok(differs == 1, "Check_Governed_SaysMismatch"); /* KACS-AC-014 */
	ok(take("caap-policy-diagnostic") &&
		   keys("", "subject object_context kind phase policy_sid rule_index reason requested_access "
			    "effective_granted_access staged_granted_access object_results_differ process") &&
		   subject_is(token, session, 512, 0x12345) && process_is_me("kacs_payload"),
	   "PolicyDiagnostic_Mismatch_HasItsKeys");
	ok(is_str("kind", "staging-mismatch") && is_nil("phase") && is_nil("policy_sid") &&
		   is_nil("rule_index") && is_str("reason", "staged_access_differs") &&
		   is_uint("requested_access", 1) && is_uint("effective_granted_access", 1) &&
		   is_uint("staged_granted_access", 0) && is_bool("object_results_differ", 0) &&
		   is_bin("object_context", CONTEXT, sizeof(CONTEXT) - 1),
	   "PolicyDiagnostic_Mismatch_IsWhole");
	ok(!take("caap-policy-diagnostic"), "PolicyDiagnostic_Mismatch_IsOne");
	set_policy(0);
	close(token);
}

/* The mask of alarm ACEs goes to the caller, who keeps it: the check itself reports nothing (KACS-AC-179). */
static void test_alarm(void)
{
	uint8_t ace[20] = { 3, 0, 20, 0, 6 };
	uint64_t session = 0;
	int token = audited_token(&session, 0, 0);
	struct kacs_access_check_args args;
	uint32_t alarms = 0;

	memcpy(ace + 8, SID_EVERYONE, 12);
	args = args_for(token, make_sd(sd, ace, sizeof(ace)), 1);
	args.continuous_audit_out_ptr = (uintptr_t)&alarms;
	works(ioctl(dev, KACS_IOC_ACCESS_CHECK, &args), "Check_Alarm_Works");
	ok(alarms == 6, "Check_Alarm_TellsTheMask");
	ok(!take("access-audit"), "Check_Alarm_IsNotAudited");
	alarms = 0;
	args.desired_access = 2;
	fails(ioctl(dev, KACS_IOC_ACCESS_CHECK, &args), EACCES, "Check_AlarmRefused_Eacces");
	ok(alarms == 6, "Check_AlarmRefused_TellsTheMask"); /* KACS-AC-014 */
	ok(!take("continuous-audit"), "Check_AlarmRefused_IsNoUse");
	close(token);
}

/* --- tokens and sessions ------------------------------------------------------------------ */

#define TOKEN_KEYS                                                                              \
	"mode token_guid source_token_guid user_sid user_deny_only group_sids restricted_sids " \
	"write_restricted privileges_present privileges_enabled integrity_level token_type "    \
	"impersonation_level auth_id confinement_sid interactivity_scope projected_uid projected_gid"

/* Every key against what QUERY says of the same token (KACS-AC-197, KACS-AC-198). */
static int told_by_query(int token)
{
	uint8_t user[68], sid[68];
	uint64_t privs[4], stats[6];
	uint32_t level, scope;
	int confined = query(token, KACS_TOKEN_CLASS_APPCONTAINER_SID, sid, sizeof(sid));

	query(token, KACS_TOKEN_CLASS_USER, user, sizeof(user));
	query(token, KACS_TOKEN_CLASS_STATISTICS, stats, sizeof(stats));
	query(token, KACS_TOKEN_CLASS_IMPERSONATION_LEVEL, &level, 4);
	query(token, KACS_TOKEN_CLASS_INTERACTIVITY_SCOPE, &scope, 4);
	privileges_of(token, privs);
	return keys("", TOKEN_KEYS) && is_guid_of("token_guid", token) && is_sid("user_sid", user) &&
	       is_list("group_sids", token, KACS_TOKEN_CLASS_GROUPS) &&
	       is_uint("privileges_present", privs[0]) && is_uint("privileges_enabled", privs[1]) &&
	       is_uint("token_type", (uint32_t)stats[4]) && is_uint("impersonation_level", level) &&
	       is_uint("auth_id", stats[2]) && is_uint("interactivity_scope", scope) &&
	       (confined ? is_bin("confinement_sid", sid, confined) : is_nil("confinement_sid"));
}

static void test_token_create(void)
{
	struct kacs_restrict_args filter = { .privs_to_delete = PRIV(8),
					     .num_restrict_sids = 1,
					     .data_len = sizeof(SID_BATCH),
					     .flags = KACS_RESTRICT_WRITE_RESTRICTED,
					     .data_ptr = (uintptr_t)SID_BATCH };
	uint64_t session = 0;
	int token, copy;

	audited_token(&session, 0, PRIV(8) | PRIV(23));
	put32(&spec, 140, add_bytes(&spec, SID_APP, sizeof(SID_APP)));
	put32(&spec, 144, sizeof(SID_APP));
	put32(&spec, 184, 5);
	put64(&spec, 24, PRIV(23));
	take("token-create");
	token = create_token(&spec);
	ok(take("token-create") && told_by_query(token) && is_str("mode", "mint") &&
		   is_nil("source_token_guid") && is_bool("user_deny_only", 0) && is_nil("restricted_sids") &&
		   is_bool("write_restricted", 0) && is_uint("integrity_level", 12288) &&
		   is_uint("projected_uid", 201) && is_uint("projected_gid", 202),
	   "TokenCreate_Mint_IsWhole"); /* KACS-AC-197 */
	copy = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 3);
	ok(take("token-create") && told_by_query(copy) && is_str("mode", "duplicate") &&
		   is_guid_of("source_token_guid", token),
	   "TokenCreate_Duplicate_IsWhole"); /* KACS-AC-197 */
	close(copy);
	works(ioctl(token, KACS_IOC_RESTRICT, &filter), "Restrict_Works");
	copy = filter.result_fd;
	ok(take("token-create") && told_by_query(copy) && is_str("mode", "filter") &&
		   is_guid_of("source_token_guid", token) && is_bool("user_deny_only", 1) &&
		   is_bool("write_restricted", 1) &&
		   is_list("restricted_sids", copy, KACS_TOKEN_CLASS_RESTRICTED_SIDS) &&
		   is_uint("privileges_present", PRIV(23)),
	   "TokenCreate_Filter_IsWhole"); /* KACS-AC-197 */
	close(copy);
	/* Of an Anonymous copy the event tells no more than the copy does (KACS-AC-198). */
	copy = duplicate(token, KACS_TOKEN_QUERY, KACS_TOKEN_TYPE_IMPERSONATION, 0);
	ok(take("token-create") && told_by_query(copy) && is_str("mode", "duplicate") &&
		   is_uint("privileges_present", 0) && is_uint("integrity_level", 0) &&
		   is_uint("auth_id", 998) && is_uint("projected_uid", 65534),
	   "TokenCreate_Anonymous_IsTheStripped");
	close(copy);
	close(token);
}

static int session_is(const struct kacs_session_info *info)
{
	return keys("", "session_id user_sid logon_type auth_package created_at") &&
	       is_uint("session_id", info->auth_id) && is_sid("user_sid", SID_BATCH) &&
	       is_uint("logon_type", KACS_LOGON_SERVICE) && is_str("auth_package", "test") &&
	       is_uint("created_at", info->created_at) && info->created_at;
}

/* KACS-AC-194, KACS-AC-195: both ways to end, and the end of rights before it. */
static void test_sessions(void)
{
	struct kacs_logon_session_args args = { 0 };
	struct kacs_session_info info = { 0 };
	int token;

	create_session(SID_BATCH, (uint64_t *)&info.auth_id);
	ioctl(dev, KACS_IOC_GET_LOGON_SESSION, &info);
	args.auth_id = info.auth_id;
	token_spec(&spec, SID_BATCH, info.auth_id, 201, 0);
	token = create_token(&spec);
	take("logon-session-destroyed");
	ioctl(dev, KACS_IOC_INVALIDATE_LOGON_SESSION, &args);
	ok(take("logon-session-invalidated") && session_is(&info), "SessionInvalidated_IsWhole");
	close(token);
	ok(take("logon-session-destroyed") && session_is(&info), "SessionDestroyed_LastToken_IsWhole");
	fails(ioctl(dev, KACS_IOC_GET_LOGON_SESSION, &info), ENOENT, "SessionDestroyed_LookUp_Fails");
	info.auth_id = 0;
	create_session(SID_BATCH, (uint64_t *)&info.auth_id);
	ioctl(dev, KACS_IOC_GET_LOGON_SESSION, &info);
	args.auth_id = info.auth_id;
	works(ioctl(dev, KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, &args), "Destroy_Empty_Works");
	ok(take("logon-session-destroyed") && session_is(&info), "SessionDestroyed_Empty_IsWhole");
	ok(!take("logon-session-destroyed"), "SessionDestroyed_Once");
}

/* --- processes ---------------------------------------------------------------------------- */

/* KACS-AC-199, KACS-AC-200 */
static void test_processes(void)
{
	int token = open_self(0, KACS_TOKEN_QUERY), status;
	uint8_t child[16] = { 0 };
	struct value v;
	pid_t pid = fork();

	if (!pid) {
		execl("/bin/busybox", "true", NULL);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	ok(take("process-create") && keys("", "process_guid parent_process_guid token_guid pid parent_pid") &&
		   is_guid_of("token_guid", token) && is_uint("pid", pid) && is_uint("parent_pid", getpid()),
	   "ProcessCreate_IsWhole");
	v = body_at(body, body_len, "process_guid");
	if (v.kind == 'x' && v.u == 16)
		memcpy(child, v.p, 16);
	v = body_at(body, body_len, "parent_process_guid");
	ok(v.kind == 'x' && v.u == 16 && memcmp(v.p, child, 16) && memcmp(v.p, NULL_GUID, 16),
	   "ProcessCreate_Parent_IsAnother");
	ok(take("process-exec") &&
		   keys("", "process_guid token_guid executable_path pip_type pip_trust pid") &&
		   is_bin("process_guid", child, 16) && is_guid_of("token_guid", token) &&
		   is_str("executable_path", "/bin/busybox") && is_uint("pip_type", 0) &&
		   is_uint("pip_trust", 0) && is_uint("pid", pid),
	   "ProcessExec_IsWhole");
	close(token);
}

int main(void)
{
	kmes_dev = open("/dev/kmes", O_RDWR | O_CLOEXEC);
	open_dev();
	prctl(PR_SET_NAME, "kacs_payload");
	if (consume(&ring, 0)) {
		perror("kmes");
		return 1;
	}
	test_processes();
	test_access_audit();
	test_forced();
	test_extremes();
	test_privilege_use();
	test_policy_diagnostic();
	test_alarm();
	test_token_create();
	test_sessions();
	return plan();
}
