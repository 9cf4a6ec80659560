/*
 * tracee.h: the threads under trace and the processes they belong to.
 *
 * A table by thread id.  Knows nothing of ptrace stops; the tracer keeps its state of a
 * thread in these structs.
 */
#pragma once

#include "ptrace/inject.h"
#include "state/affinity.h"

#include <segen/trace.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define LOOP_KINDS 4

/* Calls in a row that are nearly all of a few kinds. */
struct call_loop {
	int64_t nrs[LOOP_KINDS];
	unsigned n;
	uint64_t calls, strays;
};

/* What a process has of seccomp filters, beside what it was born with (fast/fast.h). */
enum filter_state {
	FILTER_NONE,	   /* none: followed call by call */
	FILTER_INJECTING,  /* one of its threads is loading segen's */
	FILTER_SEGEN,	   /* segen's: known calls do not stop */
	FILTER_IMPOSSIBLE, /* segen's could not be loaded, and is not tried again */
	FILTER_OWN, /* the workload's own, which may answer before segen's: followed
		       call by call for good */
};

/* A thread group.  Freed with its last thread. */
struct process {
	pid_t tgid;
	pid_t parent;	/* 0: not known */
	size_t program; /* index into trace->programs */
	unsigned threads;
	bool runtime;	 /* a container runtime that is about to become the workload */
	unsigned phases; /* enum segen_phase bits of its calls, besides these two */

	enum filter_state filter;
	unsigned making;       /* threads in a call that may turn it to FILTER_OWN */
	bool birth_unknown;    /* what it was born with has not been told (birth.h) */
	bool privs_taken;      /* segen had to set NO_NEW_PRIVS */
	bool own_no_new_privs; /* the workload did so itself */
	bool own_filter_noted; /* in the trace, once it was due for segen's */

	/* When it is due for segen's filter. */
	const struct segen_arch *foreign; /* ABI of its last call, if it is due but for
					     that not being the native one */
	uint64_t calls;			  /* seen to be entered */
	uint64_t calls_since_new;	  /* of these, since one told something new */
	struct call_loop loop;
	uint64_t childrens_calls; /* of descendants that have ended */
	/* Whether its program does one piece of work and ends (batch-program.h). */
	bool judged, batch_program;

	uint64_t born_us;     /* CLOCK_MONOTONIC; 0: not known */
	unsigned short_lived; /* children in a row that ended soon (short-lived.h) */
};

/* The call that a thread was interrupted in, if it may start again (restart.h). */
struct call_restart {
	enum {
		RESTART_NONE,
		RESTART_BY_KERNEL, /* as it would without a tracer */
		RESTART_BY_SEGEN,  /* because segen stopped it or undid an EINTR */
	} expected;
	bool unseen; /* segen interrupted it on the fast path, in whatever call */
	/* Where a signal stopped it, and with that interrupted a call; 0: none has. */
	uint64_t stopped_ip, stopped_sp;
	/* The call, unless RESTART_NONE. */
	int64_t nr;
	uint64_t args[6];
	uint64_t ip, sp;
};

struct tracee {
	pid_t tid;
	struct process *process;
	struct tracee *next; /* in its bucket */

	bool fork_event_pending; /* the event of its parent is still to come */
	bool seized; /* running already; its first stop is still to come (attach.c) */

	/* The call it is in, from entry to exit. */
	bool in_call;
	const struct segen_arch *arch;
	int64_t nr;
	uint64_t args[6];
	uint64_t ip, sp;
	struct segen_call *call; /* NULL: not recorded */
	unsigned tags;		 /* of @call (record.h); none: 0 */
	bool unsure;		 /* it began before the process got segen's filter */
	bool want_exit;		 /* its outcome is not known yet */
	bool makes_filter;	 /* it may load a filter: one of process->making */
	bool untraced_cleared;	 /* CLONE_UNTRACED was taken from its clone flags */
	uint64_t saved_flags;	 /* the flags as the workload gave them */

	struct call_restart restart;
	struct affinity affinity;
	struct injection *injection; /* owned; while one is under way */
	bool sigsys_recorded;	     /* it dies of the SIGSYS that its call has brought */
	bool strict; /* in strict mode, which only segen knows (hide-filter.h) */

	bool running_free;   /* it was resumed to stop only when its filter says so */
	bool stop_requested; /* an interrupt of segen's is to come (quiesce.h) */
};

/*
 * Threads that ended before their parent's event told of them.  A parent that is killed
 * never tells, so the oldest may be forgotten.
 */
struct early_exits {
	pid_t tids[1024];
	unsigned next;
	unsigned n; /* of @tids that are not 0 */
};
void early_exit_add(struct early_exits *e, pid_t tid);
/* Take it out; false: it is not among them. */
bool early_exit_take(struct early_exits *e, pid_t tid);

struct tracee_table {
	struct tracee **buckets;
	size_t n_buckets; /* a power of two */
	size_t n;
	size_t n_processes;
};

void tracee_table_done(struct tracee_table *t);

struct tracee *tracee_find(const struct tracee_table *t, pid_t tid);

/* Add a thread of @process (NULL: the first thread of a new process @tid). */
struct tracee *tracee_add(struct tracee_table *t, pid_t tid, struct process *process);

/* Forget a thread, and its process with the last one. */
void tracee_remove(struct tracee_table *t, struct tracee *tracee);

/*
 * execve by thread @old of process @tgid: it carries on as @tgid, all its siblings are
 * gone (ptrace(2), "execve(2) under ptrace").  Returns it, or NULL when @old is unknown.
 */
struct tracee *tracee_exec(struct tracee_table *t, pid_t old, pid_t tgid);

/*
 * The process with this id, or NULL.  The leader's entry lives as long as its process:
 * the kernel reports its end last.
 */
struct process *tracee_process(const struct tracee_table *t, pid_t tgid);

/* The same where the leader may have ended before it could be traced.  Slow. */
struct process *tracee_process_any(const struct tracee_table *t, pid_t tgid);

/* Call @fn for every thread. */
void tracee_each(const struct tracee_table *t, void (*fn)(struct tracee *t, void *ctx),
		 void *ctx);
