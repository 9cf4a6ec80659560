/*
 * compose.h: the rules of a generated profile: names with equal gates, conditions,
 * answers and reasons share one rule; the order is fixed.
 */
#pragma once

#include "answer/cells.h"
#include "generate/selection.h"

struct composed; /* private */
struct composer {
	struct composed *v;
	size_t n, cap;
};
void composer_done(struct composer *e);

/* Add what @p says of the call @w.  Answers other than "let" need no want (NULL). */
void compose_call(struct composer *e, const char *name, const struct want *w,
		  const struct placed *p);

/* Move all rules into @p, in order. */
void compose_write(struct composer *e, struct profile *p);
