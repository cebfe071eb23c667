/* SPDX-License-Identifier: MIT */
/*
 * An exhaustive explorer of small concurrent programs.
 *
 * Threads are coroutines over real code. Each stops before anything whose
 * outcome depends on the others: a load of a word that another thread writes,
 * a full fence, a call into the modelled kernel. The explorer then tries every
 * thread and every outcome from there, depth first, and remembers states it
 * has been in, so it ends after all of them: no interleaving and no reordering
 * that the memory model allows is left out.
 *
 *   TSO   x86: each thread has a store buffer, first in first out; a store
 *         becomes visible to others at any later time, before a full fence at
 *         the latest.
 *   WEAK  C11 without load buffering: words have histories; a load may return
 *         any store not older than what its thread knows, and acquiring a
 *         release brings what the writer knew. Plain stores may become visible
 *         in any order and loads may be stale: weaker than arm64 for this code.
 *
 * Every word has one writer, as everything in a ring has.
 */
#ifndef MODEL_MACHINE_H
#define MODEL_MACHINE_H

#include "shim.h"

enum memory_model { TSO, WEAK };

#define THREADS     2
#define WORDS_MAX   40
#define STACK_BYTES 2048
#define HISTORY     8
#define BUFFERED    24

/* Bytes of the program's own state, saved and restored with the machine. */
#define PROGRAM_BYTES 7168

/**
 * struct program - what to explore
 * @name: for the report
 * @start: puts the program's state in place; runs before the threads
 * @thread: their bodies
 * @done: called when all have ended: checks what only shows at the end
 */
struct program {
	const char *name;
	void (*start)(void);
	void (*thread[THREADS])(void);
	void (*done)(void);
};

bool model_run(const struct program *program, enum memory_model model);

/* For programs. */
void *model_memory(size_t n);
void model_share(const void *p, u32 size, u32 writer);
void model_mirror(const void *base, size_t capacity);
u32 model_choose(u32 count);
void model_sync(void);
void model_sleep(bool (*awake)(void *), void *arg);
void model_wake(void);
u64 model_peek(const void *p, u32 size);
void model_fail(const char *what);

#define MODEL_EXPECT(condition, what)     \
	do {                              \
		if (!(condition))         \
			model_fail(what); \
	} while (0)

#endif
