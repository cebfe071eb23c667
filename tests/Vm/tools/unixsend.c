// SPDX-License-Identifier: MIT
/*
 * unixsend PATH: sends standard input to a Unix stream socket as it comes, then prints what is
 * answered until the peer closes or has been silent for two seconds. For clients that misbehave.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct pollfd answer = { .fd = fd, .events = POLLIN };
	char buffer[65536];
	ssize_t n;

	if (argc != 2 || strlen(argv[1]) >= sizeof(address.sun_path))
		return 64;
	strcpy(address.sun_path, argv[1]);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		perror(argv[1]);
		return 1;
	}
	/* A peer that hangs up in the middle of it is one of the right answers. */
	while ((n = read(0, buffer, sizeof(buffer))) > 0)
		if (send(fd, buffer, n, MSG_NOSIGNAL) < 0)
			break;
	while (poll(&answer, 1, 2000) > 0 && (n = read(fd, buffer, sizeof(buffer))) > 0)
		if (write(1, buffer, n) < 0)
			return 1;
	return 0;
}
