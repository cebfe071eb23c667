// SPDX-License-Identifier: MIT
/*
 * Cost of an event of about 200 bytes, in instructions (qemu/ktest.sh -i): KMES and what else a
 * Linux program would use, in one boot. Each figure is the least of several rounds, which leaves out
 * timer interrupts. Lines: "bench: CASE COUNT".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/pkm/kmes.h>

#define ROUNDS 9
#define CALLS  2000
#define BATCH  64
#define BYTES  200

static int dev;
static uint8_t payload[BYTES - 12] = { 0xc4, BYTES - 12 - 2 }; /* MessagePack: bin 8 */
static char text[BYTES];

static uint64_t now(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static void report(const char *name, double value)
{
	printf("bench: %s %.1f\n", name, value);
	fflush(stdout);
}

/* Least cost of one @call of a round of @count, each worth @events. */
static void measure(const char *name, int count, int events, int (*call)(void))
{
	uint64_t best = UINT64_MAX, start, spent;
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		start = now();
		for (i = 0; i < count; i++)
			if (call() < 0) {
				printf("# %s: %s\n", name, strerror(errno));
				return;
			}
		spent = now() - start;
		if (spent < best)
			best = spent;
	}
	report(name, (double)best / count / events);
}

static int empty_ioctl(void)
{
	return ioctl(dev, _IO(KMES_IOC, 0x7f), 0) < 0 && errno == ENOTTY ? 0 : -1;
}

static int emit(void)
{
	struct kmes_emit_args a = { .event_type = (uintptr_t) "bench.single",
				    .event_type_len = 12,
				    .payload = (uintptr_t)payload,
				    .payload_len = sizeof(payload) };

	return ioctl(dev, KMES_IOC_EMIT, &a);
}

static struct kmes_batch_entry entries[BATCH];

static int emit_batch(void)
{
	uint32_t done;
	struct kmes_batch_args b = { .entries = (uintptr_t)entries,
				     .count = BATCH,
				     .emitted_out = (uintptr_t)&done };

	return ioctl(dev, KMES_IOC_EMIT_BATCH, &b);
}

/* As most of the time: an old event goes for each new one. */
static int fill_ring(void)
{
	int i;

	for (i = 0; i < 4 << 20; i += BYTES)
		if (emit() < 0)
			return -1;
	return 0;
}

static void kernel(const char *name)
{
	uint64_t best = UINT64_MAX;
	char answer[32] = "";
	int round, fd = open("/sys/module/pkm/parameters/emit_bench", O_RDWR);

	if (fd < 0) {
		puts("# not a benchmark build of the module");
		return;
	}
	for (round = 0; round < ROUNDS; round++) {
		if (pwrite(fd, "2000", 4, 0) != 4 || pread(fd, answer, sizeof(answer) - 1, 0) <= 0)
			return;
		if (strtoull(answer, NULL, 10) < best)
			best = strtoull(answer, NULL, 10);
	}
	close(fd);
	report(name, (double)best / CALLS);
}

/* The drain protocol, each event copied out. */
static uint64_t consume_all(const struct kmes_producer_page *page, const uint8_t *data, uint64_t capacity,
			    uint64_t *pos)
{
	static uint8_t copy[4096];
	uint64_t events = 0, write, tail;
	uint32_t size;

	for (;;) {
		write = __atomic_load_n(&page->write_pos, __ATOMIC_ACQUIRE);
		if (*pos >= write)
			return events;
		tail = __atomic_load_n(&page->tail_pos, __ATOMIC_ACQUIRE);
		if (*pos < tail) {
			*pos = tail;
			continue;
		}
		memcpy(&size, data + (*pos & (capacity - 1)), 4);
		if (size < KMES_HEADER_SIZE || size > sizeof(copy) || size > write - *pos)
			return events;
		memcpy(copy, data + (*pos & (capacity - 1)), size);
		__asm__ volatile("" : : "r"(copy) : "memory");
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n(&page->tail_pos, __ATOMIC_ACQUIRE) > *pos)
			continue;
		*pos += size;
		events++;
	}
}

