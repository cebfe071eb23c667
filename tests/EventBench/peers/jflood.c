// SPDX-License-Identifier: MIT
/*
 * jflood COUNT IDENT: COUNT messages of 200 bytes to journald in its native datagram protocol, one of a hundred types,
 * every ten-thousandth of a rare one. A full socket blocks: nothing is lost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char **argv)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket" };
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);
	char text[201], message[512];
	long i, count;

	if (argc != 3 || s < 0 || connect(s, (struct sockaddr *)&to, sizeof(to)))
		return 1;
	count = atol(argv[1]);
	memset(text, 'm', 200);
	text[200] = 0;
	for (i = 0; i < count; i++) {
		int length = snprintf(text, sizeof(text), "n=%010ld ", i);

		text[length] = 'm';
		length = snprintf(message, sizeof(message),
				  "MESSAGE=%s\nPRIORITY=6\nSYSLOG_IDENTIFIER=%s\nTYPE=%s%04ld\n", text,
				  argv[2], i % 10000 == 5000 ? "bench.needle." : "bench.type.",
				  i % 10000 == 5000 ? 1 : i % 100);
		if (send(s, message, (size_t)length, 0) != length)
			return 1;
	}
	return 0;
}
