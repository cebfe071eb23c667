// SPDX-License-Identifier: MIT
/*
 * Writes the first inputs of every target below the folder given: descriptors
 * of the worked examples, alone and as parts of larger inputs.
 */
#include "../support/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const texts[] = {
	"O:SYG:SYD:(A;;FR;;;U)",
	"O:SYG:SYD:(D;;0x2;;;G)(A;;FW;;;U)",
	"O:UG:SYD:(XA;;WD;;;OW;(@User.x == 1))",
	"O:SYG:SY",
	"O:SYG:SYD:(A;;FA;;;U)S:(ML;;NWNR;;;HI)",
	"O:SYG:SYD:S:(TL;;0x80;;;S-1-19-512-8192)",
	"O:SYG:SYD:(A;;FA;;;APP)(A;;FA;;;WD)(A;;FR;;;AC)",
	"O:SYG:SYD:(XA;;FR;;;WD;(Member_of{SID(BA)}))(XD;;0x1;;;WD;(@User.nope == 1))",
	"O:SYG:SYD:(OA;;0x10;a;;WD)(OD;;0x10;b;;WD)(A;;FA;;;WD)",
	"O:UG:SYD:(A;;FA;;;WD)S:(SP;;;;;POL)(AU;SAFA;FR;;;WD)(AL;;0x2;;;WD)",
	"O:WDG:SYD:AR(A;OICI;GA;;;CO)(A;OICIIO;GR;;;CG)(OA;CI;GW;a;;AU)S:AR(AU;OICISA;GA;;;WD)",
};

static const char *folder;

static void save(const char *target, int n, const void *data, size_t len)
{
	char path[1024];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, target);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/%s/seed%d", folder, target, n);
	out = fopen(path, "wb");
	if (!out || fwrite(data, 1, len, out) != len || fclose(out))
		exit(1);
}

static void part(struct pkm_writer *w, const void *data, u32 len)
{
	pkm_writer_le16(w, len);
	pkm_writer_bytes(w, data, len);
}

static const u8 claims[] = "\x2c\0\0\0\x1c\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\x20\0\0\0\x20\0\0\0"
			   "\0\0\0\0x\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0";
static const u8 program[] = "artx\xf9\2\0\0\0x\0\4\1\0\0\0\0\0\0\0\3\2\x80\xfa\2\0\0\0x\0\x87\xa0";

/* A rule with @acl in each of its places, another revision in each. */
static void save_policy(int n, const struct kacs_acl *acl)
{
	u8 out[8192];
	struct pkm_writer w;
	u32 i;

	pkm_writer_init(&w, out, sizeof(out));
	pkm_writer_u8(&w, 1);
	pkm_writer_le32(&w, 1);
	pkm_writer_zero(&w, 4);
	for (i = 0; i < 4; i++) {
		pkm_writer_le32(&w, acl->len);
		pkm_writer_bytes(&w, acl->data, acl->len);
		out[w.len - acl->len] = 2 + i;
	}
	save("policy", 100 + n, out, w.len);
}

