/*
 * fast.h: the fast path: a call is learned once, then allowed in the kernel.
 *
 * Each process starts without a filter and is followed call by call.  When it (or what it
 * starts) has gone on for long without anything new, it is made to load a filter that
 * allows the known calls; what it starts later inherits it.  A filter cannot be loosened,
 * so how long is a bet: see docs/native-speed.md for the measurements behind the figures.
 *
 * Must not know: how a tracee is waited for or resumed.
 */
#pragma once

#include "ptrace/callinfo.h"
#include "state/tracer-state.h"

#include <segen/error.h>

/* After an entry was recorded; may begin an injection. */
void fast_entry(struct tracer *tr, struct tracee *t, bool discovered);
/* At a syscall stop: true when it belonged to an injection. */
bool fast_step(struct tracer *tr, struct tracee *t, const struct call_info *c);
/* A filter stopped this call. */
void fast_trapped(struct tracer *tr, const struct call_info *c);

/* A process has ended. */
void fast_end(struct tracer *tr, const struct process *p);
/* A thread has ended, whatever it was at. */
void fast_thread_end(struct tracee *t);
/* One thread of @p has executed a program, the others are gone. */
void fast_exec(struct process *p);

/*
 * The workload is about to put a filter on itself, which may answer before segen's: from
 * here on every entry stops again.  And how that call ended.
 */
void fast_makes_filter(struct tracee *t);
void fast_made_filter(struct tracee *t, bool failed);

/* Whether a filter of the workload's own is on, or about to be. */
bool process_has_own_filter(const struct process *p);
/* Whether the process stops only when segen's filter says so. */
bool process_is_fast(const struct process *p);
/* Whether the exit of the call that @t is in must not be missed. */
bool fast_wants_exit(const struct tracee *t);
/* Whether @t, about to be resumed, needs no stop but those its filter asks for. */
bool fast_may_resume(const struct tracee *t);

/* The filter of what is known before the workload starts. */
int fast_known_filter(struct tracer *tr, struct filter *ret, struct segen_error *err);
/* At the end: notes on what the bet cost. */
void fast_report(struct tracer *tr);
void fast_done(struct fast *f);
