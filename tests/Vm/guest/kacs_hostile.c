// SPDX-License-Identifier: MIT
/* Every command with memory that is not there, not writable, or full of noise. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kacs.h"

#define PAGE 4096

struct command {
	const char *name;
	unsigned long cmd;
	int writes; /* has output fields */
};

#define CMD(name, writes)                      \
	{                                      \
#name, KACS_IOC_##name, writes \
	}

static const struct command on_device[] = {
	CMD(ABI_VERSION, 1),
	CMD(OPEN_SELF_TOKEN, 0),
	CMD(OPEN_PROCESS_TOKEN, 0),
	CMD(OPEN_THREAD_TOKEN, 0),
	CMD(OPEN_PEER_TOKEN, 0),
	CMD(CREATE_TOKEN, 0),
	CMD(CREATE_LOGON_SESSION, 1),
	CMD(DESTROY_EMPTY_LOGON_SESSION, 0),
	CMD(INVALIDATE_LOGON_SESSION, 0),
	CMD(IMPERSONATE_PEER, 0),
	CMD(SET_IMPERSONATION_LEVEL, 0),
	CMD(PRIVILEGE_CHECK, 0),
	CMD(SET_PSB, 0),
	CMD(SET_ANONYMOUS_POLICY, 0),
	CMD(ACCESS_CHECK, 0),
	CMD(INSPECT_TOKEN, 0),
	CMD(GET_LOGON_SESSION, 1),
	CMD(GET_STATE, 1),
	CMD(ACCESS_CHECK_LIST, 0),
	CMD(EXPLAIN, 0),
	CMD(SET_CAAP, 0),
	CMD(GET_SD, 0),
	CMD(SET_SD, 0),
};

#define ON_DEVICE (sizeof(on_device) / sizeof(*on_device))

static const struct command on_token[] = {
	CMD(QUERY, 1),
	CMD(ADJUST_PRIVS, 1),
	CMD(DUPLICATE, 1),
	CMD(RESTRICT, 1),
	CMD(LINK_TOKENS, 0),
	CMD(ADJUST_GROUPS, 1),
	CMD(ADJUST_DEFAULT, 0),
	CMD(ADJUST_INTERACTIVITY_SCOPE, 0),
	CMD(GET_LINKED_TOKEN, 1),
};

#define ON_TOKEN (sizeof(on_token) / sizeof(*on_token))

static uint8_t *window; /* one mapped page, then one that must not be touched */
static uint8_t *sealed; /* one read-only page */
static struct spec spec;
static uint64_t session;

static void try_unreadable(int fd, const struct command *c)
{
	unsigned int size = _IOC_SIZE(c->cmd);

	ok(ioctl(fd, c->cmd, NULL) == -1 && errno == EFAULT, "%s_NullPointer_Efault", c->name);
	ok(ioctl(fd, c->cmd, (void *)1) == -1 && errno == EFAULT, "%s_LowPointer_Efault", c->name);
	ok(ioctl(fd, c->cmd, (void *)(~0UL - 3)) == -1 && errno == EFAULT, "%s_KernelPointer_Efault",
	   c->name);
	memset(window, 0, PAGE);
	if (!strcmp(c->name, "ACCESS_CHECK")) /* versioned: its size field says how much is read */
		memcpy(window + PAGE - size + 1, &size, 4);
	ok(ioctl(fd, c->cmd, window + PAGE - size + 1) == -1 && errno == EFAULT, "%s_HalfMapped_Efault",
	   c->name);
}

