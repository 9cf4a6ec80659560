/*
 * attach-scan.h: bring processes that run already, and those that join them unseen, under
 * trace.
 *
 * A pass seizes what is new.  A thread that was in clone(2) when it was seized may have
 * started a thread or process that is not traced, so passes are made until all have
 * stopped once and nothing new was found after that: then each clone is an event.
 */
#pragma once

#include "state/tracer-state.h"
#include "run/attach-scope.h"
#include "run/seize.h"

struct attach_scan {
	struct tracer *tr;
	const pid_t *pids; /* borrowed: whom it began with */
	size_t n_pids;
	struct attach_scope scope;
	struct seizer seizer;
	bool settled;	 /* each clone is an event */
	bool incomplete; /* a thread may have been missed by the last pass */
};

void attach_scan_init(struct attach_scan *n, struct tracer *tr, const pid_t *pids,
		      size_t n_pids);
void attach_scan_done(struct attach_scan *n);

/* In the tracing thread.  @container: all that is in the one that pids[0] is the first
 * of.
 */
int attach_scan_start(struct attach_scan *n, bool container, struct segen_error *err);

/*
 * How many threads were new, or why one of @pids could not be seized.  Of others that is
 * a remark in the trace.
 */
int attach_scan_pass(struct attach_scan *n, struct segen_error *err);

/*
 * After some stops have been handled: make a pass if it is time for one.  @tick: some
 * time has passed since the last one.
 */
void attach_scan_look(struct attach_scan *n, bool tick);
