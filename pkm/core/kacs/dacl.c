// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The DACL walk (KACS-AC-084 to KACS-AC-106), shared by the normal, the
 * restricted and the confinement pass. A bit is decided once; the first ACE
 * that matches it wins, whatever its kind.
 */
#include "private.h"

/* What an owner has before the first ACE (KACS-AC-092). */
#define OWNER_BITS (KACS_READ_CONTROL | KACS_WRITE_DAC)

/* An access ACE of another form than the plain two. */
struct odd_ace {
	const u8 *sid;
	const u8 *object_type;
	const u8 *app;
	u32 app_len;
	bool deny;
};

static bool odd_access_ace(const u8 *p, struct odd_ace *out)
{
	struct kacs_ace ace;

	/* KACS-FMT-074, KACS-FMT-075: anything else has no say here. */
	if (p[0] > KACS_ACE_DENIED_CALLBACK_OBJECT || !(ACE_BIT(p[0]) & ACE_ACCESS_TYPES))
		return false;
	kacs_ace_decode(p, &ace);
	out->sid = ace.sid;
	out->object_type = ace.object_type;
	out->app = ace.app;
	out->app_len = ace.app_len;
	out->deny = ACE_BIT(p[0]) & ACE_DENY_TYPES;
	return true;
}

/* KACS-AC-088: an allow needs TRUE, a deny is stopped only by FALSE. */
static bool condition_holds(struct check *ck, const struct kacs_view *view, const struct odd_ace *odd)
{
	enum cond_result r;

	if (!odd->app)
		return true;
	r = kacs_cond_eval(&ck->cond, view, odd->deny ? VIEW_DENY : VIEW_ALLOW, odd->app, odd->app_len);
	return odd->deny ? r != COND_FALSE : r == COND_TRUE;
}

static bool odd_matches(struct check *ck, const struct kacs_view *view, const struct odd_ace *odd)
{
	return view_match(view, odd->sid, odd->deny ? VIEW_DENY : VIEW_ALLOW) &&
	       condition_holds(ck, view, odd);
}

/* A walk on its way: what its inner loop keeps in registers. */
struct walk {
	const struct kacs_view *view;
	const struct kacs_generic_map *map;
	const u8 *p;
	const u8 *end;
	u32 hash; /* of a candidate's SID */
	u64 slot; /* its place */
	u32 index;
	u32 granted;
	u32 decided;
	u32 stop; /* KACS-AC-091: bits whose decision ends the walk */
};

static __always_inline void walk_start(struct walk *w, const struct check *ck, const struct kacs_acl *dacl,
				       const struct kacs_view *view, u32 granted, u32 decided)
{
	w->view = view;
	w->map = ck->map;
	w->p = dacl->data + KACS_ACL_HEADER;
	w->end = dacl->data + dacl->len;
	w->hash = 0;
	w->slot = 0;
	w->index = 0;
	w->granted = granted;
	w->decided = decided;
	/* No walk decides reserved bits. */
	w->stop = ck->maximum ? U32_MAX : ck->want;
}

/* Why walk_seek() stopped. */
enum seen {
	SEEN_END,
	SEEN_ODD,
	SEEN_CANDIDATE,
};

/*
 * Go to the next ACE that is not plain, or is and has a SID that may match:
 * where nearly all checks spend their time. With @check the ACEs are not
 * validated yet, and a malformed one is not plain either.
 */
static __always_inline enum seen walk_seek(struct walk *w, const bool check)
{
	const struct kacs_sid_slot *slots = w->view->set->slots;
	u32 mask = w->view->set->mask, size;
	u32 left = w->end - w->p;
	enum seen seen = SEEN_ODD;
	const u8 *p = w->p;

	for (; left >= 16; p += size, left -= size, w->index++) {
		u32 head = pkm_get_le32(p);
		u64 first;

		if (unlikely(head & ACE_NOT_PLAIN))
			break;
		size = head >> 16;
		first = pkm_get_le64(p + 8);
		if (check && (unlikely(size > left) || unlikely(!single_sized(size, first))))
			break;
		/* The SID ends where the ACE does. */
		w->hash = sid_hash_words(first, pkm_get_le64(p + size - 8));
		w->slot = pkm_get_le64(&slots[w->hash & mask]);
		if (slot_may_hold(w->slot, w->hash)) {
			seen = SEEN_CANDIDATE;
			break;
		}
	}
	w->p = p;
	return left ? seen : SEEN_END;
}

