/*
 * follow.h: follow a container runtime into the container that it starts, and record
 * what is done there from the moment on at which the container's filter is in force.
 *
 * The runtime is the caller's program, not a child of the tracer.  In full mode nothing
 * is injected and no process is killed: when the tracer ends, whatever the reason, the
 * container goes on without it.  In fast mode known calls are allowed in the kernel as
 * for a plain command; a process under a filter of segen's then depends on the tracer,
 * and is killed by the kernel when the tracer ends.
 */
#pragma once

#include <segen/error.h>
#include <segen/trace.h>

struct segen_follow_opts {
	pid_t pid;	   /* one thread; about to execve the runtime */
	bool confined;	   /* the container is to get a filter */
	char *const *argv; /* of the workload, for the trace */
	unsigned phases;   /* enum segen_phase bits that every call gets */
	bool fast;	   /* allow known calls in the kernel; the next three as in struct
			      segen_tracer_opts */
	const struct segen_trace *known;
	unsigned patience;
	bool args;
	bool stacks;		   /* unwind where the workload made a call first */
	void (*seized)(void *ctx); /* from now on nothing is missed */
	void *ctx;
};

/*
 * Returns when the last traced process has ended.  Full mode: also at SIGTERM, and those
 * that are left go on when the calling process ends; fast mode: the container's first
 * process gets that signal, and SIGKILL at the second.  The run is added to @t with its
 * first recorded call: without one, *@ret_recorded is false.  Calls before the workload's
 * execve have the phase runtime.
 *
 * -EPERM: ptrace is not permitted.
 */
int segen_follow(const struct segen_follow_opts *opts, struct segen_trace *t,
		 bool *ret_recorded, struct segen_error *err);
