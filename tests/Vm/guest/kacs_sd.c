// SPDX-License-Identifier: MIT
/* GET_SD and SET_SD on tokens and processes. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kacs.h"

static struct spec spec;
static uint64_t session;

static int get_sd(int fd, uint32_t info, void *buf, uint32_t len)
{
	struct kacs_sd_args args = { fd, info, 0, (uintptr_t)buf, len, 0x1000 };

	return ioctl(dev, KACS_IOC_GET_SD, &args);
}

static int set_sd(int fd, uint32_t info, const void *buf, uint32_t len)
{
	struct kacs_sd_args args = { fd, info, 0, (uintptr_t)buf, len, 0x1000 };

	return ioctl(dev, KACS_IOC_SET_SD, &args);
}

/* Self-relative with one allow ACE for @sid, and @owner if not NULL. */
static uint32_t make_sd(uint8_t *out, const uint8_t *owner, const uint8_t *sid, uint32_t mask)
{
	static const uint8_t acl[16] = { 2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0 };
	uint32_t at = 20;

	memset(out, 0, 20);
	out[0] = 1;
	out[2] = 0x04;
	out[3] = 0x80;
	if (owner) {
		out[4] = at;
		memcpy(out + at, owner, 12);
		at += 12;
	}
	out[16] = at;
	memcpy(out + at, acl, 16);
	memcpy(out + at + 12, &mask, 4);
	memcpy(out + at + 16, sid, 12);
	return at + 28;
}

/* A SACL of one mandatory label, nothing else. */
static uint32_t make_label(uint8_t *out, uint32_t level)
{
	/* clang-format off */
	static const uint8_t sacl[24] = { 2, 0, 28, 0, 1, 0, 0, 0, 0x11, 0, 20, 0, 2, 0, 0, 0,
					  1, 1, 0, 0, 0, 0, 0, 16 };
	/* clang-format on */

	memset(out, 0, 20);
	out[0] = 1;
	out[2] = 0x10;
	out[3] = 0x80;
	out[12] = 20;
	memcpy(out + 20, sacl, 24);
	memcpy(out + 44, &level, 4);
	return 48;
}

static void test_get(int token)
{
	static const uint8_t empty[20] = { 1, 0, 0x00, 0x80 };
	uint8_t sd[512];
	int size = get_sd(token, KACS_SD_OWNER | KACS_SD_DACL, NULL, 0);

	ok(size == 20 + 12 + 8 + 3 * 20, "GetSd_Token_TellsSize"); /* KACS-ENF-156, KACS-TOK-033 */
	ok(get_sd(token, KACS_SD_OWNER | KACS_SD_DACL, sd, sizeof(sd)) == size &&
		   !memcmp(sd + 20, SID_SYSTEM, 12),
	   "GetSd_Token_OwnerIsCreator");
	ok(get_sd(token, KACS_SD_OWNER, sd, sizeof(sd)) == 32 && !(sd[2] & 4),
	   "GetSd_OwnerOnly_NoDacl"); /* KACS-ENF-162 */
	ok(get_sd(token, KACS_SD_LABEL, sd, sizeof(sd)) == 48 && !sd[44] && sd[45] == 0x40,
	   "GetSd_Token_HasItsLevel");
	works(set_sd(token, KACS_SD_LABEL, empty, sizeof(empty)),
	      "SetSd_NoSacl_RemovesLabel"); /* KACS-ENF-165 */
	ok(get_sd(token, KACS_SD_LABEL, sd, sizeof(sd)) == 20 && !(sd[2] & 0x10),
	   "GetSd_NoLabel_Empty"); /* KACS-ENF-163 */
	fails(get_sd(token, KACS_SD_OWNER, sd, 31), ERANGE, "GetSd_Short_Erange");
	fails(get_sd(token, 0, sd, 100), EINVAL, "GetSd_NoInfo_Einval"); /* KACS-ENF-159 */
	fails(get_sd(token, 0x20, sd, 100), EINVAL, "GetSd_UnknownInfo_Einval");
	fails(get_sd(token, KACS_SD_SACL | KACS_SD_LABEL, sd, 100), EINVAL, "GetSd_SaclAndLabel_Einval");
	fails(get_sd(token, KACS_SD_OWNER, (void *)1, 100), EFAULT, "GetSd_Unmapped_Efault");
	fails(get_sd(777, KACS_SD_OWNER, sd, 100), EBADF, "GetSd_BadFd_Ebadf");
	fails(get_sd(dev, KACS_SD_OWNER, sd, 100), EOPNOTSUPP, "GetSd_File_Eopnotsupp");
}

