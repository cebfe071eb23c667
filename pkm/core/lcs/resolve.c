// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The effective view: of everything all layers say about a name, what a caller
 * sees (LCS-117..LCS-122).
 */
#include <pkm/core/casefold.h>
#include <pkm/core/lcs.h>
#include <linux/pkm/registry.h>

/**
 * lcs_resolve_entries() - which entry of one child wins?
 * @layers: table
 * @entries: all entries of the child
 * @count: how many
 * @winner: out, NULL if the child is not visible
 *
 * Context: Any.
 * Return: LCS_FAULT_NONE or LCS_FAULT_TIE.
 */
enum lcs_fault lcs_resolve_entries(const struct lcs_layers *layers, const struct lcs_path_entry *entries,
				   u32 count, const struct lcs_path_entry **winner)
{
	struct lcs_contest contest;
	u32 i;

	*winner = NULL;
	lcs_contest_init(&contest);
	for (i = 0; i < count; i++)
		lcs_contest_offer(&contest, layers, entries[i].layer, entries[i].sequence, i);
	if (contest.tie)
		return LCS_FAULT_TIE;
	if (contest.winner >= 0 && !entries[contest.winner].hidden)
		*winner = &entries[contest.winner];
	return LCS_FAULT_NONE;
}

/* Blankets compete with every value alike: a source may send as many of both as it likes. */
static void offer_blankets(struct lcs_contest *contest, const struct lcs_layers *layers,
			   const struct lcs_values *values)
{
	u32 i;

	lcs_contest_init(contest);
	for (i = 0; i < values->blanket_count; i++) {
		lcs_contest_offer(contest, layers, values->blankets[i].layer, values->blankets[i].sequence,
				  (s64)values->entry_count + i);
		pkm_relax(i);
	}
}

/* Entries [from, to) of that name against the best of the blankets. */
static enum lcs_fault resolve_group(const struct lcs_layers *layers, const struct lcs_values *values,
				    const struct lcs_contest *blankets, u32 from, u32 to,
				    struct lcs_bytes name, const struct lcs_value_entry **winner)
{
	struct lcs_contest contest = *blankets;
	u32 i;

	*winner = NULL;
	for (i = from; i < to; i++) {
		const struct lcs_value_entry *e = &values->entries[i];

		if (pkm_fold_equal(e->name.p, e->name.len, name.p, name.len))
			lcs_contest_offer(&contest, layers, e->layer, e->sequence, i);
		pkm_relax(i);
	}
	if (contest.tie)
		return LCS_FAULT_TIE;
	if (contest.winner >= 0 && contest.winner < values->entry_count &&
	    values->entries[contest.winner].type != REG_TOMBSTONE)
		*winner = &values->entries[contest.winner];
	return LCS_FAULT_NONE;
}

/**
 * lcs_resolve_value() - which entry of one value wins?
 * @layers: table
 * @values: entries, of any names, and blankets
 * @name: the value
 * @winner: out, NULL if the value is not effective
 *
 * Context: Any.
 * Return: LCS_FAULT_NONE or LCS_FAULT_TIE.
 */
enum lcs_fault lcs_resolve_value(const struct lcs_layers *layers, const struct lcs_values *values,
				 struct lcs_bytes name, const struct lcs_value_entry **winner)
{
	struct lcs_contest blankets;

	offer_blankets(&blankets, layers, values);
	return resolve_group(layers, values, &blankets, 0, values->entry_count, name, winner);
}

/* What is sorted: @count elements of @size bytes with a name at @name. */
struct sortable {
	u8 *base;
	u32 size;
	u32 name;
};

typedef int compare_fn(const struct sortable *s, u32 i, u32 j);

static int compare_names(const struct sortable *s, u32 i, u32 j)
{
	struct lcs_bytes a, b;

	memcpy(&a, s->base + (size_t)i * s->size + s->name, sizeof(a));
	memcpy(&b, s->base + (size_t)j * s->size + s->name, sizeof(b));
	return pkm_fold_compare(a.p, a.len, b.p, b.len);
}

static int compare_guids(const struct sortable *s, u32 i, u32 j)
{
	const struct lcs_meta *metas = (const struct lcs_meta *)s->base;

	return memcmp(metas[i].guid, metas[j].guid, LCS_GUID_LEN);
}

static void swap_at(const struct sortable *s, u32 i, u32 j)
{
	u8 t[sizeof(struct lcs_value_entry)];
	u8 *a = s->base + (size_t)i * s->size, *b = s->base + (size_t)j * s->size;

	memcpy(t, a, s->size);
	memcpy(a, b, s->size);
	memcpy(b, t, s->size);
}

static __always_inline void sift(const struct sortable *s, u32 root, u32 count, compare_fn *compare)
{
	u32 child;

	for (child = 2 * root + 1; child < count; child = 2 * root + 1) {
		if (child + 1 < count && compare(s, child, child + 1) < 0)
			child++;
		if (compare(s, root, child) >= 0)
			return;
		swap_at(s, root, child);
		root = child;
	}
}

