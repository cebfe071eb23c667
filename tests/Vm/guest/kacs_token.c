// SPDX-License-Identifier: MIT
/* Tokens: the boot SYSTEM token, minting, queries, copies, adjustment, sessions. */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kacs.h"

/* clang-format off */
static const uint8_t SYSTEM_DACL[52] = {
	0x02, 0x00, 0x34, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x10,
	0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x12, 0x00, 0x00, 0x00, 0x00, 0x00, 0x18, 0x00,
	0x00, 0x00, 0x00, 0x10, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x20, 0x00, 0x00, 0x00,
	0x20, 0x02, 0x00, 0x00,
};
/* clang-format on */

static void test_boot_token(void)
{
	int token = open_self(0, KACS_TOKEN_ALL_ACCESS);
	uint8_t buf[512];
	uint64_t privs[4];
	uint32_t word;
	int len;

	works(token, "OpenSelf_System_Works");
	ok(user_is(token, SID_SYSTEM), "Query_BootUser_IsSystem"); /* KACS-TOK-145 */
	ok(!privileges_of(token, privs) && privs[0] == 0xc000000ffffffffcULL && privs[1] == privs[0] &&
		   privs[2] == privs[0],
	   "Query_BootPrivileges_AreAll");
	len = query(token, KACS_TOKEN_CLASS_GROUPS, buf, sizeof(buf));
	memcpy(&word, buf, 4);
	ok(len == 4 + 24 + 4 * 20 + 8 && word == 5, "Query_BootGroups_AreFive");
	memcpy(&word, buf + 4 + 4 + 16, 4);
	ok(word == 0xf, "Query_BootAdministrators_AreOwnerGroup");
	memcpy(&word, buf + len - 4, 4);
	ok(word == 0xc0000007, "Query_BootLogonSid_IsLast"); /* KACS-TOK-051 */
	ok(query(token, KACS_TOKEN_CLASS_DEFAULT_DACL, buf, sizeof(buf)) == 52 &&
		   !memcmp(buf, SYSTEM_DACL, 52),
	   "Query_BootDefaultDacl_IsExact"); /* KACS-TOK-146 */
	ok(query(token, KACS_TOKEN_CLASS_SOURCE, buf, sizeof(buf)) == 16 && !memcmp(buf, "PeiosKrn", 8),
	   "Query_BootSource_IsKernel");
	ok(query(token, KACS_TOKEN_CLASS_INTEGRITY_LEVEL, buf, sizeof(buf)) == 12 && buf[7] == 16 &&
		   buf[9] == 0x40,
	   "Query_BootIntegrity_IsSystem");
	ok(query(token, KACS_TOKEN_CLASS_PRIMARY_GROUP, buf, sizeof(buf)) == 16 && buf[8] == 32,
	   "Query_BootPrimaryGroup_IsAdministrators");
	close(token);
}