static void test_set(int token)
{
	uint8_t sd[512], label[64];
	uint32_t len = make_sd(sd, SID_SYSTEM, SID_SYSTEM, KACS_TOKEN_ALL_ACCESS),
		 label_len = make_label(label, 12288);
	int size;

	works(set_sd(token, KACS_SD_LABEL, label, label_len), "SetSd_Label_Works"); /* KACS-ENF-165 */
	ok(get_sd(token, KACS_SD_LABEL, sd + 256, 256) == 48 && !memcmp(sd + 256 + 20, label + 20, 28),
	   "GetSd_Label_IsWhatWasSet");
	ok(get_sd(token, KACS_SD_DACL, NULL, 0) == 20 + 8 + 3 * 20,
	   "SetSd_Label_KeepsDacl"); /* KACS-ENF-164 */
	works(set_sd(token, KACS_SD_DACL, sd, len), "SetSd_Dacl_Works");
	size = get_sd(token, KACS_SD_OWNER | KACS_SD_DACL, sd + 256, 256);
	ok(size == (int)len && !memcmp(sd + 256, sd, len), "GetSd_Dacl_IsWhatWasSet");
	ok(get_sd(token, KACS_SD_LABEL, NULL, 0) == 48, "SetSd_Dacl_KeepsLabel");
	len = make_sd(sd, SID_LOCAL_SERVICE, SID_SYSTEM, KACS_TOKEN_ALL_ACCESS);
	works(set_sd(token, KACS_SD_OWNER, sd, len), "SetSd_AnyOwnerWithRestore_Works"); /* KACS-ENF-168 */
	len = make_sd(sd, NULL, SID_SYSTEM, 8);
	fails(set_sd(token, KACS_SD_OWNER, sd, len), EINVAL, "SetSd_NoOwner_Einval"); /* KACS-ENF-167 */
	fails(set_sd(token, KACS_SD_LABEL, "\1\0\4\x80", 4), EINVAL, "SetSd_TooShort_Einval");
	fails(set_sd(token, KACS_SD_DACL, sd, 65536), EINVAL, "SetSd_TooLong_Einval");
	fails(set_sd(token, KACS_SD_DACL, sd, len - 1), EINVAL, "SetSd_Truncated_Einval");
	fails(set_sd(token, KACS_SD_DACL, (void *)1, 40), EFAULT, "SetSd_Unmapped_Efault");
	len = make_sd(sd, SID_SYSTEM, SID_SYSTEM, 8);
	works(set_sd(token, KACS_SD_LABEL, sd, len), "SetSd_LabelWithoutSacl_Removes");
	ok(get_sd(token, KACS_SD_LABEL, NULL, 0) == 20, "GetSd_LabelRemoved_Empty");
}

/* LOCAL SERVICE has only what the default descriptor gives it on its own token (KACS-TOK-034). */
static int as_service(int token)
{
	uint8_t sd[128], label[64];
	uint32_t len = make_sd(sd, SID_LOCAL_SERVICE, SID_LOCAL_SERVICE, KACS_TOKEN_ALL_ACCESS);
	int self = syscall(SYS_pidfd_open, getpid(), 0), parent = syscall(SYS_pidfd_open, getppid(), 0);

	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	if (set_sd(token, KACS_SD_DACL, sd, len) != -1 || errno != EACCES)
		return 2;
	if (get_sd(parent, KACS_SD_OWNER, sd, sizeof(sd)) != -1 || errno != EACCES)
		return 3;
	/* Its process is its own to change (KACS-ENF-014), but not above its level. */
	len = make_sd(sd, SID_LOCAL_SERVICE, SID_LOCAL_SERVICE, 0x1fffff);
	if (set_sd(self, KACS_SD_DACL, sd, len))
		return 4;
	len = make_label(label, 20000);
	if (set_sd(self, KACS_SD_LABEL, label, len) != -1 || errno != EPERM)
		return 5; /* KACS-ENF-169 */
	len = make_sd(sd, SID_SYSTEM, SID_SYSTEM, 1);
	if (set_sd(self, KACS_SD_OWNER, sd, len) != -1 || errno != EPERM)
		return 6; /* KACS-ENF-168 */
	return get_sd(self, KACS_SD_SACL, sd, sizeof(sd)) != -1 || errno != EACCES ? 7 : 0;
}

