// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Step 6: mandatory integrity and process trust. Both decide bits before any
 * DACL is looked at, so nothing an owner writes can give them back.
 */
#include "private.h"

/* Levels and policy of an object without a label, KACS-AC-071. */
#define DEFAULT_LEVEL  8192
#define NO_READ_UP     0x1
#define NO_WRITE_UP    0x2
#define NO_EXECUTE_UP  0x4

/* KACS-AC-072 to KACS-AC-078. */
static void integrity(struct check *ck, struct unit_seed *seed, struct trace_log *log)
{
	const struct kacs_subject *subject = ck->req->subject;
	const struct kacs_generic_map *map = ck->map;
	u32 level = DEFAULT_LEVEL, policy = NO_WRITE_UP, allowed, denied;

	if (ck->sd->label) {
		/* The SID is S-1-16-x, so x stands right behind its eight bytes. */
		level = pkm_get_le32(ck->sd->label + 16);
		policy = pkm_get_le32(ck->sd->label + 4);
	}
	if (!(subject->mandatory_policy & KACS_MANDATORY_NO_WRITE_UP) ||
	    subject->integrity >= level)
		return;
	allowed = map->read | map->execute;
	if (policy & NO_READ_UP)
		allowed &= ~map->read;
	if (policy & NO_WRITE_UP)
		allowed &= ~map->write;
	if (policy & NO_EXECUTE_UP)
		allowed &= ~map->execute;
	allowed |= KACS_READ_CONTROL | KACS_SYNCHRONIZE; /* KACS-AC-075 */
	denied = map->all & ~allowed;
	if (denied & KACS_WRITE_OWNER && check_privileged(ck, KACS_PRIV_RELABEL)) {
		denied &= ~KACS_WRITE_OWNER; /* KACS-AC-076 */
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
	if (ck->req->pip_type >= pkm_get_le32(ace + 16) &&
	    ck->req->pip_trust >= pkm_get_le32(ace + 20))
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
