// SPDX-License-Identifier: MIT
/*
 * A producer whose ring memory is ruined between its writes. Input: commands
 * of 4 bytes: what, where, two of a value. However the bytes look the positions
 * stay in order and every store stays inside (HAZ-025).
 */
#include <stdlib.h>

#include <pkm/core/kmes.h>

#include "fuzz.h"

#define CAPACITY 65536

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
	static u8 payload[70000];
	const struct kmes_stamp stamp = { 0 };
	struct kmes_producer_page page = { 0 };
	u8 *data = calloc(2, CAPACITY);
	struct kmes_ring ring;
	size_t i;

	if (!data)
		return 0;
	kmes_ring_init(&ring, &page, data, CAPACITY, 0);
	for (i = 0; i + 4 <= size; i += 4) {
		u32 value = bytes[i + 2] | bytes[i + 3] << 8;
		struct kmes_event event = {
			.type = "t", .type_len = bytes[i + 1] & 1, .payload = payload, .payload_len = value
		};

		switch (bytes[i] % 4) {
		case 0: /* ruin the oldest size */
			pkm_put_le32(data + (ring.tail_pos & (CAPACITY - 1)), value << (bytes[i + 1] % 17));
			break;
		case 1:
			kmes_ring_publish(&ring);
			break;
		case 2:
			event.type_len = 8 + (bytes[i + 1] & 15);
			event.type = "twenty-three characters";
			kmes_ring_publish(&ring);
			kmes_ring_emit(&ring, 0, &stamp, &event);
			break;
		default:
			event.type_len = 1 + (bytes[i + 1] & 1);
			event.type = "ty";
			kmes_ring_put(&ring, 0, &stamp, &event);
		}
		if (page.tail_pos > page.write_pos || ring.tail_pos > ring.pending ||
		    ring.pending - ring.tail_pos > CAPACITY || page.tail_pos != ring.tail_pos)
			__builtin_trap();
	}
	free(data);
	return 0;
}
