/* SPDX-License-Identifier: MIT */
/*
 * Included before everything else when the ring is compiled for the model:
 * whatever touches shared memory goes to the machine, which decides what a
 * load may see and who runs next.
 */
#ifndef MODEL_SHIM_H
#define MODEL_SHIM_H

#include <pkm/compat.h>

enum order { RELAXED, ACQUIRE, RELEASE, FULL };

u64 model_load(const void *p, u32 size, enum order order);
void model_store(void *p, u32 size, u64 v, enum order order);
void model_fence(enum order order);
void model_copy(void *to, const void *from, size_t n);

#undef READ_ONCE
#undef WRITE_ONCE
#undef smp_load_acquire
#undef smp_store_release
#undef smp_mb
#undef smp_rmb
#undef smp_wmb
#undef memcpy

#define READ_ONCE(x)            ((__typeof__(x))model_load(&(x), sizeof(x), RELAXED))
#define WRITE_ONCE(x, v)        model_store(&(x), sizeof(x), (u64)(v), RELAXED)
#define smp_load_acquire(p)     ((__typeof__(*(p)))model_load((p), sizeof(*(p)), ACQUIRE))
#define smp_store_release(p, v) model_store((p), sizeof(*(p)), (u64)(v), RELEASE)
#define smp_mb()                model_fence(FULL)
#define smp_rmb()               model_fence(ACQUIRE)
#define smp_wmb()               model_fence(RELEASE)
#define memcpy(to, from, n)     model_copy((to), (from), (n))

#endif
