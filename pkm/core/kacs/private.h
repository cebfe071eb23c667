/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the files of core/kacs share, sectioned by the file that defines it.
 */
#ifndef _CORE_KACS_PRIVATE_H
#define _CORE_KACS_PRIVATE_H

#include <pkm/core/kacs.h>

/* --- sid.c -------------------------------------------------------------- */

/*
 * The first eight bytes of a SID as one word: revision, count and authority.
 * Most SIDs of one length and authority differ behind it.
 */
#define SID_WORD(count, authority) (1ULL | (u64)(count) << 8 | (u64)(authority) << 56)

/* S-1-3-4 and S-1-1-0: one sub-authority each. */
static inline bool sid_is_owner_rights(const u8 *sid)
{
	return pkm_get_le64(sid) == SID_WORD(1, 3) && pkm_get_le32(sid + 8) == 4;
}

static inline bool sid_is_everyone(const u8 *sid)
{
	return pkm_get_le64(sid) == SID_WORD(1, 1) && pkm_get_le32(sid + 8) == 0;
}

/* Revision 1 and at most 15 sub-authorities, in one comparison. */
static inline bool sid_head_valid(const u8 *sid)
{
	return (pkm_get_le16(sid) & 0xf0ff) == 1;
}

/* --- acl.c -------------------------------------------------------------- */

/* What follows an ACE's header, by type. */
enum ace_shape {
	ACE_OPAQUE,
	ACE_SID,
	ACE_OBJECT,
	ACE_CALLBACK,
	ACE_CALLBACK_OBJECT,
	ACE_ATTRIBUTE,
};

#define ACE_BIT(type) (1U << (type))
#define ACE_ALLOW_TYPES                                                               \
	(ACE_BIT(KACS_ACE_ALLOWED) | ACE_BIT(KACS_ACE_ALLOWED_OBJECT) |               \
	 ACE_BIT(KACS_ACE_ALLOWED_CALLBACK) | ACE_BIT(KACS_ACE_ALLOWED_CALLBACK_OBJECT))
#define ACE_DENY_TYPES                                                                \
	(ACE_BIT(KACS_ACE_DENIED) | ACE_BIT(KACS_ACE_DENIED_OBJECT) |                 \
	 ACE_BIT(KACS_ACE_DENIED_CALLBACK) | ACE_BIT(KACS_ACE_DENIED_CALLBACK_OBJECT))
#define ACE_ACCESS_TYPES (ACE_ALLOW_TYPES | ACE_DENY_TYPES)
#define ACE_AUDIT_TYPES                                                               \
	(ACE_BIT(KACS_ACE_AUDIT) | ACE_BIT(KACS_ACE_AUDIT_OBJECT) |                   \
	 ACE_BIT(KACS_ACE_AUDIT_CALLBACK) | ACE_BIT(KACS_ACE_AUDIT_CALLBACK_OBJECT))
#define ACE_ALARM_TYPES                                                               \
	(ACE_BIT(KACS_ACE_ALARM) | ACE_BIT(KACS_ACE_ALARM_OBJECT) |                   \
	 ACE_BIT(KACS_ACE_ALARM_CALLBACK) | ACE_BIT(KACS_ACE_ALARM_CALLBACK_OBJECT))
#define ACE_SINGLE_TYPES                                                              \
	(ACE_BIT(KACS_ACE_ALLOWED) | ACE_BIT(KACS_ACE_DENIED) | ACE_BIT(KACS_ACE_AUDIT) | \
	 ACE_BIT(KACS_ACE_ALARM) | ACE_BIT(KACS_ACE_MANDATORY_LABEL) |                \
	 ACE_BIT(KACS_ACE_SCOPED_POLICY) | ACE_BIT(KACS_ACE_TRUST_LABEL))
#define ACE_OBJECT_TYPES                                                              \
	(ACE_BIT(KACS_ACE_ALLOWED_OBJECT) | ACE_BIT(KACS_ACE_DENIED_OBJECT) |         \
	 ACE_BIT(KACS_ACE_AUDIT_OBJECT) | ACE_BIT(KACS_ACE_ALARM_OBJECT))
#define ACE_CALLBACK_TYPES                                                            \
	(ACE_BIT(KACS_ACE_ALLOWED_CALLBACK) | ACE_BIT(KACS_ACE_DENIED_CALLBACK) |     \
	 ACE_BIT(KACS_ACE_AUDIT_CALLBACK) | ACE_BIT(KACS_ACE_ALARM_CALLBACK))
#define ACE_CALLBACK_OBJECT_TYPES                                                     \
	(ACE_BIT(KACS_ACE_ALLOWED_CALLBACK_OBJECT) |                                  \
	 ACE_BIT(KACS_ACE_DENIED_CALLBACK_OBJECT) |                                   \
	 ACE_BIT(KACS_ACE_AUDIT_CALLBACK_OBJECT) | ACE_BIT(KACS_ACE_ALARM_CALLBACK_OBJECT))
#define ACE_CONDITION_TYPES (ACE_CALLBACK_TYPES | ACE_CALLBACK_OBJECT_TYPES)

/* Bits that no ACE can grant, deny or audit: KACS-AC-025. */
#define ACE_INERT_BITS (KACS_RESERVED_BITS | KACS_ACCESS_SYSTEM_SECURITY | KACS_MAXIMUM_ALLOWED)

