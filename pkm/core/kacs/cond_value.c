// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Values of conditional expressions: reading tokens, resolving attributes and
 * comparing what they hold. The evaluator is in cond.c.
 */
#include "private.h"
#include "cond.h"

/* KACS-FMT-135, KACS-FMT-136: sign and magnitude are kept apart. */
static bool read_integer(const u8 *p, u32 width, s64 *out)
{
	u64 raw = pkm_get_le64(p), magnitude = raw >> 63 ? 0 - raw : raw, limit;
	u8 sign = p[8];

	if (sign < 1 || sign > 3)
		return false;
	limit = 1ULL << (width - 1);
	if (sign == 2 ? magnitude > limit : magnitude >= limit)
		return false;
	*out = sign == 2 ? (s64)(0 - magnitude) : (s64)magnitude;
	return true;
}

static bool read_sized(struct pkm_cursor *c, struct cond_value *v)
{
	v->len = pkm_cursor_le32(c);
	v->p = pkm_cursor_bytes(c, v->len);
	return pkm_cursor_ok(c);
}

/* A literal that may stand in a composite. */
static bool read_scalar(struct pkm_cursor *c, u8 op, struct cond_value *v)
{
	const u8 *p;

	v->count = 1;
	switch (op) {
	case OP_INT8:
	case OP_INT16:
	case OP_INT32:
	case OP_INT64:
		v->kind = KIND_INT;
		v->types = CLASS_INT;
		p = pkm_cursor_bytes(c, 10);
		return p && read_integer(p, 8U << (op - OP_INT8), &v->i);
	case OP_STRING:
		v->kind = KIND_STRING;
		v->types = CLASS_STRING;
		return read_sized(c, v) && !(v->len & 1);
	case OP_OCTET:
		v->kind = KIND_OCTET;
		v->types = CLASS_OCTET;
		return read_sized(c, v);
	case OP_SID:
		v->kind = KIND_SID;
		v->types = CLASS_SID;
		return read_sized(c, v) && kacs_sid_valid(v->p, v->len);
	default:
		return false;
	}
}

static bool read_composite(struct pkm_cursor *c, struct cond_value *v)
{
	struct cond_value element;
	struct pkm_cursor in;

	v->kind = KIND_LIST;
	v->types = 0;
	v->count = 0;
	if (!read_sized(c, v))
		return false;
	pkm_cursor_init(&in, v->p, v->len);
	while (pkm_cursor_left(&in)) {
		if (v->count == U16_MAX || !read_scalar(&in, pkm_cursor_u8(&in), &element))
			return false;
		v->types |= element.types;
		v->count++;
	}
	return true;
}

/**
 * cond_read_operand() - read a literal or an attribute name
 * @c: behind the token's byte
 * @op: that byte
 * @v: filled; an attribute's @v->p and @v->len are its name
 *
 * Context: Any.
 * Return: true iff @op is an operand and well-formed.
 */
bool cond_read_operand(struct pkm_cursor *c, u8 op, struct cond_value *v)
{
	if (op == OP_COMPOSITE)
		return read_composite(c, v);
	if (op < OP_ATTR_LOCAL || op > OP_ATTR_DEVICE)
		return read_scalar(c, op, v);
	v->kind = KIND_ATTRIBUTE;
	return read_sized(c, v) && !(v->len & 1);
}

/*
 * Case folding for names and strings: simple, one unit to one unit. ASCII
 * letters become upper case so that "_" orders behind them as users expect
 * from the sheet; the rest of Unicode goes through the shared fold table.
 */
static u32 fold_unit(u32 unit)
{
	if (unit >= 0x80)
		unit = pkm_fold_char(unit);
	return unit - 'a' < 26 ? unit - 32 : unit;
}

/* Does the zero-terminated name of a claim entry equal these bytes? */
static bool name_equal(const u8 *entry, const u8 *name, u32 len)
{
	const u8 *p = entry + pkm_get_le32(entry);
	u32 i, unit;

	for (i = 0; i < len; i += 2) {
		unit = pkm_get_le16(p + i);
		if (!unit ||
		    (unit != pkm_get_le16(name + i) && fold_unit(unit) != fold_unit(pkm_get_le16(name + i))))
			return false;
	}
	return !pkm_get_le16(p + i);
}

/**
 * kacs_claim_same_name() - do two claim entries have one name?
 * @a: valid entry
 * @b: valid entry
 *
 * Context: Any. KACS-FMT-112, KACS-FMT-122.
 * Return: true iff a condition that names one would name the other.
 */
