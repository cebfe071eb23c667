// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Which SIDs match: the tables a token is prepared into, and the three views
 * of them that the passes of a check take.
 */
#include "private.h"

/* Both virtual SIDs stand before the list's own in every arena. */
#define ARENA_VIRTUAL 24

/* clang-format off */
static const u8 virtual_sids[ARENA_VIRTUAL] = {
	1, 1, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0,  /* S-1-3-4, owner rights */
	1, 1, 0, 0, 0, 0, 0, 5, 10, 0, 0, 0, /* S-1-5-10, principal self */
};
/* clang-format on */

/* A set's memory while it is built. */
struct set_builder {
	struct kacs_sid_slot *slots;
	u8 *sids;
	u32 mask;
	u32 count;
	u32 used;
};

static u32 set_bits(u32 count)
{
	u32 bits = 3;

	/* A quarter full: nearly every SID that is not there meets a free place. */
	while ((1U << bits) < 4 * (count + 2))
		bits++;
	return bits;
}

/* Arena bytes of a list, or U32_MAX when it is malformed or too long. */
static u32 list_bytes(const struct kacs_sid_list *list)
{
	struct kacs_sid_attr entry;
	u32 pos = 0, bytes = 0;

	if (!kacs_sid_list_valid(list) || list->count > KACS_SET_MAX - 1)
		return U32_MAX;
	while (kacs_sid_list_next(list, &pos, &entry))
		bytes += entry.len;
	return bytes;
}

/* An empty list has no table, unless a pass will walk with it. */
static u32 set_size(const u8 *first, const struct kacs_sid_list *list, bool walked)
{
	u32 count = list->count + !!first, bytes = list_bytes(list);

	if (bytes == U32_MAX)
		return U32_MAX;
	if (first)
		bytes += kacs_sid_len(first);
	/* The slot's @at counts four bytes in 16 bits. */
	if (bytes + ARENA_VIRTUAL > 4 * U16_MAX)
		return U32_MAX;
	if (!count && !walked)
		return 0;
	return (sizeof(struct kacs_sid_slot) << set_bits(count)) + ALIGN(ARENA_VIRTUAL + bytes, 8);
}

static void set_insert(struct set_builder *b, const u8 *sid, u32 at, u32 kind, u32 index)
{
	u32 hash = sid_hash(sid), i = hash & b->mask;

	while (b->slots[i].ref & ~SLOT_MORE) {
		b->slots[i].ref |= SLOT_MORE;
		i = (i + 1) & b->mask;
	}
	b->slots[i].tag = hash;
	b->slots[i].ref = kind << SLOT_KIND_SHIFT | index;
	b->slots[i].at = at / 4;
}

static void set_add(struct set_builder *b, const u8 *sid, u32 kind, u32 index)
{
	u32 len = kacs_sid_len(sid), at = b->used;

	memcpy(b->sids + at, sid, len);
	b->used += len;
	b->count++;
	if (kind)
		set_insert(b, b->sids + at, at, kind, index);
}

static void set_begin(struct set_builder *b, u8 *mem, u32 count)
{
	u32 bits = set_bits(count);
	u32 table = sizeof(struct kacs_sid_slot) << bits;

	memset(mem, 0, table);
	b->slots = (struct kacs_sid_slot *)mem;
	b->sids = mem + table;
	b->mask = (1U << bits) - 1;
	b->count = 0;
	b->used = ARENA_VIRTUAL;
	memcpy(b->sids, virtual_sids, ARENA_VIRTUAL);
}

/* First, so that they win over a list that names them (KACS-FMT-025). */
static void set_add_virtual(struct set_builder *b)
{
	set_insert(b, b->sids, 0, SLOT_OWNER_RIGHTS, 0);
	set_insert(b, b->sids + 12, 12, SLOT_SELF, 0);
}

static u8 *set_end(const struct set_builder *b, struct kacs_sid_set *set)
{
	set->slots = b->slots;
	set->sids = b->sids + ARENA_VIRTUAL;
	set->mask = b->mask;
	set->count = b->count;
	return b->sids + ALIGN(b->used, 8);
}

