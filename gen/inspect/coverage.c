/* coverage.c: have enough runs been recorded? */
#include "inspect/coverage.h"

#include <math.h>
#include <string.h>

#define Z95 1.959963984540054 /* quantile of the normal distribution */

/* --- the estimator ------------------------------------------------------------------ */

/* How many calls were seen in exactly @k runs. */
static double frequency(const size_t *seen, size_t n, size_t k)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += seen[i] == k;
	return (double)sum;
}

/* A log-normal interval for what was not seen. */
static void interval(struct chao2 *c, double observed, double variance)
{
	double unseen = c->estimate - observed;
	double k = exp(Z95 * sqrt(log(1 + variance / (unseen * unseen))));

	c->error = sqrt(variance);
	c->low = observed + unseen / k;
	c->high = observed + unseen * k;
}

/* Nothing was seen once, or nearly: the estimate is what was seen. */
static void interval_of_complete(struct chao2 *c, const size_t *seen, size_t n,
				 size_t runs)
{
	double variance = 0, sum = 0, missed = 0, observed = (double)n;

	for (size_t i = 0; i < n; i++) {
		double k = (double)seen[i];

		variance += exp(-k) - exp(-2 * k);
		sum += k * exp(-k);
		missed += exp(-k) / observed;
	}
	variance = fmax(variance - sum * sum / (double)runs, 0);
	c->error = sqrt(variance);
	c->low = fmax(observed, (observed - Z95 * c->error) / (1 - missed));
	c->high = (observed + Z95 * c->error) / (1 - missed);
}

struct chao2 chao2(const size_t *seen, size_t n, size_t runs)
{
	double t = (double)runs, a = (t - 1) / t, observed = (double)n;
	double q1 = frequency(seen, n, 1), q2 = frequency(seen, n, 2);
	struct chao2 c = {.estimate = observed, .low = observed, .high = observed};

	if (!n)
		return c;
	if (q1 > 0 && q2 > 0) {
		double r = q1 / q2;

		c.estimate = observed + a * q1 * q1 / (2 * q2);
		interval(&c, observed,
			 q2 * (a * r * r / 2 + a * a * r * r * r +
			       a * a * r * r * r * r / 4));
	} else if (q1 > 1) {
		c.estimate = observed + a * q1 * (q1 - 1) / 2;
		interval(&c, observed,
			 a * q1 * (q1 - 1) / 2 +
				 a * a * q1 * (2 * q1 - 1) * (2 * q1 - 1) / 4 -
				 a * a * q1 * q1 * q1 * q1 / 4 / c.estimate);
	} else {
		interval_of_complete(&c, seen, n, runs);
	}
	return c;
}

/* --- a trace ------------------------------------------------------------------------ */

/* Runs in the order in which they began: their ids begin with the time. */
struct order {
	const char *id;
	size_t run;
};

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct order *)a)->id, ((const struct order *)b)->id);
}

/* For each run its place among those that count, or SIZE_MAX. */
static size_t *places(const struct segen_trace *t, struct coverage *c)
{
	struct order *v = xcalloc(t->n_runs + 1, sizeof(*v));
	size_t *place = xcalloc(t->n_runs + 1, sizeof(*place));

	for (size_t i = 0; i < t->n_runs; i++) {
		place[i] = SIZE_MAX;
		if (t->runs[i]->known || t->runs[i]->mode == SEGEN_MODE_KNOWN)
			c->left_out++;
		else
			v[c->runs++] = (struct order){t->runs[i]->id, i};
	}
	if (c->runs)
		qsort(v, c->runs, sizeof(*v), by_id);
	for (size_t i = 0; i < c->runs; i++)
		place[v[i].run] = i;
	free(v);
	return place;
}