/* Neither processes nor tokens inherit: what comes new has its own default (KACS-FMT-082, KACS-TOK-124). */
static int new_ones_have_their_default(void)
{
	uint8_t sd[256], before[256], after[256];
	uint32_t len = make_sd(sd, SID_SYSTEM, SID_SYSTEM, KACS_TOKEN_ALL_ACCESS);
	int self = syscall(SYS_pidfd_open, getpid(), 0), size, token, gate[2];
	pid_t pid;

	sd[20 + 12 + 8 + 1] = 3; /* to be inherited by whatever there is */
	size = get_sd(self, KACS_SD_DACL, before, sizeof(before));
	if (size < 0 || set_sd(self, KACS_SD_DACL, sd, len) || pipe(gate))
		return 1;
	pid = fork();
	if (!pid) {
		close(gate[1]);
		_exit(read(gate[0], after, 1));
	}
	if (get_sd(syscall(SYS_pidfd_open, pid, 0), KACS_SD_DACL, after, sizeof(after)) != size ||
	    memcmp(after, before, size))
		return 2;
	close(gate[1]);
	if (waitpid(pid, NULL, 0) != pid)
		return 3;
	token = make_token(SID_LOCAL_SERVICE, 201, 0);
	size = get_sd(token, KACS_SD_DACL, before, sizeof(before));
	if (size < 0 || set_sd(token, KACS_SD_DACL, sd, len))
		return 4;
	token = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_PRIMARY, 0);
	return get_sd(token, KACS_SD_DACL, after, sizeof(after)) != size || memcmp(after, before, size) ? 5
													: 0;
}

static void test_process(int token)
{
	uint8_t sd[512];
	int self = syscall(SYS_pidfd_open, getpid(), 0), status;
	pid_t pid;

	/* Owner, Administrators as group, four ACEs: KACS-ENF-011. */
	ok(get_sd(self, KACS_SD_OWNER | KACS_SD_GROUP | KACS_SD_DACL, sd, sizeof(sd)) ==
		   20 + 12 + 16 + 8 + 20 + 24 + 20 + 20,
	   "GetSd_Process_IsDefault");
	ok(get_sd(self, KACS_SD_LABEL, sd, sizeof(sd)) == 48 && sd[45] == 0x40,
	   "GetSd_Process_LabelIsSystem");
	pid = fork();
	if (!pid)
		_exit(as_service(token));
	waitpid(pid, &status, 0);
	ok(!status, "SetSd_Service_OwnProcessOnly");
	if (status)
		printf("# step %d\n", WEXITSTATUS(status));
}

/* A SACL of attributes x (INT64): flags and value of each, in order. */
static uint32_t make_attributes(uint8_t *out, const uint8_t (*attributes)[2], uint32_t count)
{
	/* clang-format off */
	static const uint8_t ace[52] = {
		0x12, 0, 52, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
		20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 24, 0, 0, 0, 'x', 0, 0, 0,
	};
	/* clang-format on */
	uint16_t size = 8 + 52 * count;
	uint32_t i;

	memset(out, 0, 28);
	memcpy(out, "\1\0\x10\x80", 4);
	out[12] = 20;
	out[20] = 2;
	memcpy(out + 22, &size, 2);
	out[24] = count;
	for (i = 0; i < count; i++) {
		memcpy(out + 28 + 52 * i, ace, 52);
		out[28 + 52 * i + 28] = attributes[i][0];
		out[28 + 52 * i + 44] = attributes[i][1];
	}
	return 20 + size;
}

