// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Source frames, writing side and structure. The structural pass decides
 * whether an answer is accepted at all (RSI-008, RSI-009); what its fields may
 * hold is decided in rsi_content.c.
 */
#include <pkm/core/lcs.h>
#include <linux/pkm/rsi.h>

/**
 * lcs_rsi_begin() - start a request
 * @w: where
 * @op: RSI_* operation
 * @txn_id: transaction, 0 for none
 *
 * Total length and request ID stay zero: lcs_rsi_end() sets the first, the
 * queue the second when the request gets a slot (RSI-014).
 *
 * Context: Any.
 */
void lcs_rsi_begin(struct pkm_writer *w, u16 op, u64 txn_id)
{
	pkm_writer_le32(w, 0);
	pkm_writer_le64(w, 0);
	pkm_writer_le16(w, op);
	pkm_writer_le64(w, txn_id);
}

/**
 * lcs_rsi_put_bytes() - append a length-prefixed string
 * @w: where
 * @b: bytes
 *
 * Context: Any.
 */
void lcs_rsi_put_bytes(struct pkm_writer *w, struct lcs_bytes b)
{
	pkm_writer_le32(w, b.len);
	pkm_writer_bytes(w, b.p, b.len);
}

/**
 * lcs_rsi_put_guid() - append a GUID
 * @w: where
 * @guid: 16 bytes
 *
 * Context: Any.
 */
void lcs_rsi_put_guid(struct pkm_writer *w, const u8 *guid)
{
	pkm_writer_bytes(w, guid, LCS_GUID_LEN);
}

/**
 * lcs_rsi_end() - finish a request begun at offset 0
 * @w: where
 *
 * Context: Any.
 * Return: true if all of it fitted; false also while measuring.
 */
bool lcs_rsi_end(struct pkm_writer *w)
{
	pkm_writer_patch_le32(w, 0, w->len);
	return pkm_writer_ok(w);
}

/**
 * lcs_rsi_status_errno() - what a caller sees of a source's status
 * @status: from the answer
 *
 * Context: Any.
 * Return: 0 or a negative errno; -EIO for codes unknown (RSI-035, RSI-036).
 */
int lcs_rsi_status_errno(u32 status)
{
	static const int errnos[] = {
		[RSI_OK] = 0,
		[RSI_NOT_FOUND] = -ENOENT,
		[RSI_ALREADY_EXISTS] = -EEXIST,
		[RSI_STORAGE_ERROR] = -EIO,
		[RSI_NOT_EMPTY] = -ENOTEMPTY,
		[RSI_TOO_LARGE] = -ENOSPC,
		[RSI_TXN_BUSY] = -EBUSY,
		[RSI_INVALID] = -EINVAL,
		[RSI_CAS_FAILED] = -EAGAIN,
		[RSI_TXN_NOT_SUPPORTED] = -EOPNOTSUPP,
	};

	return status < ARRAY_SIZE(errnos) ? errnos[status] : -EIO;
}

static void skip_bytes(struct pkm_cursor *c)
{
	pkm_cursor_bytes(c, pkm_cursor_le32(c));
}

/* A failed cursor yields zero counts, so these loops end with the frame. */
static u32 skip_entries(struct pkm_cursor *c)
{
	u32 n = pkm_cursor_le32(c), i;

	for (i = 0; i < n && pkm_cursor_ok(c); i++) {
		skip_bytes(c);
		pkm_cursor_bytes(c, 1 + LCS_GUID_LEN + 8);
	}
	return n;
}

static u32 skip_metas(struct pkm_cursor *c)
{
	u32 n = pkm_cursor_le32(c), i;

	for (i = 0; i < n && pkm_cursor_ok(c); i++) {
		pkm_cursor_bytes(c, LCS_GUID_LEN);
		skip_bytes(c);
		pkm_cursor_bytes(c, 1 + 1 + 8);
	}
	return n;
}

static u32 skip_children(struct pkm_cursor *c)
{
	u32 n = pkm_cursor_le32(c), i, entries = 0;

	for (i = 0; i < n && pkm_cursor_ok(c); i++) {
		skip_bytes(c);
		entries += skip_entries(c);
	}
	return entries;
}

static void skip_values(struct pkm_cursor *c, struct lcs_rsi_shape *shape)
{
	u32 i;

	shape->entries = pkm_cursor_le32(c);
	for (i = 0; i < shape->entries && pkm_cursor_ok(c); i++) {
		skip_bytes(c);
		skip_bytes(c);
		pkm_cursor_le32(c);
		skip_bytes(c);
		pkm_cursor_le64(c);
	}
	shape->others = pkm_cursor_le32(c);
	for (i = 0; i < shape->others && pkm_cursor_ok(c); i++) {
		skip_bytes(c);
		pkm_cursor_le64(c);
	}
}

static void skip_payload(struct pkm_cursor *c, u16 op, struct lcs_rsi_shape *shape)
{
	u32 i;

	switch (op) {
	case RSI_LOOKUP:
		shape->entries = skip_entries(c);
		shape->others = skip_metas(c);
		break;
	case RSI_ENUM_CHILDREN:
		shape->entries = skip_children(c);
		shape->others = skip_metas(c);
		break;
	case RSI_READ_KEY:
		skip_bytes(c);
		pkm_cursor_bytes(c, LCS_GUID_LEN);
		skip_bytes(c);
		pkm_cursor_bytes(c, 1 + 1 + 8);
		break;
	case RSI_QUERY_VALUES:
		skip_values(c, shape);
		break;
	case RSI_DELETE_LAYER:
		shape->entries = pkm_cursor_le32(c);
		for (i = 0; i < shape->entries && pkm_cursor_ok(c); i++)
			pkm_cursor_bytes(c, LCS_GUID_LEN);
		break;
	default:
		break;
	}
}

/**
 * lcs_rsi_check() - is this a structurally sound answer?
 * @frame: whole answer
 * @len: bytes received
 * @op: operation of the request it answers
 * @shape: out
 *
 * Bytes after the fields of the operation are ignored (RSI-018).
 *
 * Context: Any.
 * Return: 0; -EINVAL (RSI-008).
 */
int lcs_rsi_check(const u8 *frame, u32 len, u16 op, struct lcs_rsi_shape *shape)
{
	struct pkm_cursor c;
	u32 total;

	memset(shape, 0, sizeof(*shape));
	pkm_cursor_init(&c, frame, len);
	total = pkm_cursor_le32(&c);
	pkm_cursor_le64(&c);
	if (pkm_cursor_le16(&c) != (op | RSI_RESPONSE_BIT))
		return -EINVAL;
	shape->status = pkm_cursor_le32(&c);
	if (shape->status == RSI_OK)
		skip_payload(&c, op, shape);
	return pkm_cursor_ok(&c) && total == len ? 0 : -EINVAL;
}
