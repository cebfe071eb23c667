// SPDX-License-Identifier: MIT
/* Keys and values through /dev/registry against a source in this process. */
#include <sys/mman.h>
#include <sys/wait.h>

#include "lcs_client.h"

static struct source machine;
static void opening(void)
{
	fails(open_key(-1, "Machine", KEY_READ, 0), ENOENT, "Open_NoSource_Enoent /* LCS-027 */");
	works(source_start(&machine, "Machine"), "Register_OneHive_Works");
	works(open_key(-1, "Machine", KEY_READ, 0), "Open_Root_Works");
	works(open_key(-1, "mACHINE", KEY_READ, 0), "Open_OtherCase_Works /* LCS-009 */");
	fails(open_key(-1, "Users", KEY_READ, 0), ENOENT, "Open_UnknownHive_Enoent /* LCS-029 */");
	fails(open_key(-1, "Machine\\Nothing", KEY_READ, 0), ENOENT, "Open_Absent_Enoent");
	fails(open_key(-1, "", KEY_READ, 0), EINVAL, "Open_EmptyPath_Einval /* LCS-042 */");
	fails(open_key(-1, "Machine\\\\A", KEY_READ, 0), EINVAL, "Open_EmptyComponent_Einval /* LCS-042 */");
	fails(open_key(-1, "\\Machine", KEY_READ, 0), EINVAL, "Open_LeadingSeparator_Einval /* LCS-042 */");
	fails(open_key(-1, "Machine/", KEY_READ, 0), EINVAL,
	      "Open_TrailingSlash_Einval /* LCS-007 LCS-042 */");
	fails(open_key(-1, "Machine\\\xff", KEY_READ, 0), EINVAL, "Open_BadUtf8_Einval /* LCS-002 */");
	fails(open_key(-1, "Machine", 0, 0), EINVAL, "Open_NoRights_Einval /* LCS-142 */");
	fails(open_key(-1, "Machine", 0x00100000, 0), EINVAL, "Open_Synchronize_Einval /* LCS-142 */");
	fails(open_key(-1, "Machine", KEY_READ, 2), EINVAL, "Open_UnknownFlag_Einval /* LCS-017 */");
	fails(open_key(-1, (char *)8, KEY_READ, 0), EFAULT, "Open_BadPathPointer_Efault");
	fails(open_key(registry, "A", KEY_READ, 0), EBADF, "Open_ParentNotAKey_Ebadf /* LCS-226 */");
	fails(ioctl(registry, REG_BEGIN_TRANSACTION), EOPNOTSUPP, "Begin_NotBuilt_Enotsup");
	fails(ioctl(registry, REG_IOC_FLUSH), ENOTTY, "Device_KeyIoctl_Enotty /* LCS-225 */");
	{
		char longest[300] = "Machine\\";

		memset(longest + 8, 'a', 256);
		fails(open_key(-1, longest, KEY_READ, 0), ENAMETOOLONG,
		      "Open_LongComponent_Enametoolong /* LCS-228 */");
		longest[8 + 255] = 0;
		fails(open_key(-1, longest, KEY_READ, 0), ENOENT, "Open_LongestComponent_Enoent");
	}
}

