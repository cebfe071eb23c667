// SPDX-License-Identifier: GPL-2.0-only
/*
 * Logon sessions: what tokens of one logon have in common.
 *
 * A session ends by itself with its last token, which may happen in softirq,
 * so ending allocates nothing and its event's body is made at creation. The
 * linked pair's own references do not count: a session whose tokens only the
 * pair knows is over (KACS-TOK-082).
 *
 * Locks: table_lock, then nothing; session->lock, then nothing.
 */
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "internal.h"

/* A sixteenth of a ring's default size, per second and at once. */
#define EVENT_BYTES (256U << 10)

static struct rb_root table = RB_ROOT; /* by id */
static DEFINE_SPINLOCK(table_lock);
static u64 next_id = KACS_SESSION_FIRST_DYNAMIC;

/* The published session of the lowest id that is not below @id. */
static struct kacs_session *find_from_locked(u64 id)
{
	struct kacs_session *session, *found = NULL;
	struct rb_node *at = table.rb_node;

	lockdep_assert_held(&table_lock);
	while (at) {
		session = rb_entry(at, struct kacs_session, node);
		if (session->id >= id)
			found = session;
		at = session->id > id ? at->rb_left : session->id < id ? at->rb_right : NULL;
	}
	return found;
}

static struct kacs_session *find_locked(u64 id)
{
	struct kacs_session *session = find_from_locked(id);

	return session && session->id == id ? session : NULL;
}

static void free_session(struct kacs_session *session)
{
	kacs_count(KACS_SESSIONS, -1);
	kfree(session->package);
	kfree(session->end_event);
	kfree(session);
}

/**
 * kacs_session_put() - drop a reference
 * @session: the session
 *
 * Context: any but NMI.
 */
void kacs_session_put(struct kacs_session *session)
{
	if (refcount_dec_and_test(&session->refs))
		free_session(session);
}

/**
 * kacs_session_find_get() - the session of an id
 * @id: auth_id
 *
 * Context: any but NMI.
 * Return: a reference that the caller puts; NULL when there is none.
 */
struct kacs_session *kacs_session_find_get(u64 id)
{
	struct kacs_session *session;
	unsigned long flags;

	spin_lock_irqsave(&table_lock, flags);
	session = find_locked(id);
	if (session)
		refcount_inc(&session->refs);
	spin_unlock_irqrestore(&table_lock, flags);
	return session;
}

/**
 * kacs_session_from_get() - the published session of the lowest id from @id on
 * @id: where to look from
 *
 * For walks over all sessions that hold no lock in between: on from its id
 * plus one.
 *
 * Context: any but NMI.
 * Return: a reference that the caller puts; NULL when there is none.
 */
struct kacs_session *kacs_session_from_get(u64 id)
{
	struct kacs_session *session;
	unsigned long flags;

	spin_lock_irqsave(&table_lock, flags);
	session = find_from_locked(id);
	if (session)
		refcount_inc(&session->refs);
	spin_unlock_irqrestore(&table_lock, flags);
	return session;
}

/* Renders the event of the session's end now, while memory may be waited for. */
static int prepare_end_event(struct kacs_session *session)
{
	session->end_event_len = kacs_audit_session_event(session, NULL, 0);
	session->end_event = kmalloc(session->end_event_len, GFP_KERNEL);
	if (!session->end_event)
		return -ENOMEM;
	kacs_audit_session_event(session, session->end_event, session->end_event_len);
	return 0;
}

static struct kacs_session *make(const struct kacs_session_spec *spec)
{
	struct kacs_session *session = kzalloc(sizeof(*session), GFP_KERNEL);

	if (!session)
		return NULL;
	kacs_count(KACS_SESSIONS, 1);
	refcount_set(&session->refs, 1);
	spin_lock_init(&session->lock);
	session->logon_type = spec->logon_type;
	session->created_at = kacs_now();
	kmes_bucket_fill(&session->budget, EVENT_BYTES, ktime_get_mono_fast_ns());
	session->user_len = spec->user_len;
	memcpy(session->user, spec->user, spec->user_len);
	session->package_len = spec->auth_package_len;
	session->package =
		kmemdup(spec->auth_package ?: (const u8 *)"", spec->auth_package_len ?: 1, GFP_KERNEL);
	if (!session->package) {
		free_session(session);
		return NULL;
	}
	return session;
}

static bool is_before(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct kacs_session, node)->id < rb_entry(b, struct kacs_session, node)->id;
}

static void publish(struct kacs_session *session)
{
	unsigned long flags;

	spin_lock_irqsave(&table_lock, flags);
	session->published = true;
	rb_add(&session->node, &table, is_before);
	spin_unlock_irqrestore(&table_lock, flags);
}

static int create_with_id(const struct kacs_session_spec *spec, u64 id)
{
	struct kacs_session *session = make(spec);
	int err;

	if (!session)
		return -ENOMEM;
	session->id = id;
	err = prepare_end_event(session);
	if (err) {
		free_session(session);
		return err;
	}
	publish(session); /* the table's reference is the one from make() */
	return 0;
}

