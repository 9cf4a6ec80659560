/* test-tracefile.c: traces survive the file; files that are wrong are refused. */
#include <segen/tracefile.h>

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "helpers/random-trace.h"
#include "tests/tap.h"

#define ID_A "000000010000000000000000"
#define ID_B "000000020000000000000000"

static struct segen_buf format(struct segen_trace *t)
{
	struct segen_buf b = {};

	segen_tracefile_format(t, &b);
	return b;
}

static bool equal(const struct segen_buf *a, const struct segen_buf *b)
{
	return a->len == b->len && !memcmp(a->s, b->s, a->len);
}

/* Written, read and written again: the same bytes. */
static bool survives(struct segen_trace *t)
{
	_cleanup_(segen_buf_done) struct segen_buf once = format(t);
	_cleanup_(segen_trace_done) struct segen_trace read = {};
	struct segen_error err;
	int r = segen_tracefile_parse(once.s, once.len, "t", &read, &err);
	_cleanup_(segen_buf_done) struct segen_buf twice = format(&read);

	if (r < 0)
		printf("# %s\n", err.msg);
	else if (!equal(&once, &twice))
		printf("# written:\n%s\n# read and written:\n%s\n", once.s, twice.s);
	return r >= 0 && equal(&once, &twice);
}

static void test_round_trip(void)
{
	struct random_trace r = {.state = 7, .runs = 4, .calls = 60, .depth = 6};
	bool good = true;

	for (unsigned i = 0; i < 40 && good; i++) {
		_cleanup_(segen_trace_done) struct segen_trace t = random_trace(&r);

		good = survives(&t);
	}
	ok(good, "random traces come back byte for byte");
}

/* One file read behind another is the union of both. */
static void test_one_by_one(void)
{
	struct random_trace r = {
		.state = 9, .runs = 2, .calls = 5, .depth = 2, .numbers = 2};
	unsigned different = 0;

	for (unsigned i = 0; i < 400; i++) {
		_cleanup_(segen_trace_done) struct segen_trace a = random_trace(&r);
		_cleanup_(segen_trace_done) struct segen_trace b = random_trace(&r);
		_cleanup_(segen_trace_done) struct segen_trace read = {};
		_cleanup_(segen_buf_done) struct segen_buf first = format(&a);
		_cleanup_(segen_buf_done) struct segen_buf second = format(&b), one, two;
		int e = segen_tracefile_parse(first.s, first.len, "a", &read, NULL);

		e |= segen_tracefile_parse(second.s, second.len, "b", &read, NULL);
		segen_trace_merge(&a, &b);
		one = format(&a);
		two = format(&read);
		different += e || !equal(&one, &two);
	}
	ok(!different, "files read one by one are the union of their traces");
}

/* Every name leads back to the number it came from. */
static void test_names(void)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	size_t n, run = segen_trace_run(&t, ID_A);
	const struct segen_arch *abis = segen_arches(&n);

	for (size_t i = 0; i < n; i++)
		for (int64_t nr = 0; nr < 7000; nr++) {
			_cleanup_free_ char *name = segen_syscall_name(&abis[i], nr);

			if (name)
				segen_call_seen(segen_trace_call(&t, &abis[i], nr, NULL),
						run);
		}
	ok(survives(&t), "%zu calls with a name, of all ABIs, come back", t.n_calls);
}

/* Programs with names so long that their lists are more than a file may hold. */
static void test_too_large(void)
{
	char dir[] = "/tmp/segen-test-XXXXXX", name[2001] = "";
	_cleanup_free_ char *path = xasprintf("%s/t", mkdtemp(dir));
	_cleanup_(segen_trace_done) struct segen_trace t = {}, read = {};
	size_t run = segen_trace_run(&t, ID_A);
	struct segen_error err = {};

	memset(name, 'x', sizeof(name) - 1);
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(name, 6, "/%04u", i);
		name[5] = 'x';
		for (int64_t nr = 0; nr < 8; nr++)
			segen_seen_program(
				segen_call_seen(segen_trace_call(&t, segen_arch_native(),
								 nr, NULL),
						run),
				segen_trace_program(&t, name));
	}
	is_int(segen_tracefile_write(path, &t, &err), 0,
	       "trace file: one that is too large is written");
	is_int(segen_tracefile_read(path, &read, &err), 0,
	       "trace file: one that was too large is read");
	is_int((intmax_t)read.n_calls, 8, "trace file: no call is left out");
	ok(segen_strset_has(&read.runs[0]->notes,
			    "the trace was too large: programs of calls are left out"),
	   "trace file: a note says what is left out");
	unlink(path);
	rmdir(dir);
}

