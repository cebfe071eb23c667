// SPDX-License-Identifier: MIT
/* Each frame between kernel and source, byte for byte: rsi_frames.h has them. */
#include "lcs_client.h"

struct golden {
	const char *name, *bytes;
	int answer;
};

#define REQUEST(name, bytes) { #name, bytes, 0 },
#define ANSWER(name, bytes)  { #name, bytes, 1 },
static const struct golden golden[] = {
#include "rsi_frames.h"
};

static struct source machine;
static uint8_t key_guid[16];
static uint64_t last_id, last_sequence;
static int ids_rise = 1;

static int hex(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Length that a letter stands for; 0: it does not fit what is there. */
static uint32_t letter(char c, const uint8_t *p, uint32_t left, uint32_t total)
{
	static const uint8_t nil[16];

	switch (c) {
	case 'L':
		return left >= 4 && get32(p) == total ? 4 : 0;
	case 'I':
		return left >= 8 && get64(p) ? 8 : 0;
	case 'Q':
		last_sequence = left >= 8 ? get64(p) : 0;
		return last_sequence > 1000 ? 8 : 0;
	case 'T':
		return left >= 8 ? 8 : 0;
	case 'R':
		return left >= 16 && !memcmp(p, machine.keys[0].guid, 16) ? 16 : 0;
	case 'K':
		if (left >= 16 && !memcmp(key_guid, nil, 16))
			memcpy(key_guid, p, 16);
		return left >= 16 && !memcmp(p, key_guid, 16) ? 16 : 0;
	case 'D':
		return left >= 4 && left - 4 >= get32(p) && get32(p) > 20 ? 4 + get32(p) : 0;
	default:
		return 0;
	}
}

static int matches(const char *want, const uint8_t *frame, uint32_t len)
{
	uint32_t at = 0, n;

	for (; *want; want++) {
		if (*want == ' ')
			continue;
		if (strchr("LIQTRKD", *want)) {
			n = letter(*want, frame + at, len - at, len);
			if (!n)
				return 0;
			at += n;
			continue;
		}
		if (at == len || frame[at++] != (hex(want[0]) << 4 | hex(want[1])))
			return 0;
		want++;
	}
	return at == len;
}

static void show(const uint8_t *frame, uint32_t len)
{
	printf("# got");
	for (uint32_t i = 0; i < len; i++)
		printf(" %02x", frame[i]);
	printf("\n");
}

/* The last request and the last answer of an operation. */
static void frames(const char *name, uint16_t op)
{
	for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		const struct golden *g = &golden[i];
		const uint8_t *frame = g->answer ? machine.told[op] : machine.asked[op];
		uint32_t len = g->answer ? machine.told_len[op] : machine.asked_len[op];

		if (strcmp(g->name, name))
			continue;
		if (!ok(matches(g->bytes, frame, len), "%s_%s_IsByteExact /* RSI-017 RSI-018 LCS-001 */",
			name, g->answer ? "Answer" : "Request"))
			show(frame, len);
		if (!g->answer) {
			ids_rise &= get64(frame + 4) > last_id;
			last_id = get64(frame + 4);
		}
	}
}

/* The time goes out after the call that it belongs to came back. */
static void touched(void)
{
	uint32_t before = machine.count[RSI_WRITE_KEY];

	for (int i = 0; i < 2000 && machine.count[RSI_WRITE_KEY] == before; i++)
		usleep(1000);
}

/* Waits until the source has answered all it was asked. */
static void quiet(void)
{
	for (int last = -1; last != machine.requests;) {
		last = machine.requests;
		usleep(20000);
	}
}

