/*
 * edit.h: a base as the user wants it: ties, wishes and refusals applied to its rules.
 *
 * What is not touched stays as it is, in its order.
 */
#pragma once

#include "generate.h"

/* @ret is @base with the policy's ties, --allow and --deny. */
void edit_base(const struct profile *base, const struct gen_policy *policy,
	       struct profile *ret);

/*
 * Let @name in, with @conds (all must hold; none: whatever the arguments).  Without
 * conditions all its other rules go.
 */
void edit_allow(struct profile *p, const char *name, const struct segen_cond *conds,
		size_t n);

/* Take @name out of all rules that let it in. */
void edit_deny(struct profile *p, const char *name);
