/* SPDX-License-Identifier: MIT */
/* Short calls on /dev/registry that the registry's guest tests share. */
#ifndef LCS_CLIENT_H
#define LCS_CLIENT_H

#include "lcs_source.h"
#include "tap.h"

static int registry = -1;

__attribute__((unused)) static int open_key(int parent, const char *path, unsigned int access,
					    unsigned int flags)
{
	struct reg_open_key_args a = { parent, access, (uintptr_t)path, flags, 0 };

	return ioctl(registry, REG_OPEN_KEY, &a);
}

__attribute__((unused)) static int create_key(int parent, const char *path, unsigned int access,
					      unsigned int flags, unsigned int *told)
{
	struct reg_create_key_args a = { parent, access, (uintptr_t)path, 0, flags, 0 };
	int fd = ioctl(registry, REG_CREATE_KEY, &a);

	if (told)
		*told = a.disposition;
	return fd;
}

__attribute__((unused)) static int set_value(int key, const char *name, unsigned int type, const void *data,
					     unsigned int len, uint64_t expected)
{
	struct reg_set_value_args a = { .name_len = strlen(name),
					.name_ptr = (uintptr_t)name,
					.type = type,
					.data_len = len,
					.data_ptr = (uintptr_t)data,
					.txn_fd = -1,
					.expected_seq = expected };

	return ioctl(key, REG_IOC_SET_VALUE, &a);
}

__attribute__((unused)) static int query_value(int key, const char *name, void *data, unsigned int *len,
					       unsigned int *type, uint64_t *seq)
{
	char layer[64];
	struct reg_query_value_args a = { .name_len = strlen(name),
					  .name_ptr = (uintptr_t)name,
					  .data_len = *len,
					  .data_ptr = (uintptr_t)data,
					  .txn_fd = -1,
					  .layer_buf_len = sizeof(layer),
					  .layer_ptr = (uintptr_t)layer };
	int err = ioctl(key, REG_IOC_QUERY_VALUE, &a);

	*len = a.data_len;
	if (type)
		*type = a.type;
	if (seq)
		*seq = a.sequence;
	return err;
}

__attribute__((unused)) static int delete_value(int key, const char *name)
{
	struct reg_delete_value_args a = { .name_len = strlen(name),
					   .name_ptr = (uintptr_t)name,
					   .txn_fd = -1 };

	return ioctl(key, REG_IOC_DELETE_VALUE, &a);
}

/* Queries a value; its length, or -1. */
__attribute__((unused)) static int value_is(int key, const char *name, const char *want)
{
	unsigned int len = 64;
	char data[64];

	return !query_value(key, name, data, &len, NULL, NULL) && len == strlen(want) &&
	       !memcmp(data, want, len);
}

__attribute__((unused)) static int delete_key(int key)
{
	struct reg_delete_key_args a = { .txn_fd = -1 };

	return ioctl(key, REG_IOC_DELETE_KEY, &a);
}

__attribute__((unused)) static int hide_key(int key)
{
	struct reg_hide_key_args a = { .txn_fd = -1 };

	return ioctl(key, REG_IOC_HIDE_KEY, &a);
}

__attribute__((unused)) static int blanket(int key, int set)
{
	struct reg_blanket_tombstone_args a = { .set = set, .txn_fd = -1 };

	return ioctl(key, REG_IOC_BLANKET_TOMBSTONE, &a);
}

__attribute__((unused)) static int set_security(int key, unsigned int parts, const void *sd, unsigned int len)
{
	struct reg_set_security_args a = { parts, len, (uintptr_t)sd, -1, 0 };

	return ioctl(key, REG_IOC_SET_SECURITY, &a);
}

__attribute__((unused)) static int arm(int key, unsigned int filter, int subtree)
{
	struct reg_notify_args a = { filter, subtree, { 0 } };

	return ioctl(key, REG_IOC_NOTIFY, &a);
}

__attribute__((unused)) static struct reg_query_key_info_args info_of(int key)
{
	static char name[256];
	struct reg_query_key_info_args i = { .name_len = sizeof(name), .name_ptr = (uintptr_t)name };

	if (ioctl(key, REG_IOC_QUERY_KEY_INFO, &i))
		memset(&i, 0xff, sizeof(i));
	return i;
}

__attribute__((unused)) static uint64_t generation(int key)
{
	return info_of(key).hive_generation;
}

#endif
