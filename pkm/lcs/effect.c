// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a successful mutation changes in the kernel. It is put together before
 * the request goes out, so that it can happen without the caller: a write that
 * timed out and was applied all the same still bumps the generation and still
 * tells watchers (LCS-322).
 */
#include <linux/slab.h>

#include "internal.h"

/**
 * lcs_effect_alloc() - an effect without consequences yet
 * @place: where the mutation happens; a reference is taken
 *
 * Context: may sleep.
 * Return: it, or NULL.
 */
struct lcs_effect *lcs_effect_alloc(struct lcs_place *place)
{
	struct lcs_effect *effect = kzalloc(sizeof(*effect), GFP_KERNEL_ACCOUNT);

	if (!effect)
		return NULL;
	effect->place = lcs_place_get(place);
	effect->counts = true;
	INIT_LIST_HEAD(&effect->creating);
	return effect;
}

/**
 * lcs_effect_event() - watchers will hear of this
 * @effect: effect
 * @type: REG_EVENT_*
 * @depth: of the changed key in the place: its depth, or one less for the parent
 * @name: value or child, copied
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int lcs_effect_event(struct lcs_effect *effect, u16 type, u32 depth, struct lcs_bytes name)
{
	struct lcs_event *event, *grown;
	u32 count = effect->event_count;

	/* Powers of two; most effects have one event or two. */
	if (!(count & (count - 1))) {
		grown = krealloc_array(effect->events, count ? 2 * count : 1, sizeof(*grown),
				       GFP_KERNEL_ACCOUNT);
		if (!grown)
			return -ENOMEM;
		effect->events = grown;
	}
	event = &effect->events[count];
	event->name = NULL;
	if (name.len) {
		event->name = kmemdup(name.p, name.len, GFP_KERNEL_ACCOUNT);
		if (!event->name)
			return -ENOMEM;
	}
	event->type = type;
	event->depth = depth;
	event->name_len = name.len;
	effect->event_count++;
	return 0;
}

static void post(struct lcs_effect *effect, struct lcs_request **req)
{
	struct lcs_conn *conn;

	if (!*req)
		return;
	conn = lcs_hive_conn(effect->place->hive);
	lcs_rsi_end(&(*req)->w);
	lcs_request_post(conn, *req);
	lcs_conn_put(conn);
	*req = NULL;
}

/**
 * lcs_effect_run() - the source answered
 * @effect: consumed; may be NULL
 * @error: errno of the answer; anything but 0 means nothing happened
 *
 * Context: process context, the caller's or a workqueue's; does not wait for a
 * source.
 */
void lcs_effect_run(struct lcs_effect *effect, int error)
{
	u32 i;

	if (!effect)
		return;
	if (error) {
		post(effect, &effect->undo);
		goto out;
	}
	/* Nobody waits for it, but whoever asks the key's time from now on gets it (touch.c). */
	if (effect->touch)
		lcs_touch_add(&effect->touch->touch);
	post(effect, &effect->touch);
	post(effect, &effect->late_undo);
	if (effect->counts)
		atomic64_inc(&effect->place->hive->generation);
	for (i = 0; i < effect->event_count; i++) {
		struct lcs_bytes name = { effect->events[i].name, effect->events[i].name_len };

		lcs_watch_emit(effect->place, effect->events[i].depth, effect->events[i].type, name);
	}
	if (effect->orphans)
		lcs_object_orphan(effect->place->hive, effect->orphan);
out:
	lcs_effect_free(effect);
}

/**
 * lcs_effect_free() - nothing will come of it
 * @effect: consumed; may be NULL
 *
 * Context: may sleep.
 */
void lcs_effect_free(struct lcs_effect *effect)
{
	u32 i;

	if (!effect)
		return;
	lcs_creating_del(effect);
	for (i = 0; i < effect->event_count; i++)
		kfree(effect->events[i].name);
	kfree(effect->events);
	lcs_request_put(effect->touch);
	lcs_request_put(effect->undo);
	lcs_request_put(effect->late_undo);
	lcs_place_put(effect->place);
	kfree(effect);
}