/* What the entries of a list mean. */
enum set_meaning {
	SET_GROUPS,
	SET_DEVICE_GROUPS, /* no virtual SID among them: KACS-AC-044 */
	SET_PRESENCE,
};

/*
 * @first (may be NULL) counts before the list and alone decides for its SID:
 * a group of the same name cannot give back what a deny-only user lost.
 */
static u8 *set_build(struct kacs_sid_set *set, u8 *mem, const u8 *first, u32 first_kind,
		     const struct kacs_sid_list *list, enum set_meaning meaning, bool walked)
{
	struct set_builder b;
	struct kacs_sid_attr entry;
	u32 pos = 0, index = 0, kind;

	if (!first && !list->count && !walked) {
		memset(set, 0, sizeof(*set));
		return mem;
	}
	set_begin(&b, mem, list->count + !!first);
	if (meaning != SET_DEVICE_GROUPS)
		set_add_virtual(&b);
	if (first)
		set_add(&b, first, first_kind, 0);
	for (; kacs_sid_list_next(list, &pos, &entry); index++) {
		kind = SLOT_GROUP;
		if (meaning == SET_PRESENCE)
			kind = SLOT_MEMBER;
		else if (entry.attributes & KACS_GROUP_DENY_ONLY)
			kind = SLOT_GROUP_DENY;
		if (first && kacs_sid_equal(entry.sid, first))
			kind = 0;
		set_add(&b, entry.sid, kind, index);
	}
	return set_end(&b, set);
}

/**
 * kacs_subject_size() - memory that a subject's tables need
 * @in: what it is made from
 *
 * Context: Any.
 * Return: bytes, 0 when @in is malformed.
 */
u32 kacs_subject_size(const struct kacs_subject_input *in)
{
	bool restricted = in->restricted_device_groups.count;
	u32 sizes[5], sum = 0, i;

	sizes[0] = set_size(in->user, &in->groups, true);
	sizes[1] = set_size(NULL, &in->restricted, restricted);
	sizes[2] = in->confinement ? set_size(in->confinement, &in->capabilities, true) : 0;
	sizes[3] = set_size(NULL, &in->device_groups, false);
	sizes[4] = set_size(NULL, &in->restricted_device_groups, false);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (sizes[i] == U32_MAX)
			return 0;
		sum += sizes[i];
	}
	return sum;
}

/**
 * kacs_subject_init() - prepare a token for checks
 * @subject: filled; refers to @mem and to the claims of @in, to nothing else
 * @mem: 8-byte aligned memory that lives as long as @subject
 * @size: bytes at @mem, at least kacs_subject_size()
 * @in: what it is made from
 *
 * Context: Any.
 * Return: 0; -EINVAL when a list or a claim array is malformed, @in is
 * write-restricted without a deny-only user, or @size is too small.
 */