bool kacs_claim_same_name(const u8 *a, const u8 *b)
{
	const u8 *name = b + pkm_get_le32(b);
	u32 len = 0;

	while (pkm_get_le16(name + len))
		len += 2;
	return name_equal(a, name, len);
}

static const u8 *find_claim(struct kacs_cond *cond, u32 which, const u8 *name, u32 len)
{
	const u8 *p = cond->claims[which], *end;

	if (!p)
		return NULL;
	for (end = p + cond->claims_len[which]; p < end; p += 4 + pkm_get_le32(p))
		if (cond_charge(cond, 0) && name_equal(p + 4, name, len))
			return p + 4;
	return NULL;
}

/* KACS-FMT-111, KACS-FMT-112. */
static const u8 *find_resource(struct kacs_cond *cond, const u8 *name, u32 len)
{
	const u8 *p, *end;

	if (!(cond->sacl->facts & KACS_ACL_ATTRIBUTES))
		return NULL;
	p = cond->sacl->data + KACS_ACL_HEADER;
	end = cond->sacl->data + cond->sacl->len;
	for (; p < end; p += pkm_get_le16(p + 2)) {
		if (!cond_charge(cond, 0))
			return NULL;
		/* The SID is always S-1-1-0, 12 bytes: the claim is at 20. */
		if (p[0] == KACS_ACE_RESOURCE_ATTRIBUTE && !(p[1] & KACS_ACE_INHERIT_ONLY) &&
		    name_equal(p + 20, name, len))
			return p + 20;
	}
	return NULL;
}

static u8 class_of_claim(const u8 *entry)
{
	switch (pkm_get_le16(entry + 4)) {
	case CLAIM_STRING:
		return CLASS_STRING;
	case CLAIM_SID:
		return CLASS_SID;
	case CLAIM_OCTET:
		return CLASS_OCTET;
	default:
		return CLASS_INT;
	}
}

/**
 * cond_resolve() - turn an attribute's name into its claim entry
 * @cond: sources
 * @op: the namespace's token
 * @polarity: VIEW_ALLOW hides deny-only attributes (KACS-FMT-123)
 * @v: name in, claim or absent out
 *
 * Context: Any. KACS-FMT-122 to KACS-FMT-124.
 */
void cond_resolve(struct kacs_cond *cond, u8 op, u32 polarity, struct cond_value *v)
{
	const u8 *entry;
	u32 flags;

	if (op == OP_ATTR_RESOURCE)
		entry = find_resource(cond, v->p, v->len);
	else
		entry = find_claim(cond,
				   op == OP_ATTR_LOCAL  ? COND_LOCAL
				   : op == OP_ATTR_USER ? COND_USER
							: COND_DEVICE,
				   v->p, v->len);
	v->kind = KIND_ABSENT;
	v->types = 0;
	v->count = 0;
	if (!entry)
		return;
	flags = pkm_get_le32(entry + 8);
	if (flags & CLAIM_DISABLED || (flags & CLAIM_DENY_ONLY && polarity == VIEW_ALLOW) ||
	    !pkm_get_le32(entry + 12))
		return;
	v->kind = KIND_ATTRIBUTE;
	v->types = class_of_claim(entry);
	v->count = pkm_get_le32(entry + 12);
	v->p = entry;
}

/* Value number @i of a claim entry. */
static void claim_value(const u8 *entry, u32 i, struct cond_element *out)
{
	u32 at = pkm_get_le32(entry + CLAIM_HEADER + 4 * i), type = pkm_get_le16(entry + 4);
	const u8 *p = entry + at;

	out->is_unsigned = type == CLAIM_UINT64;
	switch (type) {
	case CLAIM_STRING:
		p = entry + pkm_get_le32(p);
		for (out->len = 0; pkm_get_le16(p + out->len); out->len += 2)
			;
		break;
	case CLAIM_SID:
		p = entry + pkm_get_le32(p);
		out->len = kacs_sid_len(p);
		break;
	case CLAIM_OCTET:
		p = entry + pkm_get_le32(p);
		out->len = pkm_get_le32(p);
		p += 4;
		break;
	case CLAIM_BOOLEAN:
		out->i = !!pkm_get_le64(p); /* KACS-FMT-113 */
		return;
	default:
		out->i = pkm_get_le64(p);
		return;
	}
	out->p = p;
}

