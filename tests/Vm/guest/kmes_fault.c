// SPDX-License-Identifier: MIT
/* Every allocation of every KMES call fails once.  ktest: -m out/pkm-fault/pkm.ko -p mode=enforce */
#define _GNU_SOURCE
#include "kmes.h"

/* More than waits on each CPU for the copy. */
#define LARGE 30000

static int switch_fd;
static struct consumer ring;

static void arm_switch(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(switch_fd, text, len, 0) != len)
		exit(2);
}

/* Allocations still to come before one would fail; 0: it has failed. */
static int countdown(void)
{
	char text[16] = "";

	return pread(switch_fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : -1;
}

static int op_emit(void)
{
	static __u8 payload[LARGE] = { 0xc5, (LARGE - 3) >> 8, (LARGE - 3) & 0xff };

	return emit_raw("fault", 5, payload, sizeof(payload));
}

static int op_batch(void)
{
	static __u8 payload[LARGE] = { 0xc5, (LARGE - 3) >> 8, (LARGE - 3) & 0xff };
	struct kmes_batch_entry e = { .event_type = addr("fault"),
				      .event_type_len = 5,
				      .payload = addr(payload),
				      .payload_len = sizeof(payload) };
	__u32 done = 77;
	struct kmes_batch_args b = { .entries = addr(&e), .count = 1, .emitted_out = addr(&done) };
	int err = ioctl(kmes_dev, KMES_IOC_EMIT_BATCH, &b);

	ok(done == !err, "Batch_Output_SaysWhatWasEmitted");
	return err;
}

static int op_attach(void)
{
	__u64 capacity;
	int fd = attach(0, &capacity);

	if (fd >= 0)
		close(fd);
	return fd;
}

/* Fails its first, second, ... allocation until it makes it through. */
static void each(int (*op)(void), const char *name)
{
	__u64 before = ring.page->write_pos;
	int n, wrong = 0, failed = 0, result;

	for (n = 1; n < 50; n++) {
		arm_switch(n);
		result = op();
		if (countdown() > 0)
			break;
		failed++;
		wrong += result >= 0 || errno != ENOMEM;
		wrong += ring.page->write_pos != before;
	}
	arm_switch(0);
	printf("# %s: %d allocations\n", name, failed);
	ok(failed > 0 && !wrong, "%s_NoMemory_EnomemAndNothingWritten", name);
	ok(result >= 0, "%s_WithMemory_Works", name);
}

int main(void)
{
	switch_fd = open("/sys/module/pkm/parameters/fail_nth", O_RDWR);
	if (!begin(&ring, 1) || !works(switch_fd, "Switch_Opens"))
		return plan();
	each(op_emit, "Emit");     /* KMES-051 */
	each(op_batch, "Batch");   /* KMES-069 */
	each(op_attach, "Attach"); /* KMES-073 */
	return plan();
}
