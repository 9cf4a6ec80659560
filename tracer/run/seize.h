/*
 * seize.h: become the tracer of processes that run already.
 *
 * While one thread of a process executes a program, the kernel keeps a tracer that seizes
 * another waiting, and the execve itself waits for the ends of traced siblings to be
 * collected, by the same tracer.  So a second thread collects them when the first has
 * been waiting for long.
 */
#pragma once

#include "ptrace/stop.h"

#include <segen/error.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct seizer {
	pid_t self; /* the tracing thread; it says so itself */
	pthread_mutex_t lock;
	bool busy;	     /* in PTRACE_SEIZE */
	unsigned long turn;  /* how many there were */
	struct waited *ends; /* collected by the other thread */
	size_t n_ends, cap_ends;
};

void seizer_init(struct seizer *s);
void seizer_done(struct seizer *s);

/*
 * Seize thread @tid with @options and have it stop.  1: done.  0: no need, it is traced
 * by this thread already, or has ended.  -EPERM: may not be traced; @err says why.
 */
int seizer_seize(struct seizer *s, pid_t tid, long options, struct segen_error *err);

/* One of the ends that the other thread has collected; false: there is none. */
bool seizer_take_end(struct seizer *s, struct waited *ret);

/*
 * The other thread, every now and then: *@turn is its memory, 0 at first.  When the
 * tracing thread has been in the same PTRACE_SEIZE since the last time, ends are
 * collected in its place.
 */
void seizer_help(struct seizer *s, unsigned long *turn);
