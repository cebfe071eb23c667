// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a loadable module gets behind the kernel's hooks.
 *
 * Every LSM hook of a stock kernel with "bpf" in its LSM list calls a
 * no-inline stub, bpf_lsm_<hook>(). An ftrace_ops with IPMODIFY sends the
 * stubs we need to typed handlers; PERMANENT refuses to be disarmed through
 * ftrace_enabled. Order at load (HAZ-010, HAZ-011):
 *
 *	1. the LSM list is one we can work with
 *	2. self test on two hooks that never sleep, taken off again
 *	3. life-cycle hooks: whatever is born from now on gets an identity
 *	4. seeding: whatever exists gets one, until a pass finds nothing new
 *	5. check hooks, inert until armed
 *
 * From step 3 on a handler may be on some task's stack at any time, so nothing
 * is taken off any more, init cannot fail, and the module holds itself.
 */
#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include <pkm/lsm.h>
#include <pkm/module.h>
#include <uapi/linux/pkm/kacs.h>

#include "../ksyms.h"
#include "hooks.h"

#define LSM_LIST "lsm=landlock,lockdown,yama,integrity,bpf"

/* Stubs are aligned to 16 bytes and lie together: handler = slots[(ip - base) / 16]. */
#define SLOT_SHIFT 4
#define SLOT_COUNT 1024

static struct {
	unsigned long base;
	unsigned long probe_address;
	void *slots[SLOT_COUNT];
} redirect __ro_after_init;

struct hook {
	const char *name;
	void *handler;
	unsigned long address;
};

#define HOOK(name, contexts) { #name, pkm_hook_##name, 0 },
static struct hook life_hooks[] __initdata = { PKM_LIFE_HOOKS(HOOK) };
static struct hook check_hooks[] __initdata = { PKM_CHECK_HOOKS(HOOK) };
#undef HOOK

static bool armed __read_mostly;
static bool attached __read_mostly;
static bool failed;
static u32 hook_count;

/* Maps the address and calls nothing: a callback that reaches a hook lets the second level through. */
static void notrace redirect_to_handler(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
					struct ftrace_regs *fregs)
{
	void *handler = redirect.slots[(ip - redirect.base) >> SLOT_SHIFT];

	ftrace_instruction_pointer_set(fregs, (unsigned long)handler);
}

static struct ftrace_ops life_ops = {
	.func = redirect_to_handler,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
};

static struct ftrace_ops check_ops = {
	.func = redirect_to_handler,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
};

/* --- finding the stubs -------------------------------------------------- */

static bool __init note_stub(struct hook *hooks, size_t count, const char *symbol, unsigned long address)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(hooks[i].name, symbol))
			continue;
		hooks[i].address = address;
		return true;
	}
	return false;
}

/* One step of the walk: looks at the symbol around @at; its bounds come back. */
static bool __init look_at(unsigned long at, unsigned long *start, unsigned long *size, size_t *found)
{
	static char text[KSYM_SYMBOL_LEN] __initdata;
	static char name[KSYM_NAME_LEN] __initdata;
	unsigned long offset;

	sprint_symbol(text, at);
	if (sscanf(text, "%511[^+]+0x%lx/0x%lx", name, &offset, size) != 3 || !*size)
		return false;
	*start = at - offset;
	if (!strstarts(name, "bpf_lsm_"))
		return true;
	*found += note_stub(life_hooks, ARRAY_SIZE(life_hooks), name + 8, *start);
	*found += note_stub(check_hooks, ARRAY_SIZE(check_hooks), name + 8, *start);
	return true;
}

/*
 * A kprobe per stub would search all symbols for each. Instead walk from the
 * one stub we know to its neighbours, up and down, until all are found.
 */
