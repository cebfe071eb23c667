// SPDX-License-Identifier: MIT
/* With bpf alone no LSM asks for a cred blob and frees go unseen.  ktest: -n -l bpf */
#include "tap.h"
#include "module.h"

int main(void)
{
	fails(load("mode=enforce"), EOPNOTSUPP, "Load_WithoutCredBlob_Refused"); /* HAZ-005 */
	ok(log_says("landlock is what is missing"), "Load_WithoutCredBlob_NamesLandlock");
	works(load("mode=off"), "Load_OffAfterRefusal_Works");
	works(unload(), "Unload_Off_Works");
	return plan();
}
