/*
 * control.h: requests to the tracer besides its tracees' stops: signals to segen, and the
 * clock.
 *
 * The tracer sleeps in wait4(), which knows no timeout and loses signals that come just
 * before it.  So a thread waits for them with sigtimedwait() and interrupts the tracer
 * until it has taken notice; the tracing thread pays nothing per stop.
 *
 * A short command has ended before a thread would be of use: it is started when a timer
 * says that time has passed.  Until then the signals wait.
 */
#pragma once

#include "fast/short-lived.h"

#include <segen/error.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* What control_take() returns; bits. */
enum {
	CONTROL_TICK = 1,    /* time for a sign of life */
	CONTROL_END = 2,     /* end the workload politely */
	CONTROL_KILL = 4,    /* end it at once */
	CONTROL_FORWARD = 8, /* pass *ret_sig on to the workload */
};

struct control {
	pthread_t thread, tracer;
	sigset_t set, old_mask;
	struct sigaction old_wake_up, old_child;
	bool watching;
	uint64_t start_ms, for_ms, tick_ms;
	timer_t timer; /* has_timer: interrupts wait4() until there is a thread */
	bool has_timer, has_thread;
	_Atomic unsigned pending; /* bits */
	_Atomic int forward;	  /* the signal to pass on */
	_Atomic bool stopping;
};

enum control_kind {
	CONTROL_SHORT,	  /* of a command, which may be short: no thread for now */
	CONTROL_LONG,	  /* of what takes long */
	CONTROL_WATCHING, /* of what is not segen's to end: nothing is forwarded */
};

/*
 * From now on INT, TERM, HUP and QUIT are segen's.  An interrupt from the terminal
 * reaches the workload by itself: the first does nothing, the second is CONTROL_KILL. One
 * sent by a process is to be forwarded.  @for_ms after now comes CONTROL_END (0: never),
 * and some seconds later CONTROL_KILL; every @tick_ms a tick (0: none).  When only
 * watching, each of these signals is CONTROL_END.  Call it in the tracing thread.
 */
int control_begin(struct control *c, enum control_kind kind, uint64_t for_ms,
		  uint64_t tick_ms, struct segen_error *err);

/*
 * Start the thread, unless it is there.  To be called whenever wait4() was interrupted,
 * and now and then by a tracer that never sleeps in it.  Failing (-EAGAIN) is no harm
 * while there is a timer: it goes on, and the signals wait.
 */
int control_wake(struct control *c);

/* Take what is pending.  Cheap when nothing is. */
unsigned control_take(struct control *c, int *ret_sig);

/*
 * End the thread.  INT, TERM and HUP stay blocked, so that what was recorded can be
 * written; QUIT is as it was before, the way out when that takes for ever.
 */
void control_stop(struct control *c);
