/*
 * seccomp-kill.c: calls that a container's filter answers by force.
 *
 * KILL and TRAP come before segen's TRACE (seccomp(2)), so of a process that was let go
 * there is no stop for such a call.  It shows by its effect: the end of the thread, or
 * the SIGSYS that says which call it was.
 */
#include "state/tracer-state.h"
#include "proc/proc-status.h"

#include <sys/ptrace.h>

/* si_code of a filter's SIGSYS (asm-generic/siginfo.h); glibc names another one. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

/* Where each call stops it has been seen. */
static bool is_unseen(const struct tracer *tr, const struct tracee *t)
{
	return tr->recording && !t->sigsys_recorded && process_is_fast(t->process) &&
	       !t->in_call && !t->injection;
}

static bool is_caught(pid_t tid, int sig)
{
	struct proc_status st;

	return proc_status_read(tid, &st) == 0 && proc_status_catches(&st, sig);
}

void seccomp_kill_at_exit(struct tracer *tr, struct tracee *t)
{
	struct call_info c;
	unsigned long code;

	if (!is_unseen(tr, t) || ptrace(PTRACE_GETEVENTMSG, t->tid, NULL, &code) < 0 ||
	    (code & 0x7f) != SIGSYS)
		return;
	if (call_info_inside(t->tid, &c) == 0)
		record_entry(tr, t, &c);
}

void seccomp_kill_at_signal(struct tracer *tr, struct tracee *t)
{
	struct call_info c;
	siginfo_t info;
	int64_t nr;

	if (!is_unseen(tr, t) || ptrace(PTRACE_GETSIGINFO, t->tid, NULL, &info) < 0 ||
	    info.si_code != SYS_SECCOMP)
		return;
	nr = info.si_syscall;
	/* The registers are those of the call; without them there is its number. */
	if (call_info_inside(t->tid, &c) < 0)
		c = (struct call_info){.ip = (uintptr_t)info.si_call_addr};
	c.arch = segen_arch_of_call(info.si_arch, &nr);
	c.nr = nr;
	record_entry(tr, t, &c);
	t->in_call = false;
	t->sigsys_recorded = !is_caught(t->tid, SIGSYS);
}
