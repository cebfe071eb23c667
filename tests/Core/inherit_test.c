// SPDX-License-Identifier: MIT
/*
 * Descriptors of new objects.
 */
#include "harness.h"
#include "support/build.h"

/* Everything one inheritance needs. */
struct fixture {
	u8 parent[2048], creator[2048], out[4096];
	struct kacs_sd parent_sd, creator_sd, child;
	struct kacs_inherit in;
	int rv;
};

static void run(struct fixture *f, const char *parent, const char *creator, bool container)
{
	struct pkm_writer w;

	f->in.owner = sid_named("U", 1);
	f->in.map = &kacs_map_file;
	f->in.container = container;
	if (parent) {
		EXPECT_EQ(kacs_sd_parse(&f->parent_sd, f->parent, sddl(parent, f->parent, sizeof(f->parent))),
			  0);
		f->in.parent = &f->parent_sd;
	}
	if (creator) {
		u32 len = sddl(creator, f->creator, sizeof(f->creator));

		if (strstr(creator, "O:") != creator)
			test_fail(__FILE__, __LINE__, "a creator here has an owner");
		EXPECT_EQ(kacs_sd_parse(&f->creator_sd, f->creator, len), 0);
		f->in.creator = &f->creator_sd;
	}
	pkm_writer_init(&w, f->out, sizeof(f->out));
	f->rv = kacs_inherit_sd(&f->in, &w);
	if (!f->rv) {
		EXPECT(pkm_writer_ok(&w));
		EXPECT_EQ(kacs_sd_parse(&f->child, f->out, w.len), 0);
	}
}

/* Number @index of the child's DACL; its type 0xff when there is none. */
static struct kacs_ace dacl_ace(const struct fixture *f, u32 index)
{
	struct kacs_ace ace = { 0 };
	u32 pos = 0;

	do {
		if (!kacs_acl_next(&f->child.dacl, &pos, &ace))
			return (struct kacs_ace){ .type = 0xff };
	} while (index--);
	return ace;
}

#define NONE -1
static const struct {
	const char *flags;
	int file, folder;
} table[] = {
	{ "OI", 0x10, 0x10 | 0x01 | 0x08 },
	{ "OINP", 0x10, NONE },
	{ "CI", NONE, 0x10 | 0x02 },
	{ "CINP", NONE, 0x10 },
	{ "OICI", 0x10, 0x10 | 0x03 },
	{ "OICINP", 0x10, 0x10 },
	{ "", NONE, NONE },
	{ "IO", NONE, NONE },
	{ "OICIIO", 0x10, 0x10 | 0x03 },
	{ "OIIO", 0x10, 0x10 | 0x01 | 0x08 },
};

/* KACS-FMT-084, KACS-FMT-085 */
TEST(Inherit_FlagTable_AsInTheSheet)
{
	char parent[128];
	u32 i, kind;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		for (kind = 0; kind < 2; kind++) {
			int want = kind ? table[i].folder : table[i].file;
			struct fixture f = { 0 };

			snprintf(parent, sizeof(parent), "O:SYG:SYD:(A;%s;FR;;;WD)", table[i].flags);
			run(&f, parent, NULL, kind);
			if (f.rv || (want == NONE ? !!f.child.dacl.data : dacl_ace(&f, 0).flags != want))
				test_fail(__FILE__, __LINE__, "%s for a %s", table[i].flags,
					  kind ? "folder" : "file");
		}
	}
}

/* KACS-FMT-085: success and failure bits are copied */
TEST(Inherit_AuditBits_AreKept)
{
	struct fixture f = { 0 };
	struct kacs_ace ace;
	u32 pos = 0;

	run(&f, "O:SYG:SYS:(AU;OISAFA;GA;;;WD)", NULL, false);
	EXPECT(kacs_acl_next(&f.child.sacl, &pos, &ace));
	EXPECT_EQ(ace.flags, 0xd0);
	EXPECT_EQ(ace.mask, 0x1f01ff);
	EXPECT(f.child.control & KACS_SE_SACL_AUTO_INHERITED);
}

