/* test-coverage.c: Chao2 against published examples and known populations. */
#include "inspect/coverage.h"
#include "tap.h"

#include <segen/syscall.h>

#include <math.h>

static bool near(double got, double want, double within)
{
	if (fabs(got - want) <= within)
		return true;
	printf("# got %.4f, want %.4f\n", got, want);
	return false;
}

/* @counts: pairs of (in how many runs, how many calls), ended by 0. */
static size_t fill(const size_t *counts, size_t *seen)
{
	size_t n = 0;

	for (; *counts; counts += 2)
		for (size_t i = 0; i < counts[1]; i++)
			seen[n++] = counts[0];
	return n;
}

/*
 * Published results of SpadeR's ChaoSpecies() (A. Chao et al.), of the method "Chao2
 * (Chao, 1987)", for data of which it prints the frequencies.
 */
static void test_published(void)
{
	/* T = 16, D = 15, Q1 = 9, Q2 = 4: 24.492, s.e. 8.489, 17.113 to 57.648. */
	static const size_t a[] = {1, 9, 2, 4, 3, 1, 10, 1, 0};
	/* T = 40, D = 10, Q1 = 6, Q2 = 0: 24.625, s.e. 13.216, 13.217 to 76.490. */
	static const size_t b[] = {1, 6, 5, 1, 7, 1, 8, 1, 9, 1, 0};
	size_t seen[64], n = fill(a, seen);
	struct chao2 c = chao2(seen, n, 16);

	ok(near(c.estimate, 24.492, 0.0005), "uniques and duplicates: the estimate");
	ok(near(c.error, 8.489, 0.0005), "uniques and duplicates: the standard error");
	ok(near(c.low, 17.113, 0.0005), "uniques and duplicates: the interval's begin");
	ok(near(c.high, 57.648, 0.0005), "uniques and duplicates: the interval's end");
	n = fill(b, seen);
	c = chao2(seen, n, 40);
	ok(near(c.estimate, 24.625, 0.0005), "no duplicates: the estimate");
	ok(near(c.error, 13.216, 0.0005), "no duplicates: the standard error");
	ok(near(c.low, 13.217, 0.0005), "no duplicates: the interval's begin");
	ok(near(c.high, 76.490, 0.0005), "no duplicates: the interval's end");
}

static void test_complete(void)
{
	size_t seen[50];
	struct chao2 c;

	for (size_t i = 0; i < 50; i++)
		seen[i] = 20;
	c = chao2(seen, 50, 20);
	ok(near(c.estimate, 50, 0), "all calls in all runs: nothing is unseen");
	ok(near(c.high, 50, 0.01), "all calls in all runs: the interval says so");
	c = chao2(seen, 0, 20);
	ok(near(c.estimate, 0, 0), "no call: no estimate");
}

/* A generator of its own, so that every machine draws the same. */
static double uniform(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (double)(*state >> 11) / 9007199254740992.0;
}

/* Calls as workloads have them: most in every run, some in few. */
struct population {
	const char *what;
	size_t runs;
	struct {
		size_t calls;
		double p; /* that a run makes it */
	} groups[4];
};

static bool covered(const struct population *pop, uint64_t *state)
{
	size_t seen[512], n = 0, all = 0;
	struct chao2 c;

	for (size_t g = 0; g < 4; g++) {
		all += pop->groups[g].calls;
		for (size_t i = 0; i < pop->groups[g].calls; i++) {
			size_t k = 0;

			for (size_t r = 0; r < pop->runs; r++)
				k += uniform(state) < pop->groups[g].p;
			if (k)
				seen[n++] = k;
		}
	}
	c = chao2(seen, n, pop->runs);
	return c.low <= (double)all + 0.5 && (double)all - 0.5 <= c.high;
}

static void test_trials(void)
{
	static const struct population pops[] = {
		{"a server", 20, {{80, 1}, {20, 0.5}, {15, 0.15}, {10, 0.08}}},
		{"a test suite", 40, {{60, 1}, {40, 0.2}, {30, 0.05}}},
		{"few runs", 8, {{50, 1}, {20, 0.4}, {15, 0.2}}},
		{"rare calls only", 30, {{60, 0.06}, {0, 0}}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(pops); i++) {
		uint64_t state = 0x5e6e0001 + i;
		unsigned hits = 0;

		for (unsigned t = 0; t < 1000; t++)
			hits += covered(&pops[i], &state);
		ok(hits >= 900, "%s: the interval holds the truth in %u of 1000 trials",
		   pops[i].what, hits);
	}
}

/* --- traces --------------------------------------------------------------------------
 */

static void see(struct segen_trace *t, size_t run, const char *name, uint64_t us)
{
	const struct segen_arch *x86 = segen_arch_by_name("x86_64");
	bool fresh;
	struct segen_call *c =
		segen_trace_call(t, x86, segen_syscall_nr(x86, name), &fresh);

	segen_call_seen(c, run)->count++;
	if (fresh) {
		c->first.run = run;
		c->first.time_us = us;
	}
}

static void run_id(struct segen_trace *t, char last)
{
	char id[] = "6745d85a0000000000000000";

	id[strlen(id) - 1] = last;
	segen_trace_run(t, id);
}

static void test_curve(void)
{
	struct segen_trace t = {};
	struct coverage c;

	for (int r = 0; r < 6; r++)
		run_id(&t, (char)('1' + r));
	for (size_t r = 0; r < 6; r++)
		t.runs[r]->duration_ms = 100;
	for (size_t r = 0; r < 6; r++)
		see(&t, r, "read", 10);
	see(&t, 1, "write", 700);
	see(&t, 1, "close", 900);
	see(&t, 3, "close", 900);
	coverage_init(&c, &t);
	is_int((int)c.runs, 6, "curve: six runs");
	is_int((int)c.by_run[0], 1, "curve: one call after the first");
	is_int((int)c.by_run[1], 3, "curve: three after the second");
	is_int((int)c.by_run[5], 3, "curve: and no more");
	is_int((int)c.quiet, 4, "curve: nothing new in the last four");
	is_int((int)c.once, 1, "curve: one call in one run only");
	is_int((int)c.last_new_us, 900, "curve: when the last new one came");
	ok(c.estimated, "curve: six runs give an estimate");
	is_int((int)c.total_ms, 600, "curve: how long they took");
	is_int((int)c.n_by_time, 3, "curve: a point for each call");
	is_int((int)coverage_at(&c, 50), 1, "curve: one call in the first run");
	is_int((int)coverage_at(&c, 150), 3, "curve: all in the second");
	coverage_done(&c);

	t.runs[1]->known = true;
	coverage_init(&c, &t);
	is_int((int)c.runs, 5, "known: a run with knowledge is no sample");
	is_int((int)c.left_out, 1, "known: it is counted");
	is_int((int)c.calls, 2, "known: what only it saw is not, either");
	coverage_done(&c);
	segen_trace_done(&t);
}

static void test_few(void)
{
	struct segen_trace t = {};
	struct coverage c;

	run_id(&t, '1');
	see(&t, 0, "read", 10);
	coverage_init(&c, &t);
	ok(!c.estimated, "one run: no estimate");
	is_int((int)c.calls, 1, "one run: its calls are counted");
	coverage_done(&c);
	segen_trace_done(&t);
}

int main(void)
{
	test_published();
	test_complete();
	test_trials();
	test_curve();
	test_few();
	return done();
}