static void save_descriptor(int n, const u8 *sd, u32 len)
{
	/* clang-format off */
	static const u8 setup[16] = { 5, 0x46, 0xff, 0xff, 0, 7, 3, 0xf6, 0, 3, 2, 0x89, 0, 0x12, 0,
				      0x1f };
	/* clang-format on */
	u8 spec[8192], out[16384];
	struct pkm_writer w, p;
	struct kacs_sd parsed;

	save("sd", n, sd, len);
	pkm_writer_init(&p, spec, sizeof(spec));
	if (!kacs_sd_parse(&parsed, sd, len) && parsed.dacl.data) {
		pkm_writer_u8(&p, 1);
		pkm_writer_le32(&p, 1);
		pkm_writer_le32(&p, sizeof(program) - 1);
		pkm_writer_bytes(&p, program, sizeof(program) - 1);
		pkm_writer_le32(&p, parsed.dacl.len);
		pkm_writer_bytes(&p, parsed.dacl.data, parsed.dacl.len);
		pkm_writer_zero(&p, 12);
		save("policy", n, spec, p.len);
		save_policy(n, &parsed.dacl);
	}
	pkm_writer_init(&w, out, sizeof(out));
	pkm_writer_bytes(&w, setup, sizeof(setup));
	part(&w, sd, len);
	part(&w, claims, sizeof(claims) - 1);
	part(&w, claims, sizeof(claims) - 1);
	part(&w, spec, p.len);
	part(&w, "", 0);
	save("access", n, out, w.len);
	pkm_writer_init(&w, out, sizeof(out));
	pkm_writer_u8(&w, n % 4 + 2);
	part(&w, sd, len);
	part(&w, sd, n % 2 ? len : 0);
	part(&w, guid_named('a'), 16);
	save("inherit", n, out, w.len);
}

static u32 spec_end;

/* A section of a specification, its place and length or count to the header at @field. */
static void section(u8 *out, u32 field, const void *data, u32 len, u32 second)
{
	memcpy(out + spec_end, data, len);
	pkm_put_le32(out + field, spec_end);
	pkm_put_le32(out + field + 4, second);
	spec_end += len;
}

static void list_section(u8 *out, u32 field, const char *names)
{
	u8 room[512];
	struct kacs_sid_list list = list_of(room, names, 0xf);

	section(out, field, room, list.len, list.count);
}

/* One with the least in it, and one with every field set, each to another value. */
static void save_specs(void)
{
	static const u8 dacl[8] = { 2, 0, 8 }, gids[8] = { 100, 0, 0, 0, 200 };
	const u8 *user = sid_named("U", 1), *app = sid_named("APP", 3);
	u8 out[4096] = { 2, 0, 0, 0, 2, 3 };
	u32 i;

	spec_end = 192;
	section(out, 88, user, kacs_sid_len(user), 0);
	list_section(out, 92, "G WD AU");
	save("spec", 0, out, spec_end);
	for (i = 16; i < 32; i++)
		out[i] = 0xff - i % 8;
	for (i = 36; i < 44; i++)
		out[i] = i;
	out[8] = 8;
	out[12] = out[44] = 3;
	for (i = 48; i < 64; i++)
		out[i] = i;
	out[64] = 2;
	out[68] = 3;
	for (i = 72; i < 88; i++)
		out[i] = i;
	section(out, 100, dacl, sizeof(dacl), sizeof(dacl));
	section(out, 108, claims, sizeof(claims) - 1, sizeof(claims) - 1);
	section(out, 116, claims, sizeof(claims) - 1, sizeof(claims) - 1);
	list_section(out, 124, "U");
	list_section(out, 132, "G AU");
	section(out, 140, app, kacs_sid_len(app), kacs_sid_len(app));
	list_section(out, 148, "AC");
	out[156] = out[157] = out[158] = out[159] = 1;
	section(out, 160, gids, sizeof(gids), 2);
	list_section(out, 168, "G");
	for (i = 176; i < 188; i++)
		out[i] = i;
	save("spec", 1, out, spec_end);
}

int main(int argc, char **argv)
{
	u8 sd[8192], out[1024];
	struct pkm_writer w;
	u32 i;

	if (argc != 2)
		return 100;
	folder = argv[1];
	mkdir(folder, 0777);
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		save_descriptor(i, sd, sddl(texts[i], sd, sizeof(sd)));
	save("claims", 0, claims, sizeof(claims) - 1);
	pkm_writer_init(&w, out, sizeof(out));
	part(&w, program, sizeof(program) - 1);
	part(&w, claims + 4, sizeof(claims) - 5);
	for (i = 0; i < 3; i++)
		part(&w, claims, sizeof(claims) - 1);
	save("cond", 0, out, w.len);
	save_specs();
	return 0;
}
