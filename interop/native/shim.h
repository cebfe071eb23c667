/* SPDX-License-Identifier: MIT */
/* Contract between the C shim and Peios.Interop (Shim/ShimAbi.cs mirrors it). */
#ifndef PEIOS_SHIM_H
#define PEIOS_SHIM_H

#include <stdint.h>

/**
 * peios_shim_version() - version of this contract
 * Return: PEIOS_SHIM_VERSION; managed code refuses to run against another.
 */
int peios_shim_version(void);
#define PEIOS_SHIM_VERSION 4

/* ---- spawn.c: processes with their whole setup in C (HAZ-035, PEINIT-011) ---- */

/* Steps of the error record (PEINIT-188); 0 stands for a record that never arrived. */
enum peios_step {
	PEIOS_STEP_NONE = 0,
	PEIOS_STEP_PIPE = 1,
	PEIOS_STEP_TOKEN = 2,
	PEIOS_STEP_RLIMIT = 3,
	PEIOS_STEP_OOM = 4,
	PEIOS_STEP_CHDIR = 5,
	PEIOS_STEP_EXEC = 9,
	PEIOS_STEP_STDIO = 20,
	PEIOS_STEP_PSB = 21,
	PEIOS_STEP_SIGNALS = 22,
	PEIOS_STEP_CALL = 30,
};

/* peios_spawn_request.flags */
#define PEIOS_SPAWN_NOFILE 0x1 /* set RLIMIT_NOFILE to nofile */
#define PEIOS_SPAWN_CORE   0x2 /* set RLIMIT_CORE to core */
#define PEIOS_SPAWN_OOM    0x4 /* write oom_score_adj */
#define PEIOS_SPAWN_TTY    0x8 /* open tty as stdio and controlling terminal */

/* RLIMIT_NOFILE of a program without PEIOS_SPAWN_NOFILE: the kernel's own defaults, at most. */
#define PEIOS_NOFILE_SOFT 1024
#define PEIOS_NOFILE_HARD 4096
#define PEIOS_NOFILE_INIT 65536 /* of PID 1 itself: three for each service, and those of strangers */

#define PEIOS_EXIT_SETUP 126
#define PEIOS_EXIT_EXEC  127

/**
 * struct peios_spawn_request - one process to start
 * @size: sizeof(struct peios_spawn_request)
 * @flags: PEIOS_SPAWN_*
 * @path: absolute path of the program
 * @argv: NULL-terminated argument vector
 * @envp: NULL-terminated environment, complete (nothing is inherited)
 * @cwd: working directory or NULL
 * @tty: terminal for PEIOS_SPAWN_TTY or NULL
 * @nofile: soft and hard RLIMIT_NOFILE
 * @core: soft and hard RLIMIT_CORE, bytes
 * @stdio: descriptors that become 0, 1 and 2; ignored with PEIOS_SPAWN_TTY
 * @cgroup_fd: directory of the cgroup to start in, or -1
 * @token_fd: primary token to install, or -1 (recovery on a kernel without it)
 * @oom_score_adj: value for PEIOS_SPAWN_OOM
 * @install_request: ioctl number of KACS_IOC_INSTALL
 * @psb_fd: open /dev/kacs for the mitigations, or -1
 * @psb_request: ioctl number that sets process mitigations
 * @psb_arg: its argument
 *
 * Nothing is kept: every pointer may be freed once the call returned.
 */
struct peios_spawn_request {
	uint32_t size;
	uint32_t flags;
	const char *path;
	char *const *argv;
	char *const *envp;
	const char *cwd;
	const char *tty;
	uint64_t nofile;
	uint64_t core;
	int32_t stdio[3];
	int32_t cgroup_fd;
	int32_t token_fd;
	int32_t oom_score_adj;
	uint32_t install_request;
	int32_t psb_fd;
	uint32_t psb_request;
	uint32_t reserved;
	void *psb_arg;
};

/**
 * struct peios_spawn_result - a started child
 * @pid: its process id
 * @pidfd: close-on-exec descriptor of it
 * @error_fd: close-on-exec, non-blocking read end of the report pipe
 *
 * The pipe carries struct peios_report records. One with step EXEC and error 0
 * is written right before execve: end of file after it means that the program
 * was executed (or killed inside execve), end of file without it means that the
 * child died during its setup (HAZ-035). Any record with an error is a failure.
 */
struct peios_spawn_result {
	int32_t pid;
	int32_t pidfd;
	int32_t error_fd;
};

/**
 * struct peios_report - what a child says about itself
 * @step: enum peios_step
 * @error: errno, 0 for "about to execute"
 */
struct peios_report {
	uint32_t step;
	int32_t error;
};

