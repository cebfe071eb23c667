// SPDX-License-Identifier: GPL-2.0-only
/*
 * Benchmark builds only (make BENCH=1): emits from the kernel and counts.
 *
 *	echo 10000 > /sys/module/pkm/parameters/emit_bench
 *	cat /sys/module/pkm/parameters/emit_bench	# time stamp counter units for all of them
 */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <asm/msr.h>
#include <pkm/kmes.h>

static u64 spent;

/* Events of 200 bytes of type and payload, as the peers write them. */
static int run(const char *text, const struct kernel_param *param)
{
	static const char type[] = "bench.kernel";
	static u8 payload[200 - (sizeof(type) - 1)] = { 0xc4, sizeof(payload) - 2 };
	unsigned int n, i;
	u64 start;
	int err = kstrtouint(text, 0, &n);

	if (err)
		return err;
	start = rdtsc_ordered();
	for (i = 0; i < n; i++)
		kmes_emit(KMES_ORIGIN_KACS, type, sizeof(type) - 1, payload, sizeof(payload));
	spent = rdtsc_ordered() - start;
	return 0;
}

static int result(char *text, const struct kernel_param *param)
{
	return sprintf(text, "%llu\n", spent);
}

static const struct kernel_param_ops ops = {
	.set = run,
	.get = result,
};
module_param_cb(emit_bench, &ops, NULL, 0600);
