// SPDX-License-Identifier: MIT
/* Process security blocks: mitigations, whom they reach, and what they forbid.  ktest: -c 2 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kacs.h"

#define PAGE 4096

static int set_psb(int pidfd, uint32_t mitigations)
{
	struct kacs_set_psb_args args = { pidfd, mitigations };

	return ioctl(dev, KACS_IOC_SET_PSB, &args);
}

static void *map(int prot, int flags, int fd)
{
	return mmap(NULL, PAGE, prot, flags, fd, 0);
}

static int refused(int result)
{
	return result == -1 && errno == EACCES;
}

static int refused_map(int prot, int flags, int fd)
{
	return map(prot, flags, fd) == MAP_FAILED && errno == EACCES;
}

/* Written and executed at once, or one after the other (KACS-TOK-131). */
static int wxp_forbids(void)
{
	int fd = memfd_create("code", 0);
	uint8_t *data, *code, *shared;

	if (set_psb(-1, KACS_MIT_WXP))
		return 1;
	if (!refused_map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return 2;
	data = map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (!refused(mprotect(data, PAGE, PROT_READ | PROT_EXEC)) ||
	    !refused(mprotect(data, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC)))
		return 3;
	/* Read-only in between changes nothing: the bytes are the process's own. */
	if (mprotect(data, PAGE, PROT_READ) || !refused(mprotect(data, PAGE, PROT_EXEC)))
		return 4;
	code = map(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (code == MAP_FAILED || !refused(mprotect(code, PAGE, PROT_READ | PROT_WRITE)))
		return 5;
	if (ftruncate(fd, PAGE))
		return 6;
	shared = map(PROT_READ, MAP_SHARED, fd);
	if (shared == MAP_FAILED || !refused(mprotect(shared, PAGE, PROT_READ | PROT_EXEC)))
		return 7;
	/* What every program does stays possible. */
	return mprotect(data, PAGE, PROT_READ | PROT_WRITE) || mprotect(code, PAGE, PROT_READ);
}

/* An unmodified private file mapping may become code, a modified one not. */
static int wxp_files(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	volatile uint8_t *file;

	if (set_psb(-1, KACS_MIT_WXP))
		return 1;
	file = map(PROT_READ, MAP_PRIVATE, fd);
	if (file == MAP_FAILED || mprotect((void *)file, PAGE, PROT_READ | PROT_EXEC))
		return 2;
	file = map(PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
	*file = 0x90;
	if (mprotect((void *)file, PAGE, PROT_READ))
		return 3;
	return refused(mprotect((void *)file, PAGE, PROT_READ | PROT_EXEC)) ? 0 : 4;
}

/* A heap that may be read may be executed, says this personality; no hook asks about the heap. */
static int wxp_heap(void)
{
	if (set_psb(-1, KACS_MIT_WXP))
		return 1;
	if (personality(READ_IMPLIES_EXEC) == -1)
		return 0;
	return sbrk(PAGE) == (void *)-1 ? 0 : 2;
}

static int wxp_too_late(void)
{
	uint8_t *both = map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (both == MAP_FAILED)
		return 1;
	if (!refused(set_psb(-1, KACS_MIT_WXP | KACS_MIT_NO_CHILD)))
		return 2; /* KACS-TOK-130 */
	if (map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1) == MAP_FAILED)
		return 3;
	/* Nothing of the refused call is in force, the other bit neither (KACS-TOK-129). */
	return in_child(getpid) < 0 ? 4 : 0;
}

static volatile int in_force;
static volatile unsigned int pause_us = 20000;

/* Maps such memory until it is refused; returns something when it got some with the bit in force. */
static void *map_until_refused(void *arg)
{
	void *both;

	for (;;) {
		both = map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
		if (both == MAP_FAILED)
			return NULL;
		if (in_force)
			return arg;
		munmap(both, PAGE);
		usleep(random() % pause_us);
	}
}

/* A mapping that was let through and waits for the memory's lock while the bit is set (KACS-TOK-129). */
static int wxp_beside_mmap(void)
{
	pthread_t thread;
	void *late;
	int i;

	for (i = 0; i < 20000; i++) /* so many pieces that looking at all takes its time */
		if (map(i & 1 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1) == MAP_FAILED)
			return 1;
	pthread_create(&thread, NULL, map_until_refused, &late);
	while (set_psb(-1, KACS_MIT_WXP)) {
		if (errno != EACCES)
			return 2;
		if (pause_us < 16000000) /* until it is longer than a look at all pieces takes here */
			pause_us *= 2;
	}
	in_force = 1;
	pthread_join(thread, &late);
	return late ? 3 : 0;
}

static int fork_copies(void)
{
	if (set_psb(-1, KACS_MIT_WXP) || set_psb(-1, KACS_MIT_WXP))
		return 1;
	if (in_child(wxp_forbids)) /* KACS-TOK-124; setting it again is harmless */
		return 2;
	return set_psb(-1, 0); /* no call clears a bit (KACS-TOK-128) */
}

static void *refused_in_thread(void *arg)
{
	*(int *)arg = refused_map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	return NULL;
}

static int threads_share(void)
{
	pthread_t thread;
	int refused_there = 0;

	if (set_psb(-1, KACS_MIT_WXP))
		return 1;
	pthread_create(&thread, NULL, refused_in_thread, &refused_there);
	pthread_join(thread, NULL);
	return !refused_there; /* KACS-TOK-123 */
}

static int exec_survives(void)
{
	if (set_psb(-1, KACS_MIT_WXP))
		return 1;
	execl("/proc/self/exe", "kacs_psb", "still-wxp", NULL);
	return 99;
}

/* The smallest program: exit(7), at a fixed address or not. */
static int write_program(const char *path, uint16_t type)
{
	static const uint8_t code[] = { 0xb8, 60, 0, 0, 0, 0xbf, 7, 0, 0, 0, 0x0f, 0x05 };
	uint64_t base = type == ET_EXEC ? 0x400000 : 0;
	struct {
		Elf64_Ehdr e;
		Elf64_Phdr p;
		uint8_t code[sizeof(code)];
	} file = {
		.e = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		       .e_type = type,
		       .e_machine = EM_X86_64,
		       .e_version = EV_CURRENT,
		       .e_entry = base + 120,
		       .e_phoff = 64,
		       .e_ehsize = 64,
		       .e_phentsize = 56,
		       .e_phnum = 1 },
		.p = { .p_type = PT_LOAD,
		       .p_flags = PF_R | PF_X,
		       .p_vaddr = base,
		       .p_paddr = base,
		       .p_filesz = sizeof(file),
		       .p_memsz = sizeof(file),
		       .p_align = PAGE },
	};
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0755);

	memcpy(file.code, code, sizeof(code));
	if (write(fd, &file, sizeof(file)) != sizeof(file))
		return -1;
	return close(fd);
}

