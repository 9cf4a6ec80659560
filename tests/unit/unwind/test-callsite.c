/* test-callsite.c: real processes, stopped in a known chain of calls. */
#include "helpers/callsite.h"

#include <errno.h>
#include <sys/uio.h>

/* arch/x86/entry/syscalls/syscall_32.tbl, arch/arm/tools/syscall.tbl */
#define SYS32_getppid 64

static void test_plain(struct callsite_unwinder *u)
{
	const struct launch l = {form("CHAIN"), "", SYS_getppid, NULL};
	_cleanup_(stack_done) struct stack s = stack_at(u, &l);
	int i = frame_of(&s, 0, "chain_inner");

	ok(in_order(&s, chain), "the functions of the chain, innermost first");
	ok(is_in(&s, i, l.program), "the module is the program");
	ok(i >= 0 && s.v[i].build_id && strlen(s.v[i].build_id) == 40, "its build id");
	ok(i >= 0 && s.v[i].offset > 0 && s.v[i].offset < 200,
	   "the offset is from the function");
	ok(s.n > 0 && s.v[0].symbol && !strcmp(s.v[0].symbol, "syscall") &&
		   strstr(s.v[0].module, "libc"),
	   "the innermost frame is the C library's");
}

static void test_kinds(struct callsite_unwinder *u)
{
	static const char *const handler[] = {"chain_inner",  "chain_handler", "raise",
					      "chain_middle", "main",	       NULL};
	static const char *const thread[] = {"chain_inner", "chain_outer", "in_thread",
					     NULL};
	const struct launch sig = {form("CHAIN"), "signal", SYS_getppid, NULL};
	const struct launch thr = {form("CHAIN"), "thread", SYS_getppid, NULL};
	const struct launch deep = {form("CHAIN"), "deep", SYS_getppid, NULL};
	_cleanup_(stack_done) struct stack s = stack_at(u, &sig);
	_cleanup_(stack_done) struct stack t = stack_at(u, &thr);
	_cleanup_(stack_done) struct stack d = stack_at(u, &deep);

	ok(in_order(&s, handler), "through a signal handler");
	ok(in_order(&t, thread), "in a thread");
	ok(d.n == CALLSITE_DEPTH_MAX, "20000 frames give the innermost %d",
	   CALLSITE_DEPTH_MAX);
	ok(sees_chain(u, form("CHAIN_STATIC"), ""), "in a static program");
	/* On architectures that have such a thing. */
	if (*form("CHAIN_SIGNED"))
		ok(sees_chain(u, form("CHAIN_SIGNED"), ""),
		   "with return addresses that are signed");
}

static void test_stripped(struct callsite_unwinder *u)
{
	const struct launch l = {form("CHAIN_STRIPPED"), "", SYS_getppid, NULL};
	_cleanup_(stack_done) struct stack s = stack_at(u, &l);
	size_t own = 0;

	for (size_t i = 0; i < s.n; i++)
		own += is_in(&s, (int)i, l.program) && s.v[i].build_id &&
		       s.v[i].offset > 0;
	ok(own >= 4 && frame_of(&s, 0, "chain_inner") < 0,
	   "a stripped program gives modules and offsets");
	ok(frame_of(&s, 0, "__libc_start_main") > 0, "and what is beyond it");
}

static void test_vdso(struct callsite_unwinder *u)
{
	static const char *const symbols[] = {"chain_middle", "chain_outer", "main",
					      NULL};
	const struct launch l = {form("CHAIN"), "vdso", SYS_clock_gettime, NULL};
	_cleanup_(stack_done) struct stack s = stack_at(u, &l);

	ok(s.n > 0 && is_in(&s, 0, "[vdso]") && s.v[0].symbol &&
		   strstr(s.v[0].symbol, "clock_gettime"),
	   "a call made by the vdso");
	ok(in_order(&s, symbols), "and who called the vdso");
}

/* A program of another machine than ours: little to see, and no crash. */
static void test_foreign(struct callsite_unwinder *u)
{
	const struct launch l = {form("CHAIN_32"), "", SYS32_getppid, NULL};
	_cleanup_(stack_done) struct stack s = {};

	if (!*l.program) {
		skip("a 32-bit program", "the compiler cannot make one");
		return;
	}
	s = stack_at(u, &l);
	ok(s.n > 0 && is_in(&s, (int)s.n - 1, l.program) && s.v[s.n - 1].symbol,
	   "a 32-bit program: where it stands");
}

/* What the tracee would notice: its registers and its memory. */
static void test_untouched(struct callsite_unwinder *u)
{
	const struct launch l = {form("CHAIN"), "", SYS_getppid, NULL};
	char before[512] = {}, after[512] = {};
	struct iovec a = {before, sizeof(before)}, b = {after, sizeof(after)};
	struct stack s = {};
	pid_t pid = start(&l), tid = run_until(SYS_getppid);

	ptrace(PTRACE_GETREGSET, tid, (void *)1, &a);
	callsite_unwind(u, tid, &s.v, &s.n);
	ptrace(PTRACE_GETREGSET, tid, (void *)1, &b);
	ok(a.iov_len == b.iov_len && !memcmp(before, after, sizeof(before)),
	   "the registers stay as they were");
	stack_done(&s);
	end(pid);
	ok(callsite_unwind(u, tid, &s.v, &s.n) == -ENODATA,
	   "a thread that is gone is an unknown site");
	ok(callsite_unwind(NULL, getpid(), &s.v, &s.n) == -ENODATA,
	   "no unwinder, unknown site");
}

static long resident_kib(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/statm", "r");
	long size = 0, resident = 0;

	if (!f || fscanf(f, "%ld %ld", &size, &resident) != 2)
		return 0;
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Sanitizers and valgrind keep what was freed. */
static bool frees_late(void)
{
	const char *sanitize = getenv("SANITIZE"), *preload = getenv("LD_PRELOAD");

	return (sanitize && strcmp(sanitize, "none") != 0) ||
	       (preload && strstr(preload, "valgrind"));
}

static void test_cost(struct callsite_unwinder *u)
{
	const struct launch l = {form("CHAIN"), "", SYS_getppid, NULL};
	pid_t pid = start(&l), tid = run_until(SYS_getppid);
	const unsigned rounds = 2000;
	long kib = 0;
	uint64_t begin = 0;

	for (unsigned i = 0; i < 2 * rounds; i++) {
		struct stack s = {};

		if (i == rounds) {
			kib = resident_kib();
			begin = now_us();
		}
		callsite_unwind(u, tid, &s.v, &s.n);
		stack_done(&s);
	}
	printf("# %.1f us for one\n", (double)(now_us() - begin) / rounds);
	kib = resident_kib() - kib;
	if (frees_late())
		printf("# memory is measured without sanitizers and valgrind only\n");
	else
		ok(kib < 512, "memory stays flat (%ld KiB more)", kib);
	end(pid);
}

int main(void)
{
	struct callsite_unwinder *u = callsite_new();

	if (!u) {
		skip("call sites", "built without libunwind");
		return done();
	}
	if (!*form("CHAIN"))
		return 99;
	test_plain(u);
	test_kinds(u);
	test_stripped(u);
	test_vdso(u);
	test_foreign(u);
	test_untouched(u);
	test_cost(u);
	callsite_free(u);
	return done();
}