/* Runs, programs and calls that are not in their order. */
static void test_const(void)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	size_t b = segen_trace_run(&t, ID_B), a = segen_trace_run(&t, ID_A);
	size_t z = segen_trace_program(&t, "/z"), y = segen_trace_program(&t, "/y");
	struct segen_call *write = segen_trace_call(&t, segen_arch_native(), 1, NULL);
	struct segen_call *read = segen_trace_call(&t, segen_arch_native(), 0, NULL);
	_cleanup_(segen_buf_done) struct segen_buf text = {};

	segen_seen_program(segen_call_seen(write, b), z);
	segen_seen_program(segen_call_seen(read, a), y);
	write->first.run = b;
	read->first.run = a;
	segen_tracefile_format(&t, &text);
	is_str(t.runs[b]->id, ID_B, "trace file: writing does not move runs");
	is_str(t.programs[z], "/z", "trace file: writing does not move programs");
	ok(t.calls[0] == write, "trace file: writing does not move calls");
	is_int((intmax_t)write->first.run, (intmax_t)b,
	       "trace file: writing does not renumber what was seen first");
	ok(strstr(text.s, ID_A) < strstr(text.s, ID_B),
	   "trace file: runs are written in the order of their ids");
}

static void test_empty(void)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};

	ok(survives(&t), "an empty trace comes back");
}

/* --- files that are wrong --------------------------------------------------------- */

#define RUNS "\"runs\": [{\"id\": \"" ID_A "\"}, {\"id\": \"" ID_B "\"}]"
#define HEAD "{\"segen-trace\": 1, " RUNS ", "
#define SEEN "\"seen\": {\"" ID_A "\": {\"count\": 1}}"
#define FIRST "\"first\": {\"run\": \"" ID_A "\"}"
#define CALLS(calls) HEAD "\"calls\": {\"x86_64\": {" calls "}}}"
#define CALL(body) CALLS("\"read\": {" body "}")

