// SPDX-License-Identifier: MIT
/*
 * Settings from the registry: defaults before there is one, what is taken and what is refused, and
 * what a source that dies leaves behind. ktest: -c 2 -p mode=enforce -t 240
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>

#include "kmes_registry.h"

#define TYPE(s) s, strlen(s)

static struct finder found;
static int key;

static void before_a_registry(void)
{
	works(emit("early"), "NoRegistry_Emission_Works /* KMES-129 KMES-143 */");
	ok(capacity_of(0) == KMES_CAPACITY_DEFAULT && generation(0) == 1,
	   "NoRegistry_Rings_HaveTheDefault /* KMES-086 */");
}

/* An event of @size bytes in all. */
static int emit_sized(__u32 size)
{
	static __u8 payload[70000];
	__u32 len = size - 77 - 1;

	payload[0] = 0xc6; /* bin 32 */
	payload[1] = 0;
	payload[2] = (len - 5) >> 16;
	payload[3] = (len - 5) >> 8;
	payload[4] = len - 5;
	return emit_raw("s", 1, payload, len);
}

/* The configuration arrives a little later: repeat until it shows. */
static int comes_to(int (*call)(__u32), __u32 arg, int want)
{
	int tries, got = 0;

	for (tries = 0; tries < 10000; tries++) {
		got = call(arg) < 0 ? errno : 0;
		if (got == want)
			break;
		usleep(1000);
	}
	return got == want;
}

static int emit_deep(__u32 depth)
{
	__u8 payload[300];

	memset(payload, 0x91, depth);
	payload[depth] = 0xc0;
	return emit_raw("deep", 4, payload, depth + 1);
}

/* KMES-137: SYSTEM and Administrators everything, Authenticated Users reading */
static void inherited(void)
{
	uint8_t sd[512];
	struct reg_get_security_args g = { REG_SECURITY_DACL, sizeof(sd), (uintptr_t)sd };

	works(ioctl(key, REG_IOC_GET_SECURITY, &g), "Kmes_Descriptor_IsReadable");
	ok(memmem(sd, sizeof(sd), root_sd + 56, 16) && memmem(sd, sizeof(sd), root_sd + 76, 20) &&
		   memmem(sd, sizeof(sd), root_sd + 100, 16),
	   "Kmes_Descriptor_IsTheHives /* KMES-137 */");
}

static void limits(void)
{
	works(emit_sized(60000), "MaxEventSize_Default_Takes60000");
	works(set_dword(key, "MaxEventSize", 1024), "MaxEventSize_Written");
	ok(comes_to(emit_sized, 60000, ENOSPC), "MaxEventSize_Changed_AppliesToLaterCalls /* KMES-131 */");
	works(emit_sized(1024), "MaxEventSize_ExactlyThat_Works /* KMES-029 */");
	fails(emit_sized(1025), ENOSPC, "MaxEventSize_OneMore_Enospc");
	works(emit_deep(32), "MaxNestingDepth_Default_Takes32");
	works(set_dword(key, "maxnestingdepth", 4), "MaxNestingDepth_OtherSpelling_Written");
	ok(comes_to(emit_deep, 5, EINVAL), "MaxNestingDepth_Changed_AppliesToLaterCalls");
	works(emit_deep(4), "MaxNestingDepth_ExactlyThat_Works");
	works(set_dword(key, "MaxNestingDepth", 256), "MaxNestingDepth_Largest_Written");
	ok(comes_to(emit_deep, 256, 0), "MaxNestingDepth_Largest_Applies");
	fails(emit_deep(257), EINVAL, "MaxNestingDepth_Largest_IsALimit");
}

/* KMES-132 KMES-133 KMES-134 */
static void refused(const char *name, uint32_t type, const void *data, uint32_t len, const void *shown,
		    uint32_t shown_len, const char *what)
{
	struct reg_query_value_args q = { .name_len = strlen(name),
					  .name_ptr = (uintptr_t)name,
					  .txn_fd = -1 };
	uint8_t back[64];
	char layer[16];

	ok(set_bytes(key, name, type, data, len) == 0, "%s_Write_Succeeds", what);
	q.data_ptr = (uintptr_t)back;
	q.data_len = sizeof(back);
	q.layer_ptr = (uintptr_t)layer;
	q.layer_buf_len = sizeof(layer);
	ok(!ioctl(key, REG_IOC_QUERY_VALUE, &q) && q.data_len == len && !memcmp(back, data, len),
	   "%s_Registry_ShowsWhatWasWritten", what);
	ok(find(&found, "KMES_CONFIG_REJECTED"), "%s_Event_ComesOnce", what);
	ok(found.event[KMES_OFF_ORIGIN] == KMES_ORIGIN_KMES && holds(&found, TYPE("Machine\\System\\KMES")) &&
		   holds(&found, TYPE(name)) && holds(&found, shown, shown_len),
	   "%s_Event_NamesAll", what);
}

