// SPDX-License-Identifier: GPL-2.0-only
/*
 * Start and end of KACS, and the tokens that exist before anybody asks:
 * SYSTEM, which every task alive at load gets, and Anonymous.
 */
#include <linux/err.h>

#include "internal.h"

#define SOURCE_NAME                                    \
	{                                              \
		'P', 'e', 'i', 'o', 's', 'K', 'r', 'n' \
	}

#define ATTR_DEFAULT (KACS_GROUP_MANDATORY | KACS_GROUP_ENABLED_BY_DEFAULT | KACS_GROUP_ENABLED)

const u8 kacs_sid_system[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 18 };
const u8 kacs_sid_administrators[16] = { 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 0x02 };
const u8 kacs_sid_everyone[12] = { 1, 1, 0, 0, 0, 0, 0, 1, 0 };
const u8 kacs_sid_authenticated[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 11 };
const u8 kacs_sid_local[12] = { 1, 1, 0, 0, 0, 0, 0, 2, 0 };
const u8 kacs_sid_anonymous[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 7 };
const u8 kacs_sid_owner_rights[12] = { 1, 1, 0, 0, 0, 0, 0, 3, 4 };

/* KACS-TOK-146: SYSTEM and Administrators, GENERIC_ALL. */
/* clang-format off */
static const u8 system_default_dacl[52] = {
	0x02, 0x00, 0x34, 0x00, 0x02, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x10,
	0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x12, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x18, 0x00, 0x00, 0x00, 0x00, 0x10,
	0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x20, 0x00, 0x00, 0x00, 0x20, 0x02, 0x00, 0x00,
};
/* clang-format on */

struct kacs_token *kacs_system_token __ro_after_init;
/* Without and with Everyone among the groups; the policy chooses (KACS-TOK-121). */
static struct kacs_token *anonymous[2] __ro_after_init;
static bool anonymous_in_everyone;

static void put_group(struct pkm_writer *w, const u8 *sid, u32 attributes)
{
	u32 len = kacs_sid_len(sid);

	pkm_writer_le32(w, len);
	pkm_writer_bytes(w, sid, len);
	pkm_writer_le32(w, attributes);
}

/* KACS-TOK-145; the logon SID is appended by kacs_token_create(). */
static struct kacs_token *__init make_system(struct kacs_session *session)
{
	struct kacs_token_spec spec = {
		.subject = {
			.user = kacs_sid_system,
			.auth_id = KACS_SESSION_SYSTEM,
			.integrity = KACS_INTEGRITY_SYSTEM,
			.mandatory_policy = KACS_MANDATORY_NO_WRITE_UP |
					    KACS_MANDATORY_NEW_PROCESS_MIN,
			.token_type = KACS_TOKEN_TYPE_PRIMARY,
		},
		.privs_present = KACS_PRIV_ALL,
		.privs_enabled = KACS_PRIV_ALL,
		.session_id = KACS_SESSION_SYSTEM,
		.source_name = SOURCE_NAME,
		.primary_group_index = 1,
		.default_dacl = system_default_dacl,
		.default_dacl_len = sizeof(system_default_dacl),
	};
	u8 groups[4 * (4 + 16 + 4)];
	struct pkm_writer w;

	pkm_writer_init(&w, groups, sizeof(groups));
	put_group(&w, kacs_sid_administrators, ATTR_DEFAULT | KACS_GROUP_OWNER);
	put_group(&w, kacs_sid_everyone, ATTR_DEFAULT);
	put_group(&w, kacs_sid_authenticated, ATTR_DEFAULT);
	put_group(&w, kacs_sid_local, ATTR_DEFAULT);
	spec.subject.groups = (struct kacs_sid_list){ groups, w.len, 4 };
	return kacs_token_create(&spec, session, kacs_now(), kacs_token_boot_sd());
}

static struct kacs_token *make_anonymous(bool everyone)
{
	struct kacs_session *session = kacs_session_find_get(KACS_SESSION_ANONYMOUS);
	struct kacs_token_spec spec = {
		.subject = {
			.user = kacs_sid_anonymous,
			.auth_id = KACS_SESSION_ANONYMOUS,
			.mandatory_policy = KACS_MANDATORY_NO_WRITE_UP,
			.token_type = KACS_TOKEN_TYPE_IMPERSONATION,
			.level = KACS_LEVEL_ANONYMOUS,
		},
		.session_id = KACS_SESSION_ANONYMOUS,
		.source_name = SOURCE_NAME,
		.projected_uid = 65534,
		.projected_gid = 65534,
	};
	u8 groups[4 + 12 + 4];
	struct kacs_token *tok;
	struct pkm_writer w;