static u64 take_id(void)
{
	unsigned long flags;
	u64 id;

	spin_lock_irqsave(&table_lock, flags);
	id = next_id++;
	spin_unlock_irqrestore(&table_lock, flags);
	return id;
}

/**
 * kacs_session_create() - a new logon session
 * @spec: validated specification
 * @id: its auth_id on success
 *
 * Context: process context. May sleep. KACS-TOK-086.
 * Return: 0 or -ENOMEM.
 */
int kacs_session_create(const struct kacs_session_spec *spec, u64 *id)
{
	u64 taken = take_id();
	int err = create_with_id(spec, taken);

	if (!err)
		*id = taken;
	return err;
}

/* Frees what only the pair kept; the rest is merely no pair any more. */
static void release_pair(struct kacs_session *session, struct kacs_token *pair[2])
{
	int i;

	for (i = 0; i < 2; i++)
		if (pair[i])
			kacs_token_free(pair[i]);
}

/* Takes the pair off @session; its members come back where nobody else holds them. */
static void unlink_pair_locked(struct kacs_session *session, struct kacs_token *pair[2])
{
	lockdep_assert_held(&session->lock);
	pair[0] = session->elevated && session->elevated->retained ? session->elevated : NULL;
	pair[1] = session->filtered && session->filtered->retained ? session->filtered : NULL;
	session->elevated = NULL;
	session->filtered = NULL;
}

/* Ends a session that was just taken off the table: from here lookup fails. */
static void end(struct kacs_session *session)
{
	struct kacs_token *pair[2];
	unsigned long flags;

	spin_lock_irqsave(&session->lock, flags);
	unlink_pair_locked(session, pair);
	spin_unlock_irqrestore(&session->lock, flags);
	kacs_audit_session_end(session);
	release_pair(session, pair);
	kacs_session_put(session);
}

static bool unpublish_locked(struct kacs_session *session)
{
	lockdep_assert_held(&table_lock);
	if (!session->published || session->id < KACS_SESSION_FIRST_DYNAMIC || atomic_read(&session->tokens))
		return false;
	session->published = false;
	rb_erase(&session->node, &table);
	return true;
}

/**
 * kacs_session_token_born() - count a new token object
 * @session: held by the caller
 *
 * Context: any but NMI. Lock-free unless it is the first token.
 * Return: false when the session has ended meanwhile.
 */
bool kacs_session_token_born(struct kacs_session *session)
{
	unsigned long flags;
	bool published;

	if (atomic_inc_not_zero(&session->tokens))
		return true;
	spin_lock_irqsave(&table_lock, flags);
	published = session->published;
	if (published)
		atomic_inc(&session->tokens);
	spin_unlock_irqrestore(&table_lock, flags);
	return published;
}

/**
 * kacs_session_token_given() - somebody got a token of the session
 * @session: held by the caller, as is the token
 *
 * From now on the session ends with its last token. A call that makes the
 * first one and then fails must not end it: nobody ever saw a token.
 *
 * Context: process context.
 */
void kacs_session_token_given(struct kacs_session *session)
{
	WRITE_ONCE(session->had_token, true);
}

/**
 * kacs_session_token_gone() - a token object lost its last outside reference
 * @session: held by the caller
 *
 * Context: any but NMI. KACS-TOK-087.
 */
void kacs_session_token_gone(struct kacs_session *session)
{
	unsigned long flags;
	bool over;

	if (!atomic_dec_and_test(&session->tokens))
		return;
	spin_lock_irqsave(&table_lock, flags);
	over = READ_ONCE(session->had_token) && unpublish_locked(session);
	spin_unlock_irqrestore(&table_lock, flags);
	if (over)
		end(session);
}

/**
 * kacs_session_drop_token() - drop a reference of a token that may be its last
 * @session: the token's session, held by the caller
 * @tok: the token
 *
 * The count reaches zero under the lock that the linked pair is used under, so
 * a partner finds a token either alive or retained, never on its way out.
 *
 * Context: any but NMI.
 * Return: true when nothing refers to @tok any more and the caller frees it,
 * then calls kacs_session_token_gone().
 */
bool kacs_session_drop_token(struct kacs_session *session, struct kacs_token *tok)
{
	unsigned long flags;
	bool member;

	if (!refcount_dec_and_lock_irqsave(&tok->refs, &session->lock, &flags))
		return false;
	member = session->elevated == tok || session->filtered == tok;
	tok->retained = member;
	spin_unlock_irqrestore(&session->lock, flags);
	if (member)
		kacs_session_token_gone(session);
	return !member;
}

/**
 * kacs_session_link() - make two tokens the session's linked pair
 * @session: their session
 * @elevated: becomes Full
 * @filtered: becomes Limited
 *
 * An earlier pair is replaced; the role stays on its tokens (KACS-TOK-078).
 *
 * Context: process context.
 * Return: 0; -EINVAL when a token already has the opposite role (KACS-TOK-077).
 */
