// SPDX-License-Identifier: MIT
/* Who may do what with keys: descriptors, rights of handles, impersonation, links, watches per user. */
#include <sys/resource.h>

#include "kacs.h"
#include "lcs_client.h"

static const uint8_t SID_ADMINS[16] = { 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2 };

static struct source machine, users;
static int service; /* impersonation token of LocalService */
static int passed_key;

/* --- descriptors --------------------------------------------------------------- */

struct ace {
	uint8_t flags;
	uint32_t mask;
	const uint8_t *sid;
};

#define SE_TCB PRIV(7)

#define CI 2
#define OI 1

struct sd {
	uint8_t bytes[512];
	uint32_t len;
};

/* Owner and group SYSTEM; a mask of 0 ends the list. */
static struct sd make_sd(const struct ace *aces)
{
	struct sd sd = { { 1, 0, 4, 0x80, 20, [8] = 32, [16] = 44 }, 52 };
	uint16_t size, count = 0;

	memcpy(sd.bytes + 20, SID_SYSTEM, 12);
	memcpy(sd.bytes + 32, SID_SYSTEM, 12);
	sd.bytes[44] = 2;
	for (; aces->mask; aces++, count++) {
		uint32_t sid = 8 + 4 * aces->sid[1];

		size = 8 + sid;
		sd.bytes[sd.len + 1] = aces->flags;
		memcpy(sd.bytes + sd.len + 2, &size, 2);
		memcpy(sd.bytes + sd.len + 4, &aces->mask, 4);
		memcpy(sd.bytes + sd.len + 8, aces->sid, sid);
		sd.len += size;
	}
	size = sd.len - 44;
	memcpy(sd.bytes + 46, &size, 2);
	memcpy(sd.bytes + 48, &count, 2);
	return sd;
}

static int guard(int key, const struct ace *aces)
{
	struct sd sd = make_sd(aces);

	return set_security(key, REG_SECURITY_DACL, sd.bytes, sd.len);
}

/* --- acting as somebody else ---------------------------------------------------- */

static void as_service(void)
{
	if (ioctl(service, KACS_IOC_IMPERSONATE))
		ok(0, "impersonation: errno %d", errno);
}

static void as_system(void)
{
	ioctl(dev, KACS_IOC_REVERT);
}

/* A token of LocalService that is also a member of @group, if any. */
static int token_with(const uint8_t *group, uint64_t privileges)
{
	uint64_t session;
	int token, imp;

	if (create_session(SID_LOCAL_SERVICE, &session))
		return -1;
	token_spec(&spec, SID_LOCAL_SERVICE, session, 0, privileges);
	if (group) {
		add_group(&spec, group, 7);
		put32(&spec, 96, 2);
	}
	token = create_token(&spec);
	imp = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);
	close(token);
	return imp;
}

static int make_key(const char *path, const struct ace *aces)
{
	int key = create_key(-1, path, KEY_ALL_ACCESS, 0, NULL);

	if (key < 0 || guard(key, aces))
		ok(0, "%s: errno %d", path, errno);
	return key;
}

/* --- the tests -------------------------------------------------------------------- */

static void effective_token(void)
{
	int key = make_key("Machine\\Mine", (struct ace[]){ { 0, KEY_ALL_ACCESS, SID_SYSTEM }, {} });

	as_service();
	fails(open_key(-1, "Machine\\Mine", KEY_READ, 0), EACCES, "Impersonating_IsWhoAsks /* LCS-023 */");
	as_system();
	works(open_key(-1, "Machine\\Mine", KEY_READ, 0), "Reverted_OpensAgain /* LCS-023 */");
	close(key);
}

