// SPDX-License-Identifier: MIT
/*
 * The devices called as a 32-bit program calls them: int 0x80, arguments below 4 GiB. The structures are the same for
 * both, so the answers must be.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>

#include "kacs.h"

#define NR_IOCTL_32 54

/* Owner SYSTEM; DACL: 0x3 to Everyone. */
/* clang-format off */
static const uint8_t SD[] = {
	1, 0, 4, 0x80, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0,
	1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 3, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
};
/* clang-format on */

/* What a 32-bit program can point at. */
static struct low {
	struct kacs_state state;
	struct kacs_open_self_token_args open;
	struct kacs_query_args query;
	struct kacs_access_check_args check;
	struct kacs_access_check_list_args list;
	struct kacs_explain_args explain;
	struct kacs_object_type_entry root;
	struct kacs_node_result node;
	struct kacs_trace_entry trace[KACS_TRACE_ENTRIES];
	uint8_t sd[sizeof(SD)], sid[68];
	uint32_t granted;
} * low;

static long ioctl32(int fd, unsigned int cmd, void *arg)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(NR_IOCTL_32), "b"(fd), "c"(cmd), "d"((uint32_t)(uintptr_t)arg)
			 : "memory", "r8", "r9", "r10", "r11");
	if (ret >= 0 || ret < -4095)
		return ret;
	errno = -ret;
	return -1;
}

static void test_device(void)
{
	int token;

	works(ioctl32(dev, KACS_IOC_GET_STATE, &low->state), "GetState_32_Works");
	ok(low->state.abi_version == KACS_ABI_VERSION && low->state.hooks, "GetState_32_IsFilled");
	low->open.access_mask = KACS_TOKEN_QUERY;
	token = ioctl32(dev, KACS_IOC_OPEN_SELF_TOKEN, &low->open);
	works(token, "OpenSelf_32_Works");
	low->query.token_class = KACS_TOKEN_CLASS_USER;
	low->query.buf_len = sizeof(low->sid);
	low->query.buf_ptr = (uintptr_t)low->sid;
	works(ioctl32(token, KACS_IOC_QUERY, &low->query), "Query_32_Works");
	ok(low->query.buf_len == 12 && !memcmp(low->sid, SID_SYSTEM, 12), "Query_32_SaysTheSame");
	fails(ioctl32(token, KACS_IOC_INSTALL, NULL), EACCES, "Install_32_NeedsItsRight");
	fails(ioctl32(dev, KACS_IOC_QUERY, &low->query), ENOTTY, "Query_32_OnTheDevice_Enotty");
	fails(ioctl32(dev, KACS_IOC_GET_STATE, NULL), EFAULT, "GetState_32_Null_Efault");
	close(token);
}

static void test_checks(void)
{
	long want;

	low->check = (struct kacs_access_check_args){
		.size = sizeof(low->check),
		.token_fd = -1,
		.sd_ptr = (uintptr_t)low->sd,
		.sd_len = sizeof(SD),
		.desired_access = 1,
		.generic_all = 0xf003f,
		.granted_out_ptr = (uintptr_t)&low->granted,
	};
	memcpy(low->sd, SD, sizeof(SD));
	want = ioctl(dev, KACS_IOC_ACCESS_CHECK, &low->check);
	low->granted = 0;
	ok(want > 0 && ioctl32(dev, KACS_IOC_ACCESS_CHECK, &low->check) == want && low->granted == want,
	   "Check_32_SaysTheSame");
	low->explain.args_ptr = (uintptr_t)&low->check;
	low->explain.trace_ptr = (uintptr_t)low->trace;
	ok(ioctl32(dev, KACS_IOC_EXPLAIN, &low->explain) == want && low->trace[0].granted,
	   "Explain_32_SaysTheSame");
	low->check.desired_access = 4;
	fails(ioctl32(dev, KACS_IOC_ACCESS_CHECK, &low->check), EACCES, "Check_32_Refused_Eacces");
	low->check.object_tree_ptr = (uintptr_t)&low->root;
	low->check.object_tree_count = 1;
	low->list.args_ptr = (uintptr_t)&low->check;
	low->list.results_ptr = (uintptr_t)&low->node;
	low->list.results_count = 1;
	works(ioctl32(dev, KACS_IOC_ACCESS_CHECK_LIST, &low->list), "CheckList_32_Works");
	ok(low->node.granted == want && low->node.status == -EACCES, "CheckList_32_SaysTheSame");
	/* Pointers are 64 bits wide in both: what is above is not cut off. */
	low->check.sd_ptr |= 1ULL << 40;
	fails(ioctl32(dev, KACS_IOC_ACCESS_CHECK, &low->check), EFAULT, "Check_32_PointerAbove_Efault");
}

int main(void)
{
	low = mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1,
		   0);
	if (low == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	open_dev();
	test_device();
	test_checks();
	return plan();
}
