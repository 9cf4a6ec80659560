/*
 * generate-run.h: from a trace and options to a written profile, for every verb that
 * makes one.
 */
#pragma once

#include "generate/report.h"
#include "cmd/gen-options.h"
#include "profile/profile-io.h"

struct generate_run {
	const struct gen_opts *opts;
	const struct segen_trace *trace; /* NULL: the base is edited */
	const struct profile *base;
	const char *path; /* "-": standard output */
	enum profile_style style;
};
int generate_run(const struct generate_run *g, struct gen_report *ret_report,
		 struct segen_error *err);

/*
 * What @r says about single calls, as sentences with the option that helps: refused,
 * gated and unknown ones.
 */
void generate_remarks(const struct gen_report *r, const struct segen_trace *t,
		      struct segen_strset *remarks);

/* Of notes on a base: those that are about another engine than this one. */
void generate_drop_notes(struct segen_strset *notes, enum engine engine);
