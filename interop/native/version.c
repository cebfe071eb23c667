// SPDX-License-Identifier: MIT
#include "shim.h"

int peios_shim_version(void)
{
	return PEIOS_SHIM_VERSION;
}
