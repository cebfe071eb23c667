// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source calls with their types: build the frame, run it, decode the answer.
 * What a source may not say becomes -EIO and an event here (RSI-069).
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "internal.h"

static u32 str_size(struct lcs_bytes b)
{
	return 4 + b.len;
}

/**
 * lcs_fault() - a source sent something impossible
 * @hive: concerned
 * @req: the answered request, or NULL
 * @guid: key concerned, or NULL
 * @fault: what is wrong
 *
 * Context: any process context. LCS-157, LCS-158.
 * Return: -EIO, for the caller to return.
 */
int lcs_fault(struct lcs_hive *hive, const struct lcs_request *req, const u8 *guid, enum lcs_fault fault)
{
	struct lcs_bytes name = { hive->name, hive->name_len };

	lcs_audit_fault(hive->slot, name, req ? req->id : 0, req ? req->op : 0, guid, fault);
	return -EIO;
}

/* Runs @req on the hive's source; an unfinished frame is a bug of ours. */
static int run(struct lcs_op *op, struct lcs_hive *hive, struct lcs_request *req)
{
	struct lcs_conn *conn;
	int err;

	if (!req)
		return -ENOMEM;
	if (WARN_ON_ONCE(!lcs_rsi_end(&req->w) || req->w.len != req->w.cap))
		return -EIO;
	conn = lcs_hive_conn(hive);
	if (!conn)
		return -EIO;
	err = lcs_request_run(conn, req, op);
	lcs_conn_put(conn);
	return err;
}

/**
 * lcs_reply_free() - give a decoded answer back
 * @reply: from a call below, also a failed one
 *
 * Context: may sleep.
 */
void lcs_reply_free(struct lcs_reply *reply)
{
	kvfree(reply->arrays[0]);
	kvfree(reply->arrays[1]);
	lcs_request_put(reply->req);
	memset(reply, 0, sizeof(*reply));
}

/* One element more than the answer has: comparisons add what is about to be written. */
static int reply_arrays(struct lcs_reply *reply, size_t entry, size_t other)
{
	const struct lcs_rsi_shape *shape = &reply->req->shape;

	reply->arrays[0] = kvmalloc_array((size_t)shape->entries + 1, entry, GFP_KERNEL_ACCOUNT);
	reply->arrays[1] = kvmalloc_array((size_t)shape->others + 1, other, GFP_KERNEL_ACCOUNT);
	return reply->arrays[0] && reply->arrays[1] ? 0 : -ENOMEM;
}

static int decode_children(struct lcs_op *op, struct lcs_hive *hive, const u8 *parent,
			   struct lcs_reply *reply)
{
	struct lcs_request *req = reply->req;
	enum lcs_fault fault;
	int err;

	err = reply_arrays(reply, sizeof(*reply->children.entries), sizeof(*reply->children.metas));
	if (err)
		return err;
	reply->children.entries = reply->arrays[0];
	reply->children.metas = reply->arrays[1];
	fault = lcs_rsi_children(req->answer, req->answer_len, req->op, lcs_sequence_next(),
				 &reply->children);
	return fault ? lcs_fault(hive, req, parent, fault) : 0;
}

/**
 * lcs_call_lookup() - all entries of one child
 * @op: call
 * @hive: of the parent
 * @parent: GUID
 * @child: name
 * @reply: out, to be freed in any case
 *
 * Context: sleeps for the source.
 * Return: 0, no entries included; errno of the source; -EIO malformed.
 */
int lcs_call_lookup(struct lcs_op *op, struct lcs_hive *hive, const u8 *parent, struct lcs_bytes child,
		    struct lcs_reply *reply)
{
	struct lcs_request *req = lcs_request_alloc(RSI_LOOKUP, LCS_GUID_LEN + str_size(child));
	int err;

	memset(reply, 0, sizeof(*reply));
	reply->req = req;
	if (req) {
		lcs_rsi_put_guid(&req->w, parent);
		lcs_rsi_put_bytes(&req->w, child);
	}
	err = run(op, hive, req);
	return err ?: decode_children(op, hive, parent, reply);
}

/**
 * lcs_call_enum() - all entries of all children
 * @op: call
 * @hive: of the parent
 * @parent: GUID
 * @reply: out, to be freed in any case
 *
 * Context: sleeps for the source.
 * Return: as lcs_call_lookup().
 */