static void test_query(void)
{
	static const struct {
		uint32_t class;
		int len;
	} table[] = {
		{ 1, 12 },  { 2, 4 + 20 + 28 }, { 3, 32 }, { 4, 4 },   { 5, 12 },  { 6, 12 },
		{ 7, 12 },  { 8, 4 },           { 9, 4 },  { 10, 16 }, { 11, 48 }, { 12, 8 },
		{ 13, 4 },  { 14, 4 },          { 15, 0 }, { 16, 4 },  { 17, 4 },  { 18, 4 },
		{ 19, 20 }, { 20, 0 },          { 21, 4 }, { 22, 0 },  { 23, 0 },  { 24, 4 },
	};
	struct kacs_query_args args = { 0 };
	static struct spec s;
	uint8_t buf[256];
	uint64_t session;
	int token;
	size_t i;

	works(create_session(SID_LOCAL_SERVICE, &session), "CreateSession_System_Works");
	token_spec(&s, SID_LOCAL_SERVICE, session, 201, PRIV(23));
	token = create_token(&s);
	works(token, "CreateToken_GoodSpec_Works");
	for (i = 0; i < sizeof(table) / sizeof(*table); i++) { /* KACS-TOK-096, KACS-TOK-097 */
		args.token_class = table[i].class;
		args.buf_ptr = args.buf_len = 0;
		ok(!ioctl(token, KACS_IOC_QUERY, &args) && (int)args.buf_len == table[i].len,
		   "Query_Class%u_SizeIs%d", table[i].class, table[i].len);
		ok(query(token, table[i].class, buf, sizeof(buf)) == table[i].len,
		   "Query_Class%u_PayloadIsWhole", table[i].class);
	}
	args = (struct kacs_query_args){ 25, sizeof(buf), (uintptr_t)buf };
	fails(ioctl(token, KACS_IOC_QUERY, &args), EINVAL, "Query_UnknownClass_Einval");
	args = (struct kacs_query_args){ 1, 11, (uintptr_t)buf };
	fails(ioctl(token, KACS_IOC_QUERY, &args), ERANGE, "Query_ShortBuffer_Erange");
	ok(args.buf_len == 12, "Query_ShortBuffer_TellsSize"); /* KACS-TOK-094 */
	args = (struct kacs_query_args){ 1, 64, (uintptr_t)&args };
	fails(ioctl(token, KACS_IOC_QUERY, &args), EINVAL, "Query_BufferOnArgs_Einval"); /* KACS-TOK-095 */
	args = (struct kacs_query_args){ 1, 64, ~0ULL - 4 };
	fails(ioctl(token, KACS_IOC_QUERY, &args), EINVAL, "Query_BufferWraps_Einval");
	args = (struct kacs_query_args){ 1, 64, 1 };
	fails(ioctl(token, KACS_IOC_QUERY, &args), EFAULT, "Query_BufferUnmapped_Efault");
	close(token);
}

static void test_create_refusals(void)
{
	static const struct {
		uint32_t at;
		uint64_t value;
		int len;
		const char *name;
	} table[] = {
		{ 0, 1, 4, "Version" },
		{ 4, 3, 1, "Type" },
		{ 5, 1, 1, "PrimaryWithLevel" },
		{ 6, 1, 2, "Reserved6" },
		{ 12, 4, 4, "Policy" },
		{ 24, PRIV(2), 8, "EnabledOutsidePresent" },
		{ 32, 1, 4, "Reserved32" },
		{ 44, 0x10, 4, "AuditPolicy" },
		{ 56, 999, 8, "SessionUnknown" },
		{ 64, 1, 4, "OwnerNotOwner" },
		{ 68, 2, 4, "PrimaryGroupRange" },
		{ 88, 8, 4, "UserInHeader" },
		{ 96, 64, 4, "GroupCount" },
		{ 157, 1, 1, "WriteRestrictedAllows" },
		{ 156, 2, 1, "FlagByte" },
		{ 159, 1, 1, "BoundaryUnconfined" },
		{ 188, 1, 4, "Reserved188" },
		{ 100, 0xfffffff0, 4, "DaclOffset" },
	};
	struct kacs_create_token_args args = { 0 };
	static struct spec good, bad;
	uint64_t session;
	size_t i;

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&good, SID_LOCAL_SERVICE, session, 201, 0);
	for (i = 0; i < sizeof(table) / sizeof(*table); i++) { /* KACS-TOK-048 */
		bad = good;
		memcpy(bad.bytes + table[i].at, &table[i].value, table[i].len);
		fails(create_token(&bad), EINVAL, table[i].name);
	}
	bad = good;
	bad.len = 191;
	fails(create_token(&bad), EINVAL, "CreateToken_TooShort_Einval");
	args.spec_ptr = (uintptr_t)good.bytes;
	args.spec_len = 65537;
	fails(ioctl(dev, KACS_IOC_CREATE_TOKEN, &args), EINVAL, "CreateToken_TooLong_Einval");
	args.spec_len = 1ULL << 40;
	fails(ioctl(dev, KACS_IOC_CREATE_TOKEN, &args), EINVAL, "CreateToken_Huge_Einval");
	args.spec_ptr = 1;
	args.spec_len = 200;
	fails(ioctl(dev, KACS_IOC_CREATE_TOKEN, &args), EFAULT, "CreateToken_Unmapped_Efault");
}

