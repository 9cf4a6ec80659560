/*
 * generate.h: observations + base + policy -> profile.  Pure: const inputs, no file, no
 * clock, no global.
 */
#pragma once

#include "generate/policy.h"
#include "generate/report.h"
#include "profile/profile.h"

#include <segen/trace.h>

/*
 * Without a @trace @base itself is edited and its order kept.  -ENODATA when nothing
 * would be left: @ret is never an empty profile.
 */
int generate(const struct segen_trace *trace, const struct profile *base,
	     const struct gen_policy *policy, struct profile *ret,
	     struct gen_report *ret_report, struct segen_error *err);
