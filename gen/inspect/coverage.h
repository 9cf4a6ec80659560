/*
 * coverage.h: have enough runs been recorded?  Pure.
 *
 * Runs are samples, calls are species: from how many calls were seen in one run only and
 * in two only, the Chao2 estimator says how many were seen in none (A. Chao, Estimating
 * the population size for capture-recapture data with unequal catchability, Biometrics
 * 43, 1987; interval: R. K. Colwell's EstimateS, appendix B).  It is a lower bound when
 * calls differ in how probable they are, and says nothing about what no run could have
 * done.
 */
#pragma once

#include <segen/trace.h>

#define COVERAGE_RUNS_MIN 5 /* fewer runs give no estimate */

struct chao2 {
	double estimate;  /* of the number of all calls */
	double low, high; /* 95 % interval */
	double error;	  /* standard error */
};

/*
 * @seen[i]: in how many of @runs runs call i was seen, at least 1; @n calls.
 */
struct chao2 chao2(const size_t *seen, size_t n, size_t runs);

/* How many calls were known at a time; runs follow one another without a gap. */
struct coverage_point {
	uint64_t ms;
	size_t calls;
};

struct coverage {
	size_t runs;	 /* that count as samples */
	size_t left_out; /* runs that were given knowledge, and so do not show all */
	size_t calls;	 /* seen, by (ABI, call) */
	size_t once;	 /* in one run only */
	size_t quiet;	 /* the last runs that brought nothing new */
	bool estimated;
	struct chao2 chao2;
	struct coverage_point *by_time; /* ascending, one for each first sight known */
	size_t n_by_time;
	uint64_t total_ms; /* of all these runs */
	size_t *by_run;	   /* calls known after each run, in the order of their begin */
	/* Of the run with the last first sight: when it was, and how long the run took.
	 */
	uint64_t last_new_us, last_run_us;
};
void coverage_init(struct coverage *c, const struct segen_trace *t);
/* The calls known @ms after the first run began, of those whose first sight is known. */
size_t coverage_at(const struct coverage *c, uint64_t ms);
void coverage_done(struct coverage *c);
