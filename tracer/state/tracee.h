/*
 * tracee.h: the threads under trace and the processes they belong to.
 *
 * A table by thread id.  Knows nothing of ptrace stops; the tracer keeps its state of a
 * thread in these structs.
 */
#pragma once

#include "state/affinity.h"
#include "ptrace/inject.h"

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

/* A thread group.  Freed with its last thread. */
struct process {
	pid_t tgid;
	size_t program; /* index into trace->programs */
	unsigned threads;
	bool runtime;	 /* a container runtime that is about to become the workload */
	unsigned phases; /* enum segen_phase bits of its calls, besides these two */

	/* Native speed (fast.c). */
	pid_t parent;
	bool birth_unknown;    /* what it was born with has not been told (birth.c) */
	bool filtered;	       /* it runs under a filter that lets known calls go */
	bool injecting;	       /* one of its threads is putting it on */
	bool never_filter;     /* it cannot have one */
	bool own_filter;       /* it has one of its own: every entry stops */
	unsigned making;       /* threads about to put one on: the same */
	bool privs_taken;      /* segen had to set NO_NEW_PRIVS */
	bool own_no_new_privs; /* it did so itself */
	bool noted;	       /* that it has, and is therefore not let go */
	const struct segen_arch *foreign; /* of its last call, if it is due and that is
					     not the native ABI */
	uint64_t calls;			  /* seen to be entered */
	uint64_t calls_since_new; /* of these, since the last one that told something new
				   */
	struct call_loop loop;
	uint64_t childrens_calls; /* the same of descendants that have ended */

	/* Whether its program does one piece of work and ends (batch-program.h). */
	bool judged, batch_program;

	uint64_t born_us;     /* CLOCK_MONOTONIC; 0: not known */
	unsigned short_lived; /* children in a row that were over soon (short-lived.c) */
};

/* A call that a signal interrupted and that the kernel may start again. */
struct restart {
	bool pending;
	bool by_segen; /* it was segen that interrupted it */
	int64_t nr;
	uint64_t args[6];
	uint64_t ip, sp;
};

struct tracee {
	pid_t tid;
	struct process *process;
	struct tracee *next; /* in its bucket */

	bool fork_event_pending; /* the event of its parent is still to come */

	/* The call it is in, from entry to exit. */
	bool in_call;
	const struct segen_arch *arch;
	int64_t nr;
	uint64_t args[6];
	uint64_t ip, sp;
	struct segen_call *call; /* NULL: not recorded */
	bool untraced_cleared;	 /* CLONE_UNTRACED was taken from its clone flags */
	uint64_t saved_flags;	 /* the flags as the workload gave them */

	struct restart restart;
	struct affinity affinity;
	struct injection *injection; /* while one is under way */
	bool unsure;	      /* its call began before the process got its filter */
	bool sigsys_recorded; /* it dies of the SIGSYS that its call has brought */
	bool want_exit;	      /* the outcome of its call is not known yet */
	bool makes_filter;    /* its call may put a filter on: one of process->making */
	bool strict; /* in strict mode, and the kernel does not know (hide-filter.c) */
	bool seized; /* running already; its first stop is still to come */

	/* Call by call again (quiesce.c). */
	bool running_free;   /* it runs, and stops only when its filter says so */
	bool must_quiesce;   /* its siblings have to be before it goes on */
	bool stop_requested; /* so it was told to stop */
	bool restarts_call;  /* for which it starts the call again that it was in */
};

/*
 * Threads whose whole life was over before their parent came to tell of their birth; that
 * it never does, because it was killed, is rare, so the oldest may be forgotten.
 */
struct early_exits {
	pid_t tids[64];
	unsigned next;
};
void early_exit_add(struct early_exits *e, pid_t tid);
/* Whether it is among them; not any more then. */
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
