// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What CreateToken and CreateLogonSession are given: one buffer, written by a
 * program, that describes an identity. Everything is checked before anything
 * is made of it.
 */
#include "private.h"

#define SPEC_SECTIONS 11

/* Which bytes are taken already; sections must not share any. */
struct sections {
	const u8 *data;
	u32 len;
	u32 count;
	struct {
		u32 at, end;
	} used[SPEC_SECTIONS];
	bool bad;
};

/* Claim @n bytes at @at for one section. */
static const u8 *section(struct sections *s, u32 at, u32 n)
{
	u32 i;

	if (at < KACS_TOKEN_SPEC_MIN || at > s->len || n > s->len - at || !n) {
		s->bad = true;
		return NULL;
	}
	for (i = 0; i < s->count; i++)
		if (at < s->used[i].end && s->used[i].at < at + n)
			s->bad = true;
	s->used[s->count].at = at;
	s->used[s->count].end = at + n;
	s->count++;
	return s->data + at;
}

/* A section with an offset and a length field: both zero, or neither. */
static const u8 *sized_section(struct sections *s, u32 at, u32 n)
{
	return at || n ? section(s, at, n) : NULL;
}

static const u8 *sid_section(struct sections *s, u32 at)
{
	u32 n = at < s->len ? kacs_sid_prefix(s->data + at, s->len - at) : 0;

	return section(s, at, n);
}

static void list_section(struct sections *s, u32 at, u32 count, struct kacs_sid_list *list)
{
	struct kacs_sid_attr entry;
	u32 pos = 0, n;

	memset(list, 0, sizeof(*list));
	if (!at && !count)
		return;
	if (at > s->len || !count) {
		s->bad = true;
		return;
	}
	list->data = s->data + at;
	list->len = s->len - at;
	for (n = 0; n < count; n++) {
		if (!kacs_sid_list_next(list, &pos, &entry)) {
			s->bad = true;
			break;
		}
	}
	list->len = pos;
	list->count = n;
	section(s, at, pos);
}

static bool read_flag(struct sections *s, u32 at)
{
	if (s->data[at] > 1)
		s->bad = true;
	return s->data[at] == 1;
}

static void read_scalars(struct kacs_token_spec *spec, struct sections *s)
{
	const u8 *p = s->data;
	struct kacs_subject_input *in = &spec->subject;

	in->token_type = p[4];
	in->level = p[5];
	in->integrity = pkm_get_le32(p + 8);
	in->mandatory_policy = pkm_get_le32(p + 12);
	spec->privs_present = pkm_get_le64(p + 16);
	spec->privs_enabled = pkm_get_le64(p + 24);
	spec->projected_uid = pkm_get_le32(p + 36);
	spec->projected_gid = pkm_get_le32(p + 40);
	in->audit_policy = pkm_get_le32(p + 44);
	spec->expiration = pkm_get_le64(p + 48);
	spec->session_id = pkm_get_le64(p + 56);
	in->auth_id = spec->session_id;
	spec->owner_index = pkm_get_le32(p + 64);
	spec->primary_group_index = pkm_get_le32(p + 68);
	memcpy(spec->source_name, p + 72, 8);
	spec->source_id = pkm_get_le64(p + 80);
	in->confinement_exempt = read_flag(s, 156);
	in->write_restricted = read_flag(s, 157);
	in->user_deny_only = read_flag(s, 158);
	spec->isolation_boundary = read_flag(s, 159);
	spec->origin = pkm_get_le64(p + 176);
	spec->interactivity_scope = pkm_get_le32(p + 184);
	/* Reserved fields: two bytes, the elevation type, the tail. */
	if (pkm_get_le16(p + 6) || pkm_get_le32(p + 32) || pkm_get_le32(p + 188))
		s->bad = true;
}

static void read_sections(struct kacs_token_spec *spec, struct sections *s)
{
	const u8 *p = s->data;
	struct kacs_subject_input *in = &spec->subject;
	u32 gids = pkm_get_le32(p + 164), n;

	in->user = sid_section(s, pkm_get_le32(p + 88));
	list_section(s, pkm_get_le32(p + 92), pkm_get_le32(p + 96), &in->groups);
	spec->default_dacl_len = pkm_get_le32(p + 104);
	spec->default_dacl = sized_section(s, pkm_get_le32(p + 100), spec->default_dacl_len);
	in->user_claims_len = pkm_get_le32(p + 112);
	in->user_claims = sized_section(s, pkm_get_le32(p + 108), in->user_claims_len);
	in->device_claims_len = pkm_get_le32(p + 120);
	in->device_claims = sized_section(s, pkm_get_le32(p + 116), in->device_claims_len);
	list_section(s, pkm_get_le32(p + 124), pkm_get_le32(p + 128), &in->device_groups);
	list_section(s, pkm_get_le32(p + 132), pkm_get_le32(p + 136), &in->restricted);
	n = pkm_get_le32(p + 144);
	in->confinement = sized_section(s, pkm_get_le32(p + 140), n);
	if (in->confinement && !s->bad && !kacs_sid_valid(in->confinement, n))
		s->bad = true;
	list_section(s, pkm_get_le32(p + 148), pkm_get_le32(p + 152), &in->capabilities);
	spec->supplementary_gid_count = gids;
	if (gids > s->len / 4)
		s->bad = true;
	else
		spec->supplementary_gids = sized_section(s, pkm_get_le32(p + 160), 4 * gids);
	list_section(s, pkm_get_le32(p + 168), pkm_get_le32(p + 172), &in->restricted_device_groups);
}

