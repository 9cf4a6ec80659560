/* signals.c: SIGSYS of a filter, faults of a first process, interrupted calls. */
#include "stops/signals.h"

#include "fast/fast.h"
#include "proc/proc-status.h"
#include "ptrace/callinfo.h"
#include "ptrace/regs.h"
#include "state/record.h"
#include "stops/denied.h"
#include "stops/refuse.h"

#include <signal.h>
#include <sys/ptrace.h>

/* si_code of a filter's SIGSYS (asm-generic/siginfo.h); glibc names another one. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

/* Whether the call that it is in did not stop. */
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

/* A call that brought its thread SIGSYS. */
static void record_forced(struct tracer *tr, struct tracee *t, const struct call_info *c)
{
	struct segen_verdict v = refuse_verdict(tr, c);

	record_entry(tr, t, c);
	/* A filter of the workload's own may have done it. */
	if (segen_verdict_lets(v))
		return;
	if (t->call)
		segen_call_seen(t->call, tr->run)->refused++;
	denied_record(tr, t, c, v);
}

void signals_record_kill(struct tracer *tr, struct tracee *t)
{
	struct call_info c;
	unsigned long code;

	if (!is_unseen(tr, t) || ptrace(PTRACE_GETEVENTMSG, t->tid, NULL, &code) < 0 ||
	    (code & 0x7f) != SIGSYS)
		return;
	if (call_info_inside(t->tid, &c) == 0)
		record_forced(tr, t, &c);
}

void signals_record_sigsys(struct tracer *tr, struct tracee *t)
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
	record_forced(tr, t, &c);
	t->in_call = false;
	t->sigsys_recorded = !is_caught(t->tid, SIGSYS);
}

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

/* A filter's TRAP has skipped the call: it has to be made again. */
static void make_again(pid_t tid)
{
	struct regs r;

	if (regs_get(tid, &r) < 0 || !regs_at_syscall_insn(tid, &r))
		return;
	regs_rewind_same(&r);
	regs_set(tid, &r);
}

bool signals_detach_faulting_pid1(const struct tracee *t, int sig)
{
	if (!is_fault(t->tid, sig) || !is_protected(t->tid, sig))
		return false;
	if (sig == SIGSYS)
		make_again(t->tid);
	return ptrace(PTRACE_DETACH, t->tid, NULL, NULL) == 0;
}

static bool has_handler(pid_t tid, int sig)
{
	struct proc_status st;

	return proc_status_read(tid, &st) < 0 || proc_status_catches(&st, sig);
}

static bool stops_process(pid_t tid, int sig)
{
	struct proc_status st;

	if (sig != SIGSTOP && sig != SIGTSTP && sig != SIGTTIN && sig != SIGTTOU)
		return false;
	return proc_status_read(tid, &st) < 0 || proc_status_defaults(&st, sig);
}

/*
 * A stop interrupts a call without a tracer as well, which then begins again, or tells
 * its program of EINTR.  SIGCONT, and what has come meanwhile, finds it interrupted, up
 * to the next entry, which is waited for (how_to_go_on()).
 */
static bool is_interrupted_by_stop(struct tracee *t, int sig)
{
	struct call_restart *r = &t->restart;
	const bool stops = stops_process(t->tid, sig);
	struct call_info c;
	bool same;

	if ((!stops && !r->stopped_ip) || call_info_get(t->tid, &c) < 0)
		return false;
	same = r->stopped_ip == c.ip && r->stopped_sp == c.sp;
	if (stops) {
		r->stopped_ip = c.ip;
		r->stopped_sp = c.sp;
	}
	return stops || same;
}

void signals_undo_interrupt(struct tracer *tr, struct tracee *t, int sig)
{
	enum regs_interrupted how;

	if (is_interrupted_by_stop(t, sig))
		return;
	how = regs_undo_interrupt(t->tid);
	if (how == REGS_NOT_INTERRUPTED || has_handler(t->tid, sig))
		return;
	/* On the fast path it is not known which call that is. */
	if (!t->running_free && how == REGS_EINTR_UNDONE)
		record_continued(tr, t);
	else if (!t->running_free && t->restart.expected)
		t->restart.expected = RESTART_BY_SEGEN;
	else
		t->restart.unseen = true;
}