/* The bits that an ACE decides if it matches. */
static __always_inline u32 walk_fresh(const struct walk *w)
{
	return ace_map(pkm_get_le32(w->p + 4), w->map) & ~w->decided;
}

/* The bits that a candidate decides. */
static __always_inline u32 walk_plain(const struct walk *w, bool deny)
{
	u32 mask = walk_fresh(w);

	if (!mask)
		return 0;
	return likely(slot_matches(w->view, w->slot, w->hash, w->p + 8)) ||
			       kacs_view_find(w->view, w->p + 8, w->hash, VIEW_ALLOW + deny)
		       ? mask
		       : 0;
}

/*
 * The bits that an ACE of any form decides, inherit-only ones included. Only
 * an access ACE has a mask: an opaque one may end behind its header.
 */
static noinline u32 walk_odd(struct check *ck, const struct walk *w, bool *deny)
{
	struct odd_ace odd;
	u32 mask;

	if (w->p[1] & KACS_ACE_INHERIT_ONLY || !odd_access_ace(w->p, &odd))
		return 0;
	mask = walk_fresh(w);
	*deny = odd.deny;
	return mask && odd_matches(ck, w->view, &odd) ? mask : 0;
}

/* Go behind an ACE that decided @mask. True iff the walk is over. */
static __always_inline bool walk_apply(struct walk *w, u32 mask, bool deny)
{
	w->p += pkm_get_le16(w->p + 2);
	w->index++;
	w->decided |= mask;
	if (!deny)
		w->granted |= mask;
	return !(w->stop & ~w->decided);
}

/* The walk of an object without a tree. */
static noinline void walk_object(struct check *ck, const struct kacs_acl *dacl, const struct kacs_view *view,
				 struct nodes *n, struct trace_log *log)
{
	struct walk w;
	enum seen seen;
	u32 mask;
	bool deny;

	walk_start(&w, ck, dacl, view, n->granted[0], n->decided[0]);
	while ((seen = walk_seek(&w, false)) != SEEN_END) {
		deny = w.p[0] & 1;
		mask = seen == SEEN_CANDIDATE ? walk_plain(&w, deny) : walk_odd(ck, &w, &deny);
		trace_add(log, mask, KACS_STEP_DACL_ACE, w.index, !deny);
		if (walk_apply(&w, mask, deny))
			break;
	}
	n->granted[0] = w.granted;
	n->decided[0] = w.decided;
}

/* An inherit-only ACE that is plain otherwise, or not even that? */
static bool inherit_only(const struct walk *w)
{
	u32 left = w->end - w->p, size;

	if (left < 16 || w->p[0] > KACS_ACE_DENIED || !(w->p[1] & KACS_ACE_INHERIT_ONLY))
		return false;
	size = pkm_get_le16(w->p + 2);
	return size <= left && single_sized(size, pkm_get_le64(w->p + 8));
}

/**
 * kacs_dacl_walk_raw() - normal pass over a DACL that is validated on the way
 * @ck: check with its normal view and the decided bits in @ck->local[1]
 * @dacl: header validated, ACEs not; its facts are filled
 *
 * Reading the ACEs once instead of twice saves a third of a check. It goes
 * well as long as nothing odd turns up; else the caller validates the DACL
 * and, if it is sound, walks it again from the start. An ACE for S-1-3-4 is
 * odd, because it changes what the owner had before the first (KACS-AC-094).
 *
 * Context: Any.
 * Return: true iff the DACL is valid and held nothing odd; @ck->local[0] is
 * then what it grants. Else nothing changed.
 */
bool kacs_dacl_walk_raw(struct check *ck, struct kacs_acl *dacl)
{
	u32 decided = ck->local[1], mask;
	struct walk w;
	enum seen seen;

	walk_start(&w, ck, dacl, &ck->normal, 0, decided);
	if (ck->normal.owns) { /* KACS-AC-092 */
		w.granted = OWNER_BITS & ~decided;
		w.decided |= OWNER_BITS;
	}
	while ((seen = walk_seek(&w, true)) != SEEN_END) {
		if (seen == SEEN_CANDIDATE) {
			if (sid_is_owner_rights(w.p + 8))
				return false;
			mask = walk_plain(&w, w.p[0]);
		} else if (inherit_only(&w)) {
			mask = 0;
		} else {
			return false;
		}
		if (walk_apply(&w, mask, w.p[0]))
			break;
	}
	/* What is behind the deciding ACE has to be valid all the same. */
	if ((w.p != w.end || w.index != dacl->count) && (kacs_acl_aces(dacl, w.p, w.index) || dacl->facts))
		return false;
	ck->local[0] = w.granted;
	return true;
}

