// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to one source: slots, IDs, deadlines, late answers.
 *
 * A request that got a slot keeps it, and its record, until the source answers
 * or goes (RSI-015), whatever became of the caller: the answer to a write that
 * timed out still tells us that the hive changed.
 */
#include <linux/freezer.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "internal.h"

/*
 * Waits are killable, so that a dead source cannot hold a dying process;
 * freezable, so that it cannot hold suspend; and end by a deadline (HAZ-029).
 * Those for one of few things are @exclusive: what comes free wakes one caller,
 * not all of a user's thousand.
 */
#define wait_for_source(wq, condition, exclusive, timeout)                                         \
	({                                                                                         \
		long __time = (timeout), __ret = __time;                                           \
                                                                                                   \
		might_sleep();                                                                     \
		if (!___wait_cond_timeout(condition))                                              \
			__ret = ___wait_event(wq, ___wait_cond_timeout(condition),                 \
					      (TASK_KILLABLE | TASK_FREEZABLE), exclusive, __time, \
					      __ret = schedule_timeout(__ret));                    \
		__ret;                                                                             \
	})

static struct hlist_head *bucket_of(struct lcs_conn *conn, u64 id)
{
	return &conn->table[id % LCS_CONN_BUCKETS];
}

/**
 * lcs_conn_alloc() - a connection that is not registered yet
 *
 * Context: may sleep.
 * Return: it with one reference, or NULL.
 */
struct lcs_conn *lcs_conn_alloc(void)
{
	struct lcs_conn *conn = kzalloc(sizeof(*conn), GFP_KERNEL_ACCOUNT);
	int i;

	if (!conn)
		return NULL;
	refcount_set(&conn->ref, 1);
	spin_lock_init(&conn->lock);
	INIT_LIST_HEAD(&conn->queue);
	INIT_LIST_HEAD(&conn->backlog);
	for (i = 0; i < LCS_CONN_BUCKETS; i++)
		INIT_HLIST_HEAD(&conn->table[i]);
	init_waitqueue_head(&conn->readable);
	init_waitqueue_head(&conn->slots);
	return conn;
}

/**
 * lcs_conn_get() - take a reference
 * @conn: connection somebody already holds
 *
 * Context: any.
 */
void lcs_conn_get(struct lcs_conn *conn)
{
	refcount_inc(&conn->ref);
}

/**
 * lcs_conn_put() - give a reference back
 * @conn: connection, may be NULL
 *
 * Context: any. The file's reference is the last but those of callers that
 * are leaving, and it was shut before: the table is empty by then.
 */
void lcs_conn_put(struct lcs_conn *conn)
{
	if (!conn || !refcount_dec_and_test(&conn->ref))
		return;
	put_pid(conn->owner);
	kfree(conn);
}

static void late_work(struct work_struct *work)
{
	struct lcs_request *req = container_of(work, struct lcs_request, work);
	struct lcs_effect *effect = req->effect;

	req->effect = NULL;
	lcs_effect_run(effect, lcs_rsi_status_errno(req->shape.status));
	lcs_request_put(req);
}

/**
 * lcs_request_alloc() - a request whose payload the caller writes to @w
 * @op: RSI_* operation
 * @payload_len: exact size of the payload
 *
 * Context: may sleep. Memory is charged to the caller's control group.
 * Return: it with one reference, or NULL.
 */
struct lcs_request *lcs_request_alloc(u16 op, u32 payload_len)
{
	struct lcs_request *req;
	u32 len;

	if (check_add_overflow(payload_len, (u32)RSI_REQUEST_HEADER_LEN, &len))
		return NULL;
	req = kzalloc(sizeof(*req), GFP_KERNEL_ACCOUNT);
	if (!req)
		return NULL;
	req->frame = kvmalloc(len, GFP_KERNEL_ACCOUNT);
	if (!req->frame) {
		kfree(req);
		return NULL;
	}
	refcount_set(&req->ref, 1);
	INIT_LIST_HEAD(&req->queued);
	INIT_HLIST_NODE(&req->by_id);
	INIT_HLIST_NODE(&req->touch.node);
	init_waitqueue_head(&req->waiters);
	INIT_WORK(&req->work, late_work);
	req->op = op;
	pkm_writer_init(&req->w, req->frame, len);
	lcs_rsi_begin(&req->w, op, 0);
	return req;
}

