/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of lcs/ share with each other and with nobody else, in the
 * order in which a call passes through them.
 *
 * Lock order, outermost first: lcs_watch_lock, then lcs_object_lock; lcs_table_lock,
 * then lcs_conn.lock. None of them is held across a copy to or from user memory or
 * a wait for a source (HAZ-028, HAZ-033).
 */
#ifndef _LCS_INTERNAL_H
#define _LCS_INTERNAL_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <pkm/core/lcs.h>
#include <pkm/kacs.h>
#include <pkm/lcs.h>
#include <uapi/linux/pkm/registry.h>
#include <uapi/linux/pkm/rsi.h>

struct lcs_conn;
struct lcs_effect;
struct lcs_hive;
struct lcs_key;
struct lcs_object;
struct lcs_op;
struct lcs_place;
struct lcs_watcher;
struct mem_cgroup;

/* --- touch.c: last write times on their way ------------------------------ */

/**
 * struct lcs_touch - a key's new last write time, not stored yet
 * @node: in the table; under touch_lock
 * @guid: key
 * @time: Unix ns
 */
struct lcs_touch {
	struct hlist_node node;
	u8 guid[LCS_GUID_LEN];
	u64 time;
};

void lcs_touch_add(struct lcs_touch *touch);
void lcs_touch_del(struct lcs_touch *touch);
u64 lcs_touch_time(const u8 *guid);

/* --- queue.c: one connection, its requests ------------------------------ */

/* Where a request is; changes under lcs_conn.lock. */
enum lcs_request_state {
	LCS_REQUEST_NEW,       /* only its maker knows it */
	LCS_REQUEST_QUEUED,    /* has an ID, waits for the source's read() */
	LCS_REQUEST_DELIVERED, /* taken by a read(), an answer may come */
	LCS_REQUEST_DONE,      /* answered, or the connection went down */
};

/**
 * struct lcs_request - one frame to a source and its answer
 * @ref: held by the caller and, from its ID on, by the connection's table
 * @conn: borrowed; valid while in the table or while the caller holds its own reference
 * @by_id: in lcs_conn.table; under lcs_conn.lock
 * @queued: in lcs_conn.queue or .backlog; under lcs_conn.lock
 * @waiters: the caller sleeps here
 * @work: runs @effect when nobody waits any more
 * @effect: what a success changes in the kernel; owned, consumed once
 * @w: writes @frame
 * @frame: request bytes
 * @id: 0 until it has a slot
 * @op: RSI_* operation
 * @state: enum lcs_request_state
 * @abandoned: the caller left; the answer is the table's business (RSI-015)
 * @error: 0, or -EIO when the connection went down first
 * @shape: of the answer
 * @answer: bytes of the answer, NULL before
 * @answer_len: how many
 * @touch: of a request that only sets a last write time
 */
struct lcs_request {
	refcount_t ref;
	struct lcs_conn *conn;
	struct hlist_node by_id;
	struct list_head queued;
	wait_queue_head_t waiters;
	struct work_struct work;
	struct lcs_effect *effect;
	struct pkm_writer w;
	u8 *frame;
	u64 id;
	u16 op;
	u8 state;
	bool abandoned;
	int error;
	struct lcs_rsi_shape shape;
	u8 *answer;
	u32 answer_len;
	struct lcs_touch touch;
};

#define LCS_CONN_BUCKETS 64

/**
 * struct lcs_conn - one open file of /dev/pkm_registry
 * @ref: held by the file, by its slot while Active, and by each caller
 * @lock: protects all below
 * @slot: identity, NULL until registered; constant afterwards
 * @owner: process that registered (HAZ-031)
 * @owner_files: its descriptor table, compared only, never followed
 * @down: torn down; nothing is accepted any more
 * @next_id: last ID given (RSI-012)
 * @in_use: slots taken (RSI-013)
 * @queue: requests with a slot that the source has not read
 * @backlog: posted requests that wait for a slot
 * @table: requests with a slot, by ID
 * @readable: the source waits for a request
 * @slots: callers wait for a slot
 */
struct lcs_conn {
	refcount_t ref;
	spinlock_t lock;
	struct lcs_slot *slot;
	struct pid *owner;
	const void *owner_files;
	bool down;
	u64 next_id;
	u32 in_use;
	struct list_head queue;
	struct list_head backlog;
	struct hlist_head table[LCS_CONN_BUCKETS];
	wait_queue_head_t readable;
	wait_queue_head_t slots;
};

