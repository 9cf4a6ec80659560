/*
 * syscall-restart.c: signals that interrupt a call for a tracer only.
 *
 * To tell the tracer of a signal that is ignored the kernel wakes who sleeps in a call,
 * which may then end with EINTR, or begin again as restart_syscall: neither would happen
 * without a tracer.  The call is made to go on, and counted once.  With a handler it is
 * interrupted all the same.
 */
#include "state/tracer-state.h"
#include "proc/proc-status.h"
#include "ptrace/regs.h"

#include <signal.h>

static bool has_handler(pid_t tid, int sig)
{
	struct proc_status st;

	return proc_status_read(tid, &st) < 0 || proc_status_catches(&st, sig);
}

static bool is_stop_signal(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

void syscall_restart_undo(struct tracer *tr, struct tracee *t, int sig)
{
	enum regs_interrupted how;

	/* These interrupt whether somebody looks or not. */
	if (is_stop_signal(sig))
		return;
	how = regs_undo_interrupt(t->tid);
	if (how == REGS_NOT_INTERRUPTED || has_handler(t->tid, sig))
		return;
	/* Of one that was let go nobody knows what call it is in. */
	if (!t->running_free && how == REGS_EINTR_UNDONE)
		record_continued(tr, t);
	else if (!t->running_free && t->restart.pending)
		t->restart.by_segen = true;
	else
		t->restarts_call = true;
}