static const char *program;

static int run_with_pie(void)
{
	if (set_psb(-1, KACS_MIT_PIE))
		return 100;
	execl(program, program, NULL);
	return errno;
}

static int run_plain(void)
{
	execl(program, program, NULL);
	return errno;
}

static void test_pie(void)
{
	static const char script[] = "#!/tmp/fixed\n";
	int fd = open("/tmp/script", O_CREAT | O_WRONLY | O_CLOEXEC, 0755);

	ok(!write_program("/tmp/fixed", ET_EXEC) && !write_program("/tmp/moving", ET_DYN) &&
		   write(fd, script, sizeof(script) - 1) > 0 && !close(fd),
	   "Programs_Written");
	program = "/tmp/fixed";
	ok(in_child(run_plain) == 7, "Exec_FixedAddress_Runs");
	ok(in_child(run_with_pie) == EACCES, "Pie_FixedAddress_Eacces"); /* KACS-TOK-133 */
	program = "/tmp/script";
	ok(in_child(run_with_pie) == EACCES, "Pie_FixedInterpreter_Eacces");
	program = "/tmp/moving";
	ok(in_child(run_with_pie) == 7, "Pie_PositionIndependent_Runs");
}

static int stranger_may_not(void)
{
	int pidfd = syscall(SYS_pidfd_open, getppid(), 0);
	int token = make_token(SID_LOCAL_SERVICE, 201, 0);

	if (ioctl(token, KACS_IOC_INSTALL))
		return 1;
	return !refused(set_psb(pidfd, KACS_MIT_WXP)); /* KACS-TOK-128 */
}