static void test_duplicate(void)
{
	static struct spec s;
	uint8_t a[16], b[16];
	uint64_t session, privs[4];
	uint32_t level;
	int token, copy, low;

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&s, SID_LOCAL_SERVICE, session, 201, PRIV(23) | PRIV(35));
	token = create_token(&s);
	copy = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_PRIMARY, 3);
	works(copy, "Duplicate_Primary_Works");
	ok(!guid_of(token, a) && !guid_of(copy, b) && memcmp(a, b, 16),
	   "Duplicate_Guid_IsNew"); /* KACS-TOK-058 */
	ok(query(copy, KACS_TOKEN_CLASS_IMPERSONATION_LEVEL, &level, 4) == 4 && !level,
	   "Duplicate_Primary_LevelIsZero"); /* KACS-TOK-056 */
	works(adjust_privilege(copy, 23, KACS_PRIV_REMOVED), "Adjust_Remove_Works");
	ok(!privileges_of(token, privs) && privs[0] == (PRIV(23) | PRIV(35)), "Duplicate_Source_Untouched");
	ok(!privileges_of(copy, privs) && privs[0] == PRIV(35), "Adjust_Removed_IsGone");
	fails(adjust_privilege(copy, 23, KACS_PRIV_ENABLED), EINVAL, "Adjust_EnableAbsent_Einval");
	ok(modified_id_of(copy) == 1, "Adjust_Success_CountsOnce"); /* KACS-TOK-018, KACS-TOK-066 */
	close(copy);

	low = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 1);
	works(low, "Duplicate_Identification_Works");
	fails(duplicate(low, KACS_TOKEN_QUERY, KACS_TOKEN_TYPE_IMPERSONATION, 2), EINVAL,
	      "Duplicate_LevelUp_Einval"); /* KACS-TOK-056 */
	fails(duplicate(low, KACS_TOKEN_QUERY, KACS_TOKEN_TYPE_PRIMARY, 0), EINVAL,
	      "Duplicate_IdentificationToPrimary_Einval");
	copy = duplicate(token, KACS_TOKEN_QUERY, KACS_TOKEN_TYPE_IMPERSONATION, 0);
	ok(copy >= 0 && !privileges_of(copy, privs) && !privs[0],
	   "Duplicate_Anonymous_HasNoPrivilege"); /* KACS-TOK-059 */
	ok(!user_is(copy, SID_LOCAL_SERVICE), "Duplicate_Anonymous_ForgetsUser");
	fails(duplicate(token, 8, 3, 0), EINVAL, "Duplicate_UnknownType_Einval");
	fails(duplicate(token, 8, 2, 4), EINVAL, "Duplicate_UnknownLevel_Einval");
	fails(duplicate(token, 0x00200000, 1, 0), EINVAL, "Duplicate_ReservedRight_Einval");
	close(copy);
	copy = open_self(0, KACS_TOKEN_QUERY);
	fails(duplicate(copy, 8, 1, 0), EACCES, "Duplicate_QueryHandle_Eacces"); /* KACS-TOK-055 */
	fails(ioctl(copy, KACS_IOC_ADJUST_PRIVS, NULL), EACCES,
	      "Adjust_RightBeforeMemory_Eacces"); /* KACS-TOK-004 */
	close(copy);
	close(low);
	close(token);
}

