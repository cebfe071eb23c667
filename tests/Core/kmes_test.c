// SPDX-License-Identifier: MIT
/* core/kmes and MessagePack: record bytes, ring arithmetic, rate, writer and validator. */
#include <stdlib.h>

#include <pkm/core/kmes_put.h>
#include <pkm/core/msgpack.h>

#include "harness.h"

#define CAPACITY 65536

/* Twice the capacity: what crosses the end lands behind it, as in the double mapping. */
static u8 data[2 * CAPACITY];
static struct kmes_producer_page page;
static struct kmes_ring ring;
static const struct kmes_stamp stamp = { .timestamp = 0x1122334455667788ULL,
					 .guids = "effective guid..true/primary.GUIDprocess's GUID" };

static void start(void)
{
	memset(&page, 0, sizeof(page));
	memset(data, 0, sizeof(data));
	kmes_ring_init(&ring, &page, data, CAPACITY, 7);
}

static bool put(const char *type, const void *payload, u32 len)
{
	const struct kmes_event event = {
		.type = type, .type_len = strlen(type), .payload = payload, .payload_len = len
	};
	u64 at = ring.pending & (CAPACITY - 1);
	bool done = kmes_ring_put(&ring, KMES_ORIGIN_KACS, &stamp, &event);

	/* stand in for the second mapping */
	if (done && at + len + 77 + strlen(type) > CAPACITY)
		memcpy(data, data + CAPACITY, at + len + 77 + strlen(type) - CAPACITY);
	return done;
}

/* KMES-001 KMES-005 KMES-006 KMES-007 KMES-009 */
TEST(Record_Written_HasTheSheetsBytes)
{
	static const u8 head[27] = { 77 + 2 + 3, 0,    0,    0,    77 + 2, 0,    0,    0, 0x88,
				     0x77,       0x66, 0x55, 0x44, 0x33,   0x22, 0x11, 1, 0,
				     0,          0,    0,    0,    0,      0,    7,    0, 2 };

	start();
	EXPECT(put("ab", "xyz", 3));
	EXPECT_BYTES(data, head, sizeof(head));
	EXPECT_BYTES(data + 27, "effective guid..true/primary.GUIDprocess's GUID",
		     48); /* KMES-003: no byte moves */
	EXPECT_BYTES(data + 75, "\2\0abxyz", 7);
}

/* KMES-089 KMES-091; each kind of field has a cache line of its own, KMES-090 */
TEST(Ring_Fresh_DescribesItself)
{
	start();
	EXPECT_BYTES(page.magic, "KMESRING", 8);
	EXPECT_EQ(page.version, 1);
	EXPECT_EQ(page.cpu_id, 7);
	EXPECT_EQ(page.capacity, CAPACITY);
	EXPECT_EQ(page.data_offset, 8192);
	EXPECT_EQ(page.generation, 1);
	EXPECT_EQ(page.write_pos | page.tail_pos | page.futex_counter, 0);
	EXPECT_EQ(offsetof(struct kmes_producer_page, generation) / 64, 0);
	EXPECT_EQ(offsetof(struct kmes_producer_page, write_pos), 64);
	EXPECT_EQ(offsetof(struct kmes_producer_page, tail_pos) / 64, 1);
	EXPECT_EQ(offsetof(struct kmes_producer_page, futex_counter), 128);
}

/* KMES-030 KMES-035 KMES-036 KMES-094 KMES-095: the number is taken before the size is looked at */
TEST(Put_Refused_TakesANumberAndCountsADrop)
{
	static u8 payload[CAPACITY];
	const struct kmes_event overflow = { .type = "t", .type_len = 1, .payload_len = U32_MAX };

	start();
	EXPECT(!put("", "x", 1));
	EXPECT(!put("t", payload, CAPACITY / 2 - 77));
	EXPECT(!kmes_ring_put(&ring, 0, &stamp, &overflow));
	EXPECT_EQ(ring.dropped, 3);
	EXPECT_EQ(ring.pending, 0);
	EXPECT(put("t", payload, CAPACITY / 2 - 78)); /* exactly half */
	EXPECT(put("t", NULL, 0));                    /* KMES-026 */
	EXPECT_EQ(ring.sequence, 5);
	EXPECT_EQ(pkm_get_le64(data + 16), 4);
}

