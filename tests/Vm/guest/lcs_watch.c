// SPDX-License-Identifier: MIT
/* Watches: what is told, to whom, in which form, and what a full queue does. */
#include "lcs_source.h"
#include "tap.h"

static struct source machine;
static int dev;

static int open_key(int parent, const char *path, unsigned int access)
{
	struct reg_open_key_args a = { parent, access, (uintptr_t)path, 0, 0 };

	return ioctl(dev, REG_OPEN_KEY, &a);
}

static int create_key(int parent, const char *path)
{
	struct reg_create_key_args a = { parent, KEY_ALL_ACCESS, (uintptr_t)path, 0, 0, 0 };

	return ioctl(dev, REG_CREATE_KEY, &a);
}

static int set_value(int key, const char *name, unsigned int type)
{
	struct reg_set_value_args a = { .name_len = strlen(name),
					.name_ptr = (uintptr_t)name,
					.type = type,
					.data_len = type == REG_TOMBSTONE ? 0 : 1,
					.data_ptr = (uintptr_t) "x",
					.txn_fd = -1 };

	return ioctl(key, REG_IOC_SET_VALUE, &a);
}

static int delete_value(int key, const char *name)
{
	struct reg_delete_value_args a = { .name_len = strlen(name),
					   .name_ptr = (uintptr_t)name,
					   .txn_fd = -1 };

	return ioctl(key, REG_IOC_DELETE_VALUE, &a);
}

static int arm(int key, unsigned int filter, int subtree)
{
	struct reg_notify_args a = { filter, subtree, { 0 } };

	return ioctl(key, REG_IOC_NOTIFY, &a);
}

static int readable(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, 0);
}

/* One record: event, name and depth of path as "event:name/depth", "" for none. */
static const char *next(int fd)
{
	static char text[128];
	uint8_t b[1024];
	ssize_t n = read(fd, b, sizeof(b));
	uint32_t len, name;

	text[0] = 0;
	if (n < 8)
		return text;
	len = get32(b);
	name = b[6] | b[7] << 8;
	snprintf(text, sizeof(text), "%u:%.*s/%d", b[4] | b[5] << 8, (int)name, b + 8,
		 len > 8 + name ? b[8 + name] | b[9 + name] << 8 : -1);
	if (n > (ssize_t)len)
		strcat(text, "+");
	return text;
}

static void expect(int fd, const char *want, const char *name)
{
	const char *got = next(fd);

	if (!ok(!strcmp(got, want), "%s", name))
		printf("# got \"%s\", wanted \"%s\"\n", got, want);
}

