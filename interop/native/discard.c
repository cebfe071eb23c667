// SPDX-License-Identifier: MIT
/*
 * Whoever may write to a Unix socket may attach descriptors, and the last close of a descriptor
 * can wait: SO_LINGER makes that of a TCP socket last for years, O_NONBLOCK or not. The receiver
 * pays, and PID 1 is a receiver. The kernel does not linger for a task that exits, so a thread
 * takes a descriptor table of its own, the caller closes what is then not the last copy, and the
 * thread ends.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shim.h"

#define STACK_BYTES (64 * 1024)

struct handover {
	sem_t copied;
	sem_t closed;
	int own_table;
};

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem) < 0)
		;
}

static void *take(void *argument)
{
	struct handover *h = argument;

	h->own_table = unshare(CLONE_FILES) == 0;
	sem_post(&h->copied);
	wait_for(&h->closed);
	free(h);
	return NULL;
}

static int start_thread(struct handover *h)
{
	pthread_attr_t attributes;
	sigset_t all, old;
	pthread_t thread;
	int r;

	if (pthread_attr_init(&attributes))
		return -1;
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&thread, &attributes, take, h);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attributes);
	return r ? -1 : 0;
}

static struct handover *begin(void)
{
	struct handover *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	sem_init(&h->copied, 0, 0);
	sem_init(&h->closed, 0, 0);
	if (start_thread(h) < 0) {
		free(h);
		return NULL;
	}
	wait_for(&h->copied);
	return h;
}

void peios_discard(const int *fds, unsigned int count)
{
	struct handover *h = count ? begin() : NULL;
	struct linger off = { 0 };

	for (unsigned int i = 0; i < count; i++) {
		/* Without a thread this is all that can be done; on anything but a socket it fails. */
		if (!h || !h->own_table)
			setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &off, sizeof(off));
		close(fds[i]);
	}
	if (h)
		sem_post(&h->closed);
}