/**
 * cond_iter_start() - walk the values of an operand
 * @it: iterator
 * @cond: pays for the work
 * @v: literal, composite or attribute
 *
 * Context: Any.
 */
void cond_iter_start(struct cond_iter *it, struct kacs_cond *cond, const struct cond_value *v)
{
	it->cond = cond;
	it->v = v;
	it->i = 0;
	if (v->kind == KIND_LIST)
		pkm_cursor_init(&it->c, v->p, v->len);
}

/**
 * cond_iter_next() - the next value
 * @it: iterator
 * @out: filled
 *
 * Context: Any.
 * Return: true iff there was one.
 */
bool cond_iter_next(struct cond_iter *it, struct cond_element *out)
{
	struct cond_value element;
	const struct cond_value *v = it->v;

	if (it->i == v->count)
		return false;
	if (v->kind == KIND_ATTRIBUTE) {
		out->type = v->types;
		claim_value(v->p, it->i++, out);
		/* A string was read to its end; a thousand values may share one of 60 KiB. */
		if (out->type == CLASS_STRING)
			cond_charge(it->cond, out->len);
		return true;
	}
	it->i++;
	if (v->kind == KIND_LIST) {
		read_scalar(&it->c, pkm_cursor_u8(&it->c), &element);
		v = &element;
	}
	out->type = v->types;
	out->is_unsigned = false;
	if (v->kind == KIND_INT) {
		out->i = v->i;
	} else {
		out->p = v->p;
		out->len = v->len;
	}
	return true;
}

/* KACS-FMT-125: a negative number is below every unsigned one. */
static int compare_integers(const struct cond_element *a, const struct cond_element *b)
{
	bool a_negative = !a->is_unsigned && a->i < 0;
	bool b_negative = !b->is_unsigned && b->i < 0;

	if (a_negative != b_negative)
		return a_negative ? -1 : 1;
	if ((u64)a->i == (u64)b->i)
		return 0;
	/* Of one sign, two's complement orders like the unsigned values. */
	return (u64)a->i < (u64)b->i ? -1 : 1;
}

static int compare_strings(const struct cond_element *a, const struct cond_element *b, bool exact)
{
	u32 n = min(a->len, b->len), i, x, y;

	for (i = 0; i < n; i += 2) {
		x = pkm_get_le16(a->p + i);
		y = pkm_get_le16(b->p + i);
		if (x == y)
			continue;
		if (!exact) {
			x = fold_unit(x);
			y = fold_unit(y);
		}
		if (x != y)
			return x < y ? -1 : 1;
	}
	return a->len == b->len ? 0 : a->len < b->len ? -1 : 1;
}

static u32 fold_byte(u32 b)
{
	return b - 'a' < 26 ? b - 32 : b;
}

static int compare_octets(const struct cond_element *a, const struct cond_element *b, bool exact)
{
	u32 n = min(a->len, b->len), i, x, y;

	for (i = 0; i < n; i++) {
		x = exact ? a->p[i] : fold_byte(a->p[i]);
		y = exact ? b->p[i] : fold_byte(b->p[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return a->len == b->len ? 0 : a->len < b->len ? -1 : 1;
}

/**
 * cond_compare() - order two values of one class
 * @cond: pays for the work
 * @a: left
 * @b: right, same class
 * @exact: no case folding (KACS-FMT-126)
 *
 * Context: Any.
 * Return: below, equal to or above 0.
 */
int cond_compare(struct kacs_cond *cond, const struct cond_element *a, const struct cond_element *b,
		 bool exact)
{
	if (a->type == CLASS_INT) {
		cond_charge(cond, 0);
		return compare_integers(a, b);
	}
	if (!cond_charge(cond, a->len + b->len))
		return 0;
	if (a->type == CLASS_STRING)
		return compare_strings(a, b, exact);
	return compare_octets(a, b, exact || a->type == CLASS_SID);
}

/* KACS-FMT-126: one case-sensitive attribute makes the comparison so. */
bool cond_exact(const struct cond_value *a, const struct cond_value *b)
{
	if (a->kind == KIND_ATTRIBUTE && pkm_get_le32(a->p + 8) & CLAIM_CASE_SENSITIVE)
		return true;
	return b->kind == KIND_ATTRIBUTE && pkm_get_le32(b->p + 8) & CLAIM_CASE_SENSITIVE;
}
