// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Object-type trees: a flat preorder array, so a subtree is a range and the
 * ancestors are a chain of indices. Nothing recurses.
 */
#include "private.h"

static u32 table_bits(u32 count)
{
	u32 bits = 2;

	while ((1U << bits) < 2 * count)
		bits++;
	return bits;
}

static u64 guid_hash(const u8 *guid)
{
	return (pkm_get_le64(guid) + pkm_get_le64(guid + 8)) * 0x9e3779b97f4a7c15ULL;
}

static bool guid_equal(const u8 *a, const u8 *b)
{
	return pkm_get_le64(a) == pkm_get_le64(b) && pkm_get_le64(a + 8) == pkm_get_le64(b + 8);
}

/**
 * kacs_tree_size() - memory of a tree's index
 * @count: nodes
 *
 * Context: Any.
 * Return: bytes.
 */
u32 kacs_tree_size(u32 count)
{
	return 2 * (2 * count + (1U << table_bits(count)));
}

/* The place of a GUID in the table: its node + 1, or a free one. */
static u16 *table_place(const struct kacs_tree *tree, const u8 *guid)
{
	u32 mask = (1U << (64 - tree->shift)) - 1;
	u32 i = guid_hash(guid) >> tree->shift;

	while (tree->table[i] && !guid_equal(tree->entries[tree->table[i] - 1].guid, guid))
		i = (i + 1) & mask;
	return &tree->table[i];
}

/* Close every subtree that ends before @node; its parent is the first left open. */
static u32 close_subtrees(struct kacs_tree *tree, u32 last, u32 node, u32 level)
{
	while (tree->entries[last].level >= level) {
		tree->end[last] = node;
		last = tree->parent[last];
	}
	return last;
}

/**
 * kacs_tree_init() - validate a tree and index it
 * @tree: filled on success
 * @entries: flat preorder array
 * @count: 1 to KACS_TREE_MAX
 * @mem: kacs_tree_size() bytes, 2-byte aligned
 *
 * Context: Any. KACS-AC-058.
 * Return: 0, or -EINVAL.
 */
int kacs_tree_init(struct kacs_tree *tree, const struct kacs_object_type_entry *entries, u32 count, void *mem)
{
	u32 bits = table_bits(count), i, level, last = 0;
	u16 *place;

	if (entries[0].level || entries[0]._reserved)
		return -EINVAL;
	tree->entries = entries;
	tree->count = count;
	tree->end = mem;
	tree->parent = tree->end + count;
	tree->table = tree->parent + count;
	tree->shift = 64 - bits;
	memset(tree->table, 0, sizeof(*tree->table) << bits);
	tree->parent[0] = 0;
	*table_place(tree, entries[0].guid) = 1;
	for (i = 1; i < count; i++) {
		level = entries[i].level;
		if (!level || level > entries[i - 1].level + 1U || entries[i]._reserved)
			return -EINVAL;
		last = close_subtrees(tree, i - 1, i, level);
		tree->parent[i] = last;
		place = table_place(tree, entries[i].guid);
		if (*place)
			return -EINVAL;
		*place = i + 1;
	}
	tree->end[0] = count;
	for (i = count - 1; i; i = tree->parent[i])
		tree->end[i] = count;
	return 0;
}

/**
 * kacs_tree_find() - node of a GUID
 * @tree: tree
 * @guid: 16 bytes
 *
 * Context: Any. KACS-AC-106.
 * Return: its index, or -1.
 */
int kacs_tree_find(const struct kacs_tree *tree, const u8 *guid)
{
	return (int)*table_place(tree, guid) - 1;
}

/* The bits of @mask that every child of @node was granted. */
static u32 children_granted(const struct kacs_tree *tree, const struct nodes *n, u32 node, u32 mask)
{
	u32 child;

	for (child = node + 1; child < tree->end[node] && mask; child = tree->end[child])
		mask &= n->granted[child];
	return mask;
}

/**
 * kacs_tree_allow() - grant to a subtree, then to ancestors that became whole
 * @tree: tree
 * @n: masks, updated
 * @node: the ACE's node
 * @mask: the ACE's mapped mask
 *
 * Context: Any. KACS-AC-101, KACS-AC-102.
 */
void kacs_tree_allow(const struct kacs_tree *tree, struct nodes *n, u32 node, u32 mask)
{
	u32 i, fresh;

	for (i = node; i < tree->end[node]; i++) {
		fresh = mask & ~n->decided[i];
		n->decided[i] |= fresh;
		n->granted[i] |= fresh;
	}
	while (node && mask) {
		node = tree->parent[node];
		mask = children_granted(tree, n, node, mask);
		fresh = mask & ~n->decided[node];
		n->decided[node] |= fresh;
		n->granted[node] |= fresh;
	}
}

/**
 * kacs_tree_deny() - deny to a subtree and to every ancestor
 * @tree: tree
 * @n: masks, updated
 * @node: the ACE's node
 * @mask: the ACE's mapped mask
 *
 * Context: Any. KACS-AC-103.
 */
void kacs_tree_deny(const struct kacs_tree *tree, struct nodes *n, u32 node, u32 mask)
{
	u32 i;

	for (i = node; i < tree->end[node]; i++)
		n->decided[i] |= mask;
	while (node) {
		node = tree->parent[node];
		n->decided[node] |= mask;
	}
}