static int restrict_token(int token, uint64_t privs, const void *payload, uint32_t len, uint32_t deny,
			  uint32_t sids, uint32_t flags)
{
	struct kacs_restrict_args args = {
		.privs_to_delete = privs,
		.num_deny_indices = deny,
		.num_restrict_sids = sids,
		.data_len = len,
		.flags = flags,
		.data_ptr = (uintptr_t)payload,
	};

	return ioctl(token, KACS_IOC_RESTRICT, &args) ? -1 : args.result_fd;
}

static void test_restrict(void)
{
	struct kacs_group_entry reset = { KACS_GROUPS_RESET_INDEX, 0 };
	struct kacs_adjust_groups_args adjust = { .count = 1, .data_ptr = (uintptr_t)&reset };
	uint8_t payload[4 + 12] = { 0 }, buf[256];
	static struct spec s;
	uint64_t session, privs[4];
	uint32_t attributes;
	int token, made, again;

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&s, SID_LOCAL_SERVICE, session, 201, PRIV(23) | PRIV(35));
	token = create_token(&s);
	memcpy(payload + 4, SID_EVERYONE, 12);
	made = restrict_token(token, PRIV(23), payload, sizeof(payload), 1, 1,
			      KACS_RESTRICT_WRITE_RESTRICTED);
	works(made, "Restrict_Good_Works");
	ok(!privileges_of(made, privs) && privs[0] == PRIV(35) && !privs[3],
	   "Restrict_Privilege_IsGone"); /* KACS-TOK-064 */
	ok(query(made, KACS_TOKEN_CLASS_RESTRICTED_SIDS, buf, sizeof(buf)) == 24, "Restrict_List_IsThere");
	query(made, KACS_TOKEN_CLASS_GROUPS, buf, sizeof(buf));
	memcpy(&attributes, buf + 4 + 4 + 12, 4);
	ok(attributes & 0x10, "Restrict_Group_IsDenyOnly");
	works(ioctl(made, KACS_IOC_ADJUST_GROUPS, &adjust), "AdjustGroups_ResetOfRestricted_Works");
	query(made, KACS_TOKEN_CLASS_GROUPS, buf, sizeof(buf));
	memcpy(&attributes, buf + 4 + 4 + 12, 4);
	ok(attributes & 0x10, "AdjustGroups_Reset_LeavesDenyOnly"); /* KACS-TOK-015, KACS-TOK-072 */
	memcpy(payload + 4, SID_LOCAL_SERVICE, 12);
	fails(restrict_token(made, 0, payload, sizeof(payload), 1, 1, 0), EINVAL,
	      "Restrict_EmptyIntersection_Einval"); /* KACS-TOK-063 */
	again = restrict_token(made, 0, NULL, 0, 0, 0, 0);
	ok(again >= 0 && query(again, KACS_TOKEN_CLASS_RESTRICTED_SIDS, buf, sizeof(buf)) == 24,
	   "Restrict_NoSids_KeepsList");
	close(again);
	fails(restrict_token(token, 0, payload, 15, 1, 1, 0), EINVAL,
	      "Restrict_Short_Einval"); /* KACS-TOK-061 */
	fails(restrict_token(token, 0, payload, 16, 1, 0, 0), EINVAL, "Restrict_Trailing_Einval");
	fails(restrict_token(token, 0, payload, 16, 1, 1, 2), EINVAL,
	      "Restrict_Flag_Einval"); /* KACS-TOK-062 */
	payload[0] = 2;
	fails(restrict_token(token, 0, payload, 16, 1, 1, 0), EINVAL, "Restrict_IndexRange_Einval");
	memset(payload, 0, sizeof(payload));
	fails(restrict_token(token, 0, payload, 8, 2, 0, 0), EINVAL, "Restrict_IndexTwice_Einval");
	fails(restrict_token(token, 0, (void *)1, 16, 1, 1, 0), EFAULT, "Restrict_Unmapped_Efault");
	fails(restrict_token(token, 0, payload, 16, ~0U, 1, 0), EINVAL, "Restrict_HugeCount_Einval");
	fails(restrict_token(token, 0, payload, 16, 1, ~0U, 0), EINVAL, "Restrict_HugeSids_Einval");
	close(made);
	close(token);
}

