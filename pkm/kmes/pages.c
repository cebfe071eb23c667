// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ring memory: the data pages are mapped twice in a row in the kernel, and
 * ring_fd.c maps them twice in a row for user space:
 *
 *	page 0 1 2 ... n-1 0 1 2 ... n-1
 *
 * so a record that crosses the end is contiguous on both sides (KMES-088).
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "internal.h"

/* Large blocks save TLB misses; any mixture of block sizes will do. */
#define BLOCK_ORDER 9

/* Fill m->data with zeroed pages, in blocks as large as can be had without effort. */
static int alloc_data(struct kmes_memory *m, u32 count, int node)
{
	unsigned int order = BLOCK_ORDER;
	struct page *block;
	u32 i;

	while (m->count < count) {
		/* A capacity that is too large fails its swap; it must not have processes killed (KMES-142). */
		gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL;

		while (count - m->count < 1U << order)
			order--;
		if (order)
			gfp = (gfp & ~__GFP_RETRY_MAYFAIL) | __GFP_NORETRY;
		block = alloc_pages_node(node, gfp, order);
		if (!block) {
			if (!order)
				return -ENOMEM;
			order--;
			continue;
		}
		if (order)
			split_page(block, order);
		for (i = 0; i < 1U << order; i++)
			m->data[m->count++] = block + i;
	}
	return 0;
}

/* Kernel mapping: every page twice. */
static int map_twice(struct kmes_memory *m)
{
	struct page **twice = kvmalloc_array(2 * (size_t)m->count, sizeof(*twice), GFP_KERNEL);

	if (!twice)
		return -ENOMEM;
	memcpy(twice, m->data, m->count * sizeof(*twice));
	memcpy(twice + m->count, m->data, m->count * sizeof(*twice));
	m->map = vmap(twice, 2 * m->count, VM_MAP, PAGE_KERNEL);
	kvfree(twice);
	return m->map ? 0 : -ENOMEM;
}

/**
 * kmes_memory_alloc() - pages of one ring, zeroed
 * @m: receives them; on failure it is empty
 * @capacity: bytes of one copy of the data
 * @node: NUMA node of the writing CPU
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int kmes_memory_alloc(struct kmes_memory *m, u64 capacity, int node)
{
	u32 count = capacity >> PAGE_SHIFT;
	int err = -ENOMEM;

	memset(m, 0, sizeof(*m));
	m->data = kvcalloc(count, sizeof(*m->data), GFP_KERNEL);
	m->meta = alloc_pages_node(node, GFP_KERNEL | __GFP_ZERO, 0);
	if (m->data && m->meta)
		err = alloc_data(m, count, node);
	if (!err)
		err = map_twice(m);
	if (err)
		kmes_memory_free(m);
	return err;
}

/**
 * kmes_memory_free() - free what kmes_memory_alloc() made
 * @m: memory that neither a writer nor a mapping uses any more
 *
 * Context: may sleep.
 */
void kmes_memory_free(struct kmes_memory *m)
{
	u32 i;

	vunmap(m->map);
	for (i = 0; i < m->count; i++)
		__free_page(m->data[i]);
	kvfree(m->data);
	if (m->meta)
		__free_page(m->meta);
	memset(m, 0, sizeof(*m));
}
