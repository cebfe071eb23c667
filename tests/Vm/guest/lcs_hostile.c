// SPDX-License-Identifier: MIT
/* Sources that lie, stall or vanish, and callers with bad arguments. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "lcs_source.h"
#include "tap.h"

static struct source machine;
static int dev;

static int open_root(void)
{
	struct reg_open_key_args a = { -1, KEY_ALL_ACCESS, (uintptr_t) "Machine", 0, 0 };

	return ioctl(dev, REG_OPEN_KEY, &a);
}

static int open_child(const char *path)
{
	struct reg_open_key_args a = { -1, KEY_READ, (uintptr_t)path, 0, 0 };

	return ioctl(dev, REG_OPEN_KEY, &a);
}

static void restart(void)
{
	close(machine.fd);
	pthread_join(machine.thread, NULL);
	machine.spoil = NULL;
	machine.spoil_op = 0;
	machine.hold = 0;
	machine.held_len = 0;
	machine.requests = 0;
	if (source_start(&machine, "Machine"))
		ok(0, "source restarts: errno %d", errno);
}

/* Each spoiler writes something else than the answer; the frame that goes out is refused. */
static int write_result;

static int send(struct source *s, const uint8_t *frame, uint32_t len)
{
	write_result = write(s->fd, frame, len) < 0 ? errno : 0;
	return 1;
}

static int truncated(struct source *s, uint8_t *frame, uint32_t len)
{
	uint32_t short_len = len - 1;

	memcpy(frame, &short_len, 4);
	return send(s, frame, short_len);
}

static int wrong_length(struct source *s, uint8_t *frame, uint32_t len)
{
	uint32_t other = len + 1;

	memcpy(frame, &other, 4);
	return send(s, frame, len);
}

static int tiny(struct source *s, uint8_t *frame, uint32_t len)
{
	(void)len;
	return send(s, frame, 13);
}

static int wrong_opcode(struct source *s, uint8_t *frame, uint32_t len)
{
	frame[12] ^= 1;
	return send(s, frame, len);
}

static int unknown_id(struct source *s, uint8_t *frame, uint32_t len)
{
	frame[10] ^= 1;
	return send(s, frame, len);
}

static int huge_count(struct source *s, uint8_t *frame, uint32_t len)
{
	memset(frame + 18, 0xff, 4);
	return send(s, frame, len);
}

static void protocol(const char *name, int (*spoil)(struct source *, uint8_t *, uint32_t))
{
	char text[128];

	machine.spoil = spoil;
	snprintf(text, sizeof(text), "%s_Caller_Eio", name);
	fails(open_root(), EIO, text);
	ok(write_result == EINVAL, "%s_Write_Einval /* RSI-007 RSI-008 */", name);
	fails(open_root(), EIO, "Torn down: source Down /* RSI-009 */");
	restart();
}

static int lax_sd(struct source *s, uint8_t *frame, uint32_t len)
{
	/* RSI_READ_KEY: str name, guid parent, bytes sd: cut the revision. */
	frame[18 + 4 + 7 + 16 + 4] = 9;
	(void)s;
	(void)len;
	return 0;
}

static int odd_bool(struct source *s, uint8_t *frame, uint32_t len)
{
	frame[len - 10] = 2;
	(void)s;
	return 0;
}

static int status_99(struct source *s, uint8_t *frame, uint32_t len)
{
	uint32_t status = 99, total = 18;

	(void)len;
	memcpy(frame, &total, 4);
	memcpy(frame + 14, &status, 4);
	return send(s, frame, 18);
}

static void content(const char *name, int (*spoil)(struct source *, uint8_t *, uint32_t))
{
	machine.spoil = spoil;
	machine.spoil_op = RSI_READ_KEY;
	fails(open_root(), EIO, name);
	machine.spoil = NULL;
	works(open_root(), "Source stays Active /* RSI-069 */");
}

static int twice(struct source *s, uint8_t *frame, uint32_t len)
{
	if (write(s->fd, frame, len) < 0)
		return 1;
	return send(s, frame, len);
}