static void maximum(void)
{
	const struct ace aces[] = { { 0, KEY_ALL_ACCESS, SID_SYSTEM },
				    { 0, KEY_READ, SID_LOCAL_SERVICE },
				    {} };
	int key = make_key("Machine\\Readable", aces), most, before;
	unsigned int len = 8;
	char data[8];

	as_service();
	most = open_key(-1, "Machine\\Readable", 0x02000000, 0);
	works(most, "MaximumAllowed_Opens /* LCS-139 */");
	fails(query_value(most, "v", data, &len, NULL, NULL), ENOENT, "MaximumAllowed_HasWhatTheSdAllows");
	before = machine.requests;
	fails(set_value(most, "v", REG_SZ, "x", 1, 0), EACCES, "MaximumAllowed_HasNoMore /* LCS-139 */");
	ok(machine.requests == before, "RefusedByTheHandle_SourceHearsNothing /* LCS-145 */");
	fails(open_key(-1, "Machine\\Readable", 0x02000000 | KEY_SET_VALUE, 0), EACCES,
	      "MaximumAllowed_WithABitNotGranted_Eacces /* LCS-139 */");
	fails(open_key(-1, "Machine\\Readable", KEY_READ | KEY_SET_VALUE, 0), EACCES,
	      "OneRightMissing_NoPartialGrant /* LCS-138 */");
	as_system();
	guard(key, (struct ace[]){ { 0, KEY_ALL_ACCESS, SID_SYSTEM }, {} });
	len = 8;
	fails(query_value(most, "v", data, &len, NULL, NULL), ENOENT,
	      "SdChangedLater_HandleKeepsItsRights /* LCS-024 */");
	as_service();
	fails(open_key(-1, "Machine\\Readable", KEY_READ, 0), EACCES, "SdChangedLater_NewOpen_Eacces");
	as_system();
	close(most);
	close(key);
}

static void generic(void)
{
	int key = create_key(-1, "Machine\\Generic", KEY_ALL_ACCESS, 0, NULL), read, write, execute;
	unsigned int len = 8;
	char data[8];

	read = open_key(-1, "Machine\\Generic", 0x80000000, 0);
	write = open_key(-1, "Machine\\Generic", 0x40000000, 0);
	execute = open_key(-1, "Machine\\Generic", 0x20000000, 0);
	fails(set_value(read, "v", REG_SZ, "x", 1, 0), EACCES, "GenericRead_DoesNotWrite /* LCS-141 */");
	fails(query_value(read, "v", data, &len, NULL, NULL), ENOENT, "GenericRead_Reads /* LCS-141 */");
	works(arm(read, REG_NOTIFY_ALL, 0), "GenericRead_Watches /* LCS-141 */");
	works(set_value(write, "v", REG_SZ, "x", 1, 0), "GenericWrite_Writes /* LCS-141 */");
	fails(query_value(write, "v", data, &len, NULL, NULL), EACCES,
	      "GenericWrite_DoesNotRead /* LCS-141 */");
	fails(query_value(execute, "v", data, &len, NULL, NULL), EACCES,
	      "GenericExecute_MapsToNothing /* LCS-141 */");
	fails(arm(execute, 0, 0), EACCES, "GenericExecute_DoesNotEvenDisarm");
	close(read);
	close(write);
	close(execute);
	close(key);
}

