// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What KMES can be configured with, and which stored values are valid.
 */
#include <pkm/core/kmes.h>
#include <linux/pkm/registry.h>

const struct kmes_setting kmes_settings[KMES_SETTINGS] = {
	[KMES_SETTING_CAPACITY] = { "BufferCapacity", REG_QWORD, KMES_CAPACITY_MIN, KMES_CAPACITY_MAX },
	[KMES_SETTING_EVENT] = { "MaxEventSize", REG_DWORD, KMES_EVENT_MIN, KMES_EVENT_MAX },
	[KMES_SETTING_DEPTH] = { "MaxNestingDepth", REG_DWORD, KMES_DEPTH_MIN, KMES_DEPTH_MAX },
	[KMES_SETTING_RATE] = { "MaxEmitRatePerProcess", REG_DWORD, KMES_RATE_MIN, KMES_RATE_MAX },
};

/**
 * kmes_setting_take() - the number in a stored value, if it is valid (KMES-132)
 * @row: setting
 * @type: type of the stored value
 * @data: its bytes
 * @len: how many
 * @out: changed on success only; never clamped or rounded
 *
 * Context: Any.
 * Return: false for another type, another size, a number out of range, or a
 * capacity that is no power of two.
 */
bool kmes_setting_take(const struct kmes_setting *row, u32 type, const u8 *data, u32 len, u64 *out)
{
	u64 number;

	if (type != row->type || len != (type == REG_QWORD ? sizeof(u64) : sizeof(u32)))
		return false;
	number = type == REG_QWORD ? pkm_get_le64(data) : pkm_get_le32(data);
	if (number < row->min || number > row->max)
		return false;
	if (row == &kmes_settings[KMES_SETTING_CAPACITY] && (number & (number - 1)))
		return false;
	*out = number;
	return true;
}
