/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The registry's pure half: what a path is, which layer's entry wins, what a
 * source may answer, how a watch record looks. No I/O, no allocation: callers
 * pass buffers, and views point into the frames they were decoded from.
 */
#ifndef _PKM_CORE_LCS_H
#define _PKM_CORE_LCS_H

#include <pkm/core/base.h>

#define LCS_GUID_LEN 16

/* Content that a trusted source must not send (RSI-069, LCS-158). */
enum lcs_fault {
	LCS_FAULT_NONE,
	LCS_FAULT_CONTENT, /* impossible field, missing metadata */
	LCS_FAULT_SD,      /* descriptor does not parse or has forbidden mask bits */
	LCS_FAULT_FUTURE,  /* sequence not allocated yet (LCS-115) */
	LCS_FAULT_TIE,     /* winner not decidable (LCS-116) */
};

/**
 * struct lcs_limits - registry parameters an operation works under (LCS-329)
 * @request_timeout_ms: waiting for a slot, delivery and answer of a request
 * @transaction_timeout_ms: a transaction is aborted after this
 * @notification_queue_size: records kept for a watch before it overflows
 * @symlink_depth_limit: links followed on one path
 * @max_value_size: bytes of a value
 * @max_key_depth: components of a path
 * @max_component_len: bytes of one of them
 * @max_path_len: bytes of a path
 * @max_layers_per_value: layers that may hold one value
 * @max_bound_transactions: per source, at a time
 * @max_read_only_transactions: per source, at a time
 * @max_total_layers: rows of the layer table
 * @max_sources: registered at a time
 * @max_hives_per_source: that one source may register
 * @max_requests: under way at one source
 * @max_scope_guids: attached to a token
 * @max_private_layers: attached to a token
 * @max_subtree_watch_depth: levels below a watched key, 0: no limit
 * @max_watch_burst: records of one transaction before a watch overflows
 */
struct lcs_limits {
	u32 request_timeout_ms;
	u32 transaction_timeout_ms;
	u32 notification_queue_size;
	u32 symlink_depth_limit;
	u32 max_value_size;
	u32 max_key_depth;
	u32 max_component_len;
	u32 max_path_len;
	u32 max_layers_per_value;
	u32 max_bound_transactions;
	u32 max_read_only_transactions;
	u32 max_total_layers;
	u32 max_sources;
	u32 max_hives_per_source;
	u32 max_requests;
	u32 max_scope_guids;
	u32 max_private_layers;
	u32 max_subtree_watch_depth;
	u32 max_watch_burst;
};

/**
 * struct lcs_parameter - one row of the parameter table
 * @name: value name below Machine\System\Registry
 * @offset: of its field in struct lcs_limits
 * @initial: built-in default
 * @min: smallest accepted value
 * @max: largest accepted value
 */
struct lcs_parameter {
	char name[40];
	u32 offset;
	u32 initial;
	u32 min;
	u32 max;
};

#define LCS_PARAMETERS 19
extern const struct lcs_parameter lcs_parameters[LCS_PARAMETERS];
void lcs_limits_init(struct lcs_limits *limits);
struct lcs_value_entry;
bool lcs_parameter_take(const struct lcs_parameter *row, const struct lcs_value_entry *value, u32 *field);

/**
 * struct lcs_bytes - borrowed bytes, often a name
 * @p: the first byte; anything when @len is 0
 * @len: how many
 */
struct lcs_bytes {
	const u8 *p;
	u32 len;
};

#define LCS_LITERAL(s) ((struct lcs_bytes){ (const u8 *)(s), sizeof(s) - 1 })

static inline bool lcs_bytes_same(struct lcs_bytes a, struct lcs_bytes b)
{
	return a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len));
}

/* path.c */
int lcs_path_check(u8 *path, u32 len, const struct lcs_limits *limits, u32 *components);
bool lcs_path_next(const u8 *path, u32 len, u32 *pos, struct lcs_bytes *component);
int lcs_component_check(struct lcs_bytes name, const struct lcs_limits *limits);
int lcs_value_name_check(struct lcs_bytes name, const struct lcs_limits *limits);
int lcs_layer_name_check(struct lcs_bytes name, const struct lcs_limits *limits);
bool lcs_is_current_user(struct lcs_bytes component);
void lcs_sid_text(struct pkm_writer *w, const u8 *sid, u32 sid_len);
bool lcs_guid_nil(const u8 *guid);

/* value.c */
bool lcs_value_type_known(u32 type);
int lcs_value_check(u32 type, u32 data_len, const struct lcs_limits *limits);

/* precedence.c */

/**
 * struct lcs_layer - one row of the layer table
 * @name: spelling of the table; identity is its folded form (LCS-076)
 * @precedence: higher wins
 * @enabled: takes part in resolution for everybody
 */
struct lcs_layer {
	struct lcs_bytes name;
	u32 precedence;
	bool enabled;
};