static void consume(void)
{
	uint64_t capacity, pos, best = UINT64_MAX, start, spent, events;
	struct kmes_attach_args a = { .capacity = (uintptr_t)&capacity };
	int fd = ioctl(dev, KMES_IOC_ATTACH, &a), round, i;
	uint8_t *map;

	if (fd < 0)
		return;
	map = mmap(NULL, KMES_MAP_SIZE(capacity), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return;
	for (round = 0; round < ROUNDS; round++) {
		pos = ((struct kmes_producer_page *)map)->write_pos;
		for (i = 0; i < CALLS; i++)
			emit();
		start = now();
		events = consume_all((void *)map, map + KMES_DATA_OFFSET, capacity, &pos);
		spent = now() - start;
		if (events >= CALLS && spent / events < best)
			best = spent / events;
	}
	report("kmes.consume", best);
	munmap(map, KMES_MAP_SIZE(capacity));
	close(fd);
}

/* --- peers ------------------------------------------------------------------------ */

static int peer_fd, pair[2];

static int write_text(void)
{
	return write(peer_fd, text, sizeof(text));
}

static int send_text(void)
{
	return send(pair[0], text, sizeof(text), 0);
}

static int receive_text(void)
{
	char buffer[512];

	return recv(pair[1], buffer, sizeof(buffer), 0);
}

static void trace_marker(void)
{
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	peer_fd = open("/sys/kernel/tracing/trace_marker", O_WRONLY);
	if (peer_fd < 0) {
		printf("# trace_marker: %s\n", strerror(errno));
		return;
	}
	measure("kmes.ioctl@trace_marker", CALLS, 1, write_text);
	close(peer_fd);
}

/* The kernel's command line says printk.devkmsg=on: otherwise the rate limit is what is measured. */
static void kmsg(void)
{
	peer_fd = open("/dev/kmsg", O_WRONLY);
	memcpy(text, "<15>", 4); /* debug: stored, not on the console */
	measure("kmes.ioctl@kmsg", CALLS, 1, write_text);
	memset(text, 'x', 4);
	close(peer_fd);
}

/* As many as the queue holds, sent and then received. */
static void datagram(void)
{
	uint64_t sent = UINT64_MAX, received = UINT64_MAX, start, spent;
	int round, i, n = 8;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		return;
	for (round = 0; round < 200; round++) {
		start = now();
		for (i = 0; i < n; i++)
			if (send_text() < 0)
				return;
		spent = now() - start;
		if (spent < sent)
			sent = spent;
		start = now();
		for (i = 0; i < n; i++)
			if (receive_text() < 0)
				return;
		spent = now() - start;
		if (spent < received)
			received = spent;
	}
	report("kmes.ioctl@unix_datagram", (double)sent / n);
	report("kmes.consume@unix_datagram", (double)received / n);
}

/* --- a BPF ring buffer, by programs of a few instructions -------------------------------- */

#define I(op, to, from, offset, value)                                                             \
	(struct bpf_insn)                                                                          \
	{                                                                                          \
		.code = (op), .dst_reg = (to), .src_reg = (from), .off = (offset), .imm = (value), \
	}

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* Reads the clock and outputs BYTES bytes, @times over. */
static int bpf_program(int map, int times)
{
	struct bpf_insn code[64];
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER };
	int n = 0, at, loop;

	for (at = -BYTES; at < 0; at += 8)
		code[n++] = I(BPF_ST | BPF_MEM | BPF_DW, BPF_REG_10, 0, at, 0);
	code[n++] = I(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_6, 0, 0, 0);
	loop = n;
	code[n++] = I(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ktime_get_ns);
	code[n++] = I(BPF_STX | BPF_MEM | BPF_DW, BPF_REG_10, BPF_REG_0, -BYTES, 0);
	code[n++] = I(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, map);
	code[n++] = I(0, 0, 0, 0, 0);
	code[n++] = I(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_10, 0, 0);
	code[n++] = I(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, -BYTES);
	code[n++] = I(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, BYTES);
	code[n++] = I(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_4, 0, 0, BPF_RB_NO_WAKEUP);
	code[n++] = I(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ringbuf_output);
	code[n++] = I(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_6, 0, 0, 1);
	code[n] = I(BPF_JMP | BPF_JLT | BPF_K, BPF_REG_6, 0, loop - n - 1, times);
	n++;
	code[n++] = I(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0);
	code[n++] = I(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	attr.insns = (uintptr_t)code;
	attr.insn_cnt = n;
	attr.license = (uintptr_t) "GPL";
	return bpf(BPF_PROG_LOAD, &attr);
}

static uint64_t bpf_run(int program)
{
	static uint8_t packet[64];
	union bpf_attr attr = { 0 };
	uint64_t best = UINT64_MAX, start, spent;
	int round;

	attr.test.prog_fd = program;
	attr.test.data_in = (uintptr_t)packet;
	attr.test.data_size_in = sizeof(packet);
	for (round = 0; round < 5 * ROUNDS; round++) {
		start = now();
		if (bpf(BPF_PROG_TEST_RUN, &attr) < 0)
			return 0;
		spent = now() - start;
		if (spent < best)
			best = spent;
	}
	return best;
}

/* What 64 turns more cost; nothing is read, and all fits the ring. */
static void bpf_ring(void)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_RINGBUF, .max_entries = 4 << 20 };
	int map = bpf(BPF_MAP_CREATE, &attr), few = bpf_program(map, 16), many = bpf_program(map, 16 + 64);
	uint64_t less = few < 0 ? 0 : bpf_run(few), more = many < 0 ? 0 : bpf_run(many);

	if (less && more)
		report("kmes.kernel.room@bpf_ring", (double)(more - less) / 64);
	else
		printf("# bpf: %s\n", strerror(errno));
}

int main(void)
{
	int i;

	memset(text, 'x', sizeof(text));
	text[BYTES - 1] = '\n';
	dev = open("/dev/kmes", O_RDWR | O_CLOEXEC);
	if (dev < 0) {
		perror("/dev/kmes");
		return 1;
	}
	for (i = 0; i < BATCH; i++)
		entries[i] = (struct kmes_batch_entry){ .event_type = (uintptr_t) "bench.single",
							.event_type_len = 12,
							.payload = (uintptr_t)payload,
							.payload_len = sizeof(payload) };
	measure("ioctl.empty", CALLS, 1, empty_ioctl);
	kernel("kmes.kernel.room");
	if (fill_ring())
		return 1;
	kernel("kmes.kernel");
	measure("kmes.ioctl", CALLS, 1, emit);
	measure("kmes.batch64", CALLS / BATCH, BATCH, emit_batch);
	consume();
	trace_marker();
	kmsg();
	datagram();
	bpf_ring();
	return 0;
}