static void creating(void)
{
	const struct ace may_create[] = { { CI, KEY_ALL_ACCESS, SID_SYSTEM },
					  { 0, KEY_READ | KEY_CREATE_SUB_KEY, SID_LOCAL_SERVICE },
					  { CI, KEY_READ, SID_LOCAL_SERVICE },
					  {} };
	const struct ace may_link[] = { { 0, KEY_ALL_ACCESS, SID_SYSTEM },
					{ CI, KEY_ALL_ACCESS, SID_LOCAL_SERVICE },
					{} };
	int key = make_key("Machine\\Parent", may_create),
	    closed = create_key(-1, "Machine\\Closed", KEY_ALL_ACCESS, 0, NULL);
	struct reg_create_key_args a = { closed, KEY_READ, (uintptr_t) "X", (uintptr_t) "nope", 0, 0 };
	int fresh = create_key(closed, "Fresh", KEY_ALL_ACCESS, REG_OPTION_VOLATILE, NULL);
	int child = create_key(open_key(-1, "Machine\\Parent", KEY_QUERY_VALUE, 0), "BySystem", KEY_READ, 0,
			       NULL);
	uint32_t entries;

	works(child, "Create_HandleWithoutCreateRight_TokenCounts /* LCS-236 */");
	as_service();
	entries = machine.count[RSI_CREATE_ENTRY];
	fails(create_key(closed, "X", KEY_READ, 0, NULL), EACCES,
	      "Create_HandleOfAnother_TokenCounts /* LCS-236 */");
	fails(create_key(fresh, "X", KEY_READ, 0, NULL), EINVAL, "Create_VolatileRuleFirst /* LCS-235 */");
	fails(ioctl(registry, REG_CREATE_KEY, &a), EACCES, "Create_RightBeforeLayer /* LCS-235 */");
	a.parent_fd = key;
	fails(ioctl(registry, REG_CREATE_KEY, &a), ENOENT,
	      "Create_LayerBeforeTheEntry /* LCS-235 LCS-092 */");
	a.layer_ptr = (uintptr_t) "base";
	fails(ioctl(registry, REG_CREATE_KEY, &a), EACCES, "Create_NamedLayer_IsAuthorised /* LCS-091 */");
	ok(machine.count[RSI_CREATE_ENTRY] == entries, "Create_Refused_NothingWasMade");
	fails(create_key(key, "Narrow", KEY_READ | KEY_SET_VALUE, 0, NULL), EACCES,
	      "Create_NewSdDoesNotGrant_Eacces /* LCS-237 */");
	works(open_key(key, "Narrow", KEY_READ, 0), "Create_NewSdDoesNotGrant_KeyStays /* LCS-237 */");
	fails(create_key(key, "Link", KEY_READ, REG_OPTION_CREATE_LINK, NULL), EACCES,
	      "CreateLink_WithoutTheRight_Eacces /* LCS-058 */");
	as_system();
	guard(key, may_link);
	as_service();
	fails(create_key(key, "Link", KEY_READ, REG_OPTION_CREATE_LINK, NULL), EPERM,
	      "CreateLink_NeitherTcbNorAdministrator_Eperm /* LCS-059 */");
	as_system();
	ioctl(token_with(SID_ADMINS, 0), KACS_IOC_IMPERSONATE);
	works(create_key(key, "ByAdmin", KEY_READ, REG_OPTION_CREATE_LINK, NULL),
	      "CreateLink_Administrator_Works /* LCS-059 */");
	as_system();
	ioctl(token_with(NULL, SE_TCB), KACS_IOC_IMPERSONATE);
	works(create_key(key, "ByTcb", KEY_READ, REG_OPTION_CREATE_LINK, NULL),
	      "CreateLink_Tcb_Works /* LCS-059 */");
	as_system();
	close(key);
	close(closed);
}

static uint32_t first_mask(int key)
{
	uint8_t sd[512];
	struct reg_get_security_args g = { REG_SECURITY_DACL, sizeof(sd), (uintptr_t)sd };

	return ioctl(key, REG_IOC_GET_SECURITY, &g) ? 0 : get32(sd + get32(sd + 16) + 8 + 4);
}

