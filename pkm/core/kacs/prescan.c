// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Step 6: mandatory integrity and process trust. Both decide bits before any
 * DACL is looked at, so nothing an owner writes can give them back.
 */
#include "private.h"

/* KACS-AC-076, KACS-AC-079. */
static void integrity(struct check *ck, struct unit_seed *seed, struct trace_log *log)
{
	u32 denied = mic_denied(ck->req->subject, ck->sd, ck->map);

	if (denied & KACS_WRITE_OWNER && check_privileged(ck, KACS_PRIV_RELABEL)) {
		denied &= ~KACS_WRITE_OWNER;
		if (log)
			ck->provenance[USE_RELABEL] = KACS_WRITE_OWNER;
	}
	seed->decided |= denied;
	seed->mandatory |= denied;
	trace_add(log, denied & ~seed->granted, KACS_STEP_MIC, KACS_TRACE_NO_INDEX, 0);
}

/* KACS-AC-080 to KACS-AC-083. */
static void process_trust(struct check *ck, struct unit_seed *seed, struct trace_log *log)
{
	const u8 *ace = ck->sd->trust;
	u32 denied;

	if (!ace)
		return;
	/* S-1-19-type-trust: both stand right behind the SID's eight bytes. */
	if (ck->req->pip_type >= pkm_get_le32(ace + 16) && ck->req->pip_trust >= pkm_get_le32(ace + 20))
		return;
	denied = (ck->map->all | KACS_ACCESS_SYSTEM_SECURITY) &
		 ~kacs_map_generic(pkm_get_le32(ace + 4), ck->map);
	seed->decided |= denied;
	seed->mandatory |= denied;
	seed->granted &= ~denied;
	seed->priv &= ~denied;
	trace_add(log, denied, KACS_STEP_PIP, KACS_TRACE_NO_INDEX, 0);
}

/**
 * kacs_prescan() - step 6: labels and trust labels of the descriptor
 * @ck: check
 * @seed: state after step 5, updated
 * @log: trace of the object's own evaluation, NULL for a policy rule
 *
 * Context: Any. KACS-AC-065 to KACS-AC-083.
 */
void kacs_prescan(struct check *ck, struct unit_seed *seed, struct trace_log *log)
{
	integrity(ck, seed, log);
	process_trust(ck, seed, log);
}
