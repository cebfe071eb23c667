// SPDX-License-Identifier: MIT
/* Who may emit, attach and look, and how fast; with privileges taken away and given back. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>

#include "kacs.h"
#include "kmes.h"

#define ENABLED 2

static int token;

static void set(uint32_t privilege, int on)
{
	works(adjust_privilege(token, privilege, on ? ENABLED : 0), "Privilege_Adjusted");
}

static int batch_of(__u32 count, __u32 *out)
{
	static struct kmes_batch_entry e[KMES_BATCH_MAX];
	struct kmes_batch_args b = { .entries = addr(e), .count = count, .emitted_out = addr(out) };
	__u32 i;

	for (i = 0; i < count; i++)
		e[i] = (struct kmes_batch_entry){ .event_type = addr("rate"),
						  .event_type_len = 4,
						  .payload = addr("\x01"),
						  .payload_len = 1 };
	return ioctl(kmes_dev, KMES_IOC_EMIT_BATCH, &b);
}

/* KMES-047 KMES-049: the privilege comes before anything that is read */
static void without_audit(void)
{
	__u32 out = 77;

	set(21, 0);
	fails(emit("x"), EPERM, "Emit_AuditDisabled_Eperm");
	fails(ioctl(kmes_dev, KMES_IOC_EMIT, NULL), EPERM, "Emit_AuditDisabled_EpermBeforeEfault");
	fails(batch_of(1, &out), EPERM, "Batch_AuditDisabled_Eperm");
	fails(ioctl(kmes_dev, KMES_IOC_EMIT_BATCH, NULL), EPERM, "Batch_AuditDisabled_EpermBeforeEfault");
	ok(out == 77, "Batch_AuditDisabled_LeavesOutput");
	ok(close(open("/dev/kmes", O_RDWR)) == 0, "Device_WithoutPrivilege_Opens"); /* KMES-043 */
	set(21, 1);
	works(emit("x"), "Emit_AuditEnabledAgain_Works");
}

/* KMES-047 */
static void without_security(void)
{
	struct kmes_stats s = { .size = sizeof(s) };
	__u64 capacity;

	set(8, 0);
	fails(attach(0, &capacity), EPERM, "Attach_SecurityDisabled_Eperm");
	fails(attach(4096, NULL), EPERM, "Attach_SecurityDisabled_EpermBeforeEinval");
	fails(ioctl(kmes_dev, KMES_IOC_ATTACH, NULL), EPERM, "Attach_SecurityDisabled_EpermBeforeEfault");
	fails(ioctl(kmes_dev, KMES_IOC_STATS, &s), EPERM, "Stats_SecurityDisabled_Eperm");
	works(emit("x"), "Emit_SecurityDisabled_Works");
	set(8, 1);
}

static int exhaust(void)
{
	__u32 out;
	int i;

	for (i = 0; i < 1000; i++)
		if (batch_of(256, &out) < 0)
			return errno;
	return 0;
}

/* KMES-057: a child has a bucket of its own, full at its first emission */
static void child_has_its_own(void)
{
	int status;
	pid_t child = fork();

	if (!child) {
		__u32 out, i, bad = 0;

		for (i = 0; i < 39; i++)
			bad += batch_of(256, &out) != 0;
		_exit(bad != 0);
	}
	waitpid(child, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "Rate_ForkedChild_HasAFullBucket");
}

/* KMES-059: what fails costs nothing */
static void failures_are_free(void)
{
	int status;
	pid_t child = fork();

	if (!child) {
		__u32 out, i, bad = 0;

		for (i = 0; i < 30000; i++)
			bad += emit_raw("", 0, "\x01", 1) == 0 || errno != EINVAL;
		for (i = 0; i < 39; i++)
			bad += batch_of(256, &out) != 0;
		_exit(bad != 0);
	}
	waitpid(child, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "Rate_FailedEmissions_CostNothing");
}

static void *emit_one(void *result)
{
	*(int *)result = batch_of(256, &(__u32){ 0 }) < 0 ? errno : 0;
	return NULL;
}

/*
 * KMES-056: threads share their process's bucket. The bucket refills while a thread
 * is made, so a slow machine needs more than one try; a thread with a bucket of its
 * own would never be refused its first batch.
 */
static void threads_share(void)
{
	int result = -1, tries;
	pthread_t t;

	for (tries = 0; tries < 200 && result != EAGAIN; tries++) {
		exhaust();
		pthread_create(&t, NULL, emit_one, &result);
		pthread_join(t, NULL);
	}
	ok(result == EAGAIN, "Rate_OtherThread_SharesTheBucket");
}

static void flood_of_children(void)
{
	int i, status, bad = 0;

	for (i = 0; i < 2000; i++) {
		pid_t child = fork();

		if (!child)
			_exit(emit("child") < 0);
		waitpid(child, &status, 0);
		bad += status != 0;
	}
	ok(!bad, "Rate_TwoThousandChildren_EachEmits");
}

static void limited(void)
{
	__u32 out = 77;
	int tries, refused = 0;

	set(7, 0);
	ok(exhaust() == EAGAIN, "Rate_TcbDisabled_EndsInEagain"); /* KMES-056 */
	/* A slow machine may refill the bucket between the two calls: try again. */
	for (tries = 0; tries < 200; tries++) {
		exhaust();
		out = 77;
		refused = batch_of(256, &out);
		if (refused < 0)
			break;
	}
	fails(refused, EAGAIN, "Rate_BucketEmpty_BatchEagain");
	ok(out == 77, "Rate_BucketEmpty_LeavesOutput"); /* KMES-067 */
	child_has_its_own();
	failures_are_free();
	threads_share();
	flood_of_children();
	set(7, 1);
	ok(exhaust() == 0, "Rate_TcbEnabled_IsExempt"); /* KMES-058 */
}

int main(void)
{
	open_dev();
	token = open_self(0, KACS_TOKEN_QUERY | KACS_TOKEN_ADJUST_PRIVILEGES);
	if (!begin(NULL, 0) || !works(token, "Token_Opens"))
		return plan();
	without_audit();
	without_security();
	limited();
	return plan();
}