static void inheriting(void)
{
	/* One ACE for SYSTEM with bits of files: 0x001f01ff. */
	uint8_t acl[28] = { 2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 0xff, 1, 0x1f };
	struct kacs_adjust_default_args def = { (uintptr_t)acl, sizeof(acl), 0xffff, 0xffff };
	const struct ace nothing_inherits[] = { { 0, KEY_ALL_ACCESS, SID_SYSTEM }, {} };
	const struct ace object_only[] = { { CI, KEY_ALL_ACCESS, SID_SYSTEM },
					   { OI, KEY_ALL_ACCESS, SID_LOCAL_SERVICE },
					   {} };
	int parent = make_key("Machine\\Plain", nothing_inherits), child, self;

	memcpy(acl + 16, SID_SYSTEM, 12);
	self = open_self(0, KACS_TOKEN_ALL_ACCESS);
	works(ioctl(self, KACS_IOC_ADJUST_DEFAULT, &def), "DefaultDacl_IsSet");
	child = create_key(parent, "Child", KEY_ALL_ACCESS, 0, NULL);
	works(child, "NothingInheritable_DefaultDaclGrants /* LCS-147 */");
	ok(first_mask(child) == 0x000f003f, "DefaultDacl_MasksAreTrimmed /* LCS-144 */");
	guard(parent, object_only);
	ok(first_mask(child) == 0x000f003f, "ParentChangedLater_ChildStays /* LCS-148 */");
	close(child);
	child = create_key(parent, "Second", KEY_ALL_ACCESS, 0, NULL);
	as_service();
	fails(open_key(parent, "Second", KEY_QUERY_VALUE, 0), EACCES,
	      "ObjectInherit_IsIrrelevant /* LCS-149 */");
	as_system();
	close(child);
	close(parent);
}

static void setting(void)
{
	struct sd other = make_sd((struct ace[]){ { 0, KEY_ALL_ACCESS, SID_SYSTEM }, {} }), bad;
	int key = create_key(-1, "Machine\\Parts", KEY_ALL_ACCESS, 0, NULL);
	uint8_t sd[512], owners[512];
	struct reg_get_security_args g = { REG_SECURITY_OWNER | REG_SECURITY_GROUP, sizeof(owners),
					   (uintptr_t)owners };
	unsigned int len;

	ioctl(key, REG_IOC_GET_SECURITY, &g);
	len = g.sd_len;
	memcpy(other.bytes + 20, SID_LOCAL_SERVICE, 12);
	memcpy(other.bytes + 32, SID_LOCAL_SERVICE, 12);
	works(set_security(key, REG_SECURITY_DACL, other.bytes, other.len), "SetDacl_Works");
	g.sd_ptr = (uintptr_t)sd;
	ok(!ioctl(key, REG_IOC_GET_SECURITY, &g) && g.sd_len == len && !memcmp(sd, owners, len),
	   "SetDacl_OwnerAndGroupStay /* LCS-295 */");
	memset(other.bytes + 8, 0, 4);
	works(set_security(key, REG_SECURITY_GROUP, other.bytes, other.len),
	      "SetGroup_Null_IsAllowed /* LCS-295 */");
	memset(other.bytes + 4, 0, 4);
	fails(set_security(key, REG_SECURITY_OWNER, other.bytes, other.len), EINVAL,
	      "SetOwner_None_Einval /* LCS-296 */");
	bad = make_sd((struct ace[]){ { 0, 0x00100000, SID_SYSTEM }, {} });
	fails(set_security(key, REG_SECURITY_DACL, bad.bytes, bad.len), EINVAL,
	      "SetDacl_Synchronize_Einval /* LCS-144 */");
	bad = make_sd((struct ace[]){ { 0, 0x02000000, SID_SYSTEM }, {} });
	fails(set_security(key, REG_SECURITY_DACL, bad.bytes, bad.len), EINVAL,
	      "SetDacl_MaximumAllowed_Einval /* LCS-144 */");
	bad = make_sd((struct ace[]){ { 0, 0x10000000, SID_SYSTEM }, {} });
	works(set_security(key, REG_SECURITY_DACL, bad.bytes, bad.len),
	      "SetDacl_Generic_IsAllowed /* LCS-144 */");
	close(key);
}

