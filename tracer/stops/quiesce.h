/*
 * quiesce.h: every thread of a process back to being followed call by call.
 *
 * A thread on the fast path stops when its filter says TRACE.  A filter that a sibling is
 * about to put on all of them may answer before segen's, so each must have stopped once
 * before that call is made.  While the caller waits at its stop, the others are
 * interrupted.
 */
#pragma once

#include "state/tracer-state.h"

/*
 * Let no sibling of @by run on the fast path.  Handles their stops meanwhile: any tracee
 * may be gone afterwards, @by too.
 */
void quiesce(struct tracer *tr, pid_t by);