static int nonblocking(int fd)
{
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void values(int key)
{
	int direct = nonblocking(open_key(-1, "Machine\\A", KEY_READ));
	int tree = nonblocking(open_key(-1, "Machine", KEY_READ));
	uint8_t small[8];

	fails(read(direct, small, 8), EINVAL, "Read_Unarmed_Einval /* LCS-180 */");
	fails(arm(direct, 8, 0), EINVAL, "Arm_UnknownFilter_Einval /* LCS-165 */");
	fails(arm(direct, 1, 2), EINVAL, "Arm_SubtreeTwo_Einval /* LCS-298 */");
	works(arm(direct, REG_NOTIFY_VALUE, 0), "Arm_Direct_Works");
	works(arm(tree, REG_NOTIFY_ALL, 1), "Arm_Subtree_Works");
	fails(read(direct, small, 8), EAGAIN, "Read_NothingPending_Eagain");
	ok(!readable(direct), "Poll_NothingPending_IsQuiet");
	works(set_value(key, "v", REG_SZ), "Set_Works");
	ok(readable(direct) == 1, "Poll_Pending_IsReadable /* LCS-181 */");
	fails(read(direct, small, 8), EINVAL, "Read_BufferTooSmall_Einval /* LCS-179 */");
	expect(direct, "1:v/-1", "Direct_ValueSet_HasNoPath /* LCS-174 LCS-176 */");
	expect(tree, "1:v/1", "Subtree_ValueSet_HasPath /* LCS-175 LCS-186 */");
	works(set_value(key, "v", REG_SZ), "Set_SameData_Works");
	expect(direct, "1:v/-1", "ValueSet_SameData_IsTold /* LCS-170 */");
	expect(tree, "1:v/1", "Subtree_SameData_IsTold");
	works(delete_value(key, "v"), "Delete_Works");
	expect(direct, "2:v/-1", "ValueDeleted_IsTold");
	works(delete_value(key, "v"), "DeleteAgain_Works");
	expect(direct, "", "ValueDeleted_NothingThere_IsNotTold /* LCS-168 */");
	set_value(key, "t", REG_SZ);
	set_value(key, "t", REG_TOMBSTONE);
	delete_value(key, "t");
	expect(direct, "1:t/-1+", "Records_SeveralFit_ComeTogether /* LCS-178 */");
	expect(direct, "", "Tombstone_RemovedInBase_IsNotTold");
	works(arm(direct, 0, 0), "Disarm_Works");
	fails(read(direct, small, 8), EINVAL, "Read_Disarmed_Einval /* LCS-164 */");
	close(direct);
	close(tree);
}

static void keys(int key)
{
	int parent = nonblocking(open_key(-1, "Machine\\A", KEY_READ)), child, watched, none;
	struct reg_delete_key_args d = { .txn_fd = -1 };
	uint8_t sd[512];
	struct reg_get_security_args g = { REG_SECURITY_DACL, sizeof(sd), (uintptr_t)sd };
	struct reg_set_security_args s = { REG_SECURITY_DACL, 0, (uintptr_t)sd, -1, 0 };

	arm(parent, REG_NOTIFY_SUBKEY | REG_NOTIFY_SD, 0);
	child = create_key(-1, "Machine\\A\\B");
	expect(parent, "3:B/-1", "SubkeyCreated_IsTold /* LCS-188 */");
	watched = nonblocking(open_key(-1, "Machine\\A\\B", KEY_READ));
	arm(watched, REG_NOTIFY_VALUE, 0);
	set_value(key, "v", REG_SZ);
	expect(parent, "", "ValueSet_FilteredOut_IsNotTold");
	ioctl(key, REG_IOC_GET_SECURITY, &g);
	s.sd_len = g.sd_len;
	works(ioctl(key, REG_IOC_SET_SECURITY, &s), "SetSecurity_Works");
	expect(parent, "5:/-1", "SdChanged_IsTold /* LCS-297 */");
	works(ioctl(child, REG_IOC_DELETE_KEY, &d), "DeleteKey_Works");
	expect(parent, "4:B/-1", "SubkeyDeleted_IsTold /* LCS-188 */");
	expect(watched, "6:/-1", "KeyDeleted_PassesEveryFilter /* LCS-166 */");
	set_value(child, "late", REG_SZ);
	expect(watched, "1:late/-1", "Orphan_ArmedBefore_StillHears /* LCS-132 */");
	none = open_key(-1, "Machine\\A", KEY_SET_VALUE);
	fails(arm(none, 1, 0), EACCES, "Arm_WithoutNotify_Eacces");
	fails(arm(child, 1, 0), ENOENT, "Arm_Orphan_Enoent /* LCS-131 */");
	close(child);
	close(watched);
	close(parent);
	close(none);
}

static void overflow(int key)
{
	int direct = nonblocking(open_key(-1, "Machine\\A", KEY_READ)), records = 0;
	uint8_t b[16384], *p;
	ssize_t n;

	arm(direct, REG_NOTIFY_VALUE, 0);
	for (int i = 0; i < 300; i++)
		set_value(key, "many", REG_SZ);
	n = read(direct, b, sizeof(b));
	for (p = b; p < b + n; p += get32(p))
		records++;
	ok(n > 0 && (b[4] | b[5] << 8) == REG_EVENT_OVERFLOW, "FullQueue_SaysOverflow /* LCS-190 */");
	ok(records == 256, "FullQueue_KeepsItsSize");
	expect(direct, "", "FullQueue_OneOverflow_IsEnough");
	arm(direct, REG_NOTIFY_VALUE, 0);
	set_value(key, "x", REG_SZ);
	arm(direct, REG_NOTIFY_VALUE, 1);
	expect(direct, "7:/0", "Rearm_OtherForm_BecomesOverflow");
	close(direct);
}

static void reregistration(void)
{
	int direct = nonblocking(open_key(-1, "Machine\\A", KEY_READ)), err;
	struct reg_query_key_info_args i = { 0 };

	arm(direct, REG_NOTIFY_VALUE, 0);
	close(machine.fd);
	pthread_join(machine.thread, NULL);
	expect(direct, "", "SourceDown_SendsNothing /* LCS-193 */");
	fails(open_key(-1, "Machine", KEY_READ), EIO, "Open_SourceDown_Eio /* LCS-029 */");
	fails(ioctl(direct, REG_IOC_QUERY_KEY_INFO, &i), EIO, "Info_SourceDown_Eio /* LCS-317 */");
	machine.keys[0].guid[1] ^= 1;
	err = source_start(&machine, "Machine");
	fails(err, ESTALE, "Register_OtherRoot_Estale /* RSI-032 */");
	close(machine.fd);
	machine.keys[0].guid[1] ^= 1;
	works(source_start(&machine, "Machine"), "Register_SameSet_Resumes /* RSI-031 */");
	expect(direct, "7:/-1", "Reregistration_SendsOverflow /* LCS-194 */");
	fails(ioctl(direct, REG_IOC_QUERY_KEY_INFO, &i), ERANGE, "Info_AfterResume_Answers /* LCS-318 */");
}

int main(void)
{
	int key;

	dev = open("/dev/registry", O_RDWR | O_CLOEXEC);
	works(source_start(&machine, "Machine"), "Source_Starts");
	key = create_key(-1, "Machine\\A");
	works(key, "Key_Created");
	values(key);
	keys(key);
	overflow(key);
	reregistration();
	return plan();
}