extern struct workqueue_struct *lcs_wq;

struct lcs_conn *lcs_conn_alloc(void);
void lcs_conn_get(struct lcs_conn *conn);
void lcs_conn_put(struct lcs_conn *conn);
void lcs_conn_shut(struct lcs_conn *conn);
bool lcs_conn_readable(struct lcs_conn *conn);

struct lcs_request *lcs_request_alloc(u16 op, u32 payload_len);
void lcs_request_put(struct lcs_request *req);
int lcs_request_run(struct lcs_conn *conn, struct lcs_request *req, struct lcs_op *op);
void lcs_request_post(struct lcs_conn *conn, struct lcs_request *req);
int lcs_gate_enter(struct lcs_op *op, const u8 *guid);
void lcs_gate_leave(const u8 *guid);
void lcs_gates_init(void);
struct lcs_request *lcs_request_next(struct lcs_conn *conn, size_t room, int *err);
void lcs_request_return(struct lcs_conn *conn, struct lcs_request *req);
int lcs_request_answer(struct lcs_conn *conn, u8 *frame, u32 len);

/* --- hive.c: slots, hives, routing -------------------------------------- */

/**
 * struct lcs_hive - one registered hive
 * @slot: its source
 * @generation: change counter (LCS-282)
 * @root: GUID of the root key
 * @scope: of a private hive
 * @private_hive: only for threads of @scope
 * @name_len: bytes of @name
 * @name: spelling of the registration
 *
 * Lives until the module goes: slots are never retired (RSI-030).
 */
struct lcs_hive {
	struct lcs_slot *slot;
	atomic64_t generation;
	u8 root[LCS_GUID_LEN];
	u8 scope[LCS_GUID_LEN];
	bool private_hive;
	u32 name_len;
	u8 *name;
};

/**
 * struct lcs_slot - the identity of a source, kept while it is Down
 * @all: in the list of slots; under lcs_table_lock
 * @conn: Active connection, a reference; NULL: Down; under lcs_table_lock
 * @index: number for audit events
 * @hive_count: entries of @hives
 * @hives: constant
 */
struct lcs_slot {
	struct list_head all;
	struct lcs_conn *conn;
	u32 index;
	u32 hive_count;
	struct lcs_hive hives[];
};

/**
 * struct lcs_claim - hives as a registration asks for them
 * @hive_count: entries of @hives
 * @max_sequence: highest number stored
 * @hives: names are owned by the claim until it is accepted
 */
struct lcs_claim {
	u32 hive_count;
	u64 max_sequence;
	struct lcs_hive *hives;
};

struct lcs_hive *lcs_route(struct lcs_bytes name);
struct lcs_conn *lcs_hive_conn(struct lcs_hive *hive);
int lcs_register(struct lcs_conn *conn, struct lcs_claim *claim);
void lcs_slot_down(struct lcs_conn *conn);
void lcs_slots_free(void);
u64 lcs_sequence_take(void);
u64 lcs_sequence_next(void);

/* --- op.c: one client call ---------------------------------------------- */

/**
 * struct lcs_op - what a client call works under, from its entry on (LCS-123)
 * @token: effective token, a reference (LCS-023)
 * @limits: parameters
 * @layers: layer table
 * @base: its row while only base exists
 * @deadline: jiffies; 0 until the first source request (LCS-319)
 */
struct lcs_op {
	struct kacs_token *token;
	struct lcs_limits limits;
	struct lcs_layers layers;
	struct lcs_layer base;
	unsigned long deadline;
};

