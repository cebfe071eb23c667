// SPDX-License-Identifier: MIT
/* Every allocation of every registry call fails once.  ktest: -m out/pkm-fault/pkm.ko -p mode=enforce */
#include <sys/wait.h>

#include "lcs_source.h"
#include "tap.h"

#define SWITCH "/sys/module/pkm/parameters/fail_nth"
#define MANY   60

static struct source machine;
static int dev, key, switch_fd, round_number;

static void arm_switch(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(switch_fd, text, len, 0) != len)
		_exit(2);
}

/* Allocations still to come before one would fail; 0: it has failed. */
static int countdown(void)
{
	char text[16] = "";

	return pread(switch_fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : -1;
}

static int closed(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd;
}

static int op_open(void)
{
	struct reg_open_key_args a = { -1, KEY_READ, (uintptr_t) "Machine\\Key", 0, 0 };

	return closed(ioctl(dev, REG_OPEN_KEY, &a));
}

/* What a creation that failed leaves behind is a key or nothing, not an entry without a key. */
static int half_made(const char *path)
{
	struct reg_open_key_args a = { -1, KEY_READ, (uintptr_t)path, 0, 0 };
	int left = countdown(), fd;

	arm_switch(0);
	fd = ioctl(dev, REG_OPEN_KEY, &a);
	if (fd < 0 && errno != ENOENT)
		ok(0, "%s: half made after ENOMEM: errno %d /* LCS-238 */", path, errno);
	closed(fd);
	arm_switch(left);
	errno = ENOMEM;
	return -1;
}

static int op_create(void)
{
	char path[32];
	struct reg_create_key_args a = { -1, KEY_ALL_ACCESS, (uintptr_t)path, (uintptr_t) "base", 0, 0 };
	struct reg_delete_key_args d = { .txn_fd = -1 };
	int fd;

	snprintf(path, sizeof(path), "Machine\\K%d", round_number);
	fd = ioctl(dev, REG_CREATE_KEY, &a);
	if (fd < 0 && errno == ENOMEM)
		return half_made(path);
	return fd < 0 ? fd : ioctl(fd, REG_IOC_DELETE_KEY, &d) ? closed(fd), -1 : closed(fd);
}

static int op_set(void)
{
	struct reg_set_value_args a = { .name_len = 1,
					.name_ptr = (uintptr_t) "v",
					.type = REG_SZ,
					.data_len = 1,
					.data_ptr = (uintptr_t) "x",
					.layer_len = 4,
					.layer_ptr = (uintptr_t) "base",
					.txn_fd = -1 };

	return ioctl(key, REG_IOC_SET_VALUE, &a);
}

static int op_tombstone(void)
{
	struct reg_set_value_args a = {
		.name_len = 1, .name_ptr = (uintptr_t) "t", .type = REG_TOMBSTONE, .txn_fd = -1
	};

	return ioctl(key, REG_IOC_SET_VALUE, &a);
}

static int op_delete_value(void)
{
	struct reg_delete_value_args a = { .name_len = 1, .name_ptr = (uintptr_t) "v", .txn_fd = -1 };

	return ioctl(key, REG_IOC_DELETE_VALUE, &a);
}

static int op_query(void)
{
	char data[64];
	struct reg_query_value_args a = { .name_len = 1,
					  .name_ptr = (uintptr_t) "q",
					  .data_len = 32,
					  .data_ptr = (uintptr_t)data,
					  .txn_fd = -1,
					  .layer_buf_len = 32,
					  .layer_ptr = (uintptr_t)(data + 32) };

	return ioctl(key, REG_IOC_QUERY_VALUE, &a);
}

static int op_batch(void)
{
	char data[512];
	struct reg_query_values_batch_args a = { .buf_len = sizeof(data),
						 .buf_ptr = (uintptr_t)data,
						 .txn_fd = -1 };

	return ioctl(key, REG_IOC_QUERY_VALUES_BATCH, &a);
}

static int op_list(void)
{
	char names[512];
	struct reg_list_subkeys_args a = { .buf_len = sizeof(names),
					   .buf_ptr = (uintptr_t)names,
					   .txn_fd = -1 };

	return ioctl(key, REG_IOC_LIST_SUBKEYS, &a);
}

static int op_info(void)
{
	char name[64];
	struct reg_query_key_info_args a = { .name_len = 64, .name_ptr = (uintptr_t)name };

	return ioctl(key, REG_IOC_QUERY_KEY_INFO, &a);
}

static int op_security(void)
{
	char sd[512];
	struct reg_get_security_args g = { REG_SECURITY_DACL, sizeof(sd), (uintptr_t)sd };
	struct reg_set_security_args s = { REG_SECURITY_DACL, 0, (uintptr_t)sd, -1, 0 };

	if (ioctl(key, REG_IOC_GET_SECURITY, &g))
		return -1;
	s.sd_len = g.sd_len;
	return ioctl(key, REG_IOC_SET_SECURITY, &s);
}

static int op_watch(void)
{
	struct reg_open_key_args a = { -1, KEY_NOTIFY, (uintptr_t) "Machine", 0, 0 };
	struct reg_notify_args n = { REG_NOTIFY_ALL, 1, { 0 } };
	int fd = ioctl(dev, REG_OPEN_KEY, &a);

	return fd < 0 ? fd : ioctl(fd, REG_IOC_NOTIFY, &n) ? closed(fd), -1 : closed(fd);
}

static int op_flush(void)
{
	return ioctl(key, REG_IOC_FLUSH);
}

static int op_register(void)
{
	struct source other = { 0 };
	int err;

	/* A slot stays reserved for ever: one name, resumed each round. */
	other.fd = open("/dev/pkm_registry", O_RDWR);
	if (other.fd < 0)
		return -1;
	memset(other.keys[0].guid, 7, 16);
	err = source_register(&other, "Other", 1);
	close(other.fd);
	return err;
}

/* Runs @op with its first, second, ... allocation failing, until one round has none left to fail. */
static void every_allocation(const char *name, int (*op)(void))
{
	int n, result, error, left;

	for (n = 1; n < MANY; n++) {
		round_number++;
		arm_switch(n);
		errno = 0;
		result = op();
		error = errno;
		left = countdown();
		arm_switch(0);
		if (left)
			break;
		/* What can do without the memory may succeed; anything but ENOMEM is a lie. */
		if (result < 0 && error != ENOMEM)
			ok(0, "%s: allocation %d failed, errno %d", name, n, error);
	}
	ok(n > 1 && n < MANY, "%s: %d allocations failed one by one", name, n - 1);
	ok(op() >= 0, "%s: works afterwards", name);
}

static int client(void)
{
	struct reg_create_key_args c = { -1, KEY_ALL_ACCESS, (uintptr_t) "Machine\\Key", 0, 0, 0 };
	struct reg_set_value_args q = {
		.name_len = 1, .name_ptr = (uintptr_t) "q", .type = REG_SZ, .txn_fd = -1
	};
	struct reg_notify_args n = { REG_NOTIFY_ALL, 1, { 0 } };

	switch_fd = open(SWITCH, O_RDWR);
	key = ioctl(dev, REG_CREATE_KEY, &c);
	works(switch_fd, "Switch_Opens");
	works(key, "Key_IsCreated");
	works(ioctl(key, REG_IOC_SET_VALUE, &q), "Value_IsSet");
	works(ioctl(key, REG_IOC_NOTIFY, &n), "Watch_IsArmed");
	every_allocation("open", op_open);
	every_allocation("create and delete", op_create);
	every_allocation("set", op_set);
	every_allocation("tombstone", op_tombstone);
	every_allocation("delete value", op_delete_value);
	every_allocation("query", op_query);
	every_allocation("batch", op_batch);
	every_allocation("list", op_list);
	every_allocation("info", op_info);
	every_allocation("security", op_security);
	every_allocation("watch", op_watch);
	every_allocation("flush", op_flush);
	every_allocation("register", op_register);
	return plan();
}

int main(void)
{
	pid_t pid;
	int status;

	dev = open("/dev/registry", O_RDWR | O_CLOEXEC);
	if (source_start(&machine, "Machine"))
		return 1;
	/* The switch counts per process: only the client's allocations shall fail. */
	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(client());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