static int session_info(uint64_t id, struct kacs_session_info *info)
{
	memset(info, 0, sizeof(*info));
	info->auth_id = id;
	return ioctl(dev, KACS_IOC_GET_LOGON_SESSION, info);
}

static int session_call(unsigned long cmd, uint64_t id)
{
	struct kacs_logon_session_args args = { id };

	return ioctl(dev, cmd, &args);
}

static void test_sessions(void)
{
	struct kacs_session_info info;
	static struct spec s;
	uint64_t first, second;
	char package[16];
	int token;

	create_session(SID_LOCAL_SERVICE, &first);
	create_session(SID_LOCAL_SERVICE, &second);
	ok(first >= 1000 && second > first,
	   "Session_Ids_Grow"); /* KACS-TOK-086, KACS-FMT-013, KACS-FMT-014 */
	works(session_info(first, &info), "Session_LookUp_Works");
	ok(info.logon_type == KACS_LOGON_SERVICE && info.auth_package_len == 4 && info.user_sid_len == 12 &&
		   !memcmp(info.user_sid, SID_LOCAL_SERVICE, 12),
	   "Session_LookUp_TellsAll"); /* KACS-TOK-083 */
	info.auth_package_ptr = (uintptr_t)package;
	info.auth_package_len = 3;
	fails(ioctl(dev, KACS_IOC_GET_LOGON_SESSION, &info), ERANGE, "Session_ShortPackage_Erange");
	ok(info.auth_package_len == 4, "Session_ShortPackage_TellsSize");
	ok(!ioctl(dev, KACS_IOC_GET_LOGON_SESSION, &info) && !memcmp(package, "test", 4),
	   "Session_Package_Fits");

	token_spec(&s, SID_LOCAL_SERVICE, first, 201, 0);
	token = create_token(&s);
	fails(session_call(KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, first), EBUSY,
	      "Session_WithToken_Ebusy"); /* KACS-TOK-088, KACS-TOK-005 */
	close(token);
	fails(session_info(first, &info), ENOENT, "Session_LastTokenGone_Ends"); /* KACS-TOK-087 */
	works(session_info(second, &info), "Session_NeverHadToken_Stays");
	fails(session_info(second | 1ULL << 32, &info), ENOENT,
	      "Session_OtherHighHalf_Enoent"); /* KACS-FMT-012 */
	works(session_call(KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, second), "Session_Empty_Destroyed");
	fails(session_call(KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, second), ENOENT, "Session_Twice_Enoent");
	fails(session_call(KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, 0), EBUSY,
	      "Session_System_StaysForever"); /* KACS-TOK-144 */
	fails(session_call(KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, 998), EBUSY,
	      "Session_Anonymous_StaysForever");

	create_session(SID_LOCAL_SERVICE, &first);
	token_spec(&s, SID_LOCAL_SERVICE, first, 201, 0);
	token = create_token(&s);
	works(session_call(KACS_IOC_INVALIDATE_LOGON_SESSION, first), "Session_Invalidate_Works");
	fails(session_call(KACS_IOC_INVALIDATE_LOGON_SESSION, 0), EBUSY,
	      "Session_InvalidateSystem_Ebusy"); /* KACS-TOK-144 */
	fails(session_call(KACS_IOC_INVALIDATE_LOGON_SESSION, 998), EBUSY,
	      "Session_InvalidateAnonymous_Ebusy");
	works(session_call(KACS_IOC_INVALIDATE_LOGON_SESSION, first),
	      "Session_InvalidateTwice_Works");                                    /* KACS-TOK-089 */
	fails(create_token(&s), EINVAL, "CreateToken_DeadSession_Einval");         /* KACS-TOK-090 */
	fails(ioctl(token, KACS_IOC_INSTALL), EPERM, "Install_DeadSession_Eperm"); /* KACS-TOK-102 */
	ok(user_is(token, SID_LOCAL_SERVICE), "Query_DeadSession_Works");
	ok(!session_info(first, &info) && info.flags == KACS_SESSION_DEAD, "Session_Dead_SaysSo");
	close(token);
	fails(session_call(KACS_IOC_INVALIDATE_LOGON_SESSION, first), ENOENT, "Session_Gone_Enoent");
}