static const struct {
	const char *text, *words;
} wrong[] = {
	{"[]", "$"},
	{"{}", "not a trace file"},
	{"{\"segen-trace\": \"1\"}", "$.segen-trace"},
	{"{\"segen-trace\": 0}", "there is no format 0"},
	{"{\"segen-trace\": 2}", "newer than this segen"},
	{"{\"segen-trace\": 1}", "'runs' is missing"},
	{"{\"segen-trace\": 1, \"runs\": {}}", "$.runs"},
	{"{\"segen-trace\": 1, \"runs\": [1]}", "$.runs[0]"},
	{"{\"segen-trace\": 1, \"runs\": [{}]}", "$.runs[0]: 'id' is missing"},
	{"{\"segen-trace\": 1, \"runs\": [{\"id\": \"x\"}]}", "hexadecimal digits"},
	{"{\"segen-trace\": 1, \"runs\": [{\"id\": \"" ID_A "\"}, {\"id\": \"" ID_A
	 "\"}]}",
	 "$.runs[1]: the run"},
	{"{\"segen-trace\": 1, \"runs\": [{\"id\": \"" ID_A "\", \"exit\": 256}]}",
	 "$.runs[0].exit: more than 255"},
	{"{\"segen-trace\": 1, \"runs\": [{\"id\": \"" ID_A "\", \"command\": [1]}]}",
	 "$.runs[0].command[0]"},
	{"{\"segen-trace\": 1, \"runs\": [{\"id\": \"" ID_A "\", \"mode\": \"slow\"}]}",
	 "$.runs[0].mode: a word that segen does not know"},
	{"{\"segen-trace\": 1, \"runs\": [{\"id\": \"" ID_A "\", \"observe\": \"\"}]}",
	 "$.runs[0].observe: a word that segen does not know"},
	{"{\"segen-trace\": 1, \"runs\": [{\"id\": \"" ID_A "\", \"host\": []}]}",
	 "$.runs[0].host"},
	{HEAD "\"x\": 0}", "'calls' is missing"},
	{HEAD "\"calls\": []}", "$.calls"},
	{HEAD "\"calls\": {\"z80\": {}}}", "$.calls.z80: an ABI"},
	{HEAD "\"calls\": {\"amd64\": {}}}", "$.calls.amd64: an ABI"},
	{HEAD "\"calls\": {\"x86_64\": 1}}", "$.calls.x86_64"},
	{CALLS("\"frobnicate\": {}"), "$.calls.x86_64.frobnicate: no system call"},
	{CALLS("\"socketcall\": {}"), "no system call of x86_64"},
	{CALLS("\"#\": {}"), "no system call"},
	{CALLS("\"#-\": {}"), "no system call"},
	{CALLS("\"#1x\": {}"), "no system call"},
	{CALLS("\"# 1\": {}"), "no system call"},
	{CALLS("\"#9223372036854775808\": {}"), "no system call"},
	{CALLS("\"read\": {" SEEN ", " FIRST "}, \"#0\": {}"), "the same call"},
	{CALLS("\"later#900\": {" SEEN ", " FIRST "}, \"#900\": {}"), "the same call"},
	{CALLS("\"later#0\": {}"), "no system call"},
	{CALLS("\"later#-1\": {}"), "no system call"},
	{CALLS("\"later#\": {}"), "no system call"},
	{CALLS("\"La ter#900\": {}"), "no system call"},
	{CALLS("\"cachestat#900\": {}"), "no system call"},
	{CALLS("\"read#1\": {}"), "no system call"},
	{CALL(""), "$.calls.x86_64.read: 'seen' is missing"},
	{CALL("\"seen\": {}"), "seen by no run"},
	{CALL("\"seen\": {\"" ID_A "\": {}}"), "'count' is missing"},
	{CALL("\"seen\": {\"" ID_A "\": {\"count\": -1}}"), ".count"},
	{CALL("\"seen\": {\"" ID_A "\": {\"count\": 1.5}}"), ".count"},
	{CALL("\"seen\": {\"" ID_A "\": {\"count\": 18446744073709551616}}"), "count"},
	{CALL("\"seen\": {\"" ID_A "\": {\"count\": 1}, \"" ID_B
	      "\": {\"count\": 1}, \"" ID_A "\": {\"count\": 1}}"),
	 "appears twice"},
	{CALL("\"seen\": {\"nobody\": {\"count\": 1}}"), "no run has this id"},
	{CALL("\"seen\": {\"" ID_A "\": {\"count\": 1, \"outcomes\": {\"EFOO\": 1}}}"),
	 "outcomes.EFOO: no errno"},
	{CALL("\"seen\": {\"" ID_A "\": {\"count\": 1, \"outcomes\": {\"#0\": 1}}}"),
	 "no errno"},
	{CALL("\"seen\": {\"" ID_A "\": {\"count\": 1, \"outcomes\": {\"#-1\": 1}}}"),
	 "no errno"},
	{CALL("\"seen\": {\"" ID_A
	      "\": {\"count\": 1, \"outcomes\": {\"EPERM\": 1, \"#1\": "
	      "2}}}"),
	 "the same errno"},
	{CALL("\"seen\": {\"" ID_A "\": {\"count\": 1, \"phases\": [\"late\"]}}"),
	 "phases[0]: unknown phase"},
	{CALL("\"seen\": {\"" ID_A "\": {\"count\": 1, \"programs\": [null]}}"),
	 "programs[0]"},
	{CALL("\"seen\": {\"" ID_A "\": {\"count\": 1, \"at-least\": 1}}"), "at-least"},
	{CALL(SEEN), "'first' is missing"},
	{CALL(SEEN ", \"first\": {}"), "'run' is missing"},
	{CALL(SEEN ", \"first\": {\"run\": \"nobody\"}"),
	 "first.run: no run has this id"},
	{CALL(SEEN ", \"first\": {\"run\": \"" ID_B "\"}"), "not one of those in 'seen'"},
	{CALL(SEEN ", \"first\": {\"run\": \"" ID_A "\", \"pid\": 2147483648}"),
	 "first.pid: more than"},
	{CALL(SEEN ", \"first\": {\"run\": \"" ID_A "\", \"args\": [\"1\"]}"),
	 "first.args[0]: not a hexadecimal"},
	{CALL(SEEN ", \"first\": {\"run\": \"" ID_A
		   "\", \"args\": [\"0x10000000000000000\"]}"),
	 "not a hexadecimal"},
	{CALL(SEEN
	      ", \"first\": {\"run\": \"" ID_A
	      "\", \"args\": [\"0x0\", \"0x0\", \"0x0\", \"0x0\", \"0x0\", \"0x0\", \"0x0\"]}"),
	 "more than 6"},
	{CALL(SEEN ", \"first\": {\"run\": \"" ID_A "\", \"stack\": [\"main\"]}"),
	 "stack[0]: not a frame"},
	{CALL(SEEN ", \"first\": {\"run\": \"" ID_A "\", \"stack\": [\"+0x1 libc\"]}"),
	 "no module has the name 'libc'"},
	{CALL(SEEN ", " FIRST ", \"values\": {\"6\": []}"), "values.6: not an argument"},
	{CALL(SEEN ", " FIRST ", \"values\": {\"00\": []}"), "not an argument's index"},
	{CALL(SEEN ", " FIRST ", \"values\": {\"\": []}"), "not an argument's index"},
	{CALL(SEEN ", " FIRST ", \"values\": {\"0\": \"few\"}"), "not \"many\""},
	{CALL(SEEN ", " FIRST ", \"values\": {\"0\": [1]}"), "[0]"},
	{CALL(SEEN ", " FIRST) "x", "$"},
};