int lcs_op_begin(struct lcs_op *op);
u32 lcs_max_requests(void);
u32 lcs_watch_depth(void);
void lcs_op_limits(struct lcs_op *op);
void lcs_limits_reset(void);
void lcs_limits_set(const struct lcs_limits *limits);
int lcs_call_begin(struct lcs_op *op, const struct lcs_key *key, u32 right, bool reserved);
void lcs_op_end(struct lcs_op *op);
int lcs_layer_authorise(struct lcs_op *op, struct lcs_bytes name, struct lcs_bytes *table_name);
int lcs_txn_check(s32 txn_fd);
int lcs_sd_check(const void *sd, u32 len);
int lcs_user_bytes(u64 ptr, u32 len, u8 **out);
int lcs_user_value_name(struct lcs_op *op, u64 ptr, u32 len, u8 **copy, struct lcs_bytes *name);
int lcs_user_layer(struct lcs_op *op, u64 ptr, u32 len, u8 **copy, struct lcs_bytes *name);
int lcs_user_buffer(u64 ptr, u32 len);
int lcs_user_put(u64 ptr, const void *data, u32 len);
int lcs_user_put_packed(u64 ptr, u32 *len, void (*pack)(struct pkm_writer *w, const void *rows),
			const void *rows);
long lcs_user_put_args(void __user *arg, const void *args, size_t size, int err);

/* --- call.c: typed source calls ----------------------------------------- */

/**
 * struct lcs_reply - a decoded answer and what it points into
 * @req: holds the frame
 * @children: RSI_LOOKUP, RSI_ENUM_CHILDREN
 * @values: RSI_QUERY_VALUES
 * @key: RSI_READ_KEY
 * @arrays: what the decoded rows stand in; freed by lcs_reply_free()
 */
struct lcs_reply {
	struct lcs_request *req;
	union {
		struct lcs_children children;
		struct lcs_values values;
		struct lcs_key_record key;
	};
	void *arrays[2];
};

void lcs_reply_free(struct lcs_reply *reply);
int lcs_call_lookup(struct lcs_op *op, struct lcs_hive *hive, const u8 *parent, struct lcs_bytes child,
		    struct lcs_reply *reply);
int lcs_call_enum(struct lcs_op *op, struct lcs_hive *hive, const u8 *parent, struct lcs_reply *reply);
int lcs_call_read_key(struct lcs_op *op, struct lcs_hive *hive, const u8 *guid, struct lcs_reply *reply);
int lcs_call_values(struct lcs_op *op, struct lcs_hive *hive, const u8 *guid, struct lcs_bytes name, bool all,
		    struct lcs_reply *reply);
int lcs_call_mutate(struct lcs_op *op, struct lcs_request *req, struct lcs_effect *effect);
int lcs_call_flush(struct lcs_op *op, struct lcs_hive *hive);
struct lcs_request *lcs_make_entry(u16 rsi_op, const u8 *parent, struct lcs_bytes child,
				   struct lcs_bytes layer, const u8 *guid, u64 sequence);
struct lcs_request *lcs_make_key(const u8 *guid, struct lcs_bytes name, const u8 *parent, struct lcs_bytes sd,
				 bool volatile_key, bool symlink);
struct lcs_request *lcs_make_touch(const u8 *guid, const struct lcs_bytes *sd);
struct lcs_request *lcs_make_drop(const u8 *guid);
int lcs_fault(struct lcs_hive *hive, const struct lcs_request *req, const u8 *guid, enum lcs_fault fault);

/* --- lookup.c: path to key ---------------------------------------------- */

/**
 * struct lcs_place - where a key was found: immutable, shared
 * @ref: held by key descriptors and effects
 * @hive: of the key
 * @depth: components, the hive name included
 * @guids: ancestor chain, hive root first, the key last (LCS-185)
 * @ends: where each component ends in @path
 * @path: resolved path, components without separators between them
 */
struct lcs_place {
	refcount_t ref;
	struct lcs_hive *hive;
	u32 depth;
	u8 (*guids)[LCS_GUID_LEN];
	u32 *ends;
	u8 *path;
};

struct lcs_place *lcs_place_alloc(const struct lcs_place *from, u32 more, u32 more_bytes);
void lcs_place_put(struct lcs_place *place);
struct lcs_place *lcs_place_get(struct lcs_place *place);
void lcs_place_push(struct lcs_place *place, const u8 *guid, struct lcs_bytes name);
struct lcs_bytes lcs_place_name(const struct lcs_place *place, u32 index);
u32 lcs_place_path_len(const struct lcs_place *place);

static inline const u8 *lcs_place_guid(const struct lcs_place *place)
{
	return place->guids[place->depth - 1];
}