#define MANDATORY 0x20

/* SeSecurity opens the SACL, but a MANDATORY attribute is SeTcb's alone (KACS-FMT-114, KACS-ENF-170). */
static int mandatory_attributes(void)
{
	static const uint8_t one[][2] = { { MANDATORY, 1 } }, changed[][2] = { { MANDATORY, 2 } };
	static const uint8_t unmarked[][2] = { { 0, 1 } }, shadowed[][2] = { { 0, 2 }, { MANDATORY, 1 } };
	static const uint8_t more[][2] = { { MANDATORY, 1 }, { 0, 2 } };
	int token = make_token(SID_LOCAL_SERVICE, 0, PRIV(8)), self = syscall(SYS_pidfd_open, getpid(), 0);
	uint8_t sd[256];

	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	if (set_sd(self, KACS_SD_SACL, sd, make_attributes(sd, unmarked, 1)) ||
	    set_sd(self, KACS_SD_SACL, sd, make_attributes(sd, one, 1)))
		return 2; /* what is not mandatory may go, and adding is free */
	if (set_sd(self, KACS_SD_SACL, sd, make_attributes(sd, changed, 1)) != -1 || errno != EPERM)
		return 3;
	if (set_sd(self, KACS_SD_SACL, sd, make_attributes(sd, unmarked, 1)) != -1 || errno != EPERM)
		return 4;
	if (set_sd(self, KACS_SD_SACL, sd, make_attributes(sd, shadowed, 2)) != -1 || errno != EPERM)
		return 5; /* the first of a name is the one that counts (KACS-FMT-112) */
	if (set_sd(self, KACS_SD_SACL, sd, make_attributes(sd, one, 0)) != -1 || errno != EPERM)
		return 6;
	return set_sd(self, KACS_SD_SACL, sd, make_attributes(sd, more, 2)) ? 7 : 0;
}

/* KACS-FMT-102, KACS-ENF-168: a group makes an owner by its OWNER bit, deny-only or not enabled as it may be. */
static int groups_as_owners(void)
{
	static const uint8_t plain[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 51 };
	static const uint8_t deny_only[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 52 };
	static const uint8_t off[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 53 };
	int self = syscall(SYS_pidfd_open, getpid(), 0), token;
	uint8_t sd[128];

	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 0, 0);
	add_group(&spec, plain, 0x4);
	add_group(&spec, deny_only, 0x8 | 0x10);
	add_group(&spec, off, 0x8);
	put32(&spec, 96, 4);
	token = create_token(&spec);
	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	if (set_sd(self, KACS_SD_OWNER, sd, make_sd(sd, plain, SID_LOCAL_SERVICE, 1)) != -1 || errno != EPERM)
		return 2;
	if (set_sd(self, KACS_SD_OWNER, sd, make_sd(sd, deny_only, SID_LOCAL_SERVICE, 1)))
		return 3;
	if (set_sd(self, KACS_SD_OWNER, sd, make_sd(sd, off, SID_LOCAL_SERVICE, 1)))
		return 4;
	return set_sd(self, KACS_SD_OWNER, sd, make_sd(sd, SID_LOCAL_SERVICE, SID_LOCAL_SERVICE, 1)) ? 5 : 0;
}

int main(void)
{
	int token, other, step;

	open_dev();
	create_session(SID_LOCAL_SERVICE, &session);
	token_spec(&spec, SID_LOCAL_SERVICE, session, 201, 0);
	token = create_token(&spec);
	other = create_token(&spec);
	test_get(token);
	test_set(token);
	test_process(other);
	step = in_child(new_ones_have_their_default);
	if (!ok(!step, "Descriptor_OfNewProcessAndToken_IsItsDefault"))
		printf("# step %d\n", step);
	step = in_child(mandatory_attributes);
	if (!ok(!step, "SetSd_MandatoryAttribute_StaysWithoutTcb"))
		printf("# step %d\n", step);
	step = in_child(groups_as_owners);
	if (!ok(!step, "SetSd_GroupAsOwner_NeedsTheOwnerBit"))
		printf("# step %d\n", step);
	return plan();
}