static int __init resolve_stubs(void)
{
	const size_t want = ARRAY_SIZE(life_hooks) + ARRAY_SIZE(check_hooks);
	unsigned long origin = pkm_ksyms.bpf_lsm_file_open;
	unsigned long up = origin, down = origin - 1, start, size;
	size_t found = 0, steps;

	for (steps = 0; found < want && steps < SLOT_COUNT; steps++) {
		if (look_at(up, &start, &size, &found))
			up = start + size;
		if (found < want && look_at(down, &start, &size, &found))
			down = start - 1;
	}
	if (found == want)
		return 0;
	pr_err("only %zu of %zu hook stubs found: is CONFIG_BPF_LSM on?\n", found, want);
	return -ENOENT;
}

static unsigned long __init lowest_address(unsigned long low, const struct hook *hooks, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		low = min(low, hooks[i].address);
	return low;
}

static int __init fill_slots(const struct hook *hooks, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		unsigned long slot = (hooks[i].address - redirect.base) >> SLOT_SHIFT;

		if (slot >= SLOT_COUNT || redirect.slots[slot]) {
			pr_err("hook stub %s does not fit the address table\n", hooks[i].name);
			return -ERANGE;
		}
		redirect.slots[slot] = hooks[i].handler;
	}
	return 0;
}

static int __init map_handlers(void)
{
	unsigned long low;
	int err;

	low = lowest_address(ULONG_MAX, life_hooks, ARRAY_SIZE(life_hooks));
	low = lowest_address(low, check_hooks, ARRAY_SIZE(check_hooks));
	redirect.base = ALIGN_DOWN(low, 1UL << SLOT_SHIFT);
	err = fill_slots(life_hooks, ARRAY_SIZE(life_hooks));
	return err ?: fill_slots(check_hooks, ARRAY_SIZE(check_hooks));
}

static int __init attach_hooks(struct ftrace_ops *ops, const struct hook *hooks, size_t count)
{
	static unsigned long addresses[ARRAY_SIZE(life_hooks) + ARRAY_SIZE(check_hooks)] __initdata;
	size_t i;
	int err;

	for (i = 0; i < count; i++)
		addresses[i] = hooks[i].address;
	err = ftrace_set_filter_ips(ops, addresses, count, 0, 1);
	if (!err)
		err = register_ftrace_function(ops);
	if (err)
		ftrace_free_filter(ops);
	return err;
}

/* --- before anything is attached ---------------------------------------- */

static bool __init lsm_listed(const char *name)
{
	const char *at = pkm_ksyms.lsm_names;
	size_t len = strlen(name);

	for (; at; at = strchr(at, ','), at += !!at)
		if (!strncmp(at, name, len) && (at[len] == ',' || !at[len]))
			return true;
	return false;
}

/* KACS-TOK-143: another MAC would decide beside us; without bpf nobody calls us. */
static int __init check_lsm_list(void)
{
	static const char *const rivals[] __initconst = { "selinux", "apparmor", "smack", "tomoyo" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rivals); i++) {
		if (!lsm_listed(rivals[i]))
			continue;
		pr_err("the LSM %s is active (%s): boot with " LSM_LIST " on the kernel command line\n",
		       rivals[i], pkm_ksyms.lsm_names);
		return -EBUSY;
	}
	if (lsm_listed("bpf"))
		return 0;
	pr_err("the BPF LSM is not active (%s): boot with " LSM_LIST " on the kernel command line\n",
	       pkm_ksyms.lsm_names);
	return -EOPNOTSUPP;
}

/* --- self test ---------------------------------------------------------- */

static atomic_t capable_calls, cred_free_calls;

static int test_capable(const struct cred *cred, struct user_namespace *ns, int cap, unsigned int opts)
{
	atomic_inc(&capable_calls);
	return 0;
}

static void test_cred_free(struct cred *cred)
{
	atomic_inc(&cred_free_calls);
}

static void notrace redirect_to_test(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
				     struct ftrace_regs *fregs)
{
	bool is_capable = (ip ^ (unsigned long)ops->private) >> SLOT_SHIFT == 0;

	ftrace_instruction_pointer_set(fregs, is_capable ? (unsigned long)test_capable
							 : (unsigned long)test_cred_free);
}

/*
 * Are stubs called at all, and does any LSM ask for a cred blob, without which
 * creds are freed behind our back (HAZ-005)? Both hooks never sleep, so taking
 * them off is safe.
 */