/**
 * struct lcs_walk - result of a path walk
 * @place: the key, or its parent when @missing is set
 * @sd: descriptor of the key at @place, points into @reply
 * @volatile_key: of the key at @place
 * @symlink: of the key at @place
 * @missing: the last component if only that one is absent, inside @path
 * @path: owned copy of the path last walked
 * @fresh_sd: owned, holds @sd of a key just created
 * @fresh_sd_len: its bytes
 * @reply: keeps @sd alive
 */
struct lcs_walk {
	struct lcs_place *place;
	struct lcs_bytes sd;
	bool volatile_key;
	bool symlink;
	struct lcs_bytes missing;
	u8 *path;
	void *fresh_sd;
	u32 fresh_sd_len;
	struct lcs_reply reply;
};

int lcs_walk(struct lcs_op *op, const struct lcs_place *parent, u8 *path, u32 len, bool open_link,
	     bool want_missing, struct lcs_walk *walk);
void lcs_walk_end(struct lcs_walk *walk);
int lcs_visible_children(struct lcs_op *op, struct lcs_hive *hive, const u8 *guid, struct lcs_reply *reply);
int lcs_find_child(struct lcs_op *op, struct lcs_hive *hive, const u8 *parent, struct lcs_bytes child,
		   struct lcs_reply *reply, const struct lcs_path_entry **winner,
		   const struct lcs_meta **meta);
void lcs_creating_add(struct lcs_effect *effect, const u8 *guid);
void lcs_creating_del(struct lcs_effect *effect);

/* --- effect.c: what a mutation changes in the kernel -------------------- */

/* One event to come: @depth counts the changed key's components in the place. */
struct lcs_event {
	u8 *name;
	u32 name_len;
	u32 depth;
	u16 type;
};

/**
 * struct lcs_effect - consequences of a mutation, on time or late (LCS-322)
 * @place: of the key it happened at, a reference
 * @events: what watchers hear
 * @event_count: how many
 * @touch: last write time, sent after a success and not waited for (LCS-043), or NULL
 * @undo: sent after a failure: takes an earlier step back (LCS-238), or NULL
 * @late_undo: sent after a success nobody waited for, or NULL
 * @orphan: key that lost its last entry, valid if @orphans
 * @orphans: mark @orphan
 * @counts: raises the hive's generation
 * @creating: in the list of keys being created, while @guid is half there
 * @guid: that key
 */
struct lcs_effect {
	struct lcs_place *place;
	struct lcs_event *events;
	u32 event_count;
	struct lcs_request *touch;
	struct lcs_request *undo;
	struct lcs_request *late_undo;
	u8 orphan[LCS_GUID_LEN];
	bool orphans;
	bool counts;
	struct list_head creating;
	u8 guid[LCS_GUID_LEN];
};

struct lcs_effect *lcs_effect_alloc(struct lcs_place *place);
int lcs_effect_event(struct lcs_effect *effect, u16 type, u32 depth, struct lcs_bytes name);
void lcs_effect_run(struct lcs_effect *effect, int error);
void lcs_effect_free(struct lcs_effect *effect);

/* --- watch.c: objects, watches, delivery -------------------------------- */

/**
 * struct lcs_object - one GUID that has open descriptors
 * @by_guid: in the table; under lcs_object_lock
 * @hive: of the key
 * @guid: of the key
 * @users: open descriptors; under lcs_object_lock
 * @watches: armed descriptors; under lcs_watch_lock
 * @orphan: no path leads here any more (LCS-129); set once, under lcs_object_lock
 * @drop: purges the key at last close, allocated at open (HAZ-030)
 */
struct lcs_object {
	struct hlist_node by_guid;
	struct lcs_hive *hive;
	u8 guid[LCS_GUID_LEN];
	u32 users;
	struct list_head watches;
	bool orphan;
	struct lcs_request *drop;
};

/**
 * struct lcs_record - one queued watch record
 * @list: in the queue of its key; under lcs_watch_lock
 * @len: bytes of @data
 * @data: the record as read() returns it
 */
struct lcs_record {
	struct list_head list;
	u32 len;
	u8 data[];
};

