// SPDX-License-Identifier: GPL-2.0-only
/*
 * Places: where a key was found. Watches on ancestors hear of a key by the
 * chain captured at its open, never by a later walk (LCS-184).
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * lcs_place_alloc() - an empty place, or a copy with room to grow
 * @from: place to start from, NULL: empty
 * @more: components that may be pushed
 * @more_bytes: their bytes
 *
 * One allocation: structure, GUIDs, ends, path.
 *
 * Context: may sleep.
 * Return: it with one reference, or NULL.
 */
struct lcs_place *lcs_place_alloc(const struct lcs_place *from, u32 more, u32 more_bytes)
{
	u32 depth = from ? from->depth : 0;
	u32 path = from ? lcs_place_path_len(from) : 0;
	size_t entries = (size_t)depth + more;
	size_t size = sizeof(struct lcs_place) + entries * (LCS_GUID_LEN + sizeof(u32)) + path + more_bytes;
	struct lcs_place *place = kvmalloc(size, GFP_KERNEL_ACCOUNT);

	if (!place)
		return NULL;
	refcount_set(&place->ref, 1);
	place->hive = from ? from->hive : NULL;
	place->depth = depth;
	place->ends = (u32 *)(place + 1);
	place->guids = (u8(*)[LCS_GUID_LEN])(place->ends + entries);
	place->path = (u8 *)(place->guids + entries);
	if (from) {
		memcpy(place->guids, from->guids, depth * LCS_GUID_LEN);
		memcpy(place->ends, from->ends, depth * sizeof(u32));
		memcpy(place->path, from->path, path);
	}
	return place;
}

/**
 * lcs_place_get() - take a reference
 * @place: place somebody already holds
 *
 * Context: any.
 * Return: @place.
 */
struct lcs_place *lcs_place_get(struct lcs_place *place)
{
	refcount_inc(&place->ref);
	return place;
}

/**
 * lcs_place_put() - give a reference back
 * @place: place, may be NULL
 *
 * Context: may sleep.
 */
void lcs_place_put(struct lcs_place *place)
{
	if (place && refcount_dec_and_test(&place->ref))
		kvfree(place);
}

/**
 * lcs_place_push() - go down one component
 * @place: not shared yet, with room
 * @guid: of the key there
 * @name: component
 *
 * Context: any.
 */
void lcs_place_push(struct lcs_place *place, const u8 *guid, struct lcs_bytes name)
{
	u32 at = lcs_place_path_len(place);

	memcpy(place->guids[place->depth], guid, LCS_GUID_LEN);
	memcpy(place->path + at, name.p, name.len);
	place->ends[place->depth++] = at + name.len;
}

/**
 * lcs_place_name() - one component
 * @place: place
 * @index: 0 is the hive
 *
 * Context: any.
 * Return: bytes inside @place.
 */
struct lcs_bytes lcs_place_name(const struct lcs_place *place, u32 index)
{
	u32 start = index ? place->ends[index - 1] : 0;

	return (struct lcs_bytes){ place->path + start, place->ends[index] - start };
}

/**
 * lcs_place_path_len() - bytes of all components
 * @place: place
 *
 * Context: any.
 * Return: the sum, separators not counted.
 */
u32 lcs_place_path_len(const struct lcs_place *place)
{
	return place->depth ? place->ends[place->depth - 1] : 0;
}