/**
 * peios_spawn() - start a program
 * @request: what to start
 * @result: filled in on success
 *
 * The child does not share memory with the caller and the caller does not wait
 * for it. All signals are blocked across the clone so that no handler of the
 * caller runs in the child.
 *
 * Return: 0, or a negative errno; on error nothing is left behind.
 */
int peios_spawn(const struct peios_spawn_request *request, struct peios_spawn_result *result);

/* Calls that may hang for ever and therefore never run in PID 1 itself (HAZ-040). */
enum peios_call {
	PEIOS_CALL_SYNC = 1,
	PEIOS_CALL_UMOUNT = 2,
	PEIOS_CALL_MOUNT = 3,
	PEIOS_CALL_STAT = 4,
};

/**
 * struct peios_call_request - one system call made in a child
 * @size: sizeof(struct peios_call_request)
 * @call: enum peios_call
 * @target: mount point for UMOUNT and MOUNT, path for STAT
 * @source: device for MOUNT
 * @type: file system type for MOUNT
 * @data: mount data for MOUNT or NULL
 * @flags: flags of mount(2) or umount2(2); for STAT the S_IFMT value it must have, or 0
 * @cgroup_fd: cgroup to run in, or -1
 * @reserved: 0
 */
struct peios_call_request {
	uint32_t size;
	uint32_t call;
	const char *target;
	const char *source;
	const char *type;
	const char *data;
	uint64_t flags;
	int32_t cgroup_fd;
	uint32_t reserved;
};

/**
 * peios_call() - make one blocking system call in a child
 * @request: the call
 * @result: as for peios_spawn()
 *
 * The child writes one record (step CALL, errno or 0) and exits 0 or 126.
 *
 * Return: 0, or a negative errno.
 */
int peios_call(const struct peios_call_request *request, struct peios_spawn_result *result);

/* ---- signals.c: the mask that exists before the runtime starts its threads ---- */

/**
 * peios_signals_open() - signalfd over the given signals
 * @mask: bit n-1 stands for signal n
 *
 * A program that links this function has its signals blocked before the runtime
 * starts: all but the fatal ones and the runtime's own in PID 1; SIGTERM, SIGINT,
 * SIGHUP, SIGUSR1, SIGUSR2 and SIGPIPE in a process that peinit started. Any
 * other process blocks @mask in the calling thread only.
 *
 * Return: a close-on-exec, non-blocking descriptor, or a negative errno.
 */
int peios_signals_open(uint64_t mask);

/**
 * peios_signals_default() - let the calling thread take again what a manager sends
 *
 * For programs that people run: a shell that is a service, or below one, hands its
 * PEIOS_SERVICE on, and Ctrl-C must end them all the same.
 */
void peios_signals_default(void);

/* ---- discard.c: descriptors of strangers ---- */

/**
 * peios_discard() - close descriptors whose last close may wait
 * @fds: the descriptors; all are closed when the call returns
 * @count: how many
 *
 * For whatever another process sent, and for sockets in whose queue it may have left
 * something: a thread that exits has the last close, and the kernel lets no exiting
 * task linger.
 */
void peios_discard(const int *fds, unsigned int count);

/* ---- crash.c: PID 1 outlives a fault of its own runtime ---- */

#define PEIOS_CRASH_LIMIT 5 /* re-executions without a stable minute */

/**
 * struct peios_crash_info - what the previous life of this process left
 * @state_fd: descriptor of the state memfd (close-on-exec again), or -1
 * @count: re-executions since the last stable period
 * @signal: signal that ended the previous life, 0 for none
 */
struct peios_crash_info {
	int32_t state_fd;
	int32_t count;
	int32_t signal;
};

/**
 * peios_crash_arm() - install the guard and collect what was handed over
 * @path: the binary to execute when /proc/self/exe cannot be
 * @state_fd: memfd to hand over, or -1 to keep the inherited one
 * @info: filled in
 *
 * In PID 1 a constructor has installed the handlers already; this call names the
 * state. Other processes (tests) install the handlers here.
 *
 * Return: 0, or a negative errno.
 */
int peios_crash_arm(const char *path, int state_fd, struct peios_crash_info *info);

/**
 * peios_crash_stable() - forget earlier crashes (HAZ-037)
 */
void peios_crash_stable(void);

/**
 * peios_crash_thread() - give the calling thread an alternate signal stack
 *
 * Every thread of PID 1 calls it: without one a stack overflow cannot be handled.
 *
 * Return: 0, or a negative errno.
 */
int peios_crash_thread(void);

/**
 * peios_crash_now() - re-execute at once
 * @signal: reported to the next life
 *
 * For the loop's own verdict that it cannot go on. Does not return.
 */
void peios_crash_now(int signal) __attribute__((noreturn));

/**
 * peios_crash_fault() - a native fault on purpose
 *
 * The test that PID 1 survives a SIGSEGV of its own calls it.
 */
void peios_crash_fault(void);

#endif