static void duplicate(void)
{
	machine.spoil = twice;
	works(open_root(), "DuplicateAnswer_FirstCounts");
	pthread_join(machine.thread, NULL);
	ok(write_result == EINVAL, "DuplicateAnswer_Second_Einval /* RSI-008 */");
	fails(open_root(), EIO, "DuplicateAnswer_TearsDown /* RSI-009 */");
	close(machine.fd);
	machine.spoil = NULL;
	ok(!source_start(&machine, "Machine"), "Source_Resumes");
}

static pid_t blocked_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		open_root();
		_exit(0);
	}
	wait_for(&machine.held_len);
	return pid;
}

/* A source that never answers must not keep a dying caller. */
static void stalled(void)
{
	struct timespec start, end;
	pid_t pid;
	int status;

	machine.hold = -1;
	pid = blocked_child();
	kill(pid, SIGUSR1);
	usleep(100000);
	clock_gettime(CLOCK_MONOTONIC, &start);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	ok(WIFSIGNALED(status), "Stalled_FatalSignal_Ends /* HAZ-029 */");
	ok(end.tv_sec - start.tv_sec < 5, "Stalled_FatalSignal_EndsBeforeTheDeadline");
	/* The late answer is accepted all the same (RSI-016). */
	machine.hold = 0;
	answer(&machine, machine.held);
	ok(machine.requests >= 0, "Stalled_LateAnswer_IsAccepted /* RSI-015 */");
	works(open_root(), "Stalled_Afterwards_Works");
}

static void *close_later(void *arg)
{
	(void)arg;
	wait_for(&machine.held_len);
	close(machine.fd);
	return NULL;
}

static void vanishing(void)
{
	pthread_t closer;

	restart();
	machine.hold = -1;
	pthread_create(&closer, NULL, close_later, NULL);
	fails(open_root(), EIO, "ClosedMidRequest_Caller_Eio /* LCS-317 */");
	pthread_join(closer, NULL);
	pthread_join(machine.thread, NULL);
	machine.hold = 0;
	machine.held_len = 0;
	ok(!source_start(&machine, "Machine"), "ClosedMidRequest_Resumes");
}

/* A write that timed out in the caller's eyes still reaches watchers when its answer comes. */
static void late_write(void)
{
	struct reg_set_value_args a = {
		.name_len = 1, .name_ptr = (uintptr_t) "v", .type = REG_SZ, .txn_fd = -1
	};
	struct reg_notify_args n = { REG_NOTIFY_ALL, 0, { 0 } };
	struct pollfd p = { open_root(), POLLIN, 0 };
	int key = open_root(), status;
	pid_t pid;

	ioctl(p.fd, REG_IOC_NOTIFY, &n);
	machine.held_len = 0;
	machine.hold = RSI_SET_VALUE;
	pid = fork();
	if (!pid) {
		ioctl(key, REG_IOC_SET_VALUE, &a);
		_exit(0);
	}
	wait_for(&machine.held_len);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ok(poll(&p, 1, 0) == 0, "LateWrite_NoAnswer_NoEvent");
	machine.hold = 0;
	answer(&machine, machine.held);
	ok(poll(&p, 1, 5000) == 1, "LateWrite_Answer_TellsWatchers /* LCS-322 */");
	close(key);
	close(p.fd);
}

static void half_made(void)
{
	struct reg_create_key_args a = { -1, KEY_READ, (uintptr_t) "Machine\\Half", 0, 0, 0 };
	int status;
	pid_t pid;

	machine.held_len = 0;
	machine.hold = RSI_CREATE_KEY;
	pid = fork();
	if (!pid) {
		ioctl(dev, REG_CREATE_KEY, &a);
		_exit(0);
	}
	wait_for(&machine.held_len);
	fails(open_child("Machine\\Half"), ENOENT, "HalfMade_Open_Enoent");
	machine.hold = 0;
	answer(&machine, machine.held);
	waitpid(pid, &status, 0);
	works(open_child("Machine\\Half"), "HalfMade_Finished_Opens");
}

