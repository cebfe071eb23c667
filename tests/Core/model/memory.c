// SPDX-License-Identifier: MIT
/* Threads and memory of the model: see machine.h. */
#include <stdio.h>
#include <stdlib.h>

#include "private.h"

#undef memcpy
#define memcpy __builtin_memcpy

struct world w;
enum memory_model model;
const struct program *program;
const char *failure;
u32 sleeper;

static void *explorer_sp;
static u32 current = THREADS; /* none: the explorer itself */

/* --- contents longer than a register ----------------------------------------- */

#define CONTENTS 65536

static struct content {
	u32 size;
	u8 bytes[128] __attribute__((aligned(8)));
} contents[CONTENTS];

/* Four lanes: the processor multiplies them at the same time. @n is a multiple of 32. */
u64 hash_bytes(const void *p, size_t n)
{
	u64 h[4] = { 1, 2, 3, 4 };
	const u64 *q = p;
	size_t i, k;

	for (i = 0; i < n / 8; i += 4) {
		for (k = 0; k < 4; k++) {
			h[k] = (h[k] ^ q[i + k]) * 0x9e3779b97f4a7c15ULL;
			h[k] ^= h[k] >> 29;
		}
	}
	h[0] = ((h[0] * 31 + h[1]) * 31 + h[2]) * 31 + h[3];
	return h[0] ^ h[0] >> 32;
}

static u64 intern(const u8 *bytes, u32 size)
{
	struct content c = { .size = size };
	u32 i;

	memcpy(c.bytes, bytes, size);
	i = hash_bytes(c.bytes, sizeof(c.bytes)) % CONTENTS;
	while (contents[i].size && __builtin_memcmp(&contents[i], &c, sizeof(c)))
		i = (i + 1) % CONTENTS;
	contents[i] = c;
	return i;
}

static u64 pack(const u8 *bytes, u32 size)
{
	u64 v = 0;

	if (size > 8)
		return intern(bytes, size);
	memcpy(&v, bytes, size);
	return v;
}

static void unpack(u64 v, u8 *bytes, u32 size)
{
	memcpy(bytes, size > 8 ? contents[v].bytes : (u8 *)&v, size);
}

/* --- switching ------------------------------------------------------------------ */

/* Saves what a call preserves on this stack, goes on with the other. */
void model_switch(void **save, void *to);
__asm__(".text\n"
	"model_switch:\n"
	"	push %rbp\n	push %rbx\n	push %r12\n	push %r13\n	push %r14\n	push %r15\n"
	"	mov %rsp, (%rdi)\n"
	"	mov %rsi, %rsp\n"
	"	pop %r15\n	pop %r14\n	pop %r13\n	pop %r12\n	pop %rbx\n	pop %rbp\n"
	"	ret\n");

static void stop(enum stop why)
{
	w.thread[current].stop = why;
	model_switch(&w.thread[current].sp, explorer_sp);
}

static void body(void)
{
	program->thread[current]();
	stop(ENDED);
}

void prepare(u32 i)
{
	struct thread *t = &w.thread[i];
	u64 *sp = t->stack + ARRAY_SIZE(t->stack) - 2;

	*sp = (u64)body; /* where model_switch() returns to */
	t->sp = sp - 6;
	t->stop = START;
	t->fresh = WORDS_MAX;
}

/* Lets a thread run to its next stop. What is dead of its stack is cleared: equal states must look equal. */
void resume(u32 i, u64 result)
{
	struct thread *t = &w.thread[i];

	t->result = result;
	t->fresh = WORDS_MAX;
	current = i;
	model_switch(&explorer_sp, t->sp);
	current = THREADS;
	if ((u8 *)t->sp < (u8 *)t->stack + 512)
		failure = failure ?: "a thread's stack is too small";
	else
		memset(t->stack, 0, (u8 *)t->sp - (u8 *)t->stack);
}

/* --- memory ---------------------------------------------------------------------- */

void join(u8 *to, const u8 *from)
{
	u32 i;

	for (i = 0; i < WORDS_MAX; i++)
		to[i] = max(to[i], from[i]);
}