int lcs_call_enum(struct lcs_op *op, struct lcs_hive *hive, const u8 *parent, struct lcs_reply *reply)
{
	struct lcs_request *req = lcs_request_alloc(RSI_ENUM_CHILDREN, LCS_GUID_LEN);
	int err;

	memset(reply, 0, sizeof(*reply));
	reply->req = req;
	if (req)
		lcs_rsi_put_guid(&req->w, parent);
	err = run(op, hive, req);
	return err ?: decode_children(op, hive, parent, reply);
}

/**
 * lcs_call_read_key() - one key's record
 * @op: call
 * @hive: of the key
 * @guid: key
 * @reply: out, to be freed in any case; its descriptor is checked
 *
 * Context: sleeps for the source.
 * Return: 0; -ENOENT: the source has no such key (LCS-318); others as above.
 */
int lcs_call_read_key(struct lcs_op *op, struct lcs_hive *hive, const u8 *guid, struct lcs_reply *reply)
{
	struct lcs_request *req = lcs_request_alloc(RSI_READ_KEY, LCS_GUID_LEN);
	enum lcs_fault fault;
	int err;

	memset(reply, 0, sizeof(*reply));
	reply->req = req;
	if (req)
		lcs_rsi_put_guid(&req->w, guid);
	err = run(op, hive, req);
	if (err)
		return err;
	fault = lcs_rsi_key(req->answer, req->answer_len, &reply->key);
	if (!fault && lcs_sd_check(reply->key.meta.sd.p, reply->key.meta.sd.len))
		fault = LCS_FAULT_SD;
	return fault ? lcs_fault(hive, req, guid, fault) : 0;
}

/**
 * lcs_call_values() - entries of one value or of all
 * @op: call
 * @hive: of the key
 * @guid: key
 * @name: the value, unless @all
 * @all: every value of the key
 * @reply: out, to be freed in any case
 *
 * Context: sleeps for the source.
 * Return: as lcs_call_lookup().
 */
int lcs_call_values(struct lcs_op *op, struct lcs_hive *hive, const u8 *guid, struct lcs_bytes name, bool all,
		    struct lcs_reply *reply)
{
	struct lcs_bytes asked = all ? (struct lcs_bytes){ NULL, 0 } : name;
	struct lcs_request *req = lcs_request_alloc(RSI_QUERY_VALUES, LCS_GUID_LEN + str_size(asked) + 1);
	enum lcs_fault fault;
	int err;

	memset(reply, 0, sizeof(*reply));
	reply->req = req;
	if (req) {
		lcs_rsi_put_guid(&req->w, guid);
		lcs_rsi_put_bytes(&req->w, asked);
		pkm_writer_u8(&req->w, all);
	}
	err = run(op, hive, req);
	if (err)
		return err;
	err = reply_arrays(reply, sizeof(*reply->values.entries), sizeof(*reply->values.blankets));
	if (err)
		return err;
	reply->values.entries = reply->arrays[0];
	reply->values.blankets = reply->arrays[1];
	fault = lcs_rsi_values(req->answer, req->answer_len, lcs_sequence_next(), &reply->values);
	return fault ? lcs_fault(hive, req, guid, fault) : 0;
}

/**
 * lcs_call_mutate() - run a mutation and what it changes in the kernel
 * @op: call
 * @req: finished but for its length; consumed, may be NULL: -ENOMEM
 * @effect: consequences, consumed; with a late answer they happen then
 *
 * Context: sleeps for the source.
 * Return: 0; errno of the source; -EIO; -ETIMEDOUT and -EINTR: it may still
 * happen (LCS-254).
 */
int lcs_call_mutate(struct lcs_op *op, struct lcs_request *req, struct lcs_effect *effect)
{
	struct lcs_hive *hive = effect->place->hive;
	int err;

	if (!req) {
		/* The step before this one may have to be taken back. */
		lcs_effect_run(effect, -ENOMEM);
		return -ENOMEM;
	}
	req->effect = effect;
	err = run(op, hive, req);
	/* Abandoned: the effect is the late answer's, not ours to look at. */
	if (!req->abandoned) {
		req->effect = NULL;
		lcs_request_put(effect->late_undo);
		effect->late_undo = NULL;
		lcs_effect_run(effect, err);
	}
	lcs_request_put(req);
	return err;
}

/**
 * lcs_call_flush() - make a hive durable
 * @op: call
 * @hive: which
 *
 * Context: sleeps for the source.
 * Return: 0 or an errno of the source. LCS-299.
 */
