// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry's own parameters, from Machine\System\Registry (LCS-307 to
 * LCS-316). Built-in values until the key can be read; a bad value changes
 * nothing and is reported once, when it appears.
 */
#include <linux/mm.h>

#include <pkm/core/msgpack.h>
#include <pkm/kmes.h>
#include <uapi/linux/pkm/registry.h>

#include "internal.h"

#define PARENT_PATH "Machine\\System\\Registry"

/* What was judged last: the entry's sequence, 0 for "missing"; U64_MAX for nothing yet. */
static u64 judged[LCS_PARAMETERS];

/* LCS_SELF_CONFIG_INVALID (LCS-157); a failed emission changes nothing (LCS-161). */
static void report(const struct lcs_parameter *row, const struct lcs_value_entry *value, u32 retained)
{
	static const char type[] = "LCS_SELF_CONFIG_INVALID";
	bool dword = value && value->type == REG_DWORD && value->data.len == sizeof(u32);
	u8 buf[384];
	struct pkm_mp m;
	u32 len;

	pkm_mp_init(&m, buf, sizeof(buf));
	pkm_mp_map(&m, 9);
	pkm_mp_key(&m, "configuration_parent_path");
	pkm_mp_text(&m, PARENT_PATH);
	pkm_mp_key(&m, "configuration_name");
	pkm_mp_text(&m, row->name);
	pkm_mp_key(&m, "expected_type");
	pkm_mp_uint(&m, REG_DWORD);
	pkm_mp_key(&m, "expected_min");
	pkm_mp_uint(&m, row->min);
	pkm_mp_key(&m, "expected_max");
	pkm_mp_uint(&m, row->max);
	pkm_mp_key(&m, "received_kind");
	pkm_mp_text(&m, !value ? "missing" : dword ? "dword_out_of_range" : "wrong_type");
	pkm_mp_key(&m, "received_type");
	if (value && !dword)
		pkm_mp_uint(&m, value->type);
	else
		pkm_mp_nil(&m);
	pkm_mp_key(&m, "received_u32");
	if (dword)
		pkm_mp_uint(&m, pkm_get_le32(value->data.p));
	else
		pkm_mp_nil(&m);
	pkm_mp_key(&m, "retained_value");
	pkm_mp_uint(&m, retained);
	len = pkm_mp_finish(&m);
	if (!WARN_ON_ONCE(!len))
		kmes_emit(KMES_ORIGIN_LCS, type, sizeof(type) - 1, buf, len);
}

static void apply(const struct lcs_values *values)
{
	struct lcs_op op = {};
	u32 i, *field;

	/* Without the key nothing is wrong: everything keeps its value (LCS-312). */
	if (!values)
		return;
	lcs_op_limits(&op);
	for (i = 0; i < LCS_PARAMETERS; i++) {
		const struct lcs_parameter *row = &lcs_parameters[i];
		const struct lcs_value_entry *value = lcs_values_find(values, row->name);
		u64 sequence = value ? value->sequence : 0;

		if (sequence == judged[i])
			continue;
		judged[i] = sequence;
		field = (u32 *)((u8 *)&op.limits + row->offset);
		if (!value || !lcs_parameter_take(row, value, field))
			report(row, value, *field);
	}
	lcs_limits_set(&op.limits);
}

static struct lcs_follower follower = { .path = PARENT_PATH, .apply = apply };

/**
 * lcs_config_init() - follow our own key
 *
 * Context: module init, last of lcs_init().
 */
void lcs_config_init(void)
{
	memset(judged, 0xff, sizeof(judged));
	lcs_follow(&follower);
}

/**
 * lcs_config_exit() - stop following
 *
 * Context: module exit.
 */
void lcs_config_exit(void)
{
	lcs_unfollow(&follower);
}
