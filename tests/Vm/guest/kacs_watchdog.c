// SPDX-License-Identifier: MIT
/* Minutes pass: the watchdog looks and finds the hooks in place (HAZ-013).  ktest: -i */
#include <unistd.h>

#include "kacs.h"
#include "module.h"

static uint32_t state(void)
{
	struct kacs_state s = { 0 };

	ioctl(dev, KACS_IOC_GET_STATE, &s);
	return s.state;
}

int main(void)
{
	open_dev();
	works(ioctl(dev, KACS_IOC_ARM), "Arm_System_Works");
	sleep(200);
	ok(state() == (KACS_STATE_ATTACHED | KACS_STATE_ARMED), "Watchdog_AfterMinutes_FindsNothing");
	ok(!log_says("not reliable"), "Watchdog_AfterMinutes_IsSilent");
	/* Disarming by the switch that all of ftrace obeys. */
	int fd = open("/proc/sys/kernel/ftrace_enabled", O_WRONLY);

	fails(write(fd, "0", 1), EBUSY, "FtraceEnabled_WriteZero_Ebusy");
	return plan();
}
