// SPDX-License-Identifier: MIT
/*
 * A CPU that comes online after load has no ring: its events vanish, nothing else does.
 * ktest: -c 2 -a maxcpus=1 -p mode=enforce
 */
#define _GNU_SOURCE

#include "kmes.h"

int main(void)
{
	struct kmes_stats before = { .size = sizeof(before) }, after = { .size = sizeof(after) };
	int online = open("/sys/devices/system/cpu/cpu1/online", O_WRONLY);
	struct kmes_batch_entry e = {
		.event_type = addr("lost"), .event_type_len = 4, .payload = addr("\xc0"), .payload_len = 1
	};
	__u32 done = 0;
	struct kmes_batch_args b = { .entries = addr(&e), .count = 1, .emitted_out = addr(&done) };
	__u64 capacity;

	begin(NULL, 0);
	works(attach(0, &capacity), "Cpu0_HasARing");
	works(write(online, "1", 1) == 1 ? 0 : -1, "Cpu1_ComesOnline");
	fails(attach(1, &capacity), EINVAL, "LateCpu_HasNoRing /* KMES-073 KMES-076 KMES-145 */");
	ioctl(kmes_dev, KMES_IOC_STATS, &before);
	works(pin(1), "LateCpu_Runs");
	works(emit("lost"), "LateCpu_Emission_IsDroppedSilently /* KMES-145 */");
	works(ioctl(kmes_dev, KMES_IOC_EMIT_BATCH, &b), "LateCpu_Batch_IsDroppedSilently");
	ok(done == 1, "LateCpu_Batch_CountsAsDone");
	fails(emit_raw("lost", 4, "\xc1", 1), EINVAL, "LateCpu_Checks_AreTheSame");
	ioctl(kmes_dev, KMES_IOC_STATS, &after);
	ok(after.sequence == before.sequence && after.dropped == before.dropped,
	   "LateCpu_OtherRings_AreUntouched");
	pin(0);
	works(emit("kept"), "Cpu0_Emits");
	ioctl(kmes_dev, KMES_IOC_STATS, &after);
	ok(after.sequence == before.sequence + 1, "Cpu0_Numbers_GoOn");
	return plan();
}