void kacs_ace_decode(const u8 *p, struct kacs_ace *ace);

/* An ACE mask as evaluation sees it (KACS-AC-024); generic bits are rare. */
static __always_inline u32 ace_map(u32 mask, const struct kacs_generic_map *map)
{
	if (unlikely(mask & KACS_GENERIC_BITS))
		mask = kacs_map_generic(mask, map);
	return mask & ~ACE_INERT_BITS;
}

/* --- claim.c ------------------------------------------------------------ */

#define CLAIM_HEADER 16

/* Value types, KACS-FMT-104. */
#define CLAIM_INT64   0x0001
#define CLAIM_UINT64  0x0002
#define CLAIM_STRING  0x0003
#define CLAIM_SID     0x0005
#define CLAIM_BOOLEAN 0x0006
#define CLAIM_OCTET   0x0010

/* Entry flags, KACS-FMT-105. */
#define CLAIM_NON_INHERITABLE 0x0001
#define CLAIM_CASE_SENSITIVE  0x0002
#define CLAIM_DENY_ONLY	      0x0004
#define CLAIM_DISABLED	      0x0010

/* --- view.c ------------------------------------------------------------- */

/* What an entry of a set matches. */
#define SLOT_MEMBER	  1 /* both polarities */
#define SLOT_DENY	  2 /* deny ACEs only */
#define SLOT_GROUP	  3 /* both while its bit is set */
#define SLOT_GROUP_DENY	  4 /* deny ACEs only, whatever its bit */
#define SLOT_OWNER_RIGHTS 5 /* S-1-3-4: what the view says */
#define SLOT_SELF	  6 /* S-1-5-10: what the view says */
#define SLOT_KIND_SHIFT	  13

#define VIEW_ALLOW 1
#define VIEW_DENY  2

/**
 * struct kacs_view - the SIDs one pass of a check goes by
 * @set: its SIDs
 * @enabled: enabled bits of SLOT_GROUP entries
 * @device: device groups for condition operators
 * @device_enabled: their enabled bits
 * @owner: polarities for which S-1-3-4 matches
 * @self: polarities for which S-1-5-10 matches
 * @owns: the owner's implicit rights apply (KACS-AC-093)
 */
struct kacs_view {
	const struct kacs_sid_set *set;
	const u64 *enabled;
	const struct kacs_sid_set *device;
	const u64 *device_enabled;
	u8 owner;
	u8 self;
	bool owns;
};

static inline u32 set_mask(const struct kacs_sid_set *set)
{
	return (1U << (64 - set->shift)) - 1;
}

static inline u64 slot_load(const struct kacs_sid_set *set, u32 i)
{
	return pkm_get_le64(&set->slots[i]);
}

static inline u32 slot_kind(u64 slot)
{
	return slot >> (32 + SLOT_KIND_SHIFT) & 7;
}

static inline u32 slot_index(u64 slot)
{
	return slot >> 32 & ((1U << SLOT_KIND_SHIFT) - 1);
}

/* The arena proper starts behind the two virtual SIDs, 24 bytes earlier. */
static inline const u8 *slot_sid(const struct kacs_sid_set *set, u64 slot)
{
	return set->sids - 24 + 4 * (u32)(slot >> 48);
}

/*
 * First and last eight bytes. SIDs that share both differ only in the middle
 * of a domain part; they land in one place and are told apart there.
 */
static __always_inline u64 sid_hash(const u8 *sid)
{
	return (pkm_get_le64(sid) + pkm_get_le64(sid + 4 * (u32)sid[1])) * 0x9e3779b97f4a7c15ULL;
}

static __always_inline bool view_match(const struct kacs_view *view, const u8 *sid, u32 polarity)
{
	const struct kacs_sid_set *set = view->set;
	u64 hash = sid_hash(sid), slot;
	u32 i = hash >> set->shift;

	for (;; i = (i + 1) & set_mask(set)) {
		slot = slot_load(set, i);
		if (!slot)
			return false;
		if ((u32)slot != (u32)(hash >> 32) || !kacs_sid_equal(slot_sid(set, slot), sid))
			continue;
		switch (slot_kind(slot)) {
		case SLOT_MEMBER:
			return true;
		case SLOT_DENY:
			return polarity == VIEW_DENY;
		case SLOT_OWNER_RIGHTS:
			return view->owner & polarity;
		case SLOT_SELF:
			return view->self & polarity;
		case SLOT_GROUP:
			if (view->enabled[slot_index(slot) / 64] >> (slot_index(slot) % 64) & 1)
				return true;
			break; /* another entry of this SID may be enabled */
		default:
			if (polarity == VIEW_DENY)
				return true;
			break;
		}
	}
}

bool kacs_view_match(const struct kacs_view *view, const u8 *sid, u32 polarity);
bool kacs_set_holds(const struct kacs_sid_set *set, const u8 *sid);
void kacs_view_normal(struct kacs_view *view, const struct kacs_subject *subject,
		      const struct kacs_subject_state *state, const u8 *owner, const u8 *self);
void kacs_view_restricted(struct kacs_view *view, const struct kacs_subject *subject,
			  const struct kacs_subject_state *state, const u8 *owner, const u8 *self);
void kacs_view_confined(struct kacs_view *view, const struct kacs_subject *subject,
			const u8 *owner, const u8 *self);

#endif