	if (!session)
		return ERR_PTR(-ENOMEM);
	pkm_writer_init(&w, groups, sizeof(groups));
	put_group(&w, kacs_sid_everyone, ATTR_DEFAULT);
	if (everyone)
		spec.subject.groups = (struct kacs_sid_list){ groups, w.len, 1 };
	tok = kacs_token_create(&spec, session, kacs_now(),
				kacs_token_default_sd(kacs_sid_anonymous, kacs_sid_system, 0, GFP_KERNEL));
	kacs_session_put(session);
	return tok;
}

/**
 * kacs_anonymous_token() - the Anonymous singleton of the policy in force
 *
 * Context: any.
 * Return: the token; lives as long as the module, not counted.
 */
struct kacs_token *kacs_anonymous_token(void)
{
	return anonymous[READ_ONCE(anonymous_in_everyone)];
}

/**
 * kacs_anonymous_token_get() - the same, counted
 *
 * Context: any.
 * Return: a reference that the caller puts.
 */
struct kacs_token *kacs_anonymous_token_get(void)
{
	struct kacs_token *tok = kacs_anonymous_token();

	kacs_token_get(tok);
	return tok;
}

/**
 * kacs_anonymous_token_create() - an Anonymous token of its own (KACS-TOK-059)
 *
 * Context: process context. May sleep.
 * Return: a token with one reference, or an ERR_PTR.
 */
struct kacs_token *kacs_anonymous_token_create(void)
{
	return make_anonymous(READ_ONCE(anonymous_in_everyone));
}

/**
 * kacs_anonymous_set_policy() - are Anonymous tokens made from now on in Everyone
 * @include_everyone: the policy
 *
 * Context: any.
 */
void kacs_anonymous_set_policy(bool include_everyone)
{
	WRITE_ONCE(anonymous_in_everyone, include_everyone);
}

static int __init make_boot_tokens(void)
{
	struct kacs_session *session = kacs_session_find_get(KACS_SESSION_SYSTEM);
	struct kacs_token *made[3];
	int i, err = 0;

	made[0] = make_system(session);
	made[1] = make_anonymous(false);
	made[2] = make_anonymous(true);
	kacs_session_put(session);
	for (i = 0; i < 3; i++)
		if (IS_ERR(made[i]))
			err = PTR_ERR(made[i]);
	if (err) {
		for (i = 0; i < 3; i++)
			if (!IS_ERR(made[i]))
				kacs_token_put(made[i]);
		return err;
	}
	kacs_system_token = made[0];
	anonymous[0] = made[1];
	anonymous[1] = made[2];
	return 0;
}

static void put_boot_tokens(void)
{
	kacs_token_put(kacs_system_token);
	kacs_token_put(anonymous[0]);
	kacs_token_put(anonymous[1]);
}

/**
 * kacs_init() - bring KACS up
 *
 * Context: module init.
 * Return: 0 or a negative errno; on failure nothing is left behind.
 */
int __init kacs_init(void)
{
	int err = kacs_session_init();

	if (err)
		return err;
	err = make_boot_tokens();
	if (err)
		goto exit_sessions;
	err = kacs_secfs_init();
	if (err)
		goto put_tokens;
	err = kacs_dev_init();
	if (err)
		goto exit_secfs;
	return 0;

exit_secfs:
	kacs_secfs_exit();
put_tokens:
	put_boot_tokens();
exit_sessions:
	kacs_session_exit();
	rcu_barrier(); /* blobs of freed tokens are still queued */
	return err;
}

/**
 * kacs_exit() - take KACS down
 *
 * Descriptors hold the module, so none is left; only mode=off gets here.
 *
 * Context: module exit.
 */
void kacs_exit(void)
{
	kacs_dev_exit();
	kacs_secfs_exit();
	kacs_caap_exit();
	put_boot_tokens();
	kacs_session_exit();
	rcu_barrier();
}
