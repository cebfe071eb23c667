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

static void save_spec(void)
{
	u8 out[1024] = { 2, 0, 0, 0, 1 };
	const u8 *user = sid_named("U", 1);
	struct kacs_sid_list groups;

	pkm_put_le32(out + 88, 192);
	memcpy(out + 192, user, kacs_sid_len(user));
	pkm_put_le32(out + 92, 192 + kacs_sid_len(user));
	groups = list_of(out + 192 + kacs_sid_len(user), "G WD AU", 7);
	pkm_put_le32(out + 96, groups.count);
	save("spec", 0, out, 192 + kacs_sid_len(user) + groups.len);
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
	save_spec();
	return 0;
}
