/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The one place that tests what we are built for: a kernel version, or the
 * host (unit tests, fuzzers, benchmarks). Code below core/ includes this and
 * nothing else from outside the project.
 */
#ifndef _PKM_COMPAT_H
#define _PKM_COMPAT_H

#ifdef __KERNEL__

#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <asm/barrier.h>

/* Since 6.3 vm_flags may only be changed through helpers. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define pkm_vm_flags_mod(vma, set, clear) vm_flags_mod(vma, set, clear)
#else
#define pkm_vm_flags_mod(vma, set, clear) ((vma)->vm_flags = ((vma)->vm_flags | (set)) & ~(clear))
#endif

/* Step @i of a loop that others can make long: let them run now and then. May sleep. */
#define pkm_relax(i)                    \
	do {                            \
		if (!((i)&1023))        \
			cond_resched(); \
	} while (0)

/* A kernel with CONFIG_DEBUG_CREDENTIALS counts the tasks that act with a credential. */
#ifdef CONFIG_DEBUG_CREDENTIALS
#define pkm_cred_subscribe(cred, tasks) atomic_add(tasks, &(cred)->subscribers)
#else
#define pkm_cred_subscribe(cred, tasks) ((void)(cred))
#endif

/* The counter that cycles of a clock source are read from without a call, where there is one. */
#ifdef CONFIG_X86_64
#include <asm/msr.h>
#define pkm_cycles()            rdtsc_ordered()
#define pkm_cycles_drive(clock) ((clock)->vdso_clock_mode == VDSO_CLOCKMODE_TSC)
#else
#define pkm_cycles()            0ULL
#define pkm_cycles_drive(clock) false
#endif

/*
 * At least eight bytes, in words, the last ones perhaps in part twice. For the
 * lengths of events this is what the string copy does best, and nobody is called.
 */
static __always_inline void pkm_copy_words(void *to, const void *from, size_t n)
{
#if defined(CONFIG_X86_64) && !defined(CONFIG_KASAN)
	size_t words = n / 8;
	u64 last;

	memcpy(&last, from + n - 8, 8);
	memcpy(to + n - 8, &last, 8);
	asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
#else
	memcpy(to, from, n);
#endif
}

/* The same from user memory, inside user_read_access_begin(); false when it cannot be read. */
static __always_inline bool pkm_take_words(void *to, const void __user *from, size_t n)
{
	size_t words = n / 8;
	u64 word;

	unsafe_get_user(word, (const u64 __user *)(from + n - 8), fault);
	memcpy(to + n - 8, &word, 8);
#ifdef CONFIG_X86_64
	asm volatile("1: rep movsq\n2:\n" _ASM_EXTABLE_UA(1b, 2b)
		     : "+D"(to), "+S"(from), "+c"(words)
		     :
		     : "memory");
#else
	for (; words; words--, to += 8, from += 8) {
		unsafe_get_user(word, (const u64 __user *)from, fault);
		memcpy(to, &word, 8);
	}
#endif
	return !words;

fault:
	return false;
}

#else /* host */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

/*
 * Built freestanding, so that the compiler invents no call but mem*; these
 * bring back what it knows about those four: a load is a load, not a call.
 */
#define memcpy  __builtin_memcpy
#define memmove __builtin_memmove
#define memset  __builtin_memset
#define memcmp  __builtin_memcmp

#define U8_MAX  ((u8)~0U)
#define U16_MAX ((u16)~0U)
#define U32_MAX ((u32)~0U)
#define U64_MAX ((u64)~0ULL)

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif
#define noinline     __attribute__((__noinline__))
#define __must_check __attribute__((__warn_unused_result__))
#define fallthrough  __attribute__((__fallthrough__))

#define pkm_relax(i) ((void)(i))

#define pkm_copy_words(to, from, n) memcpy(to, from, n)

#define OPTIMIZER_HIDE_VAR(x)   __asm__("" : "=r"(x) : "0"(x))
#define barrier()               __asm__ __volatile__("" : : : "memory")
#define READ_ONCE(x)            __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v)        __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#define smp_load_acquire(p)     __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define smp_mb()                __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()               __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()               __atomic_thread_fence(__ATOMIC_RELEASE)

#define check_add_overflow(a, b, d) __builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d) __builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d) __builtin_mul_overflow(a, b, d)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define static_assert _Static_assert
#define ALIGN(x, a)      (((x) + ((__typeof__(x))(a)-1)) & ~((__typeof__(x))(a)-1))
#define IS_ALIGNED(x, a) (((x) & ((__typeof__(x))(a)-1)) == 0)
#define min(a, b)                       \
	({                              \
		__typeof__(a) _a = (a); \
		__typeof__(b) _b = (b); \
		_a < _b ? _a : _b;      \
	})
#define max(a, b)                       \
	({                              \
		__typeof__(a) _a = (a); \
		__typeof__(b) _b = (b); \
		_a > _b ? _a : _b;      \
	})
#define min_t(t, a, b)             \
	({                         \
		t _a = (a);        \
		t _b = (b);        \
		_a < _b ? _a : _b; \
	})
#define max_t(t, a, b)             \
	({                         \
		t _a = (a);        \
		t _b = (b);        \
		_a > _b ? _a : _b; \
	})

#endif /* __KERNEL__ */

#endif