static bool scalars_valid(const struct kacs_token_spec *spec)
{
	const struct kacs_subject_input *in = &spec->subject;

	if (in->token_type != KACS_TOKEN_TYPE_PRIMARY && in->token_type != KACS_TOKEN_TYPE_IMPERSONATION)
		return false;
	if (in->level > KACS_LEVEL_DELEGATION || (in->token_type == KACS_TOKEN_TYPE_PRIMARY && in->level))
		return false;
	if (in->mandatory_policy & ~(KACS_MANDATORY_NO_WRITE_UP | KACS_MANDATORY_NEW_PROCESS_MIN))
		return false;
	if (in->audit_policy & ~0xfU || spec->privs_enabled & ~spec->privs_present)
		return false;
	if (in->write_restricted && !in->user_deny_only)
		return false;
	return !spec->isolation_boundary || in->confinement;
}

static bool groups_valid(const struct kacs_token_spec *spec)
{
	const struct kacs_sid_list *groups = &spec->subject.groups;
	struct kacs_sid_attr entry;
	u8 logon[KACS_SID_MAX];
	u32 pos = 0;

	/* KACS-TOK-014: one place is the logon SID's, which only the kernel adds. */
	if (groups->count > KACS_TOKEN_GROUPS_MAX - 1)
		return false;
	kacs_sid_logon(logon, spec->session_id);
	while (kacs_sid_list_next(groups, &pos, &entry))
		if (kacs_sid_equal(entry.sid, logon))
			return false;
	if (spec->primary_group_index > groups->count)
		return false;
	if (!spec->owner_index)
		return true;
	return kacs_sid_list_get(groups, spec->owner_index - 1, &entry) &&
	       entry.attributes & KACS_GROUP_OWNER;
}

/**
 * kacs_token_spec_parse() - validate a CreateToken specification
 * @spec: filled on success, refers to @data
 * @data: bytes
 * @len: how many
 *
 * The caller still checks that the session exists and is alive.
 *
 * Context: Any. KACS-TOK-044 to KACS-TOK-049.
 * Return: 0, or -EINVAL.
 */
int kacs_token_spec_parse(struct kacs_token_spec *spec, const void *data, u32 len)
{
	struct sections s = { .data = data, .len = len };
	struct kacs_acl acl;

	if (len < KACS_TOKEN_SPEC_MIN || len > KACS_TOKEN_SPEC_MAX ||
	    pkm_get_le32(data) != KACS_TOKEN_SPEC_VERSION)
		return -EINVAL;
	memset(spec, 0, sizeof(*spec));
	read_scalars(spec, &s);
	read_sections(spec, &s);
	if (s.bad || !scalars_valid(spec) || !groups_valid(spec))
		return -EINVAL;
	if (spec->default_dacl && (kacs_acl_parse(&acl, spec->default_dacl, spec->default_dacl_len) ||
				   acl.len != spec->default_dacl_len))
		return -EINVAL;
	if (kacs_claims_validate(spec->subject.user_claims, spec->subject.user_claims_len) ||
	    kacs_claims_validate(spec->subject.device_claims, spec->subject.device_claims_len))
		return -EINVAL;
	return 0;
}

static bool logon_type_valid(u8 type)
{
	switch (type) {
	case KACS_LOGON_INTERACTIVE:
	case KACS_LOGON_NETWORK:
	case KACS_LOGON_BATCH:
	case KACS_LOGON_SERVICE:
	case KACS_LOGON_NETWORK_CLEARTEXT:
	case KACS_LOGON_NEW_CREDENTIALS:
		return true;
	default:
		return false;
	}
}

/**
 * kacs_session_spec_parse() - validate a logon session specification
 * @spec: filled on success, refers to @data
 * @data: bytes
 * @len: how many
 *
 * Context: Any. KACS-TOK-084, KACS-TOK-085.
 * Return: 0, or -EINVAL.
 */
int kacs_session_spec_parse(struct kacs_session_spec *spec, const void *data, u32 len)
{
	struct pkm_cursor c;

	if (len < KACS_SESSION_SPEC_MIN || len > KACS_SESSION_SPEC_MAX)
		return -EINVAL;
	pkm_cursor_init(&c, data, len);
	spec->logon_type = pkm_cursor_u8(&c);
	spec->auth_package_len = pkm_cursor_le16(&c);
	spec->auth_package = pkm_cursor_bytes(&c, spec->auth_package_len);
	spec->user_len = pkm_cursor_le32(&c);
	spec->user = pkm_cursor_bytes(&c, spec->user_len);
	if (!pkm_cursor_done(&c) || !logon_type_valid(spec->logon_type) ||
	    !pkm_utf8_valid(spec->auth_package, spec->auth_package_len) ||
	    !kacs_sid_valid(spec->user, spec->user_len))
		return -EINVAL;
	return 0;
}
