/*
 * attention.h: what asks for the tracer's attention besides its tracees: signals to
 * segen, the clock.
 *
 * The tracer sleeps in wait4(), which knows no timeout and loses signals that come just
 * before it.  So a thread waits for them with sigtimedwait() and nudges the tracer until
 * it has taken notice; the tracing thread pays nothing per stop.
 *
 * A short command has ended before a thread would be of use: it is started when a timer
 * says that time has passed.  Until then the signals wait.
 */
#pragma once

#include "state/engine.h"

#include <segen/error.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* What attention_take() returns; bits. */
enum {
	ATTENTION_TICK = 1,    /* time for a sign of life */
	ATTENTION_END = 2,     /* end the workload politely */
	ATTENTION_KILL = 4,    /* end it at once */
	ATTENTION_FORWARD = 8, /* pass *ret_sig on to the workload */
};

struct attention {
	pthread_t thread, tracer;
	sigset_t set, old_mask;
	struct sigaction old_nudge, old_child;
	bool watching;
	uint64_t start_ms, for_ms, tick_ms;
	timer_t timer; /* has_timer: interrupts wait4() until there is a thread */
	bool has_timer, has_thread;
	_Atomic unsigned pending; /* bits */
	_Atomic int forward;	  /* the signal to pass on */
	_Atomic bool stopping;
};

/*
 * From now on INT, TERM, HUP and QUIT are ours.  An interrupt from the terminal reaches
 * the workload by itself: the first does nothing, the second is ATTENTION_KILL.  One sent
 * by a process is to be forwarded.  @for_ms after now comes ATTENTION_END (0: never), and
 * some seconds later ATTENTION_KILL; every @tick_ms a tick (0: none).  Call it in the
 * tracing thread.
 */
void attention_begin(struct attention *a, uint64_t for_ms, uint64_t tick_ms);

/*
 * Start the thread, unless it is there.  To be called whenever wait4() was interrupted,
 * and now and then by a tracer that never sleeps in it.  Failing (-EAGAIN) is no harm:
 * the timer goes on, and the signals wait.
 */
int attention_awake(struct attention *a);

/* Both, for a tracer that watches for long: a thread that cannot be started is an error.
 */
int attention_start(struct attention *a, uint64_t for_ms, uint64_t tick_ms,
		    struct segen_error *err);

/*
 * The same for who only watches: each of these signals, wherever it comes from, is
 * ATTENTION_END, as is the end of @for_ms; nothing is forwarded.
 */
int attention_start_watching(struct attention *a, uint64_t for_ms, uint64_t tick_ms,
			     struct segen_error *err);

/* Take what is pending.  Cheap when nothing is. */
unsigned attention_take(struct attention *a, int *ret_sig);

/* End the thread and put the signal mask back. */
void attention_stop(struct attention *a);
