// SPDX-License-Identifier: MIT
/*
 * Token and session specifications: an accepted one makes a subject, and is
 * rebuilt from its values to equal ones, those to the same bytes.
 */
#include "fuzz.h"

static void make_subject(const struct kacs_token_spec *spec)
{
	u32 size = kacs_subject_size(&spec->subject);
	struct kacs_subject subject;
	struct kacs_sid_attr group;
	u8 *mem;

	HOLDS(size);
	mem = malloc(size);
	HOLDS(mem && !kacs_subject_init(&subject, mem, size, &spec->subject));
	HOLDS(kacs_sid_equal(kacs_subject_user(&subject), spec->subject.user));
	HOLDS(kacs_subject_holds(&subject, spec->subject.user));
	if (spec->owner_index)
		HOLDS(kacs_sid_list_get(&spec->subject.groups, spec->owner_index - 1, &group) &&
		      kacs_subject_holds(&subject, group.sid));
	free(mem);
}

/* A section behind what is written; its offset and @second (a length or count) go to the header at @field. */
static void put_section(struct pkm_writer *w, u32 field, const u8 *data, u32 len, u32 second)
{
	if (!data || !len)
		return;
	pkm_writer_patch_le32(w, field, w->len);
	if (field != 88)
		pkm_writer_patch_le32(w, field + 4, second);
	pkm_writer_bytes(w, data, len);
}

static void put_list(struct pkm_writer *w, u32 field, const struct kacs_sid_list *list)
{
	put_section(w, field, list->data, list->len, list->count);
}

static void put_header(struct pkm_writer *w, const struct kacs_token_spec *spec)
{
	const struct kacs_subject_input *in = &spec->subject;
	static const u8 none[KACS_TOKEN_SPEC_MIN];
	u8 header[KACS_TOKEN_SPEC_MIN];

	memcpy(header, none, sizeof(none));
	pkm_put_le32(header, KACS_TOKEN_SPEC_VERSION);
	header[4] = in->token_type;
	header[5] = in->level;
	pkm_put_le32(header + 8, in->integrity);
	pkm_put_le32(header + 12, in->mandatory_policy);
	pkm_put_le64(header + 16, spec->privs_present);
	pkm_put_le64(header + 24, spec->privs_enabled);
	pkm_put_le32(header + 36, spec->projected_uid);
	pkm_put_le32(header + 40, spec->projected_gid);
	pkm_put_le32(header + 44, in->audit_policy);
	pkm_put_le64(header + 48, spec->expiration);
	pkm_put_le64(header + 56, spec->session_id);
	pkm_put_le32(header + 64, spec->owner_index);
	pkm_put_le32(header + 68, spec->primary_group_index);
	memcpy(header + 72, spec->source_name, 8);
	pkm_put_le64(header + 80, spec->source_id);
	header[156] = in->confinement_exempt;
	header[157] = in->write_restricted;
	header[158] = in->user_deny_only;
	header[159] = spec->isolation_boundary;
	pkm_put_le64(header + 176, spec->origin);
	pkm_put_le32(header + 184, spec->interactivity_scope);
	pkm_writer_bytes(w, header, sizeof(header));
}

/* Sections in the order of their fields. */
static u32 write_spec(const struct kacs_token_spec *spec, u8 *out, u32 room)
{
	const struct kacs_subject_input *in = &spec->subject;
	struct pkm_writer w;

	pkm_writer_init(&w, out, room);
	put_header(&w, spec);
	put_section(&w, 88, in->user, kacs_sid_len(in->user), 0);
	put_list(&w, 92, &in->groups);
	put_section(&w, 100, spec->default_dacl, spec->default_dacl_len, spec->default_dacl_len);
	put_section(&w, 108, in->user_claims, in->user_claims_len, in->user_claims_len);
	put_section(&w, 116, in->device_claims, in->device_claims_len, in->device_claims_len);
	put_list(&w, 124, &in->device_groups);
	put_list(&w, 132, &in->restricted);
	if (in->confinement)
		put_section(&w, 140, in->confinement, kacs_sid_len(in->confinement),
			    kacs_sid_len(in->confinement));
	put_list(&w, 148, &in->capabilities);
	put_section(&w, 160, spec->supplementary_gids, 4 * spec->supplementary_gid_count,
		    spec->supplementary_gid_count);
	put_list(&w, 168, &in->restricted_device_groups);
	HOLDS(pkm_writer_ok(&w));
	return w.len;
}

/* Where sections may lie differently, but not what they and the fields around them say. */
static bool same_values(const u8 *a, const struct kacs_token_spec *x, const u8 *b)
{
	/* Header fields that say where a section is and how long, by turns. */
	static const u8 sections[] = { 92, 100, 108, 116, 124, 132, 140, 148, 160, 168 };
	const struct kacs_subject_input *in = &x->subject;
	const u32 lens[] = {
		in->groups.len,
		x->default_dacl_len,
		in->user_claims_len,
		in->device_claims_len,
		in->device_groups.len,
		in->restricted.len,
		pkm_get_le32(b + 144),
		in->capabilities.len,
		4 * x->supplementary_gid_count,
		in->restricted_device_groups.len,
	};
	u32 i;

	if (memcmp(a, b, 88) || memcmp(a + 156, b + 156, 4) || memcmp(a + 176, b + 176, 16) ||
	    memcmp(a + pkm_get_le32(a + 88), b + pkm_get_le32(b + 88), kacs_sid_len(in->user)))
		return false;
	for (i = 0; i < ARRAY_SIZE(sections); i++) {
		const u8 *f = a + sections[i], *g = b + sections[i];

		if (pkm_get_le32(f + 4) != pkm_get_le32(g + 4) ||
		    (lens[i] && memcmp(a + pkm_get_le32(f), b + pkm_get_le32(g), lens[i])))
			return false;
	}
	return true;
}

static void read_back(const struct kacs_token_spec *spec, const u8 *bytes, size_t size)
{
	static u8 first[KACS_TOKEN_SPEC_MAX], second[KACS_TOKEN_SPEC_MAX];
	u32 len = write_spec(spec, first, sizeof(first));
	struct kacs_token_spec again;

	make_subject(spec);
	HOLDS(len <= size && same_values(first, spec, bytes));
	HOLDS(!kacs_token_spec_parse(&again, first, len));
	HOLDS(write_spec(&again, second, sizeof(second)) == len && !memcmp(first, second, len));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *copy = exact_copy(data, size);
	struct kacs_session_spec session;
	struct kacs_token_spec spec;

	if (!kacs_token_spec_parse(&spec, copy, size))
		read_back(&spec, copy, size);
	if (!kacs_session_spec_parse(&session, copy, size))
		HOLDS(session.auth_package_len + session.user_len + 7 == size);
	free(copy);
	return 0;
}
