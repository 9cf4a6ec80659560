/*
 * conj.h: sets of argument values as conditions with EQ and MASKED_EQ.
 *
 * runc and libseccomp compare an argument once per rule, so that a range is written as
 * blocks: values that share their upper bits.  Blocks have 32 bits: a filter for a 32-bit
 * ABI drops the upper half of values and masks, and larger blocks would match all.  Pure.
 */
#pragma once

#include "profile/profile.h"

#include <segen/trace.h>

/* Conditions on distinct arguments; all must hold. */
struct conj {
	enum segen_action action;
	bool guessed; /* wider than what was seen, for want of values */
	unsigned n;
	struct segen_cond c[6];
};

bool cond_holds(const struct segen_cond *c, uint64_t value);

/* Whether some arguments could fulfil both. */
bool conj_overlap(const struct conj *a, const struct conj *b);

/* As for qsort(). */
int conj_cmp(const void *a, const void *b);

/* Any of which will do. */
struct conj_list {
	struct conj *v;
	size_t n, cap;
};
void conj_list_done(struct conj_list *l);
void conj_list_add(struct conj_list *l, const struct conj *c);
/* Into their one order, each once. */
void conj_list_sort(struct conj_list *l);

/* Conditions on one argument, any of which will do. */
struct cond_list {
	struct segen_cond *v;
	size_t n, cap;
	bool guessed; /* made without values seen */
};
void cond_list_done(struct cond_list *l);

/* @c for the values in @v only. */
void cond_list_seen(struct cond_list *l, const struct segen_cond *c,
		    const struct segen_values *v);
/* @c for all values of an int, in blocks; EQ and MASKED_EQ stay. */
void cond_list_blocks(struct cond_list *l, const struct segen_cond *c);
/* @c as it is. */
void cond_list_same(struct cond_list *l, const struct segen_cond *c);
