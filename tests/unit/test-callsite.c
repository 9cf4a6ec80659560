/* test-callsite.c: real processes, stopped in a known chain of calls. */
#include "tracer/callsite.h"

#include <segen/util.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/tap.h"

/* arch/x86/entry/syscalls/syscall_32.tbl, arch/arm/tools/syscall.tbl */
#define SYS32_getppid 64

struct stack {
	struct segen_frame *v;
	size_t n;
};

static void stack_done(struct stack *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].module);
		free(s->v[i].build_id);
		free(s->v[i].symbol);
	}
	free(s->v);
	*s = (struct stack){};
}

/* A form of the program of helpers/chain.c, as the build says; "" when there is none. */
static const char *form(const char *variable)
{
	const char *path = getenv(variable);

	return path ? path : "";
}

struct launch {
	const char *program, *how;
	long nr;	     /* stop at the entry of this call */
	int (*before)(void); /* in the child, before exec */
};

static pid_t start(const struct launch *l)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		/* Mutilated programs complain. */
		dup2(null, STDERR_FILENO);
		raise(SIGSTOP);
		if (!l->before || l->before() == 0)
			execl(l->program, l->program, l->how, NULL);
		_exit(127);
	}
	waitpid(pid, NULL, WUNTRACED);
	ptrace(PTRACE_SEIZE, pid, NULL,
	       PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
		       PTRACE_O_EXITKILL);
	kill(pid, SIGCONT);
	return pid;
}

static bool enters(pid_t tid, long nr)
{
	struct __ptrace_syscall_info info = {};

	return ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof(info), &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY && (long)info.entry.nr == nr;
}

/* Run until a thread enters the call after exec; its id, or -1: it ended before. */
static pid_t run_until(long nr)
{
	bool executed = false;
	int status;
	pid_t tid;

	while ((tid = waitpid(-1, &status, __WALL)) > 0) {
		int sig = 0;

		if (!WIFSTOPPED(status))
			continue;
		if (status >> 16 == PTRACE_EVENT_EXEC)
			executed = true;
		else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (executed && enters(tid, nr))
				return tid;
		} else if (status >> 16 == 0 && WSTOPSIG(status) != SIGCONT)
			sig = WSTOPSIG(status);
		ptrace(PTRACE_SYSCALL, tid, NULL, sig);
	}
	return -1;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
}

/* The stack at the call; empty when unknown. */
static struct stack stack_at(struct callsite_unwinder *u, const struct launch *l)
{
	struct stack s = {};
	pid_t pid = start(l), tid = run_until(l->nr);

	if (tid > 0 && callsite_unwind(u, tid, &s.v, &s.n) < 0)
		s = (struct stack){};
	end(pid);
	return s;
}

static void show(const struct stack *s)
{
	for (size_t i = 0; i < s->n; i++)
		printf("#   %s (%s+0x%llx) %s\n", s->v[i].module,
		       s->v[i].symbol ? s->v[i].symbol : "-",
		       (unsigned long long)s->v[i].offset,
		       s->v[i].build_id ? s->v[i].build_id : "");
}

/* The index of the first frame from @from on with this symbol, or -1. */
static int frame_of(const struct stack *s, size_t from, const char *symbol)
{
	for (size_t i = from; i < s->n; i++)
		if (s->v[i].symbol && !strcmp(s->v[i].symbol, symbol))
			return (int)i;
	return -1;
}

/* What frame @i says of itself, or NULL. */
static const char *module_of(const struct stack *s, int i)
{
	return i >= 0 && s->v && (size_t)i < s->n ? s->v[i].module : NULL;
}

static bool is_in(const struct stack *s, int i, const char *module)
{
	const char *m = module_of(s, i);

	return m && !strcmp(m, module);
}

static bool in_order(const struct stack *s, const char *const *symbols)
{
	size_t at = 0;

	for (; *symbols; symbols++) {
		int i = frame_of(s, at, *symbols);

		if (i < 0) {
			printf("# no frame '%s'\n", *symbols);
			show(s);
			return false;
		}
		at = (size_t)i + 1;
	}
	return true;
}

static const char *const chain[] = {"chain_inner", "chain_middle", "chain_outer", "main",
				    NULL};

static bool sees_chain(struct callsite_unwinder *u, const char *program, const char *how)
{
	const struct launch l = {program, how, SYS_getppid, NULL};
	_cleanup_(stack_done) struct stack s = stack_at(u, &l);

	return in_order(&s, chain);
}

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

/* --- files that are not where their name says ------------------------------------- */

static char place[] = "/tmp/test-callsite.XXXXXX";

static void copy(const char *from, const char *to)
{
	_cleanup_close_ int in = open(from, O_RDONLY),
			    out = open(to, O_WRONLY | O_CREAT, 0755);
	char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			break;
}

static int hide_place(void)
{
	_cleanup_free_ char *program = xasprintf("%s/hidden", place);

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", place, "tmpfs", 0, NULL) < 0)
		return -1;
	copy(form("CHAIN"), program);
	return 0;
}

static int enter_place(void)
{
	return chroot(place) < 0 ? -1 : chdir("/");
}

