// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Source frames, content. The frame passed lcs_rsi_check(), so reading cannot
 * run off its end; here each field must hold something possible (RSI-069).
 */
#include <pkm/core/lcs.h>
#include <linux/pkm/registry.h>
#include <linux/pkm/rsi.h>

static struct lcs_bytes take_bytes(struct pkm_cursor *c)
{
	struct lcs_bytes b;

	b.len = pkm_cursor_le32(c);
	b.p = pkm_cursor_bytes(c, b.len);
	if (!b.p)
		b.len = 0;
	return b;
}

static void start(struct pkm_cursor *c, const u8 *frame, u32 len)
{
	pkm_cursor_init(c, frame, len);
	pkm_cursor_seek(c, RSI_RESPONSE_HEADER_LEN + 4);
}

static bool take_bool(struct pkm_cursor *c, enum lcs_fault *fault)
{
	u8 v = pkm_cursor_u8(c);

	if (v > 1)
		*fault = LCS_FAULT_CONTENT;
	return v == 1;
}

/* Stored names may be longer than a limit lowered later: only their form counts. */
static bool stored_component(struct lcs_bytes name)
{
	struct lcs_limits loose = { .max_component_len = U32_MAX };

	return lcs_component_check(name, &loose) == 0;
}

static u64 take_sequence(struct pkm_cursor *c, u64 next_sequence, enum lcs_fault *fault)
{
	u64 sequence = pkm_cursor_le64(c);

	if (sequence >= next_sequence && *fault == LCS_FAULT_NONE)
		*fault = LCS_FAULT_FUTURE;
	return sequence;
}

static struct lcs_bytes take_layer(struct pkm_cursor *c, enum lcs_fault *fault)
{
	struct lcs_bytes layer = take_bytes(c);

	if (!stored_component(layer))
		*fault = LCS_FAULT_CONTENT;
	return layer;
}

static void take_entry(struct pkm_cursor *c, struct lcs_bytes child, u64 next_sequence,
		       struct lcs_path_entry *e, enum lcs_fault *fault)
{
	u8 type;

	e->child = child;
	e->layer = take_layer(c, fault);
	type = pkm_cursor_u8(c);
	e->hidden = type == RSI_TARGET_HIDDEN;
	e->target = pkm_cursor_bytes(c, LCS_GUID_LEN);
	/* A GUID entry without GUID would make every such key one object. */
	if (type > RSI_TARGET_HIDDEN || !e->target || lcs_guid_nil(e->target) != e->hidden)
		*fault = LCS_FAULT_CONTENT;
	e->sequence = take_sequence(c, next_sequence, fault);
}

static void take_meta(struct pkm_cursor *c, struct lcs_meta *m, enum lcs_fault *fault)
{
	m->guid = pkm_cursor_bytes(c, LCS_GUID_LEN);
	m->sd = take_bytes(c);
	m->volatile_key = take_bool(c, fault);
	m->symlink = take_bool(c, fault);
	m->last_write_time = pkm_cursor_le64(c);
}

static void take_entries(struct pkm_cursor *c, struct lcs_bytes child, u64 next_sequence,
			 struct lcs_children *out, enum lcs_fault *fault)
{
	u32 n = pkm_cursor_le32(c), i;

	for (i = 0; i < n; i++)
		take_entry(c, child, next_sequence, &out->entries[out->entry_count++], fault);
}

/**
 * lcs_rsi_children() - decode the answer to RSI_LOOKUP or RSI_ENUM_CHILDREN
 * @frame: answer that passed lcs_rsi_check() with status OK
 * @len: its bytes
 * @op: which of the two
 * @next_sequence: first number not allocated yet
 * @out: arrays of the counts lcs_rsi_check() gave; views into @frame
 *
 * Context: Any.
 * Return: the first fault found, LCS_FAULT_NONE if @out can be used.
 */
enum lcs_fault lcs_rsi_children(const u8 *frame, u32 len, u16 op, u64 next_sequence, struct lcs_children *out)
{
	enum lcs_fault fault = LCS_FAULT_NONE;
	struct pkm_cursor c;
	u32 n, i;

