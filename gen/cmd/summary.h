/*
 * summary.h: what segen says at the end of a run.  A pure renderer: it decides nothing
 * and prints nothing.
 */
#pragma once

#include "generate/report.h"

#include <segen/trace.h>
#include <segen/util.h>

struct summary {
	const char *name; /* of the command, as the files are called */
	const struct segen_trace *trace;
	const struct segen_run *run;	 /* that has just ended */
	const struct gen_report *report; /* NULL: no profile was made */
	const struct target *target;	 /* that the report is for */
	const char *trace_path;		 /* NULL: not written */
	const char *profile_path;	 /* NULL: not written */
};

/* One fact per line, each with a label in front. */
void summary_text(const struct summary *s, struct segen_buf *out);
