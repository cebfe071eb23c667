// SPDX-License-Identifier: MIT
/*
 * See build.h.
 */
#include "build.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static void give_up(const char *what, const char *text)
{
	fprintf(stderr, "test data: %s: %s\n", what, text);
	exit(2);
}

static const struct {
	const char *name, *sid;
} names[] = {
	{ "U", "S-1-5-21-1-2-3-1001" },
	{ "V", "S-1-5-21-1-2-3-1002" },
	{ "G", "S-1-5-21-1-2-3-2001" },
	{ "H", "S-1-5-21-1-2-3-2002" },
	{ "APP", "S-1-15-2-7-8-9" },
	{ "AC", "S-1-15-2-1" },
	{ "POL", "S-1-17-1" },
	{ "POL2", "S-1-17-2" },
	{ "SY", "S-1-5-18" },
	{ "WD", "S-1-1-0" },
	{ "AU", "S-1-5-11" },
	{ "BA", "S-1-5-32-544" },
	{ "OW", "S-1-3-4" },
	{ "PS", "S-1-5-10" },
	{ "CO", "S-1-3-0" },
	{ "CG", "S-1-3-1" },
	{ "LW", "S-1-16-4096" },
	{ "ME", "S-1-16-8192" },
	{ "HI", "S-1-16-12288" },
};

static u32 parse_sid(const char *text, size_t len, u8 *out)
{
	u32 subs[15], count = 0;
	u64 authority;
	char *end;

	if (len < 5 || strncmp(text, "S-1-", 4))
		give_up("SID", text);
	authority = strtoull(text + 4, &end, 10);
	while (end < text + len && *end == '-' && count < 15)
		subs[count++] = strtoul(end + 1, &end, 10);
	return kacs_sid_make(out, authority, count, subs);
}

const u8 *sid_named(const char *name, size_t len)
{
	static u8 pool[64][KACS_SID_MAX];
	static u32 next;
	u8 *out = pool[next++ % 64];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i].name) == len && !strncmp(names[i].name, name, len))
			break;
	if (i < sizeof(names) / sizeof(*names))
		parse_sid(names[i].sid, strlen(names[i].sid), out);
	else
		parse_sid(name, len, out);
	return out;
}

const u8 *guid_named(char name)
{
	static u8 guids[128][16];

	memset(guids[name & 127], name, 16);
	return guids[name & 127];
}

static const struct {
	const char *name;
	u32 value;
} words[] = {
	{ "FR", 0x120089 },   { "FW", 0x120116 },   { "FX", 0x1200a0 },   { "FA", 0x1f01ff },
	{ "GR", 0x80000000 }, { "GW", 0x40000000 }, { "GX", 0x20000000 }, { "GA", 0x10000000 },
	{ "RC", 0x20000 },    { "WD", 0x40000 },    { "WO", 0x80000 },    { "SD", 0x10000 },
	{ "NR", 1 },          { "NW", 2 },          { "NX", 4 },
};

static const struct {
	const char *name;
	u8 value;
} flag_words[] = {
	{ "OI", 1 }, { "CI", 2 }, { "NP", 4 }, { "IO", 8 }, { "ID", 16 }, { "SA", 64 }, { "FA", 128 },
};

static const struct {
	const char *name;
	u8 value;
} types[] = {
	{ "A", 0 },   { "D", 1 },   { "AU", 2 },  { "AL", 3 },  { "OA", 5 },
	{ "OD", 6 },  { "OU", 7 },  { "XA", 9 },  { "XD", 10 }, { "ZA", 11 },
	{ "XU", 13 }, { "XL", 14 }, { "ML", 17 }, { "SP", 19 }, { "TL", 20 },
};