	start(&c, frame, len);
	out->entry_count = 0;
	if (op == RSI_LOOKUP) {
		take_entries(&c, (struct lcs_bytes){ NULL, 0 }, next_sequence, out, &fault);
	} else {
		n = pkm_cursor_le32(&c);
		for (i = 0; i < n; i++) {
			struct lcs_bytes child = take_bytes(&c);

			if (!stored_component(child))
				fault = LCS_FAULT_CONTENT;
			take_entries(&c, child, next_sequence, out, &fault);
			pkm_relax(i);
		}
	}
	out->meta_count = pkm_cursor_le32(&c);
	for (i = 0; i < out->meta_count; i++) {
		take_meta(&c, &out->metas[i], &fault);
		pkm_relax(i);
	}
	if (!fault)
		lcs_sort_metas(out);
	return fault;
}

/**
 * lcs_rsi_values() - decode the answer to RSI_QUERY_VALUES
 * @frame: answer that passed lcs_rsi_check() with status OK
 * @len: its bytes
 * @next_sequence: first number not allocated yet
 * @out: arrays of the counts lcs_rsi_check() gave; views into @frame
 *
 * Context: Any.
 * Return: the first fault found, LCS_FAULT_NONE if @out can be used.
 */
enum lcs_fault lcs_rsi_values(const u8 *frame, u32 len, u64 next_sequence, struct lcs_values *out)
{
	struct lcs_limits loose = { .max_component_len = U32_MAX };
	enum lcs_fault fault = LCS_FAULT_NONE;
	struct pkm_cursor c;
	u32 i;

	start(&c, frame, len);
	out->entry_count = pkm_cursor_le32(&c);
	for (i = 0; i < out->entry_count; i++) {
		struct lcs_value_entry *e = &out->entries[i];

		e->name = take_bytes(&c);
		if (lcs_value_name_check(e->name, &loose))
			fault = LCS_FAULT_CONTENT;
		e->layer = take_layer(&c, &fault);
		e->type = pkm_cursor_le32(&c);
		e->data = take_bytes(&c);
		if (!lcs_value_type_known(e->type) || (e->type == REG_TOMBSTONE && e->data.len))
			fault = LCS_FAULT_CONTENT;
		e->sequence = take_sequence(&c, next_sequence, &fault);
		pkm_relax(i);
	}
	out->blanket_count = pkm_cursor_le32(&c);
	for (i = 0; i < out->blanket_count; i++) {
		out->blankets[i].layer = take_layer(&c, &fault);
		out->blankets[i].sequence = take_sequence(&c, next_sequence, &fault);
	}
	return fault;
}

/**
 * lcs_rsi_key() - decode the answer to RSI_READ_KEY
 * @frame: answer that passed lcs_rsi_check() with status OK
 * @len: its bytes
 * @out: views into @frame; the GUID is the asker's and not set here
 *
 * Context: Any.
 * Return: LCS_FAULT_NONE or LCS_FAULT_CONTENT.
 */
enum lcs_fault lcs_rsi_key(const u8 *frame, u32 len, struct lcs_key_record *out)
{
	enum lcs_fault fault = LCS_FAULT_NONE;
	struct pkm_cursor c;

	start(&c, frame, len);
	out->name = take_bytes(&c);
	if (!stored_component(out->name))
		fault = LCS_FAULT_CONTENT;
	out->parent = pkm_cursor_bytes(&c, LCS_GUID_LEN);
	out->meta.guid = NULL;
	out->meta.sd = take_bytes(&c);
	out->meta.volatile_key = take_bool(&c, &fault);
	out->meta.symlink = take_bool(&c, &fault);
	out->meta.last_write_time = pkm_cursor_le64(&c);
	return fault;
}

/**
 * lcs_rsi_orphan() - one GUID of the answer to RSI_DELETE_LAYER
 * @frame: answer that passed lcs_rsi_check() with status OK
 * @index: below the count lcs_rsi_check() gave
 *
 * Context: Any.
 * Return: 16 bytes inside @frame.
 */
const u8 *lcs_rsi_orphan(const u8 *frame, u32 index)
{
	return frame + RSI_RESPONSE_HEADER_LEN + 8 + index * LCS_GUID_LEN;
}
