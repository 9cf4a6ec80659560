/*
 * engine.h: the state of one tracing run, shared by the parts of the tracer.
 *
 * tracer.c waits and resumes; handle.c has one handler per kind of stop; record.c writes
 * calls into the trace; refuse.c answers in the place of the rules; untraced.c keeps
 * CLONE_UNTRACED children in sight.
 */
#pragma once

#include "attention.h"
#include "callinfo.h"
#include "callsite.h"
#include "spawn.h"
#include "stop.h"
#include "tracee.h"

#include <segen/tracer.h>

/* What the tracer must know of a call besides its number: bits of segen_call.tag. */
enum {
	TAG_CLONE = 1,	   /* argument 0 holds clone flags */
	TAG_CLONE3 = 2,	   /* argument 0 points to them */
	TAG_AFFINITY = 4,  /* asks for or sets CPU affinity */
	TAG_NO_RESULT = 8, /* what it "returns" is not a result */
	TAG_WATCHED = 16,  /* has a struct watch */
};

/* An argument whose values are recorded, of a call that was seen. */
struct watch {
	const struct segen_call *call;
	unsigned index;
	uint64_t mask;
};

struct engine {
	const struct segen_tracer_opts *opts;
	struct segen_trace *trace;
	size_t run;
	uint64_t start_us; /* CLOCK_MONOTONIC */
	struct tracee_table tracees;
	struct attention attention;
	struct callsite_unwinder *unwinder; /* NULL: no stacks */

	pid_t leader; /* the workload's first process */
	struct stop leader_end;
	bool leader_gone;
	bool recording;	  /* the workload's own execve has happened */
	bool unsupported; /* the kernel lacks PTRACE_GET_SYSCALL_INFO */

	struct watch *watches;
	size_t n_watches, cap_watches;
	struct affinity_home home;
	const struct segen_call *last_new;
};

/* How to let a tracee go on after its stop. */
struct resume {
	enum {
		RESUME_CALL,   /* PTRACE_SYSCALL: stop at the next call boundary */
		RESUME_LISTEN, /* PTRACE_LISTEN: stay in group-stop */
		RESUME_NONE,   /* it is gone */
	} how;
	int sig; /* to deliver, or 0 */
};

/* handle.c: act on a stop of @tid. */
struct resume handle_stop(struct engine *e, pid_t tid, const struct stop *s);

/* record.c: the tracee enters a call, or leaves the one it is in. */
void record_entry(struct engine *e, struct tracee *t, const struct call_info *c);
void record_exit(struct engine *e, struct tracee *t, const struct call_info *c);
/* The execve that started the workload: entered before there was anything to record. */
void record_first_exec(struct engine *e, struct tracee *t);
/* Bring the process's program path up to date. */
void record_program(struct engine *e, struct process *p);
/* A remark for the trace and the summary. */
void record_note(struct engine *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
uint64_t record_clock_us(void);

/* refuse.c: at a PTRACE_EVENT_SECCOMP, give the rules' answer if they refuse the call. */
void refuse_if_ruled(struct engine *e, struct tracee *t, const struct call_info *c);

/* untraced.c: clone with CLONE_UNTRACED would leave segen's sight: clear the flag. */
void untraced_clear(struct engine *e, struct tracee *t);
void untraced_restore(struct tracee *t);