/* The word at an address or the first one behind it, below @end; w.words if there is none. */
static u32 find(const u8 *at, const u8 *end)
{
	u32 i, best = w.words;

	for (i = 0; i < w.words; i++) {
		if (w.word[i].at + w.word[i].size <= at || w.word[i].at >= end)
			continue;
		if (best == w.words || w.word[i].at < w.word[best].at)
			best = i;
	}
	return best;
}

/* An address in the second mapping is one in the first. */
static u8 *unmirror(const void *p)
{
	u32 i;

	for (i = 0; i < w.mirrors; i++)
		if ((u8 *)p >= w.mirror[i] + w.mirror_size[i] && (u8 *)p < w.mirror[i] + 2 * w.mirror_size[i])
			return (u8 *)p - w.mirror_size[i];
	return (u8 *)p;
}

static u64 newest(u32 i)
{
	const struct word *word = &w.word[i];
	const struct thread *t = &w.thread[word->writer];
	u32 k;

	for (k = t->buffered; k--;)
		if (t->buffer[k].word == i)
			return t->buffer[k].value;
	return word->history[word->count - 1].value;
}

void learn(struct thread *t, const struct message *m, enum order order)
{
	join(t->after_acquire, m->view);
	if (order == ACQUIRE)
		join(t->view, m->view);
}

static u64 load_word(u32 i, enum order order)
{
	struct thread *t = &w.thread[current];

	if (w.word[i].writer == current || current == THREADS)
		return newest(i);
	t->word = i;
	t->order = order;
	stop(LOAD);
	return t->result;
}

static void store_tso(struct thread *t, u32 i, u64 v, bool same)
{
	if (!same && t->buffered == BUFFERED) {
		failure = failure ?: "the store buffer of the model is too small";
		return;
	}
	if (!same)
		t->buffered++;
	t->buffer[t->buffered - 1].word = i;
	t->buffer[t->buffered - 1].value = v;
}

static void store_weak(struct thread *t, u32 i, u64 v, enum order order, bool same)
{
	struct word *word = &w.word[i];
	struct message *m;

	if (!same && word->count == HISTORY) {
		failure = failure ?: "the history of the model is too small";
		return;
	}
	if (!same)
		word->count++;
	m = &word->history[word->count - 1];
	m->value = v;
	t->view[i] = word->count - 1;
	memcpy(m->view, order == RELEASE ? t->view : t->after_release, sizeof(m->view));
	m->view[i] = word->count - 1;
}

static void store_word(u32 i, u64 v, enum order order)
{
	struct thread *t = &w.thread[current];
	/* Stores to one stretch of a record, one after the other: nobody could have come between. */
	bool same = w.word[i].size > 8 && t->fresh == i;

	if (current == THREADS) {
		w.word[i].history[w.word[i].count - 1].value = v;
		return;
	}
	if (w.word[i].writer != current)
		model_fail("a word has two writers");
	if (model == TSO)
		store_tso(t, i, v, same);
	else
		store_weak(t, i, v, order, same);
	t->fresh = i;
}

u64 model_load(const void *p, u32 size, enum order order)
{
	u32 i = find(p, (const u8 *)p + size);
	u64 v = 0;

	if (i == w.words) {
		memcpy(&v, p, size);
		return v;
	}
	return load_word(i, order);
}

void model_store(void *p, u32 size, u64 v, enum order order)
{
	u32 i = find(p, (u8 *)p + size);

	if (i == w.words)
		memcpy(p, &v, size);
	else
		store_word(i, v, order);
}

static void copy_out_of(u32 i, const u8 *from, u8 *to, size_t n)
{
	u8 bytes[128];

	unpack(load_word(i, RELAXED), bytes, w.word[i].size);
	memcpy(to, bytes + (from - w.word[i].at), n);
}

static void copy_into(u32 i, const u8 *from, u8 *to, size_t n)
{
	u8 bytes[128];

	unpack(newest(i), bytes, w.word[i].size);
	memcpy(bytes + (to - w.word[i].at), from, n);
	store_word(i, pack(bytes, w.word[i].size), RELAXED);
}

