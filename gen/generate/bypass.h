/*
 * bypass.h: what was closed and stays open through another call (same-effect.def).  Pure.
 */
#pragma once

#include "generate/arches.h"
#include "generate/report.h"

/* Warn in @report of each way around a tie or refusal that @p leaves. */
void bypass_check(const struct profile *p, const struct gen_policy *policy,
		  const struct gen_arches *a, struct gen_report *report);
