/*
 * denied.h: who wanted what a filter refuses, kept as denials of the trace.
 *
 * Must not know: where the verdict comes from, how the tracee goes on.
 */
#pragma once

#include "ptrace/callinfo.h"
#include "state/tracer-state.h"

#include <segen/rules.h>

/*
 * Thread @t has made a call that is answered with @v.  The stack and what the arguments
 * point to are read once for each place; a place that repeats is only counted.
 */
void denied_record(struct tracer *tr, const struct tracee *t, const struct call_info *c,
		   struct segen_verdict v);

void denied_done(struct denied *d);