int lcs_call_flush(struct lcs_op *op, struct lcs_hive *hive)
{
	struct lcs_bytes name = { hive->name, hive->name_len };
	struct lcs_request *req = lcs_request_alloc(RSI_FLUSH, str_size(name));
	int err;

	if (req)
		lcs_rsi_put_bytes(&req->w, name);
	err = run(op, hive, req);
	lcs_request_put(req);
	return err;
}

/**
 * lcs_make_entry() - RSI_CREATE_ENTRY, RSI_HIDE_ENTRY or RSI_DELETE_ENTRY
 * @rsi_op: which
 * @parent: GUID
 * @child: name
 * @layer: table spelling
 * @guid: target of a created entry, else NULL
 * @sequence: number of a created or hidden entry
 *
 * Context: may sleep.
 * Return: the request, or NULL.
 */
struct lcs_request *lcs_make_entry(u16 rsi_op, const u8 *parent, struct lcs_bytes child,
				   struct lcs_bytes layer, const u8 *guid, u64 sequence)
{
	u32 len = LCS_GUID_LEN + str_size(child) + str_size(layer);
	struct lcs_request *req;

	if (guid)
		len += LCS_GUID_LEN;
	if (rsi_op != RSI_DELETE_ENTRY)
		len += 8;
	req = lcs_request_alloc(rsi_op, len);
	if (!req)
		return NULL;
	lcs_rsi_put_guid(&req->w, parent);
	lcs_rsi_put_bytes(&req->w, child);
	lcs_rsi_put_bytes(&req->w, layer);
	if (guid)
		lcs_rsi_put_guid(&req->w, guid);
	if (rsi_op != RSI_DELETE_ENTRY)
		pkm_writer_le64(&req->w, sequence);
	return req;
}

/**
 * lcs_make_key() - RSI_CREATE_KEY
 * @guid: new key
 * @name: its name
 * @parent: GUID
 * @sd: its descriptor
 * @volatile_key: vanishes at reboot
 * @symlink: is a link
 *
 * Context: may sleep.
 * Return: the request, or NULL.
 */
struct lcs_request *lcs_make_key(const u8 *guid, struct lcs_bytes name, const u8 *parent, struct lcs_bytes sd,
				 bool volatile_key, bool symlink)
{
	struct lcs_request *req;

	req = lcs_request_alloc(RSI_CREATE_KEY, 2 * LCS_GUID_LEN + str_size(name) + str_size(sd) + 2);
	if (!req)
		return NULL;
	lcs_rsi_put_guid(&req->w, guid);
	lcs_rsi_put_bytes(&req->w, name);
	lcs_rsi_put_guid(&req->w, parent);
	lcs_rsi_put_bytes(&req->w, sd);
	pkm_writer_u8(&req->w, volatile_key);
	pkm_writer_u8(&req->w, symlink);
	return req;
}

/**
 * lcs_make_touch() - RSI_WRITE_KEY with the current time
 * @guid: key
 * @sd: new descriptor, or NULL to leave it
 *
 * Context: may sleep.
 * Return: the request, or NULL. LCS-043, LCS-297.
 */
struct lcs_request *lcs_make_touch(const u8 *guid, const struct lcs_bytes *sd)
{
	u32 fields = RSI_FIELD_LAST_WRITE_TIME;
	struct lcs_request *req;
	u64 now = ktime_get_real_ns();

	req = lcs_request_alloc(RSI_WRITE_KEY, LCS_GUID_LEN + 4 + (sd ? str_size(*sd) : 0) + 8);
	if (!req)
		return NULL;
	lcs_rsi_put_guid(&req->w, guid);
	pkm_writer_le32(&req->w, sd ? fields | RSI_FIELD_SD : fields);
	if (sd)
		lcs_rsi_put_bytes(&req->w, *sd);
	pkm_writer_le64(&req->w, now);
	memcpy(req->touch.guid, guid, LCS_GUID_LEN);
	req->touch.time = now;
	return req;
}

/**
 * lcs_make_drop() - RSI_DROP_KEY
 * @guid: key
 *
 * Context: may sleep.
 * Return: the request, or NULL. LCS-133.
 */
struct lcs_request *lcs_make_drop(const u8 *guid)
{
	struct lcs_request *req = lcs_request_alloc(RSI_DROP_KEY, LCS_GUID_LEN);

	if (req)
		lcs_rsi_put_guid(&req->w, guid);
	return req;
}