/**
 * lcs_request_put() - give a reference back
 * @req: request, may be NULL
 *
 * Context: may sleep.
 */
void lcs_request_put(struct lcs_request *req)
{
	if (!req || !refcount_dec_and_test(&req->ref))
		return;
	lcs_touch_del(&req->touch);
	lcs_effect_free(req->effect);
	kvfree(req->frame);
	kvfree(req->answer);
	kfree(req);
}

/* Gives @req a slot and an ID. The table takes a reference. */
static void dispatch_locked(struct lcs_conn *conn, struct lcs_request *req)
{
	lockdep_assert_held(&conn->lock);
	refcount_inc(&req->ref);
	conn->in_use++;
	req->id = ++conn->next_id;
	pkm_put_le64(req->frame + 4, req->id);
	req->conn = conn;
	req->state = LCS_REQUEST_QUEUED;
	hlist_add_head(&req->by_id, bucket_of(conn, req->id));
	list_add_tail(&req->queued, &conn->queue);
}

/* Waiting callers come after posted requests: those have nobody to time out. */
static void release_slot_locked(struct lcs_conn *conn)
{
	struct lcs_request *next;

	lockdep_assert_held(&conn->lock);
	conn->in_use--;
	next = list_first_entry_or_null(&conn->backlog, struct lcs_request, queued);
	if (!next || conn->in_use >= lcs_max_requests())
		return;
	list_del_init(&next->queued);
	dispatch_locked(conn, next);
	/* The backlog's reference became the table's. */
	refcount_dec(&next->ref);
}

/* True once @req has a slot or never will. */
static bool try_dispatch(struct lcs_conn *conn, struct lcs_request *req)
{
	bool settled = true, queued = false;

	spin_lock(&conn->lock);
	if (conn->down) {
		req->state = LCS_REQUEST_DONE;
		req->error = -EIO;
	} else if (list_empty(&conn->backlog) && conn->in_use < lcs_max_requests()) {
		dispatch_locked(conn, req);
		queued = true;
	} else {
		settled = false;
	}
	spin_unlock(&conn->lock);
	if (queued)
		wake_up(&conn->readable);
	return settled;
}

static bool is_done(struct lcs_request *req)
{
	/* Pairs with the release in finish_locked(): the answer is visible. */
	return smp_load_acquire(&req->state) == LCS_REQUEST_DONE;
}

/* The caller leaves. False if the answer came in the same moment. */
static bool abandon(struct lcs_conn *conn, struct lcs_request *req)
{
	bool left;

	spin_lock(&conn->lock);
	left = req->state != LCS_REQUEST_DONE;
	req->abandoned = left;
	spin_unlock(&conn->lock);
	return left;
}

static long time_left(const struct lcs_op *op)
{
	return max_t(long, (long)(op->deadline - jiffies), 0);
}

static void start_clock(struct lcs_op *op)
{
	if (!op->deadline)
		op->deadline = (jiffies + msecs_to_jiffies(op->limits.request_timeout_ms)) | 1;
}

/**
 * lcs_request_run() - send a finished request and wait for its answer
 * @conn: Active connection, a reference held by the caller
 * @req: request, keeps being the caller's
 * @op: whose deadline counts; started if this is its first request
 *
 * Context: sleeps, killable and freezable. No lock may be held.
 * Return: the errno of the status, 0 included (RSI-035); -EIO if the source is
 * or went Down; -ETIMEDOUT, -EINTR (a fatal signal): @req->effect then belongs
 * to the late answer if there was a slot, else it is still the caller's
 * (@req->abandoned tells).
 */
int lcs_request_run(struct lcs_conn *conn, struct lcs_request *req, struct lcs_op *op)
{
	long left;

	start_clock(op);
	left = wait_for_source(conn->slots, try_dispatch(conn, req), 1, time_left(op));
	if (left <= 0)
		return left ? -EINTR : -ETIMEDOUT;
	left = wait_for_source(req->waiters, is_done(req), 0, time_left(op));
	if (left <= 0 && abandon(conn, req))
		return left ? -EINTR : -ETIMEDOUT;
	return req->error ?: lcs_rsi_status_errno(req->shape.status);
}

/*
 * Gates order changes that are read, combined and written back, or announced
 * by comparing before with after. They are waited for like a source, because
 * their holder waits for one (HAZ-029); buckets are shared, holders never nest.
 */