/* KMES-026 KMES-032: what the kernel emits is not judged */
TEST(Put_TypeAndPayloadOfTheKernel_AreTrusted)
{
	start();
	EXPECT(put("\xff\xc0", "\xc1\xc1", 2));
	EXPECT_BYTES(data + 77, "\xff\xc0\xc1\xc1", 4);
}

/* KMES-041 KMES-042 KMES-097 KMES-100 */
TEST(Put_Unpublished_MovesNoPosition)
{
	start();
	EXPECT(put("a", "1", 1));
	EXPECT(put("b", "2", 1));
	EXPECT_EQ(page.write_pos, 0);
	kmes_ring_publish(&ring);
	EXPECT_EQ(page.write_pos, 2 * 79);
}

/* KMES-037 KMES-085 KMES-096: the tail stands on a record, the live bytes fit, after any sequence of sizes */
TEST(Put_Flood_KeepsTheChainWhole)
{
	static u8 payload[20000];
	u64 pos, expect;
	u32 n = 12345;
	int i;

	start();
	for (i = 0; i < 20000; i++) {
		n = n * 1664525 + 1013904223;
		EXPECT(put("type", payload, (n >> 8) % sizeof(payload)));
		kmes_ring_publish(&ring);
		if (page.write_pos - page.tail_pos > CAPACITY || page.tail_pos > page.write_pos) {
			EXPECT(!"positions");
			return;
		}
	}
	expect = 0;
	for (pos = page.tail_pos; pos < page.write_pos; pos += pkm_get_le32(data + (pos & (CAPACITY - 1)))) {
		u64 sequence = pkm_get_le64(data + (pos & (CAPACITY - 1)) + 16);

		EXPECT(!expect || sequence == expect);
		expect = sequence + 1;
	}
	EXPECT_EQ(pos, page.write_pos);
	EXPECT_EQ(expect, ring.sequence + 1);
}

/* KMES-010 KMES-094: the short way writes the same bytes and moves the same positions; it takes only what it can */
TEST(Emit_Usual_IsWhatPutWrites)
{
	static const u32 payloads[] = { 0, 7, 8, 9, 15, 16, 17, 188, 255, 256, 4000 };
	static u8 want[CAPACITY], payload[CAPACITY];
	struct kmes_event event = { .type = "a type that is longer than usual..", .payload = payload };
	struct kmes_producer_page expected;
	u32 i;

	for (i = 0; i < sizeof(payload); i++)
		payload[i] = i * 7 + i / 256;
	for (event.type_len = 0; event.type_len <= 34; event.type_len++) {
		for (i = 0; i < ARRAY_SIZE(payloads); i++) {
			event.payload_len = payloads[i];
			start();
			kmes_ring_put(&ring, 2, &stamp, &event);
			kmes_ring_publish(&ring);
			memcpy(want, data, sizeof(want));
			expected = page;
			start();
			EXPECT_EQ(kmes_ring_emit(&ring, 2, &stamp, &event),
				  event.type_len >= 8 && event.type_len <= 32 && payloads[i] >= 8);
			if (page.write_pos) {
				EXPECT_BYTES(data, want, sizeof(want));
				EXPECT_EQ(memcmp(&page, &expected, sizeof(page)), 0);
			} else {
				EXPECT_EQ(ring.sequence, 0);
				EXPECT_EQ(ring.pending, 0);
			}
		}
	}
	event.type_len = 8;
	event.payload_len = CAPACITY / 2 - 77 - 8;
	EXPECT(kmes_ring_emit(&ring, 2, &stamp, &event)); /* KMES-030: exactly half */
	event.payload_len++;
	EXPECT(!kmes_ring_emit(&ring, 2, &stamp, &event));
}

