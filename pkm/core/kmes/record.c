// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Measuring a record; kmes_put.h writes it. */
#include <pkm/core/kmes.h>

/**
 * kmes_record_size() - size of a record, if it has one
 * @type_len: bytes of the type
 * @payload_len: bytes of the payload
 * @size: receives the size
 *
 * Context: Any.
 * Return: false when the sum does not fit the header's u32 (KMES-049).
 */
bool kmes_record_size(u32 type_len, u32 payload_len, u32 *size)
{
	return !check_add_overflow(KMES_HEADER_SIZE + type_len, payload_len, size);
}