static int __init self_test(unsigned long capable_stub, unsigned long cred_free_stub)
{
	static struct ftrace_ops ops = {
		.func = redirect_to_test,
		.flags = FTRACE_OPS_FL_IPMODIFY,
	};
	unsigned long stubs[] = { capable_stub, cred_free_stub };
	struct cred *cred;
	int err;

	ops.private = (void *)capable_stub;
	err = ftrace_set_filter_ips(&ops, stubs, ARRAY_SIZE(stubs), 0, 1);
	if (!err)
		err = register_ftrace_function(&ops);
	if (err) {
		pr_err("cannot attach to hook stubs (%d): is ftrace_enabled 0 or another tool there?\n", err);
		goto free_filter;
	}

	(void)ns_capable_noaudit(&init_user_ns, CAP_SYS_MODULE);
	cred = prepare_creds();
	if (cred)
		abort_creds(cred);
	rcu_barrier(); /* the blank credential is freed by an RCU callback */
	unregister_ftrace_function(&ops);

	err = -EOPNOTSUPP;
	if (!cred)
		err = -ENOMEM;
	else if (!atomic_read(&capable_calls))
		pr_err("hook stubs are not called: boot with " LSM_LIST " on the kernel command line\n");
	else if (!atomic_read(&cred_free_calls))
		pr_err("freed credentials are not reported: boot with " LSM_LIST
		       " on the kernel command line (landlock is what is missing)\n");
	else
		err = 0;
free_filter:
	ftrace_free_filter(&ops);
	return err;
}

/* --- seeding ------------------------------------------------------------ */

static int __init seed_one(struct task_struct *task, bool *added)
{
	int err = pkm_task_seed(task, added);

	if (!err)
		err = pkm_cred_seed(rcu_dereference(task->real_cred), added);
	if (!err)
		err = pkm_cred_seed(rcu_dereference(task->cred), added);
	return err;
}

static int __init seed_pass(bool *added)
{
	struct task_struct *process, *thread;
	int cpu, err = 0;

	rcu_read_lock();
	for_each_process_thread(process, thread) {
		err = seed_one(thread, added);
		if (err)
			goto unlock;
	}
	for_each_possible_cpu(cpu) {
		struct task_struct *idle = pkm_ksyms.idle_task(cpu);

		err = idle ? seed_one(idle, added) : 0;
		if (err)
			break;
	}
unlock:
	rcu_read_unlock();
	return err;
}

/* A fork that began before the hooks may surface late: until nothing is new (HAZ-008). */
static int __init seed_all(void)
{
	bool added;
	int err, passes = 0;

	do {
		added = false;
		err = seed_pass(&added);
		cond_resched();
	} while (!err && added && ++passes < 1000);
	return err ?: added ? -EAGAIN : 0;
}

/* --- life --------------------------------------------------------------- */

/**
 * pkm_lsm_failed() - the mechanism does not work as it should
 * @what: for the log
 *
 * Says so on the console once and in the state that KACS_IOC_GET_STATE tells.
 * Nothing is taken off: what still denies goes on denying.
 *
 * Context: process context.
 */
void pkm_lsm_failed(const char *what)
{
	WRITE_ONCE(failed, true);
	pr_emerg("enforcement is not reliable: %s\n", what);
}

/**
 * pkm_lsm_attached() - are hooks attached
 *
 * Context: any.
 * Return: true from the first attachment on, for good.
 */
bool pkm_lsm_attached(void)
{
	return READ_ONCE(attached);
}

/**
 * pkm_lsm_armed() - do checks decide
 *
 * Context: any.
 * Return: false until pkm_lsm_arm(), then true for good.
 */
bool pkm_lsm_armed(void)
{
	return READ_ONCE(armed);
}

/**
 * pkm_lsm_arm() - let checks decide, once and for good (HAZ-015)
 *
 * Context: process context.
 * Return: 0, also when armed already; -EOPNOTSUPP without hooks; -EIO when
 * they are known not to work.
 */
