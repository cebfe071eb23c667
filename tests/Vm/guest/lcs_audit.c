// SPDX-License-Identifier: MIT
/* Data a source must not send: the caller gets EIO, an event says which kind it was, the source stays. */
#define _GNU_SOURCE
#include "kmes_registry.h"

static struct finder found;
static uint32_t mask;
static uint64_t sequence;

#define TYPE(s) s, strlen(s)

static int open_key(const char *path)
{
	struct reg_open_key_args a = { -1, KEY_READ, (uintptr_t)path, 0, 0 };

	return ioctl(registry, REG_OPEN_KEY, &a);
}

static int query_v(int key)
{
	char data[16], layer[16];
	struct reg_query_value_args a = { .name_len = 1,
					  .name_ptr = (uintptr_t) "v",
					  .data_len = sizeof(data),
					  .data_ptr = (uintptr_t)data,
					  .txn_fd = -1,
					  .layer_buf_len = sizeof(layer),
					  .layer_ptr = (uintptr_t)layer };

	return ioctl(key, REG_IOC_QUERY_VALUE, &a);
}

/* The mask of the first ACE in the root's descriptor. */
static int bad_mask(struct source *s, uint8_t *frame, uint32_t len)
{
	(void)s;
	(void)len;
	memcpy(frame + 18 + 4 + 7 + 16 + 4 + 44 + 8 + 4, &mask, 4);
	return 0;
}

/* RSI_QUERY_VALUES: count, name "v", layer, type, data "x", sequence. */
static int bad_sequence(struct source *s, uint8_t *frame, uint32_t len)
{
	(void)s;
	(void)len;
	memcpy(frame + 18 + 4 + 5 + 8 + 4 + 5, &sequence, 8);
	return 0;
}

/* The one entry twice. */
static int tie(struct source *s, uint8_t *frame, uint32_t len)
{
	const uint32_t row = 5 + 8 + 4 + 5 + 8, total = len + row, two = 2;

	memmove(frame + 22 + row, frame + 22, len - 22);
	memcpy(frame + 18, &two, 4);
	memcpy(frame, &total, 4);
	if (write(s->fd, frame, total) != total)
		ok(0, "tie: errno %d", errno);
	return 1;
}

static int bad_type(struct source *s, uint8_t *frame, uint32_t len)
{
	(void)s;
	(void)len;
	frame[18 + 4 + 5 + 8] = 12;
	return 0;
}

static int bad_layer(struct source *s, uint8_t *frame, uint32_t len)
{
	(void)s;
	(void)len;
	frame[18 + 4 + 5 + 4] = '\\';
	return 0;
}

static void reported(const char *name, const char *class, uint16_t op)
{
	const uint8_t code[] = { op };

	ok(find(&found, "LCS_SOURCE_VALIDATION_FAILURE"), "%s_Event_Comes /* LCS-155 RSI-069 */", name);
	ok(found.event[KMES_OFF_ORIGIN] == KMES_ORIGIN_LCS && holds(&found, TYPE(class)) &&
		   holds(&found, TYPE("\xabsource_slot\x00\xa9hive_name\xa7Machine\xaarequest_id")) &&
		   holds(&found, TYPE("\xa7op_code")) && holds(&found, code, 1) &&
		   holds(&found, TYPE("\xa8key_guid\xc4\x10")),
	   "%s_Event_SaysWhat /* LCS-157 LCS-158 */", name);
}

static void descriptor(uint32_t bits)
{
	char name[32];

	snprintf(name, sizeof(name), "Mask_%08x", bits);
	mask = bits;
	machine.spoil = bad_mask;
	machine.spoil_op = RSI_READ_KEY;
	fails(open_key("Machine"), EIO, "Descriptor_ForbiddenBits_Eio /* LCS-143 */");
	machine.spoil = NULL;
	reported(name, "malformed_security_descriptor", RSI_READ_KEY);
}

static void value(const char *name, int (*spoil)(struct source *, uint8_t *, uint32_t), const char *class,
		  int key)
{
	machine.spoil = spoil;
	machine.spoil_op = RSI_QUERY_VALUES;
	fails(query_v(key), EIO, name);
	machine.spoil = NULL;
	reported(name, class, RSI_QUERY_VALUES);
	works(query_v(key), "Source_StaysActive /* LCS-325 RSI-069 */");
}

/* O:SYG:SYS:(AU;SAFA;KA;;;SY)D:(A;;KR;;;SY) */
/* clang-format off */
static const uint8_t audited_sd[] = {
	0x01, 0x00, 0x14, 0x80, 0x14, 0, 0, 0, 0x20, 0, 0, 0, 0x2c, 0, 0, 0, 0x48, 0, 0, 0,
	0x01, 0x01, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 0x01, 0x01, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	0x02, 0x00, 0x1c, 0x00, 0x01, 0x00, 0x00, 0x00,
	0x02, 0xc0, 0x14, 0x00, 0x3f, 0x00, 0x0f, 0x00, 0x01, 0x01, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	0x02, 0x00, 0x1c, 0x00, 0x01, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x14, 0x00, 0x19, 0x00, 0x02, 0x00, 0x01, 0x01, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
};
/* clang-format on */

