// SPDX-License-Identifier: MIT
/* All ways through a program: see machine.h. */
#include <stdio.h>
#include <stdlib.h>

#include "private.h"

#undef memcpy
#define memcpy __builtin_memcpy

struct step {
	u32 thread;
	u32 outcome; /* FLUSH: the oldest store of the thread's buffer becomes visible */
	enum stop stop;
	u32 word;
	u64 value;
	u64 state; /* before the step */
};

#define FLUSH     U32_MAX /* outcome of a step */
#define DEPTH_MAX 4096
#define SEEN_BITS 20

static struct step path[DEPTH_MAX];
static_assert(sizeof(struct world) % 32 == 0, "hash_bytes()");

static u64 *seen;
static u64 states;

/* Forgets the oldest @gone values of a word: nobody can load them any more. */
static void forget(u32 i, u32 gone)
{
	struct word *word = &w.word[i];
	u32 k, n;

	word->count -= gone;
	memmove(&word->history[0], &word->history[gone], word->count * sizeof(word->history[0]));
	memset(&word->history[word->count], 0, gone * sizeof(word->history[0]));
	w.full[i] -= min_t(u32, w.full[i], gone);
	for (k = 0; k < THREADS; k++) {
		struct thread *t = &w.thread[k];

		t->view[i] -= gone;
		t->after_acquire[i] -= min_t(u32, t->after_acquire[i], gone);
		t->after_release[i] -= min_t(u32, t->after_release[i], gone);
	}
	for (k = 0; k < w.words; k++)
		for (n = 0; n < w.word[k].count; n++)
			w.word[k].history[n].view[i] -= min_t(u32, w.word[k].history[n].view[i], gone);
}

static void tidy(void)
{
	u32 i, k, least;

	for (i = 0; i < w.words; i++) {
		least = w.word[i].count - 1;
		for (k = 0; k < THREADS; k++)
			least = min_t(u32, least, w.thread[k].view[i]);
		if (least)
			forget(i, least);
	}
}

/*
 * A state seen before on this very path, with one thread left: it will run like
 * that for ever. (WEAK is left out: its loads may be stale as long as they like.)
 */
static void look_for_a_circle(u32 depth, u64 h)
{
	u32 i, running = 0, d;

	for (i = 0; i < THREADS; i++)
		running += w.thread[i].stop != ENDED || w.thread[i].buffered;
	if (model != TSO || running != 1)
		return;
	for (d = 0; d < depth; d++)
		if (path[d].state == h)
			model_fail("somebody runs in circles");
}

static bool remember(u32 depth)
{
	u64 h = hash_bytes(&w, sizeof(w)) | 1;
	u64 i = (h * 0x9e3779b97f4a7c15ULL) >> (64 - SEEN_BITS);

	while (seen[i] && seen[i] != h)
		i = (i + 1) & ((1 << SEEN_BITS) - 1);
	path[depth].state = h;
	if (seen[i]) {
		look_for_a_circle(depth, h);
		return false;
	}
	seen[i] = h;
	states++;
	if (states > 3 << (SEEN_BITS - 2)) {
		fprintf(stderr, "SEEN_BITS is too small\n");
		exit(2);
	}
	return true;
}

static void print_path(u32 depth)
{
	static const char *const names[] = { "starts",        "loads", "full fence", "chooses",
					     "looks, sleeps", "",      "ends" };
	u32 d;

	for (d = 0; d < depth; d++) {
		const struct step *s = &path[d];

		if (s->outcome == FLUSH)
			printf("#   thread %u: store to word %u becomes visible: %llu\n", s->thread, s->word,
			       (unsigned long long)s->value);
		else if (s->stop == LOAD)
			printf("#   thread %u loads word %u: %llu\n", s->thread, s->word,
			       (unsigned long long)s->value);
		else
			printf("#   thread %u %s %u\n", s->thread, names[s->stop], s->outcome);
	}
}

