// SPDX-License-Identifier: MIT
/* Numbers and layouts of the registry's two headers, as the sheets have them. */
#include <stddef.h>
#include <sys/ioctl.h>

#include <linux/pkm/registry.h>
#include <linux/pkm/rsi.h>

#include "harness.h"

/* LCS-018 LCS-223 LCS-255 RSI-022 */
TEST(Requests_Numbers_AreTheSheets)
{
	EXPECT_EQ(REG_OPEN_KEY, 0x40185200U);
	EXPECT_EQ(REG_CREATE_KEY, 0xc0205201U);
	EXPECT_EQ(REG_BEGIN_TRANSACTION, 0x5202U);
	EXPECT_EQ(REG_IOC_QUERY_VALUE, 0xc0405200U);
	EXPECT_EQ(REG_IOC_SET_VALUE, 0x40405201U);
	EXPECT_EQ(REG_IOC_DELETE_VALUE, 0x40285202U);
	EXPECT_EQ(REG_IOC_BLANKET_TOMBSTONE, 0x40185203U);
	EXPECT_EQ(REG_IOC_QUERY_VALUES_BATCH, 0xc0185204U);
	EXPECT_EQ(REG_IOC_ENUM_VALUES, 0xc0285205U);
	EXPECT_EQ(REG_IOC_ENUM_SUBKEYS, 0xc0285206U);
	EXPECT_EQ(REG_IOC_QUERY_KEY_INFO, 0x80405207U);
	EXPECT_EQ(REG_IOC_DELETE_KEY, 0x40185208U);
	EXPECT_EQ(REG_IOC_HIDE_KEY, 0x40185209U);
	EXPECT_EQ(REG_IOC_GET_SECURITY, 0xc010520aU);
	EXPECT_EQ(REG_IOC_SET_SECURITY, 0x4018520bU);
	EXPECT_EQ(REG_IOC_NOTIFY, 0x4008520cU);
	EXPECT_EQ(REG_IOC_FLUSH, 0x520dU);
	EXPECT_EQ(REG_IOC_BACKUP, 0x4004520eU);
	EXPECT_EQ(REG_IOC_RESTORE, 0x4004520fU);
	EXPECT_EQ(REG_IOC_COMMIT, 0x5210U);
	EXPECT_EQ(REG_IOC_TXN_STATUS, 0x80085211U);
	EXPECT_EQ(REG_SRC_REGISTER, 0x40185200U);
}

#define AT(type, field, offset) EXPECT_EQ(offsetof(struct type, field), offset)
#define SIZE(type, bytes)       EXPECT_EQ(sizeof(struct type), bytes)

/* LCS-014 LCS-223 RSI-022 RSI-023 */
TEST(Layouts_OpenAndRegister_AreTheSheets)
{
	SIZE(reg_open_key_args, 24);
	AT(reg_open_key_args, desired_access, 4);
	AT(reg_open_key_args, path_ptr, 8);
	AT(reg_open_key_args, flags, 16);
	SIZE(reg_create_key_args, 32);
	AT(reg_create_key_args, desired_access, 4);
	AT(reg_create_key_args, path_ptr, 8);
	AT(reg_create_key_args, layer_ptr, 16);
	AT(reg_create_key_args, flags, 24);
	AT(reg_create_key_args, disposition, 28);
	SIZE(reg_src_register_args, 24);
	AT(reg_src_register_args, max_sequence, 8);
	AT(reg_src_register_args, hives_ptr, 16);
	SIZE(reg_src_hive_entry, 56);
	AT(reg_src_hive_entry, name_ptr, 8);
	AT(reg_src_hive_entry, root_guid, 16);
	AT(reg_src_hive_entry, flags, 32);
	AT(reg_src_hive_entry, scope_guid, 40);
}

/* LCS-257 LCS-261 LCS-267 LCS-270 LCS-272 LCS-274 */
TEST(Layouts_Values_AreTheSheets)
{
	SIZE(reg_query_value_args, 64);
	AT(reg_query_value_args, name_ptr, 8);
	AT(reg_query_value_args, type, 16);
	AT(reg_query_value_args, data_len, 20);
	AT(reg_query_value_args, txn_fd, 24);
	AT(reg_query_value_args, layer_buf_len, 28);
	AT(reg_query_value_args, data_ptr, 32);
	AT(reg_query_value_args, sequence, 40);
	AT(reg_query_value_args, layer_len, 48);
	AT(reg_query_value_args, layer_ptr, 56);
	SIZE(reg_set_value_args, 64);
	AT(reg_set_value_args, name_ptr, 8);
	AT(reg_set_value_args, type, 16);
	AT(reg_set_value_args, data_len, 20);
	AT(reg_set_value_args, data_ptr, 24);
	AT(reg_set_value_args, layer_len, 32);
	AT(reg_set_value_args, layer_ptr, 40);
	AT(reg_set_value_args, txn_fd, 48);
	AT(reg_set_value_args, expected_seq, 56);
	SIZE(reg_delete_value_args, 40);
	AT(reg_delete_value_args, name_ptr, 8);
	AT(reg_delete_value_args, layer_len, 16);
	AT(reg_delete_value_args, layer_ptr, 24);
	AT(reg_delete_value_args, txn_fd, 32);
	SIZE(reg_blanket_tombstone_args, 24);
	AT(reg_blanket_tombstone_args, layer_ptr, 8);
	AT(reg_blanket_tombstone_args, set, 16);
	AT(reg_blanket_tombstone_args, txn_fd, 20);
	SIZE(reg_query_values_batch_args, 24);
	AT(reg_query_values_batch_args, count, 4);
	AT(reg_query_values_batch_args, buf_ptr, 8);
	AT(reg_query_values_batch_args, txn_fd, 16);
	SIZE(reg_enum_value_args, 40);
	AT(reg_enum_value_args, name_len, 4);
	AT(reg_enum_value_args, name_ptr, 8);
	AT(reg_enum_value_args, type, 16);
	AT(reg_enum_value_args, data_len, 20);
	AT(reg_enum_value_args, data_ptr, 24);
	AT(reg_enum_value_args, txn_fd, 32);
}