/* A valid request in the read-only page: must fail, and have done nothing. */
static void test_sealed(int token)
{
	struct kacs_priv_entry entry = { 23, 0 };
	struct kacs_group_entry group = { KACS_GROUPS_RESET_INDEX, 0 };
	struct kacs_adjust_privs_args privs = { .count = 1, .data_ptr = (uintptr_t)&entry };
	struct kacs_adjust_groups_args groups = { .count = 1, .data_ptr = (uintptr_t)&group };
	struct kacs_query_args query_args = { 1, 0, 0 };
	struct kacs_duplicate_args dup_args = { 8, 1, 0, 0 };
	struct kacs_restrict_args restrict_args = { 0 };
	struct kacs_create_logon_session_args create;
	uint8_t session_spec[23] = { 5, 0, 0, 12, 0, 0, 0 };
	const struct {
		const void *bytes;
		size_t len;
		int fd;
		unsigned long cmd;
		const char *name;
	} table[] = {
		{ &query_args, sizeof(query_args), token, KACS_IOC_QUERY, "Query_ReadOnlyArgument_Efault" },
		{ &privs, sizeof(privs), token, KACS_IOC_ADJUST_PRIVS,
		  "AdjustPrivs_ReadOnlyArgument_Efault" },
		{ &groups, sizeof(groups), token, KACS_IOC_ADJUST_GROUPS,
		  "AdjustGroups_ReadOnlyArgument_Efault" },
		{ &dup_args, sizeof(dup_args), token, KACS_IOC_DUPLICATE,
		  "Duplicate_ReadOnlyArgument_Efault" },
		{ &restrict_args, sizeof(restrict_args), token, KACS_IOC_RESTRICT,
		  "Restrict_ReadOnlyArgument_Efault" },
		{ &create, sizeof(create), dev, KACS_IOC_CREATE_LOGON_SESSION,
		  "CreateSession_ReadOnlyArgument_Efault" },
	};
	uint64_t before[4], after[4], id = modified_id_of(token), next;
	int i, first_free = dup(dev), now_free;

	close(first_free);
	memcpy(session_spec + 7, SID_LOCAL_SERVICE, 12);
	create = (struct kacs_create_logon_session_args){ (uintptr_t)session_spec, 19, 0 };
	privileges_of(token, before);
	create_session(SID_LOCAL_SERVICE, &next);
	for (i = 0; i < 6; i++) {
		mprotect(sealed, PAGE, PROT_READ | PROT_WRITE);
		memcpy(sealed, table[i].bytes, table[i].len);
		mprotect(sealed, PAGE, PROT_READ);
		fails(ioctl(table[i].fd, table[i].cmd, sealed), EFAULT, table[i].name);
	}
	privileges_of(token, after);
	ok(!memcmp(before, after, sizeof(before)) && modified_id_of(token) == id,
	   "Adjust_ReadOnlyArgument_ChangesNothing"); /* KACS-TOK-066 */
	now_free = dup(dev);
	close(now_free);
	ok(now_free == first_free, "Duplicate_ReadOnlyArgument_LeaksNoDescriptor");
}

static void test_pads(int token)
{
	struct kacs_priv_entry entry = { 23, 0 };
	struct kacs_group_entry group = { 0, 1 };
	struct kacs_adjust_privs_args privs = { .count = 1, .pad = 1, .data_ptr = (uintptr_t)&entry };
	struct kacs_adjust_groups_args groups = { .count = 1, .pad = 1, .data_ptr = (uintptr_t)&group };
	struct kacs_restrict_args restrict_args = { .pad = 1 };

	fails(ioctl(token, KACS_IOC_ADJUST_PRIVS, &privs), EINVAL,
	      "AdjustPrivs_Pad_Einval"); /* KACS-TOK-006 */
	fails(ioctl(token, KACS_IOC_ADJUST_GROUPS, &groups), EINVAL, "AdjustGroups_Pad_Einval");
	fails(ioctl(token, KACS_IOC_RESTRICT, &restrict_args), EINVAL, "Restrict_Pad_Einval");
	fails(ioctl(token, _IO('K', 0x0b)), ENOTTY, "TokenIoctl_Unknown_Enotty");
	fails(ioctl(token, _IOW('K', 0x01, int), &privs), ENOTTY, "TokenIoctl_OtherSize_Enotty");
	fails(ioctl(dev, _IOW('K', 0x21, int), &privs), ENOTTY, "DeviceIoctl_OtherSize_Enotty");
	fails(ioctl(dev, _IO('K', 0x1f)), ENOTTY, "DeviceIoctl_BelowRange_Enotty");
	fails(ioctl(dev, _IO('K', 0xff)), ENOTTY, "DeviceIoctl_AboveRange_Enotty");
	privs.pad = 0;
	privs.count = 65;
	fails(ioctl(token, KACS_IOC_ADJUST_PRIVS, &privs), EINVAL,
	      "AdjustPrivs_TooMany_Einval"); /* KACS-TOK-069 */
	privs.count = 0;
	fails(ioctl(token, KACS_IOC_ADJUST_PRIVS, &privs), EINVAL, "AdjustPrivs_None_Einval");
	privs.count = 1;
	entry = (struct kacs_priv_entry){ 64, 0 };
	fails(ioctl(token, KACS_IOC_ADJUST_PRIVS, &privs), EINVAL, "AdjustPrivs_Bit64_Einval");
	entry = (struct kacs_priv_entry){ 23, 6 };
	fails(ioctl(token, KACS_IOC_ADJUST_PRIVS, &privs), EINVAL, "AdjustPrivs_BothAttributes_Einval");
	entry = (struct kacs_priv_entry){ 1, KACS_PRIV_RESET_ALL_DEFAULTS };
	fails(ioctl(token, KACS_IOC_ADJUST_PRIVS, &privs), EINVAL,
	      "AdjustPrivs_ResetWithBit_Einval"); /* KACS-TOK-068 */
	privs.data_ptr = 1;
	privs.previous_enabled = 0x1234;
	fails(ioctl(token, KACS_IOC_ADJUST_PRIVS, &privs), EFAULT, "AdjustPrivs_DataUnmapped_Efault");
	entry = (struct kacs_priv_entry){ 40, KACS_PRIV_ENABLED };
	privs.data_ptr = (uintptr_t)&entry;
	fails(ioctl(token, KACS_IOC_ADJUST_PRIVS, &privs), EINVAL, "AdjustPrivs_Absent_Einval");
	ok(privs.previous_enabled == 0x1234, "AdjustPrivs_Failed_WritesNoOutput"); /* KACS-TOK-003 */
}

