/*
 * earlier.h: a trace that is about to be replaced.
 *
 * A run that knows less than the trace in its place must not lose what that one holds:
 * the earlier trace is kept beside it.
 */
#pragma once

#include <segen/error.h>
#include <segen/trace.h>
#include <segen/util.h>

struct earlier {
	struct segen_strset lost; /* names of calls that only the earlier trace holds */
	char *path;		  /* where it is now; NULL: there was nothing to keep */
};
void earlier_done(struct earlier *e);

/*
 * Before @t is written to @path: if a trace is there that holds calls which @t does not,
 * unite it with "@path.old".  A file that is no trace is not looked at.
 */
int earlier_keep(const char *path, const struct segen_trace *t, struct earlier *ret,
		 struct segen_error *err);

/* Whether @run holds a call that its workload made, and not only the container's start.
 */
bool run_has_begun(const struct segen_trace *t, size_t run);
