// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test builds only: are hooks called where lsm/hooks.h says (HAZ-007)?
 *
 * The compiler calls the two functions below around every function of lsm/, so
 * no handler can be forgotten and none says anything about it. A call in a
 * worse context than the table's is a WARN, once for each hook. A handler that
 * must not sleep runs with preemption off, so that the kernel complains if it does,
 * whoever called it; with CONFIG_DEBUG_ATOMIC_SLEEP already if it might.
 *
 *	cat /sys/module/pkm/parameters/hook_contexts
 *	echo unix_stream_connect > /sys/module/pkm/parameters/hook_lie
 *
 * The first prints for each hook its name, what the table says and what was seen,
 * in the letters below; "-" may sleep, "never" called. By the second the table says
 * that this hook may sleep.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mm_types.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../lsm/hooks.h"

#define CALLED 0x80

struct hook {
	const char *name;
	void *handler;
	unsigned int contexts;
	atomic_t seen;
	bool told;
};

#define HOOK(name, contexts) { #name, pkm_hook_##name, contexts, ATOMIC_INIT(0), false },
static struct hook hooks[] = { PKM_LIFE_HOOKS(HOOK) PKM_CHECK_HOOKS(HOOK) };
#undef HOOK

static const struct hook *lie;

static const struct {
	unsigned int context;
	char letter;
} letters[] = {
	{ PKM_MMAP_LOCK, 'm' }, { PKM_ATOMIC, 'a' },  { PKM_IRQS_OFF, 'i' },
	{ PKM_SOFTIRQ, 's' },   { PKM_HARDIRQ, 'h' },
};

void __cyg_profile_func_enter(void *function, void *caller);
void __cyg_profile_func_exit(void *function, void *caller);

static struct hook *hook_of(const void *function)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (hooks[i].handler == function)
			return &hooks[i];
	return NULL;
}

/* Lockdep knows; without it a writer can be told. */
static bool holds_mmap_lock(void)
{
	struct mm_struct *mm = in_task() ? current->mm : NULL;

	if (!mm)
		return false;
	if (IS_ENABLED(CONFIG_LOCKDEP))
		return lockdep_is_held(&mm->mmap_lock);
	return atomic_long_read(&mm->mmap_lock.owner) == (long)current;
}

static unsigned int context_now(void)
{
	return (holds_mmap_lock() ? PKM_MMAP_LOCK : 0) | (preempt_count() & PREEMPT_MASK ? PKM_ATOMIC : 0) |
	       (irqs_disabled() ? PKM_IRQS_OFF : 0) | (softirq_count() ? PKM_SOFTIRQ : 0) |
	       (in_hardirq() || in_nmi() ? PKM_HARDIRQ : 0);
}

/* Who never sleeps has no need to know about the lock. */
static unsigned int allowed(const struct hook *hook)
{
	if (hook == READ_ONCE(lie) || !hook->contexts)
		return 0;
	return hook->contexts | PKM_MMAP_LOCK;
}

static const char *spell(unsigned int contexts, char *text)
{
	char *end = text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(letters); i++)
		if ((contexts & letters[i].context) == letters[i].context)
			*end++ = letters[i].letter;
	if (end == text)
		*end++ = '-';
	*end = '\0';
	return text;
}

/**
 * __cyg_profile_func_enter() - called by the compiler's code at the entry of every function in lsm/
 * @function: which
 * @caller: not used
 *
 * Context: any.
 */
void __cyg_profile_func_enter(void *function, void *caller)
{
	unsigned int now = context_now();
	struct hook *hook = hook_of(function);
	char is[ARRAY_SIZE(letters) + 1], may[ARRAY_SIZE(letters) + 1];

	if (!hook)
		return;
	atomic_or(now | CALLED, &hook->seen);
	if (now & ~allowed(hook) && !xchg(&hook->told, true))
		WARN(1, "hook %s called in context %s, its table says %s\n", hook->name, spell(now, is),
		     spell(allowed(hook), may));
	if (hook->contexts)
		preempt_disable();
	else
		might_sleep();
}

/**
 * __cyg_profile_func_exit() - called by the compiler's code at every exit of a function in lsm/
 * @function: which
 * @caller: not used
 *
 * Context: any.
 */
void __cyg_profile_func_exit(void *function, void *caller)
{
	const struct hook *hook = hook_of(function);

	if (!hook || !hook->contexts)
		return;
	/* The scheduler has said so and turned preemption on. */
	if (!WARN_ONCE(preemptible(), "hook %s has slept\n", hook->name))
		preempt_enable();
}

static int get_contexts(char *text, const struct kernel_param *param)
{
	char table[ARRAY_SIZE(letters) + 1], seen[ARRAY_SIZE(letters) + 1];
	size_t i;
	int len = 0;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		unsigned int was = atomic_read(&hooks[i].seen);

		len += scnprintf(text + len, PAGE_SIZE - len, "%s %s %s\n", hooks[i].name,
				 spell(hooks[i].contexts, table), was ? spell(was, seen) : "never");
	}
	return len;
}

static int set_lie(const char *text, const struct kernel_param *param)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (!sysfs_streq(text, hooks[i].name))
			continue;
		WRITE_ONCE(lie, &hooks[i]);
		return 0;
	}
	return -ENOENT;
}

static const struct kernel_param_ops contexts_ops = {
	.get = get_contexts,
};
module_param_cb(hook_contexts, &contexts_ops, NULL, 0400);

static const struct kernel_param_ops lie_ops = {
	.set = set_lie,
};
module_param_cb(hook_lie, &lie_ops, NULL, 0200);