/* KMES-037 KMES-096 HAZ-025: in a full ring as well, also when the sizes there are ruined */
TEST(Emit_FullRing_LetsTheOldestGo)
{
	static const u32 ruins[] = { 0, 76, 2 * CAPACITY, U32_MAX };
	static u8 payload[CAPACITY / 4 - 77 - 8];
	const struct kmes_event event = {
		.type = "an event", .type_len = 8, .payload = payload, .payload_len = sizeof(payload)
	};
	u32 i;

	start();
	for (i = 1; i <= 9; i++) {
		EXPECT(kmes_ring_emit(&ring, 0, &stamp, &event));
		EXPECT_EQ(page.write_pos, i * (CAPACITY / 4));
		EXPECT_EQ(page.tail_pos, i > 4 ? (i - 4) * (CAPACITY / 4) : 0);
		EXPECT_EQ(ring.overwritten, i > 4 ? i - 4 : 0);
	}
	for (i = 0; i < ARRAY_SIZE(ruins); i++) {
		pkm_put_le32(data + (ring.tail_pos & (CAPACITY - 1)), ruins[i]);
		EXPECT(kmes_ring_emit(&ring, 0, &stamp, &event));
		EXPECT_EQ(page.tail_pos, page.write_pos - CAPACITY / 4);
		EXPECT(kmes_ring_emit(&ring, 0, &stamp, &event));
		EXPECT(kmes_ring_emit(&ring, 0, &stamp, &event));
		EXPECT(kmes_ring_emit(&ring, 0, &stamp, &event));
	}
}

/* Lays records of type "t" down as ioc_emit.c does; sizes say how large each is. */
static void lay_down(u8 *to, const u32 *sizes, u32 count)
{
	u32 i;

	for (i = 0; i < count; to += sizes[i++]) {
		memset(to, 0xee, sizes[i]);
		record_head(to, sizes[i], KMES_ORIGIN_USER, 1);
		to[KMES_OFF_TYPE] = 't';
	}
}

/* KMES-014 KMES-042 KMES-070: laid out elsewhere or in the ring, the bytes are the same */
TEST(PutRecords_Several_AreWhatPutWrites)
{
	static const u32 sizes[] = { 100, 78, 333 };
	static u8 records[511], want[511], payload[255];

	memset(payload, 0xee, sizeof(payload));
	start();
	EXPECT(kmes_ring_put(&ring, 0, &stamp, &(struct kmes_event){ "t", payload, 22, 1 }));
	EXPECT(kmes_ring_put(&ring, 0, &stamp, &(struct kmes_event){ "t", NULL, 0, 1 }));
	EXPECT(kmes_ring_put(&ring, 0, &stamp, &(struct kmes_event){ "t", payload, 255, 1 }));
	memcpy(want, data, sizeof(want));
	start();
	lay_down(records, sizes, 3);
	EXPECT_EQ(kmes_ring_put_records(&ring, &stamp, records, 3), 3);
	EXPECT_BYTES(data, want, sizeof(want));
	EXPECT_EQ(page.write_pos, 0);
	EXPECT_EQ(ring.pending, 511);
	EXPECT_EQ(ring.sequence, 3);
}

/* KMES-052: too large for a ring that has shrunk: no number, no drop, what comes before it stays */
TEST(PutRecords_TooLargeForTheRing_StopThere)
{
	static const u32 sizes[] = { 100, CAPACITY / 2, CAPACITY / 2 + 1, 100 };
	static u8 records[CAPACITY + 201];

	start();
	lay_down(records, sizes, 4);
	EXPECT_EQ(kmes_ring_put_records(&ring, &stamp, records, 4), 2);
	EXPECT_EQ(ring.sequence, 2);
	EXPECT_EQ(ring.dropped, 0);
	EXPECT_EQ(ring.pending, 100 + CAPACITY / 2);
	lay_down(records, sizes + 2, 2);
	EXPECT_EQ(kmes_ring_put_records(&ring, &stamp, records, 2), 0);
	EXPECT_EQ(ring.pending, 100 + CAPACITY / 2);
}

