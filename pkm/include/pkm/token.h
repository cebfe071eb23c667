/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the hooks (lsm/) ask of the objects (kacs/): lifetime of tokens and
 * process security blocks, and what becomes of them at fork and connect.
 */
#ifndef _PKM_TOKEN_H
#define _PKM_TOKEN_H

#include <linux/types.h>

#include <pkm/kacs.h>

struct file;
struct kacs_psb;
struct task_struct;

/* Process rights, KACS-ENF-009. */
#define KACS_PROCESS_VM_READ           0x0010
#define KACS_PROCESS_VM_WRITE          0x0020
#define KACS_PROCESS_DUP_HANDLE        0x0040
#define KACS_PROCESS_SET_INFORMATION   0x0200
#define KACS_PROCESS_QUERY_INFORMATION 0x0400

/* The boot SYSTEM token; lives as long as the module, not counted. */
extern struct kacs_token *kacs_system_token;

static inline struct kacs_token *kacs_system_token_get(void);

void kacs_token_get(struct kacs_token *tok);
struct kacs_token *kacs_token_fork(struct kacs_token *parent, gfp_t gfp);
struct kacs_token *kacs_token_snapshot(struct kacs_token *client, u32 max_level, gfp_t gfp);
const u8 *kacs_token_guid(const struct kacs_token *tok);

static inline struct kacs_token *kacs_system_token_get(void)
{
	kacs_token_get(kacs_system_token);
	return kacs_system_token;
}

struct kacs_psb *kacs_psb_alloc(const struct kacs_psb *parent, struct kacs_token *primary, gfp_t gfp);
void kacs_psb_get(struct kacs_psb *psb);
void kacs_psb_put(struct kacs_psb *psb);
const u8 *kacs_psb_guid(const struct kacs_psb *psb);
bool kacs_psb_has(const struct kacs_psb *psb, u32 mitigation);
bool kacs_psb_both_begin(struct kacs_psb *psb);
void kacs_psb_both_end(struct kacs_psb *psb);

void kacs_audit_process_create(struct task_struct *parent, struct task_struct *child);
void kacs_audit_process_exec(const struct kacs_psb *psb, struct file *file);
int kacs_gate_process_atomic(struct kacs_token *subject, const struct kacs_psb *caller,
			     struct kacs_psb *target, u32 right, bool audit);

#endif
