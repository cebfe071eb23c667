// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings from Machine\System\KMES (KMES-128 to KMES-136). Defaults are in
 * force from load on and nothing waits for a registry (KMES-129, KMES-143);
 * emitters read each setting with one load.
 *
 * A value that is not valid, or that cannot be had, leaves what is in force.
 * It is reported once, when it appears: the registry numbers every write.
 */
#include <pkm/core/msgpack.h>
#include <pkm/kmes.h>
#include <pkm/lcs.h>
#include <uapi/linux/pkm/registry.h>

#include "internal.h"

#define KEY_PATH "Machine\\System\\KMES"

/* Sequence of the write judged last; only the follower's worker uses them. */
static u64 judged[KMES_SETTINGS];
static u64 wanted_capacity; /* 0: none that is still to come */

static u64 in_force(enum kmes_setting_index i)
{
	switch (i) {
	case KMES_SETTING_CAPACITY:
		return kmes_limits.capacity;
	case KMES_SETTING_EVENT:
		return kmes_limits.max_event;
	case KMES_SETTING_DEPTH:
		return kmes_limits.max_depth;
	default:
		return kmes_limits.rate;
	}
}

/* The invalid value as it is stored; its beginning, if it is long. */
static void put_received(struct pkm_mp *m, const struct lcs_value_entry *value)
{
	if (value->type == REG_DWORD && value->data.len == sizeof(u32))
		pkm_mp_uint(m, pkm_get_le32(value->data.p));
	else if (value->type == REG_QWORD && value->data.len == sizeof(u64))
		pkm_mp_uint(m, pkm_get_le64(value->data.p));
	else
		pkm_mp_bin(m, value->data.p, min(value->data.len, 64U));
}

/* KMES-133 */
static void report_rejected(enum kmes_setting_index i, const struct lcs_value_entry *value)
{
	static const char type[] = "KMES_CONFIG_REJECTED";
	u8 buf[256];
	struct pkm_mp m;
	u32 len;

	pkm_mp_init(&m, buf, sizeof(buf));
	pkm_mp_map(&m, 5);
	pkm_mp_key(&m, "key");
	pkm_mp_text(&m, KEY_PATH);
	pkm_mp_key(&m, "value");
	pkm_mp_text(&m, kmes_settings[i].name);
	pkm_mp_key(&m, "received_type");
	pkm_mp_uint(&m, value->type);
	pkm_mp_key(&m, "received");
	put_received(&m, value);
	pkm_mp_key(&m, "retained");
	pkm_mp_uint(&m, in_force(i));
	len = pkm_mp_finish(&m);
	if (!WARN_ON_ONCE(!len))
		kmes_emit(KMES_ORIGIN_KMES, type, sizeof(type) - 1, buf, len);
}

/* KMES-142, and that a swap has to wait (HAZ-027). */
static void report_swap(const char *type, u64 requested)
{
	struct pkm_mp m;
	u8 buf[64];
	u32 len;

	pkm_mp_init(&m, buf, sizeof(buf));
	pkm_mp_map(&m, 2);
	pkm_mp_key(&m, "requested");
	pkm_mp_uint(&m, requested);
	pkm_mp_key(&m, "retained");
	pkm_mp_uint(&m, kmes_limits.capacity);
	len = pkm_mp_finish(&m);
	if (!WARN_ON_ONCE(!len))
		kmes_emit(KMES_ORIGIN_KMES, type, strlen(type), buf, len);
}

/* A failed swap is not tried again before the next write; a waiting one when an old ring is gone. */
static void swap_rings(bool fresh)
{
	u64 capacity = wanted_capacity;

	switch (kmes_swap(capacity)) {
	case 0:
		wanted_capacity = 0;
		break;
	case -EBUSY:
		if (fresh)
			report_swap("KMES_SWAP_WAITS", capacity);
		break;
	default:
		wanted_capacity = 0;
		report_swap("KMES_SWAP_FAILED", capacity);
	}
}

static void set(enum kmes_setting_index i, u64 number)
{
	switch (i) {
	case KMES_SETTING_CAPACITY:
		wanted_capacity = number;
		break;
	case KMES_SETTING_EVENT:
		WRITE_ONCE(kmes_limits.max_event, number);
		break;
	case KMES_SETTING_DEPTH:
		WRITE_ONCE(kmes_limits.max_depth, number);
		break;
	default:
		WRITE_ONCE(kmes_limits.rate, number);
	}
}

static void apply(const struct lcs_values *values)
{
	const struct lcs_value_entry *value;
	bool fresh = false;
	u64 number;
	u32 i;

	/* Other names are nobody's business here (KMES-128). */
	for (i = 0; i < KMES_SETTINGS; i++) {
		value = values ? lcs_values_find(values, kmes_settings[i].name) : NULL;
		/* A missing value keeps what is in force (KMES-132). */
		if (!value || value->sequence == judged[i])
			continue;
		judged[i] = value->sequence;
		if (!kmes_setting_take(&kmes_settings[i], value->type, value->data.p, value->data.len,
				       &number)) {
			report_rejected(i, value);
			continue;
		}
		fresh |= i == KMES_SETTING_CAPACITY;
		set(i, number);
	}
	if (wanted_capacity)
		swap_rings(fresh);
}

static struct lcs_follower follower = { .path = KEY_PATH, .apply = apply };

/**
 * kmes_config_changed() - a swap that waited may go on
 *
 * Context: process.
 */
void kmes_config_changed(void)
{
	lcs_follow_again(&follower);
}

/**
 * kmes_config_init() - follow the registry
 *
 * Context: module init, after the registry's own.
 */
void kmes_config_init(void)
{
	lcs_follow(&follower);
}

/**
 * kmes_config_exit() - stop following
 *
 * Context: module exit or failed init, before the registry's own.
 */
void kmes_config_exit(void)
{
	lcs_unfollow(&follower);
}
