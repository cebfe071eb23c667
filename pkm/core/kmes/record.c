// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The event record: a packed 77-byte header, the type, the payload.
 */
#include <pkm/core/kmes.h>

/**
 * kmes_record_size() - size of a record, if it has one
 * @type_len: bytes of the type
 * @payload_len: bytes of the payload
 * @size: receives the size
 *
 * Context: Any.
 * Return: false when the sum does not fit the header's u32 (KMES-035, KMES-049).
 */
bool kmes_record_size(u32 type_len, u32 payload_len, u32 *size)
{
	return !check_add_overflow(KMES_HEADER_SIZE + type_len, payload_len, size);
}

/**
 * kmes_record_write() - lay a record down at @to
 * @to: room for @size bytes
 * @size: from kmes_record_size()
 * @sequence: its number
 * @cpu: logical index of the writing CPU (KMES-013)
 * @origin: origin class
 * @stamp: time and identity
 * @event: type and payload, copied unchanged (KMES-010)
 *
 * Context: Any.
 */
void kmes_record_write(u8 *to, u32 size, u64 sequence, u16 cpu, u8 origin, const struct kmes_stamp *stamp,
		       const struct kmes_event *event)
{
	pkm_put_le32(to + KMES_OFF_EVENT_SIZE, size);
	pkm_put_le32(to + KMES_OFF_HEADER_SIZE, KMES_HEADER_SIZE + event->type_len);
	pkm_put_le64(to + KMES_OFF_TIMESTAMP, stamp->timestamp);
	pkm_put_le64(to + KMES_OFF_SEQUENCE, sequence);
	pkm_put_le16(to + KMES_OFF_CPU_ID, cpu);
	to[KMES_OFF_ORIGIN] = origin;
	memcpy(to + KMES_OFF_EFFECTIVE, stamp->effective, KMES_GUID_LEN);
	memcpy(to + KMES_OFF_TRUE, stamp->primary, KMES_GUID_LEN);
	memcpy(to + KMES_OFF_PROCESS, stamp->process, KMES_GUID_LEN);
	pkm_put_le16(to + KMES_OFF_TYPE_LEN, event->type_len);
	memcpy(to + KMES_OFF_TYPE, event->type, event->type_len);
	if (event->payload_len)
		memcpy(to + KMES_HEADER_SIZE + event->type_len, event->payload, event->payload_len);
}