static void creating(void)
{
	unsigned int told = 0;
	int key, again, sub;

	key = create_key(-1, "Machine\\Software", KEY_ALL_ACCESS, 0, &told);
	works(key, "Create_New_Works");
	ok(told == REG_CREATED_NEW, "Create_New_SaysSo /* LCS-232 */");
	again = create_key(-1, "machine/SOFTWARE", KEY_READ, 0, &told);
	works(again, "Create_Existing_Opens /* LCS-233 */");
	ok(told == REG_OPENED_EXISTING, "Create_Existing_SaysSo");
	ok(fcntl(key, F_GETFD) == FD_CLOEXEC, "Create_Descriptor_IsCloseOnExec /* LCS-224 */");
	fails(create_key(-1, "Machine\\No\\Child", KEY_READ, 0, NULL), ENOENT,
	      "Create_NoParent_Enoent /* LCS-234 */");
	sub = create_key(key, "Sub", KEY_ALL_ACCESS, REG_OPTION_VOLATILE, NULL);
	works(sub, "Create_RelativeVolatile_Works /* LCS-226 */");
	close(sub);
	fails(create_key(-1, "Machine\\Software\\Sub\\Hard", KEY_READ, 0, NULL), EINVAL,
	      "Create_PersistentBelowVolatile_Einval /* LCS-047 */");
	sub = open_key(key, "sub", KEY_READ, 0);
	works(sub, "Open_Relative_Works");
	close(sub);
	fails(set_value(again, "a", REG_SZ, "x", 1, 0), EACCES, "Set_ReadOnlyKey_Eacces /* LCS-145 */");
	close(key);
	close(again);
}

static void values(void)
{
	int key = open_key(-1, "Machine\\Software", KEY_ALL_ACCESS, 0);
	unsigned int len = 64, type = 0, before;
	uint64_t seq = 0;
	char data[64];
	void *readonly = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	works(set_value(key, "Name", REG_SZ, "hello", 5, 0), "Set_String_Works");
	works(query_value(key, "nAME", data, &len, &type, &seq), "Query_OtherCase_Works");
	ok(len == 5 && type == REG_SZ && !memcmp(data, "hello", 5), "Query_Data_IsWhatWasSet /* LCS-258 */");
	ok(seq > 1000, "Query_Sequence_AboveTheSourcesMaximum /* LCS-113 */");
	len = 2;
	fails(query_value(key, "Name", data, &len, NULL, NULL), ERANGE, "Query_SmallBuffer_Erange");
	ok(len == 5, "Query_SmallBuffer_SaysTheNeed /* LCS-260 */");
	len = 64;
	fails(query_value(key, "Name", readonly, &len, NULL, NULL), EFAULT, "Query_ReadOnlyBuffer_Efault");
	len = 64;
	fails(query_value(key, "Name", NULL, &len, NULL, NULL), EFAULT,
	      "Query_NullBuffer_Efault /* LCS-250 */");
	len = 64;
	fails(query_value(key, "Other", data, &len, NULL, NULL), ENOENT, "Query_Absent_Enoent /* LCS-259 */");
	fails(set_value(key, "Name", 12, "x", 1, 0), EINVAL, "Set_UnknownType_Einval /* LCS-069 */");
	fails(set_value(key, "Name", REG_TOMBSTONE, "x", 1, 0), EINVAL,
	      "Set_TombstoneWithData_Einval /* LCS-070 */");
	before = machine.requests;
	fails(set_value(key, "Name", REG_BINARY, data, 1048577, 0), ENOSPC,
	      "Set_TooLarge_Enospc /* LCS-263 */");
	ok(machine.requests == (int)before, "Set_TooLarge_ContactsNoSource /* LCS-263 */");
	fails(set_value(key, "Name", REG_SZ, "y", 1, seq + 5), EAGAIN,
	      "Set_WrongSequence_Eagain /* LCS-264 */");
	works(set_value(key, "Name", REG_SZ, "y", 1, seq), "Set_RightSequence_Works");
	works(set_value(key, "", REG_DWORD, "\1\0\0\0", 4, 0), "Set_DefaultValue_Works /* LCS-041 */");
	works(set_value(key, "a\\b/c", REG_NONE, "", 0, 0), "Set_NameWithSeparators_Works /* LCS-008 */");
	works(delete_value(key, "a\\b/c"), "Delete_Value_Works");
	works(delete_value(key, "a\\b/c"), "Delete_Absent_Works /* LCS-269 */");
	works(set_value(key, "gone", REG_SZ, "x", 1, 0), "Set_BeforeTombstone_Works");
	works(set_value(key, "gone", REG_TOMBSTONE, NULL, 0, 0), "Set_Tombstone_Works");
	len = 64;
	fails(query_value(key, "gone", data, &len, NULL, NULL), ENOENT,
	      "Query_Tombstone_Enoent /* LCS-071 */");
	close(key);
}

