// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The descriptor of a new object, from its container, its creator and the
 * creator's token (KACS-FMT-082 to KACS-FMT-096). It is complete: nobody looks
 * at the container again when the object is accessed.
 */
#include "private.h"

#define INHERIT_BITS                                                                            \
	(KACS_ACE_OBJECT_INHERIT | KACS_ACE_CONTAINER_INHERIT | KACS_ACE_NO_PROPAGATE_INHERIT | \
	 KACS_ACE_INHERIT_ONLY)

/* One ACL being put together. */
struct builder {
	const struct kacs_inherit *in;
	struct pkm_writer *w;
	const u8 *owner;
	const u8 *group;
	u32 start;
	u32 count;
	u32 inherited;
	u8 revision;
	bool failed;
};

/* KACS-FMT-084: the child's flags, or -1 when the ACE does not reach it. */
static int child_flags(u8 flags, bool container)
{
	bool oi = flags & KACS_ACE_OBJECT_INHERIT, ci = flags & KACS_ACE_CONTAINER_INHERIT;
	bool np = flags & KACS_ACE_NO_PROPAGATE_INHERIT;
	u8 kept = flags & ~INHERIT_BITS;

	if (!container)
		return oi ? kept : -1;
	if (np)
		return ci ? kept : -1;
	if (ci)
		return kept | (flags & (KACS_ACE_OBJECT_INHERIT | KACS_ACE_CONTAINER_INHERIT));
	return oi ? kept | KACS_ACE_OBJECT_INHERIT | KACS_ACE_INHERIT_ONLY : -1;
}

/* Does a parent's ACE reach this child? *@flags are then its flags there. */
static bool reaches(const struct kacs_inherit *in, const struct kacs_ace *ace, u8 *flags)
{
	int child = child_flags(ace->flags, in->container);

	if (child < 0)
		return false;
	/* KACS-FMT-086. */
	if (ace->inherited_type && in->class_guid && memcmp(ace->inherited_type, in->class_guid, 16))
		return false;
	/* KACS-FMT-094. */
	if (ace->type == KACS_ACE_RESOURCE_ATTRIBUTE && pkm_get_le32(ace->app + 8) & CLAIM_NON_INHERITABLE)
		return false;
	*flags = child | KACS_ACE_INHERITED;
	return true;
}

/* KACS-FMT-090: placeholders become the new object's owner and group. */
static const u8 *substitute(struct builder *b, const u8 *sid)
{
	if (pkm_get_le64(sid) != SID_WORD(1, 3))
		return sid;
	if (pkm_get_le32(sid + 8) == 0)
		return b->owner;
	if (pkm_get_le32(sid + 8) != 1)
		return sid;
	if (!b->group)
		b->failed = true; /* KACS-FMT-045 */
	return b->group;
}

static u32 written_mask(const struct builder *b, const struct kacs_ace *ace)
{
	/* A label's mask is its policy and an attribute's is nothing: no rights. */
	if (ace->type == KACS_ACE_MANDATORY_LABEL || ace->type == KACS_ACE_RESOURCE_ATTRIBUTE)
		return ace->mask;
	return kacs_map_generic(ace->mask, b->in->map);
}

/* Copy an ACE with new flags: mask mapped, placeholders replaced. */
static void put_ace(struct builder *b, const struct kacs_ace *ace, u8 flags)
{
	struct pkm_writer *w = b->w;
	const u8 *sid;
	u32 before, size;

	b->count++;
	if (!ace->sid) {
		/* Not understood: kept byte for byte, but for the flags. */
		pkm_writer_u8(w, ace->type);
		pkm_writer_u8(w, flags);
		pkm_writer_bytes(w, ace->data + 2, ace->size - 2);
		return;
	}
	sid = substitute(b, ace->sid);
	/* An inherit-only label of another shape harmed nobody until now. */
	if (!(flags & KACS_ACE_INHERIT_ONLY) && !label_shaped(ace->type, ace->sid))
		b->failed = true;
	if (b->failed)
		return;
	before = ace->sid - ace->data;
	size = before + kacs_sid_len(sid) + ace->app_len;
	pkm_writer_u8(w, ace->type);
	pkm_writer_u8(w, flags);
	pkm_writer_le16(w, size);
	pkm_writer_le32(w, written_mask(b, ace));
	pkm_writer_bytes(w, ace->data + 8, before - 8);
	pkm_writer_bytes(w, sid, kacs_sid_len(sid));
	pkm_writer_bytes(w, ace->app, ace->app_len);
	if (size > U16_MAX)
		b->failed = true;
	if (ace->type >= KACS_ACE_ALLOWED_OBJECT && ace->type <= KACS_ACE_ALARM_CALLBACK_OBJECT)
		b->revision = 4; /* KACS-FMT-053 */
}

