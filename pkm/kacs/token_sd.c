// SPDX-License-Identifier: GPL-2.0-only
/* Descriptors that come with a token: its own, and the one its processes start with. */
#include <linux/slab.h>

#include "internal.h"

/* Rights that a token's subject has on it, KACS-TOK-033. */
#define SELF_RIGHTS                                                                   \
	(KACS_TOKEN_QUERY | KACS_TOKEN_ADJUST_PRIVILEGES | KACS_TOKEN_ADJUST_GROUPS | \
	 KACS_TOKEN_ADJUST_DEFAULT)
#define PROCESS_QUERY_LIMITED 0x1000

/* Assembles @owner, @group (may be NULL), and ACLs of at most 256 bytes into a blob. */
static struct kacs_blob *assemble(const u8 *owner, const u8 *group, const struct pkm_writer *dacl,
				  const struct pkm_writer *sacl, gfp_t gfp)
{
	struct kacs_sd_parts parts = {
		.owner = owner,
		.group = group,
		.dacl = dacl->data,
		.dacl_len = dacl->len,
		.sacl = sacl->data,
		.sacl_len = sacl->len,
	};
	struct kacs_blob *blob;
	struct pkm_writer w;

	pkm_writer_init(&w, NULL, 0);
	kacs_sd_write(&parts, &w);
	blob = kacs_blob_alloc(w.len, gfp);
	if (!blob)
		return NULL;
	pkm_writer_init(&w, blob->data, blob->len);
	if (WARN_ON_ONCE(kacs_sd_write(&parts, &w) || !pkm_writer_ok(&w))) {
		kacs_blob_put(blob);
		return NULL;
	}
	return blob;
}

#define LABEL_ACL_MAX (8 + 8 + KACS_SID_MAX)

/* A SACL with nothing but the label of @integrity: no write from below. */
static void put_label(struct pkm_writer *w, u8 bytes[LABEL_ACL_MAX], u32 integrity)
{
	u8 sid[KACS_SID_MAX];

	kacs_sid_integrity(sid, integrity);
	pkm_writer_init(w, bytes, LABEL_ACL_MAX);
	kacs_acl_begin(w, 2);
	kacs_ace_write(w, KACS_ACE_MANDATORY_LABEL, 0, KACS_LABEL_NO_WRITE_UP, sid);
	kacs_acl_end(w, 0, 1);
}

/**
 * kacs_token_default_sd() - the descriptor of a new token
 * @user: the token's user SID
 * @creator: user SID of the creating process's primary token
 * @integrity: the token's level: the user's processes below it may look at it,
 *             not adjust it
 * @gfp: allocation flags
 *
 * A creator that makes a token for itself gets OWNER RIGHTS cut down to
 * READ_CONTROL instead of full access (KACS-TOK-033, KACS-TOK-034).
 *
 * Context: as @gfp allows.
 * Return: a blob with one reference; NULL when out of memory.
 */
struct kacs_blob *kacs_token_default_sd(const u8 *user, const u8 *creator, u32 integrity, gfp_t gfp)
{
	u8 bytes[8 + 3 * (8 + KACS_SID_MAX)];
	u8 label[LABEL_ACL_MAX];
	struct pkm_writer dacl, sacl;

	pkm_writer_init(&dacl, bytes, sizeof(bytes));
	kacs_acl_begin(&dacl, 2);
	kacs_ace_write(&dacl, KACS_ACE_ALLOWED, 0, SELF_RIGHTS, user);
	if (kacs_sid_equal(user, creator))
		kacs_ace_write(&dacl, KACS_ACE_ALLOWED, 0, KACS_READ_CONTROL, kacs_sid_owner_rights);
	else
		kacs_ace_write(&dacl, KACS_ACE_ALLOWED, 0, KACS_TOKEN_ALL_ACCESS, creator);
	kacs_ace_write(&dacl, KACS_ACE_ALLOWED, 0, KACS_TOKEN_ALL_ACCESS, kacs_sid_system);
	kacs_acl_end(&dacl, 0, 3);
	put_label(&sacl, label, integrity);
	return assemble(creator, NULL, &dacl, &sacl, gfp);
}