/* Conditions of the worked examples and of our own tests, compiled by hand. */
static const struct {
	const char *text, *code;
	u32 len;
} programs[] = {
#define CODE(text, bytes)                      \
	{                                      \
		text, bytes, sizeof(bytes) - 1 \
	}
	CODE("(@User.x == 1)", "artx\xf9\2\0\0\0x\0\4\1\0\0\0\0\0\0\0\3\2\x80"),
	CODE("(@Resource.x == 1)", "artx\xfa\2\0\0\0x\0\4\1\0\0\0\0\0\0\0\3\2\x80"),
	CODE("(@User.nope == 1)", "artx\xf9\x8\0\0\0n\0o\0p\0e\0\4\1\0\0\0\0\0\0\0\3\2\x80"),
	CODE("(Member_of{SID(BA)})",
	     "artx\x50\x15\0\0\0\x51\x10\0\0\0\1\2\0\0\0\0\0\5\x20\0\0\0\x20\2\0\0\x89"),
	CODE("(Member_of{SID(G)})",
	     "artx\x50\x21\0\0\0\x51\x1c\0\0\0\1\5\0\0\0\0\0\5\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0"
	     "\xd1\7\0\0\x89"),
	CODE("(junk)", "artx\xff"),
#undef CODE
};

static u32 number_or_words(const char *p, size_t len)
{
	u32 mask = 0;
	size_t i, w;

	if (len && isdigit((unsigned char)*p))
		return strtoul(p, NULL, 0);
	for (i = 0; i < len; i += 2) {
		for (w = 0; w < sizeof(words) / sizeof(*words); w++)
			if (!strncmp(p + i, words[w].name, 2))
				break;
		if (w == sizeof(words) / sizeof(*words))
			give_up("rights", p);
		mask |= words[w].value;
	}
	return mask;
}

static u8 ace_flags(const char *p, size_t len)
{
	u8 flags = 0;
	size_t i, w;

	for (i = 0; i < len; i += 2)
		for (w = 0; w < sizeof(flag_words) / sizeof(*flag_words); w++)
			if (!strncmp(p + i, flag_words[w].name, 2))
				flags |= flag_words[w].value;
	return flags;
}

static u8 ace_type(const char *p, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strlen(types[i].name) == len && !strncmp(types[i].name, p, len))
			return types[i].value;
	give_up("ACE type", p);
	return 0;
}

static void put_program(struct pkm_writer *w, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		if (strlen(programs[i].text) != len || strncmp(programs[i].text, text, len))
			continue;
		pkm_writer_bytes(w, programs[i].code, programs[i].len);
		return;
	}
	give_up("condition", text);
}

/* One ACE between parentheses; returns what follows it. */
static const char *put_ace(struct pkm_writer *w, const char *p)
{
	const char *field[7];
	size_t len[7] = { 0 };
	u32 start = w->len, n, depth = 0;
	u8 type;

	p++;
	for (n = 0; n < 7; n++) {
		field[n] = p;
		while (*p && (depth || (*p != ';' && *p != ')'))) {
			depth += *p == '(';
			depth -= *p == ')';
			p++;
		}
		len[n] = p - field[n];
		if (*p++ == ')')
			break;
	}
	type = ace_type(field[0], len[0]);
	pkm_writer_u8(w, type);
	pkm_writer_u8(w, ace_flags(field[1], len[1]));
	pkm_writer_le16(w, 0);
	pkm_writer_le32(w, number_or_words(field[2], len[2]));
	if ((type >= 5 && type <= 8) || type == 11) {
		pkm_writer_le32(w, !!len[3]);
		pkm_writer_bytes(w, guid_named(*field[3]), len[3] ? 16 : 0);
	}
	const u8 *sid = sid_named(field[5], len[5]);

	pkm_writer_bytes(w, sid, kacs_sid_len(sid));
	if (n == 6)
		put_program(w, field[6], len[6]);
	while ((w->len - start) % 4)
		pkm_writer_u8(w, 0);
	pkm_writer_patch_le16(w, start + 2, w->len - start);
	return p;
}

static const char *put_acl(struct pkm_writer *w, const char *p, u16 *control, bool dacl)
{
	u32 start = w->len, count = 0;

	for (; isalpha((unsigned char)*p) && p[1] != ':'; p++) {
		if (*p == 'P')
			*control |= dacl ? KACS_SE_DACL_PROTECTED : KACS_SE_SACL_PROTECTED;
		if (p[0] == 'A' && p[1] == 'R')
			*control |= dacl ? KACS_SE_DACL_AUTO_INHERIT_REQ : KACS_SE_SACL_AUTO_INHERIT_REQ;
	}
	kacs_acl_begin(w, 2);
	for (; *p == '('; count++)
		p = put_ace(w, p);
	kacs_acl_end(w, start, count);
	return p;
}

