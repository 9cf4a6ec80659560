/*
 * affinity.h: keep the tracer and a busy tracee on one CPU.
 *
 * A stop that wakes the tracer on another CPU costs an interrupt and often the way out of
 * an idle state: ten times the switch itself.  So while a tracee makes one call after the
 * other it is bound to the tracer's CPU, and set free again as soon as it computes.  What
 * the workload asked for is remembered and shown: sched_getaffinity(2) never sees it.
 */
#pragma once

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The part of a tracee. */
struct affinity {
	uint64_t resumed_us; /* when it was let go last */
	unsigned quick;	     /* stops in a row that came soon after */
	bool bound;
	bool freed;    /* since its last stop */
	bool kept;     /* for other reasons than its pace (short-lived.h) */
	bool never;    /* the workload minds its CPUs itself */
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
 * A stop of @tid at @now_us: bind or release it, as its pace suggests.  @crowded: others
 * were waiting as well, so the tracer is what everybody waits for, and time says nothing.
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
