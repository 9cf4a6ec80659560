/* test-bpf.c: what seccomp programs answer, and their ERRNOs turned to TRACEs. */
#include "ptrace/bpf.h"
#include "tests/tap.h"

#include <errno.h>
#include <segen/util.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define TRACE_DATA 0x1234
#define MARK 4000 /* an errno that no kernel gives */

#define NR BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define RET(k) BPF_STMT(BPF_RET | BPF_K, (k))
#define K(op, k) BPF_STMT(BPF_ALU | (op) | BPF_K, (k))
#define X(op) BPF_STMT(BPF_ALU | (op) | BPF_X, 0)
#define A_TO_ERRNO                                                                \
	K(BPF_AND, 0xff), K(BPF_ADD, MARK & ~0xff), K(BPF_OR, SECCOMP_RET_ERRNO), \
		BPF_STMT(BPF_RET | BPF_A, 0)

#define PROGRAM_MAX 16

/* Each answers getppid() with an errno that its way of calculating makes. */
static const struct {
	const char *what;
	struct sock_filter code[PROGRAM_MAX];
} programs[] = {
	{"add, subtract, multiply",
	 {NR, K(BPF_ADD, 7), K(BPF_MUL, 3), K(BPF_SUB, 5), A_TO_ERRNO}},
	{"divide, shift", {NR, K(BPF_LSH, 4), K(BPF_DIV, 3), K(BPF_RSH, 1), A_TO_ERRNO}},
	{"exclusive or, negate",
	 {NR, K(BPF_XOR, 0x55), BPF_STMT(BPF_ALU | BPF_NEG, 0), A_TO_ERRNO}},
	{"two registers",
	 {NR, BPF_STMT(BPF_MISC | BPF_TAX, 0), K(BPF_ADD, 3), X(BPF_MUL), X(BPF_SUB),
	  A_TO_ERRNO}},
	{"memory",
	 {NR, BPF_STMT(BPF_ST, 3), K(BPF_AND, 0), BPF_STMT(BPF_LDX | BPF_MEM, 3),
	  BPF_STMT(BPF_STX, 5), BPF_STMT(BPF_LD | BPF_MEM, 5), A_TO_ERRNO}},
	{"length and constants",
	 {BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), BPF_STMT(BPF_LD | BPF_IMM, 9),
	  X(BPF_ADD), A_TO_ERRNO}},
	{"jumps",
	 {NR, BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x2, 0, 1), K(BPF_ADD, 16),
	  BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0x7e, 1, 0), K(BPF_ADD, 1),
	  BPF_STMT(BPF_JMP | BPF_JA, 1), K(BPF_ADD, 32), A_TO_ERRNO}},
};

static size_t length(const struct sock_filter *f)
{
	size_t n = 0;

	while (f[n].code || f[n].k)
		n++;
	return n;
}

/* The whole number range is getppid's and the exit's only. */
static int load_and_call(const struct sock_filter *f, size_t n)
{
	struct sock_filter code[PROGRAM_MAX + 3] = {
		NR,
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 1, 0),
		RET(SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {(unsigned short)(n + 3), code};

	memcpy(code + 3, f, n * sizeof(*f));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		return 0;
	return syscall(SYS_getppid) < 0 ? errno : 0;
}

/* What the kernel makes of it, from a child. */
static int kernel_answer(const struct sock_filter *f, size_t n)
{
	int fds[2], answer = 0;
	pid_t pid;

	if (pipe(fds) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		answer = load_and_call(f, n);
		_exit(write(fds[1], &answer, sizeof(answer)) < 0);
	}
	if (read(fds[0], &answer, sizeof(answer)) != sizeof(answer))
		answer = -1;
	waitpid(pid, NULL, 0);
	close(fds[0]);
	close(fds[1]);
	return answer;
}

static void test_kernel(void)
{
	const struct seccomp_data d = {.nr = SYS_getppid};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const struct sock_filter *f = programs[i].code;
		size_t n = length(f);
		uint32_t answer = bpf_run(f, n, &d);
		int kernel = kernel_answer(f, n);

		ok((answer & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO &&
			   (int)(answer & SECCOMP_RET_DATA) == kernel,
		   "%s: as the kernel (errno %d)", programs[i].what, kernel);
	}
}

static void test_divert(void)
{
	struct sock_filter f[] = {
		NR,
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1),
		RET(SECCOMP_RET_ERRNO | EPERM),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 1),
		RET(SECCOMP_RET_KILL_PROCESS),
		RET(SECCOMP_RET_ALLOW),
	};
	struct sock_filter calculated[] = {NR, A_TO_ERRNO};
	struct sock_filter before[ARRAY_SIZE(calculated)];
	struct seccomp_data d = {.nr = 1};

	ok(bpf_may_answer(f, ARRAY_SIZE(f), SECCOMP_RET_KILL_PROCESS) &&
		   !bpf_may_answer(f, ARRAY_SIZE(f), SECCOMP_RET_TRAP) &&
		   bpf_may_answer(calculated, ARRAY_SIZE(calculated), SECCOMP_RET_TRAP),
	   "the answers that a program has");
	ok(bpf_divert(f, ARRAY_SIZE(f), TRACE_DATA),
	   "a program of constants is diverted");
	ok(bpf_run(f, ARRAY_SIZE(f), &d) == (SECCOMP_RET_TRACE | TRACE_DATA),
	   "an errno becomes a trace");
	d.nr = 2;
	ok(bpf_run(f, ARRAY_SIZE(f), &d) == SECCOMP_RET_KILL_PROCESS, "kill stays kill");
	d.nr = 3;
	ok(bpf_run(f, ARRAY_SIZE(f), &d) == SECCOMP_RET_ALLOW, "allow stays allow");
	memcpy(before, calculated, sizeof(before));
	ok(!bpf_divert(calculated, ARRAY_SIZE(calculated), TRACE_DATA) &&
		   !memcmp(before, calculated, sizeof(before)),
	   "one that calculates its answer is left alone");
}

static void test_broken(void)
{
	const struct sock_filter endless[] = {NR, BPF_STMT(BPF_JMP | BPF_JA, 100)};
	const struct sock_filter outside[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4000),
					      BPF_STMT(BPF_RET | BPF_A, 0)};
	const struct seccomp_data d = {.nr = 1};

	ok(bpf_run(endless, ARRAY_SIZE(endless), &d) == SECCOMP_RET_KILL_PROCESS,
	   "a jump out of the program ends it");
	ok(bpf_run(NULL, 0, &d) == SECCOMP_RET_KILL_PROCESS, "no program at all");
	ok(bpf_run(outside, ARRAY_SIZE(outside), &d) == 0, "a load from outside is 0");
}

int main(void)
{
	test_kernel();
	test_divert();
	test_broken();
	return done();
}
