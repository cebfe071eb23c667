// SPDX-License-Identifier: MIT
/* Loading: modes, refusals, and that mode=off leaves nothing behind.  ktest: -n */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kacs.h"
#include "module.h"

static void test_off(void)
{
	struct kacs_open_peer_token_args peer = { 0 };
	struct kacs_state state;
	struct stat st;
	int round, bad = 0, token, nobody;

	for (round = 0; round < 20; round++)
		bad += load(round & 1 ? "" : "mode=off") || unload();
	ok(!bad, "Load_OffTwentyTimes_Unloads");
	works(load(""), "Load_NoParameter_Works");
	ok(access("/sys/module/pkm/parameters/mode", W_OK) || !stat("/sys/module/pkm/parameters/mode", &st),
	   "Parameter_Mode_IsThere");
	ok((st.st_mode & 0222) == 0, "Parameter_Mode_IsReadOnly"); /* HAZ-020 */
	open_dev();
	ok(!ioctl(dev, KACS_IOC_GET_STATE, &state) && state.mode == KACS_MODE_OFF && !state.state &&
		   !state.hooks,
	   "State_Off_NothingAttached");
	fails(ioctl(dev, KACS_IOC_ARM), EOPNOTSUPP, "Arm_Off_Eopnotsupp");
	fails(ioctl(dev, KACS_IOC_OPEN_PEER_TOKEN, &peer), EOPNOTSUPP,
	      "OpenPeer_Off_Eopnotsupp"); /* KACS-TOK-148 */
	fails(ioctl(dev, KACS_IOC_REVERT), EOPNOTSUPP, "Revert_Off_Eopnotsupp");
	token = open_self(0, KACS_TOKEN_ALL_ACCESS);
	ok(token >= 0 && user_is(token, SID_SYSTEM), "OpenSelf_OffRoot_IsSystem");
	fails(ioctl(token, KACS_IOC_INSTALL), EOPNOTSUPP, "Install_Off_Eopnotsupp");
	fails(unload(), EWOULDBLOCK, "Unload_DescriptorOpen_Busy");
	close(token);
	if (!fork()) {
		if (setuid(1000))
			_exit(9);
		nobody = open_self(0, KACS_TOKEN_QUERY);
		/* Anonymous may query itself; it is not SYSTEM and holds no privilege. */
		_exit(nobody >= 0 && user_is(nobody, SID_SYSTEM));
	}
	wait(&bad);
	ok(!bad, "OpenSelf_OffUser_IsNotSystem");
	close(dev);
	works(unload(), "Unload_Off_Works");
	fails(open("/dev/kacs", O_RDWR), ENOENT, "Unload_Off_NodeIsGone");
}

int main(void)
{
	fails(load("mode=bogus"), EINVAL, "Load_UnknownMode_Einval");
	ok(log_says("unknown mode=bogus"), "Load_UnknownMode_SaysSo");
	test_off();
	works(load("mode=audit"), "Load_Audit_Works");
	fails(unload(), EWOULDBLOCK, "Unload_Attached_Busy");
	fails(load("mode=off"), EEXIST, "Load_Twice_Eexist");
	return plan();
}