static void bad_values(void)
{
	static const uint64_t odd = 100000, small = 32768;
	static const uint32_t none = 0, many = 1000001;
	uint64_t before = generation(0);

	refused("BufferCapacity", REG_QWORD, &odd, 8, "\xce\0\1\x86\xa0", 5, "NoPowerOfTwo");
	refused("BufferCapacity", REG_QWORD, &small, 8, "\xcd\x80\0", 3, "TooSmall");
	refused("BufferCapacity", REG_DWORD, &small, 4, "\xcd\x80\0", 3, "WrongType");
	refused("BufferCapacity", REG_QWORD, &odd, 7, &odd, 7, "WrongLength");
	refused("MaxEventSize", REG_DWORD, &none, 4, "\xa8retained\xcd\x04\x00", 12, "Zero");
	refused("MaxEmitRatePerProcess", REG_DWORD, &many, 4, "\xa8retained\xcd\x27\x10", 12, "TooMany");
	refused("MaxNestingDepth", REG_SZ, "twelve", 6, "\xc4\6twelve", 8, "Text");
	ok(generation(0) == before && capacity_of(0) == KMES_CAPACITY_DEFAULT, "Refused_Nothing_Changes");
	set_dword(key, "Unheard", 1); /* KMES-128 */
	works(set_dword(key, "MaxEmitRatePerProcess", 200), "Valid_AfterRefused_Written");
	usleep(100000);
	ok(!find_now(&found, "KMES_CONFIG_REJECTED"), "Refused_NextRead_DoesNotRepeatIt");
}

static void same_capacity(void)
{
	uint64_t before = generation(0);

	works(set_qword(key, "BufferCapacity", KMES_CAPACITY_DEFAULT), "Capacity_SameAsNow_Written");
	works(set_dword(key, "MaxEventSize", 2048), "MaxEventSize_Written");
	ok(comes_to(emit_sized, 1500, 0), "MaxEventSize_AfterIt_Applies");
	ok(generation(0) == before, "Capacity_SameAsNow_NoSwap /* KMES-130 */");
}

/* KMES-114 KMES-119 KMES-082 KMES-083 */
static void swap(void)
{
	struct consumer old, new;
	struct kmes_stats s = { .size = sizeof(s) };
	struct kmes_wait_args w = { .timeout_ms = 0 };
	struct pollfd p = { .events = POLLIN };
	uint64_t frozen;

	works(consume(&old, 0), "Old_Attached");
	emit("before");
	works(set_qword(key, "BufferCapacity", 1 << 20), "Capacity_Written");
	ok(becomes(1 << 20), "Capacity_Valid_Swaps");
	ok(capacity_of(1) == 1 << 20, "Capacity_EveryCpu_Swaps");
	ok(old.page->generation == 2, "OldRing_Generation_IsBumped");
	frozen = old.page->write_pos;
	works(consume(&new, 0), "New_Attached");
	ok(new.capacity == 1 << 20 && new.page->generation == 2 && new.page->tail_pos == 0,
	   "NewRing_Describes_Itself /* KMES-117 */");
	emit("after");
	ok(old.page->write_pos == frozen, "OldRing_WritePos_Stands /* KMES-120 */");
	ok(new.page->write_pos == new.pos + 77 + 5 + 1, "NewRing_WritePos_Moves");
	w.expected = old.page->futex_counter;
	fails(ioctl(old.fd, KMES_IOC_WAIT, &w), ESTALE, "OldRing_Wait_Estale");
	p.fd = old.fd;
	ok(poll(&p, 1, 0) == 1 && (p.revents & POLLHUP), "OldRing_Poll_Hup");
	munmap(old.map, KMES_MAP_SIZE(old.capacity));
	old.map = mmap(NULL, KMES_MAP_SIZE(old.capacity), PROT_READ, MAP_SHARED, old.fd, 0);
	ok(old.map != MAP_FAILED && !memcmp(old.map, "KMESRING", 8),
	   "OldRing_MappedAgain_IsStillIt /* KMES-083 KMES-122 */");

	/* HAZ-027: a third generation waits until the first is gone. */
	finder_close(&found);
	finder_open(&found);
	works(set_qword(key, "BufferCapacity", 1 << 17), "Capacity_WrittenAgain");
	ok(find(&found, "KMES_SWAP_WAITS"), "ThirdGeneration_Waits /* HAZ-027 */");
	ok(capacity_of(0) == 1 << 20, "ThirdGeneration_Waiting_NothingChanges");
	finder_close(&found);
	munmap(old.map, KMES_MAP_SIZE(old.capacity));
	close(old.fd);
	ok(becomes(1 << 17), "ThirdGeneration_FirstGone_Comes");
	munmap(new.map, KMES_MAP_SIZE(new.capacity));
	close(new.fd);
	works(set_qword(key, "BufferCapacity", KMES_CAPACITY_DEFAULT), "Capacity_Back");
	ok(becomes(KMES_CAPACITY_DEFAULT), "Capacity_Back_Swaps");
	finder_open(&found);
	ioctl(kmes_dev, KMES_IOC_STATS, &s);
	ok(s.generation == 4 && s.dropped == 0, "Swaps_Counters_GoOn");
}