/* Group rules: Everyone is mandatory here, the logon SID untouchable. */
static void test_groups(int token)
{
	struct kacs_group_entry group = { 0, 0 };
	struct kacs_adjust_groups_args args = { .count = 1, .data_ptr = (uintptr_t)&group };

	fails(ioctl(token, KACS_IOC_ADJUST_GROUPS, &args), EINVAL,
	      "AdjustGroups_Mandatory_Einval"); /* KACS-TOK-071 */
	group.index = 1;
	fails(ioctl(token, KACS_IOC_ADJUST_GROUPS, &args), EINVAL, "AdjustGroups_LogonSid_Einval");
	group.index = 2;
	fails(ioctl(token, KACS_IOC_ADJUST_GROUPS, &args), EINVAL, "AdjustGroups_Range_Einval");
	group = (struct kacs_group_entry){ KACS_GROUPS_RESET_INDEX, 1 };
	fails(ioctl(token, KACS_IOC_ADJUST_GROUPS, &args), EINVAL,
	      "AdjustGroups_ResetEnable_Einval"); /* KACS-TOK-072 */
	group.enable = 0;
	works(ioctl(token, KACS_IOC_ADJUST_GROUPS, &args), "AdjustGroups_Reset_Works");
	ok(args.previous_state == 3, "AdjustGroups_Reset_TellsBefore");
}

static uint32_t noise_state = 12345;

static uint32_t noise(void)
{
	noise_state = noise_state * 1664525 + 1013904223;
	return noise_state >> 8;
}

/* Random argument blocks whose pointers point at noise as well. */
static void fill_noise(uint8_t *at, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		at[i] = noise() % 4 ? 0 : noise();
	for (i = 0; i + 8 <= size; i += 8)
		if (noise() % 3 == 0) {
			uint64_t p = (uintptr_t)window + noise() % (PAGE - 256);

			memcpy(at + i, &p, 8);
		}
}

static void test_noise(int token)
{
	uint8_t block[256];
	int i, pid, status;

	pid = fork();
	if (!pid) {
		for (i = 0; i < 60000; i++) {
			const struct command *c =
				i & 1 ? &on_device[noise() % ON_DEVICE] : &on_token[noise() % ON_TOKEN];

			for (int k = 0; k < 64; k++)
				window[noise() % PAGE] = noise();
			fill_noise(block, _IOC_SIZE(c->cmd));
			if (c->cmd == KACS_IOC_ACCESS_CHECK && noise() % 4) {
				uint32_t size = 136;

				memcpy(block, &size, 4);
				memset(block + 68, 0, 4);
				memset(block + 84, 0, 4);
				memset(block + 116, 0, 4);
			}
			int fd = ioctl(i & 1 ? dev : token, c->cmd, block);

			if (fd > 10 && fd < 4096)
				close(fd);
		}
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ok(!status, "Noise_SixtyThousandCalls_KernelLives");
}

int main(void)
{
	struct kacs_link_tokens_args link;
	unsigned int i;
	int token;

	open_dev();
	window = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(window + PAGE, PAGE, PROT_NONE);
	sealed = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 201, PRIV(23));
	token = create_token(&spec);
	/* With a partner there is something to tell. */
	link = (struct kacs_link_tokens_args){ token, create_token(&spec), session };
	works(ioctl(token, KACS_IOC_LINK_TOKENS, &link), "LinkTokens_Pair_Works");
	for (i = 0; i < ON_DEVICE; i++)
		try_unreadable(dev, &on_device[i]);
	for (i = 0; i < ON_TOKEN; i++)
		try_unreadable(token, &on_token[i]);
	test_sealed(token);
	test_pads(token);
	test_groups(token);
	test_noise(token);
	return plan();
}
