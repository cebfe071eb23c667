// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Access control lists. Every ACE of a list is checked before any of them is
 * believed: a list that lies further down is refused as a whole, whatever an
 * earlier ACE would have decided.
 */
#include "private.h"

#define ACE_TYPES 0x15

static const u8 ace_shapes[ACE_TYPES] = {
	[KACS_ACE_ALLOWED] = ACE_SID,
	[KACS_ACE_DENIED] = ACE_SID,
	[KACS_ACE_AUDIT] = ACE_SID,
	[KACS_ACE_ALARM] = ACE_SID,
	[KACS_ACE_ALLOWED_OBJECT] = ACE_OBJECT,
	[KACS_ACE_DENIED_OBJECT] = ACE_OBJECT,
	[KACS_ACE_AUDIT_OBJECT] = ACE_OBJECT,
	[KACS_ACE_ALARM_OBJECT] = ACE_OBJECT,
	[KACS_ACE_ALLOWED_CALLBACK] = ACE_CALLBACK,
	[KACS_ACE_DENIED_CALLBACK] = ACE_CALLBACK,
	[KACS_ACE_ALLOWED_CALLBACK_OBJECT] = ACE_CALLBACK_OBJECT,
	[KACS_ACE_DENIED_CALLBACK_OBJECT] = ACE_CALLBACK_OBJECT,
	[KACS_ACE_AUDIT_CALLBACK] = ACE_CALLBACK,
	[KACS_ACE_ALARM_CALLBACK] = ACE_CALLBACK,
	[KACS_ACE_AUDIT_CALLBACK_OBJECT] = ACE_CALLBACK_OBJECT,
	[KACS_ACE_ALARM_CALLBACK_OBJECT] = ACE_CALLBACK_OBJECT,
	[KACS_ACE_MANDATORY_LABEL] = ACE_SID,
	[KACS_ACE_RESOURCE_ATTRIBUTE] = ACE_ATTRIBUTE,
	[KACS_ACE_SCOPED_POLICY] = ACE_SID,
	[KACS_ACE_TRUST_LABEL] = ACE_SID,
};

static enum ace_shape shape_of(u8 type)
{
	return type < ACE_TYPES ? ace_shapes[type] : ACE_OPAQUE;
}

/* Offset of the SID in an object ACE with these flags, KACS-FMT-065. */
static u32 object_sid_offset(u32 object_flags)
{
	u32 at = 12;

	if (object_flags & KACS_ACE_OBJECT_TYPE_PRESENT)
		at += 16;
	if (object_flags & KACS_ACE_INHERITED_OBJECT_TYPE_PRESENT)
		at += 16;
	return at;
}

/* The body of an ACE of @size bytes, at least 4, all of them in the buffer. */
static bool ace_valid(const u8 *p, u32 size)
{
	enum ace_shape shape = shape_of(p[0]);
	u32 at = 8, sid_len;

	if (shape == ACE_OPAQUE)
		return true;
	if (shape == ACE_OBJECT || shape == ACE_CALLBACK_OBJECT) {
		if (size < 12)
			return false;
		at = object_sid_offset(pkm_get_le32(p + 8));
	}
	if (size < at)
		return false;
	sid_len = kacs_sid_prefix(p + at, size - at);
	if (!sid_len)
		return false;
	switch (shape) {
	case ACE_CALLBACK:
	case ACE_CALLBACK_OBJECT:
		return true; /* KACS-FMT-068: what follows may be anything */
	case ACE_ATTRIBUTE:
		return sid_is_everyone(p + at) && !kacs_claim_validate(p + at + sid_len, size - at - sid_len);
	default:
		return at + sid_len == size;
	}
}

/* What a live ACE of a single-SID type has to be noted for. */
static const u16 single_facts[ACE_TYPES] = {
	[KACS_ACE_AUDIT] = KACS_ACL_AUDIT,
	[KACS_ACE_ALARM] = KACS_ACL_AUDIT,
	[KACS_ACE_MANDATORY_LABEL] = KACS_ACL_LABELS,
	[KACS_ACE_SCOPED_POLICY] = KACS_ACL_POLICIES,
	[KACS_ACE_TRUST_LABEL] = KACS_ACL_LABELS,
};

static u16 ace_facts(const u8 *p)
{
	bool live = !(p[1] & KACS_ACE_INHERIT_ONLY);
	struct kacs_ace ace;
	u16 facts = 0;
	u32 bit;

	if (p[0] >= ACE_TYPES)
		return 0;
	bit = ACE_BIT(p[0]);
	if (bit & ACE_CONDITION_TYPES)
		facts |= KACS_ACL_CONDITIONS;
	if (!live)
		return facts;
	facts |= single_facts[p[0]];
	if (bit & (ACE_AUDIT_TYPES | ACE_ALARM_TYPES))
		facts |= KACS_ACL_AUDIT;
	if (p[0] == KACS_ACE_RESOURCE_ATTRIBUTE)
		facts |= KACS_ACL_ATTRIBUTES;
	if (bit & ACE_ACCESS_TYPES) {
		kacs_ace_decode(p, &ace);
		if (sid_is_owner_rights(ace.sid))
			facts |= KACS_ACL_OWNER_RIGHTS; /* KACS-AC-094 */
	}
	return facts;
}

