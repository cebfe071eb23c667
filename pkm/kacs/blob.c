// SPDX-License-Identifier: GPL-2.0-only
/* Immutable shared bytes: descriptors and ACLs that tokens and processes point at. */
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"

/**
 * kacs_blob_alloc() - room for bytes
 * @len: how many
 * @gfp: allocation flags
 *
 * Context: as @gfp allows.
 * Return: a blob with one reference, its bytes zero; NULL when out of memory.
 */
struct kacs_blob *kacs_blob_alloc(u32 len, gfp_t gfp)
{
	/* The largest wants 16 pages, which need not lie in one piece; kmalloc alone when it may not sleep. */
	struct kacs_blob *blob = kvzalloc(struct_size(blob, data, len), gfp | __GFP_ACCOUNT);

	if (!blob)
		return NULL;
	kacs_count(KACS_DESCRIPTORS, 1);
	refcount_set(&blob->refs, 1);
	blob->len = len;
	return blob;
}

/**
 * kacs_blob_copy() - a blob with these bytes
 * @data: bytes
 * @len: how many
 * @gfp: allocation flags
 *
 * Context: as @gfp allows.
 * Return: a blob with one reference; NULL when out of memory.
 */
struct kacs_blob *kacs_blob_copy(const void *data, u32 len, gfp_t gfp)
{
	struct kacs_blob *blob = kacs_blob_alloc(len, gfp);

	if (blob)
		memcpy(blob->data, data, len);
	return blob;
}

/**
 * kacs_blob_put() - drop a reference
 * @blob: may be NULL
 *
 * Context: any but NMI.
 */
void kacs_blob_put(struct kacs_blob *blob)
{
	if (!blob || !refcount_dec_and_test(&blob->refs))
		return;
	kacs_count(KACS_DESCRIPTORS, -1);
	kvfree_rcu(blob, rcu);
}