static int create(const char *path)
{
	struct reg_create_key_args a = { -1, KEY_READ, (uintptr_t)path, 0, 0, 0 };
	int fd = ioctl(dev, REG_CREATE_KEY, &a);

	return fd < 0 ? fd : (int)a.disposition;
}

static int refuse(struct source *s, uint8_t *frame, uint32_t status)
{
	uint32_t total = 18;

	memcpy(frame, &total, 4);
	memcpy(frame + 14, &status, 4);
	return send(s, frame, 18);
}

static int too_large(struct source *s, uint8_t *frame, uint32_t len)
{
	(void)len;
	return refuse(s, frame, RSI_TOO_LARGE);
}

/* Somebody else's entry is there first, and can be seen or not. */
static int faster(struct source *s, uint8_t *frame, uint32_t len)
{
	struct stored_key *k = &s->keys[s->key_count - 1];

	(void)len;
	k->record = 1;
	memcpy(k->sd, root_sd, sizeof(root_sd));
	k->sd_len = sizeof(root_sd);
	s->spoil = NULL;
	return refuse(s, frame, RSI_ALREADY_EXISTS);
}

static int faster_unseen(struct source *s, uint8_t *frame, uint32_t len)
{
	(void)len;
	s->keys[s->key_count - 1].entry = 0;
	return refuse(s, frame, RSI_ALREADY_EXISTS);
}

static void steps(void)
{
	uint32_t undone = machine.count[RSI_DELETE_ENTRY], tries;

	machine.spoil = too_large;
	machine.spoil_op = RSI_CREATE_KEY;
	fails(create("Machine\\Refused"), ENOSPC, "SecondStep_Fails_ItsErrno /* LCS-238 LCS-306 */");
	machine.spoil = NULL;
	fails(open_child("Machine\\Refused"), ENOENT, "SecondStep_Fails_NothingIsThere /* LCS-238 */");
	ok(machine.count[RSI_DELETE_ENTRY] == undone + 1, "SecondStep_Fails_FirstIsUndone /* LCS-238 */");
	ok(create("Machine\\Refused") == REG_CREATED_NEW, "SecondStep_Failed_CreatesAgain");

	machine.spoil = faster;
	machine.spoil_op = RSI_CREATE_ENTRY;
	ok(create("Machine\\Race") == REG_OPENED_EXISTING, "SomebodyFaster_IsAnOpen /* LCS-239 */");
	machine.spoil = faster_unseen;
	tries = machine.count[RSI_CREATE_ENTRY];
	fails(create("Machine\\Unseen"), ENOENT, "SomebodyFaster_NotVisible_Enoent /* LCS-240 */");
	ok(machine.count[RSI_CREATE_ENTRY] == tries + 1, "SomebodyFaster_OneRetry_AsAnOpen /* LCS-240 */");
	machine.spoil = NULL;
}

/* One child has more values than its source will list; the others are listed all the same. */
static void overfull(void)
{
	char name[64];
	struct reg_enum_subkey_args e = { .name_len = 64, .name_ptr = (uintptr_t)name, .txn_fd = -1 };
	int root = open_root();

	machine.spoil = too_large;
	machine.spoil_op = RSI_QUERY_VALUES;
	works(ioctl(root, REG_IOC_ENUM_SUBKEYS, &e), "EnumSubkeys_ChildTooFull_Works");
	ok(e.value_count == ~0U && e.subkey_count == 0, "EnumSubkeys_ChildTooFull_SaysSo");
	machine.spoil = NULL;
	close(root);
}