static void names(int *key)
{
	uint8_t created[16];
	int root = open_key(-1, "Machine", KEY_ALL_ACCESS, 0);
	char list[256];
	struct reg_list_subkeys_args l = { .buf_len = sizeof(list),
					   .buf_ptr = (uintptr_t)list,
					   .txn_fd = -1 };
	uint32_t entry_id;

	*key = create_key(-1, "Machine\\A", KEY_ALL_ACCESS, 0, NULL);
	entry_id = get32(machine.asked[RSI_CREATE_ENTRY] + 4);
	frames("CREATE_ENTRY", RSI_CREATE_ENTRY);
	memcpy(created, key_guid, 16);
	frames("CREATE_KEY", RSI_CREATE_KEY);
	ok(entry_id < get32(machine.asked[RSI_CREATE_KEY] + 4), "Create_EntryFirst /* LCS-235 RSI-068 */");
	ok(!memcmp(created, machine.keys[1].guid, 16) && (created[7] & 0xf0) == 0x40,
	   "Create_Guid_IsTheKernels_Version4 /* LCS-012 LCS-039 */");
	close(open_key(-1, "Machine\\A", KEY_READ, 0));
	frames("LOOKUP", RSI_LOOKUP);
	ioctl(root, REG_IOC_LIST_SUBKEYS, &l);
	frames("ENUM_CHILDREN", RSI_ENUM_CHILDREN);
	info_of(*key);
	frames("READ_KEY", RSI_READ_KEY);
	close(root);
}

static void values(int key)
{
	uint64_t first;
	char data[64];
	unsigned int len = 64;

	set_value(key, "v", REG_DWORD, "\7\0\0\0", 4, 0);
	frames("SET_VALUE", RSI_SET_VALUE);
	first = last_sequence;
	quiet();
	frames("WRITE_KEY", RSI_WRITE_KEY);
	query_value(key, "v", data, &len, NULL, NULL);
	frames("QUERY_VALUES", RSI_QUERY_VALUES);
	blanket(key, 1);
	frames("SET_BLANKET", RSI_SET_BLANKET_TOMBSTONE);
	ok(last_sequence == first + 1, "Sequence_EachWrite_TakesTheNext /* LCS-110 */");
	quiet();
	info_of(key);
	frames("QUERY_ALL", RSI_QUERY_VALUES);
	blanket(key, 0);
	frames("REMOVE_BLANKET", RSI_SET_BLANKET_TOMBSTONE);
	set_value(key, "v", REG_DWORD, "\7\0\0\0", 4, 999);
	frames("SET_VALUE_CAS", RSI_SET_VALUE);
	ok(last_sequence == first + 2, "Sequence_Removal_TakesNone /* LCS-110 RSI-052 */");
	delete_value(key, "v");
	frames("DELETE_VALUE", RSI_DELETE_VALUE_ENTRY);
	set_value(key, "v", REG_DWORD, "\7\0\0\0", 4, 0);
	frames("SET_VALUE", RSI_SET_VALUE);
	ok(last_sequence == first + 3, "Sequence_OfAFailure_IsNotReused /* LCS-111 */");
	works(ioctl(key, REG_IOC_FLUSH), "Flush_AsksTheSource /* LCS-299 */");
	ok(machine.count[RSI_FLUSH] == 1, "Flush_Once /* LCS-299 */");
	frames("FLUSH", RSI_FLUSH);
}

static void removal(int key)
{
	uint8_t sd[512];
	struct reg_get_security_args g = { REG_SECURITY_DACL, sizeof(sd), (uintptr_t)sd };
	uint64_t created;
	int other;

	quiet();
	ioctl(key, REG_IOC_GET_SECURITY, &g);
	set_security(key, REG_SECURITY_DACL, sd, g.sd_len);
	frames("WRITE_KEY_SD", RSI_WRITE_KEY);
	delete_key(key);
	frames("DELETE_ENTRY", RSI_DELETE_ENTRY);
	touched();
	ok(!memcmp(machine.asked[RSI_WRITE_KEY] + 22, machine.keys[0].guid, 16),
	   "Delete_Parent_GetsANewTime /* LCS-044 */");
	close(key);
	quiet();
	frames("DROP_KEY", RSI_DROP_KEY);
	ok(ids_rise, "RequestIds_Rise /* RSI-012 */");
	memset(key_guid, 0, 16);
	other = create_key(-1, "Machine\\A", KEY_ALL_ACCESS, 0, NULL);
	frames("CREATE_ENTRY", RSI_CREATE_ENTRY);
	created = last_sequence;
	hide_key(other);
	frames("HIDE_ENTRY", RSI_HIDE_ENTRY);
	ok(last_sequence == created + 1, "Hide_TakesASequence /* LCS-063 LCS-110 */");
	close(other);
}

int main(void)
{
	int key;

	registry = open("/dev/registry", O_RDWR | O_CLOEXEC);
	works(source_start(&machine, "Machine"), "Source_Starts");
	names(&key);
	values(key);
	removal(key);
	return plan();
}
