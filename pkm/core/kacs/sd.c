// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Self-relative security descriptors.
 *
 *	0        20
 *	+--------+-------+-------+------+------+
 *	| header | owner | group | SACL | DACL |   the order we write;
 *	+--------+-------+-------+------+------+   any order is read
 */
#include "private.h"

/* Where a component lies; an absent one is [0, 0), apart from everything. */
struct part {
	u32 at, end;
};

static struct part part_of(const struct kacs_sd *sd, const u8 *p, u32 len)
{
	u32 at = p ? p - sd->data : 0;

	return (struct part){ at, at + len };
}

/* The components in any order. */
static noinline bool all_apart(const struct kacs_sd *sd)
{
	const struct part parts[] = {
		part_of(sd, sd->owner, sd->owner ? kacs_sid_len(sd->owner) : 0),
		part_of(sd, sd->group, sd->group ? kacs_sid_len(sd->group) : 0),
		part_of(sd, sd->sacl.data, sd->sacl.len),
		part_of(sd, sd->dacl.data, sd->dacl.len),
	};
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		for (n = i + 1; n < ARRAY_SIZE(parts); n++)
			if (parts[i].end > parts[n].at && parts[n].end > parts[i].at)
				return false;
	return true;
}

/*
 * A descriptor on its way through the parser. Components in the order we write
 * them, by far the most, cannot overlap.
 */
struct parse {
	const u8 *data;
	u32 len;
	u32 end; /* of the last component */
	bool in_order;
};

/* The component at @at reaches to @end. */
static __always_inline void note_part(struct parse *in, u32 at, u32 end)
{
	in->in_order &= at >= in->end;
	in->end = end;
}

static __always_inline int parse_sid(struct parse *in, u32 at, const u8 **sid)
{
	u32 n;

	*sid = NULL;
	if (!at)
		return 0;
	if (at < KACS_SD_HEADER || at >= in->len)
		return -EINVAL;
	n = sid_prefix(in->data + at, in->len - at);
	if (!n)
		return -EINVAL;
	note_part(in, at, at + n);
	*sid = in->data + at;
	return 0;
}

static __always_inline int parse_acl(struct parse *in, u32 at, bool present, struct kacs_acl *acl)
{
	/* KACS-FMT-043: the offset and its bit say the same or the SD is malformed. */
	if (present != !!at)
		return -EINVAL;
	if (!at) {
		memset(acl, 0, sizeof(*acl));
		return 0;
	}
	if (at < KACS_SD_HEADER || at >= in->len || acl_frame(acl, in->data + at, in->len - at))
		return -EINVAL;
	note_part(in, at, at + acl->len);
	return 0;
}

/*
 * KACS-FMT-072: of each kind, the first live label counts. A label carries its
 * value in the SID, so one of another shape has none (KACS-AC-067, KACS-AC-068).
 */
static int find_labels(struct kacs_sd *sd)
{
	const u8 *p = sd->sacl.data + KACS_ACL_HEADER, *end = sd->sacl.data + sd->sacl.len;

	for (; p < end; p += pkm_get_le16(p + 2)) {
		if (p[1] & KACS_ACE_INHERIT_ONLY)
			continue;
		if (p[0] == KACS_ACE_MANDATORY_LABEL && !sd->label)
			sd->label = p;
		else if (p[0] == KACS_ACE_TRUST_LABEL && !sd->trust)
			sd->trust = p;
		else
			continue;
		if (!label_shaped(p[0], p + 8))
			return -EINVAL;
	}
	return 0;
}

static noinline int parse_sacl(struct kacs_sd *sd)
{
	if (kacs_acl_aces(&sd->sacl, sd->sacl.data + KACS_ACL_HEADER, 0))
		return -EINVAL;
	return sd->sacl.facts & KACS_ACL_LABELS ? find_labels(sd) : 0;
}

/**
 * kacs_sd_frame() - validate all of a descriptor but the ACEs of its DACL
 * @sd: filled on success but for the DACL's facts, refers to @data
 * @data: bytes
 * @len: how many
 *
 * Context: Any. KACS-FMT-038 to KACS-FMT-044.
 * Return: 0, or -EINVAL.
 */
int kacs_sd_frame(struct kacs_sd *sd, const void *data, u32 len)
{
	struct parse in = { .data = data, .len = len, .in_order = true };
	const u8 *p = data;
	u32 control;

	if (len < KACS_SD_HEADER || len > KACS_SD_MAX || p[0] != 1)
		return -EINVAL;
	control = pkm_get_le16(p + 2);
	if (!(control & KACS_SE_SELF_RELATIVE))
		return -EINVAL;
	sd->data = p;
	sd->len = len;
	sd->control = control;
	sd->label = NULL;
	sd->trust = NULL;
	if (parse_sid(&in, pkm_get_le32(p + 4), &sd->owner) ||
	    parse_sid(&in, pkm_get_le32(p + 8), &sd->group) ||
	    parse_acl(&in, pkm_get_le32(p + 12), control & KACS_SE_SACL_PRESENT, &sd->sacl) ||
	    parse_acl(&in, pkm_get_le32(p + 16), control & KACS_SE_DACL_PRESENT, &sd->dacl))
		return -EINVAL;
	if (unlikely(!in.in_order) && !all_apart(sd))
		return -EINVAL;
	return unlikely(sd->sacl.data) ? parse_sacl(sd) : 0;
}

