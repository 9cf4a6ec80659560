/* test-trace.c: the trace in memory: calls, outcomes, programs, values. */
#include <segen/trace.h>

#include <errno.h>
#include <string.h>

#include "tests/tap.h"

#define MANY 3000

static const struct segen_arch *native(void)
{
	return segen_arch_native();
}

static void test_call_identity(void)
{
	const struct segen_arch *other = segen_arch_by_name("i386");
	struct segen_trace t = {};
	struct segen_call *first;
	bool new, same = true;

	first = segen_trace_call(&t, native(), 7, &new);
	ok(new, "a call is new once");
	ok(segen_trace_call(&t, native(), 7, &new) == first && !new, "and then known");
	ok(segen_trace_call(&t, other, 7, NULL) != first,
	   "the same number of another ABI is another call");
	for (int64_t nr = -5; nr < MANY; nr++)
		segen_trace_call(&t, native(), nr * 1000003, NULL);
	for (int64_t nr = -5; nr < MANY; nr++) {
		const struct segen_call *c = segen_trace_find(&t, native(), nr * 1000003);

		same &= c && c->nr == nr * 1000003;
	}
	ok(same, "thousands of numbers, negative ones too, are kept apart");
	ok(segen_trace_find(&t, native(), 7) == first, "calls stay where they are");
	segen_trace_done(&t);
}

static void test_outcomes(void)
{
	struct segen_trace t = {};
	struct segen_call *c = segen_trace_call(&t, native(), 1, NULL);
	struct segen_observation *s = segen_call_seen(c, 0);

	ok(!segen_call_is_probe(c), "without an outcome it is no probe");
	segen_seen_outcome(s, ENOSYS, 1);
	segen_seen_outcome(s, EPERM, 2);
	segen_seen_outcome(s, ENOSYS, 3);
	ok(s->n_outcomes == 2 && s->outcomes[0].err == EPERM && s->outcomes[1].count == 4,
	   "outcomes are counted in order");
	ok(segen_call_is_probe(c), "failures only: a probe");
	s->count = 6;
	s->at_least = true;
	ok(!segen_call_is_probe(c), "a call allowed after failures may have succeeded");
	s->refused = 6;
	ok(segen_call_is_probe(c), "unless it was refused each time");
	segen_seen_retract(s, EPERM);
	ok(s->n_outcomes == 2 && s->outcomes[0].count == 1, "one outcome is taken back");
	segen_seen_retract(s, EPERM);
	segen_seen_retract(s, EPERM);
	ok(s->n_outcomes == 1 && s->outcomes[0].err == ENOSYS &&
		   s->outcomes[0].count == 4,
	   "the last of a kind leaves nothing, and no more can be taken");
	segen_seen_outcome(segen_call_seen(c, 1), 0, 1);
	ok(!segen_call_is_probe(c), "nor is it one if another run had success");
	segen_trace_done(&t);
}

static void test_known_probes(void)
{
	struct segen_trace t = {};
	struct segen_call *c = segen_trace_call(&t, native(), 1, NULL);
	char *const argv[] = {NULL};
	size_t second;

	segen_trace_add_run(&t, argv);
	segen_seen_outcome(segen_call_seen(c, 0), ENOENT, 9);
	ok(segen_trace_is_probe(&t, c), "a probe of one run");
	second = segen_trace_add_run(&t, argv);
	ok(segen_trace_is_probe(&t, c), "another run without it says nothing");
	t.runs[second]->known = true;
	ok(!segen_trace_is_probe(&t, c), "a run that allowed known calls: no probe");
	segen_seen_outcome(segen_call_seen(c, second), ENOENT, 1);
	ok(segen_trace_is_probe(&t, c), "but not this one, which failed there as well");
	segen_trace_done(&t);
}

static void test_values(void)
{
	struct segen_trace t = {};
	struct segen_call *c = segen_trace_call(&t, native(), 1, NULL);
	bool new = true;

	for (uint64_t v = SEGEN_VALUES_MAX; v > 0; v--)
		new &= segen_call_value(c, 2, v);
	ok(new && !segen_call_value(c, 2, 3), "a value is new once");
	ok(segen_call_values(c, 2)->v[0] == 1 && !segen_call_values(c, 0),
	   "values are in order, by argument");
	ok(segen_call_value(c, 2, 99) && segen_call_values(c, 2)->many,
	   "one too many: many");
	ok(!segen_call_value(c, 2, 100), "after that nothing is new");
	segen_trace_done(&t);
}

static void test_sums(void)
{
	struct segen_trace t = {};
	struct segen_call *c = segen_trace_call(&t, native(), 1, NULL);
	bool at_least;

	segen_call_seen(c, 3)->count = 4;
	segen_call_seen(c, 1)->count = 5;
	ok(c->seen[0].run == 1 && c->seen[1].run == 3, "runs are in order");
	ok(segen_call_count(c, &at_least) == 9 && !at_least, "exact counts add up");
	segen_call_seen(c, 1)->at_least = true;
	segen_call_count(c, &at_least);
	ok(at_least, "one lower bound makes the sum one");
	segen_seen_program(segen_call_seen(c, 1), 9);
	segen_seen_program(segen_call_seen(c, 1), 2);
	segen_seen_program(segen_call_seen(c, 1), 9);
	ok(c->seen[0].n_programs == 2 && c->seen[0].programs[0] == 2,
	   "each program is there once, in order");
	segen_trace_done(&t);
}

static void test_runs(void)
{
	struct segen_trace t = {};
	char *argv[] = {(char *)"ls", (char *)"-l", NULL};
	size_t a = segen_trace_add_run(&t, argv), b = segen_trace_add_run(&t, argv);

	ok(strcmp(t.runs[a]->id, t.runs[b]->id) != 0, "each run has an id of its own");
	ok(!strcmp(t.runs[a]->argv[1], "-l") && !t.runs[a]->argv[2], "and the command");
	ok(segen_trace_program(&t, "/bin/x") == segen_trace_program(&t, "/bin/x") &&
		   segen_trace_program(&t, "/bin/y") != segen_trace_program(&t, "/bin/x"),
	   "programs are told apart by path");
	segen_trace_done(&t);
}

int main(void)
{
	test_call_identity();
	test_outcomes();
	test_known_probes();
	test_values();
	test_sums();
	test_runs();
	return done();
}