int kacs_session_link(struct kacs_session *session, struct kacs_token *elevated, struct kacs_token *filtered)
{
	struct kacs_token *old[2] = { NULL, NULL };
	unsigned long flags;
	int err = -EINVAL;

	spin_lock_irqsave(&session->lock, flags);
	if (elevated->elevation != KACS_ELEVATION_LIMITED && filtered->elevation != KACS_ELEVATION_FULL) {
		unlink_pair_locked(session, old);
		session->elevated = elevated;
		session->filtered = filtered;
		WRITE_ONCE(elevated->elevation, KACS_ELEVATION_FULL);
		WRITE_ONCE(filtered->elevation, KACS_ELEVATION_LIMITED);
		err = 0;
	}
	spin_unlock_irqrestore(&session->lock, flags);
	release_pair(session, old);
	return err;
}

/**
 * kacs_session_partner_get() - the other token of the linked pair
 * @session: session of @tok
 * @tok: a token that the caller holds
 *
 * Context: any but NMI. KACS-TOK-080.
 * Return: a reference that the caller puts; NULL when @tok is in no pair.
 */
struct kacs_token *kacs_session_partner_get(struct kacs_session *session, const struct kacs_token *tok)
{
	struct kacs_token *partner = NULL;
	unsigned long flags;

	spin_lock_irqsave(&session->lock, flags);
	if (session->elevated == tok)
		partner = session->filtered;
	else if (session->filtered == tok)
		partner = session->elevated;
	if (partner && !refcount_inc_not_zero(&partner->refs)) {
		refcount_set(&partner->refs, 1);
		partner->retained = false;
		atomic_inc(&session->tokens);
	}
	spin_unlock_irqrestore(&session->lock, flags);
	return partner;
}

/**
 * kacs_session_charge() - pay for an event that a process's own check causes
 * @session: session of the process's primary token
 * @bytes: of the event
 *
 * Whoever writes the descriptor of a check writes its audit ACEs too: without
 * a bound one call pushes everything else out of the ring.
 *
 * Context: any but NMI.
 * Return: false when the budget does not suffice.
 */
bool kacs_session_charge(struct kacs_session *session, u32 bytes)
{
	unsigned long flags;
	bool paid;

	spin_lock_irqsave(&session->lock, flags);
	paid = kmes_bucket_take(&session->budget, EVENT_BYTES, bytes, ktime_get_mono_fast_ns());
	spin_unlock_irqrestore(&session->lock, flags);
	return paid;
}

/**
 * kacs_session_destroy_empty() - end a session that has no token
 * @id: auth_id
 *
 * Context: process context. KACS-TOK-088.
 * Return: 0; -ENOENT; -EBUSY.
 */
int kacs_session_destroy_empty(u64 id)
{
	struct kacs_session *session;
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&table_lock, flags);
	session = find_locked(id);
	if (!session)
		err = -ENOENT;
	else if (refcount_read(&session->refs) > 1 || !unpublish_locked(session))
		err = -EBUSY; /* a running call or a token's fixed part holds it */
	spin_unlock_irqrestore(&table_lock, flags);
	if (!err)
		end(session);
	return err;
}

/**
 * kacs_session_invalidate() - mark a session dead, for good
 * @id: auth_id
 *
 * The kernel's own two sessions are refused: a dead SYSTEM session would deny
 * PID 1 everything until the next boot.
 *
 * Context: process context. KACS-TOK-089.
 * Return: 0, also when dead already; -ENOENT; -EBUSY.
 */
int kacs_session_invalidate(u64 id)
{
	struct kacs_session *session;

	if (id == KACS_SESSION_SYSTEM || id == KACS_SESSION_ANONYMOUS)
		return -EBUSY;
	session = kacs_session_find_get(id);
	if (!session)
		return -ENOENT;
	if (!xchg(&session->dead, true))
		kacs_audit_session_invalidated(session);
	kacs_session_put(session);
	return 0;
}

static const struct kacs_session_spec system_spec = {
	.logon_type = KACS_LOGON_SERVICE,
	.auth_package = (const u8 *)"Negotiate",
	.auth_package_len = 9,
	.user = kacs_sid_system,
	.user_len = sizeof(kacs_sid_system),
};

static const struct kacs_session_spec anonymous_spec = {
	.logon_type = KACS_LOGON_NETWORK,
	.user = kacs_sid_anonymous,
	.user_len = sizeof(kacs_sid_anonymous),
};

/**
 * kacs_session_init() - make the two sessions that never end (KACS-TOK-144)
 *
 * Context: module init.
 * Return: 0 or -ENOMEM.
 */
int __init kacs_session_init(void)
{
	int err = create_with_id(&system_spec, KACS_SESSION_SYSTEM);

	if (!err)
		err = create_with_id(&anonymous_spec, KACS_SESSION_ANONYMOUS);
	if (err)
		kacs_session_exit();
	return err;
}

/**
 * kacs_session_exit() - forget all sessions
 *
 * Context: module init or exit, when no token and no descriptor is left.
 */
void kacs_session_exit(void)
{
	struct kacs_session *session, *next;

	rbtree_postorder_for_each_entry_safe(session, next, &table, node)
		kacs_session_put(session);
	table = RB_ROOT;
}