/* Heap sort: in place, no recursion, no bad case for a source to provoke. */
static __always_inline void sort(const struct sortable *s, u32 count, compare_fn *compare)
{
	u32 i;

	for (i = count / 2; i-- > 0;) {
		sift(s, i, count, compare);
		pkm_relax(i);
	}
	for (i = count; i-- > 1;) {
		swap_at(s, 0, i);
		sift(s, 0, i, compare);
		pkm_relax(i);
	}
}

static noinline void sort_names(const struct sortable *s, u32 count)
{
	sort(s, count, compare_names);
}

/**
 * lcs_sort_entries() - bring the entries of each child together
 * @entries: sorted by folded name
 * @count: how many
 *
 * Context: Any that may sleep.
 */
void lcs_sort_entries(struct lcs_path_entry *entries, u32 count)
{
	struct sortable s = { (u8 *)entries, sizeof(*entries), offsetof(struct lcs_path_entry, child) };

	static_assert(sizeof(*entries) <= sizeof(struct lcs_value_entry), "swap buffer");
	sort_names(&s, count);
}

/**
 * lcs_sort_values() - bring the entries of each value together
 * @entries: sorted by folded name
 * @count: how many
 *
 * Context: Any that may sleep.
 */
void lcs_sort_values(struct lcs_value_entry *entries, u32 count)
{
	struct sortable s = { (u8 *)entries, sizeof(*entries), offsetof(struct lcs_value_entry, name) };

	sort_names(&s, count);
}

/**
 * lcs_sort_metas() - make metadata fit for lcs_meta_find()
 * @children: its metadata is sorted by GUID
 *
 * Context: Any that may sleep.
 */
void lcs_sort_metas(struct lcs_children *children)
{
	struct sortable s = { (u8 *)children->metas, sizeof(*children->metas), 0 };

	static_assert(sizeof(*children->metas) <= sizeof(struct lcs_value_entry), "swap buffer");
	sort(&s, children->meta_count, compare_guids);
}

/**
 * lcs_effective_children() - reduce to the winner of each visible child
 * @layers: table
 * @children: raw entries in, one entry per visible child out, sorted
 *
 * Context: Any.
 * Return: LCS_FAULT_NONE or LCS_FAULT_TIE. LCS-122.
 */
enum lcs_fault lcs_effective_children(const struct lcs_layers *layers, struct lcs_children *children)
{
	struct lcs_path_entry *e = children->entries;
	u32 from = 0, to, kept = 0;

	lcs_sort_entries(e, children->entry_count);
	while (from < children->entry_count) {
		const struct lcs_path_entry *winner;
		enum lcs_fault fault;

		for (to = from + 1; to < children->entry_count; to++)
			if (!pkm_fold_equal(e[from].child.p, e[from].child.len, e[to].child.p,
					    e[to].child.len))
				break;
		fault = lcs_resolve_entries(layers, e + from, to - from, &winner);
		if (fault)
			return fault;
		if (winner)
			e[kept++] = *winner;
		from = to;
	}
	children->entry_count = kept;
	return LCS_FAULT_NONE;
}

/**
 * lcs_effective_values() - reduce to the winner of each effective value
 * @layers: table
 * @values: raw entries in, one entry per effective value out, sorted
 *
 * Context: Any.
 * Return: LCS_FAULT_NONE or LCS_FAULT_TIE. LCS-122.
 */
enum lcs_fault lcs_effective_values(const struct lcs_layers *layers, struct lcs_values *values)
{
	struct lcs_value_entry *e = values->entries;
	struct lcs_contest blankets;
	u32 from = 0, to, kept = 0;

	offer_blankets(&blankets, layers, values);
	lcs_sort_values(e, values->entry_count);
	while (from < values->entry_count) {
		const struct lcs_value_entry *winner;
		enum lcs_fault fault;

		for (to = from + 1; to < values->entry_count; to++)
			if (!pkm_fold_equal(e[from].name.p, e[from].name.len, e[to].name.p, e[to].name.len))
				break;
		fault = resolve_group(layers, values, &blankets, from, to, e[from].name, &winner);
		if (fault)
			return fault;
		if (winner)
			e[kept++] = *winner;
		from = to;
	}
	values->entry_count = kept;
	return LCS_FAULT_NONE;
}

/**
 * lcs_values_find() - a value by its name, in any spelling
 * @values: effective values
 * @name: NUL-terminated
 *
 * Context: Any.
 * Return: the entry, or NULL.
 */
const struct lcs_value_entry *lcs_values_find(const struct lcs_values *values, const char *name)
{
	u32 len = 0, i;

	while (name[len])
		len++;
	for (i = 0; i < values->entry_count; i++) {
		struct lcs_bytes other = values->entries[i].name;

		if (pkm_fold_equal((const u8 *)name, len, other.p, other.len))
			return &values->entries[i];
	}
	return NULL;
}

/**
 * lcs_meta_find() - metadata of a GUID
 * @children: decoded answer: its metadata is sorted
 * @guid: 16 bytes
 *
 * Context: Any.
 * Return: the block, or NULL if the source left it out.
 */
const struct lcs_meta *lcs_meta_find(const struct lcs_children *children, const u8 *guid)
{
	u32 low = 0, high = children->meta_count;

	while (low < high) {
		u32 mid = low + (high - low) / 2;
		int order = memcmp(guid, children->metas[mid].guid, LCS_GUID_LEN);

		if (!order)
			return &children->metas[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}