static void ownership(void)
{
	uint8_t b[64];
	int status, copy;
	pid_t pid;

	copy = dup(machine.fd);
	close(copy);
	works(open_root(), "DupClosed_SourceStays");
	pid = fork();
	if (!pid) {
		_exit(read(machine.fd, b, sizeof(b)) < 0 && errno == EPERM ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	ok(!status, "OtherProcess_Read_Eperm /* HAZ-031 */");
	works(open_root(), "ForkedCopyClosed_SourceStays /* HAZ-031 */");
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	close(machine.fd);
	fails(open_root(), EIO, "OwnersLastClose_IsDown_ThoughACopyLives /* HAZ-031 */");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	pthread_join(machine.thread, NULL);
	ok(!source_start(&machine, "Machine"), "Source_Resumes");
}

static void registration(void)
{
	struct reg_src_hive_entry e = { .name_len = 3, .name_ptr = (uintptr_t) "One" };
	struct reg_src_register_args a = { .hive_count = 1, .hives_ptr = (uintptr_t)&e };
	int fd = open("/dev/pkm_registry", O_RDWR);
	uint8_t b[32] = { 0 };

	fails(read(fd, b, sizeof(b)), EINVAL, "Read_Unregistered_Einval /* RSI-003 */");
	fails(write(fd, b, sizeof(b)), EINVAL, "Write_Unregistered_Einval /* RSI-003 */");
	fails(ioctl(fd, REG_SRC_REGISTER, NULL), EFAULT, "Register_Null_Efault");
	fails(ioctl(fd, REG_SRC_REGISTER, &a), EINVAL, "Register_NilRoot_Einval /* RSI-024 */");
	memset(e.root_guid, 1, 16);
	e.name_ptr = (uintptr_t) "A\\B";
	fails(ioctl(fd, REG_SRC_REGISTER, &a), EINVAL, "Register_BadName_Einval /* RSI-024 */");
	e.name_len = 11;
	e.name_ptr = (uintptr_t) "CURRENTUSER";
	fails(ioctl(fd, REG_SRC_REGISTER, &a), EINVAL, "Register_CurrentUser_Einval /* LCS-028 */");
	e.name_len = 7;
	e.name_ptr = (uintptr_t) "mACHINE";
	fails(ioctl(fd, REG_SRC_REGISTER, &a), EEXIST, "Register_TakenName_Eexist /* RSI-026 */");
	e.name_ptr = (uintptr_t) "Another";
	e.flags = 2;
	fails(ioctl(fd, REG_SRC_REGISTER, &a), EINVAL, "Register_UnknownFlag_Einval /* RSI-023 */");
	e.flags = 0;
	e.scope_guid[0] = 1;
	fails(ioctl(fd, REG_SRC_REGISTER, &a), EINVAL, "Register_ScopeOfGlobal_Einval /* RSI-023 */");
	e.scope_guid[0] = 0;
	a._pad = 1;
	fails(ioctl(fd, REG_SRC_REGISTER, &a), EINVAL, "Register_Padding_Einval /* LCS-015 */");
	a._pad = 0;
	a.hive_count = 0;
	fails(ioctl(fd, REG_SRC_REGISTER, &a), EINVAL, "Register_NoHive_Einval /* RSI-024 */");
	a.hive_count = 65;
	fails(ioctl(fd, REG_SRC_REGISTER, &a), ENOSPC, "Register_TooManyHives_Enospc /* RSI-025 */");
	a.hive_count = 1;
	a.max_sequence = ~0ull;
	fails(ioctl(fd, REG_SRC_REGISTER, &a), EOVERFLOW, "Register_LastSequence_Eoverflow /* LCS-114 */");
	a.max_sequence = 5;
	works(ioctl(fd, REG_SRC_REGISTER, &a), "Register_Works");
	fails(ioctl(fd, REG_SRC_REGISTER, &a), EINVAL, "Register_Twice_Einval /* RSI-024 */");
	close(fd);
}

static void arguments(void)
{
	static const unsigned int ioctls[] = {
		REG_IOC_QUERY_VALUE,
		REG_IOC_SET_VALUE,
		REG_IOC_DELETE_VALUE,
		REG_IOC_BLANKET_TOMBSTONE,
		REG_IOC_QUERY_VALUES_BATCH,
		REG_IOC_ENUM_VALUES,
		REG_IOC_ENUM_SUBKEYS,
		REG_IOC_QUERY_KEY_INFO,
		REG_IOC_DELETE_KEY,
		REG_IOC_HIDE_KEY,
		REG_IOC_GET_SECURITY,
		REG_IOC_SET_SECURITY,
		REG_IOC_NOTIFY,
		REG_IOC_LIST_SUBKEYS,
	};
	int key = open_root(), before = machine.requests;
	uint8_t ones[64];

	memset(ones, 0xff, sizeof(ones));
	for (unsigned int i = 0; i < sizeof(ioctls) / sizeof(ioctls[0]); i++) {
		fails(ioctl(key, ioctls[i], NULL), EFAULT, "KeyIoctl_Null_Efault");
		fails(ioctl(key, ioctls[i], (void *)0x7ffffffff000), EFAULT, "KeyIoctl_Unmapped_Efault");
		/* All reserved fields are non-zero, and GET_SECURITY's parts are unknown. */
		fails(ioctl(key, ioctls[i], ones), EINVAL, "KeyIoctl_ReservedFields_Einval /* LCS-015 */");
	}
	ok(machine.requests == before, "KeyIoctl_BadArguments_ContactNoSource /* LCS-015 */");
	fails(ioctl(dev, REG_OPEN_KEY, NULL), EFAULT, "OpenKey_Null_Efault");
	fails(ioctl(dev, REG_CREATE_KEY, NULL), EFAULT, "CreateKey_Null_Efault");
	fails(ioctl(dev, REG_OPEN_KEY, ones), EINVAL, "OpenKey_Ones_Einval");
	fails(ioctl(dev, REG_CREATE_KEY, ones), EINVAL, "CreateKey_Ones_Einval");
	fails(ioctl(key, REG_IOC_COMMIT), ENOTTY, "KeyIoctl_OfTransaction_Enotty /* LCS-225 */");
	fails(ioctl(key, REG_IOC_BACKUP, ones), EOPNOTSUPP, "Backup_NotBuilt_Enotsup");
	close(key);
}

static void transactions(void)
{
	struct reg_set_value_args a = {
		.name_len = 1, .name_ptr = (uintptr_t) "v", .type = REG_SZ, .txn_fd = 0
	};
	int key = open_root();

	fails(ioctl(key, REG_IOC_SET_VALUE, &a), EBADF, "TxnFd_NotATransaction_Ebadf /* LCS-247 */");
	a.txn_fd = -1;
	a.layer_len = 4;
	a.layer_ptr = 8;
	fails(ioctl(key, REG_IOC_SET_VALUE, &a), EFAULT, "Layer_BadPointer_Efault /* LCS-248 */");
	a.layer_ptr = (uintptr_t) "BASE";
	works(ioctl(key, REG_IOC_SET_VALUE, &a), "Layer_BaseBySystem_Works /* LCS-093 */");
	a.layer_ptr = (uintptr_t) "nope";
	fails(ioctl(key, REG_IOC_SET_VALUE, &a), ENOENT, "Layer_Unknown_Enoent /* LCS-092 */");
	close(key);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	dev = open("/dev/registry", O_RDWR | O_CLOEXEC);
	works(source_start(&machine, "Machine"), "Source_Starts");
	works(open_root(), "Open_Root_Works");
	protocol("Truncated", truncated);
	protocol("WrongLength", wrong_length);
	protocol("Tiny", tiny);
	protocol("WrongOpcode", wrong_opcode);
	protocol("UnknownId", unknown_id);
	protocol("HugeCount", huge_count);
	content("MalformedSd_Caller_Eio /* LCS-143 */", lax_sd);
	content("BooleanTwo_Caller_Eio /* RSI-069 */", odd_bool);
	content("UnknownStatus_Caller_Eio /* RSI-036 */", status_99);
	duplicate();
	stalled();
	vanishing();
	late_write();
	half_made();
	steps();
	overfull();
	ownership();
	registration();
	arguments();
	transactions();
	return plan();
}
