// SPDX-License-Identifier: MIT
/* Ids of an impersonating thread: what it cannot keep, and what a mere look at a client does not give. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/fsuid.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kacs.h"

static int impersonate(int token, int level)
{
	int imp = duplicate(token, KACS_TOKEN_ALL_ACCESS, KACS_TOKEN_TYPE_IMPERSONATION, level);

	return ioctl(imp, KACS_IOC_IMPERSONATE);
}

/* A service that serves SYSTEM must not carry uid 0 home. */
static int ids_do_not_outlive_revert(void)
{
	int system = open_self(0, KACS_TOKEN_ALL_ACCESS);
	int service = make_token(SID_LOCAL_SERVICE, 201, PRIV(29));
	gid_t group = 0;

	if (ioctl(service, KACS_IOC_INSTALL) || impersonate(system, 2) || geteuid())
		return 1;
	if (!setresuid(0, 0, 0) || errno != EPERM)
		return 2;
	if (!setreuid(0, -1) || errno != EPERM || !setuid(0) || errno != EPERM)
		return 3;
	if (!setresgid(0, 0, 0) || errno != EPERM || !setgid(0) || errno != EPERM)
		return 4;
	if (!setgroups(1, &group) || errno != EPERM)
		return 5;
	return ioctl(dev, KACS_IOC_REVERT) || getuid() != 201 || geteuid() != 201 || getgid() != 201;
}

/* Identification: the server may look, file permissions must not take it for the client. */
static int identification_acts_as_nobody(void)
{
	int system = open_self(0, KACS_TOKEN_ALL_ACCESS);
	int service = make_token(SID_LOCAL_SERVICE, 201, PRIV(29)), fd;

	fd = open("/tmp/secret", O_CREAT | O_WRONLY, 0600);
	if (fd < 0 || ioctl(service, KACS_IOC_INSTALL) || impersonate(system, 1))
		return 1;
	if (geteuid() != 65534 || getegid() != 65534 || getgroups(0, NULL))
		return 2; /* KACS-TOK-107, KACS-TOK-122 */
	if (setfsuid(-1) != 65534 || open("/tmp/secret", O_RDONLY) >= 0 || errno != EACCES)
		return 3;
	if (ioctl(dev, KACS_IOC_REVERT) || impersonate(system, 2))
		return 4;
	return open("/tmp/secret", O_RDONLY) < 0 ? 5 : 0;
}

static int capabilities(int get, uint32_t *effective)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { 0 };
	int err = syscall(get ? SYS_capget : SYS_capset, &header, data);

	*effective = data[0].effective | data[1].effective;
	return err;
}

/* Revert gives the own capabilities back, but not those that were dropped meanwhile. */
static int dropped_capabilities_stay_dropped(void)
{
	int service = make_token(SID_LOCAL_SERVICE, 201, 0);
	uint32_t effective;

	if (impersonate(service, 2) || capabilities(1, &effective) || effective)
		return 1;
	if (ioctl(dev, KACS_IOC_REVERT) || capabilities(1, &effective) || !effective)
		return 2;
	if (impersonate(service, 2) || capabilities(0, &effective) || ioctl(dev, KACS_IOC_REVERT))
		return 3;
	return capabilities(1, &effective) || effective;
}

static void *keyring(void *arg)
{
	return (void *)syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_THREAD_KEYRING, 1);
}

/* A thread keyring belongs to one thread, also when an impersonating one makes the other. */
static int threads_have_keyrings_of_their_own(void)
{
	int service = make_token(SID_LOCAL_SERVICE, 201, 0);
	void *mine = keyring(NULL), *other;
	pthread_t thread;

	if ((long)mine == -1)
		return errno != ENOSYS; /* a kernel without keyrings */
	if (impersonate(service, 2) || pthread_create(&thread, NULL, keyring, NULL) ||
	    pthread_join(thread, &other))
		return 1;
	return (long)other == -1 || other == mine ? 2 : 0;
}

static int own_ids_may_change(void)
{
	return setresuid(0, 0, 0) || setresuid(-1, 201, 0) || geteuid() != 201;
}

int main(void)
{
	open_dev();
	if (ioctl(dev, KACS_IOC_ARM))
		return 1;
	ok(in_child(ids_do_not_outlive_revert) == 0, "Setuid_Impersonating_Eperm");
	ok(in_child(identification_acts_as_nobody) == 0, "Impersonation_Identification_ActsAsNobody");
	ok(in_child(dropped_capabilities_stay_dropped) == 0, "Revert_CapabilitiesDropped_StayDropped");
	ok(in_child(threads_have_keyrings_of_their_own) == 0, "Thread_OfImpersonator_HasOwnKeyring");
	ok(in_child(own_ids_may_change) == 0, "Setuid_NotImpersonating_Works");
	return plan();
}