int kacs_subject_init(struct kacs_subject *subject, void *mem, u32 size, const struct kacs_subject_input *in)
{
	static const struct kacs_sid_list none;
	u32 need = kacs_subject_size(in);
	u8 *p = mem;

	if (!need || need > size || (in->write_restricted && !in->user_deny_only) ||
	    kacs_claims_validate(in->user_claims, in->user_claims_len) ||
	    kacs_claims_validate(in->device_claims, in->device_claims_len))
		return -EINVAL;
	p = set_build(&subject->ids, p, in->user, in->user_deny_only ? SLOT_DENY : SLOT_MEMBER, &in->groups,
		      SET_GROUPS, true);
	p = set_build(&subject->restricted, p, NULL, 0, &in->restricted, SET_PRESENCE,
		      in->restricted_device_groups.count);
	p = set_build(&subject->confined, p, in->confinement, SLOT_MEMBER,
		      in->confinement ? &in->capabilities : &none, SET_PRESENCE, false);
	p = set_build(&subject->device, p, NULL, 0, &in->device_groups, SET_DEVICE_GROUPS, false);
	set_build(&subject->restricted_device, p, NULL, 0, &in->restricted_device_groups, SET_DEVICE_GROUPS,
		  false);
	subject->user_claims = in->user_claims;
	subject->user_claims_len = in->user_claims_len;
	subject->device_claims = in->device_claims;
	subject->device_claims_len = in->device_claims_len;
	subject->auth_id = in->auth_id;
	subject->integrity = in->integrity;
	subject->mandatory_policy = in->mandatory_policy;
	subject->audit_policy = in->audit_policy;
	subject->flags = 0;
	if (in->user_deny_only)
		subject->flags |= KACS_SUBJECT_USER_DENY_ONLY;
	if (in->write_restricted)
		subject->flags |= KACS_SUBJECT_WRITE_RESTRICTED;
	if (in->restricted.count || in->restricted_device_groups.count)
		subject->flags |= KACS_SUBJECT_RESTRICTED; /* KACS-AC-110 */
	if (in->confinement && !in->confinement_exempt)
		subject->flags |= KACS_SUBJECT_CONFINED; /* KACS-AC-116 */
	subject->identification =
		in->token_type == KACS_TOKEN_TYPE_IMPERSONATION && in->level == KACS_LEVEL_IDENTIFICATION;
	return 0;
}

/**
 * kacs_enabled_bits() - bitmap of the enabled entries of a list
 * @list: valid list
 * @words: (count + 63) / 64 words
 *
 * Context: Any.
 */
void kacs_enabled_bits(const struct kacs_sid_list *list, u64 *words)
{
	struct kacs_sid_attr entry;
	u32 pos = 0, i = 0;

	memset(words, 0, (list->count + 63) / 64 * sizeof(*words));
	for (; kacs_sid_list_next(list, &pos, &entry); i++)
		if (entry.attributes & KACS_GROUP_ENABLED)
			words[i / 64] |= 1ULL << (i % 64);
}

/**
 * kacs_subject_user() - user SID of a subject
 * @subject: prepared subject
 *
 * Context: Any.
 * Return: the SID, valid as long as the subject's memory.
 */
const u8 *kacs_subject_user(const struct kacs_subject *subject)
{
	return subject->ids.sids;
}

/**
 * kacs_set_holds() - is a SID in the list a set was made from?
 * @set: set
 * @sid: well-formed SID
 *
 * By presence, whatever its attributes; a virtual SID counts only if the list
 * itself names it.
 *
 * Context: Any.
 * Return: true iff it is.
 */
bool kacs_set_holds(const struct kacs_sid_set *set, const u8 *sid)
{
	u32 hash = sid_hash(sid), i = hash, kind;
	u64 slot;

	for (;;) {
		slot = slot_load(set, i);
		kind = slot_kind(slot);
		if (slot_holds(set, slot, hash, sid) && kind != SLOT_OWNER_RIGHTS && kind != SLOT_SELF)
			return true;
		if (!slot_more(slot))
			return false;
		i++;
	}
}

/* What a place that holds the SID says: 1 it matches, 0 it ends the search, -1 go on. */
static __always_inline int slot_match(const struct kacs_view *view, u64 slot, u32 polarity)
{
	u32 i = slot_index(slot), kind = slot_kind(slot);

	if (kind == SLOT_GROUP) /* else another entry of this SID may be enabled */
		return view->enabled[i / 64] >> (i % 64) & 1 ? 1 : -1;
	if (kind == SLOT_MEMBER)
		return 1;
	if (kind == SLOT_GROUP_DENY)
		return polarity == VIEW_DENY ? 1 : -1;
	if (kind == SLOT_DENY)
		return polarity == VIEW_DENY;
	return !!((kind == SLOT_SELF ? view->self : view->owner) & polarity);
}

/**
 * kacs_view_find() - does a SID match, for ACEs of this polarity?
 * @view: view
 * @sid: well-formed SID
 * @hash: its sid_hash()
 * @polarity: VIEW_ALLOW or VIEW_DENY
 *
 * Context: Any. KACS-AC-032 to KACS-AC-042.
 * Return: true iff it does.
 */
