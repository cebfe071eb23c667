/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test builds (make FAULT=1) include this before everything else: allocations
 * ask pkm_fault_now() first. The distribution's kernel has no fault injection.
 *
 *	echo 3 > /sys/module/pkm/parameters/fail_nth
 *
 * makes the third allocation of the writing process fail, once.
 */
#ifndef _PKM_FAULT_H
#define _PKM_FAULT_H

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

bool pkm_fault_now(void);

#define PKM_FAULT_NULL(call) (pkm_fault_now() ? NULL : (call))
#define PKM_FAULT_ERR(call)  (pkm_fault_now() ? ERR_PTR(-ENOMEM) : (call))

#define kmalloc(...)           PKM_FAULT_NULL(kmalloc(__VA_ARGS__))
#define kzalloc(...)           PKM_FAULT_NULL(kzalloc(__VA_ARGS__))
#define kcalloc(...)           PKM_FAULT_NULL(kcalloc(__VA_ARGS__))
#define kmalloc_array(...)     PKM_FAULT_NULL(kmalloc_array(__VA_ARGS__))
#define kmemdup(...)           PKM_FAULT_NULL(kmemdup(__VA_ARGS__))
#define kvmalloc(...)          PKM_FAULT_NULL(kvmalloc(__VA_ARGS__))
#define kvzalloc(...)          PKM_FAULT_NULL(kvzalloc(__VA_ARGS__))
#define kvcalloc(...)          PKM_FAULT_NULL(kvcalloc(__VA_ARGS__))
#define kvmalloc_array(...)    PKM_FAULT_NULL(kvmalloc_array(__VA_ARGS__))
#define vmalloc(...)           PKM_FAULT_NULL(vmalloc(__VA_ARGS__))
#define vzalloc(...)           PKM_FAULT_NULL(vzalloc(__VA_ARGS__))
#define kmem_cache_alloc(...)  PKM_FAULT_NULL(kmem_cache_alloc(__VA_ARGS__))
#define kmem_cache_zalloc(...) PKM_FAULT_NULL(kmem_cache_zalloc(__VA_ARGS__))
#define prepare_creds()        PKM_FAULT_NULL(prepare_creds())
#define groups_alloc(...)      PKM_FAULT_NULL(groups_alloc(__VA_ARGS__))
#define memdup_user(...)       PKM_FAULT_ERR(memdup_user(__VA_ARGS__))
#define vmemdup_user(...)      PKM_FAULT_ERR(vmemdup_user(__VA_ARGS__))

#endif