static void test_arguments(void)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} missing[] = {
		{ KACS_MIT_TLP, "SetPsb_Tlp_Eopnotsupp" },   { KACS_MIT_LSV, "SetPsb_Lsv_Eopnotsupp" },
		{ KACS_MIT_CFI, "SetPsb_Cfi_Eopnotsupp" },   { KACS_MIT_CFIF, "SetPsb_Cfif_Eopnotsupp" },
		{ KACS_MIT_CFIB, "SetPsb_Cfib_Eopnotsupp" }, { KACS_MIT_SML, "SetPsb_Sml_Eopnotsupp" },
	};
	size_t i;

	fails(set_psb(-1, 0x400), EINVAL, "SetPsb_UnknownBit_Einval"); /* KACS-TOK-127 */
	fails(set_psb(-1, 0xffffffff), EINVAL, "SetPsb_AllBits_Einval");
	fails(set_psb(-2, 0), EBADF, "SetPsb_NegativeFd_Ebadf");
	fails(set_psb(dev, 0), EBADF, "SetPsb_NotAPidfd_Ebadf");
	works(set_psb(-1, KACS_MIT_UI_ACCESS), "SetPsb_UiAccess_Works"); /* KACS-TOK-135 */
	for (i = 0; i < sizeof(missing) / sizeof(*missing); i++)         /* KACS-TOK-134 */
		fails(set_psb(-1, missing[i].bit), EOPNOTSUPP, missing[i].name);
}

/* A mitigation set from outside. */
static void test_other(void)
{
	int gate[2], status;
	char byte;
	pid_t pid;

	if (pipe(gate))
		return;
	pid = fork();
	if (!pid) {
		close(gate[1]);
		if (read(gate[0], &byte, 1) != 1)
			_exit(9);
		_exit(!refused_map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1));
	}
	int pidfd = syscall(SYS_pidfd_open, pid, 0);

	works(set_psb(pidfd, KACS_MIT_WXP), "SetPsb_OtherProcess_Works"); /* KACS-TOK-128 */
	ok(write(gate[1], "x", 1) == 1 && waitpid(pid, &status, 0) == pid && !status,
	   "SetPsb_OtherProcess_IsInForceThere");
	fails(set_psb(pidfd, KACS_MIT_WXP), ESRCH, "SetPsb_Exited_Esrch");
	ok(map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1) != MAP_FAILED,
	   "SetPsb_OtherProcess_LeavesCaller");
}

int main(int argc, char **argv)
{
	int late = 0, i;

	(void)argv;
	if (argc == 2) /* KACS-TOK-124: kept by exec */
		return !refused_map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	open_dev();
	test_arguments();
	ok(in_child(wxp_forbids) == 0, "Wxp_Set_ForbidsBothAndChanges");
	ok(in_child(wxp_files) == 0, "Wxp_FileMapping_IsCodeUnlessModified");
	ok(in_child(wxp_heap) == 0, "Wxp_HeapOfAnotherPersonality_IsRefused"); /* KACS-TOK-131 */
	ok(in_child(wxp_too_late) == 0, "Wxp_WritableCodeThere_Eacces");
	for (i = 0; i < 3 && !late; i++)
		late = in_child(wxp_beside_mmap);
	ok(!late, "Wxp_SetBesideMmap_LetsNothingThrough");
	ok(in_child(fork_copies) == 0, "Wxp_Fork_IsCopied");
	ok(in_child(threads_share) == 0, "Wxp_Thread_IsShared");
	ok(in_child(exec_survives) == 0, "Wxp_Exec_IsKept");
	test_pie();
	ok(in_child(stranger_may_not) == 0, "SetPsb_Stranger_Eacces");
	test_other();
	return plan();
}