/* All rights on a key are no right to name its owner, as for tokens and processes. */
static void giving(void)
{
	const struct ace shared[] = { { 0, KEY_ALL_ACCESS, SID_SYSTEM },
				      { 0, KEY_ALL_ACCESS, SID_LOCAL_SERVICE },
				      {} };
	struct sd sd = make_sd(shared);
	int top = make_key("Machine\\Given", shared), key;

	as_service();
	key = open_key(-1, "Machine\\Given", KEY_ALL_ACCESS, 0);
	works(set_security(key, REG_SECURITY_OWNER, sd.bytes, sd.len), "SetOwner_AsItIs_Works");
	memcpy(sd.bytes + 20, SID_LOCAL_SERVICE, 12);
	works(set_security(key, REG_SECURITY_OWNER, sd.bytes, sd.len), "SetOwner_Oneself_Works");
	memcpy(sd.bytes + 20, SID_SYSTEM, 12);
	fails(set_security(key, REG_SECURITY_OWNER, sd.bytes, sd.len), EPERM,
	      "SetOwner_SomebodyElse_Eperm /* KACS-ENF-168 */");
	as_system();
	close(key);
	close(top);
}

static void listing(void)
{
	const struct ace readable[] = { { 0, KEY_ALL_ACCESS, SID_SYSTEM },
					{ 0, KEY_READ, SID_LOCAL_SERVICE },
					{} };
	int top = make_key("Machine\\Shown", readable),
	    secret = make_key("Machine\\Shown\\Secret",
			      (struct ace[]){ { 0, KEY_ALL_ACCESS, SID_SYSTEM }, {} });
	struct reg_enum_subkey_args e = { .txn_fd = -1 };
	int key, watch;
	char name[64];
	uint8_t record[64];

	e.name_len = sizeof(name);
	e.name_ptr = (uintptr_t)name;
	as_service();
	key = open_key(-1, "Machine\\Shown", KEY_READ, 0);
	watch = open_key(-1, "Machine\\Shown", KEY_READ, 0);
	ok(!ioctl(key, REG_IOC_ENUM_SUBKEYS, &e) && !memcmp(name, "Secret", 6),
	   "Enum_ShowsWhatMayNotBeOpened /* LCS-152 LCS-279 */");
	fails(open_key(-1, "Machine\\Shown\\Secret", KEY_READ, 0), EACCES,
	      "Open_ItsOwnDescriptorDecides /* LCS-152 */");
	works(arm(watch, REG_NOTIFY_ALL, 1), "SubtreeWatch_Arms");
	as_system();
	set_value(secret, "v", REG_SZ, "x", 1, 0);
	ok(read(watch, record, sizeof(record)) > 8, "SubtreeWatch_NeedsNoRightBelow /* LCS-152 */");
	close(secret);
	close(top);
	close(key);
	close(watch);
}

/* In a process of LocalService, with a key that SYSTEM opened. */
static int with_passed_key(void)
{
	struct reg_set_value_args a = {
		.name_len = 1, .name_ptr = (uintptr_t) "v", .type = REG_SZ, .txn_fd = -1
	};

	if (ioctl(make_token(SID_LOCAL_SERVICE, 0, 0), KACS_IOC_INSTALL))
		return 1;
	if (set_value(passed_key, "v", REG_SZ, "x", 1, 0))
		return 2; /* LCS-153 */
	a.layer_len = 4;
	a.layer_ptr = (uintptr_t) "base";
	if (ioctl(passed_key, REG_IOC_SET_VALUE, &a) != -1 || errno != EACCES)
		return 3; /* LCS-154 */
	if (open("/dev/registry", O_RDWR) < 0)
		return 4;                                                         /* LCS-222 */
	return open("/dev/pkm_registry", O_RDWR) != -1 || errno != EPERM ? 5 : 0; /* RSI-002 */
}

static void passing(void)
{
	int result;

	passed_key = create_key(-1, "Machine\\Passed", KEY_ALL_ACCESS, 0, NULL);
	result = in_child(with_passed_key);
	ok(result != 2, "PassedHandle_KeepsItsRights /* LCS-153 */");
	ok(result != 3, "PassedHandle_LayerAsksTheCaller /* LCS-154 */");
	ok(result != 4, "Device_AnyoneOpensIt /* LCS-222 */");
	ok(!result, "SourceDevice_WithoutTcb_Eperm /* RSI-001 RSI-002 */");
	close(passed_key);
}

