/*
 * follow-init.h: the process that becomes a container's first one.
 *
 * Born in other namespaces than the runtime's, it prepares the container, puts the
 * container's filter on itself, and executes the workload.  It is watched until the
 * filter is on, or, without one, until the execve: then the recording begins, and
 * handle.h has it.
 *
 * In fast mode it is made to load a filter that stops only the calls that count, and
 * the container's filter is changed on the way into the kernel (container-filter.h). From
 * the first of these on it depends on the tracer, and ends with it.
 */
#pragma once

#include "proc/proc-status.h"
#include "run/control.h"
#include "run/runtime-thread.h"
#include "state/tracer-state.h"
#include "stops/handle.h"

#include <segen/follow.h>

/* Which namespaces a process is in: the identity of two that every container has. */
struct namespaces {
	ino_t mnt, pid;
};

struct follow {
	struct tracer tr;
	const struct segen_follow_opts *opts;
	struct runtime_thread_table threads; /* followed, but not recorded */
	struct control control;
	struct container_filter container_filter; /* the container's own */
	struct namespaces home;			  /* the runtime's */
	int home_seccomp;
	pid_t init;	     /* the container's first process; 0: not there yet */
	bool filtered;	     /* it has put its filter on */
	int filters;	     /* how many it has then; -1: not known */
	bool armed;	     /* a process ends when the tracer does */
	struct filter start; /* WATCH_FILTER's; none: watch call by call */
	struct filter known; /* of what is known; none: nothing is */
};

/* Build the filters that fast mode needs. */
int follow_init_prepare(struct follow *f, struct segen_error *err);

/* A thread was born that has this role. */
void follow_init_born(const struct follow *f, struct runtime_thread *o);

/* A stop for a call: of a syscall, or of a filter. */
void follow_init_call(struct follow *f, struct runtime_thread *o, const struct stop *s);

/* How to go on after any stop: it may have moved inside, and then is not in @f->threads.
 */
struct resume follow_init_resume(const struct follow *f, pid_t tid, int sig);

/* @o executes the workload, as thread @tid, and no filter was seen to be loaded. */
void follow_init_exec(struct follow *f, const struct runtime_thread *o, pid_t tid);

/* Whether a thread is under the filter that the container's first process has put on. */
bool follow_is_confined(const struct follow *f, const struct proc_status *st);
