/* test-trace-sort.c: the canonical form of a trace, and what tells runs apart. */
#include <segen/trace.h>

#include <string.h>

#include "tests/tap.h"

static const struct segen_arch *abi(const char *name)
{
	return segen_arch_by_name(name);
}

static void test_run(void)
{
	char *argv[] = {(char *)"make", (char *)"-j2", NULL};
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	const struct segen_run *a, *b;
	size_t i = segen_trace_add_run(&t, argv), k = segen_trace_add_run(&t, argv);

	a = t.runs[i];
	b = t.runs[k];
	ok(i == 0 && k == 1, "runs are numbered");
	ok(strspn(a->id, "0123456789abcdef") == SEGEN_RUN_ID_LEN && strlen(a->id) == 24,
	   "a run has an id of hexadecimal digits");
	ok(strcmp(a->id, b->id) != 0, "two runs have two ids");
	ok(!strcmp(a->argv[1], "-j2") && !a->argv[2], "a run keeps its command");
	ok(a->exit == -1, "how it ends is not known yet");
	ok(strlen(a->start) == 20 && a->start[10] == 'T' && a->start[19] == 'Z',
	   "it began at a time in UTC: %s", a->start);
	ok(*a->kernel && *a->machine && *a->libseccomp, "the host is known");
	ok(segen_trace_run(&t, a->id) == 0 && t.n_runs == 2, "a run is found by its id");
	ok(segen_trace_run(&t, "000000000000000000000001") == 2 && t.n_runs == 3,
	   "or made when it is not there");
}

static void test_programs(void)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	bool good = true;

	for (unsigned round = 0; round < 2; round++)
		for (size_t i = 0; i < 500; i++) {
			_cleanup_free_ char *path = xasprintf("/bin/%zu", i);

			good &= segen_trace_program(&t, path) == i;
		}
	ok(good && t.n_programs == 500, "a program's index stays the same");
}

static void test_sort(void)
{
	char *argv[] = {(char *)"x", NULL};
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	size_t run = segen_trace_add_run(&t, argv);
	struct segen_call *read, *mount;

	segen_trace_program(&t, "/b"); /* of all first sights that nobody fills */
	segen_trace_program(&t, "/unused");
	read = segen_trace_call(&t, abi("x86_64"), 0, NULL);
	mount = segen_trace_call(&t, abi("i386"), 21, NULL);
	segen_call_seen(segen_trace_call(&t, abi("i386"), 5000, NULL), run);
	segen_seen_program(segen_call_seen(read, run), segen_trace_program(&t, "/b"));
	segen_seen_program(segen_call_seen(mount, run),
			   segen_trace_program(&t, "/a\xff"));
	mount->first.program = 77;
	segen_trace_sort(&t);
	ok(t.calls[0] == mount && t.calls[2] == read, "calls are sorted by ABI and name");
	ok(t.calls[1]->nr == 5000, "those without a name come after the others");
	ok(t.n_programs == 2, "programs that made no call are gone");
	ok(!strcmp(t.programs[0], "/a\\xff") && mount->seen[0].programs[0] == 0,
	   "bytes that are no text are shown, indices follow");
	ok(mount->first.program >= t.n_programs, "an unknown program stays unknown");
	ok(segen_trace_program(&t, "/b") == 1 && segen_trace_find(&t, abi("i386"), 21),
	   "what was found before is found after it");
}

int main(void)
{
	test_run();
	test_programs();
	test_sort();
	return done();
}