static void current_user(void)
{
	static const uint8_t empty[] = {
		1,  0,        4, 0x80,     20, [8] = 32, [16] = 44, [20] = 1, 1,       [27] = 5,
		18, [32] = 1, 1, [39] = 5, 18, [44] = 2, 0,         8,        [51] = 0
	};
	int key, asked;

	works(source_start(&users, "Users"), "Users_Starts");
	key = create_key(-1, "Users\\S-1-5-18", KEY_ALL_ACCESS, 0, NULL);
	works(open_key(-1, "cURRENTuSER", KEY_READ, 0), "CurrentUser_IsTheCallersKey /* LCS-035 */");
	works(create_key(-1, "CurrentUser/Below", KEY_READ, 0, NULL),
	      "CurrentUser_Below_IsItsChild /* LCS-035 */");
	asked = machine.requests;
	works(open_key(key, "Below", KEY_READ, 0), "CurrentUser_Below_IsThere");
	ok(machine.requests == asked, "OneHive_OtherSourcesHearNothing /* RSI-021 */");
	as_service();
	fails(open_key(-1, "CurrentUser", KEY_READ, 0), ENOENT,
	      "CurrentUser_FollowsTheEffectiveToken /* LCS-035 */");
	as_system();
	memcpy(users.keys[0].sd, empty, sizeof(empty));
	users.keys[0].sd_len = sizeof(empty);
	fails(open_key(-1, "Users", KEY_QUERY_VALUE, 0), EACCES,
	      "HiveRoot_TheSourcesSdDecides /* LCS-150 */");
	close(key);
}

static void watch_cap(void)
{
	const struct ace aces[] = { { 0, KEY_ALL_ACCESS, SID_SYSTEM },
				    { 0, KEY_READ, SID_LOCAL_SERVICE },
				    {} };
	const struct rlimit files = { 4096, 4096 };
	int key = make_key("Machine\\Watched", aces), armed = 0, fds[REG_WATCHES_PER_USER + 1];

	setrlimit(RLIMIT_NOFILE, &files);
	as_service();
	for (int i = 0; i <= REG_WATCHES_PER_USER; i++) {
		fds[i] = open_key(-1, "Machine\\Watched", KEY_READ, 0);
		armed += !arm(fds[i], REG_NOTIFY_ALL, 0);
	}
	ok(armed == REG_WATCHES_PER_USER, "WatchesOfAUser_AsManyAsAllowed");
	fails(arm(fds[REG_WATCHES_PER_USER], REG_NOTIFY_ALL, 0), ENOSPC, "WatchesOfAUser_OneMore_Enospc");
	works(arm(fds[0], REG_NOTIFY_SD, 0), "WatchesOfAUser_ArmedAgain_CountsOnce");
	as_system();
	works(arm(key, REG_NOTIFY_ALL, 0), "WatchesOfAUser_OthersHaveTheirOwn");
	works(arm(fds[1], 0, 0), "Disarm_Works");
	as_service();
	works(arm(fds[REG_WATCHES_PER_USER], REG_NOTIFY_ALL, 0), "WatchesOfAUser_Disarmed_GivesOneBack");
	fails(arm(fds[1], REG_NOTIFY_ALL, 0), ENOSPC, "WatchesOfAUser_FullAgain_Enospc");
	close(fds[2]);
	works(arm(fds[1], REG_NOTIFY_ALL, 0), "WatchesOfAUser_Closed_GivesOneBack /* LCS-327 */");
	as_system();
	for (int i = 0; i <= REG_WATCHES_PER_USER; i++)
		close(fds[i]);
	close(key);
}

int main(void)
{
	open_dev();
	registry = open("/dev/registry", O_RDWR | O_CLOEXEC);
	works(source_start(&machine, "Machine"), "Source_Starts");
	service = token_with(NULL, 0);
	works(service, "Token_IsMade");
	effective_token();
	maximum();
	generic();
	creating();
	setting();
	giving();
	listing();
	passing();
	current_user();
	watch_cap();
	inheriting();
	return plan();
}
