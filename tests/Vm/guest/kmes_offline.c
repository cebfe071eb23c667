// SPDX-License-Identifier: MIT
/*
 * A CPU that goes offline keeps its ring, also through a change of capacity, and goes on in it.
 * ktest: -c 2 -p mode=enforce
 */
#define _GNU_SOURCE

#include "kmes_registry.h"

static int set_online(const char *value)
{
	int fd = open("/sys/devices/system/cpu/cpu1/online", O_WRONLY), n = write(fd, value, 1);

	close(fd);
	return n == 1 ? 0 : -1;
}

int main(void)
{
	struct consumer ring;
	const __u8 *e;
	__u64 last;
	int key;

	begin(NULL, 0);
	registry = open("/dev/registry", O_RDWR | O_CLOEXEC);
	works(source_start(&machine, "Machine"), "Source_Starts");
	create_key("Machine\\System");
	key = create_key("Machine\\System\\KMES");
	works(consume(&ring, 1), "Cpu1_Attached");
	pin(1);
	works(emit("before"), "Cpu1_Emits");
	e = next(&ring);
	last = e ? get(e, KMES_OFF_SEQUENCE, 8) : 0;
	pin(0);
	works(set_online("0"), "Cpu1_GoesOffline");
	works(ioctl(ring.fd, KMES_IOC_EXPECT, &(__u32){ 0 }), "OfflineCpu_Descriptor_Works /* KMES-146 */");
	ok(generation(1) == 1, "OfflineCpu_Ring_IsThere /* KMES-146 */");
	works(set_qword(key, "BufferCapacity", 1 << 17), "Capacity_Written");
	ok(becomes(1 << 17), "OfflineCpu_Ring_IsSwappedToo /* KMES-114 KMES-146 */");
	ok(ring.page->generation == 2, "OfflineCpu_Consumer_IsTold");
	munmap(ring.map, KMES_MAP_SIZE(ring.capacity));
	close(ring.fd);
	works(consume(&ring, 1), "Cpu1_AttachedAgain");
	ring.pos = ring.page->tail_pos;
	ok((e = next(&ring)) && ring.page->tail_pos == 0, "OfflineCpu_Events_AreCarriedOver /* KMES-117 */");
	works(set_online("1"), "Cpu1_ComesBack");
	ring.pos = ring.page->write_pos;
	pin(1);
	works(emit("after"), "Cpu1_EmitsAgain");
	while ((e = next(&ring)) && (get(e, KMES_OFF_TYPE_LEN, 2) != 5 || memcmp(e + 77, "after", 5)))
		;
	ok(e && get(e, KMES_OFF_SEQUENCE, 8) > last, "Cpu1_Sequence_GoesOn /* KMES-146 */");
	return plan();
}
