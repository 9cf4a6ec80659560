/*
 * bypass.h: what was closed and stays open through another call (same-effect.def).  Pure.
 */
#pragma once

#include "generate/arches.h"
#include "generate/report.h"

/* Add a warning to @warnings for each tie and refusal that @p leaves a way around. */
void bypass_check(const struct profile *p, const struct gen_policy *policy,
		  const struct gen_arches *a, struct segen_strset *warnings);
