/*
 * loop.h: wait for stops, hand them on, resume: the one loop for a command, a container
 * and what runs already.
 *
 * A busy tracee cannot starve the others: what is there is taken in batches, and each
 * tracee has one stop in a batch.
 */
#pragma once

#include "stops/handle.h"

#include <segen/error.h>

/* PTRACE_SEIZE with these, and more as the way of beginning needs it (<sys/ptrace.h>). */
#define LOOP_OPTIONS                                                        \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
	 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC)

/* What differs between the ways to begin. */
struct loop_ops {
	/* Act on a stop; most go to handle_stop(). */
	struct resume (*handle)(void *ctx, pid_t tid, const struct stop *s);
	/* Whether @tid is followed already. */
	bool (*knows)(const void *ctx, pid_t tid);
	/*
	 * After each batch: requests from outside (control.h).  @idle: the wait was
	 * interrupted, or many waits have passed since it was.  False ends the loop.
	 */
	bool (*turn)(void *ctx, bool idle);
};

/*
 * Until no tracee is left, or turn() ends it: 0.  -ENOTSUP: the kernel lacks
 * PTRACE_GET_SYSCALL_INFO; turn() has seen that by @tr->unsupported, and decided when to
 * end.
 */
int loop_run(struct tracer *tr, const struct loop_ops *ops, void *ctx,
	     struct segen_error *err);

/* The only place that resumes a tracee; it may have died. */
void resume(pid_t tid, struct resume r);

/* What PTRACE_GETEVENTMSG says of the stop that @tid is at; -1: it has just died. */
long event_message(pid_t tid);

/*
 * Whether stop @s of @t is over: the thread is gone, and one that executes a program has
 * taken its number.  To resume it would be to resume the exec's stop unseen.
 */
bool stop_is_stale(const struct tracee *t, const struct stop *s);

/* Whether process @tgid has a thread @tid; also true where that cannot be told. */
bool is_thread_of(pid_t tgid, pid_t tid);
