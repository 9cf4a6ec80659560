/* test-trace-merge.c: merging is a union: any order, any grouping, any repetition. */
#include <segen/tracefile.h>

#include <string.h>

#include "helpers/random-trace.h"
#include "tests/tap.h"

#define CALLS_IN_ALL 800

static struct segen_buf format(struct segen_trace *t)
{
	struct segen_buf b = {};

	segen_tracefile_format(t, &b);
	return b;
}

/* The union of the @n traces that @order picks from @t. */
static struct segen_buf unite(const struct segen_trace *t, const int *order, size_t n)
{
	_cleanup_(segen_trace_done) struct segen_trace into = {};

	for (size_t i = 0; i < n; i++)
		segen_trace_merge(&into, &t[order[i]]);
	return format(&into);
}

static bool equal(const struct segen_buf *a, const struct segen_buf *b)
{
	return a->len == b->len && !memcmp(a->s, b->s, a->len);
}

/* a + (b + c) */
static struct segen_buf unite_right(const struct segen_trace *t)
{
	_cleanup_(segen_trace_done) struct segen_trace bc = {}, abc = {};

	segen_trace_merge(&bc, &t[1]);
	segen_trace_merge(&bc, &t[2]);
	segen_trace_merge(&abc, &t[0]);
	segen_trace_merge(&abc, &bc);
	return format(&abc);
}

struct laws {
	unsigned commutative, associative, idempotent, identity;
};

static void check_laws(struct laws *broken, const struct segen_trace *t)
{
	static const int orders[][3] = {
		{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	static const int once[] = {0, 1, 2}, again[] = {0, 1, 2, 2, 0, 1, 0};
	_cleanup_(segen_buf_done) struct segen_buf want = unite(t, once, 3);
	_cleanup_(segen_buf_done) struct segen_buf right = unite_right(t);
	_cleanup_(segen_buf_done) struct segen_buf twice = unite(t, again, 7);

	broken->associative += !equal(&want, &right);
	broken->idempotent += !equal(&want, &twice);
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		_cleanup_(segen_buf_done) struct segen_buf other = unite(t, orders[i], 3);

		broken->commutative += !equal(&want, &other);
	}
}

static void check_identity(struct laws *broken, struct segen_trace *t)
{
	static const int order[] = {0};
	_cleanup_(segen_buf_done) struct segen_buf copy = unite(t, order, 1);
	_cleanup_(segen_buf_done) struct segen_buf itself = format(t);

	broken->identity += !equal(&copy, &itself);
}

/* Small traces meet in everything, larger ones in much. */
static void test_laws(unsigned calls)
{
	struct random_trace r = {.state = calls,
				 .runs = 3,
				 .calls = calls,
				 .depth = 3,
				 .numbers = calls < 100 ? 2 : 0};
	struct laws broken = {};

	for (unsigned i = 0; i < CALLS_IN_ALL / calls; i++) {
		struct segen_trace t[3];

		for (size_t j = 0; j < ARRAY_SIZE(t); j++)
			t[j] = random_trace(&r);
		check_laws(&broken, t);
		for (size_t j = 0; j < ARRAY_SIZE(t); j++) {
			check_identity(&broken, &t[j]);
			segen_trace_done(&t[j]);
		}
	}
	ok(!broken.commutative, "%u calls: merging is commutative", calls);
	ok(!broken.associative, "%u calls: merging is associative", calls);
	ok(!broken.idempotent, "%u calls: merging is idempotent", calls);
	ok(!broken.identity, "%u calls: an empty trace changes nothing", calls);
}

/* A run whose programs and numbers alone fit, but not those of three. */
static struct segen_trace crowded(unsigned at)
{
	char *argv[] = {(char *)"x", NULL};
	struct segen_trace t = {};
	size_t run = segen_trace_add_run(&t, argv);
	struct segen_call *c = segen_trace_call(&t, segen_arch_native(), 0, NULL);

	for (unsigned i = 0; i < SEGEN_PROGRAMS_MAX / 2 + 7; i++) {
		_cleanup_free_ char *path = xasprintf("/%u", i * 3 + at);

		segen_seen_program(segen_call_seen(c, run),
				   segen_trace_program(&t, path));
	}
	c->first = (struct segen_first){.run = run, .program = t.n_programs - 1};
	for (unsigned i = 0; i < SEGEN_NAMELESS_MAX / 2 + 7; i++) {
		struct segen_call *nameless = segen_trace_call(
			&t, segen_arch_native(), 1000000 + i * 3 + at, NULL);

		segen_call_seen(nameless, run)->count = 1;
		nameless->first = (struct segen_first){.run = run, .program = i};
	}
	return t;
}

static void test_bounds(void)
{
	struct segen_trace t[3] = {crowded(0), crowded(1), crowded(2)};
	_cleanup_(segen_trace_done) struct segen_trace all = {}, read = {};
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	struct laws broken = {};

	check_laws(&broken, t);
	ok(!broken.commutative, "bounds: merging is commutative");
	ok(!broken.associative, "bounds: merging is associative");
	ok(!broken.idempotent, "bounds: merging is idempotent");
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		segen_trace_merge(&all, &t[i]);
		segen_trace_done(&t[i]);
	}
	segen_tracefile_format(&all, &text);
	is_int(segen_tracefile_parse(text.s, text.len, "t", &read, NULL), 0,
	       "bounds: what is written can be read");
	is_int((intmax_t)read.n_programs, SEGEN_PROGRAMS_MAX,
	       "bounds: as many programs are named as may be");
	is_int((intmax_t)read.n_calls, 1 + SEGEN_NAMELESS_MAX,
	       "bounds: as many numbers without a name are listed as may be");
	is_int((intmax_t)read.runs[0]->notes.n, 2, "bounds: notes say what is left out");
}

