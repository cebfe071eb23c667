// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emission from user space: privilege, rate, sizes, one copy, content, in the
 * order that the errnos promise (KMES-049, KMES-062, KMES-063). Everything
 * here may be preempted; only kmes_emit_user() is not (KMES-053).
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <pkm/core/msgpack.h>
#include <pkm/kacs.h>

#include "internal.h"

/* What fits here needs no allocation; nearly every event does. */
#define LOCAL_BYTES 512

/* Up to here user memory is copied in words. */
#define SHORT_BYTES 256

static_assert(sizeof(struct kmes_emit_args) == sizeof(struct kmes_batch_entry), "EMIT is read as an entry");

/*
 * May the caller emit, and is it free of the rate limit (KMES-047, KMES-058)?
 * No token means KACS is not up, or this context may not be judged: EPERM
 * (KMES-048).
 */
static int authorize(bool *exempt)
{
	u64 held = kacs_caller_privileges(KACS_PRIV_MASK(KACS_PRIV_AUDIT) | KACS_PRIV_MASK(KACS_PRIV_TCB));

	*exempt = held & KACS_PRIV_MASK(KACS_PRIV_TCB);
	return held & KACS_PRIV_MASK(KACS_PRIV_AUDIT) ? 0 : -EPERM;
}

/* Lengths only; no pointer is touched. */
static int check_size(const struct kmes_batch_entry *e)
{
	u32 size;

	if (!kmes_record_size(e->event_type_len, e->payload_len, &size))
		return -EINVAL;
	if (size > READ_ONCE(kmes_limits.max_event) || size > kmes_capacity() / 2)
		return -ENOSPC;
	return 0;
}

/**
 * struct scratch - kernel copies of one call
 * @open: for the validator, @depth entries
 * @depth: nesting limit of this call
 * @bytes: types and payloads
 * @heap: what to free, NULL when the local buffers were enough
 * @local: buffers for the usual case
 */
struct scratch {
	u32 *open;
	u32 depth;
	u8 *bytes;
	void *heap;
	struct {
		u32 open[KMES_DEPTH_DEFAULT];
		u8 bytes[LOCAL_BYTES];
	} local;
};

static int scratch_init(struct scratch *s, size_t bytes)
{
	s->depth = READ_ONCE(kmes_limits.max_depth);
	s->heap = NULL;
	if (bytes <= LOCAL_BYTES && s->depth <= KMES_DEPTH_DEFAULT) {
		s->open = s->local.open;
		s->bytes = s->local.bytes;
		return 0;
	}
	s->heap = kvmalloc(s->depth * sizeof(u32) + bytes, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!s->heap)
		return -ENOMEM;
	s->open = s->heap;
	s->bytes = s->heap + s->depth * sizeof(u32);
	return 0;
}

/*
 * Copies user memory. Most pieces are short: words in a loop cost less than
 * getting into the string copy and having the destination judged, whose size
 * was computed from this very length.
 */
static int take_bytes(u8 *to, u64 from, u32 n)
{
	const u8 __user *src = u64_to_user_ptr(from);
	u64 word;
	u32 i;

	if (n < 8 || n > SHORT_BYTES)
		return copy_from_user(to, src, n) ? -EFAULT : 0;
	if (!user_read_access_begin(src, n))
		return -EFAULT;
#pragma GCC unroll 4
	for (i = 0; i < n - 7; i += 8) {
		unsafe_get_user(word, (const u64 __user *)(src + i), fault);
		pkm_put_le64(to + i, word);
	}
	/* The last eight, some of them perhaps a second time: the copy is what counts. */
	unsafe_get_user(word, (const u64 __user *)(src + n - 8), fault);
	pkm_put_le64(to + n - 8, word);
	user_read_access_end();
	return 0;

fault:
	user_read_access_end();
	return -EFAULT;
}

/* Copy type and payload to @to, once, and judge the copy (KMES-050). */
static int take_in(const struct kmes_batch_entry *e, u8 *to, const struct scratch *s, struct kmes_event *out)
{
	u8 *payload = to + e->event_type_len;

	if (take_bytes(to, e->event_type, e->event_type_len) ||
	    take_bytes(payload, e->payload, e->payload_len))
		return -EFAULT;
	if (!e->event_type_len || !pkm_utf8_valid(to, e->event_type_len) ||
	    !pkm_mp_valid(payload, e->payload_len, s->open, s->depth))
		return -EINVAL;
	out->type = to;
	out->type_len = e->event_type_len;
	out->payload = payload;
	out->payload_len = e->payload_len;
	return 0;
}

