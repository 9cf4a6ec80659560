/*
 * summary.h: what segen says at the end of a run.  A pure renderer: it decides nothing
 * and prints nothing.
 */
#pragma once

#include "cmd/earlier.h"
#include "container/engine-cmdline.h"
#include "generate/report.h"
#include "report/layout.h"

#include <segen/trace.h>
#include <segen/util.h>

/* Who ended the workload. */
enum ended_by {
	ENDED_BY_ITSELF,
	ENDED_BY_TIME,	     /* --for: SIGTERM */
	ENDED_BY_TIME_KILL,  /* --for: SIGKILL, as SIGTERM was not heard */
	ENDED_BY_SECOND_INT, /* SIGKILL, after a second ^C */
};

struct summary {
	const char *name; /* of the command, as the files are called */
	const struct segen_trace *trace;
	const struct segen_run *run; /* that has just ended */
	size_t run_index;	     /* its index in the trace */
	int signal;		     /* that ended it, 0: none, not known */
	enum ended_by ended_by;
	bool appended;			 /* to earlier runs */
	const struct earlier *earlier;	 /* what it replaced; NULL: nothing */
	const struct gen_report *report; /* NULL: no profile was made */
	const struct target *target;	 /* that the report is for */
	char *const *argv;		 /* that was recorded; NULL: what ran already */
	const struct engine_cmdline *engine; /* of @argv; NULL: a plain command */
	const char *trace_path;		     /* NULL: not written */
	const char *profile_path;	     /* NULL: not written */
};

/* One fact per row, each with a label in front; a command to type is never wrapped. */
void summary_text(const struct summary *s, const struct layout *l);
