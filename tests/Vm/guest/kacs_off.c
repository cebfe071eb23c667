// SPDX-License-Identifier: MIT
/* mode=off: the device is there, for root only. ktest: -p mode=off */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <linux/pkm/kacs.h>

#include "tap.h"

int main(void)
{
	struct stat st;
	__u32 version = 0;
	int dev = open("/dev/kacs", O_RDWR | O_CLOEXEC);

	ok(dev >= 0, "Device_ModeOff_Opens");
	works(ioctl(dev, KACS_IOC_ABI_VERSION, &version), "AbiVersion_Asked_Answers");
	ok(version == KACS_ABI_VERSION, "AbiVersion_Asked_IsOurs");
	fails(ioctl(dev, KACS_IOC_ABI_VERSION, NULL), EFAULT, "AbiVersion_NullPointer_Efault");
	fails(ioctl(dev, _IO('K', 0x7f), NULL), ENOTTY, "Ioctl_Unknown_Enotty");    /* KACS-TOK-006 */
	ok(!fstat(dev, &st) && (st.st_mode & 0777) == 0600, "Node_ModeOff_Is0600"); /* KACS-TOK-148 */
	return plan();
}
