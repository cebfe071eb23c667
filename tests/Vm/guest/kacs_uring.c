// SPDX-License-Identifier: MIT
/*
 * Who a request of io_uring is: the credential it runs with, whichever thread runs it (HAZ-001, HAZ-009, KACS-TOK-010).
 * The sessions node shows it, since opening asks for the caller's effective token.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/io_uring.h>

#include "kacs.h"

#define NODE "/sys/kernel/security/kacs/sessions"

static struct io_uring_params params;
static struct io_uring_sqe *sqes;
static uint8_t *rings;
static int ring;

static int make_ring(void)
{
	ring = syscall(SYS_io_uring_setup, 4, &params);
	if (ring < 0)
		return -1;
	rings = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	return rings == MAP_FAILED || sqes == MAP_FAILED ? -1 : 0;
}

/* Opens the node through the ring: 1 opened, 0 denied, -1 anything else. */
static int opens(int flags, int personality)
{
	uint32_t *tail = (uint32_t *)(rings + params.sq_off.tail);
	uint32_t *array = (uint32_t *)(rings + params.sq_off.array);
	uint32_t *head = (uint32_t *)(rings + params.cq_off.head);
	struct io_uring_cqe *cqes = (struct io_uring_cqe *)(rings + params.cq_off.cqes);
	uint32_t at = *tail & 3;
	int result;

	memset(&sqes[at], 0, sizeof(*sqes));
	sqes[at].opcode = IORING_OP_OPENAT;
	sqes[at].fd = AT_FDCWD;
	sqes[at].addr = (uintptr_t)NODE;
	sqes[at].open_flags = O_RDONLY | O_CLOEXEC;
	sqes[at].flags = flags;
	sqes[at].personality = personality;
	array[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return -1;
	result = cqes[*head & (params.cq_entries - 1)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	if (result < 0)
		return result == -EACCES ? 0 : -1;
	close(result);
	return 1;
}

static int personality(void)
{
	return syscall(SYS_io_uring_register, ring, IORING_REGISTER_PERSONALITY, NULL, 0);
}

int main(void)
{
	int token, imp, system, service;

	open_dev();
	/* The same uid as SYSTEM: only the token makes the difference. */
	token = make_token(SID_LOCAL_SERVICE, 0, 0);
	imp = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, 2);
	works(ioctl(dev, KACS_IOC_ARM), "Arm_System_Works");
	works(make_ring(), "Uring_Setup_Works");
	system = personality();
	ok(opens(0, 0) == 1, "Uring_System_Opens");
	ok(opens(IOSQE_ASYNC, 0) == 1, "Uring_SystemInWorker_Opens");

	works(ioctl(imp, KACS_IOC_IMPERSONATE), "Impersonate_Service_Works");
	service = personality();
	ok(opens(0, 0) == 0, "Uring_Impersonating_IsDenied");
	ok(opens(IOSQE_ASYNC, 0) == 0, "Uring_ImpersonatingInWorker_IsDenied");
	ok(opens(0, system) == 1, "Uring_CredentialOfSystem_Opens");
	ok(opens(IOSQE_ASYNC, system) == 1, "Uring_CredentialOfSystemInWorker_Opens");

	works(ioctl(dev, KACS_IOC_REVERT), "Revert_Works");
	ok(opens(0, service) == 0, "Uring_CredentialOfService_IsDenied");
	ok(opens(IOSQE_ASYNC, service) == 0, "Uring_CredentialOfServiceInWorker_IsDenied");
	ok(opens(IOSQE_ASYNC, 0) == 1, "Uring_Reverted_Opens");
	return plan();
}
