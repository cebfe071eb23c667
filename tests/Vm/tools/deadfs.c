// SPDX-License-Identifier: MIT
/*
 * deadfs FOLDER PROGRAM: mounts a file system at FOLDER whose every name is PROGRAM's content, executable, and says
 * "mounted". After SIGUSR1 it still takes each request and answers none, like a server or a disk that has died: who asks
 * then waits in the kernel, and not even SIGKILL ends that wait.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NODE 2

static volatile sig_atomic_t dead;
static const char *content;
static struct stat program;
static int device;

static void die(int signal)
{
	(void)signal;
	dead = 1;
}

static void answer(const struct fuse_in_header *in, int error, const void *data, size_t size)
{
	static char out[sizeof(struct fuse_out_header) + (1 << 17)];
	struct fuse_out_header *header = (struct fuse_out_header *)out;

	header->unique = in->unique;
	header->error = -error;
	header->len = (unsigned int)(sizeof(*header) + (error ? 0 : size));
	if (!error && size)
		memcpy(header + 1, data, size);
	if (write(device, out, header->len) < 0)
		perror("answer");
}

/* Nothing is cached: each look at a file asks again. */
static struct fuse_attr attributes(unsigned long node)
{
	struct fuse_attr a = { .ino = node, .mode = S_IFDIR | 0755, .nlink = 2, .blksize = 4096 };

	if (node == FILE_NODE) {
		a.mode = S_IFREG | 0755;
		a.nlink = 1;
		a.size = (unsigned long)program.st_size;
	}
	return a;
}

static void read_content(const struct fuse_in_header *in, const struct fuse_read_in *r)
{
	size_t left = r->offset < (unsigned long)program.st_size ? (size_t)program.st_size - r->offset : 0;

	answer(in, 0, content + r->offset, left < r->size ? left : r->size);
}

static void serve(const struct fuse_in_header *in)
{
	const struct fuse_init_in *offered = (const void *)(in + 1);
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
				      .minor = FUSE_KERNEL_MINOR_VERSION,
				      .max_write = 4096 };
	struct fuse_entry_out entry = { .nodeid = FILE_NODE, .attr = attributes(FILE_NODE) };
	struct fuse_attr_out attr = { .attr = attributes(in->nodeid) };
	struct fuse_open_out opened = { .fh = 1 };

	switch (in->opcode) {
	case FUSE_INIT:
		init.max_readahead = offered->max_readahead;
		answer(in, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer(in, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		answer(in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		answer(in, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		read_content(in, (const void *)(in + 1));
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break;
	case FUSE_RELEASE:
	case FUSE_FLUSH:
		answer(in, 0, NULL, 0);
		break;
	default:
		answer(in, ENOSYS, NULL, 0);
	}
}

static int begin(const char *folder, const char *path)
{
	struct sigaction action = { .sa_handler = die, .sa_flags = SA_RESTART };
	char options[64];
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &program) < 0)
		return -1;
	content = mmap(NULL, (size_t)program.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	device = open("/dev/fuse", O_RDWR);
	if (content == MAP_FAILED || device < 0 || sigaction(SIGUSR1, &action, NULL) < 0)
		return -1;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", device);
	return mount("deadfs", folder, "fuse", 0, options);
}

int main(int argc, char **argv)
{
	static union {
		struct fuse_in_header header;
		char bytes[1 << 18];
	} request;

	if (argc != 3 || begin(argv[1], argv[2]) < 0) {
		perror("deadfs");
		return 1;
	}
	puts("mounted");
	fflush(stdout);
	for (;;) {
		ssize_t n = read(device, &request, sizeof(request));

		/* EINTR and ENOENT: a request that is gone again. */
		if (n < 0 && errno != EINTR && errno != ENOENT)
			return 1;
		if (n > 0 && !dead)
			serve(&request.header);
	}
}