/**
 * kacs_token_boot_sd() - the descriptor of the boot SYSTEM token, KACS-TOK-147
 *
 * Context: process context. May sleep.
 * Return: a blob with one reference; NULL when out of memory.
 */
struct kacs_blob *kacs_token_boot_sd(void)
{
	u8 bytes[8 + 3 * (8 + 16)];
	u8 label[LABEL_ACL_MAX];
	struct pkm_writer dacl, sacl;

	pkm_writer_init(&dacl, bytes, sizeof(bytes));
	kacs_acl_begin(&dacl, 2);
	kacs_ace_write(&dacl, KACS_ACE_ALLOWED, 0, SELF_RIGHTS, kacs_sid_system);
	kacs_ace_write(&dacl, KACS_ACE_ALLOWED, 0, KACS_TOKEN_ALL_ACCESS, kacs_sid_system);
	kacs_ace_write(&dacl, KACS_ACE_ALLOWED, 0, KACS_TOKEN_ALL_ACCESS, kacs_sid_administrators);
	kacs_acl_end(&dacl, 0, 3);
	put_label(&sacl, label, KACS_INTEGRITY_SYSTEM);
	return assemble(kacs_sid_system, NULL, &dacl, &sacl, GFP_KERNEL);
}

/* KACS-ENF-011. */
static struct kacs_blob *make_process_sd(const struct kacs_token *tok, const u8 *group, gfp_t gfp)
{
	const u8 *user = kacs_token_user_sid(tok, NULL);
	u8 dacl_bytes[8 + 4 * (8 + KACS_SID_MAX)];
	struct pkm_writer dacl, sacl;
	u8 label[LABEL_ACL_MAX];

	pkm_writer_init(&dacl, dacl_bytes, sizeof(dacl_bytes));
	kacs_acl_begin(&dacl, 2);
	kacs_ace_write(&dacl, KACS_ACE_ALLOWED, 0, KACS_GENERIC_ALL, user);
	kacs_ace_write(&dacl, KACS_ACE_ALLOWED, 0, KACS_GENERIC_ALL, kacs_sid_administrators);
	kacs_ace_write(&dacl, KACS_ACE_ALLOWED, 0, KACS_GENERIC_ALL, kacs_sid_system);
	kacs_ace_write(&dacl, KACS_ACE_ALLOWED, 0, PROCESS_QUERY_LIMITED, kacs_sid_everyone);
	kacs_acl_end(&dacl, 0, 4);

	put_label(&sacl, label, kacs_token_subject(tok)->integrity);
	return assemble(user, group, &dacl, &sacl, gfp);
}

/**
 * kacs_token_process_sd_get() - the default descriptor of the token's processes
 * @tok: primary token of the creating thread (KACS-ENF-012)
 * @gfp: allocation flags
 *
 * Made once per token and shared by its copies, so that fork does not pay.
 *
 * Context: as @gfp allows.
 * Return: a reference that the caller puts; NULL when out of memory.
 */
struct kacs_blob *kacs_token_process_sd_get(struct kacs_token *tok, gfp_t gfp)
{
	struct kacs_blob *sd = kacs_blob_get_rcu(&tok->process_sd);
	unsigned long flags;
	u32 index;

	if (sd)
		return sd;
	index = READ_ONCE(tok->group_index);
	sd = make_process_sd(tok, kacs_token_indexed_sid(tok, index), gfp);
	if (!sd)
		return NULL;
	spin_lock_irqsave(&tok->lock, flags);
	if (index == tok->group_index && !rcu_access_pointer(tok->process_sd))
		rcu_assign_pointer(tok->process_sd, kacs_blob_get(sd));
	spin_unlock_irqrestore(&tok->lock, flags);
	return sd;
}