static void opened(const char *name, const char *decision, const char *granted, uint32_t granted_len,
		   char flags)
{
	static const uint8_t system_sid[] = "\xa8user_sid\xc4\x0c\x01\x01\0\0\0\0\0\x05\x12\0\0";
	char last[] = "\xb0sacl_match_flags?";

	last[sizeof(last) - 2] = flags;
	ok(find(&found, "LCS_KEY_OPEN_AUDIT"), "%s_Event_Comes /* LCS-137 LCS-157 */", name);
	ok(found.event[KMES_OFF_ORIGIN] == KMES_ORIGIN_LCS && holds(&found, system_sid, sizeof(system_sid)) &&
		   holds(&found, TYPE("\xa6"
				      "caller\x89")) &&
		   holds(&found, TYPE("\xb4"
				      "effective_token_guid\xc4\x10")) &&
		   holds(&found, TYPE("\xb3impersonation_level")) &&
		   holds(&found, TYPE("\xafintegrity_level")),
	   "%s_Event_SaysWho /* LCS-156 */", name);
	ok(holds(&found, machine.keys[0].guid, 16) && holds(&found, TYPE(decision)) &&
		   holds(&found, granted, granted_len) && holds(&found, last, sizeof(last) - 1),
	   "%s_Event_SaysWhat /* LCS-157 */", name);
}

static int open_with(uint32_t rights)
{
	struct reg_open_key_args a = { -1, rights, (uintptr_t) "Machine", 0, 0 };

	return ioctl(registry, REG_OPEN_KEY, &a);
}

static void opens(void)
{
	uint8_t before[512];
	uint32_t len = machine.keys[0].sd_len;

	memcpy(before, machine.keys[0].sd, len);
	works(open_with(KEY_READ), "Unaudited_Opens");
	usleep(50000);
	ok(!find_now(&found, "LCS_KEY_OPEN_AUDIT"), "Unaudited_NoEvent /* LCS-157 */");
	memcpy(machine.keys[0].sd, audited_sd, sizeof(audited_sd));
	machine.keys[0].sd_len = sizeof(audited_sd);
	works(open_with(KEY_READ), "Audited_Opens");
	opened("Allowed",
	       "\xa8"
	       "decision\xa7"
	       "allowed",
	       "\xaegranted_access\xce\x00\x02\x00\x19", 20, 1);
	fails(open_with(KEY_READ | KEY_SET_VALUE), EACCES, "Audited_Denied_Eacces");
	opened("Denied",
	       "\xa8"
	       "decision\xa6"
	       "denied",
	       "\xaegranted_access\x00", 16, 2);
	ok(holds(&found, "\xb0requested_access\xce\x00\x02\x00\x1b", 22),
	   "Denied_Event_SaysWhatWasAsked /* LCS-157 */");
	memcpy(machine.keys[0].sd, before, len);
	machine.keys[0].sd_len = len;
}

/* Entries and tombstones are held to the same as values. */
static void stored(int key)
{
	struct stored_key *k = &machine.keys[1];
	uint64_t before = k->sequence;

	k->sequence = ~0ULL;
	fails(open_key("Machine\\Audit"), EIO, "Entry_OfTheFuture_Eio /* LCS-115 RSI-070 */");
	reported("Entry_OfTheFuture", "future_sequence_number", RSI_LOOKUP);
	k->sequence = before;
	memcpy(machine.blanket_key, k->guid, 16);
	machine.blanket = ~0ULL;
	fails(query_v(key), EIO, "Tombstone_OfTheFuture_Eio /* LCS-115 RSI-070 */");
	reported("Tombstone_OfTheFuture", "future_sequence_number", RSI_QUERY_VALUES);
	machine.blanket = 0;
	works(query_v(key), "Store_Mended_Works");
}

int main(void)
{
	int key;

	kmes_dev = open("/dev/kmes", O_RDWR | O_CLOEXEC);
	registry = open("/dev/registry", O_RDWR | O_CLOEXEC);
	finder_open(&found);
	works(source_start(&machine, "Machine"), "Source_Starts");
	key = create_key("Machine\\Audit");
	works(set_bytes(key, "v", REG_SZ, "x", 1), "Value_IsSet");
	descriptor(0x02000000);
	descriptor(0x00100000);
	descriptor(0x08000000);
	sequence = ~0ULL;
	value("Sequence_OfTheFuture", bad_sequence, "future_sequence_number", key);
	sequence = get64(machine.asked[RSI_SET_VALUE] + 22 + 16 + 5 + 8 + 4 + 5) + 1;
	value("Sequence_NotTakenYet", bad_sequence, "future_sequence_number", key);
	value("Winners_Tie", tie, "duplicate_winning_sequence_tie", key);
	/* Anything else goes under the closest class there is. */
	value("Type_Unknown", bad_type, "malformed_security_descriptor", key);
	value("Layer_Malformed /* LCS-121 */", bad_layer, "malformed_security_descriptor", key);
	stored(key);
	opens();
	return plan();
}
