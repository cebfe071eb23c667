// SPDX-License-Identifier: MIT
/*
 * See classes.h.
 */
#include "classes.h"

#include <string.h>

const char *const vector_class_names[CLASS_COUNT] = {
	[CLASS_MAPPING] = "mapping with bits 21-31",
	[CLASS_RESERVED_ACE] = "reserved bits in an ACE",
	[CLASS_LABEL_LEVEL] = "label level of its own",
	[CLASS_GATE_ORDER] = "gate before input checks",
	[CLASS_OUTSIDE_ALL] = "rights outside ALL",
	[CLASS_OWNER_POLARITY] = "owner by deny polarity",
	[CLASS_MAXIMUM_USE] = "privilege use with MAXIMUM_ALLOWED",
	[CLASS_STAGED_MASKS] = "staging beyond the request",
	[CLASS_COMPOSITES] = "lists in comparisons",
	[CLASS_MEMBERSHIP] = "members of a view",
	[CLASS_DEVICE_VIRTUAL] = "virtual device groups",
};

#define RESERVED (KACS_RESERVED_BITS | KACS_MAXIMUM_ALLOWED)

static bool acl_reserved(const struct kacs_acl *acl)
{
	struct kacs_ace ace;
	u32 pos = 0;

	while (kacs_acl_next(acl, &pos, &ace))
		if (ace.mask & RESERVED)
			return true;
	return false;
}

static bool policies_reserved(const struct vector_facts *f)
{
	u32 i, r;

	for (i = 0; i < f->policy_count; i++) {
		for (r = 0; r < f->policies[i].count; r++) {
			const struct kacs_policy_rule *rule = &f->policies[i].rules[r];

			if (acl_reserved(&rule->dacl) || acl_reserved(&rule->sacl) ||
			    acl_reserved(&rule->staged_dacl) || acl_reserved(&rule->staged_sacl))
				return true;
		}
	}
	return false;
}

static bool owner_only_denied(const struct vector_facts *f)
{
	const u8 *owner = f->sd->owner;

	return owner && kacs_subject_holds(f->subject, owner) &&
	       !kacs_subject_is_member(f->subject, f->state, owner);
}

static bool names_sid(const u8 *p, const u8 *end, const u8 *sid)
{
	u32 len = kacs_sid_len(sid);

	for (; p + len <= end; p++)
		if (!memcmp(p, sid, len))
			return true;
	return false;
}

static bool names_owner_rights(const struct kacs_acl *acl)
{
	static const u8 owner_rights[12] = { 1, 1, 0, 0, 0, 0, 0, 3, 4 };

	return acl->data && names_sid(acl->data, acl->data + acl->len, owner_rights);
}

/* Does anything ask for S-1-3-4? The recovery policy does. */
static bool asks_owner_rights(const struct vector_facts *f)
{
	u32 i, r;

	if (f->sd->sacl.facts & KACS_ACL_POLICIES || names_owner_rights(&f->sd->dacl) ||
	    names_owner_rights(&f->sd->sacl))
		return true;
	for (i = 0; i < f->policy_count; i++)
		for (r = 0; r < f->policies[i].count; r++)
			if (names_owner_rights(&f->policies[i].rules[r].dacl))
				return true;
	return false;
}

static bool odd_level(u32 level)
{
	return level > 16384 || level % 4096;
}

/* Does a group stand in the list twice? They look at the first entry only. */
static bool repeated_groups(const struct json *c)
{
	const struct json *g = json_get(json_get(c, "tok"), "g"), *a, *b;

	for (a = g ? g->first : NULL; a; a = a->next)
		for (b = a->next; b; b = b->next)
			if (a->first->len == b->first->len &&
			    !memcmp(a->first->text, b->first->text, a->first->len))
				return true;
	return false;
}

static bool sid_is(const u8 *sid, u8 authority, u32 sub)
{
	return sid[1] == 1 && sid[7] == authority && pkm_get_le32(sid + 8) == sub;
}

/* Looks through the SID literals between @p and @end. */
static bool names_virtual(const u8 *p, const u8 *end)
{
	for (; p + 12 <= end; p++)
		if (p[0] == 1 && (sid_is(p, 3, 4) || sid_is(p, 5, 10)))
			return true;
	return false;
}