static void test_namespace(struct callsite_unwinder *u)
{
	_cleanup_free_ char *program = xasprintf("%s/hidden", place);
	const struct launch l = {program, "", SYS_getppid, hide_place};
	_cleanup_(stack_done) struct stack s = {};
	int i;

	if (geteuid() != 0) {
		skip("a program in another mount namespace", "needs root");
		return;
	}
	s = stack_at(u, &l);
	i = frame_of(&s, 0, "chain_outer");
	ok(in_order(&s, chain) && is_in(&s, i, program),
	   "a program that only another mount namespace has");
	ok(access(program, F_OK) < 0, "it is not here");
}

static void test_chroot(struct callsite_unwinder *u)
{
	_cleanup_free_ char *program = xasprintf("%s/inside", place);
	const struct launch l = {"/inside", "", SYS_getppid, enter_place};
	_cleanup_(stack_done) struct stack s = {};
	int i;

	if (geteuid() != 0) {
		skip("a program in another root", "needs root");
		return;
	}
	copy(form("CHAIN_STATIC"), program);
	s = stack_at(u, &l);
	i = frame_of(&s, 0, "chain_outer");
	ok(in_order(&s, chain) && is_in(&s, i, "/inside"),
	   "a program in another root is named as it sees itself");
	unlink(program);
}

static void test_names(struct callsite_unwinder *u)
{
	static const char *const names[] = {"a b", "a\nb", "a (deleted)", "a\\012b"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *program = xasprintf("%s/%s", place, names[i]);
		const struct launch l = {program, "", SYS_getppid, NULL};
		_cleanup_(stack_done) struct stack s = {};
		int k;

		copy(form("CHAIN"), program);
		s = stack_at(u, &l);
		k = frame_of(&s, 0, "chain_outer");
		/* The kernel does not tell this name from a newline's. */
		ok(k >= 0 && (i == 3 || is_in(&s, k, program)), "odd name %zu", i + 1);
		unlink(program);
	}
}

static void test_deleted(struct callsite_unwinder *u)
{
	_cleanup_free_ char *program = xasprintf("%s/gone", place);
	const struct launch l = {program, "", SYS_getppid, NULL};
	struct stack s = {};
	pid_t pid, tid;
	int i;

	copy(form("CHAIN"), program);
	pid = start(&l);
	tid = run_until(SYS_getppid);
	unlink(program);
	copy(form("CHAIN_STATIC"), program); /* another takes its name */
	ok(tid > 0 && callsite_unwind(u, tid, &s.v, &s.n) == 0, "a deleted program");
	i = frame_of(&s, 0, "chain_outer");
	ok(i >= 0 && in_order(&s, chain), "its symbols are its own");
	stack_done(&s);
	unlink(program);
	callsite_unwind(u, tid, &s.v, &s.n);
	i = frame_of(&s, 0, "chain_outer");
	ok(is_in(&s, i, program), "its name, without the mark");
	stack_done(&s);
	end(pid);
}

/* --- programs that mean harm ------------------------------------------------------- */

/* A xorshift generator: the same files in every run. */
static unsigned next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (unsigned)(*state >> 32);
}

/*
 * Spoil what only an unwinder reads.  In the dynamic program (GNU ld, 20 KiB): .rodata
 * and .eh_frame from 0x2000, then data, from 0x3080 on debug information, symbols,
 * sections.
 */
static void spoil(const char *path, uint64_t seed)
{
	_cleanup_close_ int fd = open(path, O_RDWR);
	uint64_t state = seed * 0x9e3779b97f4a7c15ull + 1;
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_size < 0x3800)
		return;
	for (unsigned i = 0; i < 60; i++) {
		unsigned char b = (unsigned char)next_random(&state);
		off_t at = 0x2010 + next_random(&state) % 0x1c0;

		if (i % 3 == 1)
			at = 0x3800 + next_random(&state) % (st.st_size - 0x3800);
		else if (i == 2) /* a header */
			at = next_random(&state) % 1024;
		if (pwrite(fd, &b, 1, at) != 1)
			return;
	}
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void test_hostile(struct callsite_unwinder *u)
{
	_cleanup_free_ char *program = xasprintf("%s/spoilt", place);
	unsigned stopped = 0;
	uint64_t longest = 0;

	for (uint64_t seed = 0; seed < 250; seed++) {
		const struct launch l = {program, "", SYS_getppid, NULL};
		struct stack s = {};
		pid_t pid, tid;

		copy(form("CHAIN"), program);
		spoil(program, seed);
		pid = start(&l);
		tid = run_until(SYS_getppid);
		if (tid > 0) {
			uint64_t begin = now_us();

			callsite_unwind(u, tid, &s.v, &s.n);
			longest = MAX(longest, now_us() - begin);
			stopped++;
		}
		stack_done(&s);
		end(pid);
		unlink(program);
	}
	printf("# %u of 250 ran, the longest took %llu us\n", stopped,
	       (unsigned long long)longest);
	ok(stopped > 100 && longest < 1000000, "spoilt programs do no harm");
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
	if (!*form("CHAIN") || !mkdtemp(place))
		return 99;
	test_plain(u);
	test_kinds(u);
	test_stripped(u);
	test_vdso(u);
	test_foreign(u);
	test_namespace(u);
	test_chroot(u);
	test_names(u);
	test_deleted(u);
	test_hostile(u);
	test_untouched(u);
	test_cost(u);
	callsite_free(u);
	rmdir(place);
	return done();
}
