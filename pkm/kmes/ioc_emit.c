// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emission from user space: privilege, rate, sizes, one copy, content, in the
 * order that the errnos promise (KMES-049, KMES-062, KMES-063). Everything
 * here may be preempted; only kmes_emit_user() is not (KMES-053).
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <pkm/core/kmes_put.h>
#include <pkm/core/msgpack.h>
#include <pkm/kacs.h>

#include "internal.h"

static_assert(sizeof(struct kmes_emit_args) == sizeof(struct kmes_batch_entry), "EMIT is read as an entry");

/**
 * struct staging - kernel copies of one call
 * @home: where it waits for the next call; NULL: freed after this one
 * @open: for the validator
 * @entries: of a batch
 * @records: as they will stand in the ring; larger calls allocate
 *
 * One waits on each CPU. A call takes that of the CPU that it happens to be on
 * and may be preempted with it: who finds none allocates his own.
 */
struct staging {
	struct staging **home;
	u32 open[KMES_DEPTH_MAX];
	struct kmes_batch_entry entries[KMES_BATCH_MAX];
	u8 records[22 * 1024];
};

static DEFINE_PER_CPU(struct staging *, waiting);

static struct staging *staging_get(void)
{
	struct staging *s = xchg(raw_cpu_ptr(&waiting), NULL);

	if (unlikely(!s)) {
		s = kvmalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
		if (s)
			s->home = NULL;
	}
	return s;
}

static void staging_put(struct staging *s)
{
	if (likely(s->home))
		smp_store_release(s->home, s); /* empty since it was taken from there */
	else
		kvfree(s);
}

