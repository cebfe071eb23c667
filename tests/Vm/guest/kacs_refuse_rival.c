// SPDX-License-Identifier: MIT
/* Another MAC would decide beside us.  ktest: -n -l landlock,apparmor,bpf */
#include "tap.h"
#include "module.h"

int main(void)
{
	fails(load("mode=enforce"), EBUSY, "Load_BesideApparmor_Refused"); /* KACS-TOK-143 */
	ok(log_says("the LSM apparmor is active"), "Load_BesideApparmor_NamesIt");
	works(load("mode=off"), "Load_OffBesideApparmor_Works");
	return plan();
}
