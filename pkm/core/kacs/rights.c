// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Which rights the generic ones stand for, per object type (KACS-FMT-059), and
 * the names of the privileges.
 */
#include "private.h"

const struct kacs_generic_map kacs_map_file = { 0x00120089, 0x00120116, 0x001200a0, 0x001f01ff };
const struct kacs_generic_map kacs_map_process = { 0x00020410, 0x00040220, 0x00001801, 0x000e1e73 };
const struct kacs_generic_map kacs_map_token = { 0x00020008, 0x000400e0, 0x00000004, 0x000f01ff };
const struct kacs_generic_map kacs_map_ipc = { 0x00120005, 0x0014000a, 0x00120004, 0x001f000f };
const struct kacs_generic_map kacs_map_key = { 0x00020019, 0x00020006, 0x00000000, 0x000f003f };

/**
 * kacs_map_generic() - replace generic bits by what they stand for
 * @mask: access mask
 * @map: the object type's mapping
 *
 * Each generic bit is tested on its own (KACS-FMT-057).
 *
 * Context: Any.
 * Return: @mask without generic bits, unless the mapping itself holds some.
 */
u32 kacs_map_generic(u32 mask, const struct kacs_generic_map *map)
{
	u32 out = mask & ~KACS_GENERIC_BITS;

	if (mask & KACS_GENERIC_READ)
		out |= map->read;
	if (mask & KACS_GENERIC_WRITE)
		out |= map->write;
	if (mask & KACS_GENERIC_EXECUTE)
		out |= map->execute;
	if (mask & KACS_GENERIC_ALL)
		out |= map->all;
	return out;
}

static const char *const privilege_names[64] = {
	[KACS_PRIV_CREATE_TOKEN] = "SeCreateTokenPrivilege",
	[KACS_PRIV_ASSIGN_PRIMARY] = "SeAssignPrimaryTokenPrivilege",
	[KACS_PRIV_LOCK_MEMORY] = "SeLockMemoryPrivilege",
	[KACS_PRIV_INCREASE_QUOTA] = "SeIncreaseQuotaPrivilege",
	[KACS_PRIV_MACHINE_ACCOUNT] = "SeMachineAccountPrivilege",
	[KACS_PRIV_TCB] = "SeTcbPrivilege",
	[KACS_PRIV_SECURITY] = "SeSecurityPrivilege",
	[KACS_PRIV_TAKE_OWNERSHIP] = "SeTakeOwnershipPrivilege",
	[KACS_PRIV_LOAD_DRIVER] = "SeLoadDriverPrivilege",
	[KACS_PRIV_SYSTEM_PROFILE] = "SeSystemProfilePrivilege",
	[KACS_PRIV_SYSTEMTIME] = "SeSystemtimePrivilege",
	[KACS_PRIV_PROFILE_SINGLE_PROCESS] = "SeProfileSingleProcessPrivilege",
	[KACS_PRIV_INCREASE_BASE_PRIORITY] = "SeIncreaseBasePriorityPrivilege",
	[KACS_PRIV_CREATE_PAGEFILE] = "SeCreatePagefilePrivilege",
	[KACS_PRIV_CREATE_PERMANENT] = "SeCreatePermanentPrivilege",
	[KACS_PRIV_BACKUP] = "SeBackupPrivilege",
	[KACS_PRIV_RESTORE] = "SeRestorePrivilege",
	[KACS_PRIV_SHUTDOWN] = "SeShutdownPrivilege",
	[KACS_PRIV_DEBUG] = "SeDebugPrivilege",
	[KACS_PRIV_AUDIT] = "SeAuditPrivilege",
	[KACS_PRIV_SYSTEM_ENVIRONMENT] = "SeSystemEnvironmentPrivilege",
	[KACS_PRIV_CHANGE_NOTIFY] = "SeChangeNotifyPrivilege",
	[KACS_PRIV_REMOTE_SHUTDOWN] = "SeRemoteShutdownPrivilege",
	[KACS_PRIV_UNDOCK] = "SeUndockPrivilege",
	[KACS_PRIV_SYNC_AGENT] = "SeSyncAgentPrivilege",
	[KACS_PRIV_ENABLE_DELEGATION] = "SeEnableDelegationPrivilege",
	[KACS_PRIV_MANAGE_VOLUME] = "SeManageVolumePrivilege",
	[KACS_PRIV_IMPERSONATE] = "SeImpersonatePrivilege",
	[KACS_PRIV_CREATE_GLOBAL] = "SeCreateGlobalPrivilege",
	[KACS_PRIV_TRUSTED_CRED_MAN_ACCESS] = "SeTrustedCredManAccessPrivilege",
	[KACS_PRIV_RELABEL] = "SeRelabelPrivilege",
	[KACS_PRIV_INCREASE_WORKING_SET] = "SeIncreaseWorkingSetPrivilege",
	[KACS_PRIV_TIME_ZONE] = "SeTimeZonePrivilege",
	[KACS_PRIV_CREATE_SYMBOLIC_LINK] = "SeCreateSymbolicLinkPrivilege",
	[KACS_PRIV_CREATE_JOB] = "SeCreateJobPrivilege",
	[KACS_PRIV_BIND_PRIVILEGED_PORT] = "SeBindPrivilegedPortPrivilege",
};

/**
 * kacs_privilege_name() - canonical name of a privilege, KACS-TOK-027
 * @bit: its bit number
 *
 * Context: Any.
 * Return: its name, NULL for an undefined one.
 */
const char *kacs_privilege_name(unsigned int bit)
{
	return bit < ARRAY_SIZE(privilege_names) ? privilege_names[bit] : NULL;
}