/* KMES-142 */
static void no_memory(void)
{
	uint64_t before = generation(0);

	works(set_qword(key, "BufferCapacity", 256 << 20), "Capacity_Huge_Written");
	ok(find(&found, "KMES_SWAP_FAILED"), "Capacity_NoMemory_EventComes /* KMES-142 */");
	ok(holds(&found, "\xa9requested\xce\x10\0\0\0", 15) &&
		   holds(&found, "\xa8retained\xce\0\x40\0\0", 14),
	   "Capacity_NoMemory_EventNamesBoth");
	ok(generation(0) == before && capacity_of(0) == KMES_CAPACITY_DEFAULT,
	   "Capacity_NoMemory_NothingChanges");
	works(emit("still here"), "Capacity_NoMemory_EmissionGoesOn");
	set_dword(key, "MaxEventSize", 4096);
	ok(comes_to(emit_sized, 4000, 0), "Capacity_NoMemory_OthersApply");
	ok(!find_now(&found, "KMES_SWAP_FAILED"), "Capacity_NoMemory_NoRetry");
	works(set_qword(key, "BufferCapacity", KMES_CAPACITY_DEFAULT), "Capacity_Default_Written");
}

static void source_dies(void)
{
	int i;

	close(machine.fd);
	pthread_join(machine.thread, NULL);
	works(emit_sized(4000), "SourceDown_Emission_Works");
	fails(emit_sized(5000), ENOSPC, "SourceDown_Settings_Stay");
	for (i = 0; i < MAX_VALUES; i++) { /* changed behind the kernel's back */
		if (strcmp(machine.values[i].name, "MaxEventSize"))
			continue;
		memcpy(machine.values[i].data, "\0\x40\0\0", 4);
		machine.values[i].sequence = 150000;
	}
	machine.hold = -1;
	works(source_start(&machine, "Machine"), "Source_ComesBackSilent");
	works(emit_sized(4000), "SourceSilent_Emission_Works");
	machine.hold = 0;
	close(machine.fd);
	pthread_join(machine.thread, NULL);
	machine.fd = open("/dev/pkm_registry", O_RDWR | O_CLOEXEC);
	works(source_register(&machine, "Machine", 200000), "Source_ComesBack");
	works(-pthread_create(&machine.thread, NULL, serve, &machine), "Source_Serves");
	ok(comes_to(emit_sized, 16000, 0), "SourceBack_Settings_AreReadAgain");
}

static void absent_and_back(void)
{
	struct reg_delete_key_args d = { .txn_fd = -1 };
	int fresh;

	works(ioctl(key, REG_IOC_DELETE_KEY, &d), "Key_Deleted");
	close(key);
	usleep(100000);
	works(emit_sized(16000), "KeyGone_LastGoodValues_Stay /* KMES-132 */");
	fresh = create_key("machine\\SYSTEM\\kmes");
	works(fresh, "Key_CreatedAgain");
	works(set_dword(fresh, "MaxEventSize", 1024), "MaxEventSize_WrittenAgain");
	ok(comes_to(emit_sized, 16000, ENOSPC), "KeyBack_IsFollowedAgain /* KMES-135 KMES-136 */");
	close(fresh);
}

int main(void)
{
	pin(0);
	begin(NULL, 0);
	registry = open("/dev/registry", O_RDWR | O_CLOEXEC);
	before_a_registry();
	works(source_start(&machine, "Machine"), "Source_Starts");
	works(create_key("Machine\\System"), "System_Created");
	finder_open(&found);
	ok(found.cpus == 2, "Finder_SeesBothCpus");
	key = create_key("Machine\\System\\KMES");
	works(key, "Kmes_Created");
	inherited();
	limits();
	bad_values();
	same_capacity();
	swap();
	no_memory();
	source_dies();
	absent_and_back();
	return plan();
}
