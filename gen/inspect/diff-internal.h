/*
 * diff-internal.h: steps of a comparison that one target and several share (private to
 * diff*.c).
 */
#pragma once

#include "inspect/diff.h"

/* Add what differs between two filters for one target. */
void diff_views(struct diff *d, const struct view *a, const struct view *b);
/* Whether both say the same of one call. */
bool diff_same_entry(const struct diff_call *a, const struct diff_call *b);
/* Counts and order; @b: to look for ways that stay open, or NULL. */
void diff_finish(struct diff *d, const struct view *b);
/* Calls that a profile names and that are in no entry. */
size_t diff_count_equal(const struct diff *d, const struct profile *a,
			const struct profile *b);
