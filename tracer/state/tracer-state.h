/*
 * tracer-state.h: the state of one tracing run, shared by the parts of the tracer.
 *
 * tracer.c waits and resumes; handle.c has one handler per kind of stop; record.c writes
 * calls into the trace; follow.c and attach.c are other ways to begin, in the role of a
 * container runtime and with what runs already; refuse.c answers in the place of the
 * rules; untraced.c keeps CLONE_UNTRACED children in sight; quiesce.c catches threads
 * that were let go; birth.c has the processes whose birth is still to be told of;
 * hide-filter.c hides segen's filter; exec.c tells which program runs; short-lived.c
 * keeps short programs on the tracer's CPU.
 */
#pragma once

#include "ptrace/callinfo.h"
#include "unwind/callsite.h"
#include "ptrace/container-filter.h"
#include "state/knowledge.h"
#include "ptrace/stop.h"
#include "state/tracee.h"

#include <segen/tracer.h>

#include <signal.h>
#include <time.h>

/* What the tracer must know of a call besides its number: bits of segen_call.tag. */
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
};

/* An argument whose values are recorded, of a call that was seen. */
struct watch {
	const struct segen_call *call;
	unsigned index;
	uint64_t mask;
};

/* Native speed: what is known, and the filter made of it (fast.c). */
struct fast {
	struct knowledge knowledge;
	struct filter filter;
	unsigned version; /* of learned, that filter was made of */
	bool disabled;	  /* no filter can be made */
	bool forbidden;	  /* a filter around segen forbids it */
};

/* Interrupts wait4().  Ignored by default: harmless if anyone else sees it. */
#define WAKE_UP_SIGNAL SIGURG

/* The clock that sets short programs free (short-lived.c). */
struct short_lived {
	timer_t timer;
	bool has_timer, ticking;
};

struct tracer {
	const struct segen_tracer_opts *opts;
	struct segen_trace *trace;
	size_t run;
	uint64_t start_us; /* CLOCK_MONOTONIC */
	struct tracee_table tracees;
	struct early_exits early;
	struct callsite_unwinder *unwinder; /* NULL: no stacks */

	pid_t leader; /* the workload's first process */
	struct stop leader_end;
	bool leader_gone;
	bool recording;	  /* the workload's own execve has happened */
	bool unsupported; /* the kernel lacks PTRACE_GET_SYSCALL_INFO */

	struct watch *watches;
	size_t n_watches, cap_watches;
	struct affinity_home home;
	struct short_lived short_lived;
	unsigned waits;	 /* for a stop, so far */
	bool many_stops; /* several stops were there at once */
	bool no_pinning; /* the workload stays on the CPUs it chooses */
	bool read_only;	 /* nothing is ever written into the workload */
	unsigned phases; /* of every call, besides workload or runtime */
	const struct segen_call *last_new;
	struct fast fast;
	struct container_filter
		container_filter; /* what a container had on before its workload */
	bool filter_rewritten;	  /* its refusals come to the tracer */
};

/* How to let a tracee go on after its stop. */
struct resume {
	enum {
		RESUME_CALL,   /* PTRACE_SYSCALL: stop at the next call boundary */
		RESUME_GO,     /* PTRACE_CONT: stop when a filter says so */
		RESUME_LISTEN, /* PTRACE_LISTEN: stay in group-stop */
		RESUME_NONE,   /* it is gone */
	} how;
	int sig; /* to deliver, or 0 */
};

/* tracer.c: let @tid go on; it may have died. */
void resume(pid_t tid, struct resume r);
/*
 * Wait for one stop; now and then, and when there were more before, take all that are
 * there, WAIT_BATCH at most.  Returns how many, -ECHILD when there is nobody left to wait
 * for, or -EINTR.
 */
#define WAIT_BATCH 64
int tracer_wait(struct tracer *tr, struct waited *w);
/* Tell who asked for it how it is going. */
void tracer_progress(const struct tracer *tr);
/* End the engine's use of memory. */
void tracer_done(struct tracer *tr);

/* handle.c: act on a stop of @tid. */
struct resume handle_stop(struct tracer *tr, pid_t tid, const struct stop *s);

/* record.c: the tracee enters a call, or leaves the one it is in. */
/* record_entry() returns whether something new was learned. */
bool record_entry(struct tracer *tr, struct tracee *t, const struct call_info *c);
void record_exit(struct tracer *tr, struct tracee *t, const struct call_info *c);
/* The call that @t is in will start again: it has been counted. */
void record_restart(struct tracee *t);
/*
 * @t was interrupted in call @c, which began before it was traced: it counts, and what
 * the kernel does to take it up again does not.
 */