/* Piece by piece, each within one word or in no word at all. */
void model_copy(void *to_end, const void *from_end, size_t n)
{
	u8 *to, *from;
	size_t part;
	u32 i, k;

	for (; n; n -= part, to_end = (u8 *)to_end + part, from_end = (const u8 *)from_end + part) {
		to = unmirror(to_end);
		from = unmirror(from_end);
		i = find(from, from + 1);
		k = find(to, to + 1);
		part = n;
		if (i != w.words)
			part = min_t(size_t, part, w.word[i].at + w.word[i].size - from);
		if (k != w.words)
			part = min_t(size_t, part, w.word[k].at + w.word[k].size - to);
		if (i == w.words && k == w.words)
			part = 1;
		if (i != w.words && k != w.words)
			model_fail("a copy from shared to shared memory");
		else if (i != w.words)
			copy_out_of(i, from, to, part);
		else if (k != w.words)
			copy_into(k, from, to, part);
		else
			*to = *from;
	}
}

void model_fence(enum order order)
{
	struct thread *t = &w.thread[current];

	if (order == ACQUIRE)
		join(t->view, t->after_acquire);
	else if (order == RELEASE)
		memcpy(t->after_release, t->view, sizeof(t->view));
	else
		stop(FENCE);
	t->fresh = WORDS_MAX;
}

/* --- what programs call -------------------------------------------------------------- */

/* Memory of the program, zeroed, part of the explored state. */
void *model_memory(size_t n)
{
	void *p = w.program + w.used;

	w.used += ALIGN(n, 64);
	if (w.used > PROGRAM_BYTES) {
		fprintf(stderr, "PROGRAM_BYTES is too small\n");
		exit(2);
	}
	return p;
}

/* From now on this stretch is shared; what it holds is known to everybody. */
void model_share(const void *p, u32 size, u32 writer)
{
	struct word *word = &w.word[w.words];

	if (w.words == WORDS_MAX) {
		fprintf(stderr, "WORDS_MAX is too small\n");
		exit(2);
	}
	word->at = p;
	word->size = size;
	word->writer = writer;
	word->count = 1;
	word->history[0].value = pack(p, size);
	w.words++;
}

void model_mirror(const void *base, size_t capacity)
{
	w.mirror[w.mirrors] = base;
	w.mirror_size[w.mirrors++] = capacity;
}

u32 model_choose(u32 count)
{
	w.thread[current].choices = count;
	stop(CHOOSE);
	return w.thread[current].result;
}

/* A call into the kernel: its locks order it with all others. */
void model_sync(void)
{
	model_fence(FULL);
}

/* Sleeps until woken with @awake true. Looks, once, before it falls asleep. */
void model_sleep(bool (*awake)(void *), void *arg)
{
	w.thread[current].awake = awake;
	w.thread[current].arg = arg;
	stop(SLEEP);
}

void model_wake(void)
{
	u32 i;

	model_sync();
	for (i = 0; i < THREADS; i++)
		if (w.thread[i].stop == ASLEEP)
			w.thread[i].stop = SLEEP;
}

/* What the kernel sees under its locks, for the thread that calls it; that thread knows it then. */
u64 model_peek(const void *p, u32 size)
{
	u32 i = find(p, (const u8 *)p + size);
	struct thread *t = &w.thread[sleeper];
	const struct message *m;

	if (i == w.words)
		return model_load(p, size, RELAXED);
	m = &w.word[i].history[w.word[i].count - 1];
	t->view[i] = w.word[i].count - 1;
	learn(t, m, ACQUIRE);
	return m->value;
}

void model_fail(const char *what)
{
	failure = failure ?: what;
}

/* shim.h took the name; the compiler still calls it for structs. */
void reader_copy(u8 *to, const u8 *from, u32 n);
void reader_copy(u8 *to, const u8 *from, u32 n)
{
	model_copy(to, from, n);
}