/* KACS-FMT-088, KACS-FMT-089 */
TEST(Inherit_DaclSource_AsInTheSheet)
{
	/* clang-format off */
	static const u8 fallback[28] = { 2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0x10,
					 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
	/* clang-format on */
	const char *parent = "O:SYG:SYD:(A;OI;FR;;;WD)";
	struct fixture f = { 0 };

	/* (a) nothing explicit: inherited, else the token's, else null */
	run(&f, parent, NULL, false);
	EXPECT_EQ(f.child.dacl.count, 1);
	EXPECT(f.child.control & KACS_SE_DACL_AUTO_INHERITED);
	EXPECT(f.child.control & KACS_SE_OWNER_DEFAULTED);
	EXPECT(!(f.child.control & KACS_SE_DACL_DEFAULTED));
	f = (struct fixture){ .in.default_dacl = fallback, .in.default_dacl_len = 28 };
	run(&f, "O:SYG:SYD:(A;;FR;;;WD)", NULL, false);
	EXPECT_EQ(dacl_ace(&f, 0).mask, 0x1f01ff);
	EXPECT(f.child.control & KACS_SE_DACL_DEFAULTED);
	EXPECT(!(f.child.control & KACS_SE_DACL_AUTO_INHERITED));
	f = (struct fixture){ 0 };
	run(&f, "O:SYG:SYD:(A;;FR;;;WD)", "O:UG:SY", false);
	EXPECT(!f.child.dacl.data);
	EXPECT(!(f.child.control & (KACS_SE_DACL_PRESENT | KACS_SE_OWNER_DEFAULTED)));
	/* (b) without AUTO_INHERIT_REQ, or protected: the creator's alone */
	f = (struct fixture){ 0 };
	run(&f, parent, "O:UG:SYD:(A;;FW;;;G)", false);
	EXPECT_EQ(f.child.dacl.count, 1);
	EXPECT_EQ(dacl_ace(&f, 0).mask, 0x120116);
	f = (struct fixture){ 0 };
	run(&f, parent, "O:UG:SYD:PAR(A;;FW;;;G)", false);
	EXPECT_EQ(f.child.dacl.count, 1);
	EXPECT(f.child.control & KACS_SE_DACL_PROTECTED);
	EXPECT(!(f.child.control & KACS_SE_DACL_AUTO_INHERIT_REQ));
	/* (c) merged, explicit first (KACS-FMT-080) */
	f = (struct fixture){ 0 };
	run(&f, parent, "O:UG:SYD:AR(A;;FW;;;G)", false);
	EXPECT_EQ(f.child.dacl.count, 2);
	EXPECT_EQ(dacl_ace(&f, 0).mask, 0x120116);
	EXPECT_EQ(dacl_ace(&f, 0).flags, 0);
	EXPECT_EQ(dacl_ace(&f, 1).flags, KACS_ACE_INHERITED);
	EXPECT(f.child.control & KACS_SE_DACL_AUTO_INHERITED);
	/* an empty explicit DACL stays empty */
	f = (struct fixture){ 0 };
	run(&f, parent, "O:UG:SYD:", false);
	EXPECT(f.child.dacl.data && !f.child.dacl.count);
}

/* KACS-FMT-090, KACS-FMT-091, KACS-FMT-045 */
TEST(Inherit_Placeholders_BecomeOwnerAndGroup)
{
	const char *parent = "O:SYG:SYD:(A;OICI;GR;;;CO)(A;OICI;GW;;;CG)";
	struct fixture f = { .in.group = sid_named("G", 1) };

	run(&f, parent, NULL, true);
	EXPECT(kacs_sid_equal(dacl_ace(&f, 0).sid, sid_named("U", 1)));
	EXPECT(kacs_sid_equal(dacl_ace(&f, 1).sid, sid_named("G", 1)));
	EXPECT_EQ(dacl_ace(&f, 0).mask, 0x120089);
	EXPECT_EQ(dacl_ace(&f, 1).mask, 0x120116);
	EXPECT_EQ(dacl_ace(&f, 2).type, 0xff);
	EXPECT(f.child.control & KACS_SE_GROUP_DEFAULTED);
	f = (struct fixture){ 0 };
	run(&f, parent, NULL, true);
	EXPECT_EQ(f.rv, -EINVAL);
	f = (struct fixture){ 0 };
	run(&f, "O:SYG:SYD:(A;OICI;GR;;;CO)", "O:VG:G", true);
	EXPECT(kacs_sid_equal(dacl_ace(&f, 0).sid, sid_named("V", 1)));
}

/* KACS-FMT-092 */
TEST(Inherit_ServerSecurity_AppendsThePrimaryTokensDacl)
{
	/* clang-format off */
	static const u8 server[28] = { 2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0x10,
				       1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
	/* clang-format on */
	struct fixture f = { .in.server_dacl = server, .in.server_dacl_len = 28 };
	struct pkm_writer w;

	run(&f, NULL, "O:UG:SYD:(A;;FR;;;G)", false);
	EXPECT_EQ(f.child.dacl.count, 1);
	f.creator_sd.control |= KACS_SE_SERVER_SECURITY;
	pkm_writer_init(&w, f.out, sizeof(f.out));
	EXPECT_EQ(kacs_inherit_sd(&f.in, &w), 0);
	EXPECT_EQ(kacs_sd_parse(&f.child, f.out, w.len), 0);
	EXPECT_EQ(dacl_ace(&f, 1).mask, 0x1f01ff);
	EXPECT_EQ(dacl_ace(&f, 1).flags, 0);
	EXPECT(!(f.child.control & KACS_SE_SERVER_SECURITY));
}

/* KACS-FMT-086 */
TEST(Inherit_OtherClass_IsSkipped)
{
	u8 bytes[256];
	struct fixture f = { 0 };
	u32 len = sddl("O:SYG:SYD:(OA;OI;FR;a;;WD)", bytes, sizeof(bytes)), kind;
	u8 *object_flags = NULL;
	struct kacs_sd sd;

	EXPECT_EQ(kacs_sd_parse(&sd, bytes, len), 0);
	/* Make its GUID the inherited one. */
	object_flags = bytes + (sd.dacl.data - bytes) + 16;
	pkm_put_le32(object_flags, KACS_ACE_INHERITED_OBJECT_TYPE_PRESENT);
	EXPECT_EQ(kacs_sd_parse(&sd, bytes, len), 0);
	for (kind = 0; kind < 3; kind++) {
		f = (struct fixture){ .in.parent = &sd };
		f.in.class_guid = kind ? guid_named(kind == 1 ? 'a' : 'b') : NULL;
		run(&f, NULL, NULL, false);
		EXPECT_EQ(!!f.child.dacl.data, kind < 2);
	}
}

/* KACS-FMT-053, KACS-FMT-074 */
TEST(Inherit_Revision_FitsTheAces)
{
	struct fixture f = { 0 };

	run(&f, "O:SYG:SYD:(A;OI;FR;;;WD)", NULL, false);
	EXPECT_EQ(f.child.dacl.data[0], 2);
	f = (struct fixture){ 0 };
	run(&f, "O:SYG:SYD:(OA;OI;FR;a;;WD)", NULL, false);
	EXPECT_EQ(f.child.dacl.data[0], 4);
}

/* KACS-FMT-094 */
TEST(Inherit_NonInheritableAttribute_StaysBehind)
{
	static const u8 ace[] = { KACS_ACE_RESOURCE_ATTRIBUTE, KACS_ACE_OBJECT_INHERIT, 52, 0, 0, 0, 0, 0, 1,
				  1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
				  /* claim */
				  20, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 24, 0, 0, 0, 'x', 0, 0, 0,
				  5, 0, 0, 0, 0, 0, 0, 0 };
	u8 sacl[128], bytes[256];
	struct kacs_sd_parts parts = { .owner = sid_named("SY", 2), .sacl = sacl };
	struct fixture f = { 0 };
	struct pkm_writer w;
	struct kacs_sd sd;
	u32 kept;

	for (kept = 0; kept < 2; kept++) {
		pkm_writer_init(&w, sacl, sizeof(sacl));
		kacs_acl_begin(&w, 2);
		pkm_writer_bytes(&w, ace, sizeof(ace));
		pkm_writer_patch_le32(&w, 8 + 28, !kept);
		EXPECT_EQ(kacs_acl_end(&w, 0, 1), 0);
		parts.sacl_len = w.len;
		pkm_writer_init(&w, bytes, sizeof(bytes));
		EXPECT_EQ(kacs_sd_write(&parts, &w), 0);
		EXPECT_EQ(kacs_sd_parse(&sd, bytes, w.len), 0);
		f = (struct fixture){ .in.parent = &sd };
		run(&f, NULL, NULL, false);
		EXPECT_EQ(!!f.child.sacl.data, kept);
	}
}

/* KACS-FMT-095 */
TEST(Inherit_Over65535Bytes_Fails)
{
	static u8 dacl[KACS_SD_MAX];
	struct fixture f = { .in.default_dacl = dacl };
	struct pkm_writer w;
	u32 n;

	pkm_writer_init(&w, dacl, sizeof(dacl));
	kacs_acl_begin(&w, 2);
	for (n = 0; w.len + 36 <= 65520; n++)
		kacs_ace_write(&w, 0, 0, 1, sid_named("U", 1));
	EXPECT_EQ(kacs_acl_end(&w, 0, n), 0);
	f.in.default_dacl_len = w.len;
	run(&f, NULL, NULL, false);
	EXPECT_EQ(f.rv, -EINVAL);
}

/* An inherit-only label that is none would harm the child: no child. */
TEST(Inherit_LabelOfAnotherShape_Fails)
{
	struct fixture f = { 0 };

	run(&f, "O:SYG:SYS:(ML;OIIO;NW;;;WD)", NULL, false);
	EXPECT_EQ(f.rv, -EINVAL);
}

/* KACS-FMT-053, KACS-FMT-074: an opaque ACE goes on byte for byte */
TEST(Inherit_OpaqueAce_IsKept)
{
	static const u8 acl[20] = { 9, 0, 20, 0, 1, 0, 0, 0, 0x77, 3, 12, 0, 1, 2, 3, 4, 5, 6, 7, 8 };
	u8 bytes[128];
	struct kacs_sd_parts parts = { .owner = sid_named("SY", 2), .dacl = acl, .dacl_len = 20 };
	struct fixture f = { 0 };
	struct pkm_writer w;
	struct kacs_sd sd;
	u32 source;

	pkm_writer_init(&w, bytes, sizeof(bytes));
	EXPECT_EQ(kacs_sd_write(&parts, &w), 0);
	EXPECT_EQ(kacs_sd_parse(&sd, bytes, w.len), 0);
	for (source = 0; source < 2; source++) {
		f = (struct fixture){ 0 };
		*(source ? &f.in.creator : &f.in.parent) = &sd;
		run(&f, NULL, NULL, true);
		EXPECT_EQ(f.child.dacl.data[0], 9); /* the larger revision */
		EXPECT_EQ(f.child.dacl.data[8], 0x77);
		EXPECT_EQ(f.child.dacl.data[9], source ? 3 : 0x13);
		EXPECT_BYTES(f.child.dacl.data + 10, acl + 10, 10);
	}
}

/* KACS-FMT-088, KACS-FMT-093: the SACL follows the same rules */
TEST(Inherit_Sacl_ProtectedOrMerged)
{
	const char *parent = "O:SYG:SYS:(AU;OISA;FA;;;WD)";
	struct fixture f = { 0 };

	run(&f, parent, "O:UG:SYS:PAR(AU;SA;FR;;;U)", false);
	EXPECT_EQ(f.child.sacl.count, 1);
	EXPECT(f.child.control & KACS_SE_SACL_PROTECTED);
	f = (struct fixture){ 0 };
	run(&f, parent, "O:UG:SYS:AR(AU;SA;FR;;;U)", false);
	EXPECT_EQ(f.child.sacl.count, 2);
	EXPECT(!(f.child.control & KACS_SE_SACL_PROTECTED));
}

/* A default DACL that is no ACL, or not only one, makes no object. */
TEST(Inherit_MalformedDefaults_Fail)
{
	static const u8 dacl[12] = { 2, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	struct fixture f = { .in.default_dacl = dacl, .in.default_dacl_len = 7 };
	struct pkm_writer w;

	run(&f, NULL, NULL, false);
	EXPECT_EQ(f.rv, -EINVAL);
	f.in.default_dacl_len = 12;
	run(&f, NULL, NULL, false);
	EXPECT_EQ(f.rv, -EINVAL);
	f = (struct fixture){ .in.server_dacl = dacl, .in.server_dacl_len = 12 };
	run(&f, NULL, "O:UG:SYD:", false);
	EXPECT_EQ(f.rv, 0);
	f.creator_sd.control |= KACS_SE_SERVER_SECURITY;
	pkm_writer_init(&w, f.out, sizeof(f.out));
	EXPECT_EQ(kacs_inherit_sd(&f.in, &w), -EINVAL);
}

/* KACS-FMT-039, KACS-FMT-090, KACS-FMT-091: what is not a placeholder, a right or ours stays */
TEST(Inherit_ForeignParts_AreKept)
{
	static struct fixture f;
	struct kacs_ace ace;
	u32 len, pos = 0;

	memset(&f, 0, sizeof(f));
	len = sddl("O:UD:(A;;FR;;;OW)S:(ML;;NW;;;HI)", f.creator, sizeof(f.creator));
	f.creator[1] = 0x5a;
	pkm_put_le16(f.creator + 2, pkm_get_le16(f.creator + 2) | KACS_SE_RM_CONTROL_VALID);
	EXPECT_EQ(kacs_sd_parse(&f.creator_sd, f.creator, len), 0);
	f.in.creator = &f.creator_sd;
	run(&f, "O:SYD:(A;OICI;GR;;;OW)(A;;FA;;;SY)(A;OI;FR;;;SY)", NULL, true);
	EXPECT_EQ(f.rv, 0);
	EXPECT_EQ(f.child.data[1], 0x5a);
	EXPECT(f.child.control & KACS_SE_RM_CONTROL_VALID);
	ace = dacl_ace(&f, 0);
	EXPECT(ace.sid && pkm_get_le32(ace.sid + 8) == 4); /* S-1-3-4 is no placeholder */
	EXPECT(kacs_acl_next(&f.child.sacl, &pos, &ace));
	EXPECT_EQ(ace.type, KACS_ACE_MANDATORY_LABEL);
	EXPECT_EQ(ace.mask, 2); /* a policy, not a right to map */
}

/* KACS-FMT-053, KACS-FMT-074: an unknown ACE goes along, and the revision it came with */
TEST(Inherit_UnknownAceOfNewerRevision_KeepsBoth)
{
	static const u8 unknown[8] = { 0x42, 3, 8, 0, 0xde, 0xad, 0xbe, 0xef };
	static struct fixture f;
	struct kacs_sd parent;
	struct pkm_writer w;
	u32 at;

	memset(&f, 0, sizeof(f));
	w.len = sddl("O:SYD:(A;OICI;GR;;;SY)(A;;FA;;;SY)", f.parent, sizeof(f.parent));
	at = pkm_get_le32(f.parent + 16);
	f.parent[at] = 9;
	pkm_put_le16(f.parent + at + 2, pkm_get_le16(f.parent + at + 2) + 8);
	pkm_put_le16(f.parent + at + 4, 3);
	memcpy(f.parent + w.len, unknown, 8);
	EXPECT_EQ(kacs_sd_parse(&parent, f.parent, w.len + 8), 0);
	f.in.parent = &parent;
	run(&f, NULL, NULL, true);
	EXPECT_EQ(f.rv, 0);
	EXPECT_EQ(f.child.dacl.count, 2); /* the second one does not reach */
	EXPECT_EQ(f.child.dacl.data[0], 9);
	EXPECT_EQ(dacl_ace(&f, 1).type, 0x42);
}

/* KACS-FMT-095: an ACE that a longer SID makes too long fails the creation */
TEST(Inherit_AceTooLong_IsRefused)
{
	static u8 parent[KACS_SD_MAX], out[KACS_SD_MAX + 1024];
	u8 owner[KACS_SID_MAX];
	u32 subs[15] = { 21 }, sub = 0;
	u8 creator_owner[KACS_SID_MAX];
	struct kacs_inherit in = { .owner = owner, .map = &kacs_map_file };
	struct pkm_writer w;
	struct kacs_sd sd;

	kacs_sid_make(owner, 5, 15, subs);
	kacs_sid_make(creator_owner, 3, 1, &sub);
	pkm_writer_init(&w, parent, sizeof(parent));
	pkm_writer_u8(&w, 1);
	pkm_writer_u8(&w, 0);
	pkm_writer_le16(&w, KACS_SE_SELF_RELATIVE | KACS_SE_DACL_PRESENT);
	pkm_writer_zero(&w, 12);
	pkm_writer_le32(&w, 20);
	kacs_acl_begin(&w, 2);
	pkm_writer_u8(&w, KACS_ACE_ALLOWED_CALLBACK);
	pkm_writer_u8(&w, 3);
	pkm_writer_le16(&w, 65500);
	pkm_writer_le32(&w, 1);
	pkm_writer_bytes(&w, creator_owner, 12);
	pkm_writer_zero(&w, 65500 - 20);
	EXPECT_EQ(kacs_acl_end(&w, 20, 1), 0);
	EXPECT_EQ(kacs_sd_parse(&sd, parent, w.len), 0);
	in.parent = &sd;
	pkm_writer_init(&w, out, sizeof(out));
	EXPECT_EQ(kacs_inherit_sd(&in, &w), -EINVAL);
}

/* KACS-FMT-047, KACS-FMT-048, KACS-FMT-087: whose owner, group and DACL, and what the bits say of it */
TEST(Inherit_Defaults_AreMarkedAsSuch)
{
	/* clang-format off */
	static const u8 dacl[28] = { 2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 1, 0, 0, 0,
				     1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
	/* clang-format on */
	const u16 all = KACS_SE_OWNER_DEFAULTED | KACS_SE_GROUP_DEFAULTED | KACS_SE_DACL_DEFAULTED |
			KACS_SE_SACL_DEFAULTED;
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	f.in.group = sid_named("G", 1);
	f.in.default_dacl = dacl;
	f.in.default_dacl_len = sizeof(dacl);
	run(&f, "O:SYD:(A;;FA;;;SY)", NULL, false);
	EXPECT_EQ(f.child.control & all, all & ~KACS_SE_SACL_DEFAULTED);
	EXPECT(kacs_sid_equal(f.child.owner, sid_named("U", 1)));
	EXPECT(kacs_sid_equal(f.child.group, sid_named("G", 1)));
	EXPECT_EQ(f.child.dacl.count, 1);
	/* an inherited DACL is no default */
	run(&f, "O:SYD:(A;OI;FA;;;SY)", NULL, false);
	EXPECT_EQ(f.child.control & KACS_SE_DACL_DEFAULTED, 0);
	/* neither is what the creator gives */
	run(&f, NULL, "O:VG:SYD:(A;;FR;;;V)", false);
	EXPECT_EQ(f.child.control & all, 0);
	EXPECT(kacs_sid_equal(f.child.owner, sid_named("V", 1)));
	EXPECT(kacs_sid_equal(f.child.group, sid_named("SY", 2)));
	/* nothing from anywhere: a null DACL, bit clear and offset 0 */
	memset(&f, 0, sizeof(f));
	run(&f, "O:SYD:(A;;FA;;;SY)", NULL, false);
	EXPECT(!f.child.dacl.data && !(f.child.control & KACS_SE_DACL_PRESENT));
	EXPECT_EQ(pkm_get_le32(f.out + 16), 0);
	EXPECT_EQ(f.child.control & KACS_SE_DACL_DEFAULTED, 0);
}

/* Bytes of what @f says, from scratch. */
static u32 outcome(struct fixture *f, bool with_parent, bool with_creator, u8 *out, u32 room)
{
	struct pkm_writer w;

	f->in.parent = with_parent ? &f->parent_sd : NULL;
	f->in.creator = with_creator ? &f->creator_sd : NULL;
	pkm_writer_init(&w, out, room);
	EXPECT_EQ(kacs_inherit_sd(&f->in, &w), 0);
	return w.len;
}

/* KACS-FMT-083: each input has its say, and none is needed any more once the result is written */
TEST(Inherit_EachInput_ChangesTheResult)
{
	static const u8 dacl[8] = { 2, 0, 8 };
	static struct fixture f, g;
	u8 base[4096], other[4096];
	u32 len, n, i;

	memset(&f, 0, sizeof(f));
	f.in.class_guid = guid_named('a');
	run(&f, "O:SYD:(OA;OICI;GR;a;;V)(A;OICI;GW;;;CO)", "O:UG:SY", true);
	/* Its GUID becomes the one of classes that inherit. */
	pkm_put_le32(f.parent + (f.parent_sd.dacl.data - f.parent) + 16,
		     KACS_ACE_INHERITED_OBJECT_TYPE_PRESENT);
	len = outcome(&f, true, true, base, sizeof(base));
	for (i = 0; i < 7; i++) {
		g = f;
		g.in.owner = i == 0 ? sid_named("V", 1) : g.in.owner;
		g.in.container = i != 1;
		g.in.class_guid = i == 2 ? guid_named('b') : g.in.class_guid;
		g.in.map = i == 3 ? &kacs_map_key : g.in.map;
		g.in.default_dacl = i == 5 || i == 6 ? dacl : NULL;
		g.in.default_dacl_len = sizeof(dacl);
		/* The token's owner counts without a creator, its DACL without a parent. */
		n = outcome(&g, i != 4 && i != 5, i != 0, other, sizeof(other));
		if (i == 6 ? n != len || memcmp(base, other, n) : n == len && !memcmp(base, other, n))
			test_fail(__FILE__, __LINE__, "input %u", i);
	}
	/* Complete: the container may go or change. */
	memset(f.parent, 0xff, sizeof(f.parent));
	memset(f.creator, 0xff, sizeof(f.creator));
	EXPECT_EQ(kacs_sd_parse(&g.child, base, len), 0);
	EXPECT_EQ(g.child.dacl.count, 2);
	EXPECT(kacs_sid_equal(g.child.owner, sid_named("U", 1)));
}
