/*
 * test-callsite-files.c: call sites in files that are not where their name says, or that
 * mean harm.
 */
#include "helpers/callsite.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

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

int main(void)
{
	struct callsite_unwinder *u = callsite_new();

	if (!u) {
		skip("call sites", "built without libunwind");
		return done();
	}
	if (!*form("CHAIN") || !mkdtemp(place))
		return 99;
	test_namespace(u);
	test_chroot(u);
	test_names(u);
	test_deleted(u);
	test_hostile(u);
	callsite_free(u);
	rmdir(place);
	return done();
}