static void names(int key, int root)
{
	char buf[64];
	struct reg_list_subkeys_args l = { .buf_len = sizeof(buf), .buf_ptr = (uintptr_t)buf, .txn_fd = -1 };
	int before = machine.requests, no_right = open_key(-1, "Machine", KEY_QUERY_VALUE, 0);

	works(ioctl(root, REG_IOC_LIST_SUBKEYS, &l), "ListSubkeys_Works");
	ok(l.count == 1 && l.buf_len == 12 && get32((uint8_t *)buf) == 8 && !memcmp(buf + 4, "Software", 8),
	   "ListSubkeys_Records_ArePacked");
	ok(machine.requests == before + 2, "ListSubkeys_AsksTheSourceOnce");
	l.buf_len = 11;
	fails(ioctl(root, REG_IOC_LIST_SUBKEYS, &l), ERANGE, "ListSubkeys_SmallBuffer_Erange");
	ok(l.buf_len == 12, "ListSubkeys_SmallBuffer_SaysTheNeed");
	fails(ioctl(no_right, REG_IOC_LIST_SUBKEYS, &l), EACCES, "ListSubkeys_NoRight_Eacces");
	l.buf_len = sizeof(buf);
	l.buf_ptr = 8;
	fails(ioctl(key, REG_IOC_LIST_SUBKEYS, &l), EFAULT, "ListSubkeys_BadBuffer_Efault");
	close(no_right);
}

static void listing(void)
{
	int key = open_key(-1, "Machine\\Software", KEY_ALL_ACCESS, 0),
	    root = open_key(-1, "Machine", KEY_READ, 0);
	char buf[256], name[64], data[64];
	struct reg_query_values_batch_args b = { .buf_len = sizeof(buf),
						 .buf_ptr = (uintptr_t)buf,
						 .txn_fd = -1 };
	struct reg_enum_value_args v = { .index = 1,
					 .name_len = 64,
					 .name_ptr = (uintptr_t)name,
					 .data_len = 64,
					 .data_ptr = (uintptr_t)data,
					 .txn_fd = -1 };
	struct reg_enum_subkey_args k = { .name_len = 64, .name_ptr = (uintptr_t)name, .txn_fd = -1 };
	struct reg_query_key_info_args i = { .name_len = 64, .name_ptr = (uintptr_t)name };

	works(ioctl(key, REG_IOC_QUERY_VALUES_BATCH, &b), "Batch_Works");
	ok(b.count == 2 && get32((uint8_t *)buf) == 0 && b.buf_len == 4 + 4 + 4 + 4 + 4 + 4 + 4 + 4 + 1,
	   "Batch_Records_ArePacked /* LCS-273 */");
	b.buf_len = 3;
	fails(ioctl(key, REG_IOC_QUERY_VALUES_BATCH, &b), ERANGE, "Batch_SmallBuffer_Erange");
	ok(b.buf_len == 33, "Batch_SmallBuffer_SaysTheNeed");
	works(ioctl(key, REG_IOC_ENUM_VALUES, &v), "EnumValues_Works");
	ok(v.name_len == 4 && !memcmp(name, "Name", 4) && v.data_len == 1, "EnumValues_SecondIsName");
	v.index = 2;
	fails(ioctl(key, REG_IOC_ENUM_VALUES, &v), ENOENT, "EnumValues_PastTheEnd_Enoent /* LCS-275 */");
	works(ioctl(root, REG_IOC_ENUM_SUBKEYS, &k), "EnumSubkeys_Works");
	ok(k.name_len == 8 && !memcmp(name, "Software", 8) && k.subkey_count == 1 && k.value_count == 2,
	   "EnumSubkeys_Child_HasItsFigures /* LCS-278 */");
	k.index = 1;
	fails(ioctl(root, REG_IOC_ENUM_SUBKEYS, &k), ENOENT, "EnumSubkeys_PastTheEnd_Enoent");
	names(key, root);
	works(ioctl(key, REG_IOC_QUERY_KEY_INFO, &i), "Info_Works");
	ok(i.name_len == 8 && i.subkey_count == 1 && i.value_count == 2 && i.max_value_name_len == 4 &&
		   i.max_subkey_name_len == 3 && i.max_value_data_size == 4 && !i.volatile_key &&
		   i.last_write_time,
	   "Info_Figures_AreRight /* LCS-281 LCS-043 */");
	close(key);
	close(root);
}

