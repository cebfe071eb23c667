// SPDX-License-Identifier: MIT
/* anonymous: makes the Anonymous token of now and says whether Everyone is among its groups. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../../../pkm/include/uapi/linux/pkm/kacs.h"

int main(void)
{
	static const uint8_t everyone[12] = { 1, 1, 0, 0, 0, 0, 0, 1, 0 };
	struct kacs_open_self_token_args self = { .access_mask = KACS_TOKEN_DUPLICATE };
	struct kacs_duplicate_args copy = { KACS_TOKEN_QUERY, KACS_TOKEN_TYPE_IMPERSONATION,
					    KACS_LEVEL_ANONYMOUS, -1 };
	uint8_t groups[256];
	struct kacs_query_args query = { KACS_TOKEN_CLASS_GROUPS, sizeof(groups), (uintptr_t)groups };
	int dev = open("/dev/kacs", O_RDWR | O_CLOEXEC), token = ioctl(dev, KACS_IOC_OPEN_SELF_TOKEN, &self);

	if (ioctl(token, KACS_IOC_DUPLICATE, &copy) || ioctl(copy.result_fd, KACS_IOC_QUERY, &query)) {
		perror("anonymous");
		return 1;
	}
	puts(memmem(groups, query.buf_len, everyone, sizeof(everyone)) ? "everyone" : "nobody");
	return 0;
}
