/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the other parts of the module ask of KACS: who is calling, does it hold
 * a privilege, does a descriptor grant an access, what does a child inherit.
 */
#ifndef _PKM_KACS_H
#define _PKM_KACS_H

#include <linux/types.h>

#include <pkm/core/kacs.h>

struct kacs_token;
struct file;

#define KACS_GUID_LEN 16

/*
 * Effective token of the calling context, with a reference the caller puts;
 * NULL where nothing may be evaluated (treat as deny). See HAZ-001, HAZ-006.
 */
struct kacs_token *kacs_effective_token_get(void);
struct kacs_token *kacs_primary_token_get(void);
void kacs_token_put(struct kacs_token *tok);

/*
 * Held and enabled in @tok? A passed check marks the privilege used
 * (KACS-TOK-023). Any context.
 */
bool kacs_token_privileged(struct kacs_token *tok, unsigned int bit);

/* Which of @mask the caller's effective token holds and has enabled; marks them used. */
u64 kacs_caller_privileges(u64 mask);

/* Same for the caller's effective token: 0 or -EPERM. */
int kacs_require_privilege(unsigned int bit);

/*
 * Scalar AccessCheck of @tok against the self-relative descriptor @sd.
 * @desired may hold generic bits and MAXIMUM_ALLOWED; *@granted is the mapped
 * result. @audit_context (may be NULL) names object and operation for events.
 * Return: 0, -EACCES, -EINVAL (descriptor malformed), -ENOMEM. May sleep.
 */
int kacs_check(struct kacs_token *tok, const void *sd, u32 sd_len, u32 desired,
	       const struct kacs_generic_map *map, const char *audit_context, u32 *granted);

/* Audit ACEs that fired in a check: on access granted, on access denied. */
#define KACS_MATCHED_SUCCESS 0x1
#define KACS_MATCHED_FAILURE 0x2

/* The same, telling which kinds of audit ACE fired (LCS-157). */
int kacs_check_matched(struct kacs_token *tok, const void *sd, u32 sd_len, u32 desired,
		       const struct kacs_generic_map *map, const char *audit_context, u32 *granted,
		       u32 *matched);

/*
 * May @caller put these components (KACS_SD_...) of @new into @old, beside the
 * rights that it needs: owner, label, mandatory attributes (KACS-ENF-168 to
 * KACS-ENF-170). Return: 0, -EINVAL, -EPERM.
 */
int kacs_sd_may_change(struct kacs_token *caller, u32 info, const struct kacs_sd *old,
		       const struct kacs_sd *new);

/*
 * Descriptor of a new object below a parent (container child), LCS-146.
 * *@out is kmalloc'ed, the caller kfrees. Return: 0, -EINVAL, -ENOMEM.
 */
int kacs_inherit(struct kacs_token *creator, const void *parent_sd, u32 parent_len, bool container,
		 const struct kacs_generic_map *map, void **out, u32 *out_len);

/* Identity stamped on events: never sleep, allocate or lock (KACS-TOK-139). */
void kacs_effective_token_guid(u8 out[KACS_GUID_LEN]);
void kacs_primary_token_guid(u8 out[KACS_GUID_LEN]);
void kacs_process_guid(u8 out[KACS_GUID_LEN]);
/*
 * All three at once, in that order, with IRQs off and not for kernel threads.
 * True: they stay the caller's while pkm_table_epoch stands (pkm/table.h).
 */
bool kacs_caller_guids(u8 out[3 * KACS_GUID_LEN]);

/* Identity facts for audit payloads (LCS-156). */
struct kacs_caller {
	u8 effective_guid[KACS_GUID_LEN], true_guid[KACS_GUID_LEN], process_guid[KACS_GUID_LEN];
	u8 user_sid[68];
	u32 user_sid_len;
	u64 auth_id, token_id;
	u32 token_type, impersonation_level, integrity_level;
};
void kacs_caller_describe(struct kacs_token *effective, struct kacs_caller *out);

/* User SID of @tok, valid while the reference is held; binary form. */
const u8 *kacs_token_user_sid(const struct kacs_token *tok, u32 *len);
/* Enabled member of the group @sid (LCS-059)? */
bool kacs_token_is_member(const struct kacs_token *tok, const u8 *sid, u32 sid_len);

int kacs_init(void);
void kacs_exit(void);

#endif