static void security(void)
{
	int key = open_key(-1, "Machine\\Software", KEY_ALL_ACCESS, 0),
	    read_only = open_key(-1, "Machine\\Software", KEY_READ, 0);
	uint8_t sd[512];
	struct reg_get_security_args g = { REG_SECURITY_OWNER | REG_SECURITY_DACL, sizeof(sd),
					   (uintptr_t)sd };
	struct reg_set_security_args s = { REG_SECURITY_DACL, 0, (uintptr_t)sd, -1, 0 };
	struct reg_get_security_args zero = { 0, 0, 0 };

	works(ioctl(key, REG_IOC_GET_SECURITY, &g), "GetSecurity_Works");
	ok(get32(sd + 8) == 0 && get32(sd + 4) && get32(sd + 16), "GetSecurity_OnlyAskedParts /* LCS-291 */");
	ok(sd[2] & 4, "GetSecurity_DaclPresent");
	s.sd_len = g.sd_len;
	works(ioctl(key, REG_IOC_SET_SECURITY, &s), "SetSecurity_Works");
	fails(ioctl(read_only, REG_IOC_SET_SECURITY, &s), EACCES,
	      "SetSecurity_NoWriteDac_Eacces /* LCS-294 */");
	s.security_info = 0x10;
	fails(ioctl(key, REG_IOC_SET_SECURITY, &s), EINVAL, "SetSecurity_UnknownPart_Einval /* LCS-290 */");
	fails(ioctl(key, REG_IOC_GET_SECURITY, &zero), EINVAL, "GetSecurity_NoPart_Einval /* LCS-290 */");
	g.security_info = REG_SECURITY_SACL;
	fails(ioctl(key, REG_IOC_GET_SECURITY, &g), EACCES,
	      "GetSecurity_SaclWithoutRight_Eacces /* LCS-292 */");
	g.security_info = REG_SECURITY_DACL;
	g.sd_len = 4;
	fails(ioctl(key, REG_IOC_GET_SECURITY, &g), ERANGE, "GetSecurity_SmallBuffer_Erange");
	s.security_info = REG_SECURITY_DACL;
	s.sd_len = 19;
	fails(ioctl(key, REG_IOC_SET_SECURITY, &s), EINVAL, "SetSecurity_Malformed_Einval /* LCS-296 */");
	close(key);
	close(read_only);
}

static void links(void)
{
	int link = create_key(-1, "Machine\\Link", KEY_ALL_ACCESS, REG_OPTION_CREATE_LINK, NULL), key,
	    through;
	unsigned int len = 64;
	char data[64];

	works(link, "CreateLink_System_Works");
	fails(open_key(-1, "Machine\\Link", KEY_READ, 0), EINVAL, "OpenLink_NoTarget_Einval /* LCS-050 */");
	works(set_value(link, "", REG_LINK, "Machine/Software", 16, 0), "SetTarget_Works");
	key = open_key(-1, "Machine\\Link", KEY_READ, 0);
	works(key, "OpenLink_Follows /* LCS-056 */");
	works(query_value(key, "Name", data, &len, NULL, NULL), "OpenLink_IsTheTarget /* LCS-057 */");
	through = open_key(-1, "Machine\\Link\\Sub", KEY_READ, 0);
	works(through, "OpenThroughLink_Works");
	close(through);
	works(open_key(-1, "Machine\\Link", KEY_READ, REG_OPEN_LINK), "OpenLinkItself_Works");
	works(set_value(link, "", REG_LINK, "Machine\\Link", 12, 0), "SetTarget_Self_Works /* LCS-051 */");
	fails(open_key(-1, "Machine\\Link", KEY_READ, 0), ELOOP, "OpenLink_Loop_Eloop /* LCS-055 */");
	works(set_value(link, "", REG_LINK, "CurrentUser\\X", 13, 0), "SetTarget_CurrentUser_Works");
	fails(open_key(-1, "Machine\\Link", KEY_READ, 0), ENOENT,
	      "OpenLink_CurrentUser_Enoent /* LCS-037 */");
	works(set_value(link, "", REG_SZ, "Machine", 7, 0), "SetTarget_WrongType_Works /* LCS-051 */");
	fails(open_key(-1, "Machine\\Link", KEY_READ, 0), EINVAL, "OpenLink_WrongType_Einval /* LCS-050 */");
	close(key);
	close(link);
}

