/* test-container-filter.c: filters of others, read from memory, changed there, and
 * evaluated. */
#include "ptrace/container-filter.h"
#include "tests/tap.h"

#include <segen/util.h>

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#define NR BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define IF(nr) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1)
#define RET(k) BPF_STMT(BPF_RET | BPF_K, (k))

static struct sock_filter refuses_chmod[] = {
	NR, IF(SYS_fchmod), RET(SECCOMP_RET_ERRNO | EACCES), RET(SECCOMP_RET_ALLOW)};
static struct sock_filter kills_chmod[] = {
	NR, IF(SYS_fchmod), RET(SECCOMP_RET_KILL_PROCESS), RET(SECCOMP_RET_ALLOW)};
static struct sock_filter refuses_seccomp[] = {
	NR, IF(SYS_seccomp), RET(SECCOMP_RET_ERRNO | EPERM), RET(SECCOMP_RET_ALLOW)};

static uint32_t answer(const struct container_filter *g, const struct segen_arch *arch,
		       long nr)
{
	const struct call_info c = {.arch = arch, .nr = nr};

	return container_filter_answer(g, &c);
}

/* As a tracee would have it: this process's own memory. */
static int guard_load(struct container_filter *g, struct sock_fprog *prog)
{
	return container_filter_read(g, getpid(), (uint64_t)(uintptr_t)prog);
}

static void test_answers(void)
{
	const struct segen_arch *native = segen_arch_native();
	struct sock_fprog refuses = {ARRAY_SIZE(refuses_chmod), refuses_chmod};
	struct sock_fprog kills = {ARRAY_SIZE(kills_chmod), kills_chmod};
	struct container_filter g = {};

	ok(answer(&g, native, SYS_fchmod) == SECCOMP_RET_ALLOW, "no filter allows all");
	ok(container_filter_may_inject(&g), "and another can be put on");
	ok(guard_load(&g, &refuses) == 0, "a filter is read");
	ok(answer(&g, native, SYS_fchmod) == (SECCOMP_RET_ERRNO | EACCES), "it refuses");
	ok(answer(&g, native, SYS_read) == SECCOMP_RET_ALLOW, "it allows");
	ok(guard_load(&g, &kills) == 0 &&
		   answer(&g, native, SYS_fchmod) == SECCOMP_RET_KILL_PROCESS,
	   "of two filters the stricter counts");
	ok(container_filter_may_inject(&g), "what an injection calls is allowed");
	container_filter_drop(&g);
	ok(answer(&g, native, SYS_fchmod) == (SECCOMP_RET_ERRNO | EACCES),
	   "one that was not loaded is forgotten");
	container_filter_done(&g);
}

static void test_forbidding(void)
{
	struct sock_fprog prog = {ARRAY_SIZE(refuses_seccomp), refuses_seccomp};
	struct container_filter g = {};

	ok(guard_load(&g, &prog) == 0 && !container_filter_may_inject(&g),
	   "where seccomp(2) is refused nothing can be put on");
	container_filter_done(&g);
	g.unknown = true;
	ok(!container_filter_may_inject(&g), "nor under a filter that nobody knows");
	container_filter_done(&g);
}

static void test_divert(void)
{
	struct sock_fprog prog = {ARRAY_SIZE(refuses_chmod), refuses_chmod};
	uint64_t at = (uint64_t)(uintptr_t)&prog;
	struct container_filter g = {};

	guard_load(&g, &prog);
	ok(container_filter_divert(&g, getpid(), at) == 0 &&
		   refuses_chmod[2].k == (SECCOMP_RET_TRACE | FILTER_TRACE_DATA),
	   "in memory the refusal is for the tracer");
	ok(answer(&g, segen_arch_native(), SYS_fchmod) == (SECCOMP_RET_ERRNO | EACCES),
	   "and known as what it was");
	container_filter_put_back(&g, getpid(), at);
	ok(refuses_chmod[2].k == (SECCOMP_RET_ERRNO | EACCES), "it is put back");
	container_filter_done(&g);
}

static void test_unreadable(void)
{
	struct sock_fprog nowhere = {4, (struct sock_filter *)16};
	struct sock_fprog empty = {0, refuses_chmod};
	struct container_filter g = {};

	ok(guard_load(&g, &nowhere) < 0 && !g.n, "a program that is not there");
	ok(guard_load(&g, &empty) == -EINVAL && !g.n, "a program without instructions");
	ok(container_filter_read(&g, getpid(), 8) < 0 && !g.n,
	   "an address that is not there");
	container_filter_done(&g);
}

static void test_abis(void)
{
	struct sock_filter only_x32[] = {NR, IF((0x40000000 | 7)),
					 RET(SECCOMP_RET_ERRNO | EIO),
					 RET(SECCOMP_RET_ALLOW)};
	struct sock_fprog prog = {ARRAY_SIZE(only_x32), only_x32};
	struct container_filter g = {};

	guard_load(&g, &prog);
	ok(answer(&g, segen_arch_by_name("x32"), 7) == (SECCOMP_RET_ERRNO | EIO),
	   "x32: the number as the kernel shows it");
	ok(answer(&g, segen_arch_by_name("x86_64"), 7) == SECCOMP_RET_ALLOW,
	   "x86_64: not");
	ok(answer(&g, NULL, 7) == SECCOMP_RET_ALLOW, "an unknown ABI: nothing is known");
	container_filter_done(&g);
}

int main(void)
{
	test_answers();
	test_forbidding();
	test_divert();
	test_unreadable();
	test_abis();
	return done();
}