/**
 * struct lcs_layers - the layer table an operation started with (LCS-123)
 * @rows: borrowed, in no order
 * @count: of @rows
 */
struct lcs_layers {
	const struct lcs_layer *rows;
	u32 count;
};

void lcs_layers_base(struct lcs_layers *layers, struct lcs_layer *row);
const struct lcs_layer *lcs_layer_find(const struct lcs_layers *layers, struct lcs_bytes name);

/**
 * struct lcs_contest - finds the winner among candidates in any order
 * @winner: index given with the best candidate, -1 for none yet
 * @precedence: of the winner's layer
 * @sequence: of the winner
 * @tie: the best rank was offered twice
 */
struct lcs_contest {
	s64 winner;
	u32 precedence;
	u64 sequence;
	bool tie;
};

void lcs_contest_init(struct lcs_contest *c);
void lcs_contest_offer(struct lcs_contest *c, const struct lcs_layers *layers, struct lcs_bytes layer,
		       u64 sequence, s64 index);

/* rsi.c, rsi_content.c: the frames */

/* A path entry (RSI-037); @child is empty in the answer to RSI_LOOKUP. */
struct lcs_path_entry {
	struct lcs_bytes child;
	struct lcs_bytes layer;
	const u8 *target;
	bool hidden;
	u64 sequence;
};

/* Key metadata (RSI-038). */
struct lcs_meta {
	const u8 *guid;
	struct lcs_bytes sd;
	bool volatile_key;
	bool symlink;
	u64 last_write_time;
};

/* A value entry (RSI-049). */
struct lcs_value_entry {
	struct lcs_bytes name;
	struct lcs_bytes layer;
	u32 type;
	struct lcs_bytes data;
	u64 sequence;
};

/* A blanket tombstone (RSI-039). */
struct lcs_blanket {
	struct lcs_bytes layer;
	u64 sequence;
};

/**
 * struct lcs_rsi_shape - what the structural pass over an answer found
 * @status: RSI status
 * @entries: path entries, value entries or orphaned GUIDs
 * @others: metadata blocks or blankets
 */
struct lcs_rsi_shape {
	u32 status;
	u32 entries;
	u32 others;
};

/* Decoded answer to RSI_LOOKUP and RSI_ENUM_CHILDREN. */
struct lcs_children {
	struct lcs_path_entry *entries;
	u32 entry_count;
	struct lcs_meta *metas;
	u32 meta_count;
};

/* Decoded answer to RSI_QUERY_VALUES. */
struct lcs_values {
	struct lcs_value_entry *entries;
	u32 entry_count;
	struct lcs_blanket *blankets;
	u32 blanket_count;
};

/* Decoded answer to RSI_READ_KEY. */
struct lcs_key_record {
	struct lcs_bytes name;
	const u8 *parent;
	struct lcs_meta meta;
};

void lcs_rsi_begin(struct pkm_writer *w, u16 op, u64 txn_id);
void lcs_rsi_put_bytes(struct pkm_writer *w, struct lcs_bytes b);
void lcs_rsi_put_guid(struct pkm_writer *w, const u8 *guid);
bool lcs_rsi_end(struct pkm_writer *w);

int lcs_rsi_status_errno(u32 status);
int lcs_rsi_check(const u8 *frame, u32 len, u16 op, struct lcs_rsi_shape *shape);
enum lcs_fault lcs_rsi_children(const u8 *frame, u32 len, u16 op, u64 next_sequence,
				struct lcs_children *out);
enum lcs_fault lcs_rsi_values(const u8 *frame, u32 len, u64 next_sequence, struct lcs_values *out);
enum lcs_fault lcs_rsi_key(const u8 *frame, u32 len, struct lcs_key_record *out);
const u8 *lcs_rsi_orphan(const u8 *frame, u32 index);

/* resolve.c */
enum lcs_fault lcs_resolve_entries(const struct lcs_layers *layers, const struct lcs_path_entry *entries,
				   u32 count, const struct lcs_path_entry **winner);
enum lcs_fault lcs_resolve_value(const struct lcs_layers *layers, const struct lcs_values *values,
				 struct lcs_bytes name, const struct lcs_value_entry **winner);
void lcs_sort_metas(struct lcs_children *children);
void lcs_sort_entries(struct lcs_path_entry *entries, u32 count);
void lcs_sort_values(struct lcs_value_entry *entries, u32 count);
enum lcs_fault lcs_effective_children(const struct lcs_layers *layers, struct lcs_children *children);
const struct lcs_value_entry *lcs_values_find(const struct lcs_values *values, const char *name);
enum lcs_fault lcs_effective_values(const struct lcs_layers *layers, struct lcs_values *values);
const struct lcs_meta *lcs_meta_find(const struct lcs_children *children, const u8 *guid);

/* notify.c */
bool lcs_notify_passes(u32 filter, u16 event);
int lcs_notify_record(struct pkm_writer *w, u16 event, struct lcs_bytes name, bool subtree,
		      const struct lcs_bytes *path, u32 depth);

#endif