u32 sddl(const char *text, u8 *out, u32 room)
{
	u8 acls[2][65536];
	struct kacs_sd_parts parts = { 0 };
	struct pkm_writer w;
	const char *p = text, *end;

	while (*p) {
		char part = *p;

		p += 2;
		if (part == 'O' || part == 'G') {
			for (end = p; *end && end[1] != ':'; end++)
				;
			*(part == 'O' ? &parts.owner : &parts.group) = sid_named(p, end - p);
			p = end;
			continue;
		}
		pkm_writer_init(&w, acls[part == 'D'], sizeof(acls[0]));
		p = put_acl(&w, p, &parts.control, part == 'D');
		if (part == 'D')
			parts.dacl = acls[1], parts.dacl_len = w.len;
		else
			parts.sacl = acls[0], parts.sacl_len = w.len;
	}
	pkm_writer_init(&w, out, room);
	if (kacs_sd_write(&parts, &w) || !pkm_writer_ok(&w))
		give_up("too long", text);
	return w.len;
}

struct kacs_sid_list list_of(u8 *room, const char *text, u32 attributes)
{
	struct kacs_sid_list list = { .data = room };
	struct pkm_writer w;
	const char *end;

	pkm_writer_init(&w, room, 1024);
	for (; text && *text; text = *end ? end + 1 : end) {
		const u8 *sid;

		end = text + strcspn(text, " ");
		sid = sid_named(text, end - text);
		pkm_writer_le32(&w, kacs_sid_len(sid));
		pkm_writer_bytes(&w, sid, kacs_sid_len(sid));
		pkm_writer_le32(&w, attributes);
		list.count++;
	}
	list.len = w.len;
	return list;
}

static struct kacs_sid_list groups_of(u8 *room, const struct token *t)
{
	struct kacs_sid_list devs, rest;

	if (t->no_groups)
		return (struct kacs_sid_list){ 0 };
	devs = list_of(room, "G", t->devs ? t->devs : KACS_GROUP_ENABLED);
	rest = list_of(room + devs.len, "WD AU", KACS_GROUP_ENABLED);
	devs.len += rest.len;
	devs.count += rest.count;
	return devs;
}

void prepare(struct prepared *p, const struct token *t)
{
	const char *user = t->user ? t->user : "U";
	struct kacs_subject_input in = {
		.user = sid_named(user, strlen(user)),
		.groups = groups_of(p->lists, t),
		.restricted = list_of(p->lists + 1024, t->restricted, 0),
		.restricted_device_groups =
			list_of(p->lists + 2048, t->restricted_devices, KACS_GROUP_ENABLED),
		.device_groups = list_of(p->lists + 3072, t->devices, KACS_GROUP_ENABLED),
		.capabilities = list_of(p->lists + 4096, t->confined ? "AC" : NULL, 0),
		.confinement = t->confined ? sid_named("APP", 3) : NULL,
		.confinement_exempt = t->exempt,
		.user_claims = t->user_claims,
		.user_claims_len = t->user_claims_len,
		.integrity = t->low ? 4096 : 8192,
		.mandatory_policy = t->no_mandatory_policy ? 0 : KACS_MANDATORY_NO_WRITE_UP,
		.audit_policy = t->audit,
		.token_type = t->level ? KACS_TOKEN_TYPE_IMPERSONATION : KACS_TOKEN_TYPE_PRIMARY,
		.level = t->level ? t->level - 1 : 0,
		.user_deny_only = t->user_deny_only,
		.write_restricted = t->write_restricted,
	};

	kacs_enabled_bits(&in.groups, p->enabled[0]);
	kacs_enabled_bits(&in.device_groups, p->enabled[1]);
	kacs_enabled_bits(&in.restricted_device_groups, p->enabled[2]);
	p->state = (struct kacs_subject_state){
		.privileges = t->privileges,
		.groups_enabled = p->enabled[0],
		.device_enabled = p->enabled[1],
		.restricted_device_enabled = p->enabled[2],
		.session_dead = t->dead,
	};
	if (kacs_subject_init(&p->subject, p->tables, sizeof(p->tables), &in))
		give_up("token", "refused");
}
