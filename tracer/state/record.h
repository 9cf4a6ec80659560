/*
 * record.h: calls, programs and notes go into the trace.
 *
 * Must not know: how a stop was come by, filters, how the tracee goes on.
 */
#pragma once

#include "ptrace/callinfo.h"
#include "state/tracer-state.h"

/* What the tracer must know of a call besides its number: bits of tracee.tags. */
enum {
	TAG_CLONE = 1,	   /* argument 0 holds clone flags */
	TAG_CLONE3 = 2,	   /* argument 0 points to them */
	TAG_AFFINITY = 4,  /* asks for or sets CPU affinity */
	TAG_NO_RESULT = 8, /* what it "returns" is not a result */
	TAG_WATCHED = 16,  /* has a struct watch */
	TAG_RESTART = 32,  /* restart_syscall */
	TAG_SECCOMP = 64,
	TAG_PRCTL = 128, /* may be seccomp(2) by another name */
	TAG_EXEC = 256,
	TAG_PTRACE = 512,
};

/* CLOCK_MONOTONIC */
uint64_t record_clock_us(void);

/* At the end of a run: notes on what the trace had no place for. */
void record_bounds(struct tracer *tr);

/* A note for the trace and the summary; the same text is kept once. */
void record_note(struct tracer *tr, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * A thread to trace, of @process (NULL: the first thread of a new process @tid): into the
 * table, and counted in the run.
 */
struct tracee *record_thread(struct tracer *tr, pid_t tid, struct process *process);

/* Bring the process's program path up to date. */
void record_program(struct tracer *tr, struct process *p);
/* The same after an execve; notes privileges that the program should have had. */
void record_exec(struct tracer *tr, const struct tracee *t);

/* The tracee enters a call; returns whether something new was learned. */
bool record_entry(struct tracer *tr, struct tracee *t, const struct call_info *c);
/* It leaves the call it is in. */
void record_exit(struct tracer *tr, struct tracee *t, const struct call_info *c);

/*
 * @t was interrupted in call @c, which began before it was traced: it counts, and what
 * the kernel does to take it up again does not.
 */
void record_interrupted(struct tracer *tr, struct tracee *t, const struct call_info *c);
/* The call that @t left with EINTR has not ended after all. */
void record_continued(struct tracer *tr, struct tracee *t);

/* The execve that started the workload: entered before there was anything to record. */
void record_first_exec(struct tracer *tr, struct tracee *t);
