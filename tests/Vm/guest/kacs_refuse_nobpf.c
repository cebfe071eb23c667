// SPDX-License-Identifier: MIT
/* Without bpf in the LSM list nothing attaches.  ktest: -n -l landlock,lockdown,yama,integrity */
#include "tap.h"
#include "module.h"

int main(void)
{
	fails(load("mode=enforce"), EOPNOTSUPP, "Load_EnforceWithoutBpf_Refused"); /* KACS-TOK-143 */
	ok(log_says("lsm=landlock,lockdown,yama,integrity,bpf"), "Load_EnforceWithoutBpf_NamesParameter");
	fails(load("mode=audit"), EOPNOTSUPP, "Load_AuditWithoutBpf_Refused");
	works(load("mode=off"), "Load_OffWithoutBpf_Works");
	works(unload(), "Unload_Off_Works");
	return plan();
}
