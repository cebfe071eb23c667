// SPDX-License-Identifier: MIT
/*
 * EMIT and EMIT_BATCH as the module has them, over hostile arguments, held to
 * the order of KMES-049, KMES-062 and KMES-063 written down a second time.
 *
 * Input: 1 byte of choices, the argument block, user memory.
 */
#include "kernel/kernel.h"

#include "../../../pkm/kmes/ioc_emit.c"
#include "fuzz.h"

#define CAPACITY 8192
#define TOKENS   64

u8 *user_memory;
size_t user_size;
struct kmes_limits kmes_limits = { .max_event = 2048, .max_depth = 6, .capacity = CAPACITY };

static u32 tokens;
static bool may_emit, is_exempt;
static u8 *got[KMES_BATCH_MAX];
static u32 got_count;

u64 kacs_caller_privileges(u64 mask)
{
	return mask & ((may_emit ? KACS_PRIV_MASK(KACS_PRIV_AUDIT) : 0) |
		       (is_exempt ? KACS_PRIV_MASK(KACS_PRIV_TCB) : 0));
}

int kmes_rate_take(u32 count)
{
	if (tokens < count)
		return -EAGAIN;
	tokens -= count;
	return 0;
}

void kmes_rate_return(u32 count)
{
	tokens += count;
}

/* Keeps what would be written, each record in memory of its own. */
u32 kmes_emit_records(u8 *records, u32 count, size_t bytes)
{
	u32 i, size;

	HOLDS(count >= 1 && count <= KMES_BATCH_MAX && !got_count);
	for (i = 0; i < count; i++) {
		size = pkm_get_le32(records);
		HOLDS(size > KMES_HEADER_SIZE && size <= 2048);
		got[i] = exact_copy(records, size);
		records += size;
		bytes -= size;
	}
	HOLDS(!bytes);
	got_count = count;
	return count;
}

/* What one event deserves. @first: EMIT looks at an empty type before anything else. */
static int verdict(const struct kmes_batch_entry *e, bool first)
{
	u64 size = 77ULL + e->event_type_len + e->payload_len;
	const u8 *type, *payload;
	u32 open[6];

	if (first && !e->event_type_len)
		return -EINVAL;
	if (size > U32_MAX)
		return -EINVAL;
	if (size > 2048 || size > CAPACITY / 2)
		return -ENOSPC;
	type = user_at((void *)(uintptr_t)e->event_type, e->event_type_len);
	payload = user_at((void *)(uintptr_t)e->payload, e->payload_len);
	if ((!type && e->event_type_len) || (!payload && e->payload_len))
		return -EFAULT;
	if (!e->event_type_len || !pkm_utf8_valid(type, e->event_type_len) ||
	    !pkm_mp_valid(payload, e->payload_len, open, 6))
		return -EINVAL;
	return 0;
}

/* KMES-005 KMES-006 KMES-014: all of the header that the moment of writing does not add */
static void check_event(u32 i, const struct kmes_batch_entry *e)
{
	u32 header = KMES_HEADER_SIZE + e->event_type_len;

	HOLDS(pkm_get_le32(got[i] + KMES_OFF_EVENT_SIZE) == header + e->payload_len);
	HOLDS(pkm_get_le32(got[i] + KMES_OFF_HEADER_SIZE) == header);
	HOLDS(got[i][KMES_OFF_ORIGIN] == KMES_ORIGIN_USER);
	HOLDS(pkm_get_le16(got[i] + KMES_OFF_TYPE_LEN) == e->event_type_len);
	HOLDS(!memcmp(got[i] + KMES_OFF_TYPE, user_at((void *)(uintptr_t)e->event_type, e->event_type_len),
		      e->event_type_len));
	HOLDS(!memcmp(got[i] + header, user_at((void *)(uintptr_t)e->payload, e->payload_len),
		      e->payload_len));
}

static void single(const void *arg)
{
	struct kmes_batch_entry e;
	u32 before = tokens;
	int want = 0;
	long err = kmes_ioc_emit(arg);

	if (!may_emit) /* not held, or nobody to ask: KMES-047 KMES-048 */
		want = -EPERM;
	else if (copy_from_user(&e, arg, sizeof(e)))
		want = -EFAULT;
	else if (!is_exempt && !before)
		want = -EAGAIN;
	else
		want = verdict(&e, true);
	HOLDS(err == want);
	HOLDS(got_count == !want);
	HOLDS(tokens == before - (!want && !is_exempt)); /* KMES-059 */
	if (!want)
		check_event(0, &e);
}

/* Step 4 stores a zero, which may lie inside the entries: the oracle works on the memory after it. */
static void batch(const void *arg)
{
	struct kmes_batch_entry entries[KMES_BATCH_MAX];
	u32 before = tokens, i, told = 0;
	struct kmes_batch_args b = { 0 };
	u8 *snapshot = exact_copy(user_memory, user_size);
	long err, want = 0;
	bool stored = false;

	if (!may_emit)
		want = -EPERM;
	else if (copy_from_user(&b, arg, sizeof(b)))
		want = -EFAULT;
	else if (!b.count || b.count > KMES_BATCH_MAX)
		want = -EINVAL;
	else if (!is_exempt && before < b.count)
		want = -EAGAIN;
	else if (put_u32(0, u64_to_user_ptr(b.emitted_out)))
		want = -EFAULT;
	else
		stored = true;
	if (stored && copy_from_user(entries, u64_to_user_ptr(b.entries), b.count * sizeof(entries[0])))
		want = -EFAULT;
	for (i = 0; stored && !want && i < b.count; i++) {
		want = verdict(&entries[i], false);
		told += !want;
	}
	memcpy(user_memory, snapshot, user_size);
	err = kmes_ioc_emit_batch(arg);
	HOLDS(err == want);
	HOLDS(got_count == told);                         /* KMES-065 */
	HOLDS(tokens == before - (is_exempt ? 0 : told)); /* KMES-068 */
	if (stored) {
		u32 out;

		memcpy(&out, user_at(u64_to_user_ptr(b.emitted_out), 4), 4);
		HOLDS(out == told); /* KMES-066 KMES-067 */
		memcpy(user_memory, snapshot, user_size);
		put_u32(0, u64_to_user_ptr(b.emitted_out));
		for (i = 0; i < told; i++)
			check_event(i, &entries[i]);
	} else {
		HOLDS(!memcmp(user_memory, snapshot, user_size));
	}
	free(snapshot);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u32 i;

	if (!waiting && kmes_staging_alloc())
		return 0;
	if (size < 1)
		return 0;
	may_emit = data[0] & 15;
	is_exempt = data[0] & 16;
	tokens = data[0] & 32 ? 0 : TOKENS;
	got_count = 0;
	user_size = size - 1;
	user_memory = exact_copy(data + 1, user_size);
	if (data[0] & 64)
		single((void *)USER_BASE);
	else
		batch((void *)USER_BASE);
	for (i = 0; i < got_count; i++)
		free(got[i]);
	free(user_memory);
	return 0;
}
