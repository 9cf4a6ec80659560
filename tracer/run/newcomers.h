/*
 * newcomers.h: bring processes that run already, and those that join them unseen, under
 * trace.
 *
 * A pass seizes what is new.  Whoever was in clone(2) when it was seized may have started
 * a thread or process that is not traced, so passes are made until all have stopped once
 * and nothing new was found after that: then each clone is an event.
 */
#pragma once

#include "state/engine.h"
#include "run/members.h"
#include "run/seize.h"

struct newcomers {
	struct engine *e;
	const pid_t *pids; /* borrowed: whom it began with */
	size_t n_pids;
	struct members members;
	struct seizer seizer;
	bool settled;	 /* each clone is an event */
	bool incomplete; /* somebody may have run away during the last pass */
};

void newcomers_init(struct newcomers *n, struct engine *e, const pid_t *pids,
		    size_t n_pids);
void newcomers_done(struct newcomers *n);

/* In the tracing thread.  @container: all that is in the one that pids[0] is the first
 * of.
 */
int newcomers_start(struct newcomers *n, bool container, struct segen_error *err);

/*
 * How many threads were new, or why one of @pids could not be seized.  Of others that is
 * a remark in the trace.
 */
int newcomers_pass(struct newcomers *n, struct segen_error *err);

/*
 * After some stops have been handled: make a pass if it is time for one.  @tick: some
 * time has passed since the last one.
 */
void newcomers_look(struct newcomers *n, bool tick);
