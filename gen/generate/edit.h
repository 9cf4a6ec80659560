/*
 * edit.h: a base as the user wants it: ties, wishes and refusals applied to its rules.
 *
 * What is not touched stays as it is, in its order.
 */
#pragma once

#include "generate/report.h"
#include "profile/profile.h"

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

/*
 * Let in, with the values seen, the calls of @report that the base refuses, but for those
 * that the policy has a word on.
 */
void edit_allow_refused(struct profile *p, const struct gen_report *report,
			const struct gen_policy *policy);