/* A mask for every node alike. Returns the bits decided everywhere. */
static u32 apply_all(const struct check *ck, struct nodes *n, u32 mask, bool deny)
{
	u32 everywhere = U32_MAX, i;

	for (i = 0; i < ck->count; i++) {
		u32 fresh = mask & ~n->decided[i];

		n->decided[i] |= fresh;
		if (!deny)
			n->granted[i] |= fresh;
		everywhere &= n->decided[i];
	}
	return everywhere;
}

static u32 decided_everywhere(const struct check *ck, const struct nodes *n)
{
	u32 everywhere = U32_MAX, i;

	for (i = 0; i < ck->count; i++)
		everywhere &= n->decided[i];
	return everywhere;
}

/* One matching ACE on the tree; KACS-AC-099 to KACS-AC-103. */
static u32 apply_tree(const struct check *ck, struct nodes *n, const struct odd_ace *ace, u32 mask,
		      u32 everywhere)
{
	int node;

	if (!ace->object_type)
		return apply_all(ck, n, mask, ace->deny);
	node = kacs_tree_find(&ck->tree, ace->object_type);
	if (node < 0)
		return everywhere;
	if (ace->deny)
		kacs_tree_deny(&ck->tree, n, node, mask);
	else
		kacs_tree_allow(&ck->tree, n, node, mask);
	return decided_everywhere(ck, n);
}

static noinline void walk_tree(struct check *ck, const struct kacs_acl *dacl, const struct kacs_view *view,
			       struct nodes *n, struct trace_log *log)
{
	const u8 *p = dacl->data + KACS_ACL_HEADER, *end = dacl->data + dacl->len;
	u32 everywhere = decided_everywhere(ck, n), index = 0;
	u32 stop = ck->maximum ? 0 : ck->want;

	for (; p < end; index++) {
		u32 head = pkm_get_le32(p), mask, before = n->decided[0];
		struct odd_ace ace;
		const u8 *at = p;

		p += head >> 16;
		if (head & KACS_ACE_INHERIT_ONLY << 8 || !odd_access_ace(at, &ace))
			continue;
		/* A bit decided on every node needs no more asking. */
		mask = ace_map(pkm_get_le32(at + 4), ck->map) & ~everywhere;
		if (!mask || !odd_matches(ck, view, &ace))
			continue;
		everywhere = apply_tree(ck, n, &ace, mask, everywhere);
		trace_add(log, n->decided[0] & ~before, KACS_STEP_DACL_ACE, index, !ace.deny);
		if (stop && !(stop & ~everywhere))
			break;
	}
}

/* KACS-AC-092, KACS-AC-094, KACS-AC-104: before the first ACE. */
static void owner_rights(struct check *ck, const struct kacs_acl *dacl, struct nodes *n,
			 struct trace_log *log)
{
	if (dacl->facts & KACS_ACL_OWNER_RIGHTS)
		return;
	trace_add(log, OWNER_BITS & ~n->decided[0], KACS_STEP_OWNER, KACS_TRACE_NO_INDEX, 1);
	apply_all(ck, n, OWNER_BITS, false);
}

/**
 * kacs_dacl_walk() - one pass over a DACL
 * @ck: check
 * @dacl: validated DACL, @dacl->data NULL: null DACL
 * @view: whose SIDs match
 * @n: masks, as the steps before left them; updated
 * @log: trace of the object's own normal pass, else NULL
 *
 * Context: Any.
 */
void kacs_dacl_walk(struct check *ck, const struct kacs_acl *dacl, const struct kacs_view *view,
		    struct nodes *n, struct trace_log *log)
{
	if (view->owns)
		owner_rights(ck, dacl, n, log);
	if (!dacl->data) {
		/* KACS-AC-089. */
		trace_add(log, ck->map->all & ~n->decided[0], KACS_STEP_NULL_DACL, KACS_TRACE_NO_INDEX, 1);
		apply_all(ck, n, ck->map->all, false);
	} else if (ck->tree.count) {
		walk_tree(ck, dacl, view, n, log);
	} else {
		walk_object(ck, dacl, view, n, log);
	}
	if (log)
		trace_add(log, (ck->want | (ck->maximum ? ck->map->all : 0)) & ~n->decided[0],
			  KACS_STEP_DACL_END, KACS_TRACE_NO_INDEX, 0);
}
