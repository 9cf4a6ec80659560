/*
 * edit.h: a base as the user wants it: --tie, --allow, --deny and --refused applied to
 * its rules.  What is not touched stays as it is, in its order.  Pure; must not know:
 * traces.
 */
#pragma once

#include "generate/report.h"
#include "profile/profile.h"

/* @ret is @base with the policy's ties, --allow and --deny. */
void edit_base(const struct profile *base, const struct gen_policy *policy,
	       struct profile *ret);

/*
 * @ret is @p with all that @more says of @names, in the place of what @p says of them but
 * for values of arguments that it allows already.  Nothing else is changed.
 */
void edit_widen(const struct profile *p, const struct profile *more,
		const struct segen_strset *names, struct profile *ret);

/*
 * Allow, with the values seen, the calls of @report that the base refuses, except those
 * that the policy names.
 */
void edit_allow_refused(struct profile *p, const struct gen_report *report,
			const struct gen_policy *policy);
