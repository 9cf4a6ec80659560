/* enforce.c: the answers of a filter that is being verified. */
#include "stops/enforce.h"

#include "proc/proc-status.h"
#include "ptrace/filter.h"
#include "ptrace/regs.h"
#include "state/record.h"
#include "stops/denied.h"
#include "stops/refuse.h"
#include "stops/untraced.h"

#include <segen/syscall.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>

/* si_code of a filter's SIGSYS (asm-generic/siginfo.h); glibc names another one. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

/* The kernel ends the thread, or sends it SIGSYS, as the filter would have. */
static void force(struct tracee *t, enum segen_action action)
{
	int nr = action == SEGEN_ACT_TRAP	   ? FILTER_TRAP
		 : action == SEGEN_ACT_KILL_THREAD ? FILTER_KILL_THREAD
						   : FILTER_KILL_PROCESS;

	regs_set_nr(t->tid, nr);
	t->sigsys_recorded = true;
}

static void answer(struct tracer *tr, struct tracee *t, struct segen_verdict v)
{
	struct segen_observation *seen = segen_call_seen(t->call, tr->run);

	seen->refused++;
	if (v.action == SEGEN_ACT_TRAP || v.action == SEGEN_ACT_KILL_THREAD ||
	    v.action == SEGEN_ACT_KILL_PROCESS) {
		force(t, v.action);
		return;
	}
	regs_skip_call(t->tid, -refuse_errno(v));
	segen_seen_outcome(seen, refuse_errno(v), 1);
}

static bool is_restart_syscall(const struct call_info *c)
{
	return c->arch && c->nr == segen_syscall_nr(c->arch, "restart_syscall");
}

void enforce_entry(struct tracee *t, const struct call_info *c)
{
	t->restart.stopped_ip = t->restart.stopped_sp = 0;
	if (!is_restart_syscall(c))
		t->restart.unseen = false;
}

void enforce_call(struct tracer *tr, struct tracee *t, const struct call_info *c)
{
	struct segen_verdict v;

	/* Until the workload's execve it is segen's own code that runs. */
	if (!tr->recording)
		return;
	/* A tracer's presence alone has brought it about (signals.h): it is no call. */
	if (t->restart.unseen && is_restart_syscall(c)) {
		t->restart.unseen = false;
		return;
	}
	v = refuse_verdict(tr, c);
	if (v.action == SEGEN_ACT_LOG) {
		denied_record(tr, t, c, v);
	} else {
		record_entry(tr, t, c);
		if (v.action == SEGEN_ACT_ALLOW)
			untraced_clear(tr, t);
	}
	/* The workload's own filter says TRACE: without a tracer that is ENOSYS. */
	if (segen_verdict_lets(v) && c->trace_data != FILTER_TRACE_DATA)
		regs_skip_call(t->tid, -ENOSYS);
	if (segen_verdict_lets(v))
		return;
	denied_record(tr, t, c, v);
	if (t->call)
		answer(tr, t, v);
}

void enforce_sigsys(struct tracee *t)
{
	const bool x32 = t->arch && !strcmp(t->arch->name, "x32");
	const int nr = (int)(t->nr | (x32 ? SEGEN_X32_BIT : 0));
	struct proc_status st;
	siginfo_t info;

	if (ptrace(PTRACE_GETSIGINFO, t->tid, NULL, &info) < 0 ||
	    info.si_code != SYS_SECCOMP || info.si_syscall != FILTER_TRAP)
		return;
	info.si_syscall = nr;
	ptrace(PTRACE_SETSIGINFO, t->tid, NULL, &info);
	/* Where the kernel has put the number back (syscall_rollback()). */
	regs_set_result(t->tid, nr);
	t->sigsys_recorded =
		proc_status_read(t->tid, &st) < 0 || !proc_status_catches(&st, SIGSYS);
}

void enforce_first_exec(struct tracer *tr, const struct tracee *t)
{
	struct call_info c = {.arch = segen_arch_native()};
	struct segen_verdict v;

	c.nr = segen_syscall_nr(c.arch, "execve");
	v = refuse_verdict(tr, &c);
	if (!segen_verdict_lets(v))
		denied_record(tr, t, &c, v);
}