/* Is an ACE with this header a single-SID one? Then add what it is noted for. */
static __always_inline bool single_noted(u32 head, u32 *facts)
{
	u32 type = head & 0xff;

	if (type >= ACE_TYPES || !(ACE_SINGLE_TYPES >> type & 1))
		return false;
	if (!(head & KACS_ACE_INHERIT_ONLY << 8))
		*facts |= single_facts[type];
	return true;
}

/* Any ACE; returns its size, 0 when it is malformed. */
static noinline u32 ace_check(const u8 *p, u32 left, u32 *facts)
{
	u32 size;

	if (left < 4)
		return 0;
	size = pkm_get_le16(p + 2);
	if (size < 4 || size & 3 || size > left || !ace_valid(p, size))
		return 0;
	*facts |= ace_facts(p);
	return size;
}

/**
 * kacs_acl_aces() - validate the ACEs of an ACL whose header is
 * @acl: its facts are added to
 * @from: where to start
 * @index: of the ACE there
 *
 * Context: Any. KACS-FMT-051, KACS-FMT-061 to KACS-FMT-070.
 * Return: 0, or -EINVAL.
 */
int kacs_acl_aces(struct kacs_acl *acl, const u8 *from, u32 index)
{
	u32 left = acl->data + acl->len - from, count = acl->count, facts = 0, size;
	const u8 *p = from;

	for (; index < count; p += size, left -= size, index++) {
		/* Nearly all: one SID behind the mask, and not S-1-3-4. */
		if (likely(left >= 16)) {
			u64 first = pkm_get_le64(p + 8);
			u32 head = pkm_get_le32(p);

			size = head >> 16;
			if (likely(size <= left) && likely(single_sized(size, first)) &&
			    likely(first != SID_WORD(1, 3))) {
				if (likely(!(head & 0xfe)) || single_noted(head, &facts))
					continue;
			}
		}
		size = ace_check(p, left, &facts);
		if (!size)
			return -EINVAL;
	}
	acl->facts |= facts;
	return left || index != count ? -EINVAL : 0;
}

/**
 * kacs_acl_parse() - validate an ACL
 * @acl: filled on success, refers to @data
 * @data: bytes that start with an ACL
 * @len: how many; the ACL may be shorter (its AclSize says)
 *
 * Context: Any. KACS-FMT-050 to KACS-FMT-052, KACS-FMT-061 to KACS-FMT-070.
 * Return: 0, or -EINVAL.
 */
int kacs_acl_parse(struct kacs_acl *acl, const void *data, u32 len)
{
	if (acl_frame(acl, data, len))
		return -EINVAL;
	return kacs_acl_aces(acl, acl->data + KACS_ACL_HEADER, 0);
}

/**
 * kacs_ace_decode() - take a validated ACE apart
 * @p: its header
 * @ace: filled
 *
 * Context: Any.
 */
void kacs_ace_decode(const u8 *p, struct kacs_ace *ace)
{
	enum ace_shape shape = shape_of(p[0]);
	u32 at = 8, end;

	memset(ace, 0, sizeof(*ace));
	ace->data = p;
	ace->type = p[0];
	ace->flags = p[1];
	ace->size = pkm_get_le16(p + 2);
	if (shape == ACE_OPAQUE)
		return;
	ace->mask = pkm_get_le32(p + 4);
	if (shape == ACE_OBJECT || shape == ACE_CALLBACK_OBJECT) {
		ace->object_flags = pkm_get_le32(p + 8);
		at = object_sid_offset(ace->object_flags);
		if (ace->object_flags & KACS_ACE_OBJECT_TYPE_PRESENT)
			ace->object_type = p + 12;
		if (ace->object_flags & KACS_ACE_INHERITED_OBJECT_TYPE_PRESENT)
			ace->inherited_type = p + at - 16;
	}
	ace->sid = p + at;
	end = at + kacs_sid_len(ace->sid);
	if (shape == ACE_CALLBACK || shape == ACE_CALLBACK_OBJECT || shape == ACE_ATTRIBUTE) {
		ace->app = p + end;
		ace->app_len = ace->size - end;
	}
}

/**
 * kacs_acl_next() - walk a validated ACL
 * @acl: ACL; one with @data NULL holds nothing
 * @pos: 0 to start, then left alone
 * @ace: the next ACE
 *
 * Context: Any.
 * Return: true iff @ace holds an ACE.
 */
bool kacs_acl_next(const struct kacs_acl *acl, u32 *pos, struct kacs_ace *ace)
{
	if (!acl->data)
		return false;
	if (!*pos)
		*pos = KACS_ACL_HEADER;
	if (*pos >= acl->len)
		return false;
	kacs_ace_decode(acl->data + *pos, ace);
	*pos += ace->size;
	return true;
}
