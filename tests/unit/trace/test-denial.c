/* test-denial.c: refused calls in a trace: counted, merged, sorted, written and read. */
#include "tests/tap.h"

#include <segen/syscall.h>
#include <segen/tracefile.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RUN "000000010000000000000001"
#define OTHER "000000020000000000000002"

static struct segen_denial denial(struct segen_trace *t, size_t run, const char *call,
				  const char *symbol, const char *text)
{
	const struct segen_arch *arch = segen_arch_by_name("x86_64");
	struct segen_denial d = {
		.arch = arch,
		.nr = segen_syscall_nr(arch, call),
		.verdict = {SEGEN_ACT_ERRNO, EPERM},
		.count = 1,
		.at = {.run = run, .time_us = 5, .pid = 7, .tid = 8, .args = {1, 2}},
	};

	d.at.program = segen_trace_program(t, "/bin/app");
	d.at.frames = xcalloc(1, sizeof(*d.at.frames));
	d.at.frames[0] = (struct segen_frame){
		.module = xstrdup("/lib/libc.so"),
		.symbol = xstrdup(symbol),
		.offset = 7,
	};
	d.at.n_frames = 1;
	d.text[0] = text ? xstrdup(text) : NULL;
	return d;
}

/* A call that was seen, so that the run and the program are used. */
static void see(struct segen_trace *t, size_t run)
{
	struct segen_call *c = segen_trace_call(t, segen_arch_by_name("x86_64"), 0, NULL);

	segen_call_seen(c, run)->count = 1;
	segen_call_seen(c, run)->phases = SEGEN_PHASE_WORKLOAD;
	c->first.run = run;
	c->first.program = SIZE_MAX;
}

static void fill(struct segen_trace *t, const char *id)
{
	size_t run = segen_trace_run(t, id);
	struct segen_denial d;

	see(t, run);
	d = denial(t, run, "mkdir", "mkdir", "/a");
	segen_trace_denied(t, &d);
	d = denial(t, run, "rmdir", "rmdir", "/b\n\xff");
	segen_trace_denied(t, &d);
}

static void test_count(void)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	size_t run = segen_trace_run(&t, RUN);
	struct segen_denial d = denial(&t, run, "mkdir", "mkdir", "/a");

	is_int(segen_trace_denied(&t, &d), 0, "denied: the first has index 0");
	ok(!d.at.frames, "denied: what it owns is taken");
	d = denial(&t, run, "mkdir", "mkdir", "/other");
	is_int(segen_trace_denied(&t, &d), 0,
	       "denied: the same place is the same denial");
	is_int(t.denials.v[0].count, 2, "denied: and is counted");
	is_str(t.denials.v[0].text[0], "/a", "denied: the first arguments are kept");
	d = denial(&t, run, "mkdir", "other_function", "/a");
	is_int(segen_trace_denied(&t, &d), 1, "denied: another stack is another place");
	d = denial(&t, run, "mkdir", "mkdir", "/a");
	d.verdict.err = ENOSYS;
	is_int(segen_trace_denied(&t, &d), 2, "denied: another errno is another denial");
	is_int(t.denials.n, 3, "denied: three in all");
}

static void test_many(void)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	size_t run = segen_trace_run(&t, RUN), last = 0;

	for (int i = 0; i < SEGEN_DENIALS_MAX + 5; i++) {
		struct segen_denial d = denial(&t, run, "mkdir", "mkdir", NULL);

		d.verdict.err = i + 1;
		last = segen_trace_denied(&t, &d);
	}
	is_int(t.denials.n, SEGEN_DENIALS_MAX, "many denials: so many are kept");
	ok(last == SIZE_MAX, "many denials: the rest is told from them");
}

static char *text_of(const struct segen_trace *from)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	struct segen_buf out = {};

	segen_trace_merge(&t, from);
	segen_trace_sort(&t);
	segen_tracefile_format(&t, &out);
	return out.s;
}

static void test_merge(void)
{
	_cleanup_(segen_trace_done) struct segen_trace a = {}, b = {}, ab = {}, ba = {};
	_cleanup_free_ char *one = NULL, *two = NULL, *before = NULL, *after = NULL;

	fill(&a, RUN);
	fill(&b, OTHER);
	a.denials.v[0].count = 9;
	before = text_of(&a);
	segen_trace_merge(&ab, &a);
	segen_trace_merge(&ab, &b);
	segen_trace_merge(&ba, &b);
	segen_trace_merge(&ba, &a);
	one = text_of(&ab);
	two = text_of(&ba);
	is_str(one, two, "merge: the order of two traces does not matter");
	is_int(ab.denials.n, 4, "merge: the denials of two runs are apart");
	segen_trace_merge(&a, &a);
	after = text_of(&a);
	is_str(after, before, "merge: the same trace twice changes nothing");
}

static void test_file(void)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {}, read = {};
	_cleanup_free_ char *text = NULL, *again = NULL;
	struct segen_error err = {};

	fill(&t, RUN);
	t.denials.v[1].verdict = (struct segen_verdict){SEGEN_ACT_KILL_PROCESS, 0};
	text = text_of(&t);
	has_str(text, "\"answer\": \"errno\", \"errno\": \"EPERM\"",
		"file: the errno by name");
	has_str(text, "\"answer\": \"kill-process\"", "file: the action");
	has_str(text, "\"text\": {\"0\": \"/b\\n\\\\xff\"}",
		"file: text that is not UTF-8 is made so");
	has_str(text, "\"stack\": [\"mkdir+0x7 libc.so\"]", "file: the stack");
	ok(segen_tracefile_parse(text, strlen(text), "t", &read, &err) == 0,
	   "file: it can be read (%s)", err.msg);
	again = text_of(&read);
	is_str(again, text, "file: reading and writing gives the same bytes");
}

static void test_bad(void)
{
	static const char head[] = "{\"segen-trace\": 1, \"runs\": [{\"id\": \"" RUN
				   "\"}], \"calls\": {}, \"denied\": [{";
	static const char first[] = "\"first\": {\"run\": \"" RUN "\"}";
	static const struct {
		const char *rest, *says;
	} cases[] = {
		{"\"abi\": \"vax\"", "an ABI that segen does not know"},
		{"\"call\": \"mkdir\"", "'abi' has to stand before it"},
		{"\"abi\": \"x86_64\", \"call\": \"nosuch\"", "no system call of x86_64"},
		{"\"abi\": \"x86_64\", \"call\": \"mkdir\", \"answer\": \"no\"",
		 "no filter has this answer"},
		{"\"abi\": \"x86_64\", \"call\": \"mkdir\", \"answer\": \"errno\", \"errno\": "
		 "\"EWHAT\"",
		 "no errno has this name"},
		{"\"abi\": \"x86_64\", \"call\": \"mkdir\", \"answer\": \"errno\", \"count\": "
		 "1, \"text\": {\"6\": \"x\"}",
		 "not an argument's index"},
		{"\"abi\": \"x86_64\", \"call\": \"mkdir\", \"answer\": \"errno\"",
		 "'count' is missing"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(segen_trace_done) struct segen_trace t = {};
		_cleanup_free_ char *text =
			xasprintf("%s%s, %s}]}", head, cases[i].rest, first);
		struct segen_error err = {};

		segen_tracefile_parse(text, strlen(text), "t", &t, &err);
		has_str(err.msg, cases[i].says, "bad file: %s", cases[i].says);
	}
}

int main(void)
{
	test_count();
	test_many();
	test_merge();
	test_file();
	test_bad();
	return done();
}
