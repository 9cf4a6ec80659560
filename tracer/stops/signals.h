/*
 * signals.h: what a signal means beyond its delivery.
 *
 * Each function is for one kind of stop, as said there; none of them decides how the
 * tracee goes on.
 */
#pragma once

#include "state/tracer-state.h"

/*
 * A call that a container's filter answers by force, KILL or TRAP, comes before segen's
 * TRACE (seccomp(2)): a process on the fast path does not stop for it.  It shows by its
 * effect: the end of the thread (STOP_DYING), or the SIGSYS that says which call it was
 * (STOP_SIGNAL).  Record it, if nothing else could.
 */
void signals_record_kill(struct tracer *tr, struct tracee *t);
void signals_record_sigsys(struct tracer *tr, struct tracee *t);

/*
 * At a signal-delivery-stop: a fault in the first process of a PID namespace.  The kernel
 * protects such a process from signals that it has no handler for, but not from its own
 * faults: there it takes the protection away, unless the process is traced
 * (force_sig_info_to_task(), kernel/signal.c); traced it would fault for ever.  So it is
 * detached, and faults once more by itself.  True: that has happened, @sig will kill it.
 */
bool signals_detach_faulting_pid1(const struct tracee *t, int sig);

/*
 * At a signal-delivery-stop: to tell the tracer of a signal that is ignored the kernel
 * wakes a thread that sleeps in a call, which may then end with EINTR, or begin again as
 * restart_syscall: neither would happen without a tracer.  The call is made to go on, and
 * counted once.  With a handler it is interrupted all the same.
 */
void signals_undo_interrupt(struct tracer *tr, struct tracee *t, int sig);
