// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What privileges grant, and whether the grant was needed.
 */
#include "private.h"

static const u8 use_bits[USE_COUNT] = {
	[USE_SECURITY] = KACS_PRIV_SECURITY, [USE_BACKUP] = KACS_PRIV_BACKUP,
	[USE_RESTORE] = KACS_PRIV_RESTORE,   [USE_TAKE_OWNERSHIP] = KACS_PRIV_TAKE_OWNERSHIP,
	[USE_RELABEL] = KACS_PRIV_RELABEL,
};

/* Say who refused ACCESS_SYSTEM_SECURITY, where somebody asked for it. */
static void refuse_security(const struct check *ck, const struct unit_seed *seed, struct trace_log *log)
{
	if (unlikely(ck->maximum || ck->want & KACS_ACCESS_SYSTEM_SECURITY))
		trace_add(log, KACS_ACCESS_SYSTEM_SECURITY & ~seed->granted, KACS_STEP_PRIVILEGE,
			  KACS_TRACE_NO_INDEX, 0);
}

/**
 * kacs_privs_seed() - steps 4 and 5: what enabled privileges grant
 * @ck: check; its provenance is set when @log is given
 * @intent: KACS_BACKUP_INTENT, KACS_RESTORE_INTENT
 * @seed: filled
 * @log: trace of the object's own evaluation, NULL for a policy rule
 *
 * Context: Any. KACS-AC-060 to KACS-AC-064.
 */
void kacs_privs_seed(struct check *ck, u32 intent, struct unit_seed *seed, struct trace_log *log)
{
	u32 bits[USE_COUNT] = { 0 };

	seed->granted = 0;
	seed->priv = 0;
	seed->mandatory = 0;
	/* KACS-AC-061: decided even where nobody granted it. */
	seed->decided = KACS_ACCESS_SYSTEM_SECURITY;
	if (log)
		memset(ck->provenance, 0, sizeof(ck->provenance));
	if (likely(!privs_matter(ck))) {
		refuse_security(ck, seed, log);
		return;
	}
	if (check_privileged(ck, KACS_PRIV_SECURITY))
		bits[USE_SECURITY] = KACS_ACCESS_SYSTEM_SECURITY;
	if (intent & KACS_BACKUP_INTENT && check_privileged(ck, KACS_PRIV_BACKUP))
		bits[USE_BACKUP] = ck->map->read;
	if (intent & KACS_RESTORE_INTENT && check_privileged(ck, KACS_PRIV_RESTORE))
		bits[USE_RESTORE] = ck->map->write | KACS_WRITE_DAC | KACS_WRITE_OWNER | KACS_DELETE |
				    KACS_ACCESS_SYSTEM_SECURITY;
	seed->granted = bits[USE_SECURITY] | bits[USE_BACKUP] | bits[USE_RESTORE];
	seed->priv = seed->granted;
	seed->decided |= seed->granted;
	trace_add(log, seed->granted, KACS_STEP_PRIVILEGE, KACS_TRACE_NO_INDEX, 1);
	refuse_security(ck, seed, log);
	if (log)
		memcpy(ck->provenance, bits, sizeof(bits));
}

/* Bits of @mask that some node still has. */
static u32 surviving(const struct check *ck, u32 mask)
{
	u32 any = 0, i;

	if (!ck->req->results)
		return ck->final.granted[0] & mask;
	for (i = 0; i < ck->count; i++)
		any |= ck->final.granted[i];
	return any & mask;
}

/**
 * kacs_privs_account() - step 14: mark and report privileges that mattered
 * @ck: check with its final masks, of a subject with privileges that matter
 * @used: privileges to mark used
 *
 * Context: Any. KACS-AC-156 to KACS-AC-163.
 * Return: 0, or the sink's error.
 */
int kacs_privs_account(struct check *ck, u64 *used)
{
	const struct kacs_request *req = ck->req;
	u32 audit = req->subject->audit_policy, i;
	int err;

	for (i = 0; i < USE_COUNT; i++) {
		u32 from = ck->provenance[i];
		struct kacs_privilege_event event = {
			.privilege = use_bits[i],
			.requested = from & ck->want,
			.granted = from,
		};

		if (!event.requested)
			continue;
		event.success = surviving(ck, event.requested);
		event.surviving = surviving(ck, from);
		if (event.success)
			*used |= KACS_PRIV_MASK(use_bits[i]);
		if (!req->sink ||
		    !(audit & (event.success ? KACS_AUDIT_PRIVILEGE_SUCCESS : KACS_AUDIT_PRIVILEGE_FAILURE)))
			continue;
		err = req->sink->privilege(req->sink_ctx, &event);
		if (err)
			return err;
	}
	return 0;
}
