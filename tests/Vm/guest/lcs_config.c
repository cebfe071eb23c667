// SPDX-License-Identifier: MIT
/*
 * The registry's own parameters: built-in until there is a key, then what is valid in it.
 * ktest: -c 1 -p mode=enforce -t 200
 */
#define _GNU_SOURCE
#include "kmes_registry.h"

static struct finder found;
static int key, data_key;

#define TYPE(s) s, strlen(s)

/* Writes a value whose name has @len bytes; the errno. */
static int write_named(uint32_t len)
{
	char name[256];

	memset(name, 'x', len);
	name[len] = 0;
	return set_dword(data_key, name, 1) ? errno : 0;
}

static int comes_to(uint32_t len, int want)
{
	int tries, got = 0;

	for (tries = 0; tries < 10000; tries++) {
		got = write_named(len);
		if (got == want)
			break;
		usleep(1000);
	}
	return got == want;
}

static int drain_type(const char *type)
{
	int n = 0;

	while (find_now(&found, type))
		n++;
	return n;
}

static void refused(const char *name, uint32_t type, const void *data, uint32_t len, const char *kind,
		    const void *shown, uint32_t shown_len)
{
	ok(set_bytes(key, name, type, data, len) == 0, "%s_Write_Succeeds /* LCS-312 LCS-316 */", kind);
	ok(find(&found, "LCS_SELF_CONFIG_INVALID"), "%s_Event_Comes /* LCS-312 */", kind);
	ok(found.event[KMES_OFF_ORIGIN] == KMES_ORIGIN_LCS &&
		   holds(&found, TYPE("Machine\\System\\Registry")) && holds(&found, TYPE(name)) &&
		   holds(&found, TYPE(kind)) && holds(&found, shown, shown_len),
	   "%s_Event_SaysWhat /* LCS-157 */", kind);
}

/* How many of two changes a watch on the hive hears: one level down and two. */
static int heard(int child, int grandchild)
{
	struct reg_open_key_args a = { -1, KEY_NOTIFY, (uintptr_t) "Machine", 0, 0 };
	struct reg_notify_args n = { REG_NOTIFY_VALUE, 1, { 0 } };
	int watch = ioctl(registry, REG_OPEN_KEY, &a), records = 0;
	uint8_t b[512], *p;
	ssize_t got;

	fcntl(watch, F_SETFL, O_NONBLOCK);
	ioctl(watch, REG_IOC_NOTIFY, &n);
	set_dword(grandchild, "v", 1);
	set_dword(child, "v", 1);
	got = read(watch, b, sizeof(b));
	for (p = b; p < b + got; p += get32(p))
		records++;
	close(watch);
	return records;
}

static void depth(void)
{
	int grandchild = create_key("Machine\\Data\\Deep"), tries;

	ok(heard(data_key, grandchild) == 2, "WatchDepth_NoLimit_HearsAll /* LCS-189 */");
	set_dword(key, "MaxSubtreeWatchDepth", 1);
	for (tries = 0; tries < 1000 && heard(data_key, grandchild) != 1; tries++)
		usleep(1000);
	ok(heard(data_key, grandchild) == 1, "WatchDepth_One_HearsOneLevel /* LCS-189 */");
	close(grandchild);
}

int main(void)
{
	static const uint32_t zero = 0;
	struct reg_delete_value_args gone = { .name_len = 22,
					      .name_ptr = (uintptr_t) "MaxPathComponentLength",
					      .txn_fd = -1 };
	int i;

	kmes_dev = open("/dev/kmes", O_RDWR | O_CLOEXEC);
	registry = open("/dev/registry", O_RDWR | O_CLOEXEC);
	finder_open(&found);
	works(source_start(&machine, "Machine"), "Source_Starts");
	data_key = create_key("Machine\\Data");
	create_key("Machine\\System");
	ok(write_named(200) == 0, "NoKey_Defaults_AreInForce /* LCS-307 LCS-309 */");
	usleep(100000);
	ok(!drain_type("LCS_SELF_CONFIG_INVALID"), "NoKey_NothingIsReported /* LCS-312 */");

	key = create_key("Machine\\System\\Registry");
	works(key, "Key_Created");
	ok(find(&found, "LCS_SELF_CONFIG_INVALID") && holds(&found, TYPE("missing")),
	   "Key_Appears_MissingAreReported /* LCS-309 LCS-312 */");
	usleep(100000);
	ok(drain_type("LCS_SELF_CONFIG_INVALID") == 18, "Missing_EachOfNineteen_Once");
	works(set_dword(key, "MaxPathComponentLength", 64), "Parameter_Written");
	ok(comes_to(65, ENAMETOOLONG),
	   "Parameter_Valid_AppliesToNewOperations /* LCS-308 LCS-311 LCS-314 */");
	ok(write_named(64) == 0, "Parameter_ExactlyThat_Works");

	refused("MaxPathComponentLength", REG_DWORD, &zero, 4, "dword_out_of_range",
		"\xacreceived_u32\x00\xaeretained_value\x40", 30);
	refused("MaxPathComponentLength", REG_SZ, "many", 4, "wrong_type",
		"\xadreceived_type\x01\xacreceived_u32\xc0", 29);
	ok(write_named(65) == ENAMETOOLONG && write_named(64) == 0,
	   "Refused_PreviousValue_Stays /* LCS-312 */");
	set_dword(key, "NoSuchParameter", 1);
	usleep(100000);
	ok(!drain_type("LCS_SELF_CONFIG_INVALID"), "UnknownName_IsIgnored /* LCS-313 */");
	works(ioctl(key, REG_IOC_DELETE_VALUE, &gone), "Parameter_Deleted");
	ok(find(&found, "LCS_SELF_CONFIG_INVALID") && holds(&found, TYPE("missing")), "Deleted_IsReported");
	ok(write_named(65) == ENAMETOOLONG, "Deleted_PreviousValue_Stays");
	works(set_dword(key, "maxpathcomponentlength", 80), "OtherSpelling_Written");
	ok(comes_to(80, 0), "OtherSpelling_Applies");

	depth();
	close(machine.fd);
	pthread_join(machine.thread, NULL);
	for (i = 0; i < MAX_VALUES; i++)
		if (machine.values[i].used && !strcasecmp(machine.values[i].name, "maxpathcomponentlength")) {
			memcpy(machine.values[i].data, "\x40\0\0\0", 4);
			machine.values[i].sequence = 90000;
		}
	machine.fd = open("/dev/pkm_registry", O_RDWR | O_CLOEXEC);
	works(source_register(&machine, "Machine", 100000), "Source_ComesBack");
	works(-pthread_create(&machine.thread, NULL, serve, &machine), "Source_Serves");
	ok(comes_to(65, ENAMETOOLONG), "SourceBack_ParametersAreReadAgain /* LCS-315 */");
	return plan();
}