/* Room for @bytes of records; NULL without memory. */
static u8 *records_get(struct staging *s, size_t bytes)
{
	if (likely(bytes <= sizeof(s->records)))
		return s->records;
	return kvmalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

static void records_put(struct staging *s, u8 *records)
{
	if (unlikely(records != s->records))
		kvfree(records);
}

/**
 * kmes_staging_free() - free what kmes_staging_alloc() made
 *
 * Context: module exit or failed init; nobody emits.
 */
void kmes_staging_free(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(xchg(per_cpu_ptr(&waiting, cpu), NULL));
}

/**
 * kmes_staging_alloc() - staging memory for every online CPU
 *
 * Context: module init, cpus_read_lock() held. After a failure
 * kmes_staging_free() frees what there is.
 * Return: 0 or -ENOMEM.
 */
int kmes_staging_alloc(void)
{
	struct staging *s;
	int cpu;

	for_each_online_cpu(cpu) {
		s = kvmalloc_node(sizeof(*s), GFP_KERNEL, cpu_to_node(cpu));
		if (!s)
			return -ENOMEM;
		s->home = per_cpu_ptr(&waiting, cpu);
		*s->home = s;
	}
	return 0;
}

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

/* The largest record that user space may write now (KMES-029). */
static u32 size_limit(void)
{
	return min(READ_ONCE(kmes_limits.max_event), READ_ONCE(kmes_limits.capacity) / 2);
}

/* Lengths only; no pointer is touched. */
static __always_inline int measure(const struct kmes_batch_entry *e, u32 limit, u32 *size)
{
	if (!kmes_record_size(e->event_type_len, e->payload_len, size))
		return -EINVAL;
	return *size > limit ? -ENOSPC : 0;
}

/* Inside user_read_access_begin(). */
#define take_word(to, from, at, fault)                                              \
	do {                                                                        \
		u64 _word;                                                          \
		unsafe_get_user(_word, (const u64 __user *)((from) + (at)), fault); \
		pkm_put_le64((to) + (at), _word);                                   \
	} while (0)

/* Of nothing, copy_from_user() does not even judge the address. */
static __always_inline bool is_short(u32 n)
{
	return n - 1 < 256;
}

/*
 * Most pieces are short: this costs less than getting into the string copy and
 * having the destination judged, whose size was computed from these lengths.
 * The end may be read in part again: the copy is what counts.
 */
static __always_inline bool take_short(u8 *to, const u8 __user *from, size_t n)
{
	size_t i;
	u8 byte;

	if (n > 16)
		return pkm_take_words(to, from, n);
	if (likely(n >= 8)) {
		take_word(to, from, 0, fault);
		take_word(to, from, n - 8, fault);
		return true;
	}
	for (i = 0; i < n; i++) {
		unsafe_get_user(byte, from + i, fault);
		to[i] = byte;
	}
	return true;

fault:
	return false;
}

/* Type and payload, one behind the other; each byte counts as it was copied (KMES-050). */
static __always_inline bool take_bytes(u8 *to, const struct kmes_batch_entry *e)
{
	const u8 __user *type = u64_to_user_ptr(e->event_type), *payload = u64_to_user_ptr(e->payload);
	const u32 type_len = e->event_type_len, payload_len = e->payload_len;
	bool taken;

	if (!is_short(type_len) || !is_short(payload_len))
		return !copy_from_user(to, type, type_len) &&
		       !copy_from_user(to + type_len, payload, payload_len);
	if (!access_ok(payload, payload_len) || !user_read_access_begin(type, type_len))
		return false;
	taken = take_short(to, type, type_len) && take_short(to + type_len, payload, payload_len);
	user_read_access_end();
	return taken;
}

/* Lay the record down at @to: copy type and payload, judge the copy. */
static __always_inline int take_in(const struct kmes_batch_entry *e, u8 *to, u32 size, struct staging *s,
				   u32 depth)
{
	const u32 type_len = e->event_type_len;
	u8 *type = to + KMES_OFF_TYPE;

	if (!take_bytes(type, e))
		return -EFAULT;
	if (!type_len || !pkm_utf8_valid(type, type_len) ||
	    !pkm_mp_valid(type + type_len, size - KMES_HEADER_SIZE - type_len, s->open, depth))
		return -EINVAL;
	record_head(to, size, KMES_ORIGIN_USER, type_len); /* KMES-014 */
	return 0;
}

static __always_inline bool take_args(struct kmes_batch_entry *e, const struct kmes_batch_entry __user *from)
{
	if (!user_read_access_begin(from, sizeof(*from)))
		return false;
	unsafe_get_user(e->event_type, &from->event_type, fault);
	unsafe_get_user(e->event_type_len, &from->event_type_len, fault);
	unsafe_get_user(e->payload, &from->payload, fault);
	unsafe_get_user(e->payload_len, &from->payload_len, fault);
	user_read_access_end();
	return true;

fault:
	user_read_access_end();
	return false;
}

static __always_inline int emit_one(const struct kmes_batch_entry *e)
{
	struct staging *s;
	u8 *record;
	u32 size;
	int err;

	if (!e->event_type_len)
		return -EINVAL;
	err = measure(e, size_limit(), &size);
	if (err)
		return err;
	s = staging_get();
	if (!s)
		return -ENOMEM;
	record = records_get(s, size);
	err = record ? take_in(e, record, size, s, READ_ONCE(kmes_limits.max_depth)) : -ENOMEM;
	if (!err && !kmes_emit_records(record, 1, size))
		err = -ENOSPC;
	records_put(s, record);
	staging_put(s);
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
	struct kmes_batch_entry e __uninitialized;
	bool exempt;
	int err = authorize(&exempt);

	if (err)
		return err;
	if (!take_args(&e, arg))
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
static u32 measure_all(const struct kmes_batch_entry *e, u32 count, size_t *bytes, int *err)
{
	const u32 limit = size_limit();
	size_t sum = 0;
	u32 size, i;

	for (i = 0; i < count; i++) {
		*err = measure(&e[i], limit, &size);
		if (*err)
			break;
		sum += size;
	}
	*bytes = sum;
	return i;
}

/* Stage every entry up to the first bad one, then write those at once (KMES-065, KMES-070). */
static int emit_entries(struct staging *s, u32 count, u32 *emitted)
{
	const u32 depth = READ_ONCE(kmes_limits.max_depth);
	int size_err = 0, err = 0;
	u8 *records, *to;
	size_t bytes;
	u32 fit, size, i;

	fit = measure_all(s->entries, count, &bytes, &size_err);
	records = to = records_get(s, bytes);
	if (!records)
		return -ENOMEM;
	for (i = 0; i < fit; i++) {
		size = KMES_HEADER_SIZE + s->entries[i].event_type_len + s->entries[i].payload_len;
		err = take_in(&s->entries[i], to, size, s, depth);
		if (err)
			break;
		to += size;
	}
	if (!err)
		err = size_err;
	if (i) {
		*emitted = kmes_emit_records(records, i, to - records);
		if (*emitted < i)
			err = -ENOSPC;
	}
	records_put(s, records);
	return err;
}

/* Steps 4 and on, with the reservation made. */
static int emit_batch(const struct kmes_batch_args *b, u32 *emitted)
{
	u32 __user *out = u64_to_user_ptr(b->emitted_out);
	struct staging *s;
	int err = -EFAULT;

	if (put_user(0, out))
		return -EFAULT;
	s = staging_get();
	if (!s)
		return -ENOMEM;
	if (!copy_from_user(s->entries, u64_to_user_ptr(b->entries), b->count * sizeof(s->entries[0])))
		err = emit_entries(s, b->count, emitted);
	staging_put(s);
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
