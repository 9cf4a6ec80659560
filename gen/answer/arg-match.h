/*
 * arg-match.h: sets of argument values as conditions with EQ and MASKED_EQ.
 *
 * runc and libseccomp compare an argument once per rule, so a range is written as blocks:
 * values that share their upper bits.  Blocks have 32 bits: a filter for a 32-bit ABI
 * drops the upper half of values and masks, and larger blocks would match everything.
 * Pure; must not know: which values were seen of which call, gates.
 */
#pragma once

#include "profile/profile.h"

#include <segen/trace.h>

bool cond_holds(const struct segen_cond *c, uint64_t value);

/* Conditions on distinct arguments; all must hold. */
struct arg_match {
	enum segen_action action;
	bool not_from_values; /* the values seen were not known: wider than needed */
	unsigned n;
	struct segen_cond c[6];
};

/* Whether some arguments could fulfil both. */
bool arg_match_overlap(const struct arg_match *a, const struct arg_match *b);

/* As for qsort(); says nothing about not_from_values. */
int arg_match_cmp(const void *a, const void *b);

/* Alternatives: one of them must hold. */
struct arg_matches {
	struct arg_match *v;
	size_t n, cap;
};
void arg_matches_done(struct arg_matches *l);
void arg_matches_add(struct arg_matches *l, const struct arg_match *c);
/* Into their one order, each once. */
void arg_matches_sort(struct arg_matches *l);

/* Conditions on one argument; one of them must hold. */
struct cond_set {
	struct segen_cond *v;
	size_t n, cap;
	bool not_from_values;
};
void cond_set_done(struct cond_set *l);

/* Add @c for the values in @v only. */
void cond_set_seen(struct cond_set *l, const struct segen_cond *c,
		   const struct segen_values *v);
/* Add the values in @v for which @c holds, each as an EQ. */
void cond_set_values(struct cond_set *l, const struct segen_cond *c,
		     const struct segen_values *v);
/* Add @c for all values of an int, in blocks; EQ and MASKED_EQ stay. */
void cond_set_blocks(struct cond_set *l, const struct segen_cond *c);
/* Add @c as it is. */
void cond_set_same(struct cond_set *l, const struct segen_cond *c);
