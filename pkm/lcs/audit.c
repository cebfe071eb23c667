// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of the registry (LCS-155, LCS-157).
 */
#include <pkm/core/msgpack.h>
#include <pkm/kmes.h>

#include "internal.h"

static const char *fault_class(enum lcs_fault fault)
{
	switch (fault) {
	case LCS_FAULT_FUTURE:
		return "future_sequence_number";
	case LCS_FAULT_TIE:
		return "duplicate_winning_sequence_tie";
	default:
		/* The closest class there is for other malformed data (LCS-158). */
		return "malformed_security_descriptor";
	}
}

/**
 * lcs_audit_fault() - LCS_SOURCE_VALIDATION_FAILURE
 * @slot: source
 * @hive: concerned
 * @request_id: of the answer, 0: none
 * @op: operation, 0: none
 * @guid: key concerned, or NULL
 * @fault: what is wrong
 *
 * A failed emission changes nothing (LCS-161).
 *
 * Context: any.
 */
void lcs_audit_fault(const struct lcs_slot *slot, struct lcs_bytes hive, u64 request_id, u16 op,
		     const u8 *guid, enum lcs_fault fault)
{
	static const char type[] = "LCS_SOURCE_VALIDATION_FAILURE";
	/* Keys and fixed fields need 140 bytes; a hive name over 255 is left out. */
	u8 buf[512];
	struct pkm_mp m;
	u32 len;

	pkm_mp_init(&m, buf, sizeof(buf));
	pkm_mp_map(&m, 6);
	pkm_mp_key(&m, "source_slot");
	pkm_mp_uint(&m, slot->index);
	pkm_mp_key(&m, "hive_name");
	if (hive.len <= 255)
		pkm_mp_str(&m, hive.p, hive.len);
	else
		pkm_mp_nil(&m);
	pkm_mp_key(&m, "request_id");
	if (request_id)
		pkm_mp_uint(&m, request_id);
	else
		pkm_mp_nil(&m);
	pkm_mp_key(&m, "op_code");
	if (op)
		pkm_mp_uint(&m, op);
	else
		pkm_mp_nil(&m);
	pkm_mp_key(&m, "key_guid");
	if (guid)
		pkm_mp_bin(&m, guid, LCS_GUID_LEN);
	else
		pkm_mp_nil(&m);
	pkm_mp_key(&m, "validation_class");
	pkm_mp_text(&m, fault_class(fault));
	len = pkm_mp_finish(&m);
	if (len)
		kmes_emit(KMES_ORIGIN_LCS, type, sizeof(type) - 1, buf, len);
}