/**
 * kacs_sd_dacl() - validate the ACEs that kacs_sd_frame() left out
 * @sd: descriptor; the DACL's facts are filled
 *
 * Context: Any.
 * Return: 0, or -EINVAL.
 */
int kacs_sd_dacl(struct kacs_sd *sd)
{
	return sd->dacl.data ? kacs_acl_aces(&sd->dacl, sd->dacl.data + KACS_ACL_HEADER, 0) : 0;
}

/**
 * kacs_sd_parse() - validate a descriptor
 * @sd: filled on success, refers to @data
 * @data: bytes
 * @len: how many; unused bytes between and behind the components are allowed
 *
 * The owner may be absent here; a check and a store demand it (KACS-FMT-044).
 *
 * Context: Any. KACS-FMT-038 to KACS-FMT-044.
 * Return: 0, or -EINVAL.
 */
int kacs_sd_parse(struct kacs_sd *sd, const void *data, u32 len)
{
	return kacs_sd_frame(sd, data, len) ? -EINVAL : kacs_sd_dacl(sd);
}

/**
 * kacs_sd_parts_of() - what a parsed descriptor consists of
 * @sd: descriptor
 * @parts: filled, refers to the descriptor's bytes
 *
 * Context: Any.
 */
void kacs_sd_parts_of(const struct kacs_sd *sd, struct kacs_sd_parts *parts)
{
	parts->control = sd->control;
	parts->rm_control = sd->data[1];
	parts->owner = sd->owner;
	parts->group = sd->group;
	parts->sacl = sd->sacl.data;
	parts->sacl_len = sd->sacl.len;
	parts->dacl = sd->dacl.data;
	parts->dacl_len = sd->dacl.len;
}

static u32 put_part(struct pkm_writer *w, u32 start, const u8 *data, u32 len)
{
	u32 at = w->len - start;

	if (!data)
		return 0;
	pkm_writer_bytes(w, data, len);
	return at;
}

/**
 * kacs_sd_write() - assemble a descriptor
 * @parts: what it consists of
 * @w: appended to
 *
 * Context: Any. KACS-FMT-043.
 * Return: 0 (test pkm_writer_ok()), or -EINVAL when it is over 65,535 bytes.
 */
int kacs_sd_write(const struct kacs_sd_parts *parts, struct pkm_writer *w)
{
	u16 control = parts->control & ~(KACS_SE_DACL_PRESENT | KACS_SE_SACL_PRESENT);
	u32 start = w->len, at;

	control |= KACS_SE_SELF_RELATIVE;
	if (parts->dacl)
		control |= KACS_SE_DACL_PRESENT;
	if (parts->sacl)
		control |= KACS_SE_SACL_PRESENT;
	pkm_writer_u8(w, 1);
	pkm_writer_u8(w, parts->rm_control);
	pkm_writer_le16(w, control);
	pkm_writer_zero(w, 16);
	at = put_part(w, start, parts->owner, parts->owner ? kacs_sid_len(parts->owner) : 0);
	pkm_writer_patch_le32(w, start + 4, at);
	at = put_part(w, start, parts->group, parts->group ? kacs_sid_len(parts->group) : 0);
	pkm_writer_patch_le32(w, start + 8, at);
	at = put_part(w, start, parts->sacl, parts->sacl_len);
	pkm_writer_patch_le32(w, start + 12, at);
	at = put_part(w, start, parts->dacl, parts->dacl_len);
	pkm_writer_patch_le32(w, start + 16, at);
	return w->len - start > KACS_SD_MAX ? -EINVAL : 0;
}

/**
 * kacs_acl_begin() - start an ACL
 * @w: appended to
 * @revision: 2, or 4 when object ACEs follow (KACS-FMT-053)
 *
 * Context: Any.
 */
void kacs_acl_begin(struct pkm_writer *w, u8 revision)
{
	pkm_writer_u8(w, revision);
	pkm_writer_zero(w, KACS_ACL_HEADER - 1);
}

/**
 * kacs_ace_write() - append a single-SID ACE
 * @w: appended to
 * @type: one of the single-SID types
 * @flags: KACS_ACE_...
 * @mask: access mask
 * @sid: well-formed SID
 *
 * Context: Any.
 */
void kacs_ace_write(struct pkm_writer *w, u8 type, u8 flags, u32 mask, const u8 *sid)
{
	pkm_writer_u8(w, type);
	pkm_writer_u8(w, flags);
	pkm_writer_le16(w, 8 + kacs_sid_len(sid));
	pkm_writer_le32(w, mask);
	pkm_writer_bytes(w, sid, kacs_sid_len(sid));
}

/**
 * kacs_acl_end() - fill in what the header of a finished ACL says
 * @w: where it was written
 * @start: offset of its header in @w
 * @count: ACEs written
 *
 * Context: Any.
 * Return: 0, or -EINVAL when the ACL is over 65,535 bytes.
 */
int kacs_acl_end(struct pkm_writer *w, u32 start, u16 count)
{
	u32 size = w->len - start;

	if (size > U16_MAX)
		return -EINVAL;
	pkm_writer_patch_le16(w, start + 2, size);
	pkm_writer_patch_le16(w, start + 4, count);
	return 0;
}