static void put_all(struct builder *b, const struct kacs_acl *acl)
{
	struct kacs_ace ace;
	u32 pos = 0;

	if (acl->data && acl->data[0] > b->revision)
		b->revision = acl->data[0];
	while (kacs_acl_next(acl, &pos, &ace))
		put_ace(b, &ace, ace.flags);
}

static void put_inherited(struct builder *b, const struct kacs_acl *acl)
{
	struct kacs_ace ace;
	u32 pos = 0;
	u8 flags;

	while (kacs_acl_next(acl, &pos, &ace)) {
		if (!reaches(b->in, &ace, &flags))
			continue;
		if (!ace.sid && acl->data[0] > b->revision)
			b->revision = acl->data[0];
		put_ace(b, &ace, flags);
		b->inherited++;
	}
}

static bool any_reaches(const struct kacs_inherit *in, const struct kacs_acl *acl)
{
	struct kacs_ace ace;
	u32 pos = 0;
	u8 flags;

	while (kacs_acl_next(acl, &pos, &ace))
		if (reaches(in, &ace, &flags))
			return true;
	return false;
}

static void begin(struct builder *b, const u8 *owner, const u8 *group)
{
	b->owner = owner;
	b->group = group;
	b->start = b->w->len;
	b->count = 0;
	b->inherited = 0;
	b->revision = 2;
	kacs_acl_begin(b->w, 2);
}

static int end(struct builder *b)
{
	if (b->failed)
		return -EINVAL;
	pkm_writer_patch_le16(b->w, b->start, b->revision); /* and Sbz1 0 */
	return kacs_acl_end(b->w, b->start, b->count);
}

static const struct kacs_acl no_acl;

/* What KACS-FMT-088 says about one of the two ACLs. */
struct source {
	const struct kacs_acl *explicit;
	const struct kacs_acl *parent;
	bool defaulted;
};

/*
 * Returns false when the object gets no such ACL. @present, @req and @protect
 * are the creator's control bits for this ACL.
 */
static bool choose(const struct kacs_inherit *in, const struct kacs_acl *own, const struct kacs_acl *parent,
		   const struct kacs_acl *fallback, u16 req, u16 protect, struct source *out)
{
	u16 control = in->creator ? in->creator->control : 0;

	out->explicit = &no_acl;
	out->parent = &no_acl;
	out->defaulted = false;
	if (own->data) {
		out->explicit = own;
		if (control & req && !(control & protect))
			out->parent = parent;
		return true;
	}
	if (any_reaches(in, parent)) {
		out->parent = parent;
		return true;
	}
	out->explicit = fallback;
	out->defaulted = true;
	return fallback->data;
}

static int write_acl(struct builder *b, const struct source *src, const struct kacs_acl *server,
		     const u8 *owner, const u8 *group)
{
	begin(b, owner, group);
	put_all(b, src->explicit);
	put_inherited(b, src->parent);
	put_all(b, server); /* KACS-FMT-092 */
	return end(b);
}

static int parse_optional(struct kacs_acl *acl, const u8 *data, u32 len)
{
	memset(acl, 0, sizeof(*acl));
	if (!data)
		return 0;
	if (kacs_acl_parse(acl, data, len))
		return -EINVAL;
	return acl->len == len ? 0 : -EINVAL;
}

/* The header's offsets are filled in as the parts are written behind it. */
struct layout {
	u32 start;
	u16 control;
};

static void put_sid(struct pkm_writer *w, const struct layout *l, u32 field, const u8 *sid)
{
	if (!sid)
		return;
	pkm_writer_patch_le32(w, l->start + field, w->len - l->start);
	pkm_writer_bytes(w, sid, kacs_sid_len(sid));
}