/* KMES-072 KMES-096: more than the ring holds; the newest survive, positions stay in order */
TEST(PutRecords_MoreThanTheRing_NewestSurvive)
{
	static u8 records[256 * 1024];
	u32 sizes[256], i;
	u64 pos, expect = 0;

	for (i = 0; i < 256; i++)
		sizes[i] = 1024;
	lay_down(records, sizes, 256);
	start();
	EXPECT_EQ(kmes_ring_put_records(&ring, &stamp, records, 256), 256);
	EXPECT(page.tail_pos <= page.write_pos);
	kmes_ring_publish(&ring);
	EXPECT_EQ(page.write_pos, 256 * 1024);
	EXPECT_EQ(page.tail_pos, 256 * 1024 - CAPACITY);
	EXPECT_EQ(ring.overwritten, 256 - CAPACITY / 1024);
	for (pos = page.tail_pos; pos < page.write_pos; pos += 1024) {
		u64 sequence = pkm_get_le64(data + (pos & (CAPACITY - 1)) + 16);

		EXPECT(!expect || sequence == expect);
		expect = sequence + 1;
	}
	EXPECT_EQ(expect, 257);
}

/* HAZ-025 */
TEST(Put_RuinedSizes_EmptyTheRing)
{
	static const u32 sizes[] = { 0, 1, 76, 65536, 0x7fffffff, U32_MAX };
	static u8 payload[30000];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		start();
		EXPECT(put("a", payload, sizeof(payload)));
		EXPECT(put("b", payload, sizeof(payload)));
		kmes_ring_publish(&ring);
		pkm_put_le32(data, sizes[i]);
		EXPECT(put("c", payload, sizeof(payload)));
		kmes_ring_publish(&ring);
		EXPECT_EQ(page.tail_pos, 2 * (78 + sizeof(payload)));
		EXPECT_EQ(page.write_pos, 3 * (78 + sizeof(payload)));
	}
}

static u8 other_data[2 * CAPACITY];
static struct kmes_producer_page other_page;
static struct kmes_ring other;

/* Carries what is in "ring" to a ring of @capacity. */
static void carry(u64 capacity)
{
	memcpy(data + CAPACITY, data, CAPACITY); /* the second mapping, as a reader of it finds it */
	memset(&other_page, 0, sizeof(other_page));
	memset(other_data, 0, sizeof(other_data));
	kmes_ring_init(&other, &other_page, other_data, capacity, 7);
	kmes_ring_carry(&other, &ring);
}

/* KMES-117 KMES-119: from a ring that has wrapped, everything, packed from position 0, headers unchanged */
TEST(Carry_LargeEnough_KeepsAllInOrder)
{
	static u8 payload[9000];
	u64 pos, sequence = 0;
	u32 i;

	start();
	for (i = 0; i < 20; i++)
		put("type", payload, sizeof(payload));
	kmes_ring_publish(&ring);
	carry(CAPACITY);
	EXPECT_EQ(other_page.tail_pos, 0);
	EXPECT_EQ(other_page.write_pos, ring.write_pos - ring.tail_pos);
	EXPECT_EQ(other_page.generation, 2);
	EXPECT_BYTES(other_data, data + (ring.tail_pos & (CAPACITY - 1)), 77 + 4);
	for (pos = 0; pos < other_page.write_pos; pos += 9000 + 81) {
		EXPECT_EQ(pkm_get_le32(other_data + pos), 9000 + 81);
		EXPECT(!sequence || pkm_get_le64(other_data + pos + 16) == sequence + 1);
		sequence = pkm_get_le64(other_data + pos + 16);
	}
	EXPECT_EQ(sequence, 20);
	EXPECT_EQ(other.sequence, 20);
	EXPECT_EQ(other.overwritten, ring.overwritten);
	EXPECT_EQ(page.generation, 1); /* the old one's changes with its retirement, after the switch */
	EXPECT(!kmes_ring_retire(&ring, &(struct kmes_listeners){ 0 }));
	EXPECT_EQ(page.generation, 2);
}

/* KMES-118: whole oldest events are left behind, no more than needed */
TEST(Carry_TooSmall_KeepsTheNewestThatFit)
{
	static u8 payload[4096 - 81];
	u32 i;

	start();
	for (i = 0; i < 15; i++)
		put("type", payload, sizeof(payload)); /* 4,096 bytes each */
	kmes_ring_publish(&ring);
	carry(CAPACITY / 4);
	EXPECT_EQ(other_page.write_pos, 4 * 4096);
	EXPECT_EQ(pkm_get_le64(other_data + 16), 12);
	EXPECT_EQ(other.sequence, 15);
}

