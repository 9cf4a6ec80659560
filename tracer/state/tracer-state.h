/*
 * tracer-state.h: what one recording knows, shared by all rooms above this one.
 *
 * Structs only.  What is done with them: record.h (calls into the trace), fast/ (when a
 * process need not stop any more), stops/ (one handler per kind of stop), run/ (the ways
 * to begin).  What only one way of beginning needs is in a struct of its own there.
 */
#pragma once

#include "ptrace/container-filter.h"
#include "ptrace/filter.h"
#include "ptrace/stop.h"
#include "state/knowledge.h"
#include "state/tracee.h"
#include "unwind/callsite.h"

#include <segen/rules.h>
#include <segen/trace.h>

#include <time.h>

/* How to record; the same for every way to begin. */
struct tracer_settings {
	bool fast; /* a call that was learned is allowed in the kernel (fast/fast.h) */
	/* The rules to answer by; NULL: the kernel's answers.  The rest as in tracer.h.
	 */
	const struct segen_rules *policy;
	const struct segen_rules *(*policy_all)(void *ctx);
	void *policy_ctx;
	const struct segen_trace *known; /* from an earlier recording, or NULL */
	unsigned patience;		 /* 0: as measured */
	bool args;    /* allow every argument that matters by value only */
	bool enforce; /* @policy is carried out, nothing is learned (stops/enforce.h) */
	bool no_proc; /* /proc is not there, or another PID namespace's */
	bool no_pinning; /* the workload stays on the CPUs it chooses */
	bool read_only;	 /* nothing is ever written into the workload */
	unsigned phases; /* of every call, besides workload or runtime */
};

/* What is known of calls besides their numbers (record.h): a hash table, owned. */
struct call_tags {
	struct call_tag {
		const struct segen_call *call; /* NULL: free */
		unsigned tags;
	} * slots; /* a power of two, at most half full */
	size_t n, n_slots;
};

/* An argument whose values are recorded, of a call that was seen. */
struct watch {
	const struct segen_call *call;
	unsigned index;
	uint64_t mask;
};

/* What is known of calls, and the filter made of it (fast/fast.h). */
struct fast {
	struct knowledge knowledge;
	struct filter filter;
	unsigned version; /* of the knowledge that the filter was made of */
	bool disabled;	  /* no filter can be made or loaded */
};

/* The clock that releases short programs (fast/short-lived.h). */
struct short_lived {
	timer_t timer;
	bool has_timer, ticking;
};

/* A place that a refused call came from, and its index in the trace's denials. */
struct denied_place {
	const struct segen_arch *arch;
	int64_t nr;
	uint64_t ip, sp;
	enum segen_action action;
	int err;
	size_t program, index;
};

struct denied {
	struct denied_place *places; /* owned */
	size_t n, cap;
};

struct tracer {
	struct tracer_settings settings;
	struct segen_trace *trace; /* borrowed */
	size_t run;		   /* index of the run that is being recorded */
	uint64_t start_us;	   /* CLOCK_MONOTONIC */
	struct tracee_table tracees;
	struct early_exits early;
	struct callsite_unwinder *unwinder; /* owned; NULL: no stacks */

	pid_t leader; /* the workload's first process; 0: not known yet */
	struct stop leader_end;
	bool leader_gone;
	bool recording;	  /* the workload's own execve has happened */
	bool unsupported; /* the kernel lacks PTRACE_GET_SYSCALL_INFO */
	bool killing;	  /* whoever stops from now on is killed (stops/handle.h) */

	struct call_tags tags; /* of all calls that were seen */
	struct watch *watches; /* owned */
	size_t n_watches, cap_watches;
	const struct segen_call *last_new;
	struct denied denied; /* stops/denied.h */
	/* What goes beyond the bounds of a trace: numbers that are no call's (@unlisted
	 * stands for the rest of them), and starts of programs. */
	size_t n_nameless, unnamed_programs;
	struct segen_call unlisted;
	struct fast fast;
	struct affinity_home home;
	struct short_lived short_lived;
	bool inner_tracer_noted;
	bool many_stops; /* several stops were there at the last wait */

	/* What a container had on before its workload, and whether its refusals were
	 * changed to stops (run/follow-init.h).  Borrowed; NULL: none is known of. */
	const struct container_filter *container_filter;
	bool filter_rewritten;
};
