/*
 * restart.h: a call that is interrupted and starts again is one call.
 *
 * What is remembered of the interrupted call (@expected), and what the next entry of its
 * thread is then:
 *
 *   expected   the next entry                               is
 *   --------   -------------------------------------------  ---------------------------
 *   NONE       any                                          NEW
 *   BY_KERNEL  same number, arguments, address and stack    AGAIN: no handler was run, or
 *                                                           it has SA_RESTART
 *   BY_KERNEL  restart_syscall, at the same place           NEW: so it would be without
 *                                                           a tracer
 *   BY_SEGEN   restart_syscall, at the same place           AGAIN: the tracee is taken to
 *                                                           be in the interrupted call
 *   any        another one, further down the stack          NEW, and still expected: a
 *                                                           signal handler makes it
 *   any        another one, not further down                NEW: the call was given up
 *   (unseen)   restart_syscall                              SUBSTITUTE: of which call is
 *                                                           not known
 *   (unseen)   any other, if not expected                   UNSEEN
 *
 * A handler that returns behind the call has given it up, too (restart_after_handler()).
 * An execve forgets everything.
 */
#pragma once

#include "state/tracee.h"

enum restart_verdict {
	ENTRY_NEW,	  /* a call of its own */
	ENTRY_AGAIN,	  /* it has been counted at its first entry */
	ENTRY_UNSEEN,	  /* it began on the fast path, where counts are lower bounds */
	ENTRY_SUBSTITUTE, /* stands for a call that is not known */
};

/* The call that @t is in will start again. */
void restart_expect(struct tracee *t);

/*
 * @t has entered a call, which its struct describes: what it is.  Takes note of it, and
 * puts the interrupted call in the place of a restart_syscall.
 */
enum restart_verdict restart_enter(struct tracee *t);

/* A signal handler has returned to address @ip with stack pointer @sp. */
void restart_after_handler(struct tracee *t, uint64_t ip, uint64_t sp);
