// SPDX-License-Identifier: MIT
/*
 * notify PATH PID TEXT [PROGRAM ARGUMENT...]: sends TEXT to a Unix datagram socket in the name of process PID (0: its
 * own), says what came of it, and becomes PROGRAM. Where it may, it runs before everybody else on its processor: without
 * a PROGRAM it has ended before the receiver looks.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct ucred claimed = { .uid = getuid(), .gid = getgid() };
	union {
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr header;
	} control = { .header = { CMSG_LEN(sizeof(struct ucred)), SOL_SOCKET, SCM_CREDENTIALS } };
	struct sched_param first = { .sched_priority = 1 }, usual = { 0 };
	struct iovec text;
	struct msghdr message = {
		.msg_name = &address,
		.msg_namelen = sizeof(address),
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	if (argc < 4)
		return 64;
	claimed.pid = atoi(argv[2]) ? atoi(argv[2]) : getpid();
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", argv[1]);
	memcpy(CMSG_DATA(&control.header), &claimed, sizeof(claimed));
	sched_setscheduler(0, SCHED_FIFO, &first);
	text = (struct iovec){ argv[3], strlen(argv[3]) };
	if (sendmsg(socket(AF_UNIX, SOCK_DGRAM, 0), &message, 0) < 0)
		perror("sendmsg");
	else
		puts("sent");
	fflush(stdout);
	if (argc > 4) {
		sched_setscheduler(0, SCHED_OTHER, &usual);
		execv(argv[4], argv + 4);
	}
	return 0;
}