bool kacs_view_find(const struct kacs_view *view, const u8 *sid, u32 hash, u32 polarity)
{
	const struct kacs_sid_set *set = view->set;
	u32 i = hash;
	u64 slot;
	int match;

	for (;;) {
		slot = slot_load(set, i);
		if (slot_holds(set, slot, hash, sid)) {
			match = slot_match(view, slot, polarity);
			if (match >= 0)
				return match;
		}
		if (likely(!slot_more(slot)))
			return false;
		i++;
	}
}

/**
 * kacs_view_virtual() - who the virtual SIDs stand for in a view
 * @view: view whose set and bitmap stand
 * @owner: owner SID of the descriptor
 * @self: PRINCIPAL_SELF, NULL: none
 *
 * Context: Any.
 */
void kacs_view_virtual(struct kacs_view *view, const u8 *owner, const u8 *self)
{
	/* KACS-AC-093: attributes do not matter for the implicit rights. */
	view->owns = kacs_set_holds(view->set, owner);
	/* KACS-AC-037: an owner by allow polarity has the SID for both. */
	if (view->owns && view_match(view, owner, VIEW_ALLOW))
		view->owner = VIEW_ALLOW | VIEW_DENY;
	if (!self)
		return;
	/* KACS-AC-038: an ordinary group, or a deny-only one. */
	if (view_match(view, self, VIEW_ALLOW))
		view->self = VIEW_ALLOW | VIEW_DENY;
	else if (view_match(view, self, VIEW_DENY))
		view->self = VIEW_DENY;
}

/**
 * kacs_view_restricted() - the restricting SIDs alone
 * @view: filled
 * @subject: prepared token
 * @state: its adjustable part
 * @owner: owner SID of the descriptor
 * @self: PRINCIPAL_SELF, NULL: none
 *
 * Context: Any. KACS-AC-039, KACS-AC-040, KACS-AC-044.
 */
void kacs_view_restricted(struct kacs_view *view, const struct kacs_subject *subject,
			  const struct kacs_subject_state *state, const u8 *owner, const u8 *self)
{
	bool own = subject->restricted_device.slots;

	view->set = &subject->restricted;
	view->enabled = NULL;
	view->device = own ? &subject->restricted_device : &subject->device;
	view->device_enabled = own ? state->restricted_device_enabled : state->device_enabled;
	view_virtual(view, owner, self);
}

/**
 * kacs_view_confined() - the confinement SID and its capabilities alone
 * @view: filled
 * @subject: prepared token
 * @owner: owner SID of the descriptor
 * @self: PRINCIPAL_SELF, NULL: none
 *
 * Context: Any. KACS-AC-041, KACS-AC-042, KACS-AC-044.
 */
void kacs_view_confined(struct kacs_view *view, const struct kacs_subject *subject, const u8 *owner,
			const u8 *self)
{
	view->set = &subject->confined;
	view->enabled = NULL;
	view->device = view->set;
	view->device_enabled = NULL;
	view_virtual(view, owner, self);
	view->owns = false; /* KACS-AC-117: no owner rights in this pass */
}

/**
 * kacs_subject_is_member() - is a SID an enabled member of a token?
 * @subject: prepared token
 * @state: its adjustable part
 * @sid: well-formed SID
 *
 * Context: Any.
 * Return: true iff it would match an allow ACE.
 */
bool kacs_subject_is_member(const struct kacs_subject *subject, const struct kacs_subject_state *state,
			    const u8 *sid)
{
	struct kacs_view view = { .set = &subject->ids, .enabled = state->groups_enabled };

	return view_match(&view, sid, VIEW_ALLOW);
}

/**
 * kacs_subject_holds() - is a SID the user or a group, whatever its attributes?
 * @subject: prepared token
 * @sid: well-formed SID
 *
 * Context: Any. KACS-FMT-097.
 * Return: true iff it is.
 */
bool kacs_subject_holds(const struct kacs_subject *subject, const u8 *sid)
{
	return kacs_set_holds(&subject->ids, sid);
}
