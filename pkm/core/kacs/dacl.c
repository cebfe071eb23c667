// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The DACL walk (KACS-AC-084 to KACS-AC-106), shared by the normal, the
 * restricted and the confinement pass. A bit is decided once; the first ACE
 * that matches it wins, whatever its kind.
 */
#include "private.h"

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
static bool condition_holds(struct check *ck, const struct kacs_view *view,
			    const struct odd_ace *odd)
{
	enum cond_result r;

	if (!odd->app)
		return true;
	r = kacs_cond_eval(&ck->cond, view, odd->deny ? VIEW_DENY : VIEW_ALLOW, odd->app,
			   odd->app_len);
	return odd->deny ? r != COND_FALSE : r == COND_TRUE;
}

static bool odd_matches(struct check *ck, const struct kacs_view *view, const struct odd_ace *odd)
{
	return kacs_view_match(view, odd->sid, odd->deny ? VIEW_DENY : VIEW_ALLOW) &&
	       condition_holds(ck, view, odd);
}

/*
 * An ACE of any form, inherit-only ones included. *@mask becomes its mapped,
 * undecided bits. Only an access ACE has a mask: an opaque one may end behind
 * its header.
 */
static noinline bool odd_applies(struct check *ck, const struct kacs_view *view, const u8 *ace,
				 u32 *mask, u32 decided, bool *deny)
{
	struct odd_ace odd;

	if (ace[1] & KACS_ACE_INHERIT_ONLY || !odd_access_ace(ace, &odd))
		return false;
	*mask = ace_map(pkm_get_le32(ace + 4), ck->map) & ~decided;
	*deny = odd.deny;
	return *mask && odd_matches(ck, view, &odd);
}

/* The walk of an object without a tree: where nearly all checks spend their time. */
static noinline void walk_object(struct check *ck, const struct kacs_acl *dacl,
				 const struct kacs_view *view, struct nodes *n,
				 struct trace_log *log)
{
	const u8 *p = dacl->data + KACS_ACL_HEADER, *end = dacl->data + dacl->len, *ace;
	const struct kacs_sid_slot *slots = view->set->slots;
	u32 shift = view->set->shift, stop = ck->maximum ? 0 : ck->want;
	u32 granted = n->granted[0], decided = n->decided[0], index = 0, head, mask;
	bool deny;

	for (ace = p; p < end; index++, ace = p) {
		head = pkm_get_le32(p);
		p += head >> 16;
		if (unlikely(head & (0xfe | KACS_ACE_INHERIT_ONLY << 8))) {
			if (!odd_applies(ck, view, ace, &mask, decided, &deny))
				continue;
		} else {
			deny = head & 1;
			mask = ace_map(pkm_get_le32(ace + 4), ck->map) & ~decided;
			if (!mask || !set_may_hold(slots, shift, ace + 8) ||
			    !kacs_view_match(view, ace + 8, VIEW_ALLOW + deny))
				continue;
		}
		decided |= mask;
		if (!deny)
			granted |= mask;
		trace_add(log, mask, KACS_STEP_DACL_ACE, index, !deny);
		/* KACS-AC-091. */
		if (stop && !(stop & ~decided))
			break;
	}
	n->granted[0] = granted;
	n->decided[0] = decided;
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
static u32 apply_tree(const struct check *ck, struct nodes *n, const struct odd_ace *ace,
		      u32 mask, u32 everywhere)
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

static noinline void walk_tree(struct check *ck, const struct kacs_acl *dacl,
			       const struct kacs_view *view, struct nodes *n,
			       struct trace_log *log)
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
	u32 bits = KACS_READ_CONTROL | KACS_WRITE_DAC;

	if (dacl->facts & KACS_ACL_OWNER_RIGHTS)
		return;
	trace_add(log, bits & ~n->decided[0], KACS_STEP_OWNER, KACS_TRACE_NO_INDEX, 1);
	apply_all(ck, n, bits, false);
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
		trace_add(log, ck->map->all & ~n->decided[0], KACS_STEP_NULL_DACL,
			  KACS_TRACE_NO_INDEX, 1);
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