int pkm_lsm_arm(void)
{
	if (!pkm_lsm_attached())
		return -EOPNOTSUPP;
	if (READ_ONCE(failed))
		return -EIO;
	if (!xchg(&armed, true))
		pr_info("armed\n");
	return 0;
}

/**
 * pkm_lsm_state() - what the mechanism says about itself
 * @hooks: number of attached hooks
 *
 * Context: any.
 * Return: KACS_STATE_... bits.
 */
u32 pkm_lsm_state(u32 *hooks)
{
	*hooks = READ_ONCE(hook_count);
	return (pkm_lsm_attached() ? KACS_STATE_ATTACHED : 0) | (pkm_lsm_armed() ? KACS_STATE_ARMED : 0) |
	       (READ_ONCE(failed) ? KACS_STATE_FAILED : 0);
}

/**
 * pkm_lsm_probe_registration() - is our place at a stub still taken
 *
 * A second ops that wants to move the instruction pointer of the same stub is
 * refused as long as ours is registered (HAZ-013).
 *
 * Context: may sleep.
 * Return: true when it was refused for that reason.
 */
bool pkm_lsm_probe_registration(void)
{
	static struct ftrace_ops probe; /* not on the stack: ftrace may wait for users of it */
	int err;

	/* From scratch each time: ftrace_free_filter() leaves pointers to what it freed. */
	probe = (struct ftrace_ops){
		.func = redirect_to_handler,
		.flags = FTRACE_OPS_FL_IPMODIFY,
	};
	err = ftrace_set_filter_ip(&probe, redirect.probe_address, 0, 1);
	if (!err) {
		err = register_ftrace_function(&probe);
		if (!err)
			unregister_ftrace_function(&probe);
	}
	ftrace_free_filter(&probe);
	return err == -EBUSY;
}

static unsigned long __init stub_of(const struct hook *hooks, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(hooks[i].name, name))
			return hooks[i].address;
	return 0;
}

static int __init prepare(void)
{
	int err = check_lsm_list();

	if (!err)
		err = resolve_stubs();
	if (!err)
		err = map_handlers();
	if (err)
		return err;
	redirect.probe_address = stub_of(check_hooks, ARRAY_SIZE(check_hooks), "capable");
	return self_test(redirect.probe_address, stub_of(life_hooks, ARRAY_SIZE(life_hooks), "cred_free"));
}

/* From here on nothing may fail: a handler may be on any stack. */
static void __init finish(void)
{
	int err;

	attached = true;
	hook_count = ARRAY_SIZE(life_hooks);
	err = seed_all();
	if (err) {
		pkm_lsm_failed("not every task could be given an identity");
		return;
	}
	err = attach_hooks(&check_ops, check_hooks, ARRAY_SIZE(check_hooks));
	if (err) {
		pkm_lsm_failed("check hooks could not be attached");
		return;
	}
	hook_count += ARRAY_SIZE(check_hooks);
	pkm_task_report_forks();
	pkm_watchdog_start();
}

/**
 * pkm_lsm_init() - attach, unless mode=off
 *
 * Must be the last step of loading: it cannot be undone.
 *
 * Context: module init. May sleep.
 * Return: 0; a negative errno with nothing attached.
 */
int __init pkm_lsm_init(void)
{
	int err;

	if (pkm_mode() == PKM_MODE_OFF)
		return 0;
	err = prepare();
	if (err)
		return err;
	err = pkm_cred_init();
	if (err)
		return err;
	err = pkm_task_init();
	if (err)
		goto exit_cred;
	err = pkm_sock_init();
	if (err)
		goto exit_task;

	__module_get(THIS_MODULE); /* for good: see the top of this file */
	err = attach_hooks(&life_ops, life_hooks, ARRAY_SIZE(life_hooks));
	if (err)
		goto put_module;
	finish();
	return 0;

put_module:
	pr_err("life-cycle hooks could not be attached (%d)\n", err);
	module_put(THIS_MODULE);
	pkm_sock_exit();
exit_task:
	pkm_task_exit();
exit_cred:
	pkm_cred_exit();
	return err;
}
