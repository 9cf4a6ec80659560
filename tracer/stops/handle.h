/*
 * handle.h: one handler per kind of stop (docs/tracer.md).
 *
 * Must not know: how a recording begins and ends, how stops are waited for.
 */
#pragma once

#include "ptrace/stop.h"
#include "state/tracer-state.h"

/* How a tracee goes on after its stop. */
struct resume {
	enum {
		RESUME_CALL,   /* PTRACE_SYSCALL: stop at the next call boundary */
		RESUME_GO,     /* PTRACE_CONT: stop when a filter says so */
		RESUME_LISTEN, /* PTRACE_LISTEN: stay in group-stop */
		RESUME_NONE,   /* it is gone, or its stop is over */
	} how;
	int sig;	    /* to deliver, or 0 */
	bool quiesce_first; /* its siblings are to be stopped before (quiesce.h) */
};

/*
 * Act on a stop of @tid.  Any tracee may be gone afterwards.
 *
 * Once @tr->killing is set nothing is recorded but ends: a tracee that stops, newborns
 * among them, is killed before it can multiply.
 */
struct resume handle_stop(struct tracer *tr, pid_t tid, const struct stop *s);