/* HAZ-025: sizes in the old ring are not believed */
TEST(Carry_RuinedSizes_BeginEmpty)
{
	static const u32 sizes[] = { 0, 76, 60000, U32_MAX };
	static u8 payload[20000];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		start();
		put("a", payload, sizeof(payload));
		put("b", payload, sizeof(payload));
		kmes_ring_publish(&ring);
		pkm_put_le32(data, sizes[i]);
		carry(CAPACITY / 2);
		EXPECT_EQ(other_page.write_pos, 0);
		EXPECT_EQ(other.sequence, 2);
	}
}

/* KMES-093 KMES-098 KMES-121 */
TEST(WakeDue_OnlyForAttachedPagesThatAsk)
{
	struct kmes_consumer_page pages[3] = { 0 };
	struct kmes_listeners l = { .attached = 1 | 1ULL << 63 };

	l.page[0] = &pages[0];
	l.page[1] = &pages[1];
	l.page[63] = &pages[2];
	start();
	EXPECT(!kmes_ring_wake_due(&ring, &l));
	pages[1].need_wake = 1; /* detached */
	EXPECT(!kmes_ring_wake_due(&ring, &l));
	EXPECT_EQ(page.futex_counter, 0);
	pages[2].need_wake = 0x80; /* any non-zero counts */
	EXPECT(kmes_ring_wake_due(&ring, &l));
	pages[0].need_wake = 0xff;
	EXPECT(kmes_ring_wake_due(&ring, &l));
	EXPECT_EQ(page.futex_counter, 2); /* once per look, however many ask */
	EXPECT(kmes_ring_retire(&ring, &l));
	EXPECT_EQ(page.futex_counter, 3);
}

/* KMES-128 KMES-132 KMES-151 */
TEST(Setting_TakesWhatTheTableAllows)
{
	static const struct {
		u32 index, type, len;
		u64 value;
		bool good;
	} cases[] = {
		{ KMES_SETTING_CAPACITY, 11, 8, 65536, true },
		{ KMES_SETTING_CAPACITY, 11, 8, 268435456, true },
		{ KMES_SETTING_CAPACITY, 11, 8, 32768, false },
		{ KMES_SETTING_CAPACITY, 11, 8, 536870912, false },
		{ KMES_SETTING_CAPACITY, 11, 8, 65537, false },
		{ KMES_SETTING_CAPACITY, 4, 4, 65536, false },
		{ KMES_SETTING_CAPACITY, 11, 7, 65536, false },
		{ KMES_SETTING_CAPACITY, 11, 8, 1ULL << 63, false },
		{ KMES_SETTING_EVENT, 4, 4, 1024, true },
		{ KMES_SETTING_EVENT, 4, 4, 4194304, true },
		{ KMES_SETTING_EVENT, 4, 4, 1023, false },
		{ KMES_SETTING_EVENT, 4, 4, 4194305, false },
		{ KMES_SETTING_EVENT, 11, 8, 1024, false },
		{ KMES_SETTING_DEPTH, 4, 4, 4, true },
		{ KMES_SETTING_DEPTH, 4, 4, 256, true },
		{ KMES_SETTING_DEPTH, 4, 4, 3, false },
		{ KMES_SETTING_DEPTH, 4, 4, 257, false },
		{ KMES_SETTING_DEPTH, 1, 4, 32, false },
		{ KMES_SETTING_RATE, 4, 4, 100, true },
		{ KMES_SETTING_RATE, 4, 4, 1000000, true },
		{ KMES_SETTING_RATE, 4, 4, 99, false },
		{ KMES_SETTING_RATE, 4, 4, 1000001, false },
		{ KMES_SETTING_RATE, 4, 0, 100, false },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 out = 77;

		EXPECT_EQ(kmes_setting_take(&kmes_settings[cases[i].index], cases[i].type,
					    (const u8 *)&cases[i].value, cases[i].len, &out),
			  cases[i].good);
		EXPECT_EQ(out, cases[i].good ? cases[i].value : 77);
	}
}

