// SPDX-License-Identifier: MIT
/*
 * Descriptors: whatever is accepted is rebuilt to an equal one, a canonical
 * one to the same bytes; every ACE is rebuilt from its parts.
 */
#include "fuzz.h"

/* An ACE from what decoding said about it: nothing may be lost or moved. */
static u32 put_ace(struct pkm_writer *w, const struct kacs_ace *ace)
{
	pkm_writer_u8(w, ace->type);
	pkm_writer_u8(w, ace->flags);
	pkm_writer_le16(w, ace->size);
	if (!ace->sid) {
		pkm_writer_bytes(w, ace->data + 4, ace->size - 4);
		return w->len;
	}
	pkm_writer_le32(w, ace->mask);
	if ((ace->type >= KACS_ACE_ALLOWED_OBJECT && ace->type <= KACS_ACE_ALARM_OBJECT) ||
	    ace->type == KACS_ACE_ALLOWED_CALLBACK_OBJECT || ace->type == KACS_ACE_DENIED_CALLBACK_OBJECT ||
	    ace->type == KACS_ACE_AUDIT_CALLBACK_OBJECT || ace->type == KACS_ACE_ALARM_CALLBACK_OBJECT)
		pkm_writer_le32(w, ace->object_flags);
	if (ace->object_type)
		pkm_writer_bytes(w, ace->object_type, 16);
	if (ace->inherited_type)
		pkm_writer_bytes(w, ace->inherited_type, 16);
	pkm_writer_bytes(w, ace->sid, kacs_sid_len(ace->sid));
	if (ace->app)
		pkm_writer_bytes(w, ace->app, ace->app_len);
	return w->len;
}

static void rebuild_ace(const struct kacs_ace *ace)
{
	static u8 room[U16_MAX];
	struct pkm_writer w;

	pkm_writer_init(&w, room, sizeof(room));
	HOLDS(put_ace(&w, ace) == ace->size && pkm_writer_ok(&w));
	HOLDS(!memcmp(room, ace->data, ace->size));
}

static void walk(const struct kacs_acl *acl)
{
	struct kacs_ace ace;
	u32 pos = 0, count = 0, bytes = KACS_ACL_HEADER;

	while (kacs_acl_next(acl, &pos, &ace)) {
		count++;
		bytes += ace.size;
		rebuild_ace(&ace);
		if (ace.sid)
			HOLDS(kacs_sid_prefix(ace.sid, ace.data + ace.size - ace.sid));
	}
	HOLDS(count == acl->count);
	HOLDS(!acl->data || bytes == acl->len);
}

/* Are the parts where a writer puts them, without gaps? */
static bool canonical(const struct kacs_sd *sd)
{
	const u8 *at = sd->data + KACS_SD_HEADER;

	if (sd->owner && sd->owner != at)
		return false;
	at += sd->owner ? kacs_sid_len(sd->owner) : 0;
	if (sd->group && sd->group != at)
		return false;
	at += sd->group ? kacs_sid_len(sd->group) : 0;
	if (sd->sacl.data && sd->sacl.data != at)
		return false;
	at += sd->sacl.len;
	if (sd->dacl.data && sd->dacl.data != at)
		return false;
	return at + sd->dacl.len == sd->data + sd->len;
}

static bool same_bytes(const u8 *a, u32 a_len, const u8 *b, u32 b_len)
{
	return !a == !b && a_len == b_len && (!a || !memcmp(a, b, a_len));
}

static bool same_parts(const struct kacs_sd *a, const struct kacs_sd *b)
{
	return same_bytes(a->owner, a->owner ? kacs_sid_len(a->owner) : 0, b->owner,
			  b->owner ? kacs_sid_len(b->owner) : 0) &&
	       same_bytes(a->group, a->group ? kacs_sid_len(a->group) : 0, b->group,
			  b->group ? kacs_sid_len(b->group) : 0) &&
	       same_bytes(a->sacl.data, a->sacl.len, b->sacl.data, b->sacl.len) &&
	       same_bytes(a->dacl.data, a->dacl.len, b->dacl.data, b->dacl.len);
}

static void rebuild(const struct kacs_sd *sd)
{
	static u8 first[KACS_SD_MAX], second[KACS_SD_MAX];
	struct kacs_sd_parts parts;
	struct pkm_writer w, again;
	struct kacs_sd other;

	kacs_sd_parts_of(sd, &parts);
	pkm_writer_init(&w, first, sizeof(first));
	HOLDS(!kacs_sd_write(&parts, &w) && pkm_writer_ok(&w));
	HOLDS(w.len <= sd->len);
	if (canonical(sd))
		HOLDS(w.len == sd->len && !memcmp(first, sd->data, w.len));
	HOLDS(!kacs_sd_parse(&other, first, w.len) && same_parts(sd, &other));
	HOLDS(other.control == sd->control && other.dacl.count == sd->dacl.count &&
	      other.sacl.count == sd->sacl.count && !other.label == !sd->label &&
	      !other.trust == !sd->trust && other.dacl.facts == sd->dacl.facts);
	kacs_sd_parts_of(&other, &parts);
	pkm_writer_init(&again, second, sizeof(second));
	HOLDS(!kacs_sd_write(&parts, &again));
	HOLDS(again.len == w.len && !memcmp(first, second, w.len));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *copy = exact_copy(data, size);
	struct kacs_sd sd;

	if (!kacs_sd_parse(&sd, copy, size)) {
		walk(&sd.dacl);
		walk(&sd.sacl);
		rebuild(&sd);
	}
	free(copy);
	return 0;
}
