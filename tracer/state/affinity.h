/*
 * affinity.h: keep the tracer and a busy tracee on one CPU.
 *
 * A stop that wakes the tracer on another CPU costs an interrupt and often the way out of
 * an idle state: ten times the switch itself.  So a tracee that makes one call after the
 * other is bound to the tracer's CPU, and released as soon as it computes.  Its own mask
 * is remembered and given to sched_getaffinity(2).
 */
#pragma once

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The part of a tracee. */
struct affinity {
	uint64_t resumed_us; /* when it was resumed last */
	unsigned quick;	     /* stops in a row that came soon after */
	bool bound;
	bool freed;    /* since its last stop */
	bool kept;     /* for other reasons than its pace (short-lived.h) */
	bool never;    /* the workload chooses its CPUs itself */
	cpu_set_t own; /* the mask to give back, while bound or freed */
};

/* The part of the tracer. */
struct affinity_home {
	int cpu;	/* where it is bound, -1: free */
	unsigned bound; /* tracees bound there */
	cpu_set_t own;
};

void affinity_init(struct affinity_home *h);

/*
 * A stop of @tid at @now_us: bind or release it, as its pace suggests.  @many_stops:
 * others stopped as well, so it waited for the tracer, and its pace says nothing.
 */
void affinity_stopped(struct affinity_home *h, struct affinity *a, pid_t tid,
		      uint64_t now_us, bool many_stops);

/* A program begins: its loader will make call after call. */
void affinity_expect(struct affinity *a, uint64_t now_us);

/* Bind it now, if that is possible. */
void affinity_bind(struct affinity_home *h, struct affinity *a, pid_t tid);

/* A child of a bound parent has been born with the one CPU, and stays there. */
void affinity_share(struct affinity_home *h, const struct affinity *parent,
		    struct affinity *a);

/* Give the tracee its own mask back; no-op when it is not bound. */
void affinity_release(struct affinity_home *h, struct affinity *a, pid_t tid);

/* A tracee is gone. */
void affinity_forget(struct affinity_home *h, struct affinity *a);

/*
 * A child of a bound parent, or of one that was bound when it made it, is born with the
 * parent's one CPU: give it the real mask.
 */
void affinity_inherited(struct affinity_home *h, const struct affinity *parent,
			struct affinity *a, pid_t tid);
