/* SPDX-License-Identifier: MIT */
/* What memory.c (threads and memory) and explore.c (all ways through) share. */
#ifndef MODEL_PRIVATE_H
#define MODEL_PRIVATE_H

#include "machine.h"

/* What a thread stopped in front of. */
enum stop { START, LOAD, FENCE, CHOOSE, SLEEP, ASLEEP, ENDED };

/* A store on its way to the others. */
struct message {
	u64 value;
	u8 view[WORDS_MAX]; /* WEAK: what an acquiring reader learns */
};

/* Shared memory, one writer each. Values over 8 bytes are indices of interned contents. */
struct word {
	const u8 *at;
	u32 size;
	u32 writer;
	u32 count; /* TSO: 1, what is in memory */
	struct message history[HISTORY];
};

struct thread {
	void *sp;
	enum stop stop;
	u32 word; /* LOAD */
	enum order order;
	u32 choices; /* CHOOSE */
	u64 result;
	bool (*awake)(void *);
	void *arg;
	u32 fresh; /* word of the latest store, if nothing came after it; else WORDS_MAX */
	/* TSO */
	u32 buffered;
	struct {
		u32 word;
		u64 value;
	} buffer[BUFFERED];
	/* WEAK: least index that may be loaded; after an acquire fence; carried by plain stores */
	u8 view[WORDS_MAX], after_acquire[WORDS_MAX], after_release[WORDS_MAX];
	u64 stack[STACK_BYTES / 8] __attribute__((aligned(16)));
};

/* Everything that a path can change. */
struct world {
	struct thread thread[THREADS];
	struct word word[WORDS_MAX];
	u32 words;
	u8 full[WORDS_MAX]; /* WEAK: order of full fences */
	u32 used;
	const u8 *mirror[4];
	u64 mirror_size[4];
	u32 mirrors;
	u8 program[PROGRAM_BYTES] __attribute__((aligned(64)));
};

extern struct world w;

extern enum memory_model model;
extern const struct program *program;
extern const char *failure;
extern u32 sleeper; /* whose condition is being looked at */

void prepare(u32 i);
void resume(u32 i, u64 result);
void join(u8 *to, const u8 *from);
void learn(struct thread *t, const struct message *m, enum order order);
u64 hash_bytes(const void *p, size_t n);

#endif
