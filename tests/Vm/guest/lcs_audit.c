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
	value("Layer_Malformed", bad_layer, "malformed_security_descriptor", key);
	return plan();
}
