/*
 * attach.h: record processes that run already, and detach from them again.
 *
 * Nothing is written into them and none is killed: each call stops, and is recorded.
 * Whatever ends the tracer, be it SIGKILL, the processes go on as if it had never been
 * there: a thread of its own traces them, and to detach is to end that thread, after
 * which the kernel releases all of them at once, stopped or not.
 */
#pragma once

#include <segen/error.h>
#include <segen/trace.h>
#include <segen/tracer.h>

struct segen_attach_opts {
	/*
	 * The processes, with all their threads and what they start from now on; the
	 * first one names the run.
	 */
	const pid_t *pids;
	size_t n_pids;
	/* Everything in the container whose first process is pids[0], whenever it came.
	 */
	bool container;
	char *const *argv; /* of the run */
	bool filtered;	   /* they run under a filter: observed as in a container */
	uint64_t for_ms;   /* detach after this long; 0: not before a signal */
	bool stacks;	   /* unwind where a call was seen first */
	/* As in segen_tracer_opts; called in the tracing thread. */
	void (*progress)(const struct segen_progress *p, void *ctx);
	void *progress_ctx;
};

/*
 * Returns when the last of them has ended, @for_ms is over, or INT, TERM, HUP or QUIT has
 * come to this program.  These signals stay blocked, so that a result can be written.
 * The observations are added to @t as one new run; its exit is that of pids[0], -1 if
 * that was not seen.
 *
 * -ESRCH: no such process; -EPERM: it may not be traced, @err says why and by whom;
 * then all are detached from, and the run in @t means nothing.
 */
int segen_attach(const struct segen_attach_opts *opts, struct segen_trace *t,
		 size_t *ret_run, struct segen_error *err);