static void test_wrong(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		_cleanup_(segen_trace_done) struct segen_trace t = {};
		struct segen_error err = {};
		int r = segen_tracefile_parse(wrong[i].text, strlen(wrong[i].text), "bad",
					      &t, &err);
		bool said =
			!strncmp(err.msg, "bad:", 4) && strstr(err.msg, wrong[i].words);

		ok(r < 0 && said && !t.n_runs && !t.n_calls, "refused: %s",
		   wrong[i].words);
		if (r >= 0 || !said)
			printf("# %d '%s' for %s\n", r, err.msg, wrong[i].text);
	}
}

/* The limits that keep a hostile file from costing much. */
static void test_limits(void)
{
	_cleanup_(segen_buf_done) struct segen_buf runs = {}, programs = {};
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	struct segen_error err = {};

	segen_buf_puts(&runs, "{\"segen-trace\": 1, \"runs\": [");
	for (unsigned i = 0; i < 10001; i++)
		segen_buf_printf(&runs, "%s{\"id\": \"%024x\"}", i ? ", " : "", i);
	segen_buf_puts(&runs, "], \"calls\": {}}");
	ok(segen_tracefile_parse(runs.s, runs.len, "t", &t, &err) == -EINVAL &&
		   strstr(err.msg, "more than 10000 runs"),
	   "a file of 10001 runs is refused");
	segen_buf_puts(&programs, HEAD "\"calls\": {\"x86_64\": {\"read\": {" FIRST
				       ", \"seen\": {\"" ID_A
				       "\": {\"count\": 1, \"programs\": [\"p\"");
	for (unsigned i = 0; i < 10000; i++)
		segen_buf_printf(&programs, ", \"%x\"", i);
	segen_buf_puts(&programs, "]}}}}}}");
	ok(segen_tracefile_parse(programs.s, programs.len, "t", &t, &err) == -EINVAL &&
		   strstr(err.msg, "more than 10000 programs"),
	   "a file of 10001 programs is refused");
}

/* Keys in alphabetical order, as other programs write them. */
static void test_order(void)
{
	static const char text[] =
		"{\"calls\": {\"x86_64\": {\"read\": {\"first\": {\"run\": \"" ID_A
		"\", \"stack\": [\"main+0x1 m\"]}, " SEEN
		"}}}, \"modules\": {\"m\": {\"build-id\": \"ab\", \"path\": \"/m\"}}, " RUNS
		", \"segen-trace\": 1}";
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	struct segen_error err = {};
	int r = segen_tracefile_parse(text, strlen(text), "t", &t, &err);

	if (ok(r == 0 && t.n_calls == 1 && t.calls[0]->first.n_frames == 1,
	       "the order of keys means nothing"))
		ok(!strcmp(t.calls[0]->first.frames[0].module, "/m"),
		   "modules are found in any order");
	else
		printf("# %s\n", err.msg);
}