static void deleting(void)
{
	struct reg_delete_key_args d = { .txn_fd = -1 };
	struct reg_hide_key_args h = { .txn_fd = -1 };
	int key = open_key(-1, "Machine\\Software", KEY_ALL_ACCESS, 0),
	    root = open_key(-1, "Machine", KEY_ALL_ACCESS, 0);
	int sub = open_key(-1, "Machine\\Software\\Sub", KEY_ALL_ACCESS, 0), tmp;
	int dropped = machine.dropped;

	fails(ioctl(key, REG_IOC_DELETE_KEY, &d), ENOTEMPTY, "Delete_WithChild_Enotempty /* LCS-127 */");
	fails(ioctl(root, REG_IOC_DELETE_KEY, &d), EINVAL, "Delete_Root_Einval /* LCS-126 */");
	fails(ioctl(root, REG_IOC_HIDE_KEY, &h), EINVAL, "Hide_Root_Einval /* LCS-126 */");
	works(ioctl(sub, REG_IOC_DELETE_KEY, &d), "Delete_Leaf_Works");
	fails(open_key(-1, "Machine\\Software\\Sub", KEY_READ, 0), ENOENT, "Open_Deleted_Enoent");
	works(set_value(sub, "v", REG_SZ, "x", 1, 0), "Set_Orphan_Works /* LCS-130 */");
	fails(ioctl(sub, REG_IOC_DELETE_KEY, &d), ENOENT, "Delete_Orphan_Enoent /* LCS-131 */");
	fails(create_key(sub, "child", KEY_READ, 0, NULL), ENOENT, "Create_BelowOrphan_Enoent /* LCS-131 */");
	ok(machine.dropped == dropped, "Orphan_StillOpen_IsNotDropped");
	close(sub);
	for (int i = 0; i < 2000 && machine.dropped == dropped; i++)
		usleep(1000);
	ok(machine.dropped == dropped + 1, "Orphan_LastClose_DropsIt /* LCS-133 */");
	tmp = create_key(-1, "Machine\\Hidden", KEY_ALL_ACCESS, 0, NULL);
	works(ioctl(tmp, REG_IOC_HIDE_KEY, &h), "Hide_Key_Works");
	fails(open_key(-1, "Machine\\Hidden", KEY_READ, 0), ENOENT, "Open_Hidden_Enoent /* LCS-062 */");
	close(tmp);
	works(create_key(-1, "Machine\\Hidden", KEY_ALL_ACCESS, 0, NULL), "Create_OverHidden_Works");
	d.layer_len = 5;
	d.layer_ptr = (uintptr_t) "RoleA";
	fails(ioctl(key, REG_IOC_DELETE_KEY, &d), ENOENT, "Delete_UnknownLayer_Enoent /* LCS-092 */");
	close(key);
	close(root);
}

int main(void)
{
	registry = open("/dev/registry", O_RDWR | O_CLOEXEC);
	works(registry, "Device_Open_Works");
	opening();
	creating();
	values();
	listing();
	security();
	links();
	deleting();
	return plan();
}