/* The union of halves that were written, so that each was cut to the bounds. */
static void test_bounds_written(void)
{
	struct segen_trace t[3] = {crowded(0), crowded(1), crowded(2)};
	_cleanup_(segen_trace_done) struct segen_trace ab = {}, read = {}, all = {};
	_cleanup_(segen_buf_done) struct segen_buf half = {}, one = {}, two = {};

	segen_trace_merge(&ab, &t[0]);
	segen_trace_merge(&ab, &t[1]);
	segen_trace_merge(&all, &ab);
	segen_trace_merge(&all, &t[2]);
	segen_tracefile_format(&all, &one);
	segen_tracefile_format(&ab, &half);
	segen_tracefile_parse(half.s, half.len, "half", &read, NULL);
	segen_trace_merge(&read, &t[2]);
	segen_tracefile_format(&read, &two);
	ok(equal(&one, &two), "bounds: files unite as their traces do");
	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		segen_trace_done(&t[i]);
}

static struct segen_trace one_call(const char *id, uint64_t count, uint64_t time_us)
{
	char *argv[] = {(char *)"true", NULL};
	struct segen_trace t = {};
	size_t run = segen_trace_add_run(&t, argv);
	struct segen_call *c =
		segen_trace_call(&t, segen_arch_by_name("x86_64"), 1, NULL);

	snprintf(t.runs[run]->id, sizeof(t.runs[run]->id), "%s", id);
	segen_call_seen(c, run)->count = count;
	c->first = (struct segen_first){.run = run, .time_us = time_us};
	return t;
}

static void test_same_run(void)
{
	static const char id[] = "000000010000000000000000";
	_cleanup_(segen_trace_done) struct segen_trace a = one_call(id, 5, 20);
	_cleanup_(segen_trace_done) struct segen_trace b = one_call(id, 7, 10);
	bool at_least;

	segen_trace_merge(&a, &b);
	ok(a.n_runs == 1, "the same run is one run");
	ok(segen_call_count(a.calls[0], &at_least) == 7, "its counts are not added");
	ok(a.calls[0]->first.time_us == 10, "the earlier sight is the first");
}

static void test_two_runs(void)
{
	_cleanup_(segen_trace_done) struct segen_trace a =
		one_call("000000020000000000000000", 5, 10);
	_cleanup_(segen_trace_done) struct segen_trace b =
		one_call("000000010000000000000000", 7, 20);

	segen_trace_merge(&a, &b);
	ok(segen_call_count(a.calls[0], NULL) == 12, "counts of two runs are added");
	ok(a.calls[0]->first.time_us == 20, "the sight of the earlier run is the first");
	segen_trace_sort(&a);
	ok(a.calls[0]->first.run == 0 && a.calls[0]->seen[0].count == 7,
	   "after sorting indices still mean the same runs");
}

/* Whoever reads a union need not sort it first. */
static void test_programs(void)
{
	static const char id[] = "000000010000000000000000";
	_cleanup_(segen_trace_done) struct segen_trace a = one_call(id, 1, 1);
	_cleanup_(segen_trace_done) struct segen_trace b = one_call(id, 1, 1);
	const struct segen_observation *s = a.calls[0]->seen;

	for (int i = 0; i < 4; i++) {
		_cleanup_free_ char *path = xasprintf("/bin/%d", i), *other = NULL;

		other = xasprintf("/bin/%d", 3 - i);
		segen_seen_program(&a.calls[0]->seen[0], segen_trace_program(&a, path));
		segen_seen_program(&b.calls[0]->seen[0], segen_trace_program(&b, other));
	}
	segen_trace_merge(&a, &b);
	ok(s->n_programs == 4 && s->programs[0] == 0 && s->programs[3] == 3,
	   "the programs of both are in order, each once");
}

/* Seventeen values are too many, however they are shared out. */
static void test_values(void)
{
	_cleanup_(segen_trace_done) struct segen_trace a =
		one_call("000000010000000000000000", 1, 1);
	_cleanup_(segen_trace_done) struct segen_trace b =
		one_call("000000020000000000000000", 1, 1);

	for (unsigned i = 0; i < SEGEN_VALUES_MAX; i++)
		segen_call_value(a.calls[0], 2, i);
	segen_call_value(b.calls[0], 2, 3);
	segen_trace_merge(&a, &b);
	ok(segen_call_values(a.calls[0], 2)->n == SEGEN_VALUES_MAX, "16 values are kept");
	segen_call_value(b.calls[0], 2, 16);
	segen_trace_merge(&a, &b);
	ok(segen_call_values(a.calls[0], 2)->many, "17 values are many");
	ok(!segen_call_values(a.calls[0], 2)->n, "and none of them is kept");
	segen_trace_merge(&b, &a);
	ok(segen_call_values(b.calls[0], 2)->many, "many stays many");
	ok(!segen_call_values(b.calls[0], 1), "an argument without values has none");
}

int main(void)
{
	test_bounds();
	test_bounds_written();
	test_laws(4);
	test_laws(12);
	test_laws(120);
	test_same_run();
	test_two_runs();
	test_programs();
	test_values();
	return done();
}
