/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the other parts of the module ask of KMES.
 *
 * Emission is fire-and-forget: it never sleeps, never fails visibly and may be
 * called from any context but NMI (KMES-031..KMES-037, HAZ-026).
 */
#ifndef _PKM_KMES_H
#define _PKM_KMES_H

#include <linux/types.h>
#include <pkm/core/kmes.h> /* struct kmes_event, origin classes */

void kmes_emit_event(u8 origin, const struct kmes_event *event);
void kmes_emit_batch(u8 origin, const struct kmes_event *events, u32 count);

/* kmes_emit_event() with the event in parts. */
static inline void kmes_emit(u8 origin, const char *type, u16 type_len, const void *payload, u32 payload_len)
{
	const struct kmes_event event = {
		.type = type,
		.payload = payload,
		.payload_len = payload_len,
		.type_len = type_len,
	};

	kmes_emit_event(origin, &event);
}

int kmes_init(void);
void kmes_exit(void);
void kmes_config_init(void);
void kmes_config_exit(void);

#endif
