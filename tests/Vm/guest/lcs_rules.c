// SPDX-License-Identifier: MIT
/* What the sheet says of keys, values and watches, rule by rule; base layer, one hive. */
#include <sys/mman.h>

#include "lcs_client.h"

static struct source machine;

static int nonblocking(int fd)
{
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* Next record's event, 0 for none; name in event_name. */
static char event_name[64];

static int event(int fd)
{
	uint8_t b[512];
	uint32_t len;

	event_name[0] = 0;
	if (read(fd, b, 8) < 0 && errno != EINVAL)
		return 0;
	/* One record at a time: the buffer grows until the first one fits. */
	for (len = 8; len < sizeof(b); len++)
		if (read(fd, b, len) > 0)
			break;
	snprintf(event_name, sizeof(event_name), "%.*s", b[6] | b[7] << 8, b + 8);
	return b[4] | b[5] << 8;
}

static int all(const char *path)
{
	return open_key(-1, path, KEY_ALL_ACCESS, 0);
}

static void data_is_opaque(int key)
{
	static const unsigned int types[] = { REG_RESOURCE_LIST, REG_FULL_RESOURCE_DESCRIPTOR,
					      REG_RESOURCE_REQUIREMENTS_LIST };
	unsigned int len, type;
	char data[64];
	int same = 1;

	works(set_value(key, "odd", REG_DWORD, "\1\2\3", 3, 0), "Dword_ThreeBytes_IsStored /* LCS-067 */");
	works(set_value(key, "raw", REG_SZ, "\xff\0\xfe", 3, 0), "String_NotUtf8_IsStored /* LCS-067 */");
	len = sizeof(data);
	ok(!query_value(key, "raw", data, &len, &type, NULL) && len == 3 && !memcmp(data, "\xff\0\xfe", 3),
	   "String_NotUtf8_ComesBack /* LCS-067 */");
	for (int i = 0; i < 3; i++) {
		same &= !set_value(key, "rare", types[i], "x", 1, 0);
		len = sizeof(data);
		same &= !query_value(key, "rare", data, &len, &type, NULL) && type == types[i] && len == 1;
	}
	ok(same, "RareTypes_ComeBack /* LCS-068 */");
	works(delete_value(key, "odd") | delete_value(key, "raw") | delete_value(key, "rare"), "Cleared");
}

static void buffers(int key)
{
	char name[64], data[64];
	struct reg_enum_value_args v = { .name_ptr = (uintptr_t)name,
					 .data_ptr = (uintptr_t)data,
					 .txn_fd = -1 };
	struct reg_query_values_batch_args b = { .txn_fd = -1 };
	struct reg_query_value_args q = { .txn_fd = -1, .name_len = 4, .name_ptr = (uintptr_t) "Name" };
	char longest[300];
	struct reg_set_value_args s = {
		.name_len = 256, .name_ptr = (uintptr_t)longest, .type = REG_SZ, .txn_fd = -1
	};

	works(ioctl(key, REG_IOC_QUERY_VALUES_BATCH, &b), "Batch_EmptyResult_FitsNothing /* LCS-253 */");
	ok(b.buf_len == 0 && b.count == 0, "Batch_EmptyResult_SaysSo");
	set_value(key, "Name", REG_SZ, "data", 4, 0);
	memset(name, 'x', sizeof(name));
	v.data_len = sizeof(data);
	fails(ioctl(key, REG_IOC_ENUM_VALUES, &v), ERANGE, "EnumValues_NoNameRoom_Erange /* LCS-275 */");
	ok(v.name_len == 4 && v.data_len == 4, "Erange_EveryLength_IsSet /* LCS-251 */");
	v.name_len = 4;
	v.data_len = 3;
	fails(ioctl(key, REG_IOC_ENUM_VALUES, &v), ERANGE, "EnumValues_DataTooSmall_Erange /* LCS-275 */");
	ok(name[0] == 'x', "Erange_NoBuffer_IsFilled /* LCS-252 */");
	q.data_len = 4;
	q.data_ptr = (uintptr_t)data;
	fails(ioctl(key, REG_IOC_QUERY_VALUE, &q), ERANGE, "Query_NoLayerRoom_Erange /* LCS-260 */");
	ok(q.layer_len == 4 && q.data_len == 4, "Query_LayerNeed_IsTold /* LCS-251 LCS-260 */");
	memset(longest, 'n', sizeof(longest));
	fails(ioctl(key, REG_IOC_SET_VALUE, &s), ENAMETOOLONG, "ValueName_TooLong /* LCS-249 */");
	s.name_len = 1;
	s.layer_len = 256;
	s.layer_ptr = (uintptr_t)longest;
	fails(ioctl(key, REG_IOC_SET_VALUE, &s), ENAMETOOLONG, "LayerName_TooLong /* LCS-249 */");
	delete_value(key, "Name");
}

/* Each step only reaches its own error if the earlier ones come first. */
static void order_of_checks(int key, int root)
{
	struct reg_open_key_args o = { -1, 0, 8, 0x80, 0 };
	int read_only = open_key(-1, "Machine\\Rules", KEY_READ, 0);
	struct reg_set_value_args s = { .name_len = 4, .name_ptr = 8, .type = 99, .txn_fd = 5, ._pad0 = 1 };
	struct reg_delete_key_args d = { .txn_fd = 5, .layer_len = 4, .layer_ptr = (uintptr_t) "nope" };
	int before = machine.requests;

	fails(ioctl(registry, REG_OPEN_KEY, &o), EINVAL, "Open_FlagsBeforeRights /* LCS-227 LCS-230 */");
	o.flags = 0;
	fails(ioctl(registry, REG_OPEN_KEY, &o), EINVAL, "Open_RightsBeforePath /* LCS-227 LCS-142 */");
	o.desired_access = KEY_READ;
	fails(ioctl(registry, REG_OPEN_KEY, &o), EFAULT, "Open_PathIsCopied /* LCS-227 */");
	fails(open_key(-1, "Nowhere\\\\x", KEY_READ, 0), EINVAL, "Open_FormBeforeRouting /* LCS-227 */");
	fails(ioctl(read_only, REG_IOC_SET_VALUE, &s), EINVAL, "Set_ReservedBeforeRights /* LCS-245 */");
	s._pad0 = 0;
	fails(ioctl(read_only, REG_IOC_SET_VALUE, &s), EACCES, "Set_RightsBeforeStrings /* LCS-245 */");
	fails(ioctl(key, REG_IOC_SET_VALUE, &s), EFAULT, "Set_StringsBeforeType /* LCS-245 */");
	s.name_ptr = (uintptr_t) "Name";
	fails(ioctl(key, REG_IOC_SET_VALUE, &s), EINVAL, "Set_TypeBeforeTransaction /* LCS-245 */");
	s.type = REG_SZ;
	s.layer_len = 4;
	s.layer_ptr = (uintptr_t) "nope";
	fails(ioctl(key, REG_IOC_SET_VALUE, &s), EBADF, "Set_TransactionBeforeLayer /* LCS-245 */");
	s.txn_fd = -1;
	fails(ioctl(key, REG_IOC_SET_VALUE, &s), ENOENT, "Set_LayerLast /* LCS-246 */");
	fails(ioctl(root, REG_IOC_DELETE_KEY, &d), EINVAL, "Delete_RootBeforeTransaction /* LCS-245 */");
	ok(machine.requests == before, "Refused_SourceHearsNothing /* LCS-245 */");
	close(read_only);
}

static void walking(void)
{
	int a = create_key(-1, "Machine\\Rules\\A", KEY_ALL_ACCESS, 0, NULL),
	    b = create_key(-1, "Machine\\Rules\\A\\B", KEY_ALL_ACCESS, 0, NULL), other;
	uint32_t before = machine.count[RSI_LOOKUP];
	int requests = machine.requests;

	close(open_key(-1, "Machine\\Rules\\A\\B", KEY_READ, 0));
	ok(machine.count[RSI_LOOKUP] == before + 3 && machine.requests == requests + 3,
	   "Walk_OneLookupPerComponent /* LCS-231 */");
	fails(open_key(a, "CurrentUser", KEY_READ, 0), ENOENT, "Relative_CurrentUser_IsAName /* LCS-036 */");
	other = create_key(a, "CurrentUser", KEY_ALL_ACCESS, 0, NULL);
	works(other, "Relative_CurrentUser_CanBeMade /* LCS-036 */");
	delete_key(other);
	close(other);
	/* A default value that looks like a target does not make a link. */
	set_value(a, "", REG_LINK, "Machine", 7, 0);
	other = open_key(-1, "Machine\\Rules\\A\\B", KEY_READ, 0);
	works(other, "NoLinkFlag_IsNotFollowed /* LCS-048 */");
	delete_value(a, "");
	close(other);
	delete_key(b);
	close(b);
	delete_key(a);
	close(a);
}

static void target(int link, const char *to, unsigned int len, int want, const char *name)
{
	unsigned int size = 64;
	char data[64];

	works(set_value(link, "", REG_LINK, to, len, 0), "Target_IsWritten /* LCS-051 */");
	if (want)
		fails(open_key(-1, "Machine\\Link", KEY_READ, 0), want, name);
	else
		works(open_key(-1, "Machine\\Link", KEY_READ, 0), name);
	ok(!query_value(link, "", data, &size, NULL, NULL) && size == len && !memcmp(data, to, len),
	   "Target_StaysStored /* LCS-053 */");
}

static void links(void)
{
	int link = create_key(-1, "Machine\\Link", KEY_ALL_ACCESS, REG_OPTION_CREATE_LINK, NULL), key, watch;

	target(link, "Machine/Rules", 13, 0, "Target_Slash_IsNormalised /* LCS-052 */");
	target(link, "\\Machine", 8, EINVAL, "Target_LeadingSeparator_Einval /* LCS-052 LCS-053 */");
	target(link, "Machine\\\xff", 9, EINVAL, "Target_NotUtf8_Einval /* LCS-052 */");
	target(link, "Machine\0", 8, EINVAL, "Target_CountedNul_Einval /* LCS-052 */");
	target(link, "Rules", 5, ENOENT, "Target_Relative_NamesAHive /* LCS-052 */");

	set_value(link, "", REG_LINK, "Machine\\Rules", 13, 0);
	key = open_key(-1, "Machine\\Link", KEY_ALL_ACCESS, 0);
	watch = nonblocking(all("Machine\\Rules"));
	arm(watch, REG_NOTIFY_VALUE, 1);
	set_value(key, "through", REG_SZ, "x", 1, 0);
	ok(event(watch) == REG_EVENT_VALUE_SET, "LinkedKey_ChainIsTheTargets /* LCS-057 LCS-185 */");
	delete_value(key, "through");
	close(watch);
	close(key);
	delete_key(link);
	close(link);
}

static void handles(int key)
{
	int first = create_key(key, "Same", KEY_ALL_ACCESS, 0, NULL), second, watch, fresh;
	uint8_t guid[16];

	memcpy(guid, machine.asked[RSI_CREATE_KEY] + 22, 16);
	set_value(first, "v", REG_SZ, "old", 3, 0);
	watch = nonblocking(open_key(key, "Same", KEY_READ, 0));
	arm(watch, REG_NOTIFY_ALL, 0);
	works(delete_key(first), "Delete_Works");
	ok(event(watch) == REG_EVENT_KEY_DELETED, "Watch_HearsOfItsKeysEnd");
	second = create_key(key, "Same", KEY_ALL_ACCESS, 0, NULL);
	fresh = memcmp(guid, machine.asked[RSI_CREATE_KEY] + 22, 16);
	ok(fresh, "CreateAgain_IsANewKey /* LCS-061 */");
	ok(!value_is(second, "v", "old"), "CreateAgain_HasNoOldValues /* LCS-061 */");
	ok(value_is(first, "v", "old"), "OldHandle_KeepsItsKey /* LCS-024 LCS-125 */");
	set_value(second, "v", REG_SZ, "new", 3, 0);
	ok(event(watch) == 0, "Watch_FollowsTheGuid_NotThePath /* LCS-182 */");
	close(first);
	close(watch);

	works(hide_key(second), "Hide_Works");
	fails(delete_key(second), ENOENT, "HiddenInItsOwnLayer_IsAnOrphan /* LCS-289 */");
	close(second);
	/* An entry that is gone already is no error. */
	first = create_key(key, "Vanishing", KEY_ALL_ACCESS, 0, NULL);
	for (int i = 0; i < machine.key_count; i++)
		if (!strcmp(machine.keys[i].name, "Vanishing"))
			machine.keys[i].entry = 0;
	works(delete_key(first), "Delete_NoEntryInThatLayer_Works /* LCS-287 */");
	close(first);
}

static void blankets(int key)
{
	int watch = nonblocking(all("Machine\\Rules"));

	set_value(key, "one", REG_SZ, "1", 1, 0);
	set_value(key, "two", REG_SZ, "2", 1, 0);
	arm(watch, REG_NOTIFY_VALUE, 0);
	works(blanket(key, 1), "Blanket_Set_Works /* LCS-270 */");
	ok(event(watch) == REG_EVENT_VALUE_DELETED && event(watch) == REG_EVENT_VALUE_DELETED &&
		   !event(watch),
	   "Blanket_Set_OneEventPerValue /* LCS-169 LCS-271 */");
	ok(!value_is(key, "one", "1"), "Blanket_MasksAll /* LCS-072 */");
	set_value(key, "new", REG_SZ, "n", 1, 0);
	ok(value_is(key, "new", "n"), "Blanket_NewerValueOfItsLayer_Shows /* LCS-073 */");
	ok(event(watch) == REG_EVENT_VALUE_SET, "NewerValue_IsTold");
	works(blanket(key, 0), "Blanket_Removed_Works");
	ok(event(watch) == REG_EVENT_VALUE_SET && event(watch) == REG_EVENT_VALUE_SET && !event(watch),
	   "Blanket_Removed_TellsWhatSurfaced /* LCS-271 */");
	ok(value_is(key, "one", "1") && value_is(key, "two", "2"), "Blanket_Removed_Unmasks /* LCS-074 */");
	delete_value(key, "one");
	delete_value(key, "two");
	delete_value(key, "new");
	close(watch);
}

static void watches(int key)
{
	int watch = nonblocking(all("Machine\\Rules")), top = nonblocking(all("Machine")), child, grand;

	arm(watch, REG_NOTIFY_VALUE, 0);
	set_value(key, "a", REG_SZ, "1", 1, 0);
	set_value(key, "b", REG_SZ, "2", 1, 0);
	ok(event(watch) == REG_EVENT_VALUE_SET && event(watch) == REG_EVENT_VALUE_SET,
	   "Watch_StaysArmed /* LCS-162 */");
	arm(watch, REG_NOTIFY_SUBKEY, 0);
	delete_value(key, "a");
	ok(!event(watch), "ArmedAgain_ReplacesTheFilter /* LCS-163 */");
	delete_value(key, "b");

	arm(top, REG_NOTIFY_ALL, 1);
	child = create_key(key, "Child", KEY_ALL_ACCESS, 0, NULL);
	ok(event(top) == REG_EVENT_SUBKEY_CREATED && !strcmp(event_name, "Child"),
	   "RelativeCreate_ReachesTheHivesWatch /* LCS-185 LCS-242 */");
	grand = open_key(child, "Grand", KEY_READ, 0);
	fails(grand, ENOENT, "Open_Absent_Enoent");
	delete_key(child);
	ok(event(top) == REG_EVENT_SUBKEY_DELETED && !event(top), "KeyDeleted_StaysWithItsKey /* LCS-187 */");
	close(child);
	close(watch);
	close(top);
}

static void *read_for_ever(void *arg)
{
	uint8_t b[64];
	ssize_t n = read(*(int *)arg, b, sizeof(b));

	*(int *)arg = n < 0 ? errno : 0;
	return NULL;
}

static void disarming(void)
{
	int watch = all("Machine\\Rules"), result = watch;
	pthread_t reader;

	arm(watch, REG_NOTIFY_ALL, 0);
	pthread_create(&reader, NULL, read_for_ever, &result);
	usleep(100000);
	arm(watch, 0, 0);
	pthread_join(reader, NULL);
	ok(result == EINVAL, "Disarmed_AReadThatWaits_Ends /* LCS-164 LCS-180 */");
	close(watch);
}

static void generations(int key)
{
	uint64_t g = generation(key);
	int child;

	set_value(key, "v", REG_SZ, "1", 1, 0);
	ok(generation(key) == g + 1, "Generation_Set_PlusOne /* LCS-282 LCS-283 */");
	set_value(key, "v", REG_SZ, "2", 1, 7);
	ok(generation(key) == g + 1, "Generation_FailedSet_Stays /* LCS-283 */");
	delete_value(key, "v");
	child = create_key(key, "G", KEY_ALL_ACCESS, 0, NULL);
	ok(generation(key) == g + 3, "Generation_DeleteAndCreate /* LCS-242 LCS-283 */");
	delete_key(child);
	ok(generation(key) == g + 4, "Generation_DeleteKey_PlusOne /* LCS-283 */");
	close(child);
}

/* The write comes back before the request with its time is answered; the time shows all the same. */
static void write_time(int key)
{
	uint64_t before = info_of(key).last_write_time, stored;
	struct reg_enum_subkey_args e = { .txn_fd = -1 };
	char name[64];
	int root = all("Machine");

	usleep(1000);
	machine.held_len = 0;
	machine.hold = RSI_WRITE_KEY;
	works(set_value(key, "v", REG_SZ, "1", 1, 0), "Set_TimeNotStoredYet_Works /* LCS-043 */");
	wait_for(&machine.held_len);
	machine.hold = 0;
	stored = get64(machine.held + 22 + 16 + 4);
	ok(info_of(key).last_write_time == stored && stored > before,
	   "Info_TimeOnItsWay_Shows /* LCS-043 */");
	e.name_len = sizeof(name);
	e.name_ptr = (uintptr_t)name;
	ok(!ioctl(root, REG_IOC_ENUM_SUBKEYS, &e) && e.last_write_time == stored,
	   "EnumSubkeys_TimeOnItsWay_Shows /* LCS-277 */");
	answer(&machine, machine.held);
	ok(info_of(key).last_write_time == stored, "Info_TimeStored_IsTheSame");
	delete_value(key, "v");
	close(root);
}

static void spellings(int key)
{
	int child = create_key(key, "MixedCase", KEY_ALL_ACCESS, 0, NULL), again;
	char list[64], name[64];
	struct reg_list_subkeys_args l = { .buf_len = sizeof(list),
					   .buf_ptr = (uintptr_t)list,
					   .txn_fd = -1 };
	struct reg_query_key_info_args i = { .name_len = sizeof(name), .name_ptr = (uintptr_t)name };
	struct reg_set_value_args s = {
		.name_len = 1, .name_ptr = (uintptr_t) "nothing after the first", .type = REG_SZ, .txn_fd = -1
	};

	memset(i._pad1, 0xff, sizeof(i._pad1));
	again = create_key(key, "MIXEDcase", KEY_ALL_ACCESS, 0, NULL);
	ok(!ioctl(key, REG_IOC_LIST_SUBKEYS, &l) && !memcmp(list + 4, "MixedCase", 9),
	   "List_SpellingFirstStored /* LCS-010 */");
	ok(!ioctl(again, REG_IOC_QUERY_KEY_INFO, &i) && !memcmp(name, "MixedCase", 9),
	   "Info_SpellingFirstStored /* LCS-010 */");
	ok(!memcmp(i._pad1, "\0\0\0\0\0\0", 6), "Info_Padding_IsZero /* LCS-016 */");
	works(ioctl(child, REG_IOC_SET_VALUE, &s), "ValueName_Counted_Works");
	ok(value_is(child, "n", ""), "ValueName_EndsWithItsLength /* LCS-006 */");
	delete_key(child);
	close(child);
	close(again);
}

/* Deleting and hiding take the name from the descriptor, and only that one. */
static void removals(int key)
{
	int parent = create_key(key, "Upper", KEY_ALL_ACCESS, 0, NULL),
	    child = create_key(parent, "Lower", KEY_ALL_ACCESS, 0, NULL);

	works(hide_key(parent), "Hide_WithChild_Works /* LCS-128 LCS-288 */");
	fails(open_key(key, "Upper", KEY_READ, 0), ENOENT, "Hide_WithChild_IsHidden /* LCS-288 */");
	works(set_value(child, "v", REG_SZ, "x", 1, 0), "Hide_WithChild_ChildStays /* LCS-286 */");
	ok(value_is(child, "v", "x"), "Hide_WithChild_ChildKeepsItsValues");
	close(child);
	close(parent);
	parent = create_key(key, "Upper", KEY_ALL_ACCESS, 0, NULL);
	works(delete_key(parent), "Delete_Works");
	ok(!memcmp(machine.asked[RSI_DELETE_ENTRY] + 22 + 16 + 4, "Upper", 5),
	   "Delete_ItsOwnName /* LCS-286 */");
	works(set_value(parent, "v", REG_SZ, "x", 1, 0), "Orphan_IsWritten /* LCS-129 LCS-130 */");
	fails(open_key(key, "Upper", KEY_READ, 0), ENOENT, "Orphan_IsNotReached /* LCS-129 */");
	close(parent);
}

/* A handle without a source closes quietly, and what it had orphaned stays the source's business. */
static void closing_down(int key)
{
	int orphan = create_key(key, "Left", KEY_ALL_ACCESS, 0, NULL), dropped;

	delete_key(orphan);
	dropped = machine.dropped;
	close(machine.fd);
	pthread_join(machine.thread, NULL);
	works(close(orphan), "Close_SourceDown_Works /* LCS-135 */");
	works(source_start(&machine, "Machine"), "Source_ComesBack");
	works(set_value(key, "v", REG_SZ, "x", 1, 0), "Handle_WorksAgain /* LCS-318 */");
	ok(machine.dropped == dropped, "Orphan_ClosedWhileDown_NothingIsQueued /* LCS-134 */");
}

static void replacing(int key)
{
	struct reg_query_values_batch_args b = { .txn_fd = -1 };
	uint64_t first = 0, second = 0;
	unsigned int len = 8;
	char data[8];

	set_value(key, "same", REG_SZ, "1", 1, 0);
	query_value(key, "same", data, &len, NULL, &first);
	set_value(key, "SAME", REG_SZ, "2", 1, 0);
	query_value(key, "same", data, &len, NULL, &second);
	ok(second == first + 1 && value_is(key, "same", "2"), "Set_ReplacesTheLayersEntry /* LCS-262 */");
	fails(ioctl(key, REG_IOC_QUERY_VALUES_BATCH, &b), ERANGE, "Batch_NoRoom_Erange /* LCS-251 */");
	ok(b.count == 1, "Set_Again_IsOneValue /* LCS-262 */");
	delete_value(key, "same");
}

static void enumeration(int key)
{
	char name[64], data[64];
	struct reg_enum_value_args v = { .index = 0,
					 .name_len = 64,
					 .name_ptr = (uintptr_t)name,
					 .data_len = 64,
					 .data_ptr = (uintptr_t)data,
					 .txn_fd = -1 };
	struct reg_query_key_info_args i = { .name_len = 2, .name_ptr = (uintptr_t)name };

	set_value(key, "a", REG_SZ, "1", 1, 0);
	set_value(key, "b", REG_SZ, "2", 1, 0);
	delete_value(key, "a");
	ok(!ioctl(key, REG_IOC_ENUM_VALUES, &v) && name[0] == 'b',
	   "Enum_EachCall_ResolvesAgain /* LCS-276 */");
	delete_value(key, "b");
	fails(ioctl(key, REG_IOC_QUERY_KEY_INFO, &i), ERANGE, "Info_NameLength_IsAnInput /* LCS-256 */");
	ok(i.name_len == 5, "Info_NameNeed_IsTold /* LCS-280 */");
}

int main(void)
{
	int key, root;

	registry = open("/dev/registry", O_RDWR | O_CLOEXEC);
	works(source_start(&machine, "Machine"), "Source_Starts");
	key = create_key(-1, "Machine\\Rules", KEY_ALL_ACCESS, 0, NULL);
	root = all("Machine");
	works(key, "Key_IsCreated");
	data_is_opaque(key);
	buffers(key);
	order_of_checks(key, root);
	walking();
	links();
	handles(key);
	blankets(key);
	watches(key);
	disarming();
	generations(key);
	write_time(key);
	replacing(key);
	enumeration(key);
	spellings(key);
	removals(key);
	closing_down(key);
	return plan();
}
