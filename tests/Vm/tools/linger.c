// SPDX-License-Identifier: MIT
/*
 * linger PATH...: to each Unix socket, datagram or stream, sends descriptors of a TCP socket whose
 * last close takes an hour (data nobody reads, SO_LINGER), and goes. Who closes them waits the hour.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define COPIES	200
#define MESSAGES 3

static int lingering(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct linger linger = { .l_onoff = 1, .l_linger = 3600 };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	static char block[65536];

	if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) < 0 ||
	    connect(fd, (struct sockaddr *)&address, length) < 0)
		return -1;
	while (send(fd, block, sizeof(block), MSG_DONTWAIT) > 0)
		;
	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) < 0 ? -1 : fd;
}

static int reach(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int type = SOCK_DGRAM;
	int fd = socket(AF_UNIX, type, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (errno != EPROTOTYPE)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -1 : fd;
}

static int attach(int to, int fd)
{
	union {
		char bytes[CMSG_SPACE(COPIES * sizeof(int))];
		struct cmsghdr header;
	} control = { .header = { CMSG_LEN(COPIES * sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec text = { "READY=1", 7 };
	struct msghdr message = {
		.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};

	for (int i = 0; i < COPIES; i++)
		memcpy(CMSG_DATA(&control.header) + i * sizeof(fd), &fd, sizeof(fd));
	return sendmsg(to, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int to = reach(argv[i]);

		for (int n = 0; n < MESSAGES; n++) {
			int fd = lingering();

			if (to < 0 || fd < 0 || (attach(to, fd) < 0 && n == 0)) {
				perror(argv[i]);
				return 1;
			}
			close(fd);
		}
		close(to);
	}
	return 0;
}
