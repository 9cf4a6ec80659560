/*
 * generate-report.h: what there is to say about a generated profile.
 */
#pragma once

#include "generate.h"

void gen_warn(struct gen_report *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* "<what>: a, b, c", unless the list is empty. */
void gen_warn_list(struct gen_report *r, const struct segen_strset *names,
		   const char *what);

/* The counts, in_profile of each call, and what the wishes did to the base. */
void gen_report_finish(struct gen_report *r, const struct profile *base,
		       const struct profile *p, const struct target *t,
		       const struct gen_policy *policy);
