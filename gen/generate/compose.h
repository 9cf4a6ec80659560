/*
 * compose.h: the rules of a generated profile: names with equal gates, conditions,
 * answers and reasons share one rule; the order is fixed.  Pure; must not know: the base.
 */
#pragma once

#include "answer/gate-space.h"
#include "generate/selection.h"

struct composed; /* private */
struct composer {
	struct composed *v;
	size_t n, cap;
};
void composer_done(struct composer *e);

/* Add what @p answers to the call.  @w may be NULL where the answer is a refusal. */
void compose_call(struct composer *e, const char *name, const struct selected *w,
		  const struct gated_answer *p);

/* Move all rules into @p, in order. */
void compose_write(struct composer *e, struct profile *p);