#define GATE_BITS 8

static struct lcs_gate {
	wait_queue_head_t waiters;
	unsigned long busy;
} gates[1 << GATE_BITS];

static struct lcs_gate *gate_of(const u8 *guid)
{
	return &gates[hash_64(pkm_get_le64(guid) ^ pkm_get_le64(guid + 8), GATE_BITS)];
}

/**
 * lcs_gates_init() - before the first call
 *
 * Context: module init.
 */
void lcs_gates_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(gates); i++)
		init_waitqueue_head(&gates[i].waiters);
}

/**
 * lcs_gate_enter() - be the only one to change a key
 * @op: call, whose deadline counts
 * @guid: key
 *
 * Context: sleeps, killable and freezable.
 * Return: 0; -ETIMEDOUT; -EINTR (a fatal signal).
 */
int lcs_gate_enter(struct lcs_op *op, const u8 *guid)
{
	struct lcs_gate *gate = gate_of(guid);
	long left;

	start_clock(op);
	left = wait_for_source(gate->waiters, !test_and_set_bit_lock(0, &gate->busy), 1, time_left(op));
	return left > 0 ? 0 : left ? -EINTR : -ETIMEDOUT;
}

/**
 * lcs_gate_leave() - let the next one in
 * @guid: key of lcs_gate_enter()
 *
 * Context: any.
 */
void lcs_gate_leave(const u8 *guid)
{
	struct lcs_gate *gate = gate_of(guid);

	clear_bit_unlock(0, &gate->busy);
	smp_mb__after_atomic(); /* pairs with the barrier of prepare_to_wait() */
	wake_up(&gate->waiters);
}

/**
 * lcs_request_post() - send a finished request and look at its answer never
 * @conn: connection, may be NULL: the request is dropped
 * @req: request; the reference is consumed
 *
 * For what may not wait: last closes (HAZ-030) and what follows a late answer.
 * Without a free slot it queues; when the source goes it is forgotten, and the
 * source's own clean-up does the rest (LCS-134).
 *
 * Context: any process context, does not sleep for the source.
 */
void lcs_request_post(struct lcs_conn *conn, struct lcs_request *req)
{
	bool queued = false, kept = true;

	if (!conn) {
		lcs_request_put(req);
		return;
	}
	req->abandoned = true;
	spin_lock(&conn->lock);
	if (conn->down) {
		kept = false;
	} else if (list_empty(&conn->backlog) && conn->in_use < lcs_max_requests()) {
		dispatch_locked(conn, req);
		refcount_dec(&req->ref);
		queued = true;
	} else {
		list_add_tail(&req->queued, &conn->backlog);
	}
	spin_unlock(&conn->lock);
	if (queued)
		wake_up(&conn->readable);
	if (!kept)
		lcs_request_put(req);
}

/**
 * lcs_request_next() - take the oldest request for a source's read()
 * @conn: connection
 * @room: size of the reader's buffer
 * @err: out if there is none: -EAGAIN, -EMSGSIZE (it stays, RSI-006), -EIO
 *
 * Context: any process context.
 * Return: it with a reference for the reader, or NULL.
 */
struct lcs_request *lcs_request_next(struct lcs_conn *conn, size_t room, int *err)
{
	struct lcs_request *req;

	spin_lock(&conn->lock);
	req = list_first_entry_or_null(&conn->queue, struct lcs_request, queued);
	if (conn->down) {
		*err = -EIO;
		req = NULL;
	} else if (!req) {
		*err = -EAGAIN;
	} else if (req->w.len > room) {
		*err = -EMSGSIZE;
		req = NULL;
	} else {
		list_del_init(&req->queued);
		req->state = LCS_REQUEST_DELIVERED;
		refcount_inc(&req->ref);
	}
	spin_unlock(&conn->lock);
	return req;
}

/**
 * lcs_conn_readable() - would lcs_request_next() say something new?
 * @conn: connection
 *
 * Context: any; a hint.
 * Return: true with a request queued or the connection down.
 */
bool lcs_conn_readable(struct lcs_conn *conn)
{
	return READ_ONCE(conn->down) || !list_empty_careful(&conn->queue);
}

