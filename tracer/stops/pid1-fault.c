/*
 * pid1-fault.c: a fault in the first process of a PID namespace.
 *
 * The kernel protects such a process from signals that it has no handler for, but not
 * from its own faults: there it takes the protection away, unless somebody traces it
 * (force_sig_info_to_task(), kernel/signal.c).  Traced it would fault again and again for
 * ever.  So it is let go of, and faults once more by itself.
 */
#include "state/tracer-state.h"
#include "proc/proc-status.h"
#include "ptrace/regs.h"

#include <signal.h>
#include <sys/ptrace.h>

static bool is_fault(pid_t tid, int sig)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
	siginfo_t info;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i] == sig)
			return ptrace(PTRACE_GETSIGINFO, tid, NULL, &info) == 0 &&
			       info.si_code > 0;
	return false;
}

static bool is_protected(pid_t tid, int sig)
{
	struct proc_status st;

	return proc_status_read(tid, &st) == 0 && st.ns_tgid == 1 &&
	       !proc_status_catches(&st, sig);
}

/* The call that a filter trapped has been passed over: it has to be made again. */
static void make_again(pid_t tid)
{
	struct regs r;

	if (regs_get(tid, &r) < 0 || !regs_at_syscall_insn(tid, &r))
		return;
	regs_rewind_same(&r);
	regs_set(tid, &r);
}

bool pid1_fault(struct tracer *tr, const struct tracee *t, int sig)
{
	if (!is_fault(t->tid, sig) || !is_protected(t->tid, sig))
		return false;
	if (sig == SIGSYS)
		make_again(t->tid);
	return ptrace(PTRACE_DETACH, t->tid, NULL, NULL) == 0;
}