/* KMES-056 KMES-060 KMES-068 */
TEST(Bucket_TakesRefillsReturnsAndClamps)
{
	struct kmes_bucket b;

	kmes_bucket_fill(&b, 100, 1000);
	EXPECT(kmes_bucket_take(&b, 100, 100, 1000));
	EXPECT(!kmes_bucket_take(&b, 100, 1, 1000));
	EXPECT(!kmes_bucket_take(&b, 100, 1, 1000 + 9999999)); /* a token takes 10 ms */
	EXPECT(kmes_bucket_take(&b, 100, 1, 1000 + 10000000));
	EXPECT(!kmes_bucket_take(&b, 100, 101, 1000 + 60000000000ULL)); /* never above capacity */
	EXPECT(kmes_bucket_take(&b, 100, 100, 1000 + 60000000000ULL));
	kmes_bucket_return(&b, 100, 30);
	EXPECT(!kmes_bucket_take(&b, 100, 31, 1000 + 60000000000ULL));
	EXPECT(kmes_bucket_take(&b, 100, 30, 1000 + 60000000000ULL));
	kmes_bucket_fill(&b, 1000000, 0);
	EXPECT(!kmes_bucket_take(&b, 100, 101, 0)); /* a lower rate clamps at once */
	EXPECT(kmes_bucket_take(&b, 100, 100, 0));
	EXPECT(!kmes_bucket_take(&b, 100, 1, 0));
	kmes_bucket_fill(&b, 100, 5000);
	EXPECT(kmes_bucket_take(&b, 100, 1, 10)); /* a clock that goes back neither gives nor takes */
	EXPECT(kmes_bucket_take(&b, 1000000, 256, U64_MAX));
}

TEST(MsgPack_Writer_UsesTheShortestForms)
{
	/* clang-format off */
	static const u8 want[] = { 0x84, 0xa1, 'a', 0x7f, 0xa1, 'b', 0xcd, 0x01, 0x00, 0xa1, 'c', 0xd0, 0x80,
				   0xa1, 'd', 0x93, 0xc0, 0xc3, 0xc4, 0x02, 0xfe, 0xff };
	/* clang-format on */
	struct pkm_mp m;
	u32 open[4];
	u8 buf[64];

	pkm_mp_init(&m, buf, sizeof(buf));
	pkm_mp_map(&m, 4);
	pkm_mp_key(&m, "a");
	pkm_mp_uint(&m, 127);
	pkm_mp_key(&m, "b");
	pkm_mp_int(&m, 256);
	pkm_mp_key(&m, "c");
	pkm_mp_int(&m, -128);
	pkm_mp_key(&m, "d");
	pkm_mp_array(&m, 3);
	pkm_mp_nil(&m);
	pkm_mp_bool(&m, true);
	pkm_mp_bin(&m, "\xfe\xff", 2);
	EXPECT_EQ(pkm_mp_finish(&m), sizeof(want));
	EXPECT_BYTES(buf, want, sizeof(want));
	EXPECT(pkm_mp_valid(buf, sizeof(want), open, 2));
	EXPECT(!pkm_mp_valid(buf, sizeof(want), open, 1)); /* KMES-028 */
}

TEST(MsgPack_Writer_RefusesWrongCountsAndOverflow)
{
	struct pkm_mp m;
	u8 buf[8];

	pkm_mp_init(&m, buf, sizeof(buf));
	pkm_mp_array(&m, 2);
	pkm_mp_nil(&m);
	EXPECT_EQ(pkm_mp_finish(&m), 0); /* one short */
	pkm_mp_nil(&m);
	EXPECT_EQ(pkm_mp_finish(&m), 3);
	pkm_mp_nil(&m);
	EXPECT_EQ(pkm_mp_finish(&m), 0); /* one too many */
	pkm_mp_init(&m, buf, sizeof(buf));
	pkm_mp_str(&m, "12345678", 8);
	EXPECT_EQ(pkm_mp_finish(&m), 0);
	pkm_mp_init(&m, buf, sizeof(buf));
	EXPECT_EQ(pkm_mp_finish(&m), 0); /* nothing at all */
}
