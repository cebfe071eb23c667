// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of the registry (LCS-155, LCS-157).
 */
#include <pkm/core/msgpack.h>
#include <pkm/kmes.h>

#include "internal.h"

static void put_caller(struct pkm_mp *m, struct kacs_token *token)
{
	struct kacs_caller caller;

	kacs_caller_describe(token, &caller);
	pkm_mp_key(m, "caller");
	pkm_mp_map(m, 9);
	pkm_mp_key(m, "effective_token_guid");
	pkm_mp_bin(m, caller.effective_guid, KACS_GUID_LEN);
	pkm_mp_key(m, "true_token_guid");
	pkm_mp_bin(m, caller.true_guid, KACS_GUID_LEN);
	pkm_mp_key(m, "process_guid");
	pkm_mp_bin(m, caller.process_guid, KACS_GUID_LEN);
	pkm_mp_key(m, "user_sid");
	pkm_mp_bin(m, caller.user_sid, caller.user_sid_len);
	pkm_mp_key(m, "authentication_id");
	pkm_mp_uint(m, caller.auth_id);
	pkm_mp_key(m, "token_id");
	pkm_mp_uint(m, caller.token_id);
	pkm_mp_key(m, "token_type");
	pkm_mp_uint(m, caller.token_type);
	pkm_mp_key(m, "impersonation_level");
	pkm_mp_uint(m, caller.impersonation_level);
	pkm_mp_key(m, "integrity_level");
	pkm_mp_uint(m, caller.integrity_level);
}

/**
 * lcs_audit_open() - LCS_KEY_OPEN_AUDIT
 * @token: who asked
 * @guid: key
 * @desired: as asked
 * @allowed: the key will be opened
 * @granted: rights that the descriptor gets; 0 if denied
 * @matched: KACS_MATCHED_..., not 0
 *
 * Before the descriptor exists (LCS-159); kmes_emit() itself cannot fail.
 *
 * Context: process context.
 * Return: 0; -EIO: it could not be put together, nothing may be opened.
 */
int lcs_audit_open(struct kacs_token *token, const u8 *guid, u32 desired, bool allowed, u32 granted,
		   u32 matched)
{
	static const char type[] = "LCS_KEY_OPEN_AUDIT";
	/* Keys and fixed fields need 330 bytes, the longest SID 70. */
	u8 buf[512];
	struct pkm_mp m;
	u32 len;

	pkm_mp_init(&m, buf, sizeof(buf));
	pkm_mp_map(&m, 6);
	put_caller(&m, token);
	pkm_mp_key(&m, "key_guid");
	pkm_mp_bin(&m, guid, LCS_GUID_LEN);
	pkm_mp_key(&m, "requested_access");
	pkm_mp_uint(&m, kacs_map_generic(desired, &kacs_map_key));
	pkm_mp_key(&m, "granted_access");
	pkm_mp_uint(&m, granted);
	pkm_mp_key(&m, "decision");
	pkm_mp_text(&m, allowed ? "allowed" : "denied");
	pkm_mp_key(&m, "sacl_match_flags");
	pkm_mp_uint(&m, matched);
	len = pkm_mp_finish(&m);
	if (WARN_ON_ONCE(!len))
		return -EIO;
	kmes_emit(KMES_ORIGIN_LCS, type, sizeof(type) - 1, buf, len);
	return 0;
}

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