/* A token that nobody got was never there: its session waits for the first (KACS-TOK-044, KACS-TOK-087). */
static void test_failed_first_token(void)
{
	struct kacs_session_info info;
	struct rlimit before, full;
	static struct spec s;
	uint64_t id;
	int lowest = dup(dev);

	close(lowest);
	getrlimit(RLIMIT_NOFILE, &before);
	full = before;
	full.rlim_cur = lowest;
	create_session(SID_LOCAL_SERVICE, &id);
	token_spec(&s, SID_LOCAL_SERVICE, id, 201, 0);
	setrlimit(RLIMIT_NOFILE, &full);
	fails(create_token(&s), EMFILE, "CreateToken_NoDescriptorLeft_Emfile");
	setrlimit(RLIMIT_NOFILE, &before);
	works(session_info(id, &info), "Session_FirstTokenFailed_Stays");
	works(session_call(KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, id), "Session_FirstTokenFailed_IsEmpty");
}

static int sessions_node_denied(void)
{
	int token = make_token(SID_LOCAL_SERVICE, 0, 0);

	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	return open("/sys/kernel/security/kacs/sessions", O_RDONLY) >= 0 || errno != EACCES;
}

/* One line a session, fields by name (KACS-TOK-142). */
static void test_sessions_node(void)
{
	static char text[65536];
	char line[256];
	uint64_t id;
	int fd, len = 0, n;

	create_session(SID_LOCAL_SERVICE, &id);
	fd = open("/sys/kernel/security/kacs/sessions", O_RDONLY);
	works(fd, "SessionsNode_System_Opens");
	while (fd >= 0 && (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	close(fd);
	text[len] = 0;
	snprintf(line, sizeof(line),
		 "session_id=%llu user_sid=010100000000000513000000 logon_type=5"
		 " auth_package=74657374 created_at=",
		 (unsigned long long)id);
	ok(strstr(text, line) != NULL, "SessionsNode_NewSession_IsListed");
	ok(len && text[len - 1] == '\n' &&
		   strstr(text, "session_id=0 user_sid=010100000000000512000000 logon_type=5"),
	   "SessionsNode_System_IsListed"); /* KACS-TOK-144 */
	ok(in_child(sessions_node_denied) == 0, "SessionsNode_Service_Eacces");
	session_call(KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, id);
}

/* How often a session has a line in @text. */
static int lines_of(const char *text, uint64_t id)
{
	char start[64];
	int count = 0;

	snprintf(start, sizeof(start), "session_id=%llu user_sid=", (unsigned long long)id);
	for (; (text = strstr(text, start)); text++)
		count++;
	return count;
}

/* Read in pieces, while sessions end and begin: what stays is there once, and no lock is held meanwhile. */
static void test_long_sessions_node(void)
{
	enum { MANY = 600 };
	static char text[MANY * 256];
	uint64_t ids[MANY], late;
	int fd, len, n, i, wrong = 0;

	for (i = 0; i < MANY; i++)
		if (create_session(SID_LOCAL_SERVICE, &ids[i]))
			wrong++;
	fd = open("/sys/kernel/security/kacs/sessions", O_RDONLY);
	len = read(fd, text, 1000);
	for (i = 0; i < MANY; i += 2)
		session_call(KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, ids[i]);
	create_session(SID_LOCAL_SERVICE, &late);
	while (len > 0 && (n = read(fd, text + len, 777)) > 0)
		len += n;
	close(fd);
	text[len > 0 ? len : 0] = 0;
	for (i = 1; i < MANY; i += 2) {
		wrong += lines_of(text, ids[i]) != 1;
		session_call(KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, ids[i]);
	}
	ok(!wrong, "SessionsNode_InPieces_ListsEachOnce");
	ok(lines_of(text, late) == 1 && !lines_of(text, ids[MANY - 2]), "SessionsNode_InPieces_IsOfNow");
	session_call(KACS_IOC_DESTROY_EMPTY_LOGON_SESSION, late);
}

static void test_linked(void)
{
	struct kacs_get_linked_token_args get = { -1 };
	struct kacs_link_tokens_args link;
	struct kacs_session_info info;
	static struct spec s;
	uint64_t session;
	uint32_t type;
	int a, b;

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&s, SID_LOCAL_SERVICE, session, 201, 0);
	a = create_token(&s);
	put64(&s, 16, PRIV(23)); /* no reduction, and nobody asks (KACS-TOK-079) */
	b = create_token(&s);
	link = (struct kacs_link_tokens_args){ a, a, session };
	fails(ioctl(a, KACS_IOC_LINK_TOKENS, &link), EINVAL, "Link_SameToken_Einval"); /* KACS-TOK-077 */
	link = (struct kacs_link_tokens_args){ a, b, session + 1 };
	fails(ioctl(a, KACS_IOC_LINK_TOKENS, &link), EINVAL, "Link_OtherSession_Einval");
	link = (struct kacs_link_tokens_args){ a, 999, session };
	fails(ioctl(a, KACS_IOC_LINK_TOKENS, &link), EBADF, "Link_BadFd_Ebadf");
	link = (struct kacs_link_tokens_args){ a, dev, session };
	fails(ioctl(a, KACS_IOC_LINK_TOKENS, &link), EINVAL, "Link_NotAToken_Einval");
	fails(ioctl(a, KACS_IOC_GET_LINKED_TOKEN, &get), ENOENT,
	      "GetLinked_Unlinked_Enoent"); /* KACS-TOK-080 */
	link = (struct kacs_link_tokens_args){ a, b, session };
	works(ioctl(a, KACS_IOC_LINK_TOKENS, &link), "Link_Pair_Works");
	ok(query(a, KACS_TOKEN_CLASS_ELEVATION_TYPE, &type, 4) == 4 && type == 2,
	   "Link_Elevated_IsFull"); /* KACS-TOK-078 */
	ok(query(b, KACS_TOKEN_CLASS_ELEVATION_TYPE, &type, 4) == 4 && type == 3, "Link_Filtered_IsLimited");
	link = (struct kacs_link_tokens_args){ b, a, session };
	fails(ioctl(a, KACS_IOC_LINK_TOKENS, &link), EINVAL, "Link_RolesSwapped_Einval");
	close(a);
	works(ioctl(b, KACS_IOC_GET_LINKED_TOKEN, &get),
	      "GetLinked_PartnerUnreferenced_Works"); /* KACS-TOK-081 */
	ok(query(get.result_fd, KACS_TOKEN_CLASS_ELEVATION_TYPE, &type, 4) == 4 && type == 2,
	   "GetLinked_Partner_IsFull");
	close(b);
	works(session_info(session, &info), "Link_PartnerHeld_SessionLives");
	close(get.result_fd);
	fails(session_info(session, &info), ENOENT, "Link_OnlyPairLeft_SessionEnds"); /* KACS-TOK-082 */
}

int main(void)
{
	open_dev();
	test_boot_token();
	test_query();
	test_create_refusals();
	test_duplicate();
	test_restrict();
	test_sessions();
	test_failed_first_token();
	test_sessions_node();
	test_long_sessions_node();
	test_linked();
	return plan();
}
