/*
 * untraced.h: no descendant gets away.
 *
 * A child made with CLONE_UNTRACED is not reported to the tracer (clone(2)), so its calls
 * would be missed, and under a filter they would all fail.  The flag has no other effect,
 * so it is taken out for the call and put back after it, unless the workload is only
 * being watched.
 */
#pragma once

#include "state/tracer-state.h"

/* At an entry, and at the end of that call. */
void untraced_clear(struct tracer *tr, struct tracee *t);
void untraced_restore(struct tracee *t);
