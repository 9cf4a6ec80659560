/*
 * generate.c: how long a profile takes from its trace file: the base is built, resolved,
 * the profile generated, and written as text, for a trace of every call of this ABI.
 *
 * The goal is 10 ms of processor time; exit status 1: longer than LIMIT_MS, which leaves
 * room for busy neighbours.
 */
#include "profile/base.h"
#include "generate/generate.h"
#include "profile/profile-io.h"
#include "target/resolve.h"

#include <segen/syscall.h>
#include <segen/tracefile.h>

#include <time.h>

#define LIMIT_MS 20.0
#define ROUNDS 21 /* the best counts: this is about segen, not about its neighbours */

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Every call that has a name, made once. */
static size_t make_trace(struct segen_buf *out)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	char *argv[] = {(char *)"everything", NULL};
	size_t run = segen_trace_add_run(&t, argv), n = 0;

	for (int64_t nr = 0; nr < SEGEN_NR_TABLE; nr++) {
		_cleanup_free_ char *name = segen_syscall_name(segen_arch_native(), nr);
		struct segen_observation *s;

		if (!name)
			continue;
		s = segen_call_seen(segen_trace_call(&t, segen_arch_native(), nr, NULL),
				    run);
		s->count = 1;
		s->phases = SEGEN_PHASE_WORKLOAD;
		segen_seen_outcome(s, 0, 1);
		n++;
	}
	segen_tracefile_format(&t, out);
	return n;
}

static int once(const struct segen_buf *text, size_t *ret_len, struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	_cleanup_(profile_done) struct profile base = {}, flat = {}, p = {};
	_cleanup_(gen_policy_done) struct gen_policy policy;
	_cleanup_(gen_report_done) struct gen_report report = {};
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	int r;

	gen_policy_init(&policy);
	base_default(&base);
	r = segen_tracefile_parse(text->s, text->len, "trace", &t, err);
	if (r == 0)
		r = resolve(&base, &policy.target, &flat, err);
	if (r == 0)
		r = generate(&t, &base, &policy, &p, &report, err);
	if (r < 0)
		return r;
	profile_format(&p, PROFILE_PRETTY, &out);
	*ret_len = out.len;
	return 0;
}

int main(void)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	size_t n = make_trace(&text), len = 0;
	struct segen_error err = {};
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		double start = now_ms();

		if (once(&text, &len, &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
		best = MIN(best, now_ms() - start);
	}
	printf("%zu calls, a profile of %zu bytes: %.1f ms\n", n, len, best);
	return best > LIMIT_MS;
}