/**
 * lcs_request_return() - put a request back that could not be copied out
 * @conn: connection
 * @req: from lcs_request_next(); the reader keeps its reference
 *
 * Context: any process context. HAZ-033.
 */
void lcs_request_return(struct lcs_conn *conn, struct lcs_request *req)
{
	spin_lock(&conn->lock);
	if (req->state == LCS_REQUEST_DELIVERED) {
		req->state = LCS_REQUEST_QUEUED;
		list_add(&req->queued, &conn->queue);
	}
	spin_unlock(&conn->lock);
	wake_up(&conn->readable);
}

static void finish_locked(struct lcs_request *req)
{
	hlist_del_init(&req->by_id);
	list_del_init(&req->queued);
	/* Pairs with the acquire in is_done(). */
	smp_store_release(&req->state, LCS_REQUEST_DONE);
}

/* Consumes the table's reference. */
static void settle(struct lcs_request *req)
{
	if (!req->abandoned) {
		wake_up_all(&req->waiters);
		lcs_request_put(req);
	} else if (req->effect && !req->error) {
		queue_work(lcs_wq, &req->work);
	} else {
		lcs_request_put(req);
	}
}

static struct lcs_request *find_delivered(struct lcs_conn *conn, u64 id)
{
	struct lcs_request *req;

	hlist_for_each_entry(req, bucket_of(conn, id), by_id)
		if (req->id == id)
			return req->state == LCS_REQUEST_DELIVERED ? req : NULL;
	return NULL;
}

/**
 * lcs_request_answer() - accept one response
 * @conn: connection it came on
 * @frame: kvmalloc'ed bytes, consumed
 * @len: how many
 *
 * Context: may sleep; never waits for a source (HAZ-028).
 * Return: 0; -EINVAL: nothing was accepted, and the caller tears the
 * connection down (RSI-008, RSI-009); -EIO: it is down.
 */
int lcs_request_answer(struct lcs_conn *conn, u8 *frame, u32 len)
{
	u64 id = len >= RSI_RESPONSE_HEADER_LEN ? pkm_get_le64(frame + 4) : 0;
	struct lcs_rsi_shape shape;
	struct lcs_request *req;
	int err = -EINVAL;
	u16 op = 0;

	spin_lock(&conn->lock);
	req = find_delivered(conn, id);
	if (req)
		op = req->op;
	spin_unlock(&conn->lock);
	/* Large frames are checked outside the lock; a twin may win meanwhile. */
	if (!op || lcs_rsi_check(frame, len, op, &shape))
		goto out;

	spin_lock(&conn->lock);
	req = find_delivered(conn, id);
	if (conn->down) {
		err = -EIO;
		req = NULL;
	} else if (req) {
		req->shape = shape;
		req->answer = frame;
		req->answer_len = len;
		finish_locked(req);
		release_slot_locked(conn);
		frame = NULL;
		err = 0;
	}
	spin_unlock(&conn->lock);
	if (req) {
		settle(req);
		wake_up(&conn->readable);
		wake_up(&conn->slots);
	}
out:
	kvfree(frame);
	return err;
}

/**
 * lcs_conn_shut() - the source is gone: fail all it owes
 * @conn: connection
 *
 * Idempotent. Marks the slot Down (RSI-029, LCS-317).
 *
 * Context: may sleep.
 */
void lcs_conn_shut(struct lcs_conn *conn)
{
	struct lcs_request *req, *tmp;
	struct hlist_node *node;
	LIST_HEAD(dead);
	int i;

	spin_lock(&conn->lock);
	if (conn->down) {
		spin_unlock(&conn->lock);
		return;
	}
	conn->down = true;
	list_splice_init(&conn->backlog, &dead);
	list_for_each_entry(req, &dead, queued)
		req->error = -EIO;
	for (i = 0; i < LCS_CONN_BUCKETS; i++) {
		hlist_for_each_entry_safe(req, node, &conn->table[i], by_id) {
			req->error = -EIO;
			finish_locked(req);
			list_add_tail(&req->queued, &dead);
		}
	}
	conn->in_use = 0;
	spin_unlock(&conn->lock);

	lcs_slot_down(conn);
	list_for_each_entry_safe(req, tmp, &dead, queued) {
		list_del_init(&req->queued);
		settle(req);
	}
	wake_up_all(&conn->readable);
	wake_up_all(&conn->slots);
}