void record_interrupted(struct tracer *tr, struct tracee *t, const struct call_info *c);
/* The call that @t left with EINTR has not ended after all. */
void record_continued(struct tracer *tr, struct tracee *t);
/* The execve that started the workload: entered before there was anything to record. */
void record_first_exec(struct tracer *tr, struct tracee *t);
/* Bring the process's program path up to date. */
void record_program(struct tracer *tr, struct process *p);
/* A remark for the trace and the summary. */
void record_note(struct tracer *tr, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
uint64_t record_clock_us(void);

/*
 * hide-filter.c: what segen's filter changes in the workload's eyes.  At the end of a
 * call: another result, in @c too.  At an entry, after fast_makes_filter(): the call of a
 * thread in strict mode is its end, and who has no right to a filter gets none.
 */
void hide_filter_result(struct tracer *tr, struct tracee *t, struct call_info *c);
void hide_filter_entry(const struct tracee *t);

/* syscall-restart.c: at the stop for signal @sig: the call that it interrupted goes on.
 */
void syscall_restart_undo(struct tracer *tr, struct tracee *t, int sig);

/*
 * quiesce.c: let no thread of @by's process run that does not stop at each call.  Handles
 * their stops meanwhile: any tracee may be gone afterwards, @by too.
 */
void quiesce(struct tracer *tr, pid_t by);

/*
 * refuse.c: at a PTRACE_EVENT_SECCOMP, give the rules' answer if they refuse the call.
 * True: it will not be made.
 */
bool refuse_if_ruled(struct tracer *tr, struct tracee *t, const struct call_info *c);
/* At an entry: count what the kernel will refuse for the container's own filter. */
void refuse_note_container_filter(struct tracer *tr, const struct tracee *t,
				  const struct call_info *c);

/*
 * seccomp-kill.c: a thread is about to end, or to get SIGSYS: record the call that a
 * filter has punished so, if nothing else could.
 */
void seccomp_kill_at_exit(struct tracer *tr, struct tracee *t);
void seccomp_kill_at_signal(struct tracer *tr, struct tracee *t);

/*
 * pid1-fault.c: at a signal-delivery-stop.  True: @t was let go of, and is about to be
 * killed by @sig.
 */
bool pid1_fault(struct tracer *tr, const struct tracee *t, int sig);

/* stale.c: the thread that @t was at @s is gone, @t->tid is one that executes a program.
 */
bool stop_is_stale(const struct tracee *t, const struct stop *s);
/* Whether process @tgid has a thread @tid that has not ended, or nobody knows yet. */
bool is_thread_of(pid_t tgid, pid_t tid);

/*
 * birth.c: @p, a child of @ppid as it seems, was found before its parent told of it; and
 * @parent tells that it has made @pid, which was found before.
 */
void birth_found(const struct tracer *tr, struct process *p, pid_t ppid);
void birth_reported(struct tracer *tr, const struct tracee *parent, pid_t pid);

/* untraced.c: clone with CLONE_UNTRACED would leave segen's sight: clear the flag. */
void untraced_clear(struct tracer *tr, struct tracee *t);
void untraced_restore(struct tracee *t);

/*
 * exec.c: @t has executed a program: bring its process's program up to date, and remark
 * on privileges that it should have had.
 */
void exec_happened(struct tracer *tr, struct tracee *t);

/* fast.c: after an entry was recorded; may begin an injection. */
void fast_entry(struct tracer *tr, struct tracee *t, bool discovered);
/* At a syscall stop: true when it belonged to an injection. */
bool fast_step(struct tracer *tr, struct tracee *t, const struct call_info *c);
/*
 * What a child has of its parent, but for segen's filter: that must be known for sure.  A
 * process was made by @parent; a process has ended.
 */
void fast_resemble(const struct process *parent, struct process *child);
void fast_inherit(const struct tracee *parent, struct process *child);
void fast_end(struct tracer *tr, const struct process *p);
/* One thread of @p has executed a program, the others are gone. */
void fast_exec(struct process *p);
/*
 * The workload is about to put a filter on itself (@on_siblings: and on its siblings),
 * which may answer before ours: from here on every entry stops again.  And how that call
 * ended; a thread that died in it may have succeeded.
 */
void fast_makes_filter(struct tracee *t, bool on_siblings);
void fast_made_filter(struct tracee *t, bool failed);
/* Whether the process stops only when its filter says so. */
bool process_is_fast(const struct process *p);
/* Whether the exit of the call that @t is in must not be missed. */
bool fast_wants_exit(const struct tracee *t);
/* Whether @t, about to be resumed, needs no stop but those its filter asks for. */
bool fast_may_resume(const struct tracer *tr, struct tracee *t);
/* A filter stopped this call. */
void fast_trapped(struct tracer *tr, const struct call_info *c);
/* Before the workload starts: the filter of what is known already, if anything is. */
int fast_known_filter(struct tracer *tr, struct filter *ret, struct segen_error *err);
/* At the end: remarks on what the bet cost. */
void fast_report(struct tracer *tr);
void fast_done(struct fast *f);