static void test_lists(void)
{
	static const char text[] =
		CALL("\"seen\": {\"" ID_B "\": {\"count\": 2}, \"" ID_A
		     "\": {\"count\": 1, \"programs\": [\"b\", \"a\", \"b\"]}}, " FIRST);
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	const struct segen_observation *s;
	int r = segen_tracefile_parse(text, strlen(text), "t", &t, NULL);

	if (!ok(r == 0 && t.n_calls == 1 && t.calls[0]->n_seen == 2, "two runs are read"))
		return;
	s = t.calls[0]->seen;
	ok(s[0].run < s[1].run, "runs are sorted whatever their order was");
	s = segen_call_seen(t.calls[0], segen_trace_run(&t, ID_A));
	ok(s->n_programs == 2 && s->programs[0] < s->programs[1],
	   "programs as well, each once");
	ok(survives(&t), "and written in order");
}

/* --- files that are damaged ------------------------------------------------------- */

/* Refused with words, or a trace that can be written; @kept is there as before. */
static bool is_sound(const char *text, size_t len, const struct segen_trace *kept)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	_cleanup_(segen_buf_done) struct segen_buf before = {}, after = {};
	struct segen_error err = {};
	int r;

	segen_trace_merge(&t, kept);
	segen_tracefile_format(&t, &before);
	r = segen_tracefile_parse(text, len, "t", &t, &err);
	segen_tracefile_format(&t, &after);
	return r < 0 ? equal(&before, &after) && !strncmp(err.msg, "t:", 2)
		     : after.len > 0;
}

static char *copy_exactly(const char *text, size_t len)
{
	char *copy = xcalloc(len, 1);

	memcpy(copy, text, len);
	return copy;
}

static void test_damage(void)
{
	struct random_trace r = {.state = 3, .runs = 2, .calls = 6, .depth = 2};
	_cleanup_(segen_trace_done) struct segen_trace t = random_trace(&r), kept = {};
	_cleanup_(segen_buf_done) struct segen_buf whole = format(&t);
	unsigned cut = 0, flipped = 0;

	kept = random_trace(&r);
	for (size_t len = 0; len + 1 < whole.len; len++) {
		_cleanup_free_ char *text = copy_exactly(whole.s, len);
		_cleanup_(segen_trace_done) struct segen_trace into = {};

		cut += segen_tracefile_parse(text, len, "t", &into, NULL) != -EINVAL;
	}
	ok(!cut, "no beginning of a file, of %zu, is a trace", whole.len);
	for (unsigned i = 0; i < 2000; i++) {
		_cleanup_free_ char *text = copy_exactly(whole.s, whole.len);

		for (unsigned k = random_below(&r, 3); k < 3; k++)
			text[random_below(&r, (unsigned)whole.len)] ^=
				(char)(1 << random_below(&r, 8));
		flipped += !is_sound(text, whole.len, &kept);
	}
	ok(!flipped, "flipped bits give an error or another trace");
}

/* --- what the file says ----------------------------------------------------------- */

static void test_bytes(void)
{
	char *argv[] = {(char *)"printf", (char *)"\xff\xfe\"\n", NULL};
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	segen_trace_add_run(&t, argv);
	ok(survives(&t), "a command of any bytes comes back");
	segen_tracefile_format(&t, &b);
	ok(strstr(b.s, "[\"printf\", \"\\\\xff\\\\xfe\\\"\\n\"]") != NULL,
	   "what is not UTF-8 is shown as \\xNN");
}

static void test_lenient(void)
{
	static const char text[] =
		CALLS("\"read\": {" SEEN ", " FIRST ", \"new\": {}}") "\n\n";
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	int r = segen_tracefile_parse(text, strlen(text), "t", &t, NULL);

	ok(r == 0 && t.n_calls == 1, "keys that nobody knows are passed over");
	ok(r == 0 && t.calls[0]->seen[0].phases == SEGEN_PHASE_WORKLOAD,
	   "without a phase it was the workload");
	r = segen_tracefile_parse(text, strlen(text), "t", &t, NULL);
	ok(r == 0 && t.n_calls == 1 && segen_call_count(t.calls[0], NULL) == 1,
	   "read twice is the same as once");
}

int main(void)
{
	test_too_large();
	test_const();
	test_empty();
	test_round_trip();
	test_one_by_one();
	test_names();
	test_wrong();
	test_limits();
	test_order();
	test_lists();
	test_damage();
	test_bytes();
	test_lenient();
	return done();
}
