/* SPDX-License-Identifier: MIT */
/*
 * As much of a kernel as pkm/kmes/ioc_emit.c sees: user memory is a buffer at
 * USER_BASE, everything outside it faults.
 */
#ifndef FUZZ_KERNEL_H
#define FUZZ_KERNEL_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include <pkm/compat.h>

#define __user
#define __uninitialized
#define GFP_KERNEL         0
#define GFP_KERNEL_ACCOUNT 0
#define __GFP_NOWARN       0

#define USER_BASE 0x10000ULL

extern u8 *user_memory;
extern size_t user_size;

struct mutex {
	int unused;
};
struct irq_work {
	int unused;
};
struct wait_queue_head {
	int unused;
};
typedef struct {
	int unused;
} refcount_t;
#define DECLARE_PER_CPU(type, name) extern type name
#define DEFINE_PER_CPU(type, name)  type name
#define raw_cpu_ptr(p)              (p)
#define per_cpu_ptr(p, cpu)         (p)
#define for_each_online_cpu(cpu)    for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define for_each_possible_cpu(cpu)  for_each_online_cpu(cpu)
#define cpu_to_node(cpu)            0

/* One thread: nobody comes between. */
#define xchg(p, v)                 \
	({                         \
		void *_old = *(p); \
		*(p) = (v);        \
		_old;              \
	})

#define u64_to_user_ptr(x) ((void *)(uintptr_t)(x))
#define IS_ERR(p)          ((uintptr_t)(p) >= (uintptr_t)-4095)
#define PTR_ERR(p)         ((long)(p))
#define ERR_PTR(e)         ((void *)(long)(e))

#define kvmalloc(n, gfp)            malloc(n)
#define kvmalloc_node(n, gfp, node) malloc(n)
#define kvfree                      free

static inline u8 *user_at(const void *p, size_t n)
{
	u64 at = (u64)(uintptr_t)p;

	if (at < USER_BASE || n > user_size || at - USER_BASE > user_size - n)
		return NULL;
	return user_memory + (at - USER_BASE);
}

#define access_ok(p, n)              (user_at((p), (n)) != NULL)
#define user_read_access_begin(p, n) (user_at((p), (n)) != NULL)
#define user_read_access_end()
#define unsafe_get_user(x, p, fault)                        \
	do {                                                \
		const u8 *_at = user_at((p), sizeof(*(p))); \
		if (!_at)                                   \
			goto fault;                         \
		memcpy(&(x), _at, sizeof(x));               \
	} while (0)

static inline bool pkm_take_words(void *to, const void *from, size_t n)
{
	const u8 *at = user_at(from, n);

	if (at)
		memcpy(to, at, n);
	return at != NULL;
}

/* Like the kernel's: bytes not copied; what is missing reads as zero. */
static inline size_t copy_from_user(void *to, const void *from, size_t n)
{
	const u8 *at = user_at(from, n);

	if (at)
		memcpy(to, at, n);
	else
		memset(to, 0, n);
	return at || !n ? 0 : n;
}

static inline int put_u32(u32 v, void *to)
{
	u8 *at = user_at(to, sizeof(v));

	if (!at)
		return -EFAULT;
	memcpy(at, &v, sizeof(v));
	return 0;
}
#define put_user(v, to) put_u32((v), (to))

#endif