/* The first run that made the call, and in how many it was; 0: in none that counts. */
static size_t runs_of(const struct segen_call *call, const size_t *place,
		      size_t *ret_first)
{
	size_t n = 0;

	*ret_first = SIZE_MAX;
	for (size_t i = 0; i < call->n_seen; i++) {
		size_t at = place[call->seen[i].run];

		if (at == SIZE_MAX)
			continue;
		n++;
		*ret_first = MIN(*ret_first, at);
	}
	return n;
}

static void note_first(struct coverage *c, const struct segen_trace *t,
		       const struct segen_call *call, const size_t *place, size_t *last)
{
	size_t run = call->first.run, at = run < t->n_runs ? place[run] : SIZE_MAX;

	if (at == SIZE_MAX || (*last != SIZE_MAX && at < *last))
		return;
	if (*last == SIZE_MAX || at > *last)
		c->last_new_us = 0;
	*last = at;
	c->last_new_us = MAX(c->last_new_us, call->first.time_us);
	c->last_run_us = t->runs[run]->duration_ms * 1000;
}

/* When each run that counts begins, if one follows the other. */
static uint64_t *begins(struct coverage *c, const struct segen_trace *t,
			const size_t *place)
{
	uint64_t *v = xcalloc(c->runs + 1, sizeof(*v));

	for (size_t i = 0; i < t->n_runs; i++)
		if (place[i] != SIZE_MAX)
			v[place[i] + 1] = t->runs[i]->duration_ms;
	for (size_t i = 1; i <= c->runs; i++)
		v[i] += v[i - 1];
	c->total_ms = v[c->runs];
	return v;
}

static int by_ms(const void *pa, const void *pb)
{
	const struct coverage_point *a = pa, *b = pb;

	return a->ms < b->ms ? -1 : a->ms > b->ms;
}

static void add_times(struct coverage *c, const struct segen_trace *t,
		      const size_t *place)
{
	_cleanup_free_ uint64_t *begin = begins(c, t, place);

	c->by_time = xcalloc(t->n_calls + 1, sizeof(*c->by_time));
	for (size_t i = 0; i < t->n_calls; i++) {
		const struct segen_first *f = &t->calls[i]->first;
		size_t at = f->run < t->n_runs ? place[f->run] : SIZE_MAX;

		if (at != SIZE_MAX)
			c->by_time[c->n_by_time++].ms = begin[at] + f->time_us / 1000;
	}
	if (c->n_by_time)
		qsort(c->by_time, c->n_by_time, sizeof(*c->by_time), by_ms);
	for (size_t i = 0; i < c->n_by_time; i++)
		c->by_time[i].calls = i + 1;
}

size_t coverage_at(const struct coverage *c, uint64_t ms)
{
	size_t n = 0;

	while (n < c->n_by_time && c->by_time[n].ms <= ms)
		n++;
	return n;
}

void coverage_init(struct coverage *c, const struct segen_trace *t)
{
	_cleanup_free_ size_t *place = NULL,
			      *seen = xcalloc(t->n_calls + 1, sizeof(*seen));
	size_t last = SIZE_MAX;

	*c = (struct coverage){};
	place = places(t, c);
	c->by_run = xcalloc(c->runs + 1, sizeof(*c->by_run));
	for (size_t i = 0; i < t->n_calls; i++) {
		size_t first, n = runs_of(t->calls[i], place, &first);

		if (!n)
			continue;
		seen[c->calls++] = n;
		c->once += n == 1;
		c->by_run[first]++;
		note_first(c, t, t->calls[i], place, &last);
	}
	add_times(c, t, place);
	while (c->quiet < c->runs && !c->by_run[c->runs - 1 - c->quiet])
		c->quiet++;
	for (size_t i = 1; i < c->runs; i++)
		c->by_run[i] += c->by_run[i - 1];
	c->estimated = c->runs >= COVERAGE_RUNS_MIN && c->calls;
	if (c->estimated)
		c->chao2 = chao2(seen, c->calls, c->runs);
}

void coverage_done(struct coverage *c)
{
	free(c->by_run);
	free(c->by_time);
	*c = (struct coverage){};
}
