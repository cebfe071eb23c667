// SPDX-License-Identifier: GPL-2.0-only
/* /dev/kacs: logon sessions. */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

/**
 * kacs_ioc_create_logon_session() - KACS_IOC_CREATE_LOGON_SESSION
 * @arg: struct kacs_create_logon_session_args
 *
 * Context: process context. May sleep. KACS-TOK-084.
 * Return: 0, -EPERM, -EFAULT, -EINVAL, -ENOMEM.
 */
long kacs_ioc_create_logon_session(void __user *arg)
{
	struct kacs_create_logon_session_args __user *user = arg;
	struct kacs_create_logon_session_args args;
	struct kacs_session_spec spec;
	int err = kacs_require_privilege(KACS_PRIV_TCB);
	void *bytes;
	u64 id = 0;

	if (err)
		return err;
	if (copy_from_user(&args, user, sizeof(args)))
		return -EFAULT;
	if (args.spec_len < KACS_SESSION_SPEC_MIN || args.spec_len > KACS_SESSION_SPEC_MAX)
		return -EINVAL;
	bytes = memdup_user(u64_to_user_ptr(args.spec_ptr), args.spec_len);
	if (IS_ERR(bytes))
		return PTR_ERR(bytes);
	err = kacs_session_spec_parse(&spec, bytes, args.spec_len);
	if (!err)
		err = kacs_session_create(&spec, &id);
	kfree(bytes);
	if (err)
		return err;
	if (put_user(id, &user->session_id)) {
		kacs_session_destroy_empty(id); /* nobody could ever name it */
		return -EFAULT;
	}
	return 0;
}

static long with_session(void __user *arg, int (*act)(u64 id))
{
	struct kacs_logon_session_args args;
	int err = kacs_require_privilege(KACS_PRIV_TCB);

	if (err)
		return err;
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	return act(args.auth_id);
}

/**
 * kacs_ioc_destroy_empty_logon_session() - KACS_IOC_DESTROY_EMPTY_LOGON_SESSION
 * @arg: struct kacs_logon_session_args
 *
 * Context: process context. KACS-TOK-088.
 * Return: 0, -EPERM, -EFAULT, -ENOENT, -EBUSY.
 */
long kacs_ioc_destroy_empty_logon_session(void __user *arg)
{
	return with_session(arg, kacs_session_destroy_empty);
}

/**
 * kacs_ioc_invalidate_logon_session() - KACS_IOC_INVALIDATE_LOGON_SESSION
 * @arg: struct kacs_logon_session_args
 *
 * Context: process context. KACS-TOK-089.
 * Return: 0, -EPERM, -EFAULT, -ENOENT.
 */
long kacs_ioc_invalidate_logon_session(void __user *arg)
{
	return with_session(arg, kacs_session_invalidate);
}

/* Its own session everybody may see, others those who may read the list (KACS-TOK-142). */
static int may_look_up(u64 id)
{
	struct kacs_token *tok = kacs_effective_token_get();
	bool may = false;

	if (!tok)
		return -EACCES;
	may = tok->fixed->session->id == id || kacs_sessions_readable(tok);
	kacs_token_put(tok);
	return may ? 0 : -EACCES;
}

static int fill_info(const struct kacs_session *session, struct kacs_session_info *info)
{
	u32 room = info->auth_package_len;

	info->created_at = session->created_at;
	info->logon_type = session->logon_type;
	info->flags = kacs_session_is_dead(session) ? KACS_SESSION_DEAD : 0;
	info->user_sid_len = session->user_len;
	memset(info->user_sid, 0, sizeof(info->user_sid));
	memcpy(info->user_sid, session->user, session->user_len);
	info->auth_package_len = session->package_len;
	if (!info->auth_package_ptr)
		return 0;
	if (room < session->package_len)
		return -ERANGE;
	if (copy_to_user(u64_to_user_ptr(info->auth_package_ptr), session->package, session->package_len))
		return -EFAULT;
	return 0;
}

/**
 * kacs_ioc_get_logon_session() - KACS_IOC_GET_LOGON_SESSION
 * @arg: struct kacs_session_info
 *
 * Context: process context. May sleep.
 * Return: 0, -EFAULT, -EACCES, -ENOENT, -ERANGE when the package's name does
 * not fit (its length is told).
 */
long kacs_ioc_get_logon_session(void __user *arg)
{
	struct kacs_session *session;
	struct kacs_session_info info;
	int err;

	if (copy_from_user(&info, arg, sizeof(info)))
		return -EFAULT;
	err = may_look_up(info.auth_id);
	if (err)
		return err;
	session = kacs_session_find_get(info.auth_id);
	if (!session)
		return -ENOENT;
	err = fill_info(session, &info);
	kacs_session_put(session);
	if ((!err || err == -ERANGE) && copy_to_user(arg, &info, sizeof(info)))
		return -EFAULT;
	return err;
}