/**
 * struct lcs_key - an open key
 * @place: where it was found
 * @object: shared with the other descriptors of this GUID
 * @granted: rights fixed at open (LCS-024)
 * @armed: in @object->watches; under lcs_watch_lock
 * @filter: REG_NOTIFY_*, 0: not armed; under lcs_watch_lock
 * @subtree: hears of descendants; under lcs_watch_lock
 * @overflowed: events were lost; under lcs_watch_lock
 * @queue_limit: records; under lcs_watch_lock
 * @queued: records waiting; under lcs_watch_lock
 * @records: they; under lcs_watch_lock
 * @watcher: whose watch it is counted for, while armed; under lcs_watch_lock
 * @payer: memory control group that @records are charged to, of who armed first; a reference
 * @readers: wait for records
 */
struct lcs_key {
	struct lcs_place *place;
	struct lcs_object *object;
	u32 granted;
	struct list_head armed;
	u32 filter;
	bool subtree;
	bool overflowed;
	u32 queue_limit;
	u32 queued;
	struct list_head records;
	struct lcs_watcher *watcher;
	struct mem_cgroup *payer;
	wait_queue_head_t readers;
};

int lcs_object_open(struct lcs_key *key);
void lcs_object_close(struct lcs_key *key);
void lcs_object_orphan(struct lcs_hive *hive, const u8 *guid);
bool lcs_key_orphaned(const struct lcs_key *key);
int lcs_watch_arm(struct lcs_key *key, struct lcs_op *op, u32 filter, bool subtree);
void lcs_watch_disarm(struct lcs_key *key);
void lcs_watch_emit(const struct lcs_place *place, u32 depth, u16 event, struct lcs_bytes name);
void lcs_watch_overflow(const struct lcs_slot *slot);
ssize_t lcs_watch_read(struct lcs_key *key, char __user *buf, size_t len, bool nonblock);

/* watcher.c: how many watches a user has armed; all but the first under lcs_watch_lock */
struct lcs_watcher *lcs_watcher_alloc(struct kacs_token *token);
struct lcs_watcher *lcs_watcher_get(struct lcs_watcher **fresh);
void lcs_watcher_put(struct lcs_watcher *watcher);

/* follow.c */
void lcs_follow_event(const struct lcs_place *place, u32 depth, u16 event, struct lcs_bytes name);
void lcs_follow_source(const struct lcs_slot *slot);
int lcs_follow_init(void);
void lcs_follow_exit(void);

/* config.c */
void lcs_config_init(void);
void lcs_config_exit(void);

/* create.c */
int lcs_create(struct lcs_op *op, struct lcs_walk *walk, u32 flags, struct lcs_bytes layer);

/* --- the doors ---------------------------------------------------------- */

int lcs_key_fd(struct lcs_walk *walk, u32 granted, u32 __user *disposition, u32 told);
struct lcs_key *lcs_key_of(struct file *file);

long lcs_ioc_query_value(struct lcs_key *key, void __user *arg);
long lcs_ioc_set_value(struct lcs_key *key, void __user *arg);
long lcs_ioc_delete_value(struct lcs_key *key, void __user *arg);
long lcs_ioc_blanket_tombstone(struct lcs_key *key, void __user *arg);
long lcs_ioc_query_values_batch(struct lcs_key *key, void __user *arg);
long lcs_ioc_enum_values(struct lcs_key *key, void __user *arg);
long lcs_ioc_enum_subkeys(struct lcs_key *key, void __user *arg);
long lcs_ioc_list_subkeys(struct lcs_key *key, void __user *arg);
long lcs_ioc_query_key_info(struct lcs_key *key, void __user *arg);
long lcs_ioc_delete_key(struct lcs_key *key, void __user *arg);
long lcs_ioc_hide_key(struct lcs_key *key, void __user *arg);
long lcs_ioc_get_security(struct lcs_key *key, void __user *arg);
long lcs_ioc_set_security(struct lcs_key *key, void __user *arg);
long lcs_ioc_notify(struct lcs_key *key, void __user *arg);
long lcs_ioc_flush(struct lcs_key *key);

int lcs_client_init(void);
void lcs_client_exit(void);
int lcs_source_init(void);
void lcs_source_exit(void);

/* audit.c */
int lcs_audit_open(struct kacs_token *token, const u8 *guid, u32 desired, bool allowed, u32 granted,
		   u32 matched);
void lcs_audit_fault(const struct lcs_slot *slot, struct lcs_bytes hive, u64 request_id, u16 op,
		     const u8 *guid, enum lcs_fault fault);

#endif