/* Which classes the tokens of one program belong to. */
static u32 program_classes(const struct vector_facts *f, const u8 *p, u32 len)
{
	const u8 *end = p + len, *operand = p;
	u32 classes = 0, lists = 0;

	for (p += 4; p < end;) {
		u8 op = *p++;

		if (op >= 1 && op <= 4) {
			p += 10;
		} else if (op == 0x10 || op == 0x18 || op == 0x50 || op == 0x51 || op >= 0xf8) {
			if (end - p < 4 || pkm_get_le32(p) > (u32)(end - p - 4))
				return classes;
			lists += op == 0x50 || op >= 0xf8;
			operand = p;
			p += 4 + pkm_get_le32(p);
		} else if (op >= 0x80 && op <= 0x86 && lists) {
			classes |= 1U << CLASS_COMPOSITES;
		} else if (op == 0x88 || op == 0x8e || op == 0x8f) {
			classes |= 1U << CLASS_COMPOSITES;
		} else if ((op >= 0x89 && op <= 0x8c) || (op >= 0x90 && op <= 0x93)) {
			bool device = op == 0x8a || op == 0x8c || op == 0x91 || op == 0x93;

			if (f->first_entry || f->subject->flags & KACS_SUBJECT_CONFINED ||
			    (!device && names_sid(operand, p, kacs_subject_user(f->subject))))
				classes |= 1U << CLASS_MEMBERSHIP;
			if (device && names_virtual(operand, p))
				classes |= 1U << CLASS_DEVICE_VIRTUAL;
		}
	}
	return classes;
}

static u32 acl_classes(const struct vector_facts *f, const struct kacs_acl *acl)
{
	struct kacs_ace ace;
	u32 pos = 0, classes = 0;

	while (kacs_acl_next(acl, &pos, &ace))
		if (ace.app && ace.type != KACS_ACE_RESOURCE_ATTRIBUTE && ace.app_len > 4)
			classes |= program_classes(f, ace.app, ace.app_len);
	return classes;
}

static enum vector_class condition_class(struct vector_facts *f, const struct json *c)
{
	u32 classes, i, r;

	f->first_entry = repeated_groups(c);
	classes = acl_classes(f, &f->sd->dacl) | acl_classes(f, &f->sd->sacl);
	for (i = 0; i < f->policy_count; i++) {
		for (r = 0; r < f->policies[i].count; r++) {
			const struct kacs_policy_rule *rule = &f->policies[i].rules[r];

			if (rule->applies_to)
				classes |= program_classes(f, rule->applies_to, rule->applies_to_len);
			classes |= acl_classes(f, &rule->dacl);
			classes |= acl_classes(f, &rule->sacl);
			classes |= acl_classes(f, &rule->staged_dacl);
			classes |= acl_classes(f, &rule->staged_sacl);
		}
	}
	if (classes & 1U << CLASS_DEVICE_VIRTUAL)
		return CLASS_DEVICE_VIRTUAL;
	if (classes & 1U << CLASS_MEMBERSHIP)
		return CLASS_MEMBERSHIP;
	return classes & 1U << CLASS_COMPOSITES ? CLASS_COMPOSITES : CLASS_NONE;
}

static bool is(const struct vector_facts *f, const char *what)
{
	return !strcmp(f->what, what);
}

static bool staged_rules(const struct vector_facts *f)
{
	u32 i, r;

	for (i = 0; i < f->policy_count; i++)
		for (r = 0; r < f->policies[i].count; r++)
			if (f->policies[i].rules[r].staged_dacl.data)
				return true;
	return false;
}

enum vector_class vector_classify(const struct json *c, struct vector_facts *f)
{
	s64 theirs = json_number(json_get(c, "out"), "rv", 0);
	const struct kacs_generic_map *map = f->map;
	bool maximum = f->desired & KACS_MAXIMUM_ALLOWED;

	if ((map->read | map->write | map->execute | map->all) & 0xffe00000)
		return f->rv == -EINVAL ? CLASS_MAPPING : CLASS_NONE;
	if (f->rv == -EACCES && theirs == -EINVAL && f->subject->identification)
		return CLASS_GATE_ORDER;
	if (!f->sd)
		return CLASS_NONE;
	if (theirs == -EINVAL && f->sd->label && !(pkm_get_le32(f->sd->label + 4) & RESERVED) &&
	    !acl_reserved(&f->sd->sacl) && !acl_reserved(&f->sd->dacl))
		return odd_level(pkm_get_le32(f->sd->label + 16)) ? CLASS_LABEL_LEVEL : CLASS_NONE;
	if (theirs == -EINVAL && (acl_reserved(&f->sd->dacl) || acl_reserved(&f->sd->sacl)))
		return CLASS_RESERVED_ACE;
	/* They refused the policy as a whole, and ran the recovery policy. */
	if (json_get(json_get(c, "out"), "pe") && policies_reserved(f))
		return CLASS_RESERVED_ACE;
	if (theirs == -EINVAL || f->rv == -EINVAL)
		return CLASS_NONE;
	/* The verdict follows from the mask: none of the readings below tells them apart. */
	if (is(f, "rv") && !(f->granted_differ & f->want))
		return CLASS_NONE;
	if (owner_only_denied(f) && asks_owner_rights(f))
		return CLASS_OWNER_POLARITY;
	if (maximum && (is(f, "privileges") || is(f, "used")))
		return CLASS_MAXIMUM_USE;
	if (f->granted_differ && !(f->granted_differ & map->all))
		return CLASS_OUTSIDE_ALL;
	if ((is(f, "policies") || is(f, "staging")) && staged_rules(f) && !maximum)
		return CLASS_STAGED_MASKS;
	return condition_class(f, c);
}