static int emit_one(const struct kmes_batch_entry *e)
{
	struct kmes_event event;
	struct scratch s __uninitialized; /* 640 bytes; scratch_init() fills in what is read */
	int err;

	if (!e->event_type_len)
		return -EINVAL;
	err = check_size(e);
	if (err)
		return err;
	err = scratch_init(&s, (size_t)e->event_type_len + e->payload_len);
	if (err)
		return err;
	err = take_in(e, s.bytes, &s, &event);
	if (!err && !kmes_emit_user(&event, 1))
		err = -ENOSPC;
	if (s.heap)
		kvfree(s.heap);
	return err;
}

/**
 * kmes_ioc_emit() - KMES_IOC_EMIT
 * @arg: user address of struct kmes_emit_args
 *
 * A token is taken first and handed back when a check fails, so that failures
 * cost nothing and threads cannot share one token (KMES-059).
 *
 * Context: process, may sleep.
 * Return: 0 once the event is visible (KMES-054); -EPERM, -EFAULT, -EAGAIN,
 * -EINVAL, -ENOSPC, -ENOMEM in the order of KMES-049.
 */
long kmes_ioc_emit(const void __user *arg)
{
	struct kmes_batch_entry e;
	bool exempt;
	int err = authorize(&exempt);

	if (err)
		return err;
	if (copy_from_user(&e, arg, sizeof(e)))
		return -EFAULT;
	if (!exempt) {
		err = kmes_rate_take(1);
		if (err)
			return err;
	}
	err = emit_one(&e);
	if (err && !exempt)
		kmes_rate_return(1);
	return err;
}

/*
 * How many entries from the first on pass the size checks, and what they need.
 * The errno of the one that does not is due only if all before it are good.
 */
static u32 measure(const struct kmes_batch_entry *e, u32 count, size_t *bytes, int *err)
{
	u32 i;

	*bytes = 0;
	*err = 0;
	for (i = 0; i < count; i++) {
		*err = check_size(&e[i]);
		if (*err)
			break;
		*bytes += (size_t)e[i].event_type_len + e[i].payload_len;
	}
	return i;
}

/* Stage every entry up to the first bad one, then write those at once (KMES-065, KMES-070). */
static int emit_entries(const struct kmes_batch_entry *e, u32 count, u32 *emitted)
{
	struct kmes_event *events = kmalloc_array(count, sizeof(*events), GFP_KERNEL_ACCOUNT);
	struct scratch s __uninitialized; /* 640 bytes; scratch_init() fills in what is read */
	size_t bytes;
	int size_err, err;
	u32 fit, i;
	u8 *to;

	if (!events)
		return -ENOMEM;
	fit = measure(e, count, &bytes, &size_err);
	err = scratch_init(&s, bytes);
	if (err)
		goto free;
	to = s.bytes;
	for (i = 0; i < fit; i++) {
		err = take_in(&e[i], to, &s, &events[i]);
		if (err)
			break;
		to += e[i].event_type_len + e[i].payload_len;
	}
	if (!err)
		err = size_err;
	if (i) {
		*emitted = kmes_emit_user(events, i);
		if (*emitted < i)
			err = -ENOSPC;
	}
	kvfree(s.heap);
free:
	kfree(events);
	return err;
}

/* Steps 4 and on, with the reservation made. */
static int emit_batch(const struct kmes_batch_args *b, u32 *emitted)
{
	u32 __user *out = u64_to_user_ptr(b->emitted_out);
	struct kmes_batch_entry *entries;
	int err;

	if (put_user(0, out))
		return -EFAULT;
	entries = memdup_user(u64_to_user_ptr(b->entries), b->count * sizeof(*entries));
	if (IS_ERR(entries))
		return PTR_ERR(entries);
	err = emit_entries(entries, b->count, emitted);
	kfree(entries);
	if (put_user(*emitted, out))
		err = -EFAULT;
	return err;
}

/**
 * kmes_ioc_emit_batch() - KMES_IOC_EMIT_BATCH
 * @arg: user address of struct kmes_batch_args
 *
 * Context: process, may sleep.
 * Return: 0 when all entries are visible; else the errno of the first failure
 * in the order of KMES-062 and KMES-063, with the entries before it emitted
 * and counted in emitted_out.
 */
long kmes_ioc_emit_batch(const void __user *arg)
{
	struct kmes_batch_args b;
	u32 emitted = 0;
	bool exempt;
	int err = authorize(&exempt);

	if (err)
		return err;
	if (copy_from_user(&b, arg, sizeof(b)))
		return -EFAULT;
	if (b.count < 1 || b.count > KMES_BATCH_MAX)
		return -EINVAL;
	if (!exempt) {
		err = kmes_rate_take(b.count);
		if (err)
			return err;
	}
	err = emit_batch(&b, &emitted);
	if (!exempt)
		kmes_rate_return(b.count - emitted); /* KMES-068 */
	return err;
}
