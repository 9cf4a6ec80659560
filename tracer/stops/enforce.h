/*
 * enforce.h: the workload runs under a profile's filter, as an engine would load it.
 *
 * What the profile allows passes in the kernel.  What it refuses with an errno stops here
 * first, is recorded with the place that wanted it, and gets that errno; KILL and TRAP
 * are the kernel's own, and show by their effect (signals.h).  Nothing is learned, and no
 * call is recorded but refused ones, so that a trace made so holds just these.
 *
 * Must not know: profiles; how the filter came to be loaded.
 */
#pragma once

#include "ptrace/callinfo.h"
#include "state/tracer-state.h"

/*
 * At the entry after a signal that no program is told of: whatever is not restart_syscall
 * is no consequence of it.
 */
void enforce_entry(struct tracee *t, const struct call_info *c);

/* At a PTRACE_EVENT_SECCOMP. */
void enforce_call(struct tracer *tr, struct tracee *t, const struct call_info *c);

/* At its SIGSYS: one that was forced here tells of the call that was made. */
void enforce_sigsys(struct tracee *t);

/* The workload's own execve, which segen makes: whether the filter refuses it, too. */
void enforce_first_exec(struct tracer *tr, const struct tracee *t);
