/*
 * profiles.c: how long reading, resolving, generating and writing take, against what was
 * promised: 10 ms for a profile, 100 ms for uniting 100 traces of 400 calls.
 */
#include "base.h"
#include "generate.h"
#include "profile-io.h"
#include "resolve.h"

#include <segen/syscall.h>
#include <segen/trace.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROUNDS 20
#define TRACES 100
#define CALLS 400
#define PROFILE_MS 10
#define MERGE_MS 100

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* A run that made each of the first @n calls once. */
static void make_trace(struct segen_trace *t, size_t n)
{
	char name[] = "workload", *argv[] = {name, NULL};
	size_t run = segen_trace_add_run(t, argv);
	size_t program = segen_trace_program(t, "/bin/workload");

	for (size_t i = 0; i < n; i++) {
		struct segen_call *c =
			segen_trace_call(t, segen_arch_native(), (int64_t)i, NULL);
		struct segen_seen *s = segen_call_seen(c, run);

		s->count++;
		s->phases = SEGEN_PHASE_WORKLOAD;
		segen_seen_outcome(s, 0, 1);
		segen_seen_program(s, program);
	}
}

struct step {
	const char *name;
	double ms;
};

static void one_round(const struct segen_buf *text, const struct segen_trace *trace,
		      struct step steps[5])
{
	_cleanup_(profile_done) struct profile base = {}, flat = {}, result = {};
	_cleanup_(gen_report_done) struct gen_report report = {};
	_cleanup_(gen_policy_done) struct gen_policy policy = {};
	_cleanup_(segen_rules_done) struct segen_rules rules = {};
	_cleanup_(segen_strset_done) struct segen_strset notes = {};
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	double at[6];

	gen_policy_init(&policy);
	at[0] = now_ms();
	profile_parse(text->s, text->len, "base", &base, &notes, NULL);
	at[1] = now_ms();
	resolve(&base, &policy.target, &flat, NULL);
	at[2] = now_ms();
	resolve_rules(&flat, &policy.target, true, &rules, NULL);
	at[3] = now_ms();
	generate(trace, &base, &policy, &result, &report, NULL);
	at[4] = now_ms();
	profile_format(&result, PROFILE_PRETTY, &out);
	at[5] = now_ms();
	for (size_t i = 0; i < 5; i++)
		steps[i].ms += (at[i + 1] - at[i]) / ROUNDS;
}

static bool profiles(void)
{
	struct step steps[5] = {
		{"read", 0},	 {"resolve", 0}, {"to numbers", 0},
		{"generate", 0}, {"write", 0},
	};
	_cleanup_(segen_trace_done) struct segen_trace trace = {};
	_cleanup_(profile_done) struct profile base = {};
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	double sum = 0;

	make_trace(&trace, CALLS);
	base_default(&base);
	profile_format(&base, PROFILE_PRETTY, &text);
	for (unsigned i = 0; i < ROUNDS; i++)
		one_round(&text, &trace, steps);
	for (size_t i = 0; i < 5; i++) {
		printf("%-12s %7.2f ms\n", steps[i].name, steps[i].ms);
		sum += steps[i].ms;
	}
	printf("%-12s %7.2f ms of %d\n", "together", sum, PROFILE_MS);
	return sum < PROFILE_MS;
}

static bool merging(void)
{
	_cleanup_(segen_trace_done) struct segen_trace all = {};
	struct segen_trace traces[TRACES] = {};
	double start, ms;

	for (size_t i = 0; i < TRACES; i++)
		make_trace(&traces[i], CALLS);
	start = now_ms();
	for (size_t i = 0; i < TRACES; i++)
		segen_trace_merge(&all, &traces[i]);
	ms = now_ms() - start;
	printf("%-12s %7.2f ms of %d\n", "merge", ms, MERGE_MS);
	for (size_t i = 0; i < TRACES; i++)
		segen_trace_done(&traces[i]);
	return ms < MERGE_MS;
}

int main(void)
{
	bool good = profiles();

	return merging() && good ? 0 : 1;
}
