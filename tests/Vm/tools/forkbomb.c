// SPDX-License-Identifier: MIT
/*
 * forkbomb COUNT: COUNT processes that ignore SIGTERM, each of which forks its successor and ends, as fast as it can. None
 * lives long enough to be killed by its number, and each leaves an orphan for process 1 to reap.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int count = argc == 2 ? atoi(argv[1]) : 0;

	for (int i = 0; i < count; i++) {
		if (fork() == 0) {
			signal(SIGTERM, SIG_IGN);
			setsid();
			/* A failed fork is tried again. */
			for (;;) {
				if (fork() > 0)
					_exit(0);
			}
		}
	}
	for (;;)
		pause();
}