/* KACS-FMT-093: as the DACL, but a token has no default SACL. */
static int put_sacl(struct builder *b, struct layout *l, const u8 *owner, const u8 *group)
{
	const struct kacs_inherit *in = b->in;
	const struct kacs_acl *own = in->creator ? &in->creator->sacl : &no_acl;
	const struct kacs_acl *parent = in->parent ? &in->parent->sacl : &no_acl;
	struct source src;
	int err;

	if (!choose(in, own, parent, &no_acl, KACS_SE_SACL_AUTO_INHERIT_REQ, KACS_SE_SACL_PROTECTED, &src))
		return 0;
	l->control |= KACS_SE_SACL_PRESENT;
	pkm_writer_patch_le32(b->w, l->start + 12, b->w->len - l->start);
	err = write_acl(b, &src, &no_acl, owner, group);
	if (b->inherited)
		l->control |= KACS_SE_SACL_AUTO_INHERITED;
	return err;
}

static int put_dacl(struct builder *b, struct layout *l, const u8 *owner, const u8 *group)
{
	const struct kacs_inherit *in = b->in;
	const struct kacs_acl *own = in->creator ? &in->creator->dacl : &no_acl;
	const struct kacs_acl *parent = in->parent ? &in->parent->dacl : &no_acl;
	struct kacs_acl fallback, server;
	struct source src;
	bool has;
	int err;

	err = parse_optional(&fallback, in->default_dacl, in->default_dacl_len);
	if (err)
		return err;
	memset(&server, 0, sizeof(server));
	if (in->creator && in->creator->control & KACS_SE_SERVER_SECURITY)
		err = parse_optional(&server, in->server_dacl, in->server_dacl_len);
	if (err)
		return err;
	has = choose(in, own, parent, &fallback, KACS_SE_DACL_AUTO_INHERIT_REQ, KACS_SE_DACL_PROTECTED, &src);
	/* KACS-FMT-047: a null DACL grants all, so there is nothing to append to. */
	if (!has)
		return 0;
	l->control |= KACS_SE_DACL_PRESENT;
	if (src.defaulted)
		l->control |= KACS_SE_DACL_DEFAULTED;
	pkm_writer_patch_le32(b->w, l->start + 16, b->w->len - l->start);
	err = write_acl(b, &src, &server, owner, group);
	if (b->inherited)
		l->control |= KACS_SE_DACL_AUTO_INHERITED;
	return err;
}

/* Bits of a used creator ACL that stay; the requests to merge do not. */
static u16 creator_control(const struct kacs_sd *creator)
{
	u16 keep = KACS_SE_RM_CONTROL_VALID;

	if (!creator)
		return 0;
	if (creator->dacl.data)
		keep |= KACS_SE_DACL_PROTECTED | KACS_SE_DACL_TRUSTED;
	if (creator->sacl.data)
		keep |= KACS_SE_SACL_PROTECTED;
	return creator->control & keep;
}

/**
 * kacs_inherit_sd() - write the descriptor of a new object
 * @in: inputs; both descriptors are validated
 * @w: appended to; measures when it has no room
 *
 * Context: Any. KACS-FMT-083 to KACS-FMT-095.
 * Return: 0 (test pkm_writer_ok()); -EINVAL when it would be over 65,535
 * bytes, a CREATOR GROUP has no group to become, or a default DACL is
 * malformed.
 */
int kacs_inherit_sd(const struct kacs_inherit *in, struct pkm_writer *w)
{
	struct layout l = { .start = w->len, .control = creator_control(in->creator) };
	struct builder b = { .in = in, .w = w };
	const u8 *owner = in->creator ? in->creator->owner : NULL;
	const u8 *group = in->creator ? in->creator->group : NULL;
	int err;

	l.control |= KACS_SE_SELF_RELATIVE;
	if (!owner) {
		owner = in->owner;
		l.control |= KACS_SE_OWNER_DEFAULTED;
	}
	if (!group && in->group) {
		group = in->group;
		l.control |= KACS_SE_GROUP_DEFAULTED;
	}
	pkm_writer_u8(w, 1);
	pkm_writer_u8(w, l.control & KACS_SE_RM_CONTROL_VALID ? in->creator->data[1] : 0);
	pkm_writer_zero(w, 18);
	put_sid(w, &l, 4, owner);
	put_sid(w, &l, 8, group);
	err = put_sacl(&b, &l, owner, group);
	if (!err)
		err = put_dacl(&b, &l, owner, group);
	if (err)
		return err;
	pkm_writer_patch_le16(w, l.start + 2, l.control);
	return w->len - l.start > KACS_SD_MAX ? -EINVAL : 0;
}
