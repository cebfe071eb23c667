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

/* One component: offset and end, both 0 when it is absent. */
struct part {
	u32 at, end;
};

#define PARTS 4 /* owner, group, SACL, DACL */

/* Absent parts lie in [0, 0), which is apart from everything. */
static bool apart(const struct part *a, const struct part *b)
{
	return a->end <= b->at || b->end <= a->at;
}

/* Are the parts in the order we write them? Then none can overlap. */
static bool in_order(const struct part parts[PARTS])
{
	u32 end = 0, i;

	for (i = 0; i < PARTS; i++) {
		if (!parts[i].at)
			continue;
		if (parts[i].at < end)
			return false;
		end = parts[i].end;
	}
	return true;
}

static noinline bool all_apart(const struct part parts[PARTS])
{
	u32 i, n;

	for (i = 0; i < PARTS; i++)
		for (n = i + 1; n < PARTS; n++)
			if (!apart(&parts[i], &parts[n]))
				return false;
	return true;
}

static __always_inline int parse_sid(const u8 *data, u32 len, u32 at, struct part *part, const u8 **sid)
{
	u32 n;

	part->at = 0;
	part->end = 0;
	*sid = NULL;
	if (!at)
		return 0;
	if (at < KACS_SD_HEADER || at >= len)
		return -EINVAL;
	n = sid_prefix(data + at, len - at);
	if (!n)
		return -EINVAL;
	part->at = at;
	part->end = at + n;
	*sid = data + at;
	return 0;
}

static __always_inline int parse_acl(const u8 *data, u32 len, u32 at, bool present, struct part *part,
		     struct kacs_acl *acl)
{
	part->at = 0;
	part->end = 0;
	/* KACS-FMT-043: the offset and its bit say the same or the SD is malformed. */
	if (present != !!at)
		return -EINVAL;
	if (!at) {
		memset(acl, 0, sizeof(*acl));
		return 0;
	}
	if (at < KACS_SD_HEADER || at >= len || kacs_acl_parse(acl, data + at, len - at))
		return -EINVAL;
	part->at = at;
	part->end = at + acl->len;
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
	struct part parts[PARTS];
	const u8 *p = data;

	if (len < KACS_SD_HEADER || len > KACS_SD_MAX || p[0] != 1)
		return -EINVAL;
	sd->data = p;
	sd->len = len;
	sd->control = pkm_get_le16(p + 2);
	sd->label = NULL;
	sd->trust = NULL;
	if (!(sd->control & KACS_SE_SELF_RELATIVE))
		return -EINVAL;
	if (parse_sid(p, len, pkm_get_le32(p + 4), &parts[0], &sd->owner) ||
	    parse_sid(p, len, pkm_get_le32(p + 8), &parts[1], &sd->group) ||
	    parse_acl(p, len, pkm_get_le32(p + 12), sd->control & KACS_SE_SACL_PRESENT, &parts[2],
		      &sd->sacl) ||
	    parse_acl(p, len, pkm_get_le32(p + 16), sd->control & KACS_SE_DACL_PRESENT, &parts[3],
		      &sd->dacl))
		return -EINVAL;
	if (!in_order(parts) && !all_apart(parts))
		return -EINVAL;
	return sd->sacl.facts & KACS_ACL_LABELS ? find_labels(sd) : 0;
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
