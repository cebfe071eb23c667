// SPDX-License-Identifier: MIT
/* mode=enforce: hooks attached, arming, and that the system still lives. */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/pkm/kacs.h>

#include "tap.h"

#define DELETE_MODULE_FORCE O_TRUNC

static int dev;

static struct kacs_state state(void)
{
	struct kacs_state s = { 0 };

	ioctl(dev, KACS_IOC_GET_STATE, &s);
	return s;
}

static int forks_fine(int count)
{
	int i, status, bad = 0;

	for (i = 0; i < count; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(7);
		bad += pid < 0 || waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 7;
	}
	return !bad;
}

int main(void)
{
	struct kacs_state s;

	dev = open("/dev/kacs", O_RDWR | O_CLOEXEC);
	ok(dev >= 0, "Device_ModeEnforce_Opens");
	s = state();
	ok(s.mode == KACS_MODE_ENFORCE, "State_ModeEnforce_SaysSo");
	ok(s.state == KACS_STATE_ATTACHED, "State_BeforeArming_AttachedOnly"); /* HAZ-015 */
	ok(s.hooks > 0, "State_Attached_CountsHooks");
	ok(forks_fine(200), "Fork_Attached_Works");
	works(ioctl(dev, KACS_IOC_ARM), "Arm_System_Works");
	ok(state().state == (KACS_STATE_ATTACHED | KACS_STATE_ARMED), "State_Armed_SaysSo");
	works(ioctl(dev, KACS_IOC_ARM), "Arm_Twice_Works");
	ok(forks_fine(200), "Fork_Armed_Works");
	/* HAZ-012: also from the token that may unload modules. */
	fails(syscall(SYS_delete_module, "pkm", O_NONBLOCK | DELETE_MODULE_FORCE), EPERM,
	      "DeleteModule_Forced_Eperm");
	close(dev); /* nothing of ours keeps it now; HAZ-011: it keeps itself */
	fails(syscall(SYS_delete_module, "pkm", O_NONBLOCK), EWOULDBLOCK, "DeleteModule_Plain_Busy");
	return plan();
}