/* LCS-277 LCS-280 LCS-285 LCS-291 LCS-293 LCS-298 LCS-300 */
TEST(Layouts_Keys_AreTheSheets)
{
	SIZE(reg_enum_subkey_args, 40);
	AT(reg_enum_subkey_args, name_len, 4);
	AT(reg_enum_subkey_args, name_ptr, 8);
	AT(reg_enum_subkey_args, last_write_time, 16);
	AT(reg_enum_subkey_args, subkey_count, 24);
	AT(reg_enum_subkey_args, value_count, 28);
	AT(reg_enum_subkey_args, txn_fd, 32);
	SIZE(reg_query_key_info_args, 64);
	AT(reg_query_key_info_args, name_ptr, 8);
	AT(reg_query_key_info_args, last_write_time, 16);
	AT(reg_query_key_info_args, subkey_count, 24);
	AT(reg_query_key_info_args, value_count, 28);
	AT(reg_query_key_info_args, max_subkey_name_len, 32);
	AT(reg_query_key_info_args, max_value_name_len, 36);
	AT(reg_query_key_info_args, max_value_data_size, 40);
	AT(reg_query_key_info_args, sd_size, 44);
	AT(reg_query_key_info_args, volatile_key, 48);
	AT(reg_query_key_info_args, symlink, 49);
	AT(reg_query_key_info_args, hive_generation, 56);
	SIZE(reg_delete_key_args, 24);
	AT(reg_delete_key_args, layer_ptr, 8);
	AT(reg_delete_key_args, txn_fd, 16);
	SIZE(reg_hide_key_args, 24);
	AT(reg_hide_key_args, layer_ptr, 8);
	AT(reg_hide_key_args, txn_fd, 16);
	SIZE(reg_get_security_args, 16);
	AT(reg_get_security_args, sd_len, 4);
	AT(reg_get_security_args, sd_ptr, 8);
	SIZE(reg_set_security_args, 24);
	AT(reg_set_security_args, sd_len, 4);
	AT(reg_set_security_args, sd_ptr, 8);
	AT(reg_set_security_args, txn_fd, 16);
	SIZE(reg_notify_args, 8);
	AT(reg_notify_args, subtree, 4);
}

/* LCS-066 LCS-140 LCS-141 LCS-165 LCS-167 LCS-290 */
TEST(Constants_RightsAndTypes_AreTheSheets)
{
	EXPECT_EQ(KEY_QUERY_VALUE, 1);
	EXPECT_EQ(KEY_SET_VALUE, 2);
	EXPECT_EQ(KEY_CREATE_SUB_KEY, 4);
	EXPECT_EQ(KEY_ENUMERATE_SUB_KEYS, 8);
	EXPECT_EQ(KEY_NOTIFY, 0x10);
	EXPECT_EQ(KEY_CREATE_LINK, 0x20);
	EXPECT_EQ(KEY_READ, 0x20019);
	EXPECT_EQ(KEY_WRITE, 0x20006);
	EXPECT_EQ(KEY_ALL_ACCESS, 0xf003f);
	EXPECT_EQ(REG_VALID_DESIRED_ACCESS_MASK, 0xf30f003fU);
	EXPECT_EQ(REG_VALID_MAPPED_ACCESS_MASK, 0x010f003fU);
	EXPECT_EQ(REG_VALID_ACE_ACCESS_MASK, 0xf10f003fU);
	EXPECT_EQ(REG_DWORD_BIG_ENDIAN, 5);
	EXPECT_EQ(REG_LINK, 6);
	EXPECT_EQ(REG_MULTI_SZ, 7);
	EXPECT_EQ(REG_QWORD, 11);
	EXPECT_EQ(REG_TOMBSTONE, 0xffff);
	EXPECT_EQ(REG_NOTIFY_ALL, 7);
	EXPECT_EQ(REG_EVENT_OVERFLOW, 7);
	EXPECT_EQ(REG_EVENT_KEY_DELETED, 6);
	EXPECT_EQ(REG_EVENT_SD_CHANGED, 5);
	EXPECT_EQ(REG_SECURITY_SACL, 8);
}
