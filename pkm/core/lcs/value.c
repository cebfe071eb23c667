// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Value types and the parameter table. Data itself is opaque (LCS-067).
 */
#include <pkm/core/lcs.h>
#include <linux/pkm/registry.h>

#define ROW(name, field, initial, min, max)                                 \
	{                                                                   \
		name, offsetof(struct lcs_limits, field), initial, min, max \
	}

const struct lcs_parameter lcs_parameters[LCS_PARAMETERS] = {
	ROW("RequestTimeoutMs", request_timeout_ms, 30000, 1000, 600000),
	ROW("TransactionTimeoutMs", transaction_timeout_ms, 30000, 1000, 600000),
	ROW("NotificationQueueSize", notification_queue_size, 256, 16, 65536),
	ROW("SymlinkDepthLimit", symlink_depth_limit, 16, 1, 64),
	ROW("MaxValueSize", max_value_size, 1048576, 4096, 67108864),
	ROW("MaxKeyDepth", max_key_depth, 512, 32, 4096),
	ROW("MaxPathComponentLength", max_component_len, 255, 64, 1024),
	ROW("MaxTotalPathLength", max_path_len, 16383, 1024, 65535),
	ROW("MaxLayersPerValue", max_layers_per_value, 128, 1, 1024),
	ROW("MaxBoundTransactionsPerSource", max_bound_transactions, 16, 1, 256),
	ROW("MaxReadOnlyTransactionsPerSource", max_read_only_transactions, 16, 1, 256),
	ROW("MaxTotalLayers", max_total_layers, 1024, 16, 65536),
	ROW("MaxRegisteredSources", max_sources, 32, 1, 256),
	ROW("MaxHivesPerSource", max_hives_per_source, 64, 1, 1024),
	ROW("MaxConcurrentRSIRequests", max_requests, 256, 8, 4096),
	ROW("MaxScopeGUIDsPerToken", max_scope_guids, 8, 1, 256),
	ROW("MaxPrivateLayersPerToken", max_private_layers, 16, 1, 256),
	ROW("MaxSubtreeWatchDepth", max_subtree_watch_depth, 0, 0, 4096),
	ROW("MaxTransactionWatchEventBurst", max_watch_burst, 4096, 256, 65536),
};

/**
 * lcs_limits_init() - fill in the built-in defaults
 * @limits: out
 *
 * Context: Any.
 */
void lcs_limits_init(struct lcs_limits *limits)
{
	u32 i;

	static_assert(sizeof(*limits) == LCS_PARAMETERS * sizeof(u32), "one row per field");
	for (i = 0; i < LCS_PARAMETERS; i++)
		memcpy((u8 *)limits + lcs_parameters[i].offset, &lcs_parameters[i].initial, sizeof(u32));
}

/**
 * lcs_parameter_take() - set a parameter from its value, if that is valid
 * @row: parameter
 * @value: effective value of its name
 * @field: changed on success only; never clamped (LCS-311, LCS-312)
 *
 * Context: Any.
 * Return: false for another type than REG_DWORD or a number out of range.
 */
bool lcs_parameter_take(const struct lcs_parameter *row, const struct lcs_value_entry *value, u32 *field)
{
	u32 number;

	if (value->type != REG_DWORD || value->data.len != sizeof(number))
		return false;
	number = pkm_get_le32(value->data.p);
	if (number < row->min || number > row->max)
		return false;
	*field = number;
	return true;
}

/**
 * lcs_value_type_known() - may this type be stored?
 * @type: code
 *
 * Context: Any.
 * Return: true for the types of LCS-066, the tombstone included.
 */
bool lcs_value_type_known(u32 type)
{
	return type <= REG_QWORD || type == REG_TOMBSTONE;
}

/**
 * lcs_value_check() - may a caller write this?
 * @type: code
 * @data_len: bytes of data
 * @limits: parameters in force
 *
 * Context: Any.
 * Return: 0; -EINVAL for an unknown type or a tombstone with data (LCS-069,
 * LCS-070); -ENOSPC for too much data (LCS-263).
 */
int lcs_value_check(u32 type, u32 data_len, const struct lcs_limits *limits)
{
	if (!lcs_value_type_known(type) || (type == REG_TOMBSTONE && data_len))
		return -EINVAL;
	return data_len > limits->max_value_size ? -ENOSPC : 0;
}