/* How many ways thread @i can go on. */
static u32 outcomes(u32 i)
{
	const struct thread *t = &w.thread[i];
	bool drained = !t->buffered;

	switch (t->stop) {
	case START:
		return 1;
	case LOAD:
		return model == TSO ? 1 : w.word[t->word].count - t->view[t->word];
	case FENCE:
	case SLEEP:
		return drained;
	case CHOOSE:
		return t->choices;
	default:
		return 0;
	}
}

static void full_fence(struct thread *t)
{
	join(t->view, t->after_acquire);
	join(w.full, t->view);
	memcpy(t->view, w.full, sizeof(w.full));
	memcpy(t->after_acquire, w.full, sizeof(w.full));
	memcpy(t->after_release, w.full, sizeof(w.full));
}

static void flush(struct thread *t, struct step *s)
{
	struct word *word = &w.word[t->buffer[0].word];

	s->word = t->buffer[0].word;
	s->value = word->history[0].value = t->buffer[0].value;
	t->buffered--;
	memmove(&t->buffer[0], &t->buffer[1], t->buffered * sizeof(t->buffer[0]));
	memset(&t->buffer[t->buffered], 0, sizeof(t->buffer[0]));
}

static void advance(struct step *s)
{
	struct thread *t = &w.thread[s->thread];
	u64 result = s->outcome;
	const struct message *m;

	s->stop = t->stop;
	if (t->stop == LOAD) {
		/* The newest first: it is what mostly happens. */
		u32 index = w.word[t->word].count - 1 - s->outcome;

		m = &w.word[t->word].history[index];
		s->word = t->word;
		s->value = result = m->value;
		t->view[t->word] = index;
		if (model == WEAK)
			learn(t, m, t->order);
	} else if (t->stop == FENCE || t->stop == SLEEP) {
		full_fence(t);
	}
	sleeper = s->thread;
	if (t->stop == SLEEP && !t->awake(t->arg)) {
		t->stop = ASLEEP;
		return;
	}
	resume(s->thread, result);
}

static bool at_the_end(void)
{
	u32 i;

	for (i = 0; i < THREADS; i++)
		if (w.thread[i].stop != ENDED)
			model_fail("somebody sleeps for ever");
	if (!failure && program->done)
		program->done();
	return !failure;
}

static bool explore(u32 depth)
{
	struct world *saved;
	u32 i, k, ways = 0;
	bool holds = true;
	u64 state;

	if (failure || depth == DEPTH_MAX) {
		failure = failure ?: "a path is too long";
		printf("# %s (%s): %s\n", program->name, model == TSO ? "tso" : "weak", failure);
		print_path(depth);
		return false;
	}
	if (model == WEAK)
		tidy();
	if (!remember(depth))
		return failure ? explore(depth) : true;
	state = path[depth].state;
	saved = malloc(sizeof(*saved));
	*saved = w;
	for (i = 0; holds && i < THREADS; i++) {
		u32 count = outcomes(i);

		if (saved->thread[i].buffered) {
			w = *saved;
			ways++;
			path[depth] = (struct step){ .thread = i, .outcome = FLUSH, .state = state };
			flush(&w.thread[i], &path[depth]);
			holds = explore(depth + 1);
		}
		for (k = 0; holds && k < count; k++) {
			w = *saved;
			ways++;
			path[depth] = (struct step){ .thread = i, .outcome = k, .state = state };
			advance(&path[depth]);
			holds = explore(depth + 1);
		}
		w = *saved;
	}
	free(saved);
	if (holds && !ways && !at_the_end())
		return explore(depth); /* prints */
	return holds;
}

/**
 * model_run() - explore a program completely
 *
 * Return: true if nothing failed on any path.
 */
bool model_run(const struct program *what, enum memory_model how)
{
	bool holds;
	u32 i;

	program = what;
	model = how;
	failure = NULL;
	states = 0;
	memset(&w, 0, sizeof(w));
	seen = calloc(1 << SEEN_BITS, sizeof(*seen));
	what->start();
	for (i = 0; i < THREADS; i++)
		prepare(i);
	holds = explore(0);
	free(seen);
	printf("%s - %s, %s: %llu states\n", holds ? "ok" : "not ok", what->name, how == TSO ? "tso" : "weak",
	       (unsigned long long)states);
	return holds;
}
