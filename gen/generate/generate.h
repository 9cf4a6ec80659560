/*
 * generate.h: observations + base + policy -> profile.
 *
 * The room makes a profile and says what there is to say about it (docs/generator.md).
 * Pure: const inputs, no file, no clock, no global.  Must not know: where its input comes
 * from, who prints its warnings, engines.
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
